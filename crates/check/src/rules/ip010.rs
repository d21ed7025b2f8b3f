//! IP010: the cross-account role lacks actions that Databricks checks.

use source::Resource;

use crate::answer::{Answer, Question};
use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP010",
    name: "cross-account-actions",
    summary: "a cross-account role without an action that Databricks needs",
    severity: Severity::Error,
    what: "The engine is asked whether the cross-account role may call each action of Databricks' documented policies: \
           those of a customer-managed VPC always, those that make a VPC where a workspace of this code has no network of \
           its own. What is dry-run when a workspace is made, makes its network or launches is an error for roles in \
           `databricks_mws_credentials`, and a warning for roles that only look like one; what is used later (volumes, \
           changes of profiles, clean-up) is a warning. If fleet instances are used without the fleet actions, or spot \
           instances without the right to make their service-linked role, that is a warning.",
    why: "Databricks dry-runs these actions when credentials and workspaces are made, and names the checks that fail in \
          words that are no IAM actions.",
    error: "MALFORMED_REQUEST: Failed credentials validation checks: Allocate Address",
    failing: r#"
variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "this" {
  external_id = var.databricks_account_id
}
resource "aws_iam_role" "cross_account" {
  name               = "cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy" "cross_account" {
  role = aws_iam_role.cross_account.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["ec2:RunInstances", "ec2:Describe*"], Resource = "*" }]
  })
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "creds"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy.cross_account]
}
"#,
    passing: r#"
variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "this" {
  external_id = var.databricks_account_id
}
data "databricks_aws_crossaccount_policy" "this" {}
resource "aws_iam_role" "cross_account" {
  name               = "cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy" "cross_account" {
  role   = aws_iam_role.cross_account.id
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "creds"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy.cross_account]
}
"#,
    references: &[
        "Databricks documentation: Create a cross-account IAM role, the three access policies",
        "databricks/terraform-provider-databricks#951, #2255, databricks/terraform-databricks-sra#101",
    ],
    oracle: Oracle::RequestRefused("a workspace with the role's credentials, or a cluster in it"),
    unseen_in: &[],
    check,
};

/// Name of the check, action: what is dry-run when a workspace is made (terraform-provider-databricks issue 951), what
/// makes its network usable, and what every launch asks for.
const ALWAYS: &[(&str, &str)] = &[
    ("Spot Cancellation", "ec2:CancelSpotInstanceRequests"),
    ("Delete Tags", "ec2:DeleteTags"),
    ("Describe Availability Zones", "ec2:DescribeAvailabilityZones"),
    ("Describe Instance Status", "ec2:DescribeInstanceStatus"),
    ("Describe instances", "ec2:DescribeInstances"),
    ("Describe Route Tables", "ec2:DescribeRouteTables"),
    ("Describe Security Groups", "ec2:DescribeSecurityGroups"),
    ("Describe Spot Instances", "ec2:DescribeSpotInstanceRequests"),
    ("Describe Spot Price History", "ec2:DescribeSpotPriceHistory"),
    ("Describe Subnets", "ec2:DescribeSubnets"),
    ("Describe Volumes", "ec2:DescribeVolumes"),
    ("Describe Vpcs", "ec2:DescribeVpcs"),
    ("Request Spot Instances", "ec2:RequestSpotInstances"),
    ("Authorize Security Group Egress", "ec2:AuthorizeSecurityGroupEgress"),
    ("Authorize Security Group Ingress", "ec2:AuthorizeSecurityGroupIngress"),
    ("Create Tags", "ec2:CreateTags"),
    ("Run Instances", "ec2:RunInstances"),
];

/// The same where Databricks makes the VPC.
const MANAGED: &[(&str, &str)] = &[
    ("Allocate Address", "ec2:AllocateAddress"),
    ("Associate Dhcp Options", "ec2:AssociateDhcpOptions"),
    ("Create Dhcp Options", "ec2:CreateDhcpOptions"),
    ("Associate Route Table", "ec2:AssociateRouteTable"),
    ("Attach Internet Gateway", "ec2:AttachInternetGateway"),
    ("Create Internet Gateway", "ec2:CreateInternetGateway"),
    ("Create Nat Gateway", "ec2:CreateNatGateway"),
    ("Create Route", "ec2:CreateRoute"),
    ("Create Route Table", "ec2:CreateRouteTable"),
    ("Create Security Group", "ec2:CreateSecurityGroup"),
    ("Create Subnet", "ec2:CreateSubnet"),
    ("Create Vpc", "ec2:CreateVpc"),
    ("Create Vpc Endpoint", "ec2:CreateVpcEndpoint"),
    ("Modify Vpc Attribute", "ec2:ModifyVpcAttribute"),
];

