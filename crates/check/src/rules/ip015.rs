//! IP015: the metadata service that nobody reaches.

use source::{Dialect, Resource};
use template::{Node, Value};

use crate::finding::{Finding, Severity};
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP015",
    name: "metadata-unreachable",
    summary: "containers behind a hop limit of 1, or scripts that ask the metadata service without a token",
    severity: Severity::Warning,
    what: "Instances and launch templates that require tokens with a hop limit of 1 and start containers in their user \
           data; and user data or init scripts that call 169.254.169.254 without a token, where tokens are required: \
           always in workspaces of Databricks made since October 2022. There, clusters that use the Glue catalog in isolation \
           mode too; where the mode is not said, that is a note.",
    why: "The token's answer is sent with the hop limit as its time to live: a container behind a bridge is one hop \
          further, and waits until it times out. Without a token the service answers 401. Databricks does not support its \
          isolated Glue catalog where tokens are required.",
    error: "Unable to locate credentials",
    failing: r#"
resource "aws_instance" "worker" {
  ami           = "ami-0abcdef1234567890"
  instance_type = "t3.micro"
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  user_data = <<-EOT
    #!/bin/bash
    docker run --rm example/worker
  EOT
}
"#,
    passing: r#"
resource "aws_instance" "worker" {
  ami           = "ami-0abcdef1234567890"
  instance_type = "t3.micro"
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
  user_data = <<-EOT
    #!/bin/bash
    docker run --rm example/worker
  EOT
}
"#,
    references: &[
        "EC2 user guide: Use the Instance Metadata Service, hop limit",
        "Databricks documentation: Enforce AWS Instance Metadata Service v2 on a workspace",
        "buildkite/elastic-ci-stack-for-aws#857",
    ],
    oracle: Oracle::RequestRefused("the instance's request for credentials"),
    unseen_in: &[],
    check,
};

const ADDRESS: &str = "169.254.169.254";

/// The deepest that jobs are searched for clusters.
const MAX_DEPTH: usize = 12;

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for resource in &world.graph.resources {
        if resource.is_data || resource.dialect == Dialect::Account {
            continue;
        }
        match &*resource.kind {
            "aws_instance" | "aws_launch_template" | "aws_launch_configuration" => {
                let options = ["http_tokens", "http_put_response_hop_limit"]
                    .map(|name| resource.get(&format!("metadata_options.{name}")));
                let data = resource.get("user_data").or_else(|| resource.get("user_data_base64"));
                instance(resource, options, data, found);
            }
            "AWS::EC2::Instance" | "AWS::EC2::LaunchTemplate" => {
                let at = if &*resource.kind == "AWS::EC2::Instance" {
                    ""
                } else {
                    "LaunchTemplateData."
                };
                let options = ["HttpTokens", "HttpPutResponseHopLimit"]
                    .map(|name| resource.get(&format!("{at}MetadataOptions.{name}")));
                instance(resource, options, resource.get(&format!("{at}UserData")), found);
            }
            "databricks_global_init_script"
            | "databricks_workspace_file"
            | "databricks_file"
            | "databricks_dbfs_file" => {
                if let Some(node) = resource.get("content_base64")
                    && without_token(&script(node))
                {
                    found.push(tell_token(
                        resource,
                        node,
                        "Databricks requires tokens in workspaces made since October 2022",
                    ));
                }
            }
            "databricks_cluster" | "databricks_job" => glue(resource, &resource.body, found, 0),
            _ => {}
        }
    }
}

/// Settings of Spark, by the names that Databricks documents ("Use AWS Glue Data Catalog as a metastore", "Enforce AWS
/// Instance Metadata Service v2 on a workspace").
const GLUE: &str = "spark.databricks.hive.metastore.glueCatalog.enabled";
const ISOLATION: &str = "spark.databricks.hive.metastore.glueCatalog.isolation.enabled";

/// Clusters with the Glue catalog, wherever a job nests them.
fn glue(resource: &Resource, node: &Node, found: &mut Vec<Finding>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(conf) = node.get("spark_conf") {
        found.extend(isolated(resource, conf));
    }
    let inner = node.entries().map(|(_, node)| node).chain(node.elements());
    for node in inner {
        glue(resource, node, found, depth + 1);
    }
}

fn isolated(resource: &Resource, conf: &Node) -> Option<Finding> {
    let enabled = conf.get(GLUE).filter(|it| it.as_bool() == Some(true))?;
    let isolation = conf.get(ISOLATION);
    let (severity, place) = match isolation.map(|it| (it.as_bool(), it.place)) {
        None => (Severity::Note, enabled.place),
        Some((Some(true), place)) => (Severity::Warning, place),
        Some(_) => return None,
    };
    let message = format!(
        "`{}` uses the Glue catalog in isolation mode, which fails where tokens are required",
        resource.address
    );
    Some(
        Finding::new(&RULE, severity, place, message)
            .because("Databricks requires tokens in workspaces made since October 2022")
            .write("turn isolation off", format!("\"{ISOLATION}\" = \"false\"")),
    )
}

fn instance(
    resource: &Resource,
    [tokens, hops]: [Option<&Node>; 2],
    data: Option<&Node>,
    found: &mut Vec<Finding>,
) {
    let Some(data) = data else { return };
    let required = tokens.and_then(Node::as_str) == Some("required");
    let text = script(data);
    if !required {
        return;
    }
    let limit = hops.map_or(Some(1.0), Node::as_number);
    let starts_containers = [
        "docker run",
        "docker compose",
        "docker-compose",
        "podman run",
        "ECS_CLUSTER",
        "nerdctl run",
    ];
    let on_host = text.contains("--network host")
        || text.contains("--net=host")
        || text.contains("--network=host");
    if limit == Some(1.0) && !on_host && starts_containers.iter().any(|word| text.contains(word)) {
        let hops_code = match resource.dialect {
            source::Dialect::CloudFormation => "HttpPutResponseHopLimit: 2",
            _ => "http_put_response_hop_limit = 2",
        };
        let place = hops.or(tokens).map_or(resource.place, |node| node.place);
        found.push(
            Finding::new(
                &RULE,
                Severity::Warning,
                place,
                format!(
                    "containers on `{}` do not reach the metadata service: the hop limit is 1",
                    resource.address
                ),
            )
            .label("a container behind a bridge is the second hop")
            .step("user data starts containers", data.place)
            .write("let answers travel one hop further", hops_code),
        );
    }
    if without_token(&text) {
        found.push(tell_token(resource, data, "the instance requires tokens"));
    }
}

fn tell_token(resource: &Resource, node: &Node, because: &str) -> Finding {
    Finding::new(&RULE, Severity::Warning, node.place, format!("a script of `{}` asks the metadata service without a token, and gets 401", resource.address))
        .because(because)
        .write(
            "fetch a token first",
            "TOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H \"X-aws-ec2-metadata-token-ttl-seconds: 21600\")\n\
             curl -s -H \"X-aws-ec2-metadata-token: $TOKEN\" http://169.254.169.254/latest/meta-data/…",
        )
}

fn without_token(text: &str) -> bool {
    text.contains(ADDRESS) && !text.to_ascii_lowercase().contains("x-aws-ec2-metadata-token")
}

/// The text of a script, decoded if it was encoded here; what is unknown in it is left out.
fn script(node: &Node) -> String {
    if let Some(decoded) = &node.decoded {
        return script(decoded);
    }
    match &node.value {
        Value::Text(text) => text.fill(|_| String::new()).into_owned(),
        _ => String::new(),
    }
}
