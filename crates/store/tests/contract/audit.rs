//! Audit rows.

use std::sync::Arc;

use store::{AuditFilter, Options, Store};

use super::write;
use crate::ground::Ground;
use crate::rows::{ACCOUNT, User, audit_row, schema};

pub(super) async fn audit_rows_go_with_their_write(ground: &Ground) {
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
    assert_eq!(ids(store.find_audit(&everything).await.unwrap()), ["3", "2", "1", "1"]);
    let metrics = store.metrics();
    assert_eq!((metrics.audit_rows, metrics.audit_dropped), (4, 0));
    store.close().await;
    if ground.is_durable() {
        let store = ground.open().await;
        assert_eq!(ids(store.find_audit(&everything).await.unwrap()), ["3", "2", "1", "1"]);
    }
}

pub(super) async fn audit_rows_are_found_by_every_field(ground: &Ground) {
    let store = ground.open().await;
    for at in 0..4_i64 {
        let mut row = audit_row(&format!("id {at}"), if at % 2 == 0 { "allow" } else { "deny" });
        row.account = format!("account {at}").into();
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
    }
}

pub(super) async fn audit_rows_are_bounded(ground: &Ground) {
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

pub(super) async fn many_audit_rows_at_once_are_kept_in_order(ground: &Ground) {
    let options = || Options { audit_rows: 1_800 };
    let store = Store::open(ground.place(), schema(), options()).await.unwrap();
    let read = |at: usize| store.audit(audit_row(&at.to_string(), "allow")).unwrap();
    (0..2_500).for_each(read);
    write(&store, |tx| tx.audit(audit_row("2500", "allow"))).await.unwrap();
    read(2_501);
    check_last_audit_rows(&store, 2_501).await;
    (2_502..4_000).for_each(read);
    store.close().await;
    if ground.is_durable() {
        let store = Store::open(ground.place(), schema(), options()).await.unwrap();
        check_last_audit_rows(&store, 3_999).await;
        assert_eq!(store.metrics().audit_dropped, 0);
    }
}

/// The rows that are kept are numbered without gaps up to `last`.
async fn check_last_audit_rows(store: &Store, last: usize) {
    let mut found = Vec::new();
    for skip in [0, 1_000, 2_000] {
        let page = AuditFilter { skip, ..AuditFilter::default() };
        found.extend(store.find_audit(&page).await.unwrap());
    }
    assert!(found.len() >= 1_800);
    let ids: Vec<usize> = found.iter().take(1_800).map(|row| row.id.parse().unwrap()).collect();
    assert_eq!(ids, (last - 1_799..=last).rev().collect::<Vec<_>>());
}
