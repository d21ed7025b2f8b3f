//! `AWS::Lambda::Permission`

use cloud::Fault;
use lambda::permission::{AddPermission, RemovePermission};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::resource::{Attributes, Physical, Provision, ResourceType};

/// Characters of a statement's id.
const MAX_ID: usize = 100;

/// A statement of a function's policy.
#[derive(Debug)]
pub struct Permission;

/// Its properties, which are the parameters of `AddPermission`: what that does not model it refuses by name.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    function_name: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
    event_source_token: Option<String>,
    function_url_auth_type: Option<String>,
    invoked_via_function_url: Option<bool>,
    #[serde(rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
}

impl ResourceType for Permission {
    const NAME: &'static str = "AWS::Lambda::Permission";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let id = on.name(MAX_ID);
        let mut input = json!(properties);
        if let Some(members) = input.as_object_mut() {
            members.insert("StatementId".to_owned(), json!(id));
        }
        on.write::<AddPermission>(input)?;
        let attributes = Attributes::from([("Id".to_owned(), json!(id))]);
        Ok(Physical { id, attributes })
    }

    /// Every property replaces it.
    fn update(
        _: Properties,
        _: Properties,
        physical: &Physical,
        _: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let input = json!({"FunctionName": properties.function_name, "StatementId": physical.id});
        let outcome = on.write::<RemovePermission>(input);
        on.unless_gone(outcome, &["ResourceNotFoundException"])
    }
}
