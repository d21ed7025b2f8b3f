//! Rows, their keys and index values, ranges and limits.

use std::ops::Bound;

use store::limits::{MAX_CHANGES_PER_WRITE, MAX_ROW_BYTES};
use store::{RowError, View, WriteError};

use super::{insert, names, write};
use crate::ground::Ground;
use crate::rows::{ACCOUNT, Counter, OTHER_ACCOUNT, User};

pub(super) async fn rows_come_change_and_go(ground: &Ground) {
    let store = ground.open().await;
    assert_eq!(store.snapshot().version(ACCOUNT), 0);
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    let state = store.snapshot();
    assert_eq!(**state.get::<User>(ACCOUNT, "alice").unwrap(), User::new(ACCOUNT, "Alice", "1"));
    assert_eq!((state.count::<User>(ACCOUNT), state.version(ACCOUNT)), (1, 1));

    let mut changed = User::new(ACCOUNT, "ALICE", "1");
    changed.note = "new".into();
    let expected = changed.clone();
    write(&store, move |tx| tx.update(changed.clone())).await.unwrap();
    let state = store.snapshot();
    assert_eq!(**state.get::<User>(ACCOUNT, "alice").unwrap(), expected);
    assert_eq!((state.count::<User>(ACCOUNT), state.version(ACCOUNT)), (1, 2));

    let gone = write(&store, |tx| tx.delete::<User>(ACCOUNT, "alice")).await.unwrap();
    assert_eq!(gone.as_deref(), Some(&expected));
    let state = store.snapshot();
    assert_eq!(state.get::<User>(ACCOUNT, "alice"), None);
    assert_eq!((state.count::<User>(ACCOUNT), state.version(ACCOUNT)), (0, 3));
    assert_eq!(write(&store, |tx| tx.delete::<User>(ACCOUNT, "alice")).await, Ok(None));
    assert_eq!(store.snapshot().version(ACCOUNT), 3, "nothing changed");

    let bob = User::new(ACCOUNT, "Bob", "2");
    let error = write(&store, move |tx| tx.update(bob.clone())).await.unwrap_err();
    let key = "bob".to_owned();
    let missing = RowError::Missing { table: "test_user", account: ACCOUNT.to_owned(), key };
    assert_eq!(error, WriteError::Refused(missing));
    write(&store, |tx| tx.put(User::new(ACCOUNT, "Bob", "2"))).await.unwrap();
    write(&store, |tx| tx.put(User::new(ACCOUNT, "bob", "3"))).await.unwrap();
    assert_eq!(names(&store.snapshot()), ["bob"]);
}

pub(super) async fn keys_are_unique_in_their_account(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    let error = insert(&store, User::new(ACCOUNT, "aLICE", "2")).await.unwrap_err();
    let key = "alice".to_owned();
    let exists = RowError::Exists { table: "test_user", account: ACCOUNT.to_owned(), key };
    assert_eq!(error, WriteError::Refused(exists));
    insert(&store, User::new(OTHER_ACCOUNT, "Alice", "2")).await.unwrap();
    let state = store.snapshot();
    assert_eq!(state.get::<User>(ACCOUNT, "alice").unwrap().id.as_deref(), Some("1"));
    assert_eq!(state.get::<User>(OTHER_ACCOUNT, "alice").unwrap().id.as_deref(), Some("2"));
    let accounts: Vec<_> = state.accounts().collect();
    assert_eq!(accounts, [(ACCOUNT, 1), (OTHER_ACCOUNT, 1)]);
}

pub(super) async fn index_values_are_unique_everywhere(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    let taken = || RowError::Taken {
        table: "test_user",
        index: "id",
        value: "1".to_owned(),
        account: ACCOUNT.to_owned(),
        key: "alice".to_owned(),
    };
    for account in [ACCOUNT, OTHER_ACCOUNT] {
        let error = insert(&store, User::new(account, "Bob", "1")).await.unwrap_err();
        assert_eq!(error, WriteError::Refused(taken()));
    }
    insert(&store, User::new(OTHER_ACCOUNT, "Bob", "2")).await.unwrap();
    let claim = || User::new(OTHER_ACCOUNT, "Bob", "1");
    let error = write(&store, move |tx| tx.update(claim())).await.unwrap_err();
    assert_eq!(error, WriteError::Refused(taken()));
    let state = store.snapshot();
    assert_eq!(state.by_index::<User>("id", "1").unwrap().name, "Alice");
    assert_eq!(state.by_index::<User>("id", "2").unwrap().name, "Bob");
    assert_eq!(state.by_index::<User>("id", "3"), None);

    // A row without a value is not in the index, and any number may be without.
    for name in ["Carol", "Dave"] {
        let mut user = User::new(ACCOUNT, name, "");
        user.id = None;
        insert(&store, user).await.unwrap();
    }
    // A value is free once its row is gone or has another.
    write(&store, |tx| tx.delete::<User>(ACCOUNT, "alice")).await.unwrap();
    write(&store, move |tx| tx.update(claim())).await.unwrap();
    insert(&store, User::new(ACCOUNT, "Eve", "2")).await.unwrap();
    let state = store.snapshot();
    assert_eq!(state.by_index::<User>("id", "1").unwrap().name, "Bob");
    assert_eq!(state.by_index::<User>("id", "2").unwrap().name, "Eve");
}

