//! Unity Catalog's `databricks_storage_credential` and `databricks_external_location`: a role, and a place
//! that is reached with it. Both are known by their names, which letter case does not tell apart.

use serde_json::{Map, Value as Json, json};

use crate::api;
use crate::client::Client;
use crate::diagnostic::Diagnostics;
use crate::resource::{Failure, Resource, block, flag, some_text, text};
use crate::resources::arn;
use crate::resources::crud::Kind;
use crate::schema::{Attribute, Block, Nested, Type};
use crate::value::{Members, Value};

const API: &str = "/api/2.1/unity-catalog";
const ISOLATED: &str = "ISOLATION_MODE_ISOLATED";

/// One of the two.
pub(super) struct Securable {
    name: &'static str,
    kind: Kind,
    /// Where the API has it.
    path: &'static str,
    /// What bindings call it.
    binding: &'static str,
    schema: fn() -> Block,
}

/// `databricks_storage_credential`
pub(super) const STORAGE_CREDENTIAL: Securable = Securable {
    name: "databricks_storage_credential",
    kind: Kind { called: "storage credential", id: "name" },
    path: "storage-credentials",
    binding: "storage_credential",
    schema: storage_credential,
};

/// `databricks_external_location`
pub(super) const EXTERNAL_LOCATION: Securable = Securable {
    name: "databricks_external_location",
    kind: Kind { called: "external location", id: "name" },
    path: "external-locations",
    binding: "external_location",
    schema: external_location,
};

fn common() -> Vec<Attribute> {
    vec![
        Attribute::computed("id", Type::Text, "Its name."),
        Attribute::required("name", Type::Text, "Its name.").force_new(),
        Attribute::optional("comment", Type::Text, "What it is for."),
        Attribute::either("owner", Type::Text, "Who owns it."),
        Attribute::either("metastore_id", Type::Text, "The metastore that it is in."),
        Attribute::either("isolation_mode", Type::Text, "`ISOLATION_MODE_OPEN` or `…_ISOLATED`."),
        Attribute::optional("read_only", Type::Bool, "It may only be read with."),
        Attribute::optional("skip_validation", Type::Bool, "Do not try it out first."),
        Attribute::optional("force_destroy", Type::Bool, "Delete it though it is in use."),
        Attribute::optional("force_update", Type::Bool, "Change it though it is in use."),
    ]
}

fn storage_credential() -> Block {
    let role = vec![
        Attribute::required("role_arn", Type::Text, "The role's ARN."),
        Attribute::computed(
            "external_id",
            Type::Text,
            "The external id that the role's trust policy must ask for.",
        ),
        Attribute::computed(
            "unity_catalog_iam_arn",
            Type::Text,
            "The principal that the role's trust policy must name.",
        ),
    ];
    let mut attributes = common();
    attributes.push(Attribute::computed("storage_credential_id", Type::Text, "Its unique id."));
    Block::new("A role with which Unity Catalog reaches data.", attributes)
        .with(Nested::exactly_one("aws_iam_role", Block::new("The role.", role)))
}

fn external_location() -> Block {
    let mut attributes = common();
    attributes.push(Attribute::required("url", Type::Text, "The place: `s3://BUCKET/PATH`."));
    attributes.push(Attribute::required(
        "credential_name",
        Type::Text,
        "The storage credential that it is reached with.",
    ));
    attributes.push(Attribute::optional(
        "fallback",
        Type::Bool,
        "Try the cluster's own credentials where this one does not do.",
    ));
    attributes.push(Attribute::computed(
        "credential_id",
        Type::Text,
        "The credential's unique id.",
    ));
    Block::new("A place that is reached with a storage credential.", attributes)
}

impl Securable {
    fn item(&self, members: &Members) -> String {
        format!("{API}/{}/{}", self.path, crate::client::encoded(text(members, "id")))
    }

    /// What Databricks is told: without what only this resource knows.
    fn body(&self, members: &Members) -> Map<String, Json> {
        let mut body = api::to_json(&self.schema(), members);
        for name in ["owner", "metastore_id", "isolation_mode", "force_destroy", "force_update"] {
            body.remove(name);
        }
        body
    }

