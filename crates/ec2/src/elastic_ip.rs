//! Elastic IP addresses: the row, how one is bound to a network interface, how it is shown; the operations
//! are in the files below.

pub mod allocate;
pub mod associate;
pub mod describe;
pub mod release;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;
use std::sync::Arc;

use cloud::{Act, Ask, Fault};
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::demand::Key;
use crate::kind::{Kind, new_digits};
use crate::network_interface::{ElasticAssociation, NetworkInterfaceRow, PublicAddress};
use crate::regional::{self, Regional, regional_row};
use crate::tag::{self, TagShape};

/// Elastic IP addresses of an account in a region ("Elastic IP address quota").
pub const MAX_ADDRESSES: usize = 5;

/// An Elastic IP address. What it is associated with says the network interface that has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ElasticIpRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `eipalloc-…`
    pub id: String,
    /// The address.
    pub address: Ipv4Addr,
    /// The network interface that has it.
    pub interface_id: Option<String>,
}

regional_row!(ElasticIpRow, "ec2_elastic_ip");

impl Regional for ElasticIpRow {
    const KIND: Kind = Kind::ElasticIp;

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:AllocationId", self.id.clone()),
            ("ec2:Domain", "vpc".to_owned()),
            ("ec2:PublicIpAddress", self.address.to_string()),
        ]
    }
}

impl ElasticIpRow {
    /// The network interface that has it, with the association.
    #[must_use]
    pub fn holder(&self, ask: &Ask<'_>) -> Option<(Arc<NetworkInterfaceRow>, ElasticAssociation)> {
        let interface = regional::get::<NetworkInterfaceRow>(ask, self.interface_id.as_ref()?)?;
        let association = interface.public.as_ref()?.elastic.clone()?;
        (association.allocation_id == self.id).then_some((interface, association))
    }
}

/// The address that a request means by its id, its address or its association.
#[must_use]
pub fn of_address(ask: &Ask<'_>, address: &str) -> Option<Arc<ElasticIpRow>> {
    let mut all = regional::all::<ElasticIpRow>(ask).into_iter();
    all.find(|it| it.address.to_string() == address)
}

/// Binds an address to the primary address of an interface; the association's id.
///
/// # Errors
/// A limit of the store.
pub fn bind(
    act: &mut Act<'_, '_>,
    elastic: &ElasticIpRow,
    interface: &NetworkInterfaceRow,
) -> Result<String, Fault> {
    unbind(act, elastic)?;
    if let Some(other) = elastic_of(&act.ask(), interface) {
        unbind(act, &other)?;
    }
    let association_id = format!("eipassoc-{}", new_digits(act.entropy));
    let association = ElasticAssociation {
        allocation_id: elastic.id.clone(),
        association_id: association_id.clone(),
    };
    let public = PublicAddress { address: elastic.address, elastic: Some(association) };
    let mut interface = interface.clone();
    interface.public = Some(public);
    let interface_id = Some(interface.id.clone());
    regional::put(act, interface)?;
    regional::put(act, ElasticIpRow { interface_id, ..elastic.clone() })?;
    Ok(association_id)
}

/// Takes an address from the interface that has it, if one does.
///
/// # Errors
/// A limit of the store.
pub fn unbind(act: &mut Act<'_, '_>, elastic: &ElasticIpRow) -> Result<(), Fault> {
    let Some((interface, _)) = elastic.holder(&act.ask()) else { return Ok(()) };
    let mut interface = (*interface).clone();
    interface.public = None;
    regional::put(act, interface)?;
    regional::put(act, ElasticIpRow { interface_id: None, ..elastic.clone() })
}

/// The address that an interface has.
#[must_use]
pub fn elastic_of(ask: &Ask<'_>, interface: &NetworkInterfaceRow) -> Option<Arc<ElasticIpRow>> {
    let association = interface.public.as_ref()?.elastic.as_ref()?;
    regional::get(ask, &association.allocation_id)
}

/// An Elastic IP address as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressShape {
    public_ip: Ipv4Addr,
    allocation_id: String,
    domain: &'static str,
    public_ipv4_pool: &'static str,
    network_border_group: String,
    association_id: Option<String>,
    network_interface_id: Option<String>,
    network_interface_owner_id: Option<AccountId>,
    private_ip_address: Option<Ipv4Addr>,
    instance_id: Option<String>,
    tag_set: Vec<TagShape>,
}

impl AddressShape {
    /// How an address is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, elastic: &ElasticIpRow) -> Self {
        let holder = elastic.holder(ask);
        let interface = holder.as_ref().map(|(interface, _)| interface);
        Self {
            public_ip: elastic.address,
            allocation_id: elastic.id.clone(),
            domain: "vpc",
            public_ipv4_pool: "amazon",
            network_border_group: elastic.region.clone(),
            association_id: holder.as_ref().map(|(_, it)| it.association_id.clone()),
            network_interface_id: interface.map(|it| it.id.clone()),
            network_interface_owner_id: interface.map(|it| it.account),
            private_ip_address: interface.map(|it| it.primary()),
            instance_id: interface.and_then(|it| it.instance_id().map(str::to_owned)),
            tag_set: tag::shown(ask, &elastic.id),
        }
    }
}
