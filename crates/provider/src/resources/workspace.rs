//! `databricks_mws_workspaces`: a workspace, deployed and waited for.

mod token;

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::api;
use crate::client::Client;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::Plan;
use crate::resource::{Failure, Resource, some_text, text};
use crate::resources::crud::Kind;
use crate::resources::{account, timeouts, validation_checks, wait};
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

const KIND: Kind = Kind { called: "workspace", id: "workspace_id" };
/// How long a deployment, and a removal, may take where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(20 * 60);
/// What can be changed of a workspace that is deployed.
const CHANGEABLE: [&str; 6] = [
    "credentials_id",
    "network_id",
    "private_access_settings_id",
    "storage_customer_managed_key_id",
    "managed_services_customer_managed_key_id",
    "custom_tags",
];

/// The resource.
pub(super) struct Workspace;

impl Resource for Workspace {
    fn name(&self) -> &'static str {
        "databricks_mws_workspaces"
    }

    fn version(&self) -> i64 {
        3
    }

    fn schema(&self) -> Block {
        let text = |name, description| Attribute::optional(name, Type::Text, description);
        let computed = |name, description| Attribute::computed(name, Type::Text, description);
        Block::new(
            "A workspace.",
            vec![
                computed("id", "`ACCOUNT/WORKSPACE`."),
                Attribute::either("account_id", Type::Text, "The Databricks account.")
                    .force_new()
                    .sensitive(),
                Attribute::required("workspace_name", Type::Text, "Its name."),
                Attribute::either("deployment_name", Type::Text, "The first part of its address.")
                    .force_new(),
                Attribute::required("aws_region", Type::Text, "The region.").force_new(),
                text("credentials_id", "The credentials that Databricks launches instances with."),
                text("storage_configuration_id", "The root bucket.").force_new(),
                text("network_id", "The customer's VPC; Databricks makes one if not given."),
                text("private_access_settings_id", "Who may reach it."),
                text("storage_customer_managed_key_id", "A key for its storage."),
                text("managed_services_customer_managed_key_id", "A key for its services."),
                Attribute::either("pricing_tier", Type::Text, "Its price plan.").force_new(),
                Attribute::optional("custom_tags", Type::map(Type::Text), "Tags of what it launches."),
                Attribute::optional(
                    "is_no_public_ip_enabled",
                    Type::Bool,
                    "Secure cluster connectivity: nodes without public addresses. Databricks makes no others.",
                )
                .default(true)
                .force_new(),
                Attribute::computed("workspace_id", Type::Number, "Its number."),
                computed("workspace_status", "Whether it runs.").volatile(),
                computed("workspace_status_message", "What Databricks says about that.").volatile(),
                computed("workspace_url", "Its address."),
                Attribute::computed("creation_time", Type::Number, "When it was made."),
            ],
        )
        .with(token::nested())
        .with(timeouts::nested(&["create", "update"], &["read"]))
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        timeouts::check(config, found);
    }

    fn plan(&self, plan: &mut Plan, found: &mut Diagnostics) {
        // Which account is meant where none is said does not change by itself.
        if plan.prior.is_some() && plan.config.get("account_id").is_none_or(Value::is_null) {
            plan.replace.retain(|name| *name != "account_id");
        }
        // It is said when a workspace is made, and told by nobody afterwards.
        let name = "is_no_public_ip_enabled";
        if let Some(before) = plan.prior.as_ref().and_then(|prior| prior.get(name)) {
            plan.planned.insert(name.to_owned(), before.clone());
            plan.replace.retain(|replaced| *replaced != name);
        }
        let name = "workspace_name";
        let renamed =
            plan.prior.as_ref().is_some_and(|prior| prior.get(name) != Some(plan.get(name)));
        if renamed && plan.replace.is_empty() {
            let detail = "Databricks' API does not rename a workspace: change the name back, or make another.";
            found.error_at(name, "The workspace cannot be renamed", detail);
        }
        token::plan(plan);
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_account(self.name())?;
        let account = match some_text(planned, "account_id") {
            Some(account) => account.to_owned(),
            None => client.account_id()?,
        };
        let mut planned = planned.clone();
        planned.insert("account_id".to_owned(), Value::text(account.as_str()));
        let body = api::to_json(&self.schema(), &planned);
        let path = format!("/api/2.0/accounts/{account}/workspaces");
        let made = KIND.create(client, &path, body, &planned);
        let mut made = made.map_err(validation_checks::advised)?;
        let id = format!("{account}/{}", text(&made, "id"));
        made.insert("id".to_owned(), Value::Text(id));
        let path = item(&made)?;
        let timeout = timeouts::of(&planned, "create", TIMEOUT);
        if let Err(failure) = wait_until_running(client, &account, &path, timeout) {
            // What was not deployed is of no use, and would be left behind.
            let _ = KIND.delete(client, ("DELETE", &path), None);
            return Err(failure);
        }
        let mut made = self.look(client, &made)?.unwrap_or(made);
        match token::make(client, &mut made) {
            Ok(()) => Ok(made),
            Err(failure) => Err(Failure { state: Some(made), ..failure }),
        }
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        let Some(mut read) = self.look(client, state)? else { return Ok(None) };
        token::renew(client, &mut read)?;
        Ok(Some(read))
    }

    fn update(
        &self,
        client: &Client,
        prior: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        let all = api::to_json(&self.schema(), planned);
        let mut names: Vec<&str> =
            CHANGEABLE.into_iter().filter(|name| prior.get(*name) != planned.get(*name)).collect();
        names.sort_unstable();
        if !names.is_empty() {
            let changed = names.iter().filter_map(|name| Some((*name, all.get(*name)?.clone())));
            let body: Map<String, Json> =
                changed.map(|(name, value)| (name.to_owned(), value)).collect();
            let path = format!("{}?update_mask={}", item(prior)?, names.join(","));
            KIND.send(client, "update", ("PATCH", &path), body)?;
            let timeout = timeouts::of(planned, "update", TIMEOUT);
            wait_until_running(client, text(prior, "account_id"), &item(prior)?, timeout)?;
        }
        let mut changed = self.look(client, planned)?.unwrap_or_else(|| planned.clone());
        match token::change(client, prior, &mut changed) {
            Ok(()) => Ok(changed),
            Err(failure) => Err(Failure { state: Some(changed), ..failure }),
        }
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let path = item(state)?;
        KIND.delete(client, ("DELETE", &path), None)?;
        wait::until(TIMEOUT, "The removal of the workspace", || {
            Ok(KIND.get(client, &path, &[])?.is_none().then_some(()))
        })
    }

    fn import(&self, id: &str) -> Result<Members, Failure> {
        let (account, _) = account::split(id)?;
        let mut state = self.schema().empty();
        state.insert("id".to_owned(), Value::text(id));
        state.insert("account_id".to_owned(), Value::text(account));
        Ok(state)
    }
}

