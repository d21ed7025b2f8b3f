//! `AWS::Lambda::Version`

use cloud::Fault;
use lambda::function::delete::DeleteFunction;
use lambda::version::{self, PublishVersion};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::{Attributes, Physical, Provision, ResourceType};

/// A published version of a function.
#[derive(Debug)]
pub struct Version;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    function_name: String,
    description: Option<String>,
    #[serde(rename = "CodeSha256")]
    code_sha256: Option<String>,
}

impl ResourceType for Version {
    const NAME: &'static str = "AWS::Lambda::Version";
    type Properties = Properties;

    /// A state that was published already, for which Lambda answers the version that there is, is refused (text:
    /// serverless/serverless issue 8392).
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let function = &properties.function_name;
        let newest = version::newest(on.view(), on.account(), on.region(), function);
        let answer = on.write::<PublishVersion>(json!({
            "FunctionName": properties.function_name,
            "Description": properties.description,
            "CodeSha256": properties.code_sha256,
        }))?;
        let member = |name: &str| answer.get(name).cloned().unwrap_or_default();
        let number = member("Version");
        if number.as_str().and_then(|it| it.parse().ok()) <= newest {
            let number = number.as_str().unwrap_or_default();
            let text = format!(
                "A version for this Lambda function exists ( {number} ). Modify the function to create a new version."
            );
            return Err(Fault::new("AlreadyExistsException", text));
        }
        let id = member("FunctionArn").as_str().unwrap_or_default().to_owned();
        let attributes = Attributes::from([
            ("Version".to_owned(), number),
            ("FunctionArn".to_owned(), json!(id)),
        ]);
        Ok(Physical { id, attributes })
    }

    /// Nothing of a version changes.
    fn update(
        _: Properties,
        _: Properties,
        physical: &Physical,
        _: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteFunction>(json!({"FunctionName": physical.id}));
        on.unless_gone(outcome.map(|_| Value::Null), &["ResourceNotFoundException"])
    }
}
