//! Every resource type, in one place.

use crate::resource::Kind;
use crate::resource::cloudformation::stack::Stack;
use crate::resource::cloudformation::wait_condition_handle::WaitConditionHandle;
use crate::resource::ec2::eip::Eip;
use crate::resource::ec2::eip_association::EipAssociation;
use crate::resource::ec2::instance::Instance;
use crate::resource::ec2::internet_gateway::{InternetGateway, VpcGatewayAttachment};
use crate::resource::ec2::launch_template::LaunchTemplate;
use crate::resource::ec2::nat_gateway::NatGateway;
use crate::resource::ec2::route::Route;
use crate::resource::ec2::route_table::{RouteTable, SubnetRouteTableAssociation};
use crate::resource::ec2::security_group::SecurityGroup;
use crate::resource::ec2::security_group_rule::{SecurityGroupEgress, SecurityGroupIngress};
use crate::resource::ec2::subnet::Subnet;
use crate::resource::ec2::volume::Volume;
use crate::resource::ec2::volume_attachment::VolumeAttachment;
use crate::resource::ec2::vpc::Vpc;
use crate::resource::ec2::vpc_endpoint::VpcEndpoint;
use crate::resource::iam::access_key::AccessKey;
use crate::resource::iam::group::Group;
use crate::resource::iam::holder_policy::{GroupPolicy, RolePolicy, UserPolicy};
use crate::resource::iam::instance_profile::InstanceProfile;
use crate::resource::iam::managed_policy::ManagedPolicy;
use crate::resource::iam::oidc_provider::OidcProvider;
use crate::resource::iam::policy::Policy;
use crate::resource::iam::role::Role;
use crate::resource::iam::service_linked_role::ServiceLinkedRole;
use crate::resource::iam::user::User;
use crate::resource::lambda::alias::Alias;
use crate::resource::lambda::function::Function;
use crate::resource::lambda::permission::Permission;
use crate::resource::lambda::version::Version;
use crate::resource::s3::bucket::Bucket;
use crate::resource::s3::bucket_policy::BucketPolicy;

/// All types.
pub const KINDS: &[Kind] = &[
    Kind::of::<Stack>(),
    Kind::of::<WaitConditionHandle>(),
    Kind::of::<Eip>(),
    Kind::of::<EipAssociation>(),
    Kind::of::<Instance>(),
    Kind::of::<InternetGateway>(),
    Kind::of::<VpcGatewayAttachment>(),
    Kind::of::<LaunchTemplate>(),
    Kind::of::<NatGateway>(),
    Kind::of::<Route>(),
    Kind::of::<RouteTable>(),
    Kind::of::<SubnetRouteTableAssociation>(),
    Kind::of::<SecurityGroup>(),
    Kind::of::<SecurityGroupEgress>(),
    Kind::of::<SecurityGroupIngress>(),
    Kind::of::<Subnet>(),
    Kind::of::<Volume>(),
    Kind::of::<VolumeAttachment>(),
    Kind::of::<Vpc>(),
    Kind::of::<VpcEndpoint>(),
    Kind::of::<AccessKey>(),
    Kind::of::<Group>(),
    Kind::of::<GroupPolicy>(),
    Kind::of::<InstanceProfile>(),
    Kind::of::<ManagedPolicy>(),
    Kind::of::<OidcProvider>(),
    Kind::of::<Policy>(),
    Kind::of::<Role>(),
    Kind::of::<RolePolicy>(),
    Kind::of::<ServiceLinkedRole>(),
    Kind::of::<User>(),
    Kind::of::<UserPolicy>(),
    Kind::of::<Alias>(),
    Kind::of::<Function>(),
    Kind::of::<Permission>(),
    Kind::of::<Version>(),
    Kind::of::<Bucket>(),
    Kind::of::<BucketPolicy>(),
];
