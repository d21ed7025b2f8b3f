//! IP105: a region where a zone belongs.

use template::{Node, Value};

use crate::finding::{Finding, Severity};
use crate::rule::{Language, Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP105",
    name: "region-for-zone",
    summary: "a region in `zone_id` of a cluster, where an availability zone belongs",
    severity: Severity::Warning,
    what: "`zone_id` in `aws_attributes` of a cluster, pool or job that is the name of a region.",
    why: "A zone is the region with a letter, such as `us-east-1a`; `auto` lets Databricks choose. Some versions of the \
          documentation show a region, which the API does not take as a zone.",
    error: "",
    failing: r#"
resource "databricks_instance_pool" "small" {
  instance_pool_name                    = "small"
  min_idle_instances                    = 0
  idle_instance_autotermination_minutes = 10
  node_type_id                          = "i3.xlarge"
  aws_attributes {
    zone_id = "us-east-1"
  }
}
"#,
    passing: r#"
resource "databricks_instance_pool" "small" {
  instance_pool_name                    = "small"
  min_idle_instances                    = 0
  idle_instance_autotermination_minutes = 10
  node_type_id                          = "i3.xlarge"
  aws_attributes {
    zone_id = "us-east-1a"
  }
}
"#,
    references: &["Databricks API: clusters, aws_attributes.zone_id"],
    oracle: Oracle::None("what the API does with a region is not documented (unverified)"),
    unseen_in: &[(Language::CloudFormation, "CloudFormation does not make what is Databricks'")],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for resource in &world.graph.resources {
        if resource.kind.starts_with("databricks_") && !resource.is_data {
            search(&resource.body, &resource.address, found, 0);
        }
    }
}

fn search(node: &Node, address: &str, found: &mut Vec<Finding>, depth: usize) {
    if depth > 12 {
        return;
    }
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries.iter() {
                match value.as_str() {
                    Some(zone) if key.known() == Some("zone_id") && is_region(zone) => {
                        found.push(
                            Finding::new(&RULE, Severity::Warning, value.place, format!("`{zone}` is a region, and `zone_id` of `{address}` takes a zone"))
                                .label("a zone ends in a letter")
                                .write("name a zone of the region, or let Databricks choose", "zone_id = \"auto\""),
                        );
                    }
                    _ => search(value, address, found, depth + 1),
                }
            }
        }
        Value::List(nodes) => nodes.iter().for_each(|node| search(node, address, found, depth + 1)),
        _ => {}
    }
}

/// `us-east-1`, `ap-southeast-2`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() >= 3
        && parts.iter().all(|part| !part.is_empty())
        && parts.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
        && parts.iter().rev().skip(1).all(|part| part.bytes().all(|byte| byte.is_ascii_lowercase()))
}
