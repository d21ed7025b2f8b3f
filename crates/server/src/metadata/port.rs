//! The port of an instance's metadata: the same as long as the instance is there, also when the server is
//! started again, unless somebody else has taken it meanwhile.

use std::borrow::Cow;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};
use store::{Row, RowError, Store};
use tokio::net::TcpListener;

use super::io_error;
use crate::shared::SERVER_ACCOUNT;

/// The port that an instance had last.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PortRow {
    instance: String,
    port: u16,
}

impl Row for PortRow {
    const TABLE: &'static str = "server_metadata_port";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        SERVER_ACCOUNT
    }

    fn key(&self) -> Cow<'_, str> {
        self.instance.as_str().into()
    }
}

/// A listener on the loopback, for an instance.
pub(super) async fn bind(store: &Store, instance: &str) -> io::Result<TcpListener> {
    let address = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let known = store.snapshot();
    let known = known.get::<PortRow>(SERVER_ACCOUNT, instance).map(|row| row.port);
    if let Some(port) = known
        && let Ok(listener) = TcpListener::bind(address(port)).await
    {
        return Ok(listener);
    }
    let listener = TcpListener::bind(address(0)).await?;
    let port = listener.local_addr()?.port();
    let instance = instance.to_owned();
    let written = store.write(SERVER_ACCOUNT, move |tx| -> Result<(), RowError> {
        tx.put(PortRow { instance: instance.clone(), port })
    });
    written.await.map_err(io_error)?;
    Ok(listener)
}
