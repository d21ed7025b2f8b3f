//! What is SQLite's own: a folder with one owner, a file that people can read, a disk that may fail.

use std::fs;
use std::time::Duration;

use store::{Place, StoreError, WriteError};

use crate::ground::{Folder, Ground};
use crate::rows::{ACCOUNT, User, audit_row, schema};

fn raw(ground: &Ground) -> rusqlite::Connection {
    let Place::Folder(folder) = ground.place() else { panic!("not a folder") };
    rusqlite::Connection::open(folder.join("rolecall.db")).unwrap()
}

#[tokio::test]
async fn a_folder_has_one_owner() {
    let ground = Ground::sqlite();
    let store = ground.open().await;
    let Err(StoreError::InUse { owner, .. }) = ground.open_with(schema()).await else {
        panic!("two owners");
    };
    assert_eq!(owner, format!("process {}", std::process::id()));
    let clone = store.clone();
    drop(store);
    assert!(ground.open_with(schema()).await.is_err(), "a clone is left");
    drop(clone);
    ground.open().await;
}

#[tokio::test]
async fn unusable_folders_are_named() {
    let folder = Folder::new();
    let file = folder.0.join("file");
    fs::write(&file, "").unwrap();
    for place in [file.clone(), file.join("below")] {
        let opened = store::Store::open(Place::Folder(place), schema(), store::Options::default());
        let error = opened.await.unwrap_err();
        assert!(matches!(error, StoreError::Folder { .. }), "{error}");
    }
    let damaged = Ground::sqlite();
    let Place::Folder(path) = damaged.place() else { panic!("not a folder") };
    fs::write(path.join("rolecall.db"), "not a database, whatever its name says".repeat(100))
        .unwrap();
    let error = damaged.open_with(schema()).await.unwrap_err();
    assert_eq!(error, StoreError::Database("SQLite: file is not a database".to_owned()));
}

/// What the file has of the audit.
#[derive(Debug, PartialEq, Eq)]
struct AuditInFile {
    rows: i64,
    packs: i64,
    /// The number of the newest row, single or packed.
    newest: i64,
}

fn audit_in_file(ground: &Ground) -> AuditInFile {
    let query = "SELECT (SELECT count(*) FROM audit), count(*), \
                 max(coalesce(max(last_seq), 0), coalesce((SELECT max(seq) FROM audit), 0)) FROM audit_pack";
    let found = raw(ground).query_row(query, [], |row| {
        Ok(AuditInFile { rows: row.get(0)?, packs: row.get(1)?, newest: row.get(2)? })
    });
    found.unwrap()
}

