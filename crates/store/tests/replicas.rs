//! What is PostgreSQL's own: several stores on one database, and a server that comes and goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use store::limits::MAX_DELETED_ROWS;
use store::{AuditFilter, Options, Place, RowError, Store, StoreError, WriteError};
use tokio::task::JoinSet;

use crate::contract::count_up;
use crate::ground::Ground;
use crate::postgres_server::{self, Server};
use crate::rows::{ACCOUNT, Counter, OTHER_ACCOUNT, User, audit_row, schema};

/// Two stores on one database.
async fn two() -> Option<(Store, Store)> {
    let ground = Ground::postgres()?;
    Some((ground.open().await, ground.open().await))
}

async fn insert(store: &Store, user: User) -> Result<(), WriteError<RowError>> {
    let account = user.account.clone();
    store.write(&account, move |tx| tx.insert(user.clone())).await
}

async fn export_without_refresh(store: &Store) -> String {
    format!(
        "{:?}",
        store.snapshot().everywhere::<User>().map(|user| (**user).clone()).collect::<Vec<_>>()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_sees_what_another_answered() {
    let Some((one, two)) = two().await else { return };
    insert(&one, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    insert(&one, User::new(ACCOUNT, "Bob", "2")).await.unwrap();
    assert!(two.snapshot().get::<User>(ACCOUNT, "alice").is_none(), "not asked for yet");
    let state = two.refresh(ACCOUNT).await.unwrap();
    assert_eq!(state.count::<User>(ACCOUNT), 2);
    assert_eq!(state.version(ACCOUNT), 2);

    one.write(ACCOUNT, |tx| {
        tx.delete::<User>(ACCOUNT, "alice")?;
        tx.update(User::new(ACCOUNT, "Bob", "1"))
    })
    .await
    .unwrap();
    let state = two.refresh(ACCOUNT).await.unwrap();
    assert_eq!(state.count::<User>(ACCOUNT), 1);
    assert_eq!(state.by_index::<User>("id", "1").unwrap().name, "Bob");
    assert!(state.by_index::<User>("id", "2").is_none());

    // A row that comes again after its deletion was recorded.
    insert(&one, User::new(ACCOUNT, "Alice", "3")).await.unwrap();
    let state = two.refresh(ACCOUNT).await.unwrap();
    assert_eq!(state.by_index::<User>("id", "3").unwrap().name, "Alice");
    assert_eq!(export_without_refresh(&one).await, export_without_refresh(&two).await);

    // What has not changed is not loaded again.
    let reloads = two.metrics().reloads;
    two.refresh(ACCOUNT).await.unwrap();
    two.refresh("never heard of").await.unwrap();
    two.refresh_all().await.unwrap();
    assert_eq!(two.metrics().reloads, reloads);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_finds_rows_of_accounts_that_are_new_here() {
    let Some((one, two)) = two().await else { return };
    insert(&one, User::new(OTHER_ACCOUNT, "Alice", "key")).await.unwrap();
    let find = async |value: &str| {
        let state = two.refresh_by_index::<User>("id", value).await.unwrap();
        state.by_index::<User>("id", value).map(|user| user.account.clone())
    };
    assert_eq!(find("key").await.as_deref(), Some(OTHER_ACCOUNT));
    assert_eq!(find("nobody's").await, None);
    // It moves to another account behind the back of one who knows it.
    one.write(OTHER_ACCOUNT, |tx| {
        tx.delete::<User>(OTHER_ACCOUNT, "alice")?;
        tx.insert(User::new(ACCOUNT, "Bob", "key"))
    })
    .await
    .unwrap();
    assert_eq!(find("key").await.as_deref(), Some(ACCOUNT));
    one.write(ACCOUNT, |tx| tx.delete::<User>(ACCOUNT, "bob")).await.unwrap();
    assert_eq!(find("key").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_of_two_replicas_lose_nothing() {
    let Some((one, two)) = two().await else { return };
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let store = if task % 2 == 0 { one.clone() } else { two.clone() };
        tasks.spawn(async move {
            for _ in 0..25 {
                store.write(ACCOUNT, |tx| count_up(tx, ACCOUNT)).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for store in [&one, &two] {
        let state = store.refresh(ACCOUNT).await.unwrap();
        assert_eq!(state.get::<Counter>(ACCOUNT, "n").unwrap().count, 400);
    }
    assert!(one.metrics().reruns + two.metrics().reruns > 0, "they did meet");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_replicas_that_claim_one_value_one_gets_it() {
    let Some((one, two)) = two().await else { return };
    for round in 0..20 {
        let mut tasks = JoinSet::new();
        for task in 0..8 {
            let store = if task % 2 == 0 { one.clone() } else { two.clone() };
            // In one account and in several: then only the database knows.
            let account =
                if round % 2 == 0 { ACCOUNT.to_owned() } else { format!("account {task}") };
            let user = User::new(&account, &format!("{round} {task}"), &format!("id {round}"));
            tasks.spawn(async move { insert(&store, user).await });
        }
        let mut winners = 0;
        while let Some(result) = tasks.join_next().await {
            match result.unwrap() {
                Ok(()) => winners += 1,
                Err(WriteError::Refused(RowError::Taken { value, .. })) => {
                    assert_eq!(value, format!("id {round}"));
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(winners, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_on_an_old_state() {
    let Some((one, two)) = two().await else { return };
    insert(&one, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    // Not even a write that only reads, on a replica that did not refresh.
    let found = two.write(ACCOUNT, |tx| {
        tx.get::<User>(ACCOUNT, "alice").map(|user| user.name.clone()).ok_or("no such user")
    });
    assert_eq!(found.await, Ok("Alice".to_owned()));

    // Each wants to be the only one, in an account of its own, and looks into the other's.
    for round in 0..10 {
        let claim = |store: Store, own: &'static str, other: &'static str| async move {
            let key = format!("only {round}");
            let claim = move |tx: &mut store::Tx<'_>| {
                if tx.get::<Counter>(other, &key).is_some() {
                    return Ok(false);
                }
                tx.insert(Counter { account: own.into(), name: key.clone(), count: 0 })
                    .map(|()| true)
            };
            store.write(own, claim).await.unwrap()
        };
        let (first, second) = tokio::join!(
            claim(one.clone(), ACCOUNT, OTHER_ACCOUNT),
            claim(two.clone(), OTHER_ACCOUNT, ACCOUNT)
        );
        assert!(first != second, "round {round}: {first} and {second}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resets_and_imports_reach_every_replica() {
    let Some((one, two)) = two().await else { return };
    insert(&one, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    insert(&two, User::new(OTHER_ACCOUNT, "Bob", "2")).await.unwrap();
    let export = two.export().await.unwrap();
    assert!(export.contains("Alice") && export.contains("Bob"));
    one.reset().await.unwrap();
    assert_eq!(two.refresh(ACCOUNT).await.unwrap().count::<User>(ACCOUNT), 0);
    // The other account is still as it was here; a write in it finds out.
    let count = two.write(OTHER_ACCOUNT, |tx| Ok::<_, RowError>(tx.count::<User>(OTHER_ACCOUNT)));
    assert_eq!(count.await, Ok(0));
    two.import(&export).await.unwrap();
    assert_eq!(one.export().await.unwrap(), export);
    assert_eq!(one.snapshot().by_index::<User>("id", "2").unwrap().name, "Bob");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_slept_long_loads_the_account_whole() {
    let Some((one, two)) = two().await else { return };
    let rows = usize::try_from(MAX_DELETED_ROWS).unwrap() / 2;
    insert(&one, User::new(ACCOUNT, "Alice", "1")).await.unwrap();
    insert(&one, User::new(ACCOUNT, "Bob", "2")).await.unwrap();
    two.refresh(ACCOUNT).await.unwrap();
    one.write(ACCOUNT, |tx| tx.delete::<User>(ACCOUNT, "alice")).await.unwrap();
    for _ in 0..3 {
        let counter =
            |at: usize| Counter { account: ACCOUNT.into(), name: at.to_string(), count: 0 };
        let add = move |tx: &mut store::Tx<'_>| (0..rows).try_for_each(|at| tx.insert(counter(at)));
        one.write(ACCOUNT, add).await.unwrap();
        let take = move |tx: &mut store::Tx<'_>| {
            (0..rows).try_for_each(|at| tx.delete::<Counter>(ACCOUNT, &at.to_string()).map(drop))
        };
        one.write(ACCOUNT, take).await.unwrap();
    }
    // The same keys again and again leave one record each; these are other keys.
    for round in 0..3 {
        let name = move |at: usize| format!("{round} {at}");
        one.write(ACCOUNT, move |tx| {
            (0..rows).try_for_each(|at| {
                tx.insert(Counter { account: ACCOUNT.into(), name: name(at), count: 0 })
            })
        })
        .await
        .unwrap();
        one.write(ACCOUNT, move |tx| {
            (0..rows).try_for_each(|at| tx.delete::<Counter>(ACCOUNT, &name(at)).map(drop))
        })
        .await
        .unwrap();
    }
    let state = two.refresh(ACCOUNT).await.unwrap();
    assert_eq!(state.count::<User>(ACCOUNT), 1, "the record of that deletion is gone by now");
    assert!(state.get::<User>(ACCOUNT, "alice").is_none());
    assert!(state.by_index::<User>("id", "1").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_rows_of_every_replica_are_found() {
    let Some((one, two)) = two().await else { return };
    one.audit(audit_row("1", "deny")).unwrap();
    assert_eq!(one.find_audit(&AuditFilter::default()).await.unwrap().len(), 1);
    two.audit(audit_row("2", "deny")).unwrap();
    assert_eq!(two.find_audit(&AuditFilter::default()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn urls_that_lead_nowhere_say_so() {
    let open =
        |url: &str| Store::open(Place::Postgres(url.to_owned()), schema(), Options::default());
    let tls = open("postgres://u:p@localhost/d?sslmode=require").await.unwrap_err();
    assert_eq!(tls, StoreError::Tls);
    let nobody = open("postgres://u:hidden@127.0.0.1:1/d").await.unwrap_err().to_string();
    assert!(nobody.contains("Connection refused") && !nobody.contains("hidden"), "{nobody}");
    if let Some(server) = postgres_server::shared() {
        let url = format!("{}?dbname=nowhere", server.url());
        let nowhere = open(&url).await.unwrap_err().to_string();
        assert!(nowhere.contains("database \"nowhere\" does not exist"), "{nowhere}");
    }
}

/// Writers count up while `disturb` does its worst. Each count that was answered is kept once, and no other.
async fn check_counting_while(stores: &[Store], rounds: usize, disturb: impl AsyncFn(usize)) {
    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let store = stores[task % stores.len()].clone();
        let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
        tasks.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                match store.write(ACCOUNT, |tx| count_up(tx, ACCOUNT)).await {
                    Ok(_) => answered.fetch_add(1, Ordering::Relaxed),
                    Err(error) => panic!("{error}"),
                };
            }
        });
    }
    for round in 0..rounds {
        let before = answered.load(Ordering::Relaxed);
        disturb(round).await;
        while answered.load(Ordering::Relaxed) < before + 8 {
            if let Some(ended) = tasks.try_join_next() {
                ended.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let state = stores[0].refresh(ACCOUNT).await.unwrap();
    let counted = state.get::<Counter>(ACCOUNT, "n").unwrap().count;
    assert_eq!(counted, answered.load(Ordering::Relaxed));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_break_lose_and_double_nothing() {
    // A server of its own: it is the server's connections that are broken.
    let Some(server) = Server::start(false) else { return };
    let place = || Place::Postgres(server.url());
    let open = || Store::open(place(), schema(), Options::default());
    let stores = [open().await.unwrap(), open().await.unwrap()];
    check_counting_while(&stores, 40, async |_| {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = 'rolecall'";
        server.sql(kill).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_crashes_loses_nothing_that_was_answered() {
    let Some(server) = Server::start(true) else { return };
    let store = Store::open(Place::Postgres(server.url()), schema(), Options::default());
    let stores = [store.await.unwrap()];
    let server = std::sync::Mutex::new(server);
    check_counting_while(&stores, 3, async |_| {
        tokio::time::sleep(Duration::from_millis(100)).await;
        tokio::task::block_in_place(|| server.lock().unwrap().crash_and_restart());
    })
    .await;
}
