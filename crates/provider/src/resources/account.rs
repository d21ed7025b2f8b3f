//! What a workspace is deployed from, in the Databricks account: `databricks_mws_credentials`,
//! `…_storage_configurations` and `…_networks`. None of them can be changed; ids are `ACCOUNT/ID`.

use serde_json::{Map, Value as Json, json};

use crate::api;
use crate::client::Client;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::Plan;
use crate::resource::{Failure, Resource, some_text, text};
use crate::resources::crud::Kind;
use crate::resources::{arn, validation_checks};
use crate::schema::{Attribute, Block, Nested, Type};
use crate::value::{Members, Value};

/// One of the three.
pub(super) struct Part {
    name: &'static str,
    kind: Kind,
    path: &'static str,
    schema: fn() -> Block,
    /// From the block to the request, beyond the names that are the same.
    send: fn(&Members, &mut Map<String, Json>),
    /// And back.
    receive: fn(&Map<String, Json>, &mut Members),
}

/// All of them.
pub(super) const ALL: [Part; 3] = [
    Part {
        name: "databricks_mws_credentials",
        kind: Kind { called: "credentials", id: "credentials_id" },
        path: "credentials",
        schema: credentials,
        send: |members, body| {
            body.remove("role_arn");
            let role = json!({"sts_role": {"role_arn": text(members, "role_arn")}});
            body.insert("aws_credentials".to_owned(), role);
        },
        receive: |answer, state| {
            let role = answer.get("aws_credentials").and_then(|it| it.get("sts_role"));
            if let Some(arn) = role.and_then(|role| role.get("role_arn")?.as_str()) {
                state.insert("role_arn".to_owned(), Value::text(arn));
            }
            // Databricks gives its account's id as the external id.
            let account = answer.get("account_id").and_then(Json::as_str);
            state.insert("external_id".to_owned(), account.map_or(Value::Null, Value::text));
        },
    },
    Part {
        name: "databricks_mws_storage_configurations",
        kind: Kind { called: "storage configuration", id: "storage_configuration_id" },
        path: "storage-configurations",
        schema: storage_configuration,
        send: |members, body| {
            body.remove("bucket_name");
            let bucket = json!({"bucket_name": text(members, "bucket_name")});
            body.insert("root_bucket_info".to_owned(), bucket);
        },
        receive: |answer, state| {
            let bucket =
                answer.get("root_bucket_info").and_then(|it| it.get("bucket_name")?.as_str());
            state.insert("bucket_name".to_owned(), bucket.map_or(Value::Null, Value::text));
        },
    },
    Part {
        name: "databricks_mws_networks",
        kind: Kind { called: "network", id: "network_id" },
        path: "networks",
        schema: network,
        send: |_, _| {},
        receive: |_, _| {},
    },
];

fn account_id() -> Attribute {
    Attribute::either(
        "account_id",
        Type::Text,
        "The Databricks account; the provider's if not given.",
    )
    .force_new()
}

fn credentials() -> Block {
    Block::new(
        "A cross-account role, with which Databricks launches instances.",
        vec![
            Attribute::computed("id", Type::Text, "`ACCOUNT/CREDENTIALS`."),
            account_id(),
            Attribute::required("credentials_name", Type::Text, "Its name.").force_new(),
            Attribute::required("role_arn", Type::Text, "The role's ARN.").force_new(),
            Attribute::computed("credentials_id", Type::Text, "Its id."),
            Attribute::computed("external_id", Type::Text, "What the role must ask for."),
            Attribute::computed(
                "creation_time",
                Type::Number,
                "When it was made, in milliseconds.",
            ),
        ],
    )
}

fn storage_configuration() -> Block {
    Block::new(
        "The bucket that a workspace keeps its own files in.",
        vec![
            Attribute::computed("id", Type::Text, "`ACCOUNT/CONFIGURATION`."),
            account_id().sensitive(),
            Attribute::required("storage_configuration_name", Type::Text, "Its name.").force_new(),
            Attribute::required("bucket_name", Type::Text, "The bucket.").force_new(),
            Attribute::optional("role_arn", Type::Text, "A role to reach it with.").force_new(),
            Attribute::computed("storage_configuration_id", Type::Text, "Its id."),
            Attribute::computed(
                "creation_time",
                Type::Number,
                "When it was made, in milliseconds.",
            ),
        ],
    )
}