async fn wait_for_audit(ground: &Ground, wanted: impl Fn(&AuditInFile) -> bool) {
    for _ in 0..400 {
        if wanted(&audit_in_file(ground)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{:?}", audit_in_file(ground));
}

#[tokio::test]
async fn packed_audit_rows_are_unpacked_when_it_is_quiet_and_after_a_crash() {
    let ground = Ground::sqlite();
    let store = ground.open().await;
    let count = 2_500;
    (0..count).for_each(|id| store.audit(audit_row(&id.to_string(), "allow")).unwrap());
    wait_for_audit(&ground, |found| found.newest == count && found.packs > 0).await;
    // What a crash would leave.
    let crashed = Ground::sqlite();
    let (Place::Folder(from), Place::Folder(to)) = (ground.place(), crashed.place()) else {
        panic!("not folders");
    };
    fs::create_dir_all(&to).unwrap();
    for file in ["rolecall.db", "rolecall.db-wal"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let is_unpacked = |found: &AuditInFile| (found.rows, found.packs) == (count, 0);
    wait_for_audit(&ground, is_unpacked).await;
    store.close().await;

    assert!(audit_in_file(&crashed).packs > 0);
    let opened = crashed.open().await;
    wait_for_audit(&crashed, is_unpacked).await;
    opened.close().await;
}

#[tokio::test]
async fn packed_audit_rows_are_unpacked_by_the_end() {
    let ground = Ground::sqlite();
    let store = ground.open().await;
    (0..2_500).for_each(|id| store.audit(audit_row(&id.to_string(), "allow")).unwrap());
    store.close().await;
    assert_eq!(audit_in_file(&ground), AuditInFile { rows: 2_500, packs: 0, newest: 2_500 });
}

#[tokio::test]
async fn people_can_read_the_file() {
    let ground = Ground::sqlite();
    let store = ground.open().await;
    store.write(ACCOUNT, |tx| tx.insert(User::new(ACCOUNT, "Alice", "1"))).await.unwrap();
    // While the store is open, as `sqlite3 rolecall.db` would.
    let query = "SELECT account, key, schema_version, revision, body FROM test_user";
    let row: (String, String, i64, i64, String) = raw(&ground)
        .query_row(query, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .unwrap();
    let body = r#"{"account":"000000000000","name":"Alice","id":"1","note":""}"#;
    assert_eq!(row, (ACCOUNT.into(), "alice".into(), 1, 1, body.into()));
    let claim = "INSERT INTO unique_value VALUES ('test_user', 'id', '1', 'x', 'y')";
    let error = raw(&ground).execute(claim, []).unwrap_err().to_string();
    assert!(error.contains("UNIQUE constraint failed"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let inner = folder.0.join("a/b");
    let place = Place::Folder(inner.clone());
    let store = store::Store::open(place, schema(), store::Options::default()).await.unwrap();
    store.write(ACCOUNT, |tx| tx.insert(User::new(ACCOUNT, "Alice", "1"))).await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder.0.join("a")), mode(&inner)), (0o700, 0o700));
    for file in ["rolecall.db", "rolecall.db-wal", "rolecall.db-shm"] {
        assert_eq!(mode(&inner.join(file)), 0o600, "{file}");
    }
}

/// A flush fails: its writes are told so, and what was executed on top of them is executed again without them.
#[tokio::test(flavor = "multi_thread")]
async fn a_flush_that_fails_takes_only_its_own_writes() {
    let ground = Ground::sqlite();
    let store = ground.open().await;
    store.write(ACCOUNT, |tx| tx.insert(User::new(ACCOUNT, "before", "0"))).await.unwrap();
    let blocker = raw(&ground);
    // Longer than the store waits for somebody else's lock.
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let first = tokio::spawn({
        let store = store.clone();
        async move { store.write(ACCOUNT, |tx| tx.insert(User::new(ACCOUNT, "lost", "1"))).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let second = tokio::spawn({
        let store = store.clone();
        async move {
            store
                .write(ACCOUNT, |tx| {
                    let saw = tx.get::<User>(ACCOUNT, "lost").is_some();
                    tx.insert(User::new(ACCOUNT, "kept", "1")).map(|()| saw)
                })
                .await
        }
    });
    let failed = first.await.unwrap().unwrap_err();
    assert!(matches!(failed, WriteError::Store(StoreError::Database(_))), "{failed}");
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(second.await.unwrap(), Ok(false));
    let names = |store: &store::Store| -> Vec<String> {
        store.snapshot().range::<User>(ACCOUNT, ..).map(|user| user.name.clone()).collect()
    };
    assert_eq!(names(&store), ["before", "kept"]);
    assert_eq!(store.snapshot().version(ACCOUNT), 2);
    assert_eq!(store.metrics().failures, 1);
    store.close().await;
    assert_eq!(names(&ground.open().await), ["before", "kept"]);
}

#[tokio::test]
async fn one_flush_serves_all_who_wait() {
    let ground = Ground::sqlite();
    let store = ground.open().await;
    let tasks: Vec<_> = (0..200)
        .map(|at| {
            let store = store.clone();
            tokio::spawn(async move {
                let id = at.to_string();
                store.write(ACCOUNT, move |tx| tx.insert(User::new(ACCOUNT, &id, &id))).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let metrics = store.metrics();
    assert_eq!(metrics.writes, 200);
    assert!(metrics.flushes <= 20, "{} flushes", metrics.flushes);
}
