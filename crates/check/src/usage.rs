//! Where roles and profiles are used, and what each place takes.

use source::Resource;
use template::{Node, Value};

use crate::entity::Form;
use crate::world::World;

/// A place that takes a role or a profile.
#[derive(Debug, Clone)]
pub(crate) struct Usage<'g> {
    pub(crate) resource: &'g Resource,
    /// The argument, for people.
    pub(crate) argument: &'static str,
    pub(crate) node: Node,
    /// What it takes.
    pub(crate) takes: &'static [Form],
    /// Who is there.
    pub(crate) by: By,
}

/// Who uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Something that starts instances, through EC2 itself.
    Ec2,
    /// Something of Databricks that starts instances.
    Compute,
    /// `databricks_instance_profile`
    Registration,
    /// A grant of a profile to somebody.
    Grant,
    /// Whatever holds a role.
    Role,
}

const PROFILE_NAME: &[Form] = &[Form::ProfileName];
const PROFILE_ARN: &[Form] = &[Form::ProfileArn];
const PROFILE: &[Form] = &[Form::ProfileName, Form::ProfileArn];
const ROLE_NAME: &[Form] = &[Form::RoleName];
const ROLE_ARN: &[Form] = &[Form::RoleArn];

/// Kind of resource, path of the argument, what it takes, who is there.
///
/// Source: the documentation of each resource in the AWS and Databricks providers and in CloudFormation.
const TABLE: &[(&str, &str, &[Form], By)] = &[
    ("aws_instance", "iam_instance_profile", PROFILE_NAME, By::Ec2),
    ("aws_spot_instance_request", "iam_instance_profile", PROFILE_NAME, By::Ec2),
    ("aws_launch_configuration", "iam_instance_profile", PROFILE, By::Ec2),
    ("aws_launch_template", "iam_instance_profile.name", PROFILE_NAME, By::Ec2),
    ("aws_launch_template", "iam_instance_profile.arn", PROFILE_ARN, By::Ec2),
    ("aws_iam_instance_profile", "role", ROLE_NAME, By::Role),
    ("aws_iam_role_policy_attachment", "role", ROLE_NAME, By::Role),
    ("aws_iam_role_policy", "role", ROLE_NAME, By::Role),
    ("databricks_instance_profile", "instance_profile_arn", PROFILE_ARN, By::Registration),
    ("databricks_instance_profile", "iam_role_arn", ROLE_ARN, By::Role),
    ("databricks_mws_credentials", "role_arn", ROLE_ARN, By::Role),
    ("databricks_storage_credential", "aws_iam_role.role_arn", ROLE_ARN, By::Role),
    ("databricks_credential", "aws_iam_role.role_arn", ROLE_ARN, By::Role),
    ("databricks_metastore_data_access", "aws_iam_role.role_arn", ROLE_ARN, By::Role),
    ("databricks_group_instance_profile", "instance_profile_id", PROFILE_ARN, By::Grant),
    ("databricks_user_instance_profile", "instance_profile_id", PROFILE_ARN, By::Grant),
    ("databricks_group_role", "role", PROFILE_ARN, By::Grant),
    ("databricks_user_role", "role", PROFILE_ARN, By::Grant),
    ("databricks_service_principal_role", "role", PROFILE_ARN, By::Grant),
    ("databricks_mount", "s3.instance_profile", PROFILE_ARN, By::Compute),
    ("databricks_aws_s3_mount", "instance_profile", PROFILE_ARN, By::Compute),
    ("AWS::EC2::Instance", "IamInstanceProfile", PROFILE_NAME, By::Ec2),
    (
        "AWS::EC2::LaunchTemplate",
        "LaunchTemplateData.IamInstanceProfile.Name",
        PROFILE_NAME,
        By::Ec2,
    ),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData.IamInstanceProfile.Arn", PROFILE_ARN, By::Ec2),
    ("AWS::AutoScaling::LaunchConfiguration", "IamInstanceProfile", PROFILE, By::Ec2),
    ("AWS::IAM::InstanceProfile", "Roles", ROLE_NAME, By::Role),
];

impl<'g> World<'g> {
    pub(crate) fn find_usages(&self) -> Vec<Usage<'g>> {
        let mut found = Vec::new();
        for resource in &self.graph.resources {
            if resource.is_data {
                continue;
            }
            for (kind, path, takes, by) in TABLE {
                if *kind != &*resource.kind {
                    continue;
                }
                for node in resource.get(path).map(Node::one_or_many).unwrap_or_default() {
                    let argument = path;
                    found.push(Usage { resource, argument, node: node.clone(), takes, by: *by });
                }
            }
            if resource.kind.starts_with("databricks_")
                && &*resource.kind != "databricks_instance_profile"
            {
                let mut nodes = Vec::new();
                inner(&resource.body, &mut nodes, 0);
                if &*resource.kind == "databricks_cluster_policy" {
                    nodes.extend(self.in_definition(resource));
                }
                found.extend(nodes.into_iter().map(|node| Usage {
                    resource,
                    argument: "instance_profile_arn",
                    node,
                    takes: PROFILE_ARN,
                    by: By::Compute,
                }));
            }
        }
        found
    }

    /// The profile that a cluster policy fixes or offers.
    fn in_definition(&self, policy: &Resource) -> Vec<Node> {
        let Some(definition) = policy.get("definition") else { return Vec::new() };
        let document = self.document(policy, definition, iam::PolicyKind::Identity);
        let rule = document.tree.get("aws_attributes.instance_profile_arn").cloned();
        let values = rule.into_iter().flat_map(|rule| {
            let value = rule.get("value").cloned();
            let listed = rule.get("values").map(|it| it.one_or_many().to_vec()).unwrap_or_default();
            value.into_iter().chain(listed).collect::<Vec<_>>()
        });
        values.collect()
    }
}

/// `instance_profile_arn` anywhere in a resource: clusters, jobs, pools, warehouses nest it differently.
fn inner(node: &Node, found: &mut Vec<Node>, depth: usize) {
    if depth > 12 {
        return;
    }
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries.iter() {
                if key.known() == Some("instance_profile_arn") && !value.is_null() {
                    found.push(value.clone());
                } else {
                    inner(value, found, depth + 1);
                }
            }
        }
        Value::List(nodes) => nodes.iter().for_each(|node| inner(node, found, depth + 1)),
        _ => {}
    }
}
