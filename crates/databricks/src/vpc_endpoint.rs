//! Registrations of VPC endpoints: a customer's endpoints that lead to Databricks' own services. Databricks owns
//! those, so that it sees the endpoints without a role of the customer's, and accepts them.

use std::sync::Arc;

use ec2::vpc_endpoint::VpcEndpointRow;
use ec2::vpc_endpoint::service::{self, Purpose};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::View;

use crate::credential::check_name;
use crate::fault::Fault;
use crate::network::NetworkRow;
use crate::operation::{Act, Ask, Read, Write};
use crate::permit::Need;

/// A registration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VpcEndpointRegistrationRow {
    /// The Databricks account.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `vpce-…`
    pub aws_vpc_endpoint_id: String,
    /// The region of the endpoint.
    pub region: String,
    /// The account of the endpoint.
    pub aws_account: AccountId,
    /// The service that it leads to.
    pub service_name: String,
    /// When it was made.
    pub created: Timestamp,
}

row!(VpcEndpointRegistrationRow, "databricks_vpc_endpoint", account_id, id);

impl VpcEndpointRegistrationRow {
    /// What it can be used for.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        service::purpose(&self.region, &self.service_name)
    }
}

/// A registration as the API has it.
#[derive(Debug, Clone, Serialize)]
pub struct VpcEndpoint {
    vpc_endpoint_id: String,
    account_id: String,
    vpc_endpoint_name: String,
    aws_vpc_endpoint_id: String,
    aws_endpoint_service_id: String,
    aws_account_id: String,
    region: String,
    use_case: &'static str,
    state: &'static str,
}

impl VpcEndpoint {
    fn new(view: &View, row: &VpcEndpointRegistrationRow) -> Self {
        let service = row.service_name.rsplit('.').next().unwrap_or_default();
        let relay = row.purpose() == Some(Purpose::Relay);
        // "Derived from AWS" (API reference, `state`); that of an endpoint that is gone is unverified.
        let state = in_aws(view, &row.region, &row.aws_vpc_endpoint_id)
            .map_or("deleted", |endpoint| endpoint.state());
        Self {
            vpc_endpoint_id: row.id.clone(),
            account_id: row.account_id.clone(),
            vpc_endpoint_name: row.name.clone(),
            aws_vpc_endpoint_id: row.aws_vpc_endpoint_id.clone(),
            aws_endpoint_service_id: service.to_owned(),
            aws_account_id: row.aws_account.to_string(),
            region: row.region.clone(),
            use_case: if relay { "DATAPLANE_RELAY_ACCESS" } else { "WORKSPACE_ACCESS" },
            state,
        }
    }
}

/// An endpoint in whichever account of a region.
fn in_aws<'v>(view: &'v View, region: &str, id: &str) -> Option<&'v Arc<VpcEndpointRow>> {
    view.everywhere::<VpcEndpointRow>().find(|row| row.region == region && row.id == id)
}

/// The registration with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'v>(
    view: &'v View,
    account_id: &str,
    id: &str,
) -> Result<&'v VpcEndpointRegistrationRow, Fault> {
    let row = view.get::<VpcEndpointRegistrationRow>(account_id, id).map(|row| &**row);
    row.ok_or_else(|| {
        Fault::missing(format!("VPC endpoint {id} does not exist in account {account_id}"))
    })
}

/// Registers one.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateVpcEndpointRegistration {
    vpc_endpoint_name: String,
    #[serde(default)]
    aws_vpc_endpoint_id: String,
    #[serde(default)]
    region: String,
    gcp_vpc_endpoint_info: Option<Value>,
}

operation! {
    CreateVpcEndpointRegistration,
    Post ["/api/2.0/accounts/{account_id}/vpc-endpoints"] -> VpcEndpoint,
    Need::Admin,
    |operation| operation.check_parts()
}

impl CreateVpcEndpointRegistration {
    fn check_parts(&self) -> Result<(), Fault> {
        if self.gcp_vpc_endpoint_info.is_some() {
            let text = "rolecall models Databricks on AWS: leave out `gcp_vpc_endpoint_info`";
            return Err(Fault::not_modelled(text));
        }
        check_name("vpc_endpoint_name", &self.vpc_endpoint_name)?;
        if self.region.is_empty() {
            return Err(Fault::malformed("region is required"));
        }
        let digits = self.aws_vpc_endpoint_id.strip_prefix("vpce-").unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let text = format!("Invalid VPC endpoint ID: {}", self.aws_vpc_endpoint_id);
            return Err(Fault::malformed(text));
        }
        Ok(())
    }
}

