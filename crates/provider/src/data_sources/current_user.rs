//! `databricks_current_user`: as whom the provider works.

use serde_json::Value as Json;

use crate::client::Client;
use crate::resource::{DataSource, Failure};
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

/// The data source.
pub(super) struct CurrentUser;

impl DataSource for CurrentUser {
    fn name(&self) -> &'static str {
        "databricks_current_user"
    }

    fn schema(&self) -> Block {
        let text = |name, description| Attribute::computed(name, Type::Text, description);
        Block::new(
            "As whom the provider works.",
            vec![
                text("id", "The id of the user or service principal."),
                text("user_name", "The user's name; a service principal's application id."),
                text("external_id", "The id in an identity provider."),
                text("home", "The folder in the workspace."),
                text("repos", "The folder of Git folders."),
                text("alphanumeric", "The name with `_` for everything but letters and digits."),
                text("acl_principal_id", "The name in access control lists."),
                text("workspace_url", "The workspace."),
            ],
        )
    }

    fn read(&self, client: &Client, _: &Members) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let answer = client.get("/api/2.0/preview/scim/v2/Me", &[]);
        let answer = answer.map_err(|error| error.diagnostic("read the current user"))?;
        let text = |name: &str| answer.get(name).and_then(Json::as_str).unwrap_or_default();
        let name = text("userName");
        let plain = name.split('@').next().unwrap_or_default().to_lowercase();
        let plain: String =
            plain.chars().map(|it| if it.is_alphanumeric() { it } else { '_' }).collect();
        // A service principal's name is its application id, a UUID.
        let kind = if name.contains('@') { "users" } else { "servicePrincipals" };
        let members = [
            ("id", text("id").to_owned()),
            ("user_name", name.to_owned()),
            ("external_id", text("externalId").to_owned()),
            ("home", format!("/Users/{name}")),
            ("repos", format!("/Repos/{name}")),
            ("alphanumeric", plain),
            ("acl_principal_id", format!("{kind}/{name}")),
            ("workspace_url", client.host().to_owned()),
        ];
        Ok(members.into_iter().map(|(name, value)| (name.to_owned(), Value::Text(value))).collect())
    }
}
