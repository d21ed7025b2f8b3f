//! `AssociateDhcpOptions`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::DhcpOptionsRow;
use crate::kind::Kind;
use crate::vpc::VpcRow;
use crate::{demand, regional};

/// What stands for no options.
const NONE: &str = "default";

/// `AssociateDhcpOptions`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateDhcpOptions {
    dhcp_options_id: String,
    vpc_id: String,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for AssociateDhcpOptions {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AssociateDhcpOptions";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::Vpc.check(&self.vpc_id)?;
        if self.dhcp_options_id == NONE {
            return Ok(());
        }
        Kind::DhcpOptions.check(&self.dhcp_options_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:AssociateDhcpOptions";
        let options = demand::on(ask, action, Kind::DhcpOptions, &self.dhcp_options_id);
        Ok(vec![options, demand::on(ask, action, Kind::Vpc, &self.vpc_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AssociateDhcpOptions {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut vpc = (*regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?).clone();
        if self.dhcp_options_id != NONE {
            regional::find::<DhcpOptionsRow>(&act.ask(), &self.dhcp_options_id)?;
        }
        vpc.dhcp_options_id.clone_from(&self.dhcp_options_id);
        regional::put(act, vpc)
    }
}
