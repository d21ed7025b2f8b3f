//! `DeleteVpc`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::VpcRow;
use crate::kind::Kind;
use crate::{demand, regional};

/// `DeleteVpc`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteVpc {
    vpc_id: String,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for DeleteVpc {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteVpc";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::Vpc.check(&self.vpc_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on(ask, "ec2:DeleteVpc", Kind::Vpc, &self.vpc_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DeleteVpc {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let vpc = regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?;
        regional::delete::<VpcRow>(act, &vpc.id)
    }
}
