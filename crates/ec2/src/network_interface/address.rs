//! The addresses of a subnet: one row for each that is taken.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::ops::Bound;
use std::sync::Arc;

use cloud::{Act, Ask, Fault};
use names::{AccountId, Entropy, Word};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::regional;
use crate::subnet::SubnetRow;

/// The first addresses of a subnet, which AWS keeps: network, router, DNS, future use.
const RESERVED_AT_START: u32 = 4;
/// How often an address is guessed before one is searched for.
const GUESSES: usize = 16;

/// An address that an interface has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddressRow {
    account: AccountId,
    region: Word,
    subnet_id: Word,
    address: Ipv4Addr,
    /// Whose it is.
    pub interface_id: String,
}

impl Row for AddressRow {
    const TABLE: &'static str = "ec2_address";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        key(&self.region, &self.subnet_id, self.address).into()
    }
}

fn key(region: &str, subnet_id: &str, address: Ipv4Addr) -> String {
    format!("{region}/{subnet_id}/{:08x}", u32::from(address))
}

/// The addresses of a subnet that are taken, in order.
pub fn taken<'a>(ask: &Ask<'a>, subnet_id: &str) -> impl Iterator<Item = &'a Arc<AddressRow>> {
    let (start, end) =
        (format!("{}/{subnet_id}/", ask.region), format!("{}/{subnet_id}0", ask.region));
    let bounds = (Bound::Included(&*start), Bound::Excluded(&*end));
    ask.view.range::<AddressRow>(ask.account().as_str(), bounds)
}

/// Takes this address for an interface.
///
/// # Errors
/// `InvalidParameterValue` for one that is not of the subnet or that AWS keeps, `InvalidIPAddress.InUse`.
pub fn take(
    act: &mut Act<'_, '_>,
    subnet: &SubnetRow,
    address: Ipv4Addr,
    interface_id: &str,
) -> Result<(), Fault> {
    if !subnet.cidr.has(address) {
        let text = "Address does not fall within the subnet's address range";
        return Err(Fault::new("InvalidParameterValue", text));
    }
    if !is_for_use(subnet, address) {
        let text = "Address is in subnet's reserved address range";
        return Err(Fault::new("InvalidParameterValue", text));
    }
    if is_taken(&act.ask(), subnet, address) {
        let text = format!("Address {address} is in use.");
        return Err(Fault::new("InvalidIPAddress.InUse", text));
    }
    store(act, subnet, address, interface_id)
}

/// Takes any address for an interface.
///
/// # Errors
/// `InsufficientFreeAddressesInSubnet`
pub fn take_any(
    act: &mut Act<'_, '_>,
    subnet: &SubnetRow,
    interface_id: &str,
) -> Result<Ipv4Addr, Fault> {
    let size = u32::try_from(subnet.cidr.addresses()).unwrap_or(u32::MAX);
    let guess = |entropy: &mut dyn Entropy| {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes);
        u32::from_be_bytes(bytes).checked_rem(size).and_then(|number| subnet.cidr.address(number))
    };
    let is_free = |act: &Act<'_, '_>, address: &Ipv4Addr| {
        is_for_use(subnet, *address) && !is_taken(&act.ask(), subnet, *address)
    };
    let mut free = None;
    for _ in 0..GUESSES {
        free = free.or_else(|| guess(act.entropy).filter(|address| is_free(act, address)));
    }
    let all = || (0..size).filter_map(|number| subnet.cidr.address(number));
    let Some(address) = free.or_else(|| all().find(|address| is_free(act, address))) else {
        let text = format!("There are not enough free addresses in subnet '{}'", subnet.id);
        return Err(Fault::new("InsufficientFreeAddressesInSubnet", text));
    };
    store(act, subnet, address, interface_id)?;
    Ok(address)
}

/// Gives an address back.
///
/// # Errors
/// A limit of the store.
pub fn give_back(act: &mut Act<'_, '_>, subnet_id: &str, address: Ipv4Addr) -> Result<(), Fault> {
    let (account, key) = (act.account(), key(act.region, subnet_id, address));
    act.tx.delete::<AddressRow>(account.as_str(), &key)?;
    Ok(())
}

/// An address of the internet.
pub fn public(entropy: &mut dyn Entropy) -> Ipv4Addr {
    let mut bytes = [0; 3];
    entropy.fill(&mut bytes);
    let [second, third, fourth] = bytes;
    // Amazon's 54.128.0.0/9, without the ends of networks.
    Ipv4Addr::new(54, 128 | second, third, fourth.clamp(1, 254))
}

fn is_for_use(subnet: &SubnetRow, address: Ipv4Addr) -> bool {
    let number = u64::from(u32::from(address).wrapping_sub(u32::from(subnet.cidr.first())));
    number >= u64::from(RESERVED_AT_START) && number + 1 < subnet.cidr.addresses()
}

fn is_taken(ask: &Ask<'_>, subnet: &SubnetRow, address: Ipv4Addr) -> bool {
    let key = key(ask.region, &subnet.id, address);
    ask.view.get::<AddressRow>(ask.account().as_str(), &key).is_some()
}

fn store(
    act: &mut Act<'_, '_>,
    subnet: &SubnetRow,
    address: Ipv4Addr,
    interface_id: &str,
) -> Result<(), Fault> {
    let row = AddressRow {
        account: act.account(),
        region: act.region.into(),
        subnet_id: subnet.id.as_str().into(),
        address,
        interface_id: interface_id.to_owned(),
    };
    regional::put(act, row)
}