fn network() -> Block {
    let ids = |name, description| Attribute::required(name, Type::set(Type::Text), description);
    let endpoints = vec![
        ids("rest_api", "Endpoints for the REST API.").force_new(),
        ids("dataplane_relay", "Endpoints for the relay.").force_new(),
    ];
    Block::new(
        "A VPC of the customer's for workspaces.",
        vec![
            Attribute::computed("id", Type::Text, "`ACCOUNT/NETWORK`."),
            account_id().sensitive(),
            Attribute::required("network_name", Type::Text, "Its name.").force_new(),
            Attribute::required("vpc_id", Type::Text, "The VPC.").force_new(),
            ids("subnet_ids", "Two subnets at least.").force_new(),
            ids("security_group_ids", "One to five security groups.").force_new(),
            Attribute::computed("network_id", Type::Text, "Its id."),
            Attribute::computed("vpc_status", Type::Text, "Whether it was found to be good."),
            Attribute::computed("workspace_id", Type::Number, "The workspace that uses it."),
            Attribute::computed(
                "creation_time",
                Type::Number,
                "When it was made, in milliseconds.",
            ),
        ],
    )
    .with(Nested::one("vpc_endpoints", Block::new("For PrivateLink.", endpoints)).force_new())
}

impl Part {
    fn item(&self, members: &Members) -> Result<String, Diagnostic> {
        let (account, id) = split(text(members, "id"))?;
        Ok(format!("/api/2.0/accounts/{account}/{}/{id}", self.path))
    }
}

impl Resource for Part {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> Block {
        (self.schema)()
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        if self.path == "credentials" {
            arn::check_role(config, "role_arn", found);
        }
    }

    fn plan(&self, plan: &mut Plan, _: &mut Diagnostics) {
        // Which account is meant where none is said does not change by itself.
        if plan.prior.is_some() && plan.config.get("account_id").is_none_or(Value::is_null) {
            plan.replace.retain(|name| *name != "account_id");
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_account(self.name)?;
        let account = match some_text(planned, "account_id") {
            Some(account) => account.to_owned(),
            None => client.account_id()?,
        };
        let mut planned = planned.clone();
        planned.insert("account_id".to_owned(), Value::text(account.as_str()));
        let mut body = api::to_json(&self.schema(), &planned);
        (self.send)(&planned, &mut body);
        let path = format!("/api/2.0/accounts/{account}/{}", self.path);
        let made = self.kind.create(client, &path, body, &planned);
        let mut made = made.map_err(validation_checks::advised)?;
        let id = format!("{account}/{}", text(&made, "id"));
        made.insert("id".to_owned(), Value::Text(id));
        Ok(self.read(client, &made)?.unwrap_or(made))
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_account(self.name)?;
        let Some(answer) = self.kind.get(client, &self.item(state)?, &[])? else {
            return Ok(None);
        };
        let mut read = Kind::state(&self.schema(), &answer, state);
        (self.receive)(&answer, &mut read);
        Ok(Some(read))
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        self.kind.delete(client, ("DELETE", &self.item(state)?), None)
    }

    fn import(&self, id: &str) -> Result<Members, Failure> {
        let (account, _) = split(id)?;
        let mut state = self.schema().empty();
        state.insert("id".to_owned(), Value::text(id));
        state.insert("account_id".to_owned(), Value::text(account));
        Ok(state)
    }
}

/// The two halves of `ACCOUNT/ID`.
pub(super) fn split(id: &str) -> Result<(&str, &str), Diagnostic> {
    id.split_once('/').filter(|(account, id)| !account.is_empty() && !id.is_empty()).ok_or_else(
        || {
            let detail = format!(
                "`{id}` is not `ACCOUNT_ID/ID`: the account's id, a slash, and the object's own."
            );
            Diagnostic::error("The id has not the right form", detail)
        },
    )
}
