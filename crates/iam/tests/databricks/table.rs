//! The decision table: what each of the three access policies says to each operation.
//!
//! It is held against the shipped policies and against those of the documentation page, so it speaks
//! of what they have in common. All denials in it are the cross-account role's own policies not
//! allowing something; every demand that is refused is listed, as `action resource`.

use super::launch::{
    DATABRICKS_IMAGE, Image, OTHER_SUBNET, SUBNET, UNTAGGED, VENDOR, launch, pass_role,
};
use super::operations::{
    OUR_VOLUME, OURS, SPOT_ROLE, THEIR_VOLUME, THEIRS, anywhere, change_tags, create_linked_role,
    create_volume, create_vpc, delete_volume, give_profile, group_rule, on, put_role_policy,
    request_spot, take_profile, terminate, terminate_in, volume_of,
};
use super::world::{
    CUSTOMER, Demand, GROUP, IDENTITY, INSTANCE_ROLE, LAUNCHER, NamedPolicies, OTHER_GROUP,
    OTHER_REGION, OTHER_VPC, Refusal, VPC, arn, holding, refusals,
};

/// The three access policies and the one that lets the instance role be passed.
pub(crate) struct Policies {
    pub(crate) databricks_managed: NamedPolicies,
    pub(crate) customer_managed: NamedPolicies,
    pub(crate) restricted: NamedPolicies,
    pub(crate) pass_role: NamedPolicies,
}

/// One operation, and what each policy refuses of it.
struct Row {
    name: &'static str,
    demands: Vec<Demand>,
    /// Whether the cross-account role also holds the policy to pass the instance role.
    may_pass: bool,
    refused: [&'static [&'static str]; 3],
}

/// Nothing is refused.
const YES: &[&str] = &[];