impl Write for CreateVpcEndpointRegistration {
    /// The texts are unverified.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<VpcEndpoint, Fault> {
        let account_id = act.host.account_id.clone();
        let (name, id, region) = (&self.vpc_endpoint_name, &self.aws_vpc_endpoint_id, &self.region);
        for known in act.aws.tx.range::<VpcEndpointRegistrationRow>(&account_id, ..) {
            if known.name == *name {
                return Err(Fault::exists(format!("VPC endpoint with name {name} already exists")));
            }
            if known.aws_vpc_endpoint_id == *id {
                let text = format!("VPC endpoint {id} is already registered as {}", known.id);
                return Err(Fault::exists(text));
            }
        }
        let found = in_aws(act.aws.tx, region, id).cloned();
        let endpoint = found.ok_or_else(|| {
            Fault::malformed(format!("VPC endpoint {id} does not exist in region {region}"))
        })?;
        if service::purpose(region, &endpoint.service_name).is_none() {
            return Err(Fault::malformed(format!(
                "VPC endpoint {id} leads to {}, which is no service of Databricks' in {region}",
                endpoint.service_name
            )));
        }
        act.accept_endpoint(&endpoint)?;
        let row = VpcEndpointRegistrationRow {
            account_id,
            id: act.entropy().uuid(),
            name: name.clone(),
            aws_vpc_endpoint_id: id.clone(),
            region: region.clone(),
            aws_account: endpoint.account,
            service_name: endpoint.service_name.clone(),
            created: act.now(),
        };
        act.tx().insert(row.clone())?;
        Ok(VpcEndpoint::new(act.aws.tx, &row))
    }
}

/// Shows one.
#[derive(Debug, Clone, Deserialize)]
pub struct GetVpcEndpointRegistration {
    vpc_endpoint_id: String,
}

operation! {
    GetVpcEndpointRegistration,
    Get ["/api/2.0/accounts/{account_id}/vpc-endpoints/{vpc_endpoint_id}"] -> VpcEndpoint,
    Need::Admin
}

impl Read for GetVpcEndpointRegistration {
    fn read(self, ask: &Ask<'_>) -> Result<VpcEndpoint, Fault> {
        find(ask.view, &ask.host.account_id, &self.vpc_endpoint_id)
            .map(|row| VpcEndpoint::new(ask.view, row))
    }
}

/// Lists all.
#[derive(Debug, Clone, Deserialize)]
pub struct ListVpcEndpointRegistrations {}

operation! {
    ListVpcEndpointRegistrations,
    Get ["/api/2.0/accounts/{account_id}/vpc-endpoints"] -> Vec<VpcEndpoint>,
    Need::Admin
}

impl Read for ListVpcEndpointRegistrations {
    fn read(self, ask: &Ask<'_>) -> Result<Vec<VpcEndpoint>, Fault> {
        let rows = ask.view.range::<VpcEndpointRegistrationRow>(&ask.host.account_id, ..);
        Ok(rows.map(|row| VpcEndpoint::new(ask.view, row)).collect())
    }
}

/// Deletes one. The endpoint in AWS stays.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteVpcEndpointRegistration {
    vpc_endpoint_id: String,
}

operation! {
    DeleteVpcEndpointRegistration,
    Delete ["/api/2.0/accounts/{account_id}/vpc-endpoints/{vpc_endpoint_id}"] -> VpcEndpoint,
    Need::Admin
}

impl Write for DeleteVpcEndpointRegistration {
    /// "You cannot delete a VPC endpoint configuration that is associated with any workspace" (API reference).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<VpcEndpoint, Fault> {
        let account_id = act.host.account_id.clone();
        let row = find(act.aws.tx, &account_id, &self.vpc_endpoint_id)?.clone();
        let networks = act.aws.tx.range::<NetworkRow>(&account_id, ..);
        let users = networks.into_iter().filter(|network| network.uses(&row.id));
        let user = users.filter_map(|network| network.workspace_id).next();
        if let Some(workspace) = user {
            return Err(Fault::state(format!(
                "VPC endpoint {} is in use by workspace {workspace} and cannot be deleted",
                row.id
            )));
        }
        act.tx().delete::<VpcEndpointRegistrationRow>(&account_id, &row.id)?;
        Ok(VpcEndpoint::new(act.aws.tx, &row))
    }
}
