//! What the other operations of a workspace ask of IAM, resource by resource, with the keys that the
//! service authorization reference (EC2, IAM) lists for each.

use super::launch::{Tags, UNTAGGED, VENDOR, pass_role};
use super::world::{CUSTOMER, Demand, INSTANCE_ROLE, arn};

/// An instance or a volume that exists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thing {
    pub(crate) resource: &'static str,
    pub(crate) tags: Tags,
}

pub(crate) const OURS: Thing = Thing { resource: "instance/i-0c0ffee0c0ffee001", tags: VENDOR };
pub(crate) const THEIRS: Thing = Thing { resource: "instance/i-0dead0beef0000002", tags: UNTAGGED };
pub(crate) const OUR_VOLUME: Thing =
    Thing { resource: "volume/vol-0c0ffee0c0ffee001", tags: VENDOR };
pub(crate) const THEIR_VOLUME: Thing =
    Thing { resource: "volume/vol-0dead0beef0000002", tags: UNTAGGED };
/// The service-linked role of spot instances.
pub(crate) const SPOT_ROLE: &str =
    "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot";

pub(crate) fn on(action: &'static str, thing: Thing) -> Demand {
    Demand::new(action, thing.resource).tagged(thing.tags)
}

pub(crate) fn terminate(instance: Thing) -> Vec<Demand> {
    vec![on("ec2:TerminateInstances", instance)]
}

/// `ec2:AttachVolume` or `ec2:DetachVolume`: both resources are asked for.
pub(crate) fn volume_of(action: &'static str, instance: Thing, volume: Thing) -> Vec<Demand> {
    vec![on(action, instance), on(action, volume)]
}

/// From a snapshot, that one is authorized as well, since 2025 (AWS storage blog, "Enhancing
/// resource-level permission for creating an Amazon EBS volume from a snapshot").
pub(crate) fn create_volume(tags: Tags, snapshot: Option<&'static str>) -> Vec<Demand> {
    let volume = Demand::new("ec2:CreateVolume", "volume/*")
        .with("ec2:VolumeSize", "100")
        .with("ec2:VolumeType", "gp3")
        .with("ec2:Encrypted", "true")
        .asks_for_tags(tags);
    let snapshot = snapshot.map(|id| {
        Demand::new("ec2:CreateVolume", &format!("snapshot/{id}")).with("ec2:Owner", CUSTOMER)
    });
    let create_tags = (!tags.is_empty()).then(|| {
        Demand::new("ec2:CreateTags", "volume/*")
            .with("ec2:CreateAction", "CreateVolume")
            .asks_for_tags(tags)
    });
    [Some(volume), snapshot, create_tags].into_iter().flatten().collect()
}

pub(crate) fn delete_volume(volume: Thing) -> Vec<Demand> {
    vec![on("ec2:DeleteVolume", volume)]
}

/// `ec2:AssociateIamInstanceProfile` or `ec2:ReplaceIamInstanceProfileAssociation`.
pub(crate) fn give_profile(action: &'static str, instance: Thing) -> Vec<Demand> {
    let profile = INSTANCE_ROLE.replace(":role/", ":instance-profile/");
    vec![
        on(action, instance).with("ec2:NewInstanceProfile", &profile),
        pass_role(INSTANCE_ROLE, "ec2.amazonaws.com", &arn(instance.resource)),
    ]
}

pub(crate) fn take_profile(instance: Thing) -> Vec<Demand> {
    vec![on("ec2:DisassociateIamInstanceProfile", instance)]
}

/// A change to the rules of a security group.
pub(crate) fn group_rule(action: &'static str, group: &str, vpc: &str) -> Vec<Demand> {
    vec![
        Demand::new(action, &format!("security-group/{group}"))
            .with("ec2:SecurityGroupID", group)
            .with("ec2:Vpc", &arn(&format!("vpc/{vpc}"))),
    ]
}

/// The only action that supplies `iam:AWSServiceName`.
pub(crate) fn create_linked_role(role: &str, service: &str) -> Vec<Demand> {
    vec![Demand::new("iam:CreateServiceLinkedRole", role).with("iam:AWSServiceName", service)]
}

/// `iam:PutRolePolicy` supplies `iam:PermissionsBoundary` and `iam:RoleTemplateARN` where there is
/// one, and no other key of its own.
pub(crate) fn put_role_policy(role: &str) -> Vec<Demand> {
    vec![Demand::new("iam:PutRolePolicy", role)]
}

/// A spot request names what its instance will use; it takes its tags elsewhere.
pub(crate) fn request_spot(subnet: &str, group: &str, vpc: &str) -> Vec<Demand> {
    let vpc = arn(&format!("vpc/{vpc}"));
    let demand = |resource: &str| Demand::new("ec2:RequestSpotInstances", resource);
    vec![
        demand("spot-instances-request/*"),
        demand("image/ami-0d0d0d0d0d0d0d0d0"),
        demand(&format!("subnet/{subnet}")).with("ec2:Vpc", &vpc),
        demand(&format!("security-group/{group}")).with("ec2:Vpc", &vpc),
    ]
}

pub(crate) fn create_vpc() -> Vec<Demand> {
    vec![Demand::new("ec2:CreateVpc", "vpc/*")]
}

/// An action that knows no resources, such as most of `ec2:Describe…`.
pub(crate) fn anywhere(action: &'static str) -> Vec<Demand> {
    vec![Demand::new(action, "*")]
}

/// Tags on something that exists.
pub(crate) fn change_tags(action: &'static str, thing: Thing, tags: Tags) -> Vec<Demand> {
    vec![on(action, thing).asks_for_tags(tags)]
}

/// Terminating a tagged instance in `region`.
pub(crate) fn terminate_in(region: &str) -> Vec<Demand> {
    let instance = format!("arn:aws:ec2:{region}:{CUSTOMER}:{}", OURS.resource);
    let demand = Demand::new("ec2:TerminateInstances", &instance).tagged(OURS.tags);
    vec![demand.with("ec2:Region", region).with("aws:RequestedRegion", region)]
}