    /// Who owns it and who shares it, which cannot be said when it is made.
    fn share(&self, client: &Client, members: &Members) -> Result<(), Failure> {
        let mut body = Map::new();
        for name in ["owner", "isolation_mode"] {
            if let Some(value) = some_text(members, name) {
                body.insert(name.to_owned(), value.into());
            }
        }
        if body.is_empty() {
            return Ok(());
        }
        self.kind.send(client, "share", ("PATCH", &self.item(members)), body)?;
        if some_text(members, "isolation_mode") == Some(ISOLATED) {
            self.bind(client, members)?;
        }
        Ok(())
    }

    /// Binds it to this workspace, so that whoever isolates it does not lose it.
    fn bind(&self, client: &Client, members: &Members) -> Result<(), Failure> {
        let path = format!("{API}/current-metastore-assignment");
        let assignment = self.kind.get(client, &path, &[])?.unwrap_or_default();
        let workspace = assignment.get("workspace_id").cloned().unwrap_or_default();
        let binding = json!({"workspace_id": workspace, "binding_type": "BINDING_TYPE_READ_WRITE"});
        let name = crate::client::encoded(text(members, "id"));
        let path = format!("{API}/bindings/{}/{name}", self.binding);
        let mut body = Map::new();
        body.insert("add".to_owned(), json!([binding]));
        self.kind.send(client, "bind", ("PATCH", &path), body)
    }
}

impl Resource for Securable {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> Block {
        (self.schema)()
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        if let Some(role) = block(config, "aws_iam_role") {
            arn::check_role(role, "role_arn", found);
        }
        if let Some(url) = some_text(config, "url").filter(|url| !url.starts_with("s3://")) {
            let detail = format!("`{url}` is no place in S3: write it as s3://BUCKET/PATH.");
            found.error_at("url", "The place cannot be reached", detail);
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(self.name)?;
        let path = format!("{API}/{}", self.path);
        let made = self.kind.create(client, &path, self.body(planned), planned)?;
        // What is there already is kept in the state, whatever happens next.
        let kept = |failure: Failure| Failure { state: Some(made.clone()), ..failure };
        self.share(client, &made).map_err(kept)?;
        Ok(self.read(client, &made).map_err(kept)?.unwrap_or(made))
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_workspace(self.name)?;
        let Some(mut answer) = self.kind.get(client, &self.item(state), &[])? else {
            return Ok(None);
        };
        if self.binding == "storage_credential"
            && let Some(id) = answer.get("id").cloned()
        {
            answer.insert("storage_credential_id".to_owned(), id);
        }
        let mut read = Kind::state(&self.schema(), &answer, state);
        for name in ["skip_validation", "force_destroy", "force_update"] {
            read.insert(name.to_owned(), state.get(name).cloned().unwrap_or(Value::Null));
        }
        // The same name in another case, and the same place with a slash more, are the same.
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        let same_place =
            |one: &str, other: &str| one.trim_end_matches('/') == other.trim_end_matches('/');
        for (name, same) in [("name", same as fn(&str, &str) -> bool), ("url", same_place)] {
            if let Some(before) = some_text(state, name).filter(|it| same(it, text(&read, name))) {
                read.insert(name.to_owned(), Value::text(before));
            }
        }
        Ok(Some(read))
    }

    fn update(
        &self,
        client: &Client,
        prior: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        // The owner first: whoever is no longer owner may not change the rest.
        if prior.get("owner") != planned.get("owner")
            || prior.get("isolation_mode") != planned.get("isolation_mode")
        {
            self.share(client, planned)?;
        }
        let mut body = self.body(planned);
        body.remove("name");
        if flag(planned, "force_update") {
            body.insert("force".to_owned(), true.into());
        }
        self.kind.send(client, "update", ("PATCH", &self.item(planned)), body)?;
        Ok(self.read(client, planned)?.unwrap_or_else(|| planned.clone()))
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let force = flag(state, "force_destroy");
        let path = format!("{}?force={force}", self.item(state));
        self.kind.delete(client, ("DELETE", &path), None)
    }
}
