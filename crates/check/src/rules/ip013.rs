//! IP013: a partition or an account that cannot be meant.

use template::{Node, Place, Value};

use crate::finding::{Finding, Severity};
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP013",
    name: "partition-or-account",
    summary: "an ARN with an account that is none, or of another partition than the provider's region",
    severity: Severity::Error,
    what: "ARNs of IAM with an account that has not 12 digits, such as a Databricks account id, are an error. So are ARNs \
           of `aws` where the provider's region is in GovCloud or China, and commercial Databricks principals there.",
    why: "Databricks has account ids too, and they are UUIDs; ARNs take those of AWS. Partitions do not see each other, and \
          GovCloud has principals of its own.",
    error: "MalformedPolicyDocument: Invalid principal in policy",
    failing: r#"
resource "aws_iam_role" "lake" {
  name = "lake"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9:root" }
    }]
  })
}
"#,
    passing: r#"
resource "aws_iam_role" "lake" {
  name = "lake"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}
"#,
    references: &[
        "AWS general reference: Amazon Resource Names, partitions",
        "databricks/terraform-databricks-examples#118, databricks/terraform-provider-databricks#4054",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[],
    check,
};

/// The deepest that resources are searched.
const MAX_DEPTH: usize = 40;

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for resource in &world.graph.resources {
        if resource.is_data && !resource.kind.ends_with("policy_document") {
            continue;
        }
        let of_aws = resource.kind.starts_with("aws_") || resource.kind.starts_with("AWS::");
        if !of_aws && !resource.kind.starts_with("databricks_") {
            continue;
        }
        search(world, &resource.body, found, 0);
    }
    for document in &world.graph.documents {
        search(world, &document.body, found, 0);
    }
}

fn search(world: &World<'_>, node: &Node, found: &mut Vec<Finding>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(decoded) = &node.decoded {
        return search(world, decoded, found, depth + 1);
    }
    match &node.value {
        Value::List(nodes) => nodes.iter().for_each(|node| search(world, node, found, depth + 1)),
        Value::Map(entries) => {
            entries.values().for_each(|node| search(world, node, found, depth + 1))
        }
        Value::Text(text) if text.marked().starts_with("arn:") => {
            of_arn(world, text.marked(), node.place, found)
        }
        _ => {}
    }
}

fn of_arn(world: &World<'_>, arn: &str, place: Place, found: &mut Vec<Finding>) {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, partition, service, _, account, _] = parts.as_slice() else { return };
    let is_known = |part: &str| template::Text::from_marked(part).known().is_some();
    if *service == "iam" && is_known(account) && !is_account(account) {
        let is_uuid = account.len() == 36 && account.matches('-').count() == 4;
        let what = if is_uuid {
            "a Databricks account id, not an AWS one"
        } else {
            "not an AWS account id"
        };
        let is_placeholder = account.contains(['<', '>', '$', '{'])
            || account.to_ascii_uppercase().contains("ACCOUNT");
        let severity = if is_placeholder { Severity::Warning } else { Severity::Error };
        found.push(
            Finding::new(&RULE, severity, place, format!("`{account}` is {what}"))
                .label("an account in an ARN has 12 digits")
                .write(
                    "take the account of whoever applies",
                    world.written_as(
                        "data.aws_caller_identity.current.account_id",
                        "!Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:root\"",
                    ),
                ),
        );
    }
    let known = is_known(partition) && *partition != "*";
    if world.region_is_known && known && *partition != world.partition {
        let of_databricks = crate::trust::DATABRICKS_ACCOUNTS.contains(account);
        // Documents of Databricks' data sources are of the partition that their argument names.
        let mut data = world.graph.resources.iter().filter(|it| it.is_data);
        let generated = data.any(|it| it.kind.starts_with("databricks_aws_") && it.extent == place);
        let (advice, code) = if generated {
            ("name the partition", format!("aws_partition = \"{}\"", world.partition))
        } else {
            let hcl = "data.aws_partition.current.partition";
            let code = world.written_as(hcl, "!Sub \"arn:${AWS::Partition}:…\"");
            ("take the partition from the provider", code)
        };
        let mut finding = Finding::new(
            &RULE,
            Severity::Error,
            place,
            format!(
                "an ARN of `{partition}`, and the provider's region `{}` is in `{}`",
                world.region, world.partition
            ),
        )
        .label("partitions do not see each other");
        if of_databricks {
            finding = finding.because("Databricks has other principals in GovCloud");
        }
        found.push(finding.write(advice, code));
    }
}

/// 12 digits, AWS itself, nobody in particular, or a pattern.
fn is_account(text: &str) -> bool {
    text.is_empty()
        || text == "aws"
        || text.contains(['*', '?'])
        || text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