pub(super) async fn index_values_can_move_within_a_write(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    insert(&store, User::new(ACCOUNT, "Bob", "2")).await.unwrap();
    // Swapped by way of a third value, then a rename that keeps the value.
    write(&store, |tx| {
        tx.update(User::new(ACCOUNT, "Alice", "3"))?;
        tx.update(User::new(ACCOUNT, "Bob", "1"))?;
        tx.update(User::new(ACCOUNT, "Alice", "2"))?;
        tx.delete::<User>(ACCOUNT, "bob")?;
        tx.insert(User::new(ACCOUNT, "Robert", "1"))
    })
    .await
    .unwrap();
    let check = |view: &View| {
        assert_eq!(names(view), ["Alice", "Robert"]);
        assert_eq!(view.by_index::<User>("id", "1").unwrap().name, "Robert");
        assert_eq!(view.by_index::<User>("id", "2").unwrap().name, "Alice");
        assert_eq!(view.by_index::<User>("id", "3"), None);
    };
    check(&store.snapshot());
    store.close().await;
    if ground.is_durable() {
        check(&ground.open().await.snapshot());
    }
}

pub(super) async fn ranges_are_in_order_and_bounded(ground: &Ground) {
    let store = ground.open().await;
    write(&store, |tx| {
        for (at, name) in ["d", "b", "e", "a", "c"].into_iter().enumerate() {
            tx.insert(User::new(ACCOUNT, name, &at.to_string()))?;
            tx.insert(User::new(OTHER_ACCOUNT, name, &format!("other {at}")))?;
        }
        Ok(())
    })
    .await
    .unwrap();
    let state = store.snapshot();
    let joined = |rows: store::Rows<'_, User>| -> String {
        rows.inspect(|user| assert_eq!(user.account, ACCOUNT)).map(|user| &*user.name).collect()
    };
    assert_eq!(joined(state.range(ACCOUNT, ..)), "abcde");
    assert_eq!(joined(state.range(ACCOUNT, "b".."d")), "bc");
    assert_eq!(joined(state.range(ACCOUNT, "b"..="d")), "bcd");
    assert_eq!(joined(state.range(ACCOUNT, "bb"..)), "cde");
    assert_eq!(joined(state.range(ACCOUNT, (Bound::Excluded("b"), Bound::Unbounded))), "cde");
    assert_eq!(joined(state.range(ACCOUNT, "d".."b")), "");
    assert_eq!(joined(state.range("999999999999", ..)), "");
    assert_eq!(joined(state.range("", ..)), "");
}

pub(super) async fn snapshots_never_change(ground: &Ground) {
    let store = ground.open().await;
    for at in 0..200 {
        insert(&store, User::new(ACCOUNT, &format!("{at:03}"), &at.to_string())).await.unwrap();
    }
    let before = store.snapshot();
    write(&store, |tx| {
        for at in 0..100 {
            tx.delete::<User>(ACCOUNT, &format!("{at:03}"))?;
            tx.update(User::new(ACCOUNT, &format!("{:03}", at + 100), &format!("new {at}")))?;
        }
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(before.range::<User>(ACCOUNT, ..).count(), 200);
    assert_eq!(before.by_index::<User>("id", "150").unwrap().name, "150");
    let after = store.snapshot();
    assert_eq!(after.range::<User>(ACCOUNT, ..).count(), 100);
    assert_eq!(after.by_index::<User>("id", "150"), None);
}

pub(super) async fn limits_hold(ground: &Ground) {
    let store = ground.open().await;
    let mut user = User::new(ACCOUNT, "Alice", "1");
    user.note = "x".repeat(MAX_ROW_BYTES - serde_json::to_string(&user).unwrap().len());
    let (largest, mut too_large) = (user.clone(), user);
    too_large.note.push('x');
    let bytes = MAX_ROW_BYTES + 1;
    let refused = write(&store, move |tx| tx.insert(too_large.clone())).await;
    assert_eq!(refused, Err(WriteError::Refused(RowError::TooLarge { bytes })));
    insert(&store, largest).await.unwrap();

    let many = |count: usize| {
        move |tx: &mut store::Tx<'_>| {
            (0..count).try_for_each(|at| {
                tx.put(Counter { account: ACCOUNT.into(), name: at.to_string(), count: 0 })
            })
        }
    };
    let refused = write(&store, many(MAX_CHANGES_PER_WRITE + 1)).await;
    assert_eq!(refused, Err(WriteError::Refused(RowError::TooManyChanges)));
    assert_eq!(store.snapshot().count::<Counter>(ACCOUNT), 0);
    write(&store, many(MAX_CHANGES_PER_WRITE)).await.unwrap();
    assert_eq!(store.snapshot().count::<Counter>(ACCOUNT), MAX_CHANGES_PER_WRITE);

    // A name that no database can hold has no rows; asking for it harms nobody.
    let found = store.write("\0", |tx| {
        let found = tx.get::<User>("\0", "\0").is_some();
        tx.insert(User::new(ACCOUNT, "Bob", "2")).map(|()| found)
    });
    assert_eq!(found.await, Ok(false));
}

pub(super) async fn a_table_that_is_not_in_the_schema_is_named(ground: &Ground) {
    let store = ground.open_with(store::Schema::new().with::<Counter>()).await.unwrap();
    let refused = insert(&store, User::new(ACCOUNT, "Alice", "1")).await;
    let unregistered = RowError::Unregistered { table: "test_user" };
    assert_eq!(refused, Err(WriteError::Refused(unregistered)));
}
