//! `CreateFunction`

use std::collections::BTreeMap;

use cloud::constraint::Constraints;
use cloud::object::{SeenObject, WantedObject};
use cloud::tag::{self, Tag};
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;
use serde_json::Value;

use crate::code::{self, FunctionCode, not_modelled};
use crate::function::read::FunctionConfiguration;
use crate::function::settings::{Changes, Environment, EphemeralStorage, Settings, TracingConfig};
use crate::function::{self, FunctionRow, State};
use crate::name::{Named, finish};
use crate::vpc::VpcConfig;
use crate::{role, version};

/// `CreateFunction`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateFunction {
    function_name: String,
    role: String,
    #[serde(default)]
    code: FunctionCode,
    runtime: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    #[serde(default)]
    publish: bool,
    package_type: Option<String>,
    environment: Option<Environment>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: Option<TracingConfig>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    architectures: Vec<String>,
    ephemeral_storage: Option<EphemeralStorage>,
    vpc_config: Option<VpcConfig>,
    dead_letter_config: Option<Value>,
    layers: Option<Value>,
    file_system_configs: Option<Value>,
    image_config: Option<Value>,
    code_signing_config_arn: Option<Value>,
    snap_start: Option<Value>,
    logging_config: Option<Value>,
    capacity_provider_config: Option<Value>,
    publish_to: Option<Value>,
    durable_config: Option<Value>,
    tenancy_config: Option<Value>,
}

/// Refuses the first of these parameters that is given and says something.
///
/// # Errors
/// `NotImplemented`
pub fn refuse_unmodelled(parameters: &[(&str, Option<&Value>)]) -> Result<(), Fault> {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => members.values().any(|value| match value {
            Value::Array(items) => !items.is_empty(),
            Value::String(text) => !matches!(text.as_str(), "" | "None" | "Text"),
            other => !other.is_null() && *other != Value::Bool(false),
        }),
        _ => true,
    };
    match parameters.iter().find(|(_, value)| value.is_some_and(says)) {
        Some((name, _)) => Err(not_modelled(&format!("`{name}` of Lambda functions"))),
        None => Ok(()),
    }
}

impl CreateFunction {
    fn changes(&self) -> Changes<'_> {
        Changes {
            role: Some(&self.role),
            runtime: self.runtime.as_deref(),
            handler: self.handler.as_deref(),
            description: self.description.as_deref(),
            timeout: self.timeout,
            memory_size: self.memory_size,
            environment: self.environment.as_ref(),
            tracing: self.tracing_config.as_ref(),
            storage: self.ephemeral_storage.as_ref(),
            kms_key_arn: self.kms_key_arn.as_deref(),
            vpc: self.vpc_config.as_ref(),
        }
    }

    fn tags(&self) -> Vec<Tag> {
        crate::tags::list(&self.tags)
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings {
            role: String::new(),
            runtime: String::new(),
            handler: String::new(),
            description: String::new(),
            timeout: 3,
            memory_size: 128,
            environment: None,
            architecture: self
                .architectures
                .first()
                .cloned()
                .unwrap_or_else(|| "x86_64".to_owned()),
            storage: 512,
            tracing: "PassThrough".to_owned(),
            kms_key_arn: None,
            vpc: None,
        };
        self.changes().apply(&mut settings);
        settings
    }

    fn named(&self) -> Result<Named, Fault> {
        Named::read(&self.function_name, None)
    }
}

impl Operation for CreateFunction {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "CreateFunction";
    type Output = FunctionConfiguration;

    fn check(&self) -> Result<(), Fault> {
        self.named()?;
        self.changes().check()?;
        refuse_unmodelled(&[
            ("DeadLetterConfig", self.dead_letter_config.as_ref()),
            ("Layers", self.layers.as_ref()),
            ("FileSystemConfigs", self.file_system_configs.as_ref()),
            ("ImageConfig", self.image_config.as_ref()),
            ("CodeSigningConfigArn", self.code_signing_config_arn.as_ref()),
            ("SnapStart", self.snap_start.as_ref()),
            ("LoggingConfig", self.logging_config.as_ref()),
            ("CapacityProviderConfig", self.capacity_provider_config.as_ref()),
            ("PublishTo", self.publish_to.as_ref()),
            ("DurableConfig", self.durable_config.as_ref()),
            ("TenancyConfig", self.tenancy_config.as_ref()),
        ])?;
        if self.package_type.as_deref().is_some_and(|kind| kind != "Zip") {
            return Err(not_modelled("functions from container images"));
        }
        let mut constraints = Constraints::new();
        tag::check(&self.tags(), &mut constraints);
        finish(&constraints)?;
        if self.architectures.iter().any(|it| !matches!(it.as_str(), "x86_64" | "arm64")) {
            return Err(code::invalid("Architecture is not supported"));
        }
        if self.runtime.is_none() || self.handler.is_none() {
            let text = "Runtime and Handler are mandatory parameters for functions created with deployment packages.";
            return Err(code::invalid(text));
        }
        self.code.check(Self::NAME)
    }

    fn wanted_object(&self) -> Option<WantedObject> {
        self.code.wanted()
    }

    fn see_object(&mut self, seen: SeenObject) {
        self.code.seen = Some(seen);
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let creating = function::demand(ask, "lambda:CreateFunction", &self.named()?);
        let creating = creating.with_request_tags(&self.tags());
        let mut demands = vec![creating];
        if !self.tags.is_empty() {
            let tagging = function::demand(ask, "lambda:TagResource", &self.named()?);
            demands.push(tagging.with_request_tags(&self.tags()));
        }
        demands.push(role::demand(&self.role));
        Ok(demands)
    }
}

impl Write for CreateFunction {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<FunctionConfiguration, Fault> {
        let named = self.named()?;
        let (account, region) = (act.account(), act.region.to_owned());
        if function::find(act.tx, account, &region, &named).is_ok() {
            let text = format!("Function already exist: {}", named.name);
            return Err(Fault::new("ResourceConflictException", text));
        }
        role::check_trust(act, &self.role)?;
        let package = self.code.package(Self::NAME)?;
        let mut settings = self.settings();
        if let Some(vpc) = &self.vpc_config {
            settings.vpc = vpc.attach(act, &self.role)?;
        }
        let mut row = FunctionRow {
            account,
            region,
            name: named.name,
            latest: State {
                settings,
                code_size: package.bytes,
                code_sha256: package.sha256,
                modified: act.now,
                revision_id: act.entropy.uuid(),
            },
            versions: Vec::new(),
            last_version: 0,
            aliases: BTreeMap::new(),
            grants: Vec::new(),
            tags: self.tags(),
            reserved_concurrency: None,
        };
        let shown = if self.publish {
            let number = version::publish(&mut row, None, act.entropy);
            number.to_string()
        } else {
            crate::name::LATEST.to_owned()
        };
        let answer = FunctionConfiguration::of(&row, Some(&shown))?;
        act.tx.insert(row)?;
        Ok(answer)
    }
}
