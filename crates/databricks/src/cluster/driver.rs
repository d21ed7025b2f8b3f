//! The driver of a cluster as what runs on it sees itself: an instance with the credentials of the role in its
//! profile, or with none.

use std::sync::Arc;

use cloud::sts::credentials;
use cloud::sts::instance_role::AssumeInstanceRole;
use cloud::{Caller, Service};
use ec2::instance::{InstanceRow, State, worn};
use ec2::regional;

use crate::aws::Session;
use crate::cluster::ClusterRow;
use crate::credential;
use crate::operation::Act;
use crate::workspace;

/// How long a session lasts, in seconds: no command takes longer.
const SESSION_SECONDS: u32 = 3600;
/// By which version of the metadata service nodes fetch their credentials. Unverified.
const ROLE_DELIVERY: &str = "2.0";
/// The service that delivers them, whom roles must trust.
const EC2: &str = "ec2.amazonaws.com";

/// The session that the driver of a cluster has.
///
/// # Errors
/// Why it has none.
pub fn session(act: &mut Act<'_, '_>, cluster: &ClusterRow) -> Result<Session, String> {
    let gone = || "the driver's instance is gone".to_owned();
    let driver = cluster.driver.as_ref().ok_or_else(gone)?;
    let instance = instance(act, &driver.instance_id).ok_or_else(gone)?;
    if instance.profile.is_none() {
        return Err("the cluster has no instance profile".to_owned());
    }
    let sight = act.aws.standpoint.of(Service::Ec2).sight(act.aws.tx);
    let role = worn::role(sight, &instance)
        .ok_or_else(|| "the instance profile is gone or has no role".to_owned())?;
    let operation = AssumeInstanceRole {
        role_arn: role.arn,
        instance_id: instance.id.clone(),
        seconds: SESSION_SECONDS,
        context: worn::context(&instance, ROLE_DELIVERY),
    };
    let caller = Caller::Service { name: EC2, account: instance.account };
    let issued = act.aws.issue_as(&caller, operation);
    let token = issued.map_err(|fault| fault.message)?.credentials.session_token;
    let opened = credentials::open(&token, &act.aws.secrets.sealing_key, act.aws.now);
    let session = opened.map_err(|error| error.to_string())?;
    Ok(Session { caller: Caller::Session(Arc::new(session)), region: instance.region.to_string() })
}

/// An instance of the workspace's, which runs in the account of the cross-account role.
fn instance(act: &Act<'_, '_>, id: &str) -> Option<Arc<InstanceRow>> {
    let ask = act.ask();
    let workspace = workspace::of(&ask).ok()?;
    let credential = credential::find(ask.view, &workspace.account_id, &workspace.credentials_id);
    let arn: names::Arn = credential.ok()?.role_arn.parse().ok()?;
    let key = regional::key(&workspace.aws_region, id);
    let row = ask.view.get::<InstanceRow>(arn.parts().account, &key)?;
    matches!(row.life.arrived(), State::Running).then(|| Arc::clone(row))
}
