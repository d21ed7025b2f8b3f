//! Resources of any kind by their id: what tags can be put on, and what conditions can look at.

use cloud::Ask;

use crate::demand::Key;
use crate::dhcp_options::DhcpOptionsRow;
use crate::elastic_ip::ElasticIpRow;
use crate::fleet::FleetRow;
use crate::image;
use crate::instance::InstanceRow;
use crate::internet_gateway::InternetGatewayRow;
use crate::key_pair::KeyPairRow;
use crate::kind::Kind;
use crate::launch_template::LaunchTemplateRow;
use crate::nat_gateway::NatGatewayRow;
use crate::network_acl::NetworkAclRow;
use crate::network_interface::NetworkInterfaceRow;
use crate::prefix_list;
use crate::regional::{self, Regional};
use crate::route_table::RouteTableRow;
use crate::security_group::{SecurityGroupRow, permission};
use crate::snapshot::SnapshotRow;
use crate::spot_request::SpotRequestRow;
use crate::subnet::SubnetRow;
use crate::volume::VolumeRow;
use crate::vpc::VpcRow;
use crate::vpc_endpoint::VpcEndpointRow;

/// The condition keys of a resource's own kind; `None` if there is no such resource.
#[must_use]
pub fn keys(ask: &Ask<'_>, kind: Kind, id: &str) -> Option<Vec<Key>> {
    match kind {
        Kind::DhcpOptions => row::<DhcpOptionsRow>(ask, id),
        Kind::ElasticIp => row::<ElasticIpRow>(ask, id),
        Kind::InternetGateway => row::<InternetGatewayRow>(ask, id),
        Kind::NatGateway => row::<NatGatewayRow>(ask, id),
        Kind::NetworkAcl => row::<NetworkAclRow>(ask, id),
        Kind::NetworkInterface => row::<NetworkInterfaceRow>(ask, id),
        Kind::RouteTable => row::<RouteTableRow>(ask, id),
        Kind::SecurityGroup => row::<SecurityGroupRow>(ask, id),
        Kind::SecurityGroupRule => permission::holder(ask, id).map(|_| Vec::new()),
        Kind::Snapshot => row::<SnapshotRow>(ask, id),
        Kind::Subnet => row::<SubnetRow>(ask, id),
        Kind::Image => image::get(ask.region, id).map(image::Image::keys),
        Kind::Instance => row::<InstanceRow>(ask, id),
        Kind::Fleet => row::<FleetRow>(ask, id),
        Kind::PrefixList => {
            prefix_list::all(ask.region).iter().any(|list| list.id == id).then(Vec::new)
        }
        Kind::KeyPair => row::<KeyPairRow>(ask, id),
        Kind::LaunchTemplate => row::<LaunchTemplateRow>(ask, id),
        Kind::SpotInstancesRequest => row::<SpotRequestRow>(ask, id),
        Kind::Volume => row::<VolumeRow>(ask, id),
        Kind::Vpc => row::<VpcRow>(ask, id),
        Kind::VpcEndpoint => row::<VpcEndpointRow>(ask, id),
    }
}

/// Whether the caller has the resource.
#[must_use]
pub fn exists(ask: &Ask<'_>, kind: Kind, id: &str) -> bool {
    keys(ask, kind, id).is_some()
}

fn row<R: Regional>(ask: &Ask<'_>, id: &str) -> Option<Vec<Key>> {
    regional::get::<R>(ask, id).map(|row| row.keys())
}
