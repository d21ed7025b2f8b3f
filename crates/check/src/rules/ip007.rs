//! IP007: a role for Unity Catalog that Unity Catalog cannot assume, or that cannot assume itself.

use source::Resource;
use template::Node;

use crate::answer::{Answer, Question, Who};
use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::rule::{Language, Oracle, Rule};
use crate::trust::Named;
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP007",
    name: "catalog-role-trust",
    summary: "a storage credential whose role does not trust Unity Catalog, or cannot assume itself",
    severity: Severity::Error,
    what: "The engine is asked whether Unity Catalog's role may assume the credential's role with the credential's \
           external id, and whether a session of the role may assume the role again. Either refusal is an error; a \
           warning if the credential skips validation.",
    why: "Databricks validates a credential by assuming the role and then, from that session, the same role again. Since \
          June 2023 AWS asks for explicit trust for the second step; roles from before, and copied policies, lack it.",
    error: "The IAM role for this storage credential was found to be non self-assuming.",
    failing: r#"
resource "databricks_storage_credential" "lake" {
  name = "lake"
  aws_iam_role {
    role_arn = aws_iam_role.lake.arn
  }
}
resource "aws_iam_role" "lake" {
  name = "lake"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL" }
      Condition = { StringEquals = { "sts:ExternalId" = "0000" } }
    }]
  })
}
resource "aws_iam_role_policy" "lake" {
  role = aws_iam_role.lake.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.lake.arn }]
  })
}
"#,
    passing: r#"
variable "aws_account_id" {}
resource "databricks_storage_credential" "lake" {
  name            = "lake"
  skip_validation = true # the role follows, as it needs the external id
  aws_iam_role {
    role_arn = "arn:aws:iam::${var.aws_account_id}:role/lake"
  }
}
data "databricks_aws_unity_catalog_assume_role_policy" "lake" {
  aws_account_id = var.aws_account_id
  role_name      = "lake"
  external_id    = databricks_storage_credential.lake.aws_iam_role[0].external_id
}
resource "aws_iam_role" "lake" {
  name               = "lake"
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.lake.json
}
resource "aws_iam_role_policy" "lake" {
  role = aws_iam_role.lake.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.lake.arn }]
  })
}
"#,
    references: &[
        "Databricks documentation: Create a storage credential for connecting to AWS S3",
        "AWS security blog: Announcing an update to IAM role trust policy behavior",
        "databricks/terraform-provider-databricks#2393, #4755",
    ],
    oracle: Oracle::RequestRefused("the validation of the credential"),
    unseen_in: &[(Language::CloudFormation, "CloudFormation does not make what is Databricks'")],
    check,
};

/// Kinds of resources that hold a role for Unity Catalog.
const CREDENTIALS: [&str; 3] =
    ["databricks_storage_credential", "databricks_credential", "databricks_metastore_data_access"];

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for credential in CREDENTIALS.iter().flat_map(|kind| world.of_kind(kind)) {
        let Some(node) = credential.get("aws_iam_role.role_arn") else { continue };
        let Some(role) = world.role_of(node).filter(|role| role.is_of_code()) else { continue };
        if let Some(trust) = role.trust.as_ref().filter(|trust| trust.tree.as_hole().is_none()) {
            let principals = world.principals(trust);
            found.extend(by_catalog(world, credential, role, &principals));
            found.extend(by_itself(world, credential, role));
        }
    }
}

fn severity(world: &World<'_>, credential: &Resource) -> Severity {
    if world.is_set(credential, "skip_validation") || !credential.is_certain {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// Unity Catalog's own role, of whatever partition the trust policy may mean.
fn by_catalog(
    world: &World<'_>,
    credential: &Resource,
    role: &Role<'_>,
    principals: &[Named],
) -> Option<Finding> {
    let gov = [
        "arn:aws-us-gov:iam::044793339203:role/unity-catalog-prod-UCMasterRole-1QRFA8SGY15OJ",
        "arn:aws-us-gov:iam::170661010020:role/unity-catalog-prod-UCMasterRole-1DI6DL6ZP26AS",
    ];
    let usual = ["arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL"];
    let masters: &[&str] = if world.partition == "aws-us-gov" { &gov } else { &usual };
    let refused = masters.iter().all(|master| {
        let question = Question::assume(Who::Outsider(master), role);
        world.ask(&question) == Answer::Refused
    });
    if !refused {
        return None;
    }
    let trust = role.trust.as_ref()?;
    let message = format!(
        "Unity Catalog may not assume `{}`, the role of `{}`",
        role.resource.address, credential.address
    );
    let finding = Finding::new(&RULE, severity(world, credential), trust.place, message)
        .label("no statement lets Unity Catalog's role call sts:AssumeRole")
        .step(format!("`{}` names the role", credential.address), credential.place)
        .step(format!("`{}` is the role", role.resource.address), role.resource.place);
    let named = principals.first().map(|named| named.text.clone());
    let finding = match named {
        Some(named) => finding.because(format!("the trust policy names `{named}`")),
        None => finding,
    };
    Some(finding.write("generate the trust policy", data_source(world, credential, role)))
}

fn by_itself(world: &World<'_>, credential: &Resource, role: &Role<'_>) -> Option<Finding> {
    let trust = role.trust.as_ref()?;
    let question =
        Question::assume(Who::Role(role), role).with("aws:principalarn", role.arn.clone());
    if world.ask(&question) != Answer::Refused {
        return None;
    }
    let identity = Question::new(role, "sts:AssumeRole", role.arn.clone());
    let lacks_identity = world.ask(&identity) == Answer::Refused;
    let trusts_itself =
        world.ask(&Question { policy: Some(trust), ..trusted_by_anybody(role) }) != Answer::Refused;
    let half = match (lacks_identity, trusts_itself) {
        (true, true) => "its policies lack sts:AssumeRole on itself",
        (true, false) => "neither its trust policy nor its policies let it",
        _ => "its trust policy does not name it",
    };
    let message = format!("`{}` cannot assume itself: {half}", role.resource.address);
    Some(
        Finding::new(&RULE, severity(world, credential), trust.place, message)
            .label(half)
            .because("Databricks assumes the role, and from that session the same role again")
            .step(format!("`{}` names the role", credential.address), credential.place)
            .step(format!("`{}` is the role", role.resource.address), role.resource.place)
            .write("generate the trust policy", data_source(world, credential, role)),
    )
}

/// The role, as if its own policies allowed it.
fn trusted_by_anybody<'q>(role: &'q Role<'q>) -> Question<'q> {
    Question {
        who: Who::Outsider(&role.arn),
        ..Question::new(role, "sts:AssumeRole", role.arn.clone())
    }
}

fn data_source(world: &World<'_>, credential: &Resource, role: &Role<'_>) -> String {
    let name = match role.resource.get("name").and_then(Node::as_text) {
        Some(text) => world.graph.show(&text),
        None => role.name.clone(),
    };
    format!(
        "data \"databricks_aws_unity_catalog_assume_role_policy\" \"{}\" {{\n  aws_account_id = \
         data.aws_caller_identity.current.account_id\n  role_name      = \"{name}\"\n  external_id    = \
         {}.aws_iam_role[0].external_id\n}}",
        role.resource.label(),
        world.local_name(credential)
    )
}
