//! The operations of EC2, noun by noun.

cloud::operations! { Ec2;
    // Networks, volumes, tags, regions.
    write crate::network_interface::assign::AssignPrivateIpAddresses;
    write crate::dhcp_options::associate::AssociateDhcpOptions;
    write crate::route_table::association::AssociateRouteTable;
    write crate::internet_gateway::attach::AttachInternetGateway;
    write crate::security_group::authorize::AuthorizeSecurityGroupEgress;
    write crate::security_group::authorize::AuthorizeSecurityGroupIngress;
    write crate::dhcp_options::create::CreateDhcpOptions;
    write crate::internet_gateway::create::CreateInternetGateway;
    write crate::network_interface::create::CreateNetworkInterface;
    write crate::route_table::route::CreateRoute;
    write crate::route_table::create::CreateRouteTable;
    write crate::security_group::create::CreateSecurityGroup;
    write crate::subnet::create::CreateSubnet;
    write crate::tag::change::CreateTags;
    write crate::vpc::create::CreateVpc;
    write crate::dhcp_options::delete::DeleteDhcpOptions;
    write crate::internet_gateway::delete::DeleteInternetGateway;
    write crate::network_interface::delete::DeleteNetworkInterface;
    write crate::route_table::route::DeleteRoute;
    write crate::route_table::delete::DeleteRouteTable;
    write crate::security_group::delete::DeleteSecurityGroup;
    write crate::subnet::delete::DeleteSubnet;
    write crate::tag::change::DeleteTags;
    write crate::vpc::delete::DeleteVpc;
    read crate::region::describe::DescribeAvailabilityZones;
    read crate::dhcp_options::describe::DescribeDhcpOptions;
    read crate::internet_gateway::describe::DescribeInternetGateways;
    read crate::network_acl::describe::DescribeNetworkAcls;
    read crate::network_interface::describe::DescribeNetworkInterfaces;
    read crate::region::describe::DescribeRegions;
    read crate::route_table::describe::DescribeRouteTables;
    read crate::security_group::rule::describe::DescribeSecurityGroupRules;
    read crate::security_group::describe::DescribeSecurityGroups;
    read crate::subnet::describe::DescribeSubnets;
    read crate::tag::describe::DescribeTags;
    read crate::vpc::attribute::DescribeVpcAttribute;
    read crate::vpc::describe::DescribeVpcs;
    write crate::internet_gateway::attach::DetachInternetGateway;
    write crate::route_table::association::DisassociateRouteTable;
    write crate::network_interface::attribute::ModifyNetworkInterfaceAttribute;
    write crate::security_group::rule::modify::ModifySecurityGroupRules;
    write crate::subnet::attribute::ModifySubnetAttribute;
    write crate::vpc::attribute::ModifyVpcAttribute;
    write crate::route_table::route::ReplaceRoute;
    write crate::route_table::association::ReplaceRouteTableAssociation;
    write crate::security_group::revoke::RevokeSecurityGroupEgress;
    write crate::security_group::revoke::RevokeSecurityGroupIngress;
    write crate::network_interface::assign::UnassignPrivateIpAddresses;

    // Instances.
    write crate::instance_profile::associate::AssociateIamInstanceProfile;
    read crate::instance_profile::describe::DescribeIamInstanceProfileAssociations;
    read crate::image::describe::DescribeImages;
    read crate::instance_type::describe::DescribeInstanceTypes;
    read crate::instance_type::offering::DescribeInstanceTypeOfferings;
    read crate::spot_price::history::DescribeSpotPriceHistory;
    write crate::instance_profile::replace::DisassociateIamInstanceProfile;
    read crate::spot_price::placement_score::GetSpotPlacementScores;
    write crate::instance_profile::replace::ReplaceIamInstanceProfileAssociation;

    // Metadata.
}
