//! Savepoints: part of a write is taken back, and the write goes on.

use store::{AuditFilter, RowError, Tx};

use super::{insert, names, write};
use crate::ground::Ground;
use crate::rows::{ACCOUNT, Counter, OTHER_ACCOUNT, User, audit_row};

fn user(name: &str, id: &str) -> User {
    User::new(ACCOUNT, name, id)
}

fn counter(account: &str) -> Counter {
    Counter { account: account.to_owned(), name: "n".to_owned(), count: 1 }
}

/// Everything that a write can do.
fn do_everything(tx: &mut Tx<'_>) -> Result<(), RowError> {
    tx.delete::<User>(ACCOUNT, "alice")?;
    tx.insert(user("Carol", "1"))?;
    tx.update(user("Bob", "3"))?;
    tx.update(user("Bob", "4"))?;
    tx.insert(User::new(OTHER_ACCOUNT, "Mallory", "2"))?;
    tx.put(counter(ACCOUNT))?;
    tx.audit(audit_row("lost", "allow"))
}

/// Who has each id, and all names.
fn seen(view: &store::View) -> (Vec<String>, Vec<Option<String>>) {
    let holder = |id: &str| view.by_index::<User>("id", id).map(|user| user.name.clone());
    (names(view), ["1", "2", "3", "4"].map(holder).to_vec())
}

pub(super) async fn what_came_after_is_taken_back(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, user("Alice", "1")).await.unwrap();
    insert(&store, user("Bob", "2")).await.unwrap();
    let before = seen(&store.snapshot());
    let within = write(&store, |tx| {
        let start = tx.savepoint();
        do_everything(tx)?;
        tx.undo_to(start);
        Ok((seen(tx), tx.version(ACCOUNT), tx.version(OTHER_ACCOUNT)))
    });
    assert_eq!(within.await.unwrap(), (before.clone(), 2, 0));
    let state = store.snapshot();
    assert_eq!(seen(&state), before);
    assert_eq!((state.version(ACCOUNT), state.version(OTHER_ACCOUNT)), (2, 0));
    store.close().await;
    if ground.is_durable() {
        let state = ground.open().await.snapshot();
        assert_eq!((seen(&state), state.version(ACCOUNT)), (before, 2));
    }
}

pub(super) async fn the_rest_is_kept(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, user("Alice", "1")).await.unwrap();
    insert(&store, user("Bob", "2")).await.unwrap();
    write(&store, |tx| {
        tx.update(user("Bob", "4"))?;
        tx.audit(audit_row("kept", "allow"))?;
        let point = tx.savepoint();
        tx.delete::<User>(ACCOUNT, "bob")?;
        tx.insert(user("Dave", "4"))?;
        tx.insert(user("Erin", "2"))?;
        tx.insert(User::new(OTHER_ACCOUNT, "Mallory", "3"))?;
        tx.audit(audit_row("lost", "allow"))?;
        tx.undo_to(point);
        // What was taken back is free again, and what was changed before is as it was then.
        assert!(matches!(tx.insert(user("Frank", "4")), Err(RowError::Taken { .. })));
        tx.insert(user("Frank", "2"))
    })
    .await
    .unwrap();
    let expected = (
        ["Alice", "Bob", "Frank"].map(String::from).to_vec(),
        vec![Some("Alice".to_owned()), Some("Frank".to_owned()), None, Some("Bob".to_owned())],
    );
    assert_eq!(seen(&store.snapshot()), expected);
    let audit = store.find_audit(&AuditFilter::default()).await.unwrap();
    assert_eq!(audit.iter().map(|row| &*row.id).collect::<Vec<_>>(), ["kept"]);
    store.close().await;
    if ground.is_durable() {
        assert_eq!(seen(&ground.open().await.snapshot()), expected);
    }
}

pub(super) async fn nested_ones_go_back_one_by_one(ground: &Ground) {
    let store = ground.open().await;
    let steps = write(&store, |tx| {
        let outer = tx.savepoint();
        tx.insert(user("Alice", "1"))?;
        let middle = tx.savepoint();
        tx.insert(user("Bob", "2"))?;
        let inner = tx.savepoint();
        tx.insert(user("Carol", "3"))?;
        tx.undo_to(inner);
        let one = names(tx);
        tx.undo_to(middle);
        let two = names(tx);
        // A point that is behind what is left has nothing to take back.
        tx.undo_to(inner);
        let three = names(tx);
        tx.insert(user("Dave", "2"))?;
        let four = names(tx);
        tx.undo_to(outer);
        tx.insert(user("Erin", "1"))?;
        Ok([one, two, three, four, names(tx)].map(|names| names.join(" ")))
    });
    assert_eq!(steps.await.unwrap(), ["Alice Bob", "Alice", "Alice", "Alice Dave", "Erin"]);
    assert_eq!(names(&store.snapshot()), ["Erin"]);
}

pub(super) async fn versions_count_what_is_left(ground: &Ground) {
    let store = ground.open().await;
    insert(&store, user("Alice", "1")).await.unwrap();
    let within = write(&store, |tx| {
        tx.put(counter(ACCOUNT))?;
        let point = tx.savepoint();
        tx.put(counter(OTHER_ACCOUNT))?;
        tx.delete::<User>(ACCOUNT, "alice")?;
        tx.undo_to(point);
        let after_undo = (tx.version(ACCOUNT), tx.version(OTHER_ACCOUNT));
        tx.put(counter(OTHER_ACCOUNT))?;
        Ok((after_undo, (tx.version(ACCOUNT), tx.version(OTHER_ACCOUNT))))
    });
    assert_eq!(within.await.unwrap(), ((2, 0), (2, 1)));
    // Later writes go on from there, here and after opening again.
    write(&store, |tx| tx.put(counter(OTHER_ACCOUNT))).await.unwrap();
    let versions = |state: &store::View| (state.version(ACCOUNT), state.version(OTHER_ACCOUNT));
    assert_eq!(versions(&store.snapshot()), (2, 2));
    store.close().await;
    if ground.is_durable() {
        let store = ground.open().await;
        assert_eq!(versions(&store.snapshot()), (2, 2));
        write(&store, |tx| tx.put(counter(ACCOUNT))).await.unwrap();
        assert_eq!(versions(&store.snapshot()), (3, 2));
    }
}