/// In every policy that Databricks documents, and used later: volumes, profiles that change, clean-up.
const LATER: &[(&str, &str)] = &[
    ("Associate Iam Instance Profile", "ec2:AssociateIamInstanceProfile"),
    ("Attach Volume", "ec2:AttachVolume"),
    ("Create Volume", "ec2:CreateVolume"),
    ("Delete Volume", "ec2:DeleteVolume"),
    ("Describe Iam Instance Profile Associations", "ec2:DescribeIamInstanceProfileAssociations"),
    ("Describe Internet Gateways", "ec2:DescribeInternetGateways"),
    ("Describe Nat Gateways", "ec2:DescribeNatGateways"),
    ("Describe Prefix Lists", "ec2:DescribePrefixLists"),
    ("Describe Reserved Instances Offerings", "ec2:DescribeReservedInstancesOfferings"),
    ("Disassociate Iam Instance Profile", "ec2:DisassociateIamInstanceProfile"),
    ("Replace Iam Instance Profile Association", "ec2:ReplaceIamInstanceProfileAssociation"),
    ("Revoke Security Group Egress", "ec2:RevokeSecurityGroupEgress"),
    ("Revoke Security Group Ingress", "ec2:RevokeSecurityGroupIngress"),
    ("Terminate Instances", "ec2:TerminateInstances"),
];

/// The same where Databricks makes the VPC.
const LATER_MANAGED: &[(&str, &str)] = &[
    ("Delete Dhcp Options", "ec2:DeleteDhcpOptions"),
    ("Delete Internet Gateway", "ec2:DeleteInternetGateway"),
    ("Delete Nat Gateway", "ec2:DeleteNatGateway"),
    ("Delete Route", "ec2:DeleteRoute"),
    ("Delete Route Table", "ec2:DeleteRouteTable"),
    ("Delete Security Group", "ec2:DeleteSecurityGroup"),
    ("Delete Subnet", "ec2:DeleteSubnet"),
    ("Delete Vpc", "ec2:DeleteVpc"),
    ("Delete Vpc Endpoints", "ec2:DeleteVpcEndpoints"),
    ("Detach Internet Gateway", "ec2:DetachInternetGateway"),
    ("Disassociate Route Table", "ec2:DisassociateRouteTable"),
    ("Release Address", "ec2:ReleaseAddress"),
];

const FLEET: &[(&str, &str)] = &[
    ("Create Fleet", "ec2:CreateFleet"),
    ("Delete Fleets", "ec2:DeleteFleets"),
    ("Describe Fleets", "ec2:DescribeFleets"),
    ("Describe Fleet Instances", "ec2:DescribeFleetInstances"),
    ("Create Launch Template", "ec2:CreateLaunchTemplate"),
    ("Create Launch Template Version", "ec2:CreateLaunchTemplateVersion"),
    ("Delete Launch Template", "ec2:DeleteLaunchTemplate"),
    ("Describe Launch Templates", "ec2:DescribeLaunchTemplates"),
];

/// How many actions a message lists.
const LISTED: usize = 8;

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for (role, told) in world.launchers() {
        if !role.is_of_code() || role.policies.is_empty() && role.unseen.is_empty() && !told {
            continue;
        }
        let managed = has_managed_network(world) && told;
        let with = |one: &[(&'static str, &'static str)], more: &[(&'static str, &'static str)]| {
            [one, if managed { more } else { &[] }].concat()
        };
        let severity = if told { Severity::Error } else { Severity::Warning };
        let fails = |first: &str| format!("Databricks' validation will fail at `{first}`: ");
        match lacking(world, role, &with(ALWAYS, MANAGED), severity, &fails) {
            Some(finding) => found.push(finding),
            // Where much is missing the rest is mended with it.
            None => found.extend(lacking(
                world,
                role,
                &with(LATER, LATER_MANAGED),
                Severity::Warning,
                &|_: &str| "less than Databricks documents: ".to_owned(),
            )),
        }
        if uses_fleets(world) {
            let fails = |first: &str| format!("fleet instances will fail at `{first}`: ");
            found.extend(lacking(world, role, FLEET, Severity::Warning, &fails));
        }
        found.extend(spot(world, role));
    }
}

