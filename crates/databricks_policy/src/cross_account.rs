//! The access policy of the cross-account role, with which Databricks launches instances.

use crate::statement::{Statement, document};
use crate::{Partition, PolicyError};

/// Of which kind of deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PolicyType {
    /// `managed`: Databricks makes the VPC.
    #[default]
    Managed,
    /// `customer`: the customer does.
    Customer,
    /// `restricted`: the customer does, and Databricks stays within it.
    Restricted,
}

/// What the policy depends on.
#[derive(Debug, Clone, Default)]
pub struct CrossAccount {
    /// Where.
    pub partition: Partition,
    /// Of which kind of deployment.
    pub policy_type: PolicyType,
    /// The ARNs of roles that clusters may be given in instance profiles.
    pub pass_roles: Vec<String>,
    /// `restricted` only: the AWS account.
    pub aws_account_id: String,
    /// `restricted` only: the VPC.
    pub vpc_id: String,
    /// `restricted` only: the region.
    pub region: String,
    /// `restricted` only: the security group.
    pub security_group_id: String,
}

const EVERYWHERE: &[&str] = &[
    "ec2:AssignPrivateIpAddresses",
    "ec2:CancelSpotInstanceRequests",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeIamInstanceProfileAssociations",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribePrefixLists",
    "ec2:DescribeReservedInstancesOfferings",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotInstanceRequests",
    "ec2:DescribeSpotPriceHistory",
    "ec2:DescribeSubnets",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcs",
    "ec2:CreateTags",
    "ec2:DeleteTags",
    "ec2:GetSpotPlacementScores",
    "ec2:RequestSpotInstances",
    "ec2:DescribeFleetHistory",
    "ec2:ModifyFleet",
    "ec2:DeleteFleets",
    "ec2:DescribeFleetInstances",
    "ec2:DescribeFleets",
    "ec2:CreateFleet",
    "ec2:DeleteLaunchTemplate",
    "ec2:GetLaunchTemplateData",
    "ec2:CreateLaunchTemplate",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:ModifyLaunchTemplate",
    "ec2:DeleteLaunchTemplateVersions",
    "ec2:CreateLaunchTemplateVersion",
];

const UNRESTRICTED: &[&str] = &[
    "ec2:AssociateIamInstanceProfile",
    "ec2:AttachVolume",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateVolume",
    "ec2:DeleteVolume",
    "ec2:DetachVolume",
    "ec2:DisassociateIamInstanceProfile",
    "ec2:ReplaceIamInstanceProfileAssociation",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
];

const MANAGED: &[&str] = &[
    "ec2:AttachInternetGateway",
    "ec2:AllocateAddress",
    "ec2:AssociateDhcpOptions",
    "ec2:AssociateRouteTable",
    "ec2:CreateDhcpOptions",
    "ec2:CreateInternetGateway",
    "ec2:CreateNatGateway",
    "ec2:CreateRoute",
    "ec2:CreateRouteTable",
    "ec2:CreateSecurityGroup",
    "ec2:CreateSubnet",
    "ec2:CreateVpc",
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteDhcpOptions",
    "ec2:DeleteInternetGateway",
    "ec2:DeleteNatGateway",
    "ec2:DeleteRoute",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteSubnet",
    "ec2:DeleteVpc",
    "ec2:DeleteVpcEndpoints",
    "ec2:DetachInternetGateway",
    "ec2:DisassociateRouteTable",
    "ec2:ModifyVpcAttribute",
    "ec2:ReleaseAddress",
];

/// The access policy of the cross-account role.
///
/// # Errors
/// The restricted kind needs to know account, VPC, region and security group.
pub fn cross_account(wanted: &CrossAccount) -> Result<String, PolicyError> {
    let namespace = wanted.partition.namespace();
    let mut actions = EVERYWHERE.to_vec();
    if wanted.policy_type != PolicyType::Restricted {
        actions.extend(UNRESTRICTED);
    }
    if wanted.policy_type == PolicyType::Managed {
        actions.extend(MANAGED);
    }
    let spot = format!(
        "arn:{namespace}:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
    );
    let mut statements = vec![
        Statement::allow(&actions).resources(&["*"]),
        Statement::allow(&["iam:CreateServiceLinkedRole", "iam:PutRolePolicy"])
            .resources(&[&spot])
            .when("StringLike", "iam:AWSServiceName", "spot.amazonaws.com"),
    ];
    if !wanted.pass_roles.is_empty() {
        statements.push(Statement::allow(&["iam:PassRole"]).resource_list(&wanted.pass_roles));
    }
    if wanted.policy_type == PolicyType::Restricted {
        check_restricted(wanted)?;
        statements.extend(restricted(wanted));
    }
    Ok(document(statements))
}

