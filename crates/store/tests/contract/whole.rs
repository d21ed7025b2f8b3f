//! The state as a whole: opened again, exported, imported, reset, closed.

use std::sync::Arc;

use store::{AuditFilter, RowError, StoreError, WriteError};

use super::{count_up, fingerprint, insert, names, write};
use crate::ground::Ground;
use crate::rows::{ACCOUNT, OTHER_ACCOUNT, User, audit_row};

pub(super) async fn everything_is_there_after_reopening(ground: &Ground) {
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

pub(super) async fn export_and_import_carry_everything(ground: &Ground) {
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

pub(super) async fn imports_that_make_no_sense_change_nothing(ground: &Ground) {
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

pub(super) async fn reset_forgets_everything(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    store.audit(audit_row("1", "deny")).unwrap();
    let before = store.snapshot();
    store.reset().await.unwrap();
    let state = store.snapshot();
    assert!(names(&state).is_empty() && state.by_index::<User>("id", "1").is_none());
    assert!(state.version(ACCOUNT) > before.version(ACCOUNT), "versions never go back");
    assert!(store.find_audit(&AuditFilter::default()).await.unwrap().is_empty());
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    store.close().await;
    if ground.is_durable() {
        assert_eq!(names(&ground.open().await.snapshot()), ["Alice"]);
    }
}

pub(super) async fn a_closed_store_says_so(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    store.close().await;
    store.close().await;
    let closed = insert(&store, User::new(ACCOUNT, "Bob", "2")).await;
    assert_eq!(closed, Err(WriteError::Store(StoreError::Closed)));
    assert_eq!(store.reset().await, Err(StoreError::Closed));
    assert_eq!(names(&store.snapshot()), ["Alice"], "what was read can still be read");
}
