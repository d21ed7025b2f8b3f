//! IP104: validation that is switched off, and nobody says why.

use crate::finding::{Finding, Severity};
use crate::rule::{Language, Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP104",
    name: "skipped-validation",
    summary: "`skip_validation = true` without a comment that says why",
    severity: Severity::Warning,
    what: "`skip_validation = true` of an instance profile, a storage credential or an external location without a comment on \
           its line or on the line before.",
    why: "It is set once to get over a race or a missing permission, and stays. Then nothing tells that the profile cannot \
          be launched with, until a job fails. There are good reasons, and they are worth a comment.",
    error: "",
    failing: r#"
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/etl"
  skip_validation      = true
}
"#,
    passing: r#"
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/etl"
  # the organization demands a cost-center tag, which the dry run does not carry
  skip_validation = true
}
"#,
    references: &[
        "Databricks provider: databricks_instance_profile, skip_validation",
        "databricks/terraform-provider-databricks#860",
    ],
    oracle: Oracle::None("nothing is refused; that is the finding"),
    unseen_in: &[
        (Language::CloudFormation, "CloudFormation does not make what is Databricks'"),
        (Language::Plan, "a plan has no comments"),
    ],
    check,
};

const KINDS: [&str; 4] = [
    "databricks_instance_profile",
    "databricks_storage_credential",
    "databricks_credential",
    "databricks_external_location",
];

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for resource in KINDS.iter().flat_map(|kind| world.of_kind(kind)) {
        // A plan does not have comments.
        if resource.dialect != source::Dialect::Terraform
            || !world.is_set(resource, "skip_validation")
        {
            continue;
        }
        let Some(node) = resource.get("skip_validation") else { continue };
        let sources = &world.graph.sources;
        let line = sources.position(node.place).line as usize;
        let lines = sources.text(node.place.file).lines().skip(line.saturating_sub(2)).take(2);
        if lines.into_iter().any(|line| line.contains('#') || line.contains("//")) {
            continue;
        }
        found.push(
            Finding::new(
                &RULE,
                Severity::Warning,
                node.place,
                format!("`{}` skips its validation, and nothing says why", resource.address),
            )
            .because("what the validation would have told shows when a job fails")
            .advise("take it out, or say why in a comment beside it"),
        );
    }
}
