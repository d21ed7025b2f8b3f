//! `CreateInternetGateway`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{InternetGatewayRow, InternetGatewayShape, MAX_GATEWAYS};
use crate::kind::Kind;
use crate::tag::TagSpecification;
use crate::{demand, regional, tag};

/// `CreateInternetGateway`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateInternetGateway {
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

/// What `CreateInternetGateway` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateInternetGatewayOutput {
    internet_gateway: InternetGatewayShape,
}

impl Operation for CreateInternetGateway {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateInternetGateway";
    type Output = CreateInternetGatewayOutput;

    fn check(&self) -> Result<(), Fault> {
        tag::check_specifications(&self.tag_specification, &[Kind::InternetGateway])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let tags = tag::specified(&self.tag_specification, Kind::InternetGateway);
        let action = "ec2:CreateInternetGateway";
        Ok(demand::create(ask, action, Kind::InternetGateway, Vec::new(), &tags))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateInternetGateway {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateInternetGatewayOutput, Fault> {
        if regional::all::<InternetGatewayRow>(&act.ask()).len() >= MAX_GATEWAYS {
            let text = "The maximum number of internet gateways has been reached.";
            return Err(Fault::new("InternetGatewayLimitExceeded", text));
        }
        let gateway = InternetGatewayRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::InternetGateway.new_id(act.entropy),
            vpc_id: None,
        };
        regional::put(act, gateway.clone())?;
        let tags = tag::specified(&self.tag_specification, Kind::InternetGateway);
        tag::set(act, &gateway.id, &tags)?;
        let internet_gateway = InternetGatewayShape::new(&act.ask(), &gateway);
        Ok(CreateInternetGatewayOutput { internet_gateway })
    }
}
