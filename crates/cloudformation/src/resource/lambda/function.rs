//! `AWS::Lambda::Function`

use std::collections::BTreeMap;

use cloud::object::WantedObject;
use cloud::tag::Tag;
use cloud::{Fault, Operation, Write};
use lambda::concurrency::{DeleteFunctionConcurrency, PutFunctionConcurrency};
use lambda::function::create::CreateFunction;
use lambda::function::delete::DeleteFunction;
use lambda::function::update::{UpdateFunctionCode, UpdateFunctionConfiguration};
use lambda::package::MAX_UNZIPPED_BYTES;
use lambda::tags::{TagResource, UntagResource};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::inline;
use crate::resource::{Attributes, Physical, Provision, ResourceType};

/// Characters of a function's name.
const MAX_NAME: usize = 64;

/// A function.
#[derive(Debug)]
pub struct Function;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    function_name: Option<String>,
    role: String,
    code: Code,
    runtime: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    package_type: Option<String>,
    environment: Option<Environment>,
    kms_key_arn: Option<String>,
    tracing_config: Option<Value>,
    architectures: Option<Vec<String>>,
    ephemeral_storage: Option<Value>,
    vpc_config: Option<Value>,
    reserved_concurrent_executions: Option<i64>,
    tags: Option<Vec<Tag>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Code {
    zip_file: Option<String>,
    #[serde(rename = "S3Bucket")]
    s3_bucket: Option<String>,
    #[serde(rename = "S3Key")]
    s3_key: Option<String>,
    #[serde(rename = "S3ObjectVersion")]
    s3_object_version: Option<String>,
    image_uri: Option<String>,
    #[serde(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Environment {
    variables: Option<Map<String, Value>>,
}

impl Environment {
    /// Numbers and the like are text there.
    fn variables(&self) -> BTreeMap<&String, String> {
        let variables = self.variables.iter().flatten();
        let text = variables.map(|(name, value)| match value {
            Value::String(text) => (name, text.clone()),
            other => (name, other.to_string()),
        });
        text.collect()
    }
}

impl Properties {
    fn code(&self) -> Result<Value, Fault> {
        let code = &self.code;
        let runtime = self.runtime.as_deref();
        let zip =
            code.zip_file.as_deref().map(|text| inline::package(text, runtime)).transpose()?;
        Ok(json!({
            "ZipFile": zip,
            "S3Bucket": code.s3_bucket,
            "S3Key": code.s3_key,
            "S3ObjectVersion": code.s3_object_version,
            "ImageUri": code.image_uri,
            "SourceKMSKeyArn": code.source_kms_key_arn,
        }))
    }

    /// What `UpdateFunctionConfiguration` sets: all of it, as what is no longer named becomes what it is in new
    /// functions.
    fn configuration(&self) -> Value {
        let variables = self.environment.as_ref().map(Environment::variables).unwrap_or_default();
        let passive = json!({"Mode": "PassThrough"});
        let detached = json!({"SubnetIds": [], "SecurityGroupIds": []});
        json!({
            "Role": self.role,
            "Runtime": self.runtime,
            "Handler": self.handler,
            "Description": self.description.as_deref().unwrap_or_default(),
            "Timeout": self.timeout.unwrap_or(3),
            "MemorySize": self.memory_size.unwrap_or(128),
            "Environment": {"Variables": variables},
            "KMSKeyArn": self.kms_key_arn.as_deref().unwrap_or_default(),
            "TracingConfig": self.tracing_config.as_ref().unwrap_or(&passive),
            "EphemeralStorage": self.ephemeral_storage.clone().unwrap_or(json!({"Size": 512})),
            "VpcConfig": self.vpc_config.as_ref().unwrap_or(&detached),
        })
    }

    fn tags(&self) -> BTreeMap<&str, &str> {
        let tags = self.tags.iter().flatten();
        tags.map(|tag| (tag.key.as_str(), tag.value.as_str())).collect()
    }
}

