//! `CreateDhcpOptions`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{DhcpOption, DhcpOptionsRow, DhcpOptionsShape};
use crate::kind::Kind;
use crate::tag::TagSpecification;
use crate::{demand, regional, tag};

/// The options that there are ("DHCP option sets", VPC user guide).
const KEYS: &[&str] = &[
    "domain-name",
    "domain-name-servers",
    "ipv6-address-preferred-lease-time",
    "netbios-name-servers",
    "netbios-node-type",
    "ntp-servers",
];

/// `CreateDhcpOptions`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateDhcpOptions {
    dhcp_configuration: Vec<NewConfiguration>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

/// One option that is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewConfiguration {
    key: String,
    #[serde(default)]
    value: Vec<String>,
}

/// What `CreateDhcpOptions` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateDhcpOptionsOutput {
    dhcp_options: DhcpOptionsShape,
}

impl Operation for CreateDhcpOptions {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateDhcpOptions";
    type Output = CreateDhcpOptionsOutput;

    fn check(&self) -> Result<(), Fault> {
        for NewConfiguration { key, value } in &self.dhcp_configuration {
            if !KEYS.contains(&key.as_str()) {
                let text =
                    format!("Value ({key}) for parameter name is invalid. Unknown DHCP option");
                return Err(Fault::new("InvalidParameterValue", text));
            }
            // unverified: EC2's text.
            if value.is_empty() {
                let text = format!("Value () for parameter {key} is invalid.");
                return Err(Fault::new("InvalidParameterValue", text));
            }
        }
        tag::check_specifications(&self.tag_specification, &[Kind::DhcpOptions])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let tags = tag::specified(&self.tag_specification, Kind::DhcpOptions);
        let action = "ec2:CreateDhcpOptions";
        Ok(demand::create(ask, action, Kind::DhcpOptions, Vec::new(), &tags))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateDhcpOptions {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateDhcpOptionsOutput, Fault> {
        let option =
            |it: &NewConfiguration| DhcpOption { key: it.key.clone(), values: it.value.clone() };
        let options = DhcpOptionsRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::DhcpOptions.new_id(act.entropy),
            options: self.dhcp_configuration.iter().map(option).collect(),
        };
        regional::put(act, options.clone())?;
        tag::set(act, &options.id, &tag::specified(&self.tag_specification, Kind::DhcpOptions))?;
        let dhcp_options = DhcpOptionsShape::new(&act.ask(), &options);
        Ok(CreateDhcpOptionsOutput { dhcp_options })
    }
}
