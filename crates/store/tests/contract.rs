//! The contract: what every engine does alike.

use std::ops::Bound;
use std::sync::Arc;

use store::limits::{MAX_CHANGES_PER_WRITE, MAX_ROW_BYTES};
use store::{AuditFilter, Options, RowError, Store, StoreError, View, WriteError};

use crate::ground::Ground;
use crate::rows::{ACCOUNT, Counter, OTHER_ACCOUNT, User, audit_row, schema};

/// Runs each scenario on each engine.
macro_rules! on_every_engine {
    ($($scenario:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                super::$scenario(&crate::ground::Ground::memory()).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                super::$scenario(&crate::ground::Ground::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                if let Some(ground) = crate::ground::Ground::postgres() {
                    super::$scenario(&ground).await;
                }
            })*
        }
    };
}

on_every_engine![
    rows_come_change_and_go,
    keys_are_unique_in_their_account,
    index_values_are_unique_everywhere,
    index_values_can_move_within_a_write,
    a_write_sees_its_own_changes,
    a_row_that_came_and_went_was_a_change,
    a_refused_write_leaves_nothing,
    a_panicking_write_leaves_nothing,
    an_error_inside_a_write_need_not_end_it,
    ranges_are_in_order_and_bounded,
    snapshots_never_change,
    limits_hold,
    a_large_write_is_one_write,
    concurrent_writes_lose_nothing,
    of_many_who_claim_one_value_one_gets_it,
    everything_is_there_after_reopening,
    export_and_import_carry_everything,
    imports_that_make_no_sense_change_nothing,
    reset_forgets_everything,
    audit_rows_go_with_their_write,
    audit_rows_are_found_by_every_field,
    audit_rows_are_bounded,
    a_closed_store_says_so,
    a_write_goes_on_without_its_caller,
];

/// A server spawns whatever handles a request, so every future of the store must be `Send`.
#[test]
fn futures_can_be_spawned() {
    fn check(_: impl Send) {}
    fn check_all(store: &'static Store) {
        check(store.refresh(ACCOUNT));
        check(store.refresh_all());
        check(store.refresh_by_index::<User>("id", "1"));
        check(store.write(ACCOUNT, |tx| tx.delete::<User>(ACCOUNT, "alice")));
        check(store.find_audit(const { &AuditFilter::all() }));
        check((store.export(), store.import(""), store.reset(), store.close()));
        check(Store::open(store::Place::Memory, schema(), Options::default()));
    }
    // That it compiles is the test.
    let _ = check_all;
}

/// A write that returns what the row operations in it return.
async fn write<T: Send + 'static>(
    store: &Store,
    body: impl FnMut(&mut store::Tx<'_>) -> Result<T, RowError> + Send + 'static,
) -> Result<T, WriteError<RowError>> {
    store.write(ACCOUNT, body).await
}

async fn insert(store: &Store, user: User) -> Result<(), WriteError<RowError>> {
    write(store, move |tx| tx.insert(user.clone())).await
}

fn names(view: &View) -> Vec<String> {
    view.everywhere::<User>().map(|user| user.name.clone()).collect()
}

