//! Whatever a client of Databricks' may ask for is either modelled or refused by name: never "not found", which
//! would tell that there is nothing of the kind.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use clients::Server;
use clients::databricks::{ACCOUNT_ID, Host};
use serde_json::Value;

/// A path of each family of the workspace API, by the services of the Databricks SDK for Python 0.133.
const OF_WORKSPACES: &[&str] = &[
    "/api/2.0/accounts/servicePrincipals/1/credentials/secrets",
    "/api/2.0/agents",
    "/api/2.0/alerts",
    "/api/2.0/apps",
    "/api/2.0/apps-settings/custom-templates",
    "/api/2.0/automl",
    "/api/2.0/clean-rooms",
    "/api/2.0/credentials-manager/exchange-tokens/token",
    "/api/2.0/data-sharing/recipients",
    "/api/2.0/database/instances",
    "/api/2.0/dbfs/list",
    "/api/2.0/dbfs/put",
    "/api/2.0/entity-tag-assignments",
    "/api/2.0/external-function",
    "/api/2.0/feature-store/online-stores",
    "/api/2.0/fs/files/Volumes/a/b/c",
    "/api/2.0/fs/directories/Volumes/a/b",
    "/api/2.0/genie/spaces",
    "/api/2.0/git-credentials",
    "/api/2.0/global-init-scripts",
    "/api/2.0/identity/users",
    "/api/2.0/ip-access-lists",
    "/api/2.0/jobs/list",
    "/api/2.0/lakeview/dashboards",
    "/api/2.0/lineage-tracking/external-lineage",
    "/api/2.0/marketplace-exchange/filters",
    "/api/2.0/marketplace-provider/listings",
    "/api/2.0/mlflow/experiments/list",
    "/api/2.0/notification-destinations",
    "/api/2.0/online-tables",
    "/api/2.0/permissionmigration",
    "/api/2.0/pipelines",
    "/api/2.0/policy-families",
    "/api/2.0/postgres/projects",
    "/api/2.0/preview/accounts/access-control/rule-sets",
    "/api/2.0/preview/sql/queries",
    "/api/2.0/quality-monitors",
    "/api/2.0/redash-v2/config",
    "/api/2.0/repos",
    "/api/2.0/secrets/list",
    "/api/2.0/secrets/scopes/create",
    "/api/2.0/serving-endpoints",
    "/api/2.0/settings/types/default_namespace_ws/names/default",
    "/api/2.0/sql/alerts",
    "/api/2.0/sql/history/queries",
    "/api/2.0/sql/queries",
    "/api/2.0/sql/statements",
    "/api/2.0/sql/visualizations",
    "/api/2.0/vector-search/endpoints",
    "/api/2.0/workspace/list",
    "/api/2.0/workspace-conf",
    "/api/2.1/jobs/list",
    "/api/2.1/knowledge-assistants",
    "/api/2.1/marketplace-consumer/listings",
    "/api/2.1/settings-metadata",
    "/api/2.1/tag-policies",
    "/api/2.2/jobs/create",
    "/api/3.0/rfa/requests",
    "/api/data-quality/v1/monitors",
    "/api/environments/v1/default-workspace-base-environment",
    "/api/warehouses/v1/default-warehouse-overrides",
    "/ajax-api/2.0/clusters/list",
    "/graphql/x",
    "/oidc/v1/authorize",
    "/serving-endpoints/x/invocations",
    "/sql/1.0/warehouses/x",
    "/sql/protocolv1/o/1234567890123456/0101-000000-abcdefgh",
    "/telemetry-ext",
];

/// Likewise of the account API, without what comes before the account's id.
const OF_ACCOUNTS: &[(&str, &str)] = &[
    ("/api/2.0/accounts/", "customer-managed-keys"),
    ("/api/2.0/accounts/", "dashboard"),
    ("/api/2.0/accounts/", "federationPolicies"),
    ("/api/2.0/accounts/", "ip-access-lists"),
    ("/api/2.0/accounts/", "log-delivery"),
    ("/api/2.0/accounts/", "network-connectivity-configs"),
    ("/api/2.0/accounts/", "network-policies"),
    ("/api/2.0/accounts/", "oauth2/published-app-integrations"),
    ("/api/2.0/accounts/", "settings/types/shield_csp_enablement_ac/names/default"),
    ("/api/2.0/accounts/", "usage/download"),
    ("/api/2.0/identity/accounts/", "users/resolve-by-external-id"),
    ("/api/2.0/preview/accounts/", "access-control/rule-sets"),
    ("/api/2.1/accounts/", "budget-policies"),
    ("/api/2.1/accounts/", "budgets"),
    ("/api/2.1/accounts/", "settings-metadata"),
    ("/api/disaster-recovery/v1/accounts/", "failover-groups"),
    ("/api/networking/v1/accounts/", "endpoints"),
];

fn check(host: &Host, path: &str) {
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let answer = host.ask(method, path, &Value::Null);
        assert_eq!(answer.status, 501, "{method} {path}: {}", answer.body);
        let body = answer.json();
        assert_eq!(body["error_code"], "NOT_IMPLEMENTED", "{}", answer.body);
        let named = format!("rolecall does not implement `{method} {path}`");
        assert!(body["message"].as_str().unwrap().starts_with(&named), "{}", answer.body);
    }
}

#[test]
fn what_is_not_modelled_names_itself() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let (workspace, account) = (Host::first_workspace(&server), Host::account(&server));
    for path in OF_WORKSPACES {
        check(&workspace, path);
    }
    for (before, rest) in OF_ACCOUNTS {
        check(&account, &format!("{before}{ACCOUNT_ID}/{rest}"));
    }
}

#[test]
fn the_wrong_level_of_host_is_told_apart() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let (workspace, account) = (Host::first_workspace(&server), Host::account(&server));
    for (before, rest) in OF_ACCOUNTS {
        let path = format!("{before}{ACCOUNT_ID}/{rest}");
        let answer = workspace.ask("GET", &path, &Value::Null);
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        assert_eq!(answer.json()["error_code"], "ENDPOINT_NOT_FOUND");
    }
    for path in OF_WORKSPACES.iter().filter(|path| path.starts_with("/api/")) {
        let answer = account.ask("GET", path, &Value::Null);
        assert_eq!(answer.status, 405, "{path}: {}", answer.body);
        assert!(answer.body.contains("HTTP method GET is not supported by this URL"));
    }
    let answer = workspace.ask("GET", "/no/such/thing", &Value::Null);
    assert_eq!((answer.status, &answer.json()["error_code"]), (404, &"ENDPOINT_NOT_FOUND".into()));
}
