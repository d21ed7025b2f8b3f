//! IP014: a resource of the workspace on the account's host, or the other way round; and an import by an id of the
//! wrong kind.

use source::{Dialect, Import, Resource};
use template::Node;

use crate::entity::Form;
use crate::finding::{Finding, Severity};
use crate::rule::{Language, Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP014",
    name: "provider-level",
    summary: "a workspace's resource with a provider for the account, or the other way round; an import by the wrong id",
    severity: Severity::Error,
    what: "Resources of a workspace (`databricks_instance_profile`, `databricks_cluster`, …) whose provider's `host` is the \
           account console, and resources of the account (`databricks_mws_…`) whose provider's `host` is a workspace: an \
           error where the host is known, in modules too. And `import` blocks whose `id` is of another kind than the \
           resource is imported by, such as the ARN of an instance profile where its name belongs: an error, a warning \
           where only the usual form of the id speaks against it. These are seen in code alone: Terraform reads what it \
           imports while it plans, so that with a wrong id there is no plan.",
    why: "The account's host does not have the workspace's API, and answers as a web server does. What an id is differs \
          from resource to resource: the AWS provider imports a profile by name, the Databricks provider by ARN.",
    error: "cannot create instance profile: HTTP method POST is not supported by this URL\n\
            ValidationError: Value at 'instanceProfileName' failed to satisfy constraint: Member must satisfy regular \
            expression pattern: [\\w+=,.@-]+",
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
        "databricks/terraform-provider-databricks#2183, #2874",
        "AWS and Databricks providers: the section \"Import\" of each resource",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[(
        Language::CloudFormation,
        "CloudFormation does not make what is Databricks', and what it imports is not named in the template",
    )],
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

/// What a resource is imported by.
#[derive(Debug, Clone, Copy)]
enum By {
    /// A name.
    Name(Form),
    /// An ARN.
    Arn(Form),
    /// Two ids and what stands between them.
    Pair(char, &'static str),
    /// A number that SCIM has made.
    Number(&'static str),
}

/// Source: the section "Import" of each resource's documentation in the AWS and Databricks providers.
const IMPORTS: &[(&str, By)] = &[
    ("aws_iam_role", By::Name(Form::RoleName)),
    ("aws_iam_instance_profile", By::Name(Form::ProfileName)),
    ("aws_iam_policy", By::Arn(Form::PolicyArn)),
    ("aws_iam_role_policy", By::Pair(':', "ROLE:POLICY")),
    ("aws_iam_role_policy_attachment", By::Pair('/', "ROLE/POLICY_ARN")),
    ("databricks_instance_profile", By::Arn(Form::ProfileArn)),
    ("databricks_mws_credentials", By::Pair('/', "ACCOUNT_ID/CREDENTIALS_ID")),
    ("databricks_mws_workspaces", By::Pair('/', "ACCOUNT_ID/WORKSPACE_ID")),
    ("databricks_mws_storage_configurations", By::Pair('/', "ACCOUNT_ID/STORAGE_CONFIGURATION_ID")),
    ("databricks_mws_networks", By::Pair('/', "ACCOUNT_ID/NETWORK_ID")),
    ("databricks_group", By::Number("the numeric id of the group")),
    ("databricks_user", By::Number("the numeric id of the user")),
    (
        "databricks_service_principal",
        By::Number("the numeric id of the principal, which is not its application id"),
    ),
];

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    found.extend(world.graph.imports.iter().filter_map(|import| imported(world, import)));
    for resource in &world.graph.resources {
        let of_databricks = resource.kind.starts_with("databricks_");
        if !of_databricks || resource.is_data || resource.dialect == Dialect::Account {
            continue;
        }
        let Some(provider) = resource.provider.as_deref() else { continue };
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

/// An import by an id of the wrong kind.
fn imported(world: &World<'_>, import: &Import) -> Option<Finding> {
    let (_, by) = IMPORTS.iter().find(|(kind, _)| *kind == &*import.kind)?;
    let form = world.form(&import.id)?;
    let text = import.id.as_text()?;
    let (wrong, severity) = match by {
        By::Name(_) => (is_arn(form), Severity::Error),
        By::Arn(wanted) => (form != *wanted, Severity::Error),
        By::Pair(between, _) => {
            (text.known().is_some_and(|it| !it.contains(*between)), Severity::Error)
        }
        By::Number(_) => {
            let known = text.known()?;
            (!known.bytes().all(|byte| byte.is_ascii_digit()), Severity::Warning)
        }
    };
    if !wrong {
        return None;
    }
    let takes = match by {
        By::Name(form) | By::Arn(form) => form.name(),
        By::Pair(_, shape) => shape,
        By::Number(words) => words,
    };
    let message =
        format!("`{}` is not imported by {}, but by {takes}", import.address, form.name());
    let mut finding = Finding::new(&RULE, severity, import.id.place, message).label(format!(
        "{} (`{}`)",
        form.name(),
        world.graph.show_node(&import.id)
    ));
    if let Some(resource) = world.graph.resource(&import.address) {
        finding = finding.step(format!("`{}` takes it over", resource.address), resource.place);
    }
    Some(mended(world, finding, import, *by))
}

/// With what to write; an ARN that ends in the name that is wanted is replaced for certain.
fn mended(world: &World<'_>, finding: Finding, import: &Import, by: By) -> Finding {
    let known = import.id.as_str().unwrap_or_default();
    match by {
        By::Name(wanted) => {
            let kind = if wanted == Form::RoleName { ":role/" } else { ":instance-profile/" };
            let name = known.rsplit('/').next().unwrap_or_default();
            let code = format!("id = \"{name}\"");
            if known.contains(kind) && is_literal(world, &import.id, known) {
                return finding.write("name it", code).edit(import.id.place, format!("\"{name}\""));
            }
            finding
                .write("name it", if known.is_empty() { "id = \"NAME\"".to_owned() } else { code })
        }
        By::Arn(wanted) => {
            let what = if wanted == Form::PolicyArn { "policy" } else { "instance-profile" };
            let name =
                if known.is_empty() { "NAME" } else { known.rsplit('/').next().unwrap_or(known) };
            let account = &world.account;
            let arn = format!("arn:{}:iam::{account}:{what}/{name}", world.partition);
            finding.write("give its ARN", format!("id = \"{arn}\""))
        }
        By::Pair(_, shape) => finding.write("join the two", format!("id = \"{shape}\"")),
        By::Number(words) => finding.advise(format!("give {words}")),
    }
}

fn is_arn(form: Form) -> bool {
    matches!(form, Form::RoleArn | Form::ProfileArn | Form::PolicyArn | Form::OtherArn)
}

/// Whether a text stands in the file as it is.
fn is_literal(world: &World<'_>, node: &Node, text: &str) -> bool {
    world.graph.sources.at(node.place) == format!("\"{text}\"")
}
