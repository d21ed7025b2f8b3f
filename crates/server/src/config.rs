//! What a server is started with.

use std::net::SocketAddr;

use cloud::latency::Latency;
use cloud::propagation::Mode;
use names::AccountId;
use store::Place;

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the state is kept.
    pub place: Place,
    /// Where AWS's services are listened for.
    pub aws: SocketAddr,
    /// Where the console is listened for.
    pub console: SocketAddr,
    /// Where the Databricks account's API is listened for.
    pub databricks_account: SocketAddr,
    /// Where the first Databricks workspace is listened for.
    pub workspace: SocketAddr,
    /// Whether a first start makes no Databricks workspace.
    pub empty: bool,
    /// The account that the access key `test` belongs to.
    pub account: AccountId,
    /// The region of requests that do not say.
    pub region: String,
    /// How long IAM's changes take; `None` leaves it as it was when the state was last used.
    pub propagation: Option<Mode>,
    /// Whether states such as `pending` last.
    pub latency: Latency,
}

/// A setup that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The well-known logins would be open to the network.
    #[error(
        "`{0}` can be reached from other machines, and the well-known logins (`test`) would be open to \
         them: listen on 127.0.0.1 or [::1]"
    )]
    Exposed(SocketAddr),
}

impl Config {
    /// Refuses what must not be started.
    ///
    /// # Errors
    /// [`ConfigError::Exposed`] for a listener that is not on the loopback.
    pub fn check(&self) -> Result<(), ConfigError> {
        for address in [self.aws, self.console, self.databricks_account, self.workspace] {
            if !address.ip().is_loopback() {
                return Err(ConfigError::Exposed(address));
            }
        }
        Ok(())
    }
}
