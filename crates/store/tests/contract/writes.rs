//! Writes: all or nothing, one after the other, answered when kept.

use store::{AuditFilter, RowError, WriteError};

use super::{count_up, fingerprint, insert, names, write};
use crate::ground::Ground;
use crate::rows::{ACCOUNT, Counter, OTHER_ACCOUNT, User, audit_row};

pub(super) async fn a_write_sees_its_own_changes(ground: &Ground) {
    let store = ground.open().await;
    let seen = write(&store, |tx| {
        tx.insert(User::new(ACCOUNT, "Alice", "1"))?;
        tx.insert(User::new(ACCOUNT, "Bob", "2"))?;
        tx.delete::<User>(ACCOUNT, "alice")?;
        let found = tx.by_index::<User>("id", "2").map(|user| user.name.clone());
        Ok((names(tx), found, tx.count::<User>(ACCOUNT), tx.version(ACCOUNT)))
    });
    let seen = seen.await.unwrap();
    assert_eq!(seen, (vec!["Bob".to_owned()], Some("Bob".to_owned()), 1, 1));
}

pub(super) async fn a_write_tells_what_it_changed(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    insert(&store, User::new(ACCOUNT, "Bob", "2")).await.unwrap();
    insert(&store, User::new(ACCOUNT, "Eve", "3")).await.unwrap();
    let changed = write(&store, |tx| {
        tx.delete::<User>(ACCOUNT, "alice")?;
        tx.update(User::new(ACCOUNT, "Bob", "4"))?;
        tx.update(User::new(ACCOUNT, "Bob", "5"))?;
        tx.insert(User::new(OTHER_ACCOUNT, "Carol", "6"))?;
        tx.insert(User::new(ACCOUNT, "Dan", "7"))?;
        tx.delete::<User>(ACCOUNT, "dan")?;
        let back = tx.savepoint();
        tx.delete::<User>(ACCOUNT, "eve")?;
        tx.undo_to(back);
        tx.put(Counter { account: ACCOUNT.into(), name: "n".into(), count: 1 })?;
        let changed = tx.changed::<User>().into_iter();
        Ok(changed
            .map(|row| (row.account, row.key, row.before.and_then(|user| user.id.clone())))
            .collect::<Vec<_>>())
    });
    let row = |account: &str, key: &str, before: Option<&str>| {
        (account.to_owned(), key.to_owned(), before.map(str::to_owned))
    };
    let expected = [
        row(ACCOUNT, "alice", Some("1")),
        row(ACCOUNT, "bob", Some("2")),
        row(OTHER_ACCOUNT, "carol", None),
    ];
    assert_eq!(changed.await.unwrap(), expected);
}

pub(super) async fn a_row_that_came_and_went_was_a_change(ground: &Ground) {
    let store = ground.open().await;
    write(&store, |tx| {
        tx.insert(User::new(ACCOUNT, "Alice", "1"))?;
        tx.delete::<User>(ACCOUNT, "alice")
    })
    .await
    .unwrap();
    assert_eq!(store.snapshot().version(ACCOUNT), 1);
    insert(&store, User::new(ACCOUNT, "Bob", "1")).await.unwrap();
    assert_eq!(store.refresh(ACCOUNT).await.unwrap().version(ACCOUNT), 2);
    assert_eq!(store.metrics().reruns, 0);
    store.close().await;
    if ground.is_durable() {
        assert_eq!(ground.open().await.snapshot().version(ACCOUNT), 2);
    }
}

/// Changes of every kind, to be taken back.
fn change_everything(tx: &mut store::Tx<'_>) -> Result<(), RowError> {
    tx.delete::<User>(ACCOUNT, "alice")?;
    tx.insert(User::new(OTHER_ACCOUNT, "Mallory", "1"))?;
    tx.update(User::new(ACCOUNT, "Bob", "3"))?;
    tx.insert(User::new(ACCOUNT, "Carol", "2"))?;
    tx.put(Counter { account: ACCOUNT.into(), name: "n".into(), count: 1 })?;
    tx.audit(audit_row("lost", "allow"))
}