impl Workspace {
    /// The workspace as Databricks tells it, which knows nothing of its token.
    fn look(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_account(self.name())?;
        let Some(answer) = KIND.get(client, &item(state)?, &[])? else { return Ok(None) };
        let mut read = Kind::state(&self.schema(), &answer, state);
        // Databricks puts the account's prefix before the name that was asked for.
        let (before, now) = (text(state, "deployment_name"), text(&read, "deployment_name"));
        if !before.is_empty() && now.ends_with(before) {
            read.insert("deployment_name".to_owned(), Value::text(before));
        }
        let given = state.get("is_no_public_ip_enabled").and_then(Value::as_bool);
        read.insert("is_no_public_ip_enabled".to_owned(), given.unwrap_or(true).into());
        Ok(Some(read))
    }
}

fn item(members: &Members) -> Result<String, Diagnostic> {
    let (account, id) = account::split(text(members, "id"))?;
    Ok(format!("/api/2.0/accounts/{account}/workspaces/{id}"))
}

fn wait_until_running(
    client: &Client,
    account: &str,
    path: &str,
    timeout: Duration,
) -> Result<(), Failure> {
    wait::until(timeout, "The deployment of the workspace", || {
        let Some(workspace) = KIND.get(client, path, &[])? else {
            let detail = "It was deleted while it was deployed.";
            return Err(Diagnostic::error("The workspace is gone", detail).into());
        };
        match workspace.get("workspace_status").and_then(Json::as_str).unwrap_or_default() {
            "RUNNING" => Ok(Some(())),
            "FAILED" | "CANCELLED" | "BANNED" => Err(failed(client, account, &workspace).into()),
            _ => Ok(None),
        }
    })
}

/// What Databricks says of a deployment that failed, and what it finds wrong with the network.
fn failed(client: &Client, account: &str, workspace: &Map<String, Json>) -> Diagnostic {
    let text = |name: &str| workspace.get(name).and_then(Json::as_str).unwrap_or_default();
    let mut detail = text("workspace_status_message").to_owned();
    let network = text("network_id");
    if !network.is_empty() {
        let path = format!("/api/2.0/accounts/{account}/networks/{network}");
        let network = client.get(&path, &[]).unwrap_or_else(|_| json!({}));
        for message in network.get("error_messages").and_then(Json::as_array).into_iter().flatten()
        {
            let text = |name: &str| message.get(name).and_then(Json::as_str).unwrap_or_default();
            detail.push_str(&format!("\n  {}: {}", text("error_type"), text("error_message")));
        }
    }
    Diagnostic::error("The workspace was not deployed", detail)
}
