//! How Terraform starts a plugin and talks to it: go-plugin's handshake over standard output, then gRPC over
//! a Unix socket with TLS.
//!
//! Terraform makes a certificate for each run and hands it over in `PLUGIN_CLIENT_CERT`; it then expects the
//! plugin's own certificate in the handshake line and speaks TLS (go-plugin's `docs/internals.md`). The
//! socket lies in a folder that only the user can enter; that keeps others out, not the client's certificate,
//! whose curve (P-521) `ring` does not know.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64ct::{Base64Unpadded, Encoding};
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::{Identity, Server, ServerTlsConfig};

use crate::provider::Provider;
use crate::service::{ControllerService, ProviderService};

/// What Terraform sets so that a plugin is not started by hand (`internal/plugin6` of Terraform).
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");
/// The version of go-plugin's own protocol.
const CORE_PROTOCOL: u32 = 1;
/// The version of Terraform's protocol that is spoken.
const PLUGIN_PROTOCOL: u32 = 6;
/// How many folders of plugins that were killed may be in the way. Each of them had the same process id.
const MAX_LEFTOVERS: u32 = 100;

/// Why a plugin could not be started.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// Not by Terraform.
    #[error(
        "this is a Terraform provider: Terraform starts it by itself. `rolecall terraform install` tells \
         Terraform where it is"
    )]
    ByHand,
    /// By a Terraform that does not speak its protocol.
    #[error("Terraform speaks the plugin protocols {0}, not 6: use Terraform 1.0 or newer")]
    Protocol(String),
    /// No certificate could be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// No socket.
    #[error("cannot listen for Terraform: {0}")]
    Io(#[from] io::Error),
    /// The connection failed.
    #[error("the connection to Terraform failed: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// Serves Terraform until it says that it is done.
///
/// # Errors
/// [`PluginError`]
pub async fn serve(provider: Arc<Provider>) -> Result<(), PluginError> {
    check_started_by_terraform()?;
    // Ctrl+C reaches every process of the terminal. Terraform then lets what it has begun come to its end,
    // which needs the plugin (go-plugin's own servers take no notice of it either).
    let _unheard = signal(SignalKind::interrupt())?;
    let socket = Socket::new(&socket_folder())?;
    let listener = UnixListener::bind(&socket.path)?;
    let certificate = Certificate::new()?;
    // Without a client certificate Terraform was told not to use TLS.
    let tls = std::env::var_os("PLUGIN_CLIENT_CERT").is_some();
    let done = Arc::new(Notify::new());
    let mut server = Server::builder();
    if tls {
        let identity = Identity::from_pem(&certificate.pem, &certificate.key_pem);
        server = server.tls_config(ServerTlsConfig::new().identity(identity))?;
    }
    let serving = server
        .add_service(ProviderService::new(provider))
        .add_service(ControllerService::new(Arc::clone(&done)))
        .serve_with_incoming_shutdown(UnixListenerStream::new(listener), async move {
            done.notified().await;
        });
    let address = socket.path.display();
    let encoded = if tls { Base64Unpadded::encode_string(&certificate.der) } else { String::new() };
    let mut out = io::stdout().lock();
    writeln!(out, "{CORE_PROTOCOL}|{PLUGIN_PROTOCOL}|unix|{address}|grpc|{encoded}")?;
    out.flush()?;
    drop(out);
    serving.await?;
    Ok(())
}

fn check_started_by_terraform() -> Result<(), PluginError> {
    if std::env::var(COOKIE.0).as_deref() != Ok(COOKIE.1) {
        return Err(PluginError::ByHand);
    }
    match std::env::var("PLUGIN_PROTOCOL_VERSIONS") {
        Ok(versions) if !versions.split(',').any(|version| version == "6") => {
            Err(PluginError::Protocol(versions))
        }
        _ => Ok(()),
    }
}

/// A socket in a folder of its own, both gone at the end.
struct Socket {
    folder: PathBuf,
    path: PathBuf,
}

/// Where sockets are made.
fn socket_folder() -> PathBuf {
    std::env::var_os("PLUGIN_UNIX_SOCKET_DIR")
        .filter(|folder| !folder.is_empty())
        .map_or_else(std::env::temp_dir, PathBuf::from)
}

impl Socket {
    /// Takes the first free name: a plugin that is killed leaves its folder, and process ids come again.
    fn new(base: &Path) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let process = std::process::id();
        let mut number = 0;
        loop {
            let folder = base.join(format!("rolecall-provider-{process}-{number}"));
            match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => return Ok(Self { path: folder.join("socket"), folder }),
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && number < MAX_LEFTOVERS =>
                {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A certificate for this run only.
struct Certificate {
    pem: String,
    key_pem: String,
    der: Vec<u8>,
}

impl Certificate {
    fn new() -> Result<Self, rcgen::Error> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
        Ok(Self {
            pem: made.cert.pem(),
            key_pem: made.signing_key.serialize_pem(),
            der: made.cert.der().to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_killed_plugins_are_not_in_the_way() {
        let base = std::env::temp_dir().join(format!("rolecall-leftovers-{}", std::process::id()));
        std::fs::create_dir_all(&base).unwrap();
        let mut sockets: Vec<Socket> =
            (0..=MAX_LEFTOVERS).map(|_| Socket::new(&base).unwrap()).collect();
        let mut paths: Vec<PathBuf> = sockets.iter().map(|socket| socket.path.clone()).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), sockets.len());
        let error = Socket::new(&base).err().map(|error| error.kind());
        assert_eq!(error, Some(io::ErrorKind::AlreadyExists));
        let freed = sockets.pop().map(|socket| socket.path.clone());
        assert_eq!(Some(Socket::new(&base).unwrap().path.clone()), freed);
        drop(sockets);
        std::fs::remove_dir(&base).unwrap();
    }
}
