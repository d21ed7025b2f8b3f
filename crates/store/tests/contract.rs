//! The contract: what every engine does alike.

mod audit;
mod rows;
mod savepoints;
mod whole;
mod writes;

use store::{AuditFilter, Options, RowError, Store, View, WriteError};

use crate::rows::{ACCOUNT, Counter, User, schema};

/// Runs each scenario on each engine.
macro_rules! on_every_engine {
    ($($group:ident::$scenario:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                super::$group::$scenario(&crate::ground::Ground::memory()).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                super::$group::$scenario(&crate::ground::Ground::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                if let Some(ground) = crate::ground::Ground::postgres() {
                    super::$group::$scenario(&ground).await;
                }
            })*
        }
    };
}

on_every_engine![
    rows::rows_come_change_and_go,
    rows::keys_are_unique_in_their_account,
    rows::index_values_are_unique_everywhere,
    rows::index_values_can_move_within_a_write,
    writes::a_write_sees_its_own_changes,
    writes::a_write_tells_what_it_changed,
    writes::a_row_that_came_and_went_was_a_change,
    writes::a_refused_write_leaves_nothing,
    writes::a_panicking_write_leaves_nothing,
    writes::an_error_inside_a_write_need_not_end_it,
    rows::ranges_are_in_order_and_bounded,
    rows::snapshots_never_change,
    rows::limits_hold,
    rows::a_table_that_is_not_in_the_schema_is_named,
    savepoints::what_came_after_is_taken_back,
    savepoints::the_rest_is_kept,
    savepoints::nested_ones_go_back_one_by_one,
    savepoints::versions_count_what_is_left,
    writes::a_large_write_is_one_write,
    writes::concurrent_writes_lose_nothing,
    writes::of_many_who_claim_one_value_one_gets_it,
    whole::everything_is_there_after_reopening,
    whole::export_and_import_carry_everything,
    whole::imports_that_make_no_sense_change_nothing,
    whole::reset_forgets_everything,
    audit::audit_rows_go_with_their_write,
    audit::audit_rows_are_found_by_every_field,
    audit::audit_rows_are_bounded,
    audit::many_audit_rows_at_once_are_kept_in_order,
    whole::a_closed_store_says_so,
    writes::a_write_goes_on_without_its_caller,
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

/// What must be as it was when a write is not kept.
fn fingerprint(store: &Store) -> String {
    let state = store.snapshot();
    let accounts: Vec<_> = state.accounts().collect();
    let holder = state.by_index::<User>("id", "1").map(|user| &user.name);
    format!("{:?} {accounts:?} {holder:?} {}", names(&state), state.count::<User>(ACCOUNT))
}

pub(crate) fn count_up(tx: &mut store::Tx<'_>, account: &str) -> Result<u64, RowError> {
    let count = tx.get::<Counter>(account, "n").map_or(0, |counter| counter.count) + 1;
    tx.put(Counter { account: account.to_owned(), name: "n".to_owned(), count })?;
    Ok(count)
}