pub(super) async fn a_refused_write_leaves_nothing(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    insert(&store, User::new(ACCOUNT, "Bob", "2")).await.unwrap();
    let before = fingerprint(&store);
    let refused: Result<(), _> = store
        .write(ACCOUNT, |tx| {
            change_everything(tx).unwrap();
            Err("no")
        })
        .await;
    assert_eq!(refused, Err(WriteError::Refused("no")));
    assert_eq!(fingerprint(&store), before);
    insert(&store, User::new(ACCOUNT, "Carol", "3")).await.unwrap();
    assert!(store.find_audit(&AuditFilter::default()).await.unwrap().is_empty());
}

pub(super) async fn a_panicking_write_leaves_nothing(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    insert(&store, User::new(ACCOUNT, "Bob", "2")).await.unwrap();
    let before = fingerprint(&store);
    let panicked: Result<(), WriteError<()>> = store
        .write(ACCOUNT, |tx| {
            change_everything(tx).unwrap();
            panic!("on purpose");
        })
        .await;
    assert_eq!(panicked, Err(WriteError::Panicked("on purpose".to_owned())));
    assert_eq!(fingerprint(&store), before);
    insert(&store, User::new(ACCOUNT, "Carol", "3")).await.unwrap();
    assert_eq!(names(&store.snapshot()), ["Alice", "Bob", "Carol"]);
}

pub(super) async fn an_error_inside_a_write_need_not_end_it(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    write(&store, |tx| {
        assert!(tx.insert(User::new(ACCOUNT, "Alice", "2")).is_err());
        assert!(tx.insert(User::new(ACCOUNT, "Bob", "1")).is_err());
        assert!(tx.update(User::new(ACCOUNT, "Bob", "2")).is_err());
        assert!(tx.insert(User::new("", "Bob", "2")).is_err());
        tx.insert(User::new(ACCOUNT, "Bob", "2"))
    })
    .await
    .unwrap();
    assert_eq!(names(&store.snapshot()), ["Alice", "Bob"]);
}

pub(super) async fn a_large_write_is_one_write(ground: &Ground) {
    let store = ground.open().await;
    write(&store, |tx| {
        (0..1_000)
            .try_for_each(|at| tx.insert(User::new(ACCOUNT, &format!("{at}"), &format!("{at}"))))
    })
    .await
    .unwrap();
    let state = store.snapshot();
    assert_eq!((state.count::<User>(ACCOUNT), state.version(ACCOUNT)), (1_000, 1));
    assert!(store.metrics().flushes <= 1);
}

pub(super) async fn concurrent_writes_lose_nothing(ground: &Ground) {
    let store = ground.open().await;
    let tasks: Vec<_> = (0..32)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    let account = if task % 2 == 0 { ACCOUNT } else { OTHER_ACCOUNT };
                    let count =
                        store.write(account, move |tx| count_up(tx, account)).await.unwrap();
                    let seen = store.snapshot();
                    let seen = seen.get::<Counter>(account, "n").unwrap().count;
                    assert!(seen >= count, "answered {count} and published {seen}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let state = store.snapshot();
    for account in [ACCOUNT, OTHER_ACCOUNT] {
        assert_eq!(state.get::<Counter>(account, "n").unwrap().count, 320);
        assert_eq!(state.version(account), 320);
    }
}

pub(super) async fn of_many_who_claim_one_value_one_gets_it(ground: &Ground) {
    let store = ground.open().await;
    for round in 0..10 {
        let tasks: Vec<_> = (0..16)
            .map(|task| {
                let store = store.clone();
                tokio::spawn(async move {
                    let name = format!("{round} {task}");
                    insert(&store, User::new(ACCOUNT, &name, &format!("id {round}"))).await
                })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => winners += 1,
                Err(error) => assert!(matches!(error, WriteError::Refused(RowError::Taken { .. }))),
            }
        }
        assert_eq!(winners, 1);
    }
    assert_eq!(store.snapshot().count::<User>(ACCOUNT), 10);
}

pub(super) async fn a_write_goes_on_without_its_caller(ground: &Ground) {
    let store = ground.open().await;
    for at in 0..20 {
        let write = insert(&store, User::new(ACCOUNT, &format!("{at}"), &format!("{at}")));
        // Polled once, then dropped.
        let _ = tokio::time::timeout(std::time::Duration::ZERO, write).await;
    }
    // The next write is answered after those before it.
    insert(&store, User::new(ACCOUNT, "last", "last")).await.unwrap();
    assert_eq!(store.snapshot().count::<User>(ACCOUNT), 21);
}
