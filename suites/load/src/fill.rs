//! Many roles and many users, written into the store without asking a server.

use cloud::iam::role::RoleRow;
use databricks::first_start::WORKSPACE_ID;
use databricks::identity::{IdentityRow, Kind};
use names::{AccountId, Timestamp};
use store::{Options, Place, Store};

/// Rows of one write.
const ROLES_PER_WRITE: usize = 10_000;

/// The name of the role with this number.
pub(crate) fn name(number: usize) -> String {
    format!("filled-{number:06}")
}

/// Fills a new store in `folder`.
pub(crate) fn roles(folder: &str, count: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let place = Place::Folder(folder.into());
        let store = Store::open(place, cloud::schema::schema(), Options::default()).await.unwrap();
        for from in (0..count).step_by(ROLES_PER_WRITE) {
            let written = store.write("000000000000", move |tx| {
                (from..count.min(from + ROLES_PER_WRITE))
                    .try_for_each(|number| tx.insert(role(number)))
            });
            written.await.unwrap();
        }
        store.close().await;
    });
}

/// Fills a new store in `folder` with users of the workspace that a server will find there.
pub(crate) fn users(folder: &str, count: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let schema = databricks::add_rows(ec2::add_rows(cloud::schema::schema()));
        let place = Place::Folder(folder.into());
        let store = Store::open(place, schema, Options::default()).await.unwrap();
        // Not in the account, too: a server would not take it for new.
        let partition = WORKSPACE_ID.to_string();
        let of = partition.clone();
        let written = store.write(&partition, move |tx| {
            (0..count).try_for_each(|number| tx.insert(user(&of, number)))
        });
        written.await.unwrap();
        store.close().await;
    });
}

fn user(partition: &str, number: usize) -> IdentityRow {
    let (id, name) = (format!("{:016}", 5_000_000_000_000_000 + number), user_name(number));
    let mut row = IdentityRow::new(partition.to_owned(), Kind::User, id, name.clone());
    row.display_name = Some(format!("User {number}"));
    row.emails.push(name);
    row
}

/// The name of the user with this number.
pub(crate) fn user_name(number: usize) -> String {
    format!("user-{number:05}@example.com")
}

fn role(number: usize) -> RoleRow {
    let account: AccountId = "000000000000".parse().unwrap();
    let name = name(number);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    RoleRow {
        account,
        arn: format!("arn:aws:iam::{account}:role/{name}"),
        id: format!("AROA{number:017}"),
        name,
        path: "/".to_owned(),
        created: Timestamp::from_unix_seconds(1_700_000_000),
        description: None,
        max_session_seconds: 3600,
        trust: cloud::iam::principal::TrustPolicy::without_ids(trust),
        inline: std::collections::BTreeMap::new(),
        attached: Vec::new(),
        boundary: None,
        tags: Vec::new(),
    }
}
