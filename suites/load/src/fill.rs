//! An account with many roles, written into the store without asking a server.

use cloud::iam::role::RoleRow;
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
