//! EC2: instances that wear instance profiles, and the networks they are in. One file a noun.
//!
//! What all nouns share: [`kind`] knows ids, ARNs and the errors about them, [`regional`] reads and writes
//! rows of an account and region (the default VPC included), [`page`] and [`filter`] make lists, [`tag`] has
//! the tags of all resources, and [`demand`] says what IAM must allow, with the condition keys that
//! [`lookup`] finds for a resource.

pub mod account_attribute;
pub mod catalogue;
pub mod cidr;
pub mod client_token;
pub mod default_vpc;
pub mod demand;
mod describe;
pub mod dhcp_options;
pub mod dns_name;
pub mod elastic_ip;
pub mod filter;
pub mod fleet;
pub mod image;
pub mod instance;
pub mod instance_profile;
pub mod instance_type;
pub mod internet_gateway;
pub mod key_pair;
pub mod kind;
pub mod launch;
pub mod launch_template;
pub mod lookup;
pub mod metadata_defaults;
pub mod nat_gateway;
pub mod network_acl;
pub mod network_interface;
pub mod page;
pub mod prefix_list;
pub mod region;
pub mod regional;
pub mod reserved_offering;
pub mod route_table;
pub mod security_group;
pub mod snapshot;
pub mod spot_price;
pub mod spot_request;
pub mod subnet;
pub mod table;
pub mod tag;
#[cfg(test)]
mod testing;
pub mod time;
pub mod unmodelled;
pub mod volume;
pub mod vpc;
pub mod vpc_endpoint;

/// Adds the rows that EC2 keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    instance_rows(network_rows(schema))
}

/// The rows of networks, volumes and tags.
fn network_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<dhcp_options::DhcpOptionsRow>()
        .with::<elastic_ip::ElasticIpRow>()
        .with::<internet_gateway::InternetGatewayRow>()
        .with::<nat_gateway::NatGatewayRow>()
        .with::<network_acl::NetworkAclRow>()
        .with::<network_interface::NetworkInterfaceRow>()
        .with::<network_interface::address::AddressRow>()
        .with::<regional::RegionRow>()
        .with::<route_table::RouteTableRow>()
        .with::<security_group::SecurityGroupRow>()
        .with::<snapshot::SnapshotRow>()
        .with::<subnet::SubnetRow>()
        .with::<tag::TagsRow>()
        .with::<volume::modify::ModificationRow>()
        .with::<vpc::VpcRow>()
        .with::<vpc_endpoint::VpcEndpointRow>()
}

/// The rows of instances and what launches them.
fn instance_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<client_token::ClientTokenRow>()
        .with::<fleet::FleetRow>()
        .with::<instance::InstanceRow>()
        .with::<key_pair::KeyPairRow>()
        .with::<launch_template::LaunchTemplateRow>()
        .with::<launch_template::VersionRow>()
        .with::<metadata_defaults::MetadataDefaultsRow>()
        .with::<spot_request::SpotRequestRow>()
        .with::<volume::VolumeRow>()
}
