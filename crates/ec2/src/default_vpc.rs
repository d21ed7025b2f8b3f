//! What every account finds in a region without having made it: the default VPC with all that belongs to it,
//! and the DHCP options that VPCs begin with ("Default VPC components", VPC user guide). And what every VPC
//! has from its creation: a main route table, a default security group, a default network ACL.
//!
//! Ids are derived from account and region, so that they are the same before and after they are stored.

use cloud::{Act, Fault};
use names::AccountId;
use store::Tx;

use crate::cidr::Cidr;
use crate::dhcp_options::{DhcpOption, DhcpOptionsRow};
use crate::dns_name;
use crate::internet_gateway::InternetGatewayRow;
use crate::kind::{Kind, given_digits, new_digits};
use crate::network_acl::{self, NetworkAclRow};
use crate::region;
use crate::regional::{self, Regional};
use crate::route_table::RouteTableRow;
use crate::route_table::association::Association;
use crate::route_table::route::{Destination, Route, Target};
use crate::security_group::rule::{ALL, Peer, Rule, Traffic};
use crate::security_group::{self, SecurityGroupRow, create::everything_out};
use crate::subnet::SubnetRow;
use crate::vpc::VpcRow;

/// The addresses of a default VPC.
const CIDR: &str = "172.31.0.0/16";
/// Bits that the addresses of a default subnet share.
const SUBNET_BITS: u8 = 20;

/// Ids of what belongs to a VPC: derived for the default VPC, new for others.
trait Ids {
    fn digits(&mut self, of: &str) -> String;

    fn id(&mut self, kind: Kind, of: &str) -> String {
        format!("{}{}", kind.prefix(), self.digits(of))
    }
}

struct Given<'a>(AccountId, &'a str);

impl Ids for Given<'_> {
    fn digits(&mut self, of: &str) -> String {
        given_digits(self.0, self.1, of)
    }
}

struct New<'a, 'b, 'tx>(&'a mut Act<'b, 'tx>);

impl Ids for New<'_, '_, '_> {
    fn digits(&mut self, _of: &str) -> String {
        new_digits(self.0.entropy)
    }
}

/// Makes what every VPC has from its creation.
///
/// # Errors
/// A limit of the store.
pub fn furnish(act: &mut Act<'_, '_>, vpc: &VpcRow) -> Result<(), Fault> {
    let mut ids = New(act);
    let table = main_table(vpc, &mut ids);
    let group = default_group(vpc, &mut ids);
    let acl = default_acl(vpc, &mut ids);
    regional::put(act, table)?;
    regional::put(act, group)?;
    regional::put(act, acl)
}

fn main_table(vpc: &VpcRow, ids: &mut dyn Ids) -> RouteTableRow {
    let id = format!("rtbassoc-{}", ids.digits("main association"));
    RouteTableRow {
        account: vpc.account,
        region: vpc.region.clone(),
        id: ids.id(Kind::RouteTable, "main"),
        vpc_id: vpc.id.clone(),
        routes: Vec::new(),
        associations: vec![Association { id, subnet_id: None }],
    }
}

/// Its members may talk to each other, and to everybody.
fn default_group(vpc: &VpcRow, ids: &mut dyn Ids) -> SecurityGroupRow {
    let id = ids.id(Kind::SecurityGroup, "default group");
    let members = Rule {
        id: ids.id(Kind::SecurityGroupRule, "members"),
        egress: false,
        traffic: Traffic { protocol: ALL.to_owned(), from: None, to: None },
        peer: Peer::Group { id: id.clone(), account: vpc.account },
        description: None,
    };
    let out = everything_out(ids.id(Kind::SecurityGroupRule, "out"));
    SecurityGroupRow {
        account: vpc.account,
        region: vpc.region.clone(),
        id,
        vpc_id: vpc.id.clone(),
        name: security_group::DEFAULT.to_owned(),
        description: "default VPC security group".to_owned(),
        rules: std::iter::once(members).chain(out).collect(),
    }
}

fn default_acl(vpc: &VpcRow, ids: &mut dyn Ids) -> NetworkAclRow {
    NetworkAclRow {
        account: vpc.account,
        region: vpc.region.clone(),
        id: ids.id(Kind::NetworkAcl, "default ACL"),
        vpc_id: vpc.id.clone(),
        is_default: true,
        entries: network_acl::entry::of_default(),
    }
}

/// The default VPC.
#[must_use]
pub fn vpc(account: AccountId, region: &str) -> Vec<VpcRow> {
    let Some(cidr) = Cidr::parse(CIDR) else { return Vec::new() };
    let mut ids = Given(account, region);
    vec![VpcRow {
        account,
        region: region.to_owned(),
        id: ids.id(Kind::Vpc, "vpc"),
        cidr,
        cidr_association_id: format!("vpc-cidr-assoc-{}", ids.digits("vpc")),
        tenancy: "default".to_owned(),
        is_default: true,
        dhcp_options_id: dhcp_options_id(account, region),
        dns_support: true,
        dns_hostnames: true,
        address_metrics: false,
    }]
}

