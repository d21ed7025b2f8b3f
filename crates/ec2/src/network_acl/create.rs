//! `CreateNetworkAcl`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{MAX_ACLS, NetworkAclRow, NetworkAclShape, of_vpc};
use crate::kind::Kind;
use crate::tag::TagSpecification;
use crate::vpc::VpcRow;
use crate::{client_token, demand, regional, tag};

/// `CreateNetworkAcl`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateNetworkAcl {
    vpc_id: String,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    client_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `CreateNetworkAcl` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateNetworkAclOutput {
    network_acl: NetworkAclShape,
    client_token: Option<String>,
}

impl Operation for CreateNetworkAcl {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateNetworkAcl";
    type Output = CreateNetworkAclOutput;

    fn check(&self) -> Result<(), Fault> {
        client_token::check(self.client_token.as_deref())?;
        Kind::Vpc.check(&self.vpc_id)?;
        tag::check_specifications(&self.tag_specification, &[Kind::NetworkAcl])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, kind) = ("ec2:CreateNetworkAcl", Kind::NetworkAcl);
        let tags = tag::specified(&self.tag_specification, kind);
        let mut demands = demand::create(ask, action, kind, Vec::new(), &tags);
        demands.push(demand::on(ask, action, Kind::Vpc, &self.vpc_id));
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateNetworkAcl {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateNetworkAclOutput, Fault> {
        let token = self.client_token.as_deref();
        let id = client_token::once(act, Self::NAME, token, self, |act| self.make(act))?;
        let acl = regional::find::<NetworkAclRow>(&act.ask(), &id)?;
        Ok(CreateNetworkAclOutput {
            network_acl: NetworkAclShape::new(&act.ask(), &acl),
            client_token: self.client_token.clone(),
        })
    }
}

impl CreateNetworkAcl {
    fn make(&self, act: &mut Act<'_, '_>) -> Result<String, Fault> {
        let vpc = regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?;
        if of_vpc(&act.ask(), &vpc.id).len() >= MAX_ACLS {
            // unverified: the text.
            let text = "The maximum number of network ACLs has been reached.";
            return Err(Fault::new("NetworkAclLimitExceeded", text));
        }
        let acl = NetworkAclRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::NetworkAcl.new_id(act.entropy),
            vpc_id: vpc.id.clone(),
            is_default: false,
            // "By default, each custom network ACL denies all inbound and outbound traffic until you add rules" (VPC
            // user guide).
            entries: Vec::new(),
        };
        regional::put(act, acl.clone())?;
        tag::set(act, &acl.id, &tag::specified(&self.tag_specification, Kind::NetworkAcl))?;
        Ok(acl.id)
    }
}
