//! The key that signs instance identity documents: made when the first signature is asked for, and kept.

use std::borrow::Cow;
use std::sync::Arc;

use imds::{Signer, signer};
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Store};

use super::Metadata;
use crate::clock::OsEntropy;
use crate::shared::SERVER_ACCOUNT;

/// The private key, in DER.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct IdentityKeyRow {
    key: Vec<u8>,
}

impl Row for IdentityKeyRow {
    const TABLE: &'static str = "server_identity_key";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        SERVER_ACCOUNT
    }

    fn key(&self) -> Cow<'_, str> {
        "key".into()
    }
}

impl Metadata {
    /// Who signs. Servers on one store sign with one key.
    pub(crate) async fn signer(&self, store: &Store) -> Result<Arc<Signer>, String> {
        let signer = self.signer.get_or_try_init(|| make(store));
        signer.await.map(Arc::clone)
    }
}

async fn make(store: &Store) -> Result<Arc<Signer>, String> {
    let snapshot = store.refresh(SERVER_ACCOUNT).await.map_err(|error| error.to_string())?;
    let key = match snapshot.get::<IdentityKeyRow>(SERVER_ACCOUNT, "key") {
        Some(row) => row.key.clone(),
        None => keep(store, new_key().await?).await?,
    };
    Signer::new(&key).map(Arc::new).map_err(|error| error.to_string())
}

/// Searching primes takes long enough to be in the way of others.
async fn new_key() -> Result<Vec<u8>, String> {
    let made = tokio::task::spawn_blocking(|| signer::generate(&mut OsEntropy::new())).await;
    made.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

/// Stores `key` unless there is one; the one that is there then.
async fn keep(store: &Store, key: Vec<u8>) -> Result<Vec<u8>, String> {
    let written = store.write(SERVER_ACCOUNT, move |tx| -> Result<Vec<u8>, RowError> {
        if let Some(row) = tx.get::<IdentityKeyRow>(SERVER_ACCOUNT, "key") {
            return Ok(row.key.clone());
        }
        tx.insert(IdentityKeyRow { key: key.clone() })?;
        Ok(key.clone())
    });
    written.await.map_err(|error| error.to_string())
}