/// Whether a workspace of this code lets Databricks make its network. Where no workspace is made here, it is made
/// elsewhere and may bring a network.
fn has_managed_network(world: &World<'_>) -> bool {
    let mut workspaces = world.of_kind("databricks_mws_workspaces");
    let brings = |it: &Resource| it.get("network_id").is_some();
    world.has("databricks_mws_workspaces") && !workspaces.any(brings)
}

fn lacking(
    world: &World<'_>,
    role: &Role<'_>,
    wanted: &[(&'static str, &'static str)],
    severity: Severity,
    what_for: &dyn Fn(&str) -> String,
) -> Option<Finding> {
    let is_lacking = |(_, action): &&(&str, &str)| {
        world.ask(&Question::new(role, action, "*").on_any()) == Answer::Refused
    };
    let missing: Vec<&(&str, &str)> = wanted.iter().filter(is_lacking).collect();
    let (first, _) = missing.first()?;
    let place = role.policies.first().map_or(role.resource.place, |policy| policy.place);
    let actions: Vec<&str> = missing.iter().map(|(_, action)| *action).collect();
    let shown = actions.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    let more = actions.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message =
        format!("{}`{}` may not call {shown}{more}", what_for(first), role.resource.address);
    let mut finding = Finding::new(&RULE, severity, place, message).step(
        format!("`{}` is the cross-account role", role.resource.address),
        role.resource.place,
    );
    for policy in role.policies.iter().take(3) {
        finding = finding.step(format!("`{}` is one of its policies", policy.name), policy.place);
    }
    let list = |before: &str, after: &str| {
        let lines: Vec<String> =
            actions.iter().map(|action| format!("{before}{action}{after}")).collect();
        lines.join("\n")
    };
    let code = world.written_as(
        format!("actions = [\n{}\n]", list("  \"", "\",")),
        format!("Action:\n{}", list("  - ", "")),
    );
    Some(finding.write("allow them on every resource", code))
}

fn uses_fleets(world: &World<'_>) -> bool {
    let kinds = ["databricks_cluster", "databricks_instance_pool", "databricks_job"];
    let compute = kinds.iter().flat_map(|kind| world.of_kind(kind));
    compute.into_iter().any(|resource| {
        let mut text = String::new();
        template::write_json(&resource.body, &mut text);
        text.contains("-fleet.")
    })
}

/// The first spot instance of an account needs a service-linked role, made by whoever asks for it.
fn spot(world: &World<'_>, role: &Role<'_>) -> Option<Finding> {
    let kinds = ["databricks_cluster", "databricks_instance_pool", "databricks_job"];
    let mut compute = kinds.iter().flat_map(|kind| world.of_kind(kind));
    let user = compute.find(|resource| {
        let availability =
            resource.get("aws_attributes.availability").and_then(template::Node::as_str);
        availability.is_some_and(|it| it.starts_with("SPOT"))
    })?;
    let arn = format!(
        "arn:{}:iam::{}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
        world.partition, world.account
    );
    let question = Question::new(role, "iam:CreateServiceLinkedRole", arn);
    if world.ask(&question.with("iam:awsservicename", "spot.amazonaws.com")) != Answer::Refused {
        return None;
    }
    let message = format!(
        "the first spot instance of the account fails: `{}` may not make the service-linked role for spot",
        role.resource.address
    );
    Some(
        Finding::new(&RULE, Severity::Warning, user.place, message)
            .because("EC2 answers `AuthFailure.ServiceLinkedRoleCreationNotPermitted`, unless the account has had spot instances before")
            .step(format!("`{}` asks for spot instances", user.address), user.place)
            .step(format!("`{}` launches them", role.resource.address), role.resource.place)
            .advise("allow iam:CreateServiceLinkedRole and iam:PutRolePolicy on role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"),
    )
}
