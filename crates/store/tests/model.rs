//! Random operations on the store and on a model of it that is too simple to be wrong.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{RowError, Store, Tx, WriteError};

use crate::ground::Ground;
use crate::rows::{ACCOUNT, OTHER_ACCOUNT, User};

/// One change within a write. Few names and ids, so that they clash.
#[derive(Debug, Clone)]
enum Step {
    Insert(&'static str, u8, u8),
    Update(&'static str, u8, u8),
    Put(&'static str, u8, u8),
    Delete(&'static str, u8),
}

#[derive(Debug, Clone)]
enum Operation {
    /// A write of several steps; refused at the end if the flag says so.
    Write(Vec<Step>, bool),
    /// Several writes at once, one step each; their order is the store's.
    Burst(Vec<Step>),
    Reopen,
    Reset,
    Reimport,
}

/// (account, key) to id.
type Model = BTreeMap<(String, String), u8>;

fn account() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just(ACCOUNT), 1 => Just(OTHER_ACCOUNT)]
}

fn step() -> impl Strategy<Value = Step> {
    let row = || (account(), 0_u8..12, 0_u8..16);
    prop_oneof![
        4 => row().prop_map(|(account, name, id)| Step::Insert(account, name, id)),
        2 => row().prop_map(|(account, name, id)| Step::Update(account, name, id)),
        1 => row().prop_map(|(account, name, id)| Step::Put(account, name, id)),
        2 => (account(), 0_u8..12).prop_map(|(account, name)| Step::Delete(account, name)),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        20 => (prop::collection::vec(step(), 1..8), prop::bool::weighted(0.2))
            .prop_map(|(steps, refused)| Operation::Write(steps, refused)),
        5 => prop::collection::vec(step(), 1..8).prop_map(Operation::Burst),
        3 => Just(Operation::Reopen),
        1 => Just(Operation::Reset),
        1 => Just(Operation::Reimport),
    ]
}

#[test]
fn random_operations_in_memory() {
    check_random_operations(64, || Some(Ground::memory()));
}

#[test]
fn random_operations_on_sqlite() {
    check_random_operations(16, || Some(Ground::sqlite()));
}

#[test]
fn random_operations_on_postgres() {
    check_random_operations(16, Ground::postgres);
}

fn check_random_operations(cases: u32, ground: impl Fn() -> Option<Ground>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let operations = prop::collection::vec(operation(), 1..60);
    let result = TestRunner::new(config).run(&operations, |operations| {
        if let Some(ground) = ground() {
            runtime.block_on(check_operations(&ground, operations));
        }
        Ok(())
    });
    result.unwrap();
}

async fn check_operations(ground: &Ground, operations: Vec<Operation>) {
    let mut store = ground.open().await;
    let mut model = Model::new();
    for operation in operations {
        match operation {
            Operation::Write(steps, refused) => {
                check_write(&store, &mut model, steps, refused).await
            }
            Operation::Burst(steps) => check_burst(&store, &mut model, steps).await,
            Operation::Reopen if ground.is_durable() => {
                store.close().await;
                store = ground.open().await;
            }
            Operation::Reopen => {}
            Operation::Reset => {
                store.reset().await.unwrap();
                model.clear();
            }
            Operation::Reimport => store.import(&store.export().await.unwrap()).await.unwrap(),
        }
        check_same(&store, &model);
    }
}

async fn check_write(store: &Store, model: &mut Model, steps: Vec<Step>, refused: bool) {
    let mut after = model.clone();
    let expected: Vec<bool> = steps.iter().map(|step| step.model(&mut after)).collect();
    let written = store
        .write(ACCOUNT, move |tx| {
            let results: Vec<bool> = steps.iter().map(|step| step.store(tx).is_ok()).collect();
            if refused { Err(results) } else { Ok(results) }
        })
        .await;
    if refused {
        assert_eq!(written, Err(WriteError::Refused(expected)));
    } else {
        assert_eq!(written, Ok(expected));
        *model = after;
    }
}

/// Each write says how many were executed before it, so the model can follow in the same order.
async fn check_burst(store: &Store, model: &mut Model, steps: Vec<Step>) {
    let started = store.snapshot();
    let versions = |tx: &Tx<'_>| tx.version(ACCOUNT) + tx.version(OTHER_ACCOUNT);
    let base = started.version(ACCOUNT) + started.version(OTHER_ACCOUNT);
    let tasks: Vec<_> = steps
        .into_iter()
        .map(|step| {
            let store = store.clone();
            tokio::spawn(async move {
                let write = step.clone();
                let result = store
                    .write(ACCOUNT, move |tx| {
                        let before = versions(tx);
                        write.store(tx).map(|()| before).map_err(|_| before)
                    })
                    .await;
                (step, result)
            })
        })
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    // What changed nothing saw the same versions as what changed something after it.
    done.sort_by_key(|(_, result)| match result {
        Ok(before) => (*before, 1),
        Err(WriteError::Refused(before)) => (*before, 0),
        Err(other) => panic!("{other:?}"),
    });
    assert!(
        done.iter().all(|(_, result)| *result.as_ref().unwrap_or(&base) >= base),
        "{base} {done:?} {:?}",
        store.metrics()
    );
    for (step, result) in done {
        assert_eq!(step.model(model), result.is_ok(), "{step:?}");
    }
}

fn check_same(store: &Store, model: &Model) {
    let state = store.snapshot();
    for account in [ACCOUNT, OTHER_ACCOUNT] {
        let rows = state.range::<User>(account, ..);
        let rows = rows.map(|user| (user.name.clone(), user.id.clone().unwrap()));
        let of_account = model.iter().filter(|((owner, _), _)| owner == account);
        let expected = of_account.map(|((_, name), id)| (name.clone(), id.to_string()));
        let (rows, expected): (Vec<_>, Vec<_>) = (rows.collect(), expected.collect());
        assert_eq!(rows, expected);
        assert_eq!(state.count::<User>(account), rows.len());
    }
    for id in 0..16 {
        let holder = state.by_index::<User>("id", &id.to_string());
        let holder = holder.map(|user| (user.account.clone(), user.name.clone()));
        let expected = model.iter().find(|(_, held)| **held == id).map(|(key, _)| key.clone());
        assert_eq!(holder, expected, "id {id}");
    }
}

impl Step {
    fn user(account: &str, name: u8, id: u8) -> User {
        User::new(account, &format!("{name:02}"), &id.to_string())
    }

    fn store(&self, tx: &mut Tx<'_>) -> Result<(), RowError> {
        match *self {
            Self::Insert(account, name, id) => tx.insert(Self::user(account, name, id)),
            Self::Update(account, name, id) => tx.update(Self::user(account, name, id)),
            Self::Put(account, name, id) => tx.put(Self::user(account, name, id)),
            Self::Delete(account, name) => tx
                .delete::<User>(account, &format!("{name:02}"))?
                .map(drop)
                .ok_or(RowError::Missing { table: "", account: String::new(), key: String::new() }),
        }
    }

    /// Does it to the model, and says whether the store must do it too.
    fn model(&self, model: &mut Model) -> bool {
        let (Self::Insert(account, name, _)
        | Self::Update(account, name, _)
        | Self::Put(account, name, _)
        | Self::Delete(account, name)) = *self;
        let key = (account.to_owned(), format!("{name:02}"));
        let is_there = model.contains_key(&key);
        let is_free = |id: u8| model.iter().all(|(holder, held)| *held != id || *holder == key);
        let allowed = match *self {
            Self::Insert(_, _, id) => !is_there && is_free(id),
            Self::Update(_, _, id) => is_there && is_free(id),
            Self::Put(_, _, id) => is_free(id),
            Self::Delete(..) => is_there,
        };
        match *self {
            _ if !allowed => {}
            Self::Delete(..) => drop(model.remove(&key)),
            Self::Insert(_, _, id) | Self::Update(_, _, id) | Self::Put(_, _, id) => {
                model.insert(key, id);
            }
        }
        allowed
    }
}
