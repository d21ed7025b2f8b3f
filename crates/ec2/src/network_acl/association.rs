//! What network ACLs are for: `ReplaceNetworkAclAssociation`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::NetworkAclRow;
use crate::kind::{Kind, new_digits};
use crate::subnet::SubnetRow;
use crate::{demand, regional};

/// `ReplaceNetworkAclAssociation`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplaceNetworkAclAssociation {
    association_id: String,
    network_acl_id: String,
    #[serde(default)]
    dry_run: bool,
}

/// What `ReplaceNetworkAclAssociation` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplaceNetworkAclAssociationOutput {
    new_association_id: String,
}

impl ReplaceNetworkAclAssociation {
    fn subnet(&self, ask: &Ask<'_>) -> Result<Arc<SubnetRow>, Fault> {
        let id = &self.association_id;
        let mut all = regional::all::<SubnetRow>(ask).into_iter();
        all.find(|subnet| subnet.acl_association_id == *id).ok_or_else(|| {
            let text = format!("The association ID '{id}' does not exist");
            Fault::new("InvalidAssociationID.NotFound", text)
        })
    }
}

impl Operation for ReplaceNetworkAclAssociation {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ReplaceNetworkAclAssociation";
    type Output = ReplaceNetworkAclAssociationOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::NetworkAcl.check(&self.network_acl_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let subnet = self.subnet(ask)?;
        let action = "ec2:ReplaceNetworkAclAssociation";
        Ok(vec![
            demand::on(ask, action, Kind::NetworkAcl, &self.network_acl_id),
            demand::on(ask, action, Kind::Subnet, &subnet.id),
        ])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for ReplaceNetworkAclAssociation {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ReplaceNetworkAclAssociationOutput, Fault> {
        let subnet = self.subnet(&act.ask())?;
        let acl = regional::find::<NetworkAclRow>(&act.ask(), &self.network_acl_id)?;
        if acl.vpc_id != subnet.vpc_id {
            // unverified: the text, which is that of route tables.
            let text = format!(
                "The networkAcl '{}' and the association '{}' belong to different networks",
                acl.id, self.association_id
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let new_association_id = format!("aclassoc-{}", new_digits(act.entropy));
        let mut subnet = (*subnet).clone();
        subnet.acl_id.clone_from(&acl.id);
        subnet.acl_association_id.clone_from(&new_association_id);
        regional::put(act, subnet)?;
        Ok(ReplaceNetworkAclAssociationOutput { new_association_id })
    }
}
