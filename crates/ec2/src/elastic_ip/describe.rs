//! `DescribeAddresses` and `DescribeAddressesAttribute`

use std::net::Ipv4Addr;
use std::sync::Arc;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::{AddressShape, ElasticIpRow, of_address};
use crate::filter::{Field, Filter, Filters};
use crate::page;
use crate::{demand, regional};

/// `DescribeAddresses`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAddresses {
    #[serde(default)]
    allocation_id: Vec<String>,
    #[serde(default)]
    public_ip: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeAddresses` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeAddressesOutput {
    addresses_set: Vec<AddressShape>,
}

fn held(ask: &Ask<'_>, elastic: &ElasticIpRow, value: impl Fn(&Held) -> String) -> Vec<String> {
    elastic.holder(ask).map(|held| value(&held)).into_iter().collect()
}

type Held = (
    Arc<crate::network_interface::NetworkInterfaceRow>,
    crate::network_interface::ElasticAssociation,
);

const FIELDS: &[Field<ElasticIpRow>] = &[
    ("allocation-id", |_, elastic| vec![elastic.id.clone()]),
    ("association-id", |ask, elastic| held(ask, elastic, |(_, it)| it.association_id.clone())),
    ("domain", |_, _| vec!["vpc".to_owned()]),
    ("instance-id", |ask, elastic| {
        let holder = elastic.holder(ask);
        holder.and_then(|(it, _)| it.instance_id().map(str::to_owned)).into_iter().collect()
    }),
    ("network-border-group", |_, elastic| vec![elastic.region.clone()]),
    ("network-interface-id", |ask, elastic| held(ask, elastic, |(it, _)| it.id.clone())),
    ("network-interface-owner-id", |ask, elastic| {
        held(ask, elastic, |(it, _)| it.account.to_string())
    }),
    ("private-ip-address", |ask, elastic| held(ask, elastic, |(it, _)| it.primary().to_string())),
    ("public-ip", |_, elastic| vec![elastic.address.to_string()]),
];

impl Operation for DescribeAddresses {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeAddresses";
    type Output = DescribeAddressesOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeAddresses")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeAddresses {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeAddressesOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, true)?;
        let mut rows = page::by_ids::<ElasticIpRow>(ask, &self.allocation_id)?;
        for address in &self.public_ip {
            rows.push(of_address(ask, address).ok_or_else(|| not_found(address))?);
        }
        if self.allocation_id.is_empty() && self.public_ip.is_empty() {
            rows = regional::all(ask);
        }
        rows.retain(|row| filters.match_all(ask, row, &row.id));
        let addresses_set = rows.iter().map(|row| AddressShape::new(ask, row)).collect();
        Ok(DescribeAddressesOutput { addresses_set })
    }
}

/// What EC2 says to an address that the account does not have.
pub(super) fn not_found(address: &str) -> Fault {
    Fault::new("InvalidAddress.NotFound", format!("Address '{address}' not found."))
}

/// `DescribeAddressesAttribute`: the names that addresses have in the reverse DNS, which are none, as
/// `ModifyAddressAttribute` is not modelled.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAddressesAttribute {
    #[serde(default)]
    allocation_id: Vec<String>,
    attribute: Option<String>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeAddressesAttribute` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeAddressesAttributeOutput {
    address_set: Vec<AddressAttribute>,
    next_token: Option<String>,
}

/// An address without a name in the reverse DNS.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressAttribute {
    public_ip: Ipv4Addr,
    allocation_id: String,
}

impl Operation for DescribeAddressesAttribute {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeAddressesAttribute";
    type Output = DescribeAddressesAttributeOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, 1)?;
        match self.attribute.as_deref() {
            None | Some("domain-name") => Ok(()),
            Some(other) => {
                let text = format!("Value ({other}) for parameter attribute is invalid.");
                Err(Fault::new("InvalidParameterValue", text))
            }
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeAddressesAttribute")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeAddressesAttribute {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeAddressesAttributeOutput, Fault> {
        let wanted = page::Wanted {
            ids: &self.allocation_id,
            filters: &[],
            max_results: self.max_results,
            next_token: self.next_token.as_deref(),
        };
        let page = page::list(ask, wanted, FIELDS)?;
        let shape = |row: &Arc<ElasticIpRow>| AddressAttribute {
            public_ip: row.address,
            allocation_id: row.id.clone(),
        };
        let address_set = page.items.iter().map(shape).collect();
        Ok(DescribeAddressesAttributeOutput { address_set, next_token: page.next_token })
    }
}