async fn rows_come_change_and_go(ground: &Ground) {
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

async fn keys_are_unique_in_their_account(ground: &Ground) {
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

async fn index_values_are_unique_everywhere(ground: &Ground) {
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

async fn index_values_can_move_within_a_write(ground: &Ground) {
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

async fn a_write_sees_its_own_changes(ground: &Ground) {
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

async fn a_row_that_came_and_went_was_a_change(ground: &Ground) {
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

/// What must be as it was when a write is not kept.
fn fingerprint(store: &Store) -> (Vec<String>, Vec<(String, u64)>, Option<String>, usize) {
    let state = store.snapshot();
    let accounts = state.accounts().map(|(account, version)| (account.to_owned(), version));
    let holder = state.by_index::<User>("id", "1").map(|user| user.name.clone());
    (names(&state), accounts.collect(), holder, state.count::<User>(ACCOUNT))
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

async fn a_refused_write_leaves_nothing(ground: &Ground) {
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
    let audit = store.find_audit(&AuditFilter::default()).await.unwrap();
    assert!(audit.is_empty() && store.recent_audit(&AuditFilter::default()).is_empty());
}

async fn a_panicking_write_leaves_nothing(ground: &Ground) {
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

async fn an_error_inside_a_write_need_not_end_it(ground: &Ground) {
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

async fn ranges_are_in_order_and_bounded(ground: &Ground) {
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

async fn snapshots_never_change(ground: &Ground) {
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

async fn limits_hold(ground: &Ground) {
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

async fn a_large_write_is_one_write(ground: &Ground) {
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

async fn concurrent_writes_lose_nothing(ground: &Ground) {
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

pub(crate) fn count_up(tx: &mut store::Tx<'_>, account: &str) -> Result<u64, RowError> {
    let count = tx.get::<Counter>(account, "n").map_or(0, |counter| counter.count) + 1;
    tx.put(Counter { account: account.to_owned(), name: "n".to_owned(), count })?;
    Ok(count)
}

async fn of_many_who_claim_one_value_one_gets_it(ground: &Ground) {
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

async fn everything_is_there_after_reopening(ground: &Ground) {
    let store = ground.open().await;
    for at in 0..50 {
        let account = if at % 3 == 0 { ACCOUNT } else { OTHER_ACCOUNT };
        insert(&store, User::new(account, &format!("ü{at}"), &format!("{at}"))).await.unwrap();
    }
    write(&store, |tx| tx.delete::<User>(ACCOUNT, "ü0")).await.unwrap();
    store.audit(audit_row("late", "deny")).unwrap();
    let (export, before) = (store.export().await.unwrap(), fingerprint(&store));
    store.close().await;
    drop(store);
    if !ground.is_durable() {
        return;
    }
    for _ in 0..2 {
        let store = ground.open().await;
        assert_eq!(store.export().await.unwrap(), export);
        assert_eq!(fingerprint(&store), before);
        let audit = store.find_audit(&AuditFilter::default()).await.unwrap();
        assert_eq!(audit, [Arc::new(audit_row("late", "deny"))]);
        let error = insert(&store, User::new(ACCOUNT, "new", "7")).await.unwrap_err();
        assert!(matches!(error, WriteError::Refused(RowError::Taken { .. })));
        // Dropped, not closed.
    }
}

async fn export_and_import_carry_everything(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Bob", "2")).await.unwrap();
    insert(&store, User::new(ACCOUNT, "Al \"ice\"\n", "1")).await.unwrap();
    store.write(OTHER_ACCOUNT, |tx| count_up(tx, OTHER_ACCOUNT)).await.unwrap();
    let export = store.export().await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&export).unwrap();
    assert_eq!(json["tables"]["test_user"]["rows"][1]["row"]["name"], "Bob");
    assert_eq!(json["tables"]["test_counter"]["rows"][0]["account"], OTHER_ACCOUNT);

    // Into a state with other rows, which go.
    write(&store, |tx| {
        tx.delete::<User>(ACCOUNT, "bob")?;
        tx.insert(User::new("444455556666", "Carol", "2"))
    })
    .await
    .unwrap();
    let before = store.snapshot();
    store.import(&export).await.unwrap();
    assert_eq!(store.export().await.unwrap(), export);
    let after = store.snapshot();
    for (account, version) in before.accounts() {
        assert!(after.version(account) > version, "{account} has moved");
    }
    assert_eq!(after.by_index::<User>("id", "2").unwrap().name, "Bob");
    insert(&store, User::new(ACCOUNT, "Dave", "4")).await.unwrap();
    let export = store.export().await.unwrap();
    store.close().await;
    if ground.is_durable() {
        assert_eq!(ground.open().await.export().await.unwrap(), export);
    }
    // And into a store of another kind.
    let other = Ground::memory().open().await;
    other.import(&export).await.unwrap();
    assert_eq!(other.export().await.unwrap(), export);
}

async fn imports_that_make_no_sense_change_nothing(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    let before = store.export().await.unwrap();
    let with_rows = |rows: &str| {
        format!("{{\"format\":1,\"tables\":{{\"test_user\":{{\"version\":1,\"rows\":[{rows}]}}}}}}")
    };
    let row = |key: &str, name: &str, id: &str| {
        format!(
            "{{\"account\":\"a\",\"key\":\"{key}\",\"row\":{{\"account\":\"a\",\"name\":\"{name}\",\
             \"id\":\"{id}\",\"note\":\"\"}}}}"
        )
    };
    let (good, same_id) = (row("x", "X", "1"), row("y", "Y", "1"));
    let cases = [
        (String::new(), "EOF"),
        ("{}".to_owned(), "format"),
        ("{\"format\":2,\"tables\":{}}".to_owned(), "format 2"),
        ("{\"format\":1,\"tables\":{},\"more\":1}".to_owned(), "more"),
        (with_rows("{}"), "account"),
        (with_rows(&row("z", "X", "1")), "key `x`"),
        (with_rows(&format!("{good},{good}")), "there twice"),
        (with_rows(&format!("{good},{same_id}")), "`id`"),
        (with_rows(&good).replace("test_user", "nowhere"), "`nowhere`"),
        (with_rows(&good).replace("\"version\":1", "\"version\":9"), "version 9"),
        (with_rows(&good).replace("\"a\"", "\"\""), "account"),
    ];
    for (text, expected) in cases {
        let error = store.import(&text).await.unwrap_err();
        assert!(matches!(error, StoreError::Import(_)), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(store.export().await.unwrap(), before);
    }
    store.import(&with_rows(&good)).await.unwrap();
    assert_eq!(names(&store.snapshot()), ["X"]);
}

async fn reset_forgets_everything(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    store.audit(audit_row("1", "deny")).unwrap();
    let before = store.snapshot();
    store.reset().await.unwrap();
    let state = store.snapshot();
    assert!(names(&state).is_empty() && state.by_index::<User>("id", "1").is_none());
    assert!(state.version(ACCOUNT) > before.version(ACCOUNT), "versions never go back");
    assert!(store.find_audit(&AuditFilter::default()).await.unwrap().is_empty());
    assert!(store.recent_audit(&AuditFilter::default()).is_empty());
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    store.close().await;
    if ground.is_durable() {
        assert_eq!(names(&ground.open().await.snapshot()), ["Alice"]);
    }
}

async fn audit_rows_go_with_their_write(ground: &Ground) {
    let store = ground.open().await;
    write(&store, |tx| {
        tx.insert(User::new(ACCOUNT, "Alice", "1"))?;
        tx.audit(audit_row("1", "allow"))?;
        tx.audit(audit_row("1", "allow"))
    })
    .await
    .unwrap();
    store.audit(audit_row("2", "deny")).unwrap();
    // A write may have nothing but an audit row.
    write(&store, |tx| tx.audit(audit_row("3", "allow"))).await.unwrap();
    let ids = |rows: Vec<Arc<store::AuditRow>>| -> Vec<String> {
        rows.iter().map(|row| row.id.clone()).collect()
    };
    let everything = AuditFilter::default();
    assert_eq!(ids(store.recent_audit(&everything)), ["3", "2", "1", "1"]);
    assert_eq!(ids(store.find_audit(&everything).await.unwrap()), ["3", "2", "1", "1"]);
    let metrics = store.metrics();
    assert_eq!((metrics.audit_rows, metrics.audit_dropped), (4, 0));
    store.close().await;
    if ground.is_durable() {
        let store = ground.open().await;
        assert!(store.recent_audit(&everything).is_empty());
        assert_eq!(ids(store.find_audit(&everything).await.unwrap()), ["3", "2", "1", "1"]);
    }
}

async fn audit_rows_are_found_by_every_field(ground: &Ground) {
    let store = ground.open().await;
    for at in 0..4_i64 {
        let mut row = audit_row(&format!("id {at}"), if at % 2 == 0 { "allow" } else { "deny" });
        row.account = format!("account {at}");
        row.caller = format!("caller {at}");
        row.action = format!("action {at}").into();
        row.time_ms = at;
        store.audit(row).unwrap();
    }
    let some = |text: &str| Some(text.to_owned());
    let all = AuditFilter::default;
    let cases = [
        (all(), vec![3, 2, 1, 0]),
        (AuditFilter { id: some("id 1"), ..all() }, vec![1]),
        (AuditFilter { account: some("account 2"), ..all() }, vec![2]),
        (AuditFilter { caller: some("caller 3"), ..all() }, vec![3]),
        (AuditFilter { action: some("action 0"), ..all() }, vec![0]),
        (AuditFilter { verdict: some("deny"), ..all() }, vec![3, 1]),
        (AuditFilter { from_ms: Some(2), ..all() }, vec![3, 2]),
        (AuditFilter { until_ms: Some(2), ..all() }, vec![1, 0]),
        (
            AuditFilter { from_ms: Some(1), until_ms: Some(3), verdict: some("allow"), ..all() },
            vec![2],
        ),
        (AuditFilter { limit: 2, ..all() }, vec![3, 2]),
        (AuditFilter { skip: 1, limit: 2, ..all() }, vec![2, 1]),
        (AuditFilter { skip: 9, ..all() }, vec![]),
        (AuditFilter { id: some("' OR true --"), ..all() }, vec![]),
    ];
    for (filter, expected) in cases {
        let times = |rows: Vec<Arc<store::AuditRow>>| -> Vec<i64> {
            rows.iter().map(|row| row.time_ms).collect()
        };
        assert_eq!(times(store.find_audit(&filter).await.unwrap()), expected, "{filter:?}");
        assert_eq!(times(store.recent_audit(&filter)), expected, "{filter:?}");
    }
}

async fn audit_rows_are_bounded(ground: &Ground) {
    if !ground.is_durable() {
        return check_memory_audit_bound(ground).await;
    }
    let options = Options { audit_rows: 10 };
    let store = Store::open(ground.place(), schema(), options).await.unwrap();
    for at in 0..30 {
        write(&store, move |tx| tx.audit(audit_row(&at.to_string(), "allow"))).await.unwrap();
        store.audit(audit_row(&format!("{at} read"), "allow")).unwrap();
    }
    let found = store.find_audit(&AuditFilter::default()).await.unwrap();
    assert_eq!(found.len(), 10);
    assert_eq!((&*found[0].id, &*found[9].id), ("29 read", "25"));
}

async fn check_memory_audit_bound(ground: &Ground) {
    let store = ground.open().await;
    let rows = store::limits::RECENT_AUDIT_ROWS;
    for at in 0..=rows {
        store.audit(audit_row(&at.to_string(), "allow")).unwrap();
    }
    let oldest = AuditFilter { skip: rows - 1, ..AuditFilter::default() };
    let found = store.find_audit(&oldest).await.unwrap();
    assert_eq!(found.iter().map(|row| &*row.id).collect::<Vec<_>>(), ["1"]);
}

async fn a_closed_store_says_so(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    store.close().await;
    store.close().await;
    let closed = insert(&store, User::new(ACCOUNT, "Bob", "2")).await;
    assert_eq!(closed, Err(WriteError::Store(StoreError::Closed)));
    assert_eq!(store.reset().await, Err(StoreError::Closed));
    assert_eq!(names(&store.snapshot()), ["Alice"], "what was read can still be read");
}

async fn a_write_goes_on_without_its_caller(ground: &Ground) {
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
