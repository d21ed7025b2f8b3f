//! The versions of accounts: read, locked, compared, raised, and what changed since one.

use tokio_postgres::{Error, Row};

use super::connect::Session;
use super::{number, setup};
use crate::engine::{AccountChanges, AccountStep};

const INSERT_NEW_ACCOUNTS: &str = "INSERT INTO account (account, version, floor) \
     SELECT name, 0, 0 FROM unnest($1::text[]) AS name ORDER BY name ON CONFLICT DO NOTHING";
const SELECT_VERSIONS: &str =
    "SELECT account, version, floor FROM account WHERE account = ANY($1) ORDER BY account";
/// Locks are taken in the order of names, so replicas do not block each other in a circle.
const LOCK_VERSIONS: &str = "SELECT account, version, floor FROM account WHERE account = ANY($1) \
     ORDER BY account FOR UPDATE";
const ADVANCE: &str = "UPDATE account SET version = step.next \
     FROM unnest($1::text[], $2::bigint[]) AS step (name, next) WHERE account = step.name";
const SELECT_CHANGED: &str = "SELECT table_name, key, schema_version, body FROM stored_row \
     WHERE account = $1 AND revision > $2";
const SELECT_DELETED: &str =
    "SELECT table_name, key FROM deleted_row WHERE account = $1 AND revision > $2";

/// An account's row: its version, and the oldest version from which its changes are all recorded.
pub(super) struct AccountState {
    account: String,
    version: i64,
    floor: i64,
}

/// The accounts of `steps` that have moved. Locks nothing.
pub(super) async fn look(
    session: &mut Session,
    steps: &[AccountStep<'_>],
) -> Result<Vec<AccountState>, Error> {
    let names: Vec<&str> = steps.iter().map(|step| step.account).collect();
    let states = select(session, SELECT_VERSIONS, &names).await?;
    Ok(moved(&states, steps))
}

/// Locks the accounts of `steps`, those that nobody has written yet too, and gives those that have moved.
pub(super) async fn lock(
    session: &mut Session,
    steps: &[&AccountStep<'_>],
) -> Result<Vec<AccountState>, Error> {
    let names: Vec<&str> = steps.iter().map(|step| step.account).collect();
    let unwritten = steps.iter().filter(|step| step.expected == 0);
    let unwritten: Vec<&str> = unwritten.map(|step| step.account).collect();
    if !unwritten.is_empty() {
        session.execute(INSERT_NEW_ACCOUNTS, &[&unwritten]).await?;
    }
    let states = select(session, LOCK_VERSIONS, &names).await?;
    Ok(moved(&states, steps.iter().copied()))
}

/// Raises the versions of the accounts that `steps` change.
pub(super) async fn advance(session: &mut Session, steps: &[AccountStep<'_>]) -> Result<(), Error> {
    let changed = || steps.iter().filter(|step| step.next != step.expected);
    let names: Vec<&str> = changed().map(|step| step.account).collect();
    if !names.is_empty() {
        let versions: Vec<i64> = changed().map(|step| number(step.next)).collect();
        session.execute(ADVANCE, &[&names, &versions]).await?;
    }
    Ok(())
}

/// What happened to `states` since the versions that `steps` expect.
pub(super) async fn changes(
    session: &mut Session,
    states: &[AccountState],
    steps: &[AccountStep<'_>],
) -> Result<Vec<AccountChanges>, Error> {
    let mut changes = Vec::new();
    for state in states {
        let step = steps.iter().find(|step| step.account == state.account);
        changes.push(changes_of(session, state, step.map_or(0, |step| step.expected)).await?);
    }
    Ok(changes)
}

/// What happened to one account since version `known`.
async fn changes_of(
    session: &mut Session,
    state: &AccountState,
    known: u64,
) -> Result<AccountChanges, Error> {
    let known = number(known);
    // A version that goes back is a database that was restored: nothing known is worth anything.
    let whole = known < state.floor || known > state.version;
    let since = if whole { -1 } else { known };
    let mut changes = AccountChanges {
        account: state.account.clone(),
        version: u64::try_from(state.version).unwrap_or_default(),
        whole,
        deleted: Vec::new(),
        rows: Vec::new(),
    };
    for row in session.query(SELECT_CHANGED, &[&state.account, &since]).await? {
        changes.rows.push(setup::raw_row(&row, 0)?);
    }
    if !whole {
        for row in session.query(SELECT_DELETED, &[&state.account, &since]).await? {
            changes.deleted.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(changes)
}

async fn select(
    session: &mut Session,
    select: &'static str,
    names: &[&str],
) -> Result<Vec<AccountState>, Error> {
    let rows = session.query(select, &[&names]).await?;
    let state = |row: &Row| {
        Ok(AccountState {
            account: row.try_get(0)?,
            version: row.try_get(1)?,
            floor: row.try_get(2)?,
        })
    };
    rows.iter().map(state).collect()
}

/// The accounts of `steps` that are not where these expect them. One without a state is at 0.
fn moved<'a>(
    states: &[AccountState],
    steps: impl IntoIterator<Item = &'a AccountStep<'a>>,
) -> Vec<AccountState> {
    let state_of = |step: &AccountStep<'_>| {
        let found = states.iter().find(|state| state.account == step.account);
        let (version, floor) = found.map_or((0, 0), |state| (state.version, state.floor));
        let state = AccountState { account: step.account.to_owned(), version, floor };
        (version != number(step.expected)).then_some(state)
    };
    steps.into_iter().filter_map(state_of).collect()
}