/// Calls an operation that may want an object of S3, which was read for the resource.
fn with_object<O: Write + Operation>(
    on: &mut Provision<'_, '_, '_>,
    input: Value,
) -> Result<Value, Fault> {
    let mut operation = on.decode::<O>(input)?;
    if operation.wanted_object().is_some() {
        operation.see_object(on.object());
    }
    on.run(operation)
}

fn set_concurrency(
    on: &mut Provision<'_, '_, '_>,
    name: &str,
    reserved: Option<i64>,
) -> Result<(), Fault> {
    let answer = match reserved {
        Some(number) => {
            let input = json!({"FunctionName": name, "ReservedConcurrentExecutions": number});
            on.write::<PutFunctionConcurrency>(input)
        }
        None => on.write::<DeleteFunctionConcurrency>(json!({"FunctionName": name})),
    };
    answer.map(drop)
}

fn retag(
    on: &mut Provision<'_, '_, '_>,
    arn: Option<&Value>,
    old: &Properties,
    new: &Properties,
) -> Result<(), Fault> {
    let (old, new) = (old.tags(), new.tags());
    let gone: Vec<&str> = old.keys().filter(|key| !new.contains_key(*key)).copied().collect();
    if !gone.is_empty() {
        on.write::<UntagResource>(json!({"Resource": arn, "tagKeys": gone}))?;
    }
    if old != new && !new.is_empty() {
        on.write::<TagResource>(json!({"Resource": arn, "Tags": new}))?;
    }
    Ok(())
}

impl ResourceType for Function {
    const NAME: &'static str = "AWS::Lambda::Function";
    type Properties = Properties;

    fn wants(properties: &Properties) -> Option<WantedObject> {
        let code = &properties.code;
        if code.zip_file.is_some() {
            return None;
        }
        Some(WantedObject {
            bucket: code.s3_bucket.clone()?,
            key: code.s3_key.clone()?,
            version_id: code.s3_object_version.clone(),
            max_bytes: MAX_UNZIPPED_BYTES,
        })
    }

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let name = properties.function_name.clone().unwrap_or_else(|| on.name(MAX_NAME));
        let mut input = properties.configuration();
        if let Some(members) = input.as_object_mut() {
            members.insert("FunctionName".to_owned(), json!(name));
            members.insert("Code".to_owned(), properties.code()?);
            members.insert("PackageType".to_owned(), json!(properties.package_type));
            let architectures = properties.architectures.as_deref().unwrap_or_default();
            members.insert("Architectures".to_owned(), json!(architectures));
            members.insert("Tags".to_owned(), json!(properties.tags()));
        }
        let answer = with_object::<CreateFunction>(on, input)?;
        if properties.reserved_concurrent_executions.is_some() {
            set_concurrency(on, &name, properties.reserved_concurrent_executions)?;
        }
        let arn = answer.get("FunctionArn").cloned().unwrap_or_default();
        Ok(Physical { id: name, attributes: Attributes::from([("Arn".to_owned(), arn)]) })
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let named = |mut input: Value| {
            if let Some(members) = input.as_object_mut() {
                members.insert("FunctionName".to_owned(), json!(physical.id));
            }
            input
        };
        let configuration = new.configuration();
        if configuration != old.configuration() {
            on.write::<UpdateFunctionConfiguration>(named(configuration))?;
        }
        if new.code != old.code || new.architectures != old.architectures {
            let mut code = named(new.code()?);
            if let Some(members) = code.as_object_mut() {
                let architectures = new.architectures.as_deref().unwrap_or_default();
                members.insert("Architectures".to_owned(), json!(architectures));
            }
            with_object::<UpdateFunctionCode>(on, code)?;
        }
        if new.reserved_concurrent_executions != old.reserved_concurrent_executions {
            set_concurrency(on, &physical.id, new.reserved_concurrent_executions)?;
        }
        retag(on, physical.attributes.get("Arn"), &old, &new)?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteFunction>(json!({"FunctionName": physical.id}));
        on.unless_gone(outcome, &["ResourceNotFoundException"])
    }
}
