//! EC2: instances that wear instance profiles, and the networks they are in. One file a noun.
//!
//! What all nouns share: [`kind`] knows ids, ARNs and the errors about them, [`regional`] reads and writes
//! rows of an account and region (the default VPC included), [`page`] and [`filter`] make lists, [`tag`] has
//! the tags of all resources, and [`demand`] says what IAM must allow, with the condition keys that
//! [`lookup`] finds for a resource.

pub mod catalogue;
pub mod cidr;
pub mod default_vpc;
pub mod demand;
mod describe;
pub mod dhcp_options;
pub mod dns_name;
pub mod filter;
pub mod image;
pub mod instance;
pub mod instance_profile;
pub mod instance_type;
pub mod internet_gateway;
pub mod kind;
pub mod lookup;
pub mod nat_gateway;
pub mod network_acl;
pub mod network_interface;
pub mod page;
pub mod region;
pub mod regional;
pub mod route_table;
pub mod security_group;
pub mod spot_price;
pub mod subnet;
pub mod table;
pub mod tag;
#[cfg(test)]
mod testing;
pub mod time;
pub mod unmodelled;
pub mod vpc;

/// Adds the rows that EC2 keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    network_rows(schema).with::<instance::InstanceRow>()
}

/// The rows of networks, volumes and tags.
fn network_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<dhcp_options::DhcpOptionsRow>()
        .with::<internet_gateway::InternetGatewayRow>()
        .with::<nat_gateway::NatGatewayRow>()
        .with::<network_acl::NetworkAclRow>()
        .with::<network_interface::NetworkInterfaceRow>()
        .with::<network_interface::address::AddressRow>()
        .with::<regional::RegionRow>()
        .with::<route_table::RouteTableRow>()
        .with::<security_group::SecurityGroupRow>()
        .with::<subnet::SubnetRow>()
        .with::<tag::TagsRow>()
        .with::<vpc::VpcRow>()
}
