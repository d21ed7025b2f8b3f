//! `DescribeAccountAttributes`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::elastic_ip::MAX_ADDRESSES;
use crate::network_interface::MAX_GROUPS;
use crate::vpc::VpcRow;
use crate::{demand, regional};

/// On-demand instances that accounts could once run: what the attribute still says.
const MAX_INSTANCES: usize = 20;

/// `DescribeAccountAttributes`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAccountAttributes {
    #[serde(default)]
    attribute_name: Vec<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeAccountAttributes` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeAccountAttributesOutput {
    account_attribute_set: Vec<AccountAttribute>,
}

/// One attribute.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountAttribute {
    attribute_name: &'static str,
    attribute_value_set: Vec<AttributeValue>,
}

/// A value in a structure of its own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeValue {
    attribute_value: String,
}

impl Operation for DescribeAccountAttributes {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeAccountAttributes";
    type Output = DescribeAccountAttributesOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeAccountAttributes")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeAccountAttributes {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeAccountAttributesOutput, Fault> {
        let vpcs = regional::all::<VpcRow>(ask);
        let default = vpcs.iter().find(|vpc| vpc.is_default);
        let all = [
            ("supported-platforms", "VPC".to_owned()),
            ("vpc-max-security-groups-per-interface", MAX_GROUPS.to_string()),
            ("max-elastic-ips", MAX_ADDRESSES.to_string()),
            ("max-instances", MAX_INSTANCES.to_string()),
            ("vpc-max-elastic-ips", MAX_ADDRESSES.to_string()),
            // "The ID of the default VPC [...] or none." (API reference)
            ("default-vpc", default.map_or_else(|| "none".to_owned(), |vpc| vpc.id.clone())),
        ];
        let names = &self.attribute_name;
        if let Some(other) = names.iter().find(|name| !all.iter().any(|(known, _)| known == name)) {
            let text = format!("Value ({other}) for parameter attributeName is invalid.");
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let wanted = all
            .into_iter()
            .filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| wanted == name));
        let shape = |(attribute_name, attribute_value)| AccountAttribute {
            attribute_name,
            attribute_value_set: vec![AttributeValue { attribute_value }],
        };
        Ok(DescribeAccountAttributesOutput { account_attribute_set: wanted.map(shape).collect() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{cloud, text};

    #[test]
    fn the_default_vpc_is_told() {
        let cloud = cloud();
        let read = |input| cloud.run("DescribeAccountAttributes", input);
        let vpcs = cloud.run("DescribeVpcs", json!({})).unwrap();
        let one = read(json!({"AttributeName": ["default-vpc"]})).unwrap();
        assert_eq!(
            text(&one, "/accountAttributeSet/0/attributeValueSet/0/attributeValue"),
            text(&vpcs, "/vpcSet/0/vpcId")
        );
        let all = read(json!({})).unwrap();
        assert_eq!(all["accountAttributeSet"].as_array().unwrap().len(), 6);
        let unknown = read(json!({"AttributeName": ["colour"]})).unwrap_err();
        assert_eq!(unknown.0, "InvalidParameterValue");
    }
}
