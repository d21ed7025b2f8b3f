//! What a first start makes.

use std::net::SocketAddr;
use std::sync::Arc;

use databricks::caller::Caller;
use databricks::fault::Fault;
use databricks::first_start;
use databricks::host::Host;
use store::{Tx, WriteError};

use crate::databricks::listeners::{self, host};
use crate::databricks::perform::{Setting, Stopped};
use crate::perform::Moment;
use crate::shared::Shared;

/// Makes the account's admin and, unless the server is to be empty, a workspace at `address`, if nobody did yet.
pub(crate) async fn first_start(shared: &Arc<Shared>, address: SocketAddr) -> Result<(), String> {
    let host = host(shared, None);
    let moment = shared.moment(shared.config.region.clone());
    let within = Arc::clone(shared);
    let account_id = host.account_id.clone();
    let written = shared.store.write(&account_id, move |tx| {
        if first_start::has_been(tx, &host.account_id) {
            return Ok(());
        }
        make(tx, &within, &host, &moment, address)?;
        cloud::propagation::record(tx, within.propagation.mode(), moment.now_ms)?;
        Ok::<(), Stopped>(())
    });
    let region = &shared.config.region;
    written.await.map_err(|error| match error {
        WriteError::Refused(stopped) => format!(
            "the first Databricks workspace cannot be deployed in {region}: {}; nothing was kept. Take away \
             what is in its way, choose another `--region`, or start with `--empty` for no workspace",
            stopped.fault
        ),
        other => other.to_string(),
    })
}

/// Makes it again, after everything was emptied, and lets go of the hosts that are gone.
pub(crate) async fn again(shared: &Arc<Shared>) -> Result<(), String> {
    if let Some(address) = shared.hosts.first.get() {
        first_start(shared, *address).await?;
    }
    listeners::follow(shared, None).await;
    Ok(())
}

fn make(
    tx: &mut Tx<'_>,
    shared: &Shared,
    host: &Host,
    moment: &Moment,
    address: SocketAddr,
) -> Result<(), Stopped> {
    let maker = first_start::maker(host);
    let setting = Setting { shared, host, caller: &maker, next_address: Some(address) };
    let (admin, _) = setting.act(tx, moment, first_start::make_admin)?;
    if shared.config.empty {
        return Ok(());
    }
    let (caller, _) = setting.act(tx, moment, |act| {
        let known = Caller::of(act.aws.tx, host, &admin.id);
        known.ok_or_else(|| Fault::new("INTERNAL_ERROR", "the account's admin is unknown"))
    })?;
    let setting = Setting { caller: &caller, ..setting };
    setting.act(tx, moment, |act| first_start::make_workspace(act, &moment.region))?;
    Ok(())
}
