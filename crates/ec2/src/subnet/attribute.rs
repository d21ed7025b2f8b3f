//! `ModifySubnetAttribute`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::SubnetRow;
use crate::kind::Kind;
use crate::unmodelled::Unmodelled;
use crate::vpc::attribute::BooleanValue;
use crate::{demand, regional};

/// `ModifySubnetAttribute`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifySubnetAttribute {
    subnet_id: String,
    map_public_ip_on_launch: Option<BooleanValue>,
    private_dns_hostname_type_on_launch: Option<String>,
    enable_resource_name_dns_a_record_on_launch: Option<BooleanValue>,
    #[serde(rename = "EnableResourceNameDnsAAAARecordOnLaunch")]
    enable_resource_name_dns_aaaa_record_on_launch: Option<BooleanValue>,
    assign_ipv6_address_on_creation: Option<BooleanValue>,
    enable_dns64: Option<BooleanValue>,
    map_customer_owned_ip_on_launch: Option<BooleanValue>,
}

impl ModifySubnetAttribute {
    /// The names of the attributes that the request changes.
    fn changed(&self) -> Vec<&'static str> {
        let changed = [
            (self.map_public_ip_on_launch.is_some(), "MapPublicIpOnLaunch"),
            (self.private_dns_hostname_type_on_launch.is_some(), "PrivateDnsHostnameTypeOnLaunch"),
            (
                self.enable_resource_name_dns_a_record_on_launch.is_some(),
                "EnableResourceNameDnsARecordOnLaunch",
            ),
            (
                self.enable_resource_name_dns_aaaa_record_on_launch.is_some(),
                "EnableResourceNameDnsAAAARecordOnLaunch",
            ),
            (self.assign_ipv6_address_on_creation.is_some(), "AssignIpv6AddressOnCreation"),
            (self.enable_dns64.is_some(), "EnableDns64"),
            (self.map_customer_owned_ip_on_launch.is_some(), "MapCustomerOwnedIpOnLaunch"),
        ];
        changed.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect()
    }
}

impl Operation for ModifySubnetAttribute {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifySubnetAttribute";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::Subnet.check(&self.subnet_id)?;
        let on = |value: Option<BooleanValue>| value.is_some_and(|value| value.value);
        // What is off stays off; on it cannot be, as there is no IPv6 and no Outpost.
        Unmodelled::new(Self::NAME)
            .flag("AssignIpv6AddressOnCreation", on(self.assign_ipv6_address_on_creation))
            .flag("EnableDns64", on(self.enable_dns64))
            .flag("MapCustomerOwnedIpOnLaunch", on(self.map_customer_owned_ip_on_launch))
            .finish()?;
        if let Some(other) = &self.private_dns_hostname_type_on_launch
            && !matches!(other.as_str(), "ip-name" | "resource-name")
        {
            let text = format!(
                "Value ({other}) for parameter privateDnsHostnameTypeOnLaunch is invalid. Expecting \
                 ip-name or resource-name."
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        // "You can only modify one attribute at a time." (API reference)
        match self.changed().len() {
            1 => Ok(()),
            0 => Err(Fault::new("InvalidParameterCombination", "No attributes specified.")),
            _ => {
                let text = "Fields for multiple attribute types specified";
                Err(Fault::new("InvalidParameterCombination", text))
            }
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = self.changed().first().map(|name| ("ec2:Attribute", (*name).to_owned()));
        let keys = name.into_iter().collect();
        let action = "ec2:ModifySubnetAttribute";
        Ok(vec![demand::on_with(ask, action, Kind::Subnet, &self.subnet_id, keys, &[])])
    }
}

impl Write for ModifySubnetAttribute {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut subnet = (*regional::find::<SubnetRow>(&act.ask(), &self.subnet_id)?).clone();
        let set = |to: &mut bool, from: Option<BooleanValue>| {
            *to = from.map_or(*to, |from| from.value);
        };
        set(&mut subnet.map_public_ip, self.map_public_ip_on_launch);
        set(&mut subnet.resource_name_a, self.enable_resource_name_dns_a_record_on_launch);
        set(&mut subnet.resource_name_aaaa, self.enable_resource_name_dns_aaaa_record_on_launch);
        if let Some(hostname_type) = &self.private_dns_hostname_type_on_launch {
            subnet.hostname_type.clone_from(hostname_type);
        }
        regional::put(act, subnet)
    }
}