/// Checks every row against `policies`.
pub(crate) fn check(policies: &Policies) {
    let rows: Vec<Row> =
        [launches(), profiles(), associations(), instances(), volumes(), network(), spot()]
            .into_iter()
            .flatten()
            .collect();
    assert!(rows.len() >= 66, "the table has shrunk to {} rows", rows.len());
    let columns = [
        ("databricks-managed VPC", &policies.databricks_managed),
        ("customer-managed VPC", &policies.customer_managed),
        ("customer-managed VPC, restricted", &policies.restricted),
    ];
    let mut wrong = Vec::new();
    for row in &rows {
        for ((column, access), refused) in columns.iter().zip(row.refused) {
            let passing = row.may_pass.then_some(&policies.pass_role).into_iter().flatten();
            let around = holding(access.iter().chain(passing).cloned());
            let found = refusals(LAUNCHER, &row.demands, &around);
            let expected: Vec<Refusal> = refused.iter().map(|text| parse(text)).collect();
            if found != expected {
                wrong.push(format!(
                    "{} / {column}\n  expected {expected:#?}\n  found {found:#?}",
                    row.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells differ\n{}", wrong.len(), wrong.join("\n"));
}

/// `action resource`: the refusal of that demand, in AWS's words.
fn parse(refused: &str) -> Refusal {
    let (action, resource) = refused.split_once(' ').expect("`action resource`");
    Refusal::lacks(IDENTITY, LAUNCHER, action, resource)
}

fn row(name: &'static str, demands: Vec<Demand>, refused: [&'static [&'static str]; 3]) -> Row {
    Row { name, demands, may_pass: false, refused }
}

impl Row {
    fn may_pass(mut self) -> Self {
        self.may_pass = true;
        self
    }
}

fn launches() -> Vec<Row> {
    let own_image = Image { owner: CUSTOMER, ..DATABRICKS_IMAGE };
    vec![
        row("launch, right VPC, tagged", launch().demands(), [YES, YES, YES]),
        row(
            "launch, untagged",
            launch().tagged(UNTAGGED, UNTAGGED).demands(),
            [YES, YES, &["ec2:RunInstances instance/*", "ec2:RunInstances volume/*"]],
        ),
        row(
            "launch, volume untagged",
            launch().tagged(VENDOR, UNTAGGED).demands(),
            [YES, YES, &["ec2:RunInstances volume/*"]],
        ),
        row(
            "launch, instance untagged",
            launch().tagged(UNTAGGED, VENDOR).demands(),
            [YES, YES, &["ec2:RunInstances instance/*"]],
        ),
        row(
            "launch, tagged with a value in lower case",
            launch().tagged(&[("Vendor", "databricks")], VENDOR).demands(),
            [YES, YES, &["ec2:RunInstances instance/*"]],
        ),
        // The names of condition keys have no case, tag keys in them included (user guide,
        // "Condition"; EC2 user guide, "Control access to specific tags").
        row(
            "launch, tagged with a key in lower case",
            launch().tagged(&[("vendor", "Databricks")], VENDOR).demands(),
            [YES, YES, YES],
        ),
        row(
            "launch, one more tag",
            launch().tagged(&[("Vendor", "Databricks"), ("Team", "x")], VENDOR).demands(),
            [YES, YES, YES],
        ),
        row(
            "launch, wrong VPC",
            launch().in_other_vpc().demands(),
            [
                YES,
                YES,
                &[
                    "ec2:RunInstances network-interface/*",
                    "ec2:RunInstances subnet/subnet-0ffffffffffffffff",
                    "ec2:RunInstances security-group/sg-0ffffffffffffffff",
                ],
            ],
        ),
        // The security group is named for its rules only, not for launches.
        row(
            "launch, right VPC, another security group",
            launch().in_group(OTHER_GROUP).demands(),
            [YES, YES, YES],
        ),
        row("launch, own image", launch().with_image(own_image).demands(), [YES, YES, YES]),
        row("launch, with a key pair", launch().with_key_pair("ops").demands(), [YES, YES, YES]),
        row(
            "launch, from a launch template",
            launch().with_template("lt-0a1b2c3d4e5f60718").demands(),
            [YES, YES, YES],
        ),
        row(
            "launch, with a volume from a snapshot",
            launch().with_snapshot("snap-0a1b2c3d4e5f60718").demands(),
            [YES, YES, YES],
        ),
        row("launch, on the spot market", launch().on_spot().demands(), [YES, YES, YES]),
    ]
}

fn profiles() -> Vec<Row> {
    const PASS: &[&str] = &["iam:PassRole role/databricks/lakehouse-reader"];
    let in_wrong_path = "arn:aws:iam::111122223333:role/lakehouse-reader";
    vec![
        row("launch with a profile", launch().with_profile().demands(), [PASS, PASS, PASS]),
        row(
            "launch with a profile, may pass its role",
            launch().with_profile().demands(),
            [YES, YES, YES],
        )
        .may_pass(),
        row(
            "launch with a profile, may pass its role, untagged, wrong VPC",
            launch().with_profile().tagged(UNTAGGED, UNTAGGED).in_other_vpc().demands(),
            [
                YES,
                YES,
                &[
                    "ec2:RunInstances instance/*",
                    "ec2:RunInstances volume/*",
                    "ec2:RunInstances network-interface/*",
                    "ec2:RunInstances subnet/subnet-0ffffffffffffffff",
                    "ec2:RunInstances security-group/sg-0ffffffffffffffff",
                ],
            ],
        )
        .may_pass(),
        // Two ARNs: the path is part of a role's name here.
        row(
            "launch with the profile of a role without the path",
            launch().passing(in_wrong_path, "ec2.amazonaws.com").demands(),
            [&["iam:PassRole role/lakehouse-reader"]; 3],
        )
        .may_pass(),
        row(
            "launch with the profile of an administrator",
            launch().passing("role/Admin", "ec2.amazonaws.com").demands(),
            [&["iam:PassRole role/Admin"]; 3],
        )
        .may_pass(),
    ]
}

fn associations() -> Vec<Row> {
    const PASS: &[&str] = &["iam:PassRole role/databricks/lakehouse-reader"];
    let associate = "ec2:AssociateIamInstanceProfile";
    let replace = "ec2:ReplaceIamInstanceProfileAssociation";
    vec![
        row("associate a profile, may not pass", give_profile(associate, OURS), [PASS, PASS, PASS]),
        row("associate a profile", give_profile(associate, OURS), [YES, YES, YES]).may_pass(),
        row(
            "associate a profile with an untagged instance",
            give_profile(associate, THEIRS),
            [YES, YES, &["ec2:AssociateIamInstanceProfile instance/i-0dead0beef0000002"]],
        )
        .may_pass(),
        row("replace a profile, may not pass", give_profile(replace, OURS), [PASS, PASS, PASS]),
        row("replace a profile", give_profile(replace, OURS), [YES, YES, YES]).may_pass(),
        row(
            "replace the profile of an untagged instance",
            give_profile(replace, THEIRS),
            [YES, YES, &["ec2:ReplaceIamInstanceProfileAssociation instance/i-0dead0beef0000002"]],
        )
        .may_pass(),
        row("take a profile away", take_profile(OURS), [YES, YES, YES]),
        row(
            "take the profile of an untagged instance away",
            take_profile(THEIRS),
            [YES, YES, &["ec2:DisassociateIamInstanceProfile instance/i-0dead0beef0000002"]],
        ),
        row(
            "list associations",
            anywhere("ec2:DescribeIamInstanceProfileAssociations"),
            [YES, YES, YES],
        ),
        row(
            "pass the role and nothing else",
            vec![pass_role(INSTANCE_ROLE, "ec2.amazonaws.com", &arn("instance/*"))],
            [YES, YES, YES],
        )
        .may_pass(),
    ]
}

fn instances() -> Vec<Row> {
    const START: &[&str] = &["ec2:StartInstances instance/i-0c0ffee0c0ffee001"];
    vec![
        row("terminate a tagged instance", terminate(OURS), [YES, YES, YES]),
        row(
            "terminate an untagged instance",
            terminate(THEIRS),
            [YES, YES, &["ec2:TerminateInstances instance/i-0dead0beef0000002"]],
        ),
        row(
            "terminate a tagged instance in another region",
            terminate_in(OTHER_REGION),
            [
                YES,
                YES,
                &[
                    "ec2:TerminateInstances arn:aws:ec2:eu-central-1:111122223333:instance/i-0c0ffee0c0ffee001",
                ],
            ],
        ),
        row("describe instances", anywhere("ec2:DescribeInstances"), [YES, YES, YES]),
        row("describe spot prices", anywhere("ec2:DescribeSpotPriceHistory"), [YES, YES, YES]),
        row("describe images", anywhere("ec2:DescribeImages"), [&["ec2:DescribeImages *"]; 3]),
        row("start an instance", vec![on("ec2:StartInstances", OURS)], [START, START, START]),
        // The restricted policy's tag conditions rest on nobody tagging what is not Databricks':
        // its own `ec2:CreateTags` is unconditional.
        row(
            "tag somebody else's instance",
            change_tags("ec2:CreateTags", THEIRS, VENDOR),
            [YES, YES, YES],
        ),
        row("untag an instance", change_tags("ec2:DeleteTags", OURS, UNTAGGED), [YES, YES, YES]),
    ]
}

fn volumes() -> Vec<Row> {
    let (attach, detach) = ("ec2:AttachVolume", "ec2:DetachVolume");
    vec![
        row("attach a volume", volume_of(attach, OURS, OUR_VOLUME), [YES, YES, YES]),
        row(
            "attach an untagged volume",
            volume_of(attach, OURS, THEIR_VOLUME),
            [YES, YES, &["ec2:AttachVolume volume/vol-0dead0beef0000002"]],
        ),
        row(
            "attach a volume to an untagged instance",
            volume_of(attach, THEIRS, OUR_VOLUME),
            [YES, YES, &["ec2:AttachVolume instance/i-0dead0beef0000002"]],
        ),
        // The policy for Databricks-managed VPCs lacks the action.
        row(
            "detach a volume",
            volume_of(detach, OURS, OUR_VOLUME),
            [
                &[
                    "ec2:DetachVolume instance/i-0c0ffee0c0ffee001",
                    "ec2:DetachVolume volume/vol-0c0ffee0c0ffee001",
                ],
                YES,
                YES,
            ],
        ),
        row(
            "detach an untagged volume from an untagged instance",
            volume_of(detach, THEIRS, THEIR_VOLUME),
            [
                &[
                    "ec2:DetachVolume instance/i-0dead0beef0000002",
                    "ec2:DetachVolume volume/vol-0dead0beef0000002",
                ],
                YES,
                &[
                    "ec2:DetachVolume instance/i-0dead0beef0000002",
                    "ec2:DetachVolume volume/vol-0dead0beef0000002",
                ],
            ],
        ),
        row("create a tagged volume", create_volume(VENDOR, None), [YES, YES, YES]),
        row(
            "create an untagged volume",
            create_volume(UNTAGGED, None),
            [YES, YES, &["ec2:CreateVolume volume/*"]],
        ),
        // The restricted policy grants the volume and not the snapshot.
        row(
            "create a tagged volume from a snapshot",
            create_volume(VENDOR, Some("snap-0a1b2c3d4e5f60718")),
            [YES, YES, &["ec2:CreateVolume snapshot/snap-0a1b2c3d4e5f60718"]],
        ),
        row("delete a tagged volume", delete_volume(OUR_VOLUME), [YES, YES, YES]),
        row(
            "delete an untagged volume",
            delete_volume(THEIR_VOLUME),
            [YES, YES, &["ec2:DeleteVolume volume/vol-0dead0beef0000002"]],
        ),
        row("describe volumes", anywhere("ec2:DescribeVolumes"), [YES, YES, YES]),
    ]
}

fn network() -> Vec<Row> {
    let ingress = "ec2:AuthorizeSecurityGroupIngress";
    let egress = "ec2:RevokeSecurityGroupEgress";
    const CREATE_VPC: &[&str] = &["ec2:CreateVpc vpc/*"];
    vec![
        row("open the named group", group_rule(ingress, GROUP, VPC), [YES, YES, YES]),
        row("close the named group", group_rule(egress, GROUP, VPC), [YES, YES, YES]),
        row(
            "open another group of the VPC",
            group_rule(ingress, OTHER_GROUP, VPC),
            [YES, YES, &["ec2:AuthorizeSecurityGroupIngress security-group/sg-0ffffffffffffffff"]],
        ),
        row(
            "close another group of the VPC",
            group_rule(egress, OTHER_GROUP, VPC),
            [YES, YES, &["ec2:RevokeSecurityGroupEgress security-group/sg-0ffffffffffffffff"]],
        ),
        row(
            "open the named group, were it in another VPC",
            group_rule(ingress, GROUP, OTHER_VPC),
            [YES, YES, &["ec2:AuthorizeSecurityGroupIngress security-group/sg-0a1b2c3d4e5f60718"]],
        ),
        row("create a VPC", create_vpc(), [YES, CREATE_VPC, CREATE_VPC]),
        row("describe VPCs", anywhere("ec2:DescribeVpcs"), [YES, YES, YES]),
        row(
            "describe a VPC's attributes",
            vec![Demand::new("ec2:DescribeVpcAttribute", "vpc/vpc-0a1b2c3d4e5f60718")],
            [&["ec2:DescribeVpcAttribute vpc/vpc-0a1b2c3d4e5f60718"], YES, YES],
        ),
        row(
            "describe network ACLs",
            anywhere("ec2:DescribeNetworkAcls"),
            [&["ec2:DescribeNetworkAcls *"], YES, YES],
        ),
    ]
}

fn spot() -> Vec<Row> {
    const PUT: &[&str] = &["iam:PutRolePolicy role AWSServiceRoleForEC2Spot"];
    const OTHER_SERVICE: &[&str] = &[
        "iam:CreateServiceLinkedRole role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
    ];
    const OTHER_ROLE: &[&str] = &[
        "iam:CreateServiceLinkedRole role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    ];
    const FLEET: &[&str] = &["ec2:CreateFleet fleet/*"];
    vec![
        row(
            "create the service-linked role of spot instances",
            create_linked_role(SPOT_ROLE, "spot.amazonaws.com"),
            [YES, YES, YES],
        ),
        row(
            "create it for another service",
            create_linked_role(SPOT_ROLE, "ecs.amazonaws.com"),
            [OTHER_SERVICE; 3],
        ),
        row(
            "create another service-linked role",
            create_linked_role(
                "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
                "ecs.amazonaws.com",
            ),
            [OTHER_ROLE; 3],
        ),
        row("put a policy on the role of spot instances", put_role_policy(SPOT_ROLE), [PUT; 3]),
        row("request spot instances", request_spot(SUBNET, GROUP, VPC), [YES, YES, YES]),
        // `ec2:RequestSpotInstances` stands among the actions on any resource, without a condition:
        // the restricted policy holds such a request to no VPC.
        row(
            "request spot instances in another VPC",
            request_spot(OTHER_SUBNET, OTHER_GROUP, OTHER_VPC),
            [YES, YES, YES],
        ),
        row(
            "cancel spot requests",
            vec![Demand::new(
                "ec2:CancelSpotInstanceRequests",
                "spot-instances-request/sir-0a1b2c3d",
            )],
            [YES, YES, YES],
        ),
        row("create a fleet", vec![Demand::new("ec2:CreateFleet", "fleet/*")], [YES, FLEET, FLEET]),
    ]
}