/// A subnet in each zone.
pub(crate) fn subnets(account: AccountId, region: &str) -> Vec<SubnetRow> {
    let mut ids = Given(account, region);
    let zones = region::zones(region).into_iter().zip(0_u32..);
    let subnet = |(zone, number): (region::Zone, u32)| {
        let first = Cidr::parse(CIDR)?.address(number << (32 - SUBNET_BITS))?;
        Some(SubnetRow {
            account,
            region: region.to_owned(),
            id: ids.id(Kind::Subnet, &zone.name),
            vpc_id: ids.id(Kind::Vpc, "vpc"),
            cidr: Cidr::parse(&format!("{first}/{SUBNET_BITS}"))?,
            default_for_az: true,
            map_public_ip: true,
            hostname_type: "ip-name".to_owned(),
            resource_name_a: false,
            resource_name_aaaa: false,
            acl_id: ids.id(Kind::NetworkAcl, "default ACL"),
            acl_association_id: format!("aclassoc-{}", ids.digits(&zone.name)),
            zone: zone.name,
            zone_id: zone.id,
        })
    };
    zones.filter_map(subnet).collect()
}

/// The gateway of the default VPC.
pub(crate) fn internet_gateway(account: AccountId, region: &str) -> Vec<InternetGatewayRow> {
    let mut ids = Given(account, region);
    vec![InternetGatewayRow {
        account,
        region: region.to_owned(),
        id: ids.id(Kind::InternetGateway, "gateway"),
        vpc_id: Some(ids.id(Kind::Vpc, "vpc")),
    }]
}

/// The main route table of the default VPC, with the route to the internet.
pub(crate) fn route_table(account: AccountId, region: &str) -> Vec<RouteTableRow> {
    let mut ids = Given(account, region);
    let target = Target::InternetGateway(ids.id(Kind::InternetGateway, "gateway"));
    let everywhere = Cidr::parse("0.0.0.0/0").map(Destination::Ipv4);
    let route = everywhere.map(|destination| Route { destination, target });
    let table = |vpc: &VpcRow| RouteTableRow {
        routes: route.iter().cloned().collect(),
        ..main_table(vpc, &mut ids)
    };
    vpc(account, region).iter().map(table).collect()
}

/// The default security group of the default VPC.
pub(crate) fn security_group(account: AccountId, region: &str) -> Vec<SecurityGroupRow> {
    let mut ids = Given(account, region);
    vpc(account, region).iter().map(|vpc| default_group(vpc, &mut ids)).collect()
}

/// The default network ACL of the default VPC.
pub(crate) fn network_acl(account: AccountId, region: &str) -> Vec<NetworkAclRow> {
    let mut ids = Given(account, region);
    vpc(account, region).iter().map(|vpc| default_acl(vpc, &mut ids)).collect()
}

/// The DHCP options that VPCs begin with.
pub(crate) fn dhcp_options(account: AccountId, region: &str) -> Vec<DhcpOptionsRow> {
    let option = |key: &str, value: String| DhcpOption { key: key.to_owned(), values: vec![value] };
    vec![DhcpOptionsRow {
        account,
        region: region.to_owned(),
        id: dhcp_options_id(account, region),
        options: vec![
            option("domain-name", dns_name::private_domain(region)),
            option("domain-name-servers", "AmazonProvidedDNS".to_owned()),
        ],
    }]
}

/// The id of the DHCP options that VPCs begin with.
#[must_use]
pub fn dhcp_options_id(account: AccountId, region: &str) -> String {
    Given(account, region).id(Kind::DhcpOptions, "options")
}

/// Stores everything that is given.
///
/// # Errors
/// A limit of the store.
pub(crate) fn store(tx: &mut Tx<'_>, account: AccountId, region: &str) -> Result<(), Fault> {
    store_kind::<DhcpOptionsRow>(tx, account, region)?;
    store_kind::<VpcRow>(tx, account, region)?;
    store_kind::<InternetGatewayRow>(tx, account, region)?;
    store_kind::<NetworkAclRow>(tx, account, region)?;
    store_kind::<RouteTableRow>(tx, account, region)?;
    store_kind::<SecurityGroupRow>(tx, account, region)?;
    store_kind::<SubnetRow>(tx, account, region)
}

fn store_kind<R: Regional>(tx: &mut Tx<'_>, account: AccountId, region: &str) -> Result<(), Fault> {
    for row in R::given(account, region) {
        tx.insert(row)?;
    }
    Ok(())
}
