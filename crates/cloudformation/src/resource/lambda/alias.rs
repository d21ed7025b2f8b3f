//! `AWS::Lambda::Alias`

use cloud::Fault;
use lambda::alias::{CreateAlias, DeleteAlias, UpdateAlias};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::resource::{Attributes, Physical, Provision, ResourceType};

/// A name for a version of a function.
#[derive(Debug)]
pub struct Alias;

/// Its properties.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    function_name: String,
    name: String,
    function_version: String,
    description: Option<String>,
}

impl ResourceType for Alias {
    const NAME: &'static str = "AWS::Lambda::Alias";
    type Properties = Properties;

    /// Its id is its ARN (user guide, `AWS::Lambda::Alias`, "Return values").
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let answer = on.write::<CreateAlias>(json!(properties))?;
        let arn = answer.get("AliasArn").cloned().unwrap_or_default();
        let id = arn.as_str().unwrap_or_default().to_owned();
        Ok(Physical { id, attributes: Attributes::from([("AliasArn".to_owned(), arn)]) })
    }

    fn update(
        _: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let mut input = json!(new);
        if let Some(members) = input.as_object_mut() {
            let description = new.description.as_deref().unwrap_or_default();
            members.insert("Description".to_owned(), json!(description));
        }
        on.write::<UpdateAlias>(input)?;
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        _: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let input = json!({"FunctionName": properties.function_name, "Name": properties.name});
        let outcome = on.write::<DeleteAlias>(input);
        on.unless_gone(outcome, &["ResourceNotFoundException"])
    }
}
