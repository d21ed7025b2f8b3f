//! Rows of older programs are read, rows of newer ones refused, and new indexes are made of old rows.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Place, Row, Schema, Store, StoreError};

use crate::ground::Ground;
use crate::postgres_server;
use crate::rows::{ACCOUNT, Counter, schema};

/// A role as the first program knew it.
#[derive(Serialize, Deserialize)]
struct OldRole {
    account: String,
    name: String,
}

/// A role with a path, found by it and its name.
#[derive(Debug, Serialize, Deserialize)]
struct Role {
    owner: String,
    name: String,
    path: String,
}

/// A role whose index has one value for all.
#[derive(Debug, Serialize, Deserialize)]
struct ClashingRole {
    account: String,
    name: String,
}

/// A role that cannot be made from older ones.
#[derive(Debug, Serialize, Deserialize)]
struct ForgetfulRole {
    account: String,
    name: String,
}

impl Row for OldRole {
    const TABLE: &'static str = "test_role";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }
}

impl Row for Role {
    const TABLE: &'static str = "test_role";
    const VERSION: u32 = 3;
    const INDEXES: &'static [&'static str] = &["arn"];

    fn account(&self) -> &str {
        &self.owner
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "arn").then(|| format!("{}{}", self.path, self.name).into())
    }

    fn upgrade(from: u32, body: Value) -> Result<Value, String> {
        match from {
            // Version 2 had `account`, as version 1 did, and a path.
            1 | 2 => Ok(json!({
                "owner": body["account"],
                "name": body["name"],
                "path": body.get("path").unwrap_or(&json!("/")),
            })),
            _ => Err("never heard of".to_owned()),
        }
    }
}

impl Row for ClashingRole {
    const TABLE: &'static str = "test_role";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["same"];

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }

    fn index(&self, _: &str) -> Option<Cow<'_, str>> {
        Some("same".into())
    }
}

impl Row for ForgetfulRole {
    const TABLE: &'static str = "test_role";
    const VERSION: u32 = 2;

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }
}

#[tokio::test]
async fn old_rows_on_sqlite() {
    check_old_rows(&Ground::sqlite()).await;
}

#[tokio::test]
async fn old_rows_on_postgres() {
    if let Some(ground) = Ground::postgres() {
        check_old_rows(&ground).await;
    }
}

async fn check_old_rows(ground: &Ground) {
    let old_schema = || Schema::new().with::<OldRole>();
    let store = ground.open_with(old_schema()).await.unwrap();
    for name in ["a", "b"] {
        let insert = move |tx: &mut store::Tx<'_>| {
            tx.insert(OldRole { account: ACCOUNT.into(), name: name.into() })
        };
        store.write(ACCOUNT, insert).await.unwrap();
    }
    let old_export = store.export().await.unwrap();
    store.close().await;

    // Refused, and nothing harmed, where the new program cannot make sense of them.
    let clash = ground.open_with(Schema::new().with::<ClashingRole>()).await.unwrap_err();
    assert!(clash.to_string().contains("`same` is `same`, which `"), "{clash}");
    let lost = ground.open_with(Schema::new().with::<ForgetfulRole>()).await.unwrap_err();
    assert!(lost.to_string().contains("version 1 of its body is not known"), "{lost}");
    let unknown = ground.open_with(Schema::new().with::<Counter>()).await.unwrap_err();
    assert_eq!(unknown, StoreError::UnknownTable { table: "test_role".to_owned() });

    // Read, and indexed, where it can.
    let new_schema = || Schema::new().with::<Role>();
    let store = ground.open_with(new_schema()).await.unwrap();
    let state = store.snapshot();
    assert_eq!(state.get::<Role>(ACCOUNT, "a").unwrap().path, "/");
    assert_eq!(state.by_index::<Role>("arn", "/b").unwrap().name, "b");
    // The database has the new index too: a row goes with its values, and comes again with them.
    store.write(ACCOUNT, |tx| tx.delete::<Role>(ACCOUNT, "a")).await.unwrap();
    let again = || Role { owner: ACCOUNT.into(), name: "a".into(), path: "/".into() };
    store.write(ACCOUNT, move |tx| tx.insert(again())).await.unwrap();
    let update = || Role { owner: ACCOUNT.into(), name: "b".into(), path: "/b/".into() };
    store.write(ACCOUNT, move |tx| tx.update(update())).await.unwrap();
    let new_export = store.export().await.unwrap();
    store.close().await;
    let store = ground.open_with(new_schema()).await.unwrap();
    assert_eq!(store.export().await.unwrap(), new_export);
    assert!(store.snapshot().by_index::<Role>("arn", "/b").is_none());
    // An old export is read as well.
    store.import(&old_export).await.unwrap();
    assert_eq!(store.snapshot().by_index::<Role>("arn", "/b").unwrap().name, "b");
    store.close().await;

    // The old program does not touch what the new one wrote.
    let newer = ground.open_with(old_schema()).await.unwrap_err();
    assert!(newer.to_string().contains("version 3 and this program knows 1"), "{newer}");
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let newer = "INSERT INTO migration (number, title) VALUES (99, 'from the future')";
    let ground = Ground::sqlite();
    ground.open().await.close().await;
    if let Place::Folder(folder) = ground.place() {
        let raw = rusqlite::Connection::open(folder.join("rolecall.db")).unwrap();
        raw.execute(newer, []).unwrap();
    }
    let refused = ground.open_with(schema()).await.unwrap_err();
    assert_eq!(refused, StoreError::NewerDatabase { found: 99, known: 3 });

    if let Some(server) = postgres_server::shared() {
        let url = server.new_schema();
        let open =
            || Store::open(Place::Postgres(url.clone()), schema(), store::Options::default());
        open().await.unwrap().close().await;
        server.sql_at(&url, newer).unwrap();
        let refused = open().await.unwrap_err();
        assert_eq!(refused, StoreError::NewerDatabase { found: 99, known: 3 });
    }
}

#[tokio::test]
async fn a_schema_that_names_a_table_twice_is_refused() {
    let twice = Schema::new().with::<OldRole>().with::<Role>();
    let error = Ground::memory().open_with(twice).await.unwrap_err();
    assert_eq!(error, StoreError::Schema("table `test_role` is there twice".to_owned()));
}
