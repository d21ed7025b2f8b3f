//! IP014: a resource of the workspace on the account's host, or the other way round.

use source::{Dialect, Resource};

use crate::finding::{Finding, Severity};
use crate::rule::{Language, Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP014",
    name: "provider-level",
    summary: "a workspace's resource with a provider for the account, or the other way round",
    severity: Severity::Error,
    what: "Resources of a workspace (`databricks_instance_profile`, `databricks_cluster`, …) whose provider's `host` is the \
           account console, and resources of the account (`databricks_mws_…`) whose provider's `host` is a workspace. An \
           error where the host is known; providers of modules are not followed.",
    why: "The account's host does not have the workspace's API, and answers as a web server does.",
    error: "cannot create instance profile: HTTP method POST is not supported by this URL",
    failing: r#"
provider "databricks" {
  host       = "https://accounts.cloud.databricks.com"
  account_id = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
}
resource "databricks_instance_profile" "shared" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/shared"
}
"#,
    passing: r#"
provider "databricks" {
  alias      = "account"
  host       = "https://accounts.cloud.databricks.com"
  account_id = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
}
provider "databricks" {
  host = "https://dbc-1234abcd-5678.cloud.databricks.com"
}
resource "databricks_instance_profile" "shared" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/shared"
}
"#,
    references: &[
        "Databricks provider: authentication, special configurations for AWS (two providers)",
        "databricks/terraform-provider-databricks#2183",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[(Language::CloudFormation, "CloudFormation does not make what is Databricks'")],
    check,
};

/// Resources that both levels have.
const BOTH: &[&str] = &[
    "databricks_user",
    "databricks_group",
    "databricks_service_principal",
    "databricks_group_member",
    "databricks_user_role",
    "databricks_group_role",
    "databricks_service_principal_role",
    "databricks_storage_credential",
    "databricks_credential",
    "databricks_metastore",
    "databricks_metastore_assignment",
    "databricks_metastore_data_access",
    "databricks_access_control_rule_set",
    "databricks_service_principal_secret",
    "databricks_service_principal_federation_policy",
    "databricks_budget",
    "databricks_budget_policy",
    "databricks_account_federation_policy",
    "databricks_account_network_policy",
    "databricks_workspace_network_option",
    "databricks_disable_legacy_features_setting",
    "databricks_custom_app_integration",
    "databricks_entitlements",
    "databricks_external_location",
    "databricks_usage_policy",
];

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for resource in &world.graph.resources {
        let of_databricks = resource.kind.starts_with("databricks_");
        if !of_databricks
            || resource.is_data
            || resource.dialect == Dialect::Account
            || !resource.module().is_empty()
        {
            continue;
        }
        let provider = resource.provider.as_deref().unwrap_or("databricks");
        let Some(configured) = world.graph.providers.get(provider) else { continue };
        let Some(host) = configured.get("host") else { continue };
        // Newer versions of the provider reach a workspace through the account, if they are told which one
        // (databricks/terraform-provider-databricks#5882).
        if resource.get("provider_config").is_some() || configured.get("workspace_id").is_some() {
            continue;
        }
        let Some(known) = host.as_str() else { continue };
        let is_account = known.contains("//accounts.")
            || known.contains("//accounts-")
            || known.starts_with("accounts.");
        let is_workspace = !is_account && known.contains(".cloud.databricks.com");
        let of_account = resource.kind.starts_with("databricks_mws_");
        if of_account && is_workspace
            || !of_account && is_account && !BOTH.contains(&&*resource.kind)
        {
            found.push(tell(resource, host, known, provider, of_account));
        }
    }
}

fn tell(
    resource: &Resource,
    host: &template::Node,
    known: &str,
    provider: &str,
    of_account: bool,
) -> Finding {
    let (needs, has) = if of_account {
        ("the account's", "a workspace")
    } else {
        ("a workspace's", "the account console")
    };
    let message = format!(
        "`{}` needs {needs} host, and `{provider}` is configured for {has}",
        resource.address
    );
    Finding::new(&RULE, Severity::Error, resource.place, message)
        .label(format!("its provider's host is `{known}`"))
        .step(format!("`{provider}` is configured here"), host.place)
        .write(
            "use a provider of its own for each level",
            if of_account {
                "provider = databricks.account"
            } else {
                "provider = databricks.workspace"
            },
        )
}
