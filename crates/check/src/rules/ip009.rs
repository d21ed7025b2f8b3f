//! IP009: an external id that is missing, or not the credential's.

use source::Resource;

use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP009",
    name: "external-id",
    summary: "a trust in Databricks without `sts:ExternalId`, or with one that is not the credential's",
    severity: Severity::Warning,
    what: "A statement that lets a principal of Databricks assume a role without a condition on `sts:ExternalId`; and, for \
           the role of a storage credential of this code, an external id that is written out, or another credential's, instead \
           of the credential's own `external_id`.",
    why: "Databricks assumes roles of all its customers with the same identity. Without the external id, who knows a role's \
          ARN can have Databricks use it for them. A credential's external id is made with the credential: one that is \
          copied works, if at all, for whoever made the copy's original.",
    error: "",
    failing: r#"
resource "aws_iam_role" "cross_account" {
  name = "cross-account"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::414351767826:root" } }]
  })
}
"#,
    passing: r#"
variable "databricks_account_id" {}
resource "aws_iam_role" "cross_account" {
  name = "cross-account"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::414351767826:root" }
      Condition = { StringEquals = { "sts:ExternalId" = var.databricks_account_id } }
    }]
  })
}
"#,
    references: &[
        "IAM user guide: The confused deputy problem",
        "Databricks knowledge base: storage credential validation failure due to external ID",
    ],
    oracle: Oracle::None(
        "nothing is refused; the trust is wider than meant, or the id stops working later",
    ),
    unseen_in: &[],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for role in world.roles.iter().filter(|role| role.is_of_code()) {
        let Some(trust) = &role.trust else { continue };
        let credential = credential_of(world, role);
        for named in world.principals(trust) {
            if !named.is_databricks() || world.conditions_unknown(&named.statement) {
                continue;
            }
            match world.condition(&named.statement, "sts:ExternalId") {
                None => found.push(
                    Finding::new(
                        &RULE,
                        Severity::Warning,
                        named.place,
                        format!("`{}` trusts Databricks for whichever customer asks: there is no `sts:ExternalId`", role.resource.address),
                    )
                    .label("every customer of Databricks comes as this principal")
                    .write(
                        "ask for the external id",
                        world.written_as(
                            "condition {\n  test     = \"StringEquals\"\n  variable = \"sts:ExternalId\"\n  \
                             values   = [var.databricks_account_id]\n}",
                            "Condition: {StringEquals: {\"sts:ExternalId\": !Ref DatabricksAccountId}}",
                        ),
                    ),
                ),
                Some(values) => {
                    let Some(credential) = credential.filter(|_| named.is_catalog()) else { continue };
                    for value in &values {
                        let of = world.graph.origin(value).map(|(of, _)| of);
                        if value.as_str().is_some() {
                            found.push(written_out(world, role, credential, value));
                        } else if let Some(of) = of.filter(|of| is_another(of, credential)) {
                            found.push(of_another(role, credential, of, value));
                        }
                    }
                }
            }
        }
    }
}

fn written_out(
    world: &World<'_>,
    role: &Role<'_>,
    credential: &Resource,
    value: &template::Node,
) -> Finding {
    let local = world.local_name(credential);
    Finding::new(
        &RULE,
        Severity::Warning,
        value.place,
        format!("the external id of `{}` is written out, and `{}` makes one of its own", role.resource.address, credential.address),
    )
    .label(format!("`{}`", world.graph.show_node(value)))
    .because("an account administrator's credentials have the Databricks account's id, all others a random one")
    .step(format!("`{}` makes the id", credential.address), credential.place)
    .write("refer to it", format!("{local}.aws_iam_role[0].external_id"))
}

/// Whether it is a credential, and not the role's own.
fn is_another(of: &Resource, credential: &Resource) -> bool {
    CREDENTIALS.contains(&&*of.kind) && of.address != credential.address
}

fn of_another(
    role: &Role<'_>,
    credential: &Resource,
    of: &Resource,
    value: &template::Node,
) -> Finding {
    Finding::new(
        &RULE,
        Severity::Warning,
        value.place,
        format!(
            "`{}` asks for the external id of `{}`, and is the role of `{}`",
            role.resource.address, of.address, credential.address
        ),
    )
    .because(
        "only an account administrator's credentials share an id, that of the Databricks account",
    )
    .step(format!("`{}` names the role", credential.address), credential.place)
    .step(format!("`{}` is another credential", of.address), of.place)
    .advise(format!("refer to the external id of `{}`", credential.address))
}

/// Kinds that have an external id of their own.
const CREDENTIALS: [&str; 2] = ["databricks_storage_credential", "databricks_credential"];

fn credential_of<'g>(world: &World<'g>, role: &Role<'_>) -> Option<&'g Resource> {
    CREDENTIALS.iter().flat_map(|kind| world.of_kind(kind)).find(|credential| {
        let named = credential.get("aws_iam_role.role_arn").and_then(|node| world.role_of(node));
        named.is_some_and(|it| it.resource.address == role.resource.address)
    })
}
