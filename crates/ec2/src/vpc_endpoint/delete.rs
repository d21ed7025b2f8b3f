//! `DeleteVpcEndpoints`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{VpcEndpointRow, interface, route};
use crate::kind::Kind;
use crate::{demand, regional};

/// `DeleteVpcEndpoints`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteVpcEndpoints {
    vpc_endpoint_id: Vec<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DeleteVpcEndpoints` answers.
#[derive(Debug, Serialize)]
pub struct DeleteVpcEndpointsOutput {
    unsuccessful: Vec<UnsuccessfulItem>,
}

/// What could not be done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnsuccessfulItem {
    resource_id: String,
    error: ItemError,
}

/// Why not.
#[derive(Debug, Serialize)]
pub struct ItemError {
    code: &'static str,
    message: String,
}

impl Operation for DeleteVpcEndpoints {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteVpcEndpoints";
    type Output = DeleteVpcEndpointsOutput;

    fn check(&self) -> Result<(), Fault> {
        self.vpc_endpoint_id.iter().try_for_each(|id| Kind::VpcEndpoint.check(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DeleteVpcEndpoints";
        let ids = self.vpc_endpoint_id.iter();
        Ok(ids.map(|id| demand::on(ask, action, Kind::VpcEndpoint, id)).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DeleteVpcEndpoints {
    /// Those that exist go, whatever becomes of the others.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeleteVpcEndpointsOutput, Fault> {
        let mut unsuccessful = Vec::new();
        for id in &self.vpc_endpoint_id {
            let Some(endpoint) = regional::get::<VpcEndpointRow>(&act.ask(), id) else {
                let message = Kind::VpcEndpoint.not_found(id).message;
                // The code is without `Id` here (AWS provider for Terraform, which looks for it).
                let error = ItemError { code: "InvalidVpcEndpoint.NotFound", message };
                unsuccessful.push(UnsuccessfulItem { resource_id: id.clone(), error });
                continue;
            };
            let mut endpoint = (*endpoint).clone();
            for table in endpoint.route_table_ids.clone() {
                route::remove(act, &mut endpoint, &table)?;
            }
            for (subnet, _) in endpoint.interfaces.clone() {
                interface::remove(act, &mut endpoint, &subnet)?;
            }
            regional::delete::<VpcEndpointRow>(act, id)?;
        }
        Ok(DeleteVpcEndpointsOutput { unsuccessful })
    }
}