/// What the restricted policy allows within its VPC, and on what Databricks has tagged.
fn restricted(wanted: &CrossAccount) -> Vec<Statement> {
    let CrossAccount { partition, aws_account_id, vpc_id, region, security_group_id, .. } = wanted;
    let place = format!("arn:{}:ec2:{region}:{aws_account_id}", partition.namespace());
    let arn = |resource: &str| format!("{place}:{resource}");
    let on = |actions: &[&str], resources: &[&str]| {
        let arns: Vec<String> = resources.iter().map(|resource| arn(resource)).collect();
        Statement::allow(actions).resource_list(&arns)
    };
    let tagged = "ec2:ResourceTag/Vendor";
    let requested = "aws:RequestTag/Vendor";
    let databricks = "Databricks";
    let vpc = arn(&format!("vpc/{vpc_id}"));
    let group = format!("security-group/{security_group_id}");
    let other = [
        "image/*",
        "network-interface/*",
        "subnet/*",
        "security-group/*",
        "volume/*",
        "instance/*",
    ];
    vec![
        on(
            &[
                "ec2:AssociateIamInstanceProfile",
                "ec2:DisassociateIamInstanceProfile",
                "ec2:ReplaceIamInstanceProfileAssociation",
            ],
            &["instance/*"],
        )
        .named("InstancePoolsSupport")
        .when("StringEquals", tagged, databricks),
        on(&["ec2:RunInstances"], &["volume/*", "instance/*"])
            .named("AllowEc2RunInstancePerTag")
            .when("StringEquals", requested, databricks),
        on(&["ec2:RunInstances"], &["image/*"]).named("AllowEc2RunInstanceImagePerTag").when(
            "StringEquals",
            "aws:ResourceTag/Vendor",
            databricks,
        ),
        on(&["ec2:RunInstances"], &["network-interface/*", "subnet/*", "security-group/*"])
            .named("AllowEc2RunInstancePerVPCid")
            .when("StringEquals", "ec2:vpc", &vpc),
        Statement::allow(&["ec2:RunInstances"])
            .other_than(&other.map(arn))
            .named("AllowEc2RunInstanceOtherResources"),
        on(&["ec2:TerminateInstances"], &["instance/*"]).named("EC2TerminateInstancesTag").when(
            "StringEquals",
            tagged,
            databricks,
        ),
        on(&["ec2:AttachVolume", "ec2:DetachVolume"], &["instance/*", "volume/*"])
            .named("EC2AttachDetachVolumeTag")
            .when("StringEquals", tagged, databricks),
        on(&["ec2:CreateVolume"], &["volume/*"]).named("EC2CreateVolumeByTag").when(
            "StringEquals",
            requested,
            databricks,
        ),
        on(&["ec2:DeleteVolume"], &["volume/*"]).named("EC2DeleteVolumeByTag").when(
            "StringEquals",
            tagged,
            databricks,
        ),
        on(
            &[
                "ec2:AuthorizeSecurityGroupEgress",
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:RevokeSecurityGroupEgress",
                "ec2:RevokeSecurityGroupIngress",
            ],
            &[&group],
        )
        .named("VpcNonresourceSpecificActions")
        .when("StringEquals", "ec2:vpc", &vpc),
    ]
}

fn check_restricted(wanted: &CrossAccount) -> Result<(), PolicyError> {
    let need = |argument, fits: bool, form: &str| {
        let why = format!("is needed for the restricted policy, in the form {form}");
        if fits { Ok(()) } else { Err(PolicyError { argument, why }) }
    };
    let account = &wanted.aws_account_id;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    need("aws_account_id", is_account, "of 12 digits")?;
    need("vpc_id", wanted.vpc_id.starts_with("vpc-"), "vpc-…")?;
    need("region", !wanted.region.is_empty(), "us-east-1")?;
    need("security_group_id", wanted.security_group_id.starts_with("sg-"), "sg-…")
}
