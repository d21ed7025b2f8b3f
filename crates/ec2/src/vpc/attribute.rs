//! `DescribeVpcAttribute` and `ModifyVpcAttribute`

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::{Deserialize, Serialize};

use super::VpcRow;
use crate::kind::Kind;
use crate::{demand, regional};

/// A value in a structure of its own, as attributes are.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct BooleanValue {
    /// The value.
    pub value: bool,
}

/// `DescribeVpcAttribute`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeVpcAttribute {
    vpc_id: String,
    attribute: String,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeVpcAttribute` answers.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeVpcAttributeOutput {
    vpc_id: String,
    enable_dns_support: Option<BooleanValue>,
    enable_dns_hostnames: Option<BooleanValue>,
    enable_network_address_usage_metrics: Option<BooleanValue>,
}

impl Operation for DescribeVpcAttribute {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeVpcAttribute";
    type Output = DescribeVpcAttributeOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::Vpc.check(&self.vpc_id)?;
        match self.attribute.as_str() {
            "enableDnsSupport" | "enableDnsHostnames" | "enableNetworkAddressUsageMetrics" => {
                Ok(())
            }
            other => Err(Fault::new(
                "InvalidParameterValue",
                format!("Value ({other}) for parameter attribute is invalid. Unknown attribute."),
            )),
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on(ask, "ec2:DescribeVpcAttribute", Kind::Vpc, &self.vpc_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeVpcAttribute {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeVpcAttributeOutput, Fault> {
        let vpc = regional::find::<VpcRow>(ask, &self.vpc_id)?;
        let mut output =
            DescribeVpcAttributeOutput { vpc_id: vpc.id.clone(), ..Default::default() };
        let shown = |value| Some(BooleanValue { value });
        match self.attribute.as_str() {
            "enableDnsSupport" => output.enable_dns_support = shown(vpc.dns_support),
            "enableDnsHostnames" => output.enable_dns_hostnames = shown(vpc.dns_hostnames),
            _ => output.enable_network_address_usage_metrics = shown(vpc.address_metrics),
        }
        Ok(output)
    }
}

/// `ModifyVpcAttribute`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyVpcAttribute {
    vpc_id: String,
    enable_dns_support: Option<BooleanValue>,
    enable_dns_hostnames: Option<BooleanValue>,
    enable_network_address_usage_metrics: Option<BooleanValue>,
}

impl Operation for ModifyVpcAttribute {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyVpcAttribute";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::Vpc.check(&self.vpc_id)?;
        let given = [
            self.enable_dns_support,
            self.enable_dns_hostnames,
            self.enable_network_address_usage_metrics,
        ];
        match given.iter().flatten().count() {
            1 => Ok(()),
            0 => {
                let text = "No attributes specified.";
                Err(Fault::new("InvalidParameterCombination", text))
            }
            // "You cannot modify the DNS resolution and DNS hostnames attributes in the same request."
            _ => {
                let text = "Fields for multiple attribute types specified";
                Err(Fault::new("InvalidParameterCombination", text))
            }
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let changed = [
            (self.enable_dns_support, "EnableDnsSupport"),
            (self.enable_dns_hostnames, "EnableDnsHostnames"),
            (self.enable_network_address_usage_metrics, "EnableNetworkAddressUsageMetrics"),
        ];
        let name = changed.into_iter().find_map(|(value, name)| value.map(|_| name.to_owned()));
        let keys = name.map(|name| ("ec2:Attribute", name)).into_iter().collect();
        let action = "ec2:ModifyVpcAttribute";
        Ok(vec![demand::on_with(ask, action, Kind::Vpc, &self.vpc_id, keys, &[])])
    }
}

impl Write for ModifyVpcAttribute {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut vpc = (*regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?).clone();
        let set = |to: &mut bool, from: Option<BooleanValue>| {
            *to = from.map_or(*to, |from| from.value);
        };
        set(&mut vpc.dns_support, self.enable_dns_support);
        set(&mut vpc.dns_hostnames, self.enable_dns_hostnames);
        set(&mut vpc.address_metrics, self.enable_network_address_usage_metrics);
        regional::put(act, vpc)
    }
}
