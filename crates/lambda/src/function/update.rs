//! `UpdateFunctionCode` and `UpdateFunctionConfiguration`

use cloud::object::{SeenObject, WantedObject};
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;
use serde_json::Value;

use crate::code::FunctionCode;
use crate::function::create::refuse_unmodelled;
use crate::function::read::FunctionConfiguration;
use crate::function::settings::{Changes, Environment, EphemeralStorage, TracingConfig};
use crate::function::{self, FunctionRow};
use crate::name::Named;
use crate::vpc::{Vpc, VpcConfig};
use crate::{role, version};

/// `UpdateFunctionConfiguration`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateFunctionConfiguration {
    function_name: String,
    role: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    environment: Option<Environment>,
    runtime: Option<String>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: Option<TracingConfig>,
    revision_id: Option<String>,
    ephemeral_storage: Option<EphemeralStorage>,
    vpc_config: Option<VpcConfig>,
    dead_letter_config: Option<Value>,
    layers: Option<Value>,
    file_system_configs: Option<Value>,
    image_config: Option<Value>,
    snap_start: Option<Value>,
    logging_config: Option<Value>,
    capacity_provider_config: Option<Value>,
    durable_config: Option<Value>,
}

impl UpdateFunctionConfiguration {
    fn changes(&self) -> Changes<'_> {
        Changes {
            role: self.role.as_deref(),
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
}

impl Operation for UpdateFunctionConfiguration {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "UpdateFunctionConfiguration";
    type Output = FunctionConfiguration;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None)?;
        self.changes().check()?;
        refuse_unmodelled(&[
            ("DeadLetterConfig", self.dead_letter_config.as_ref()),
            ("Layers", self.layers.as_ref()),
            ("FileSystemConfigs", self.file_system_configs.as_ref()),
            ("ImageConfig", self.image_config.as_ref()),
            ("SnapStart", self.snap_start.as_ref()),
            ("LoggingConfig", self.logging_config.as_ref()),
            ("CapacityProviderConfig", self.capacity_provider_config.as_ref()),
            ("DurableConfig", self.durable_config.as_ref()),
        ])
    }

    /// The role is passed only where the request names one.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, None)?;
        let updating = function::demand(ask, "lambda:UpdateFunctionConfiguration", &named);
        Ok(std::iter::once(updating).chain(self.role.as_deref().map(role::demand)).collect())
    }
}

impl Write for UpdateFunctionConfiguration {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<FunctionConfiguration, Fault> {
        let mut row = found(act, &self.function_name)?;
        function::check_revision(&row.latest.revision_id, self.revision_id.as_deref())?;
        if let Some(role) = &self.role {
            role::check_trust(act, role)?;
        }
        self.changes().apply(&mut row.latest.settings);
        let attached = row.latest.settings.vpc.as_ref().map(Vpc::config);
        let kept = attached.filter(|_| self.role.is_some());
        if let Some(vpc) = self.vpc_config.clone().or(kept) {
            let role = row.latest.settings.role.clone();
            row.latest.settings.vpc = vpc.attach(act, &role)?;
        }
        touch(act, &mut row);
        let answer = FunctionConfiguration::of(&row, None)?;
        act.tx.update(row)?;
        Ok(answer)
    }
}

/// `UpdateFunctionCode`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateFunctionCode {
    function_name: String,
    zip_file: Option<String>,
    #[serde(rename = "S3Bucket")]
    s3_bucket: Option<String>,
    #[serde(rename = "S3Key")]
    s3_key: Option<String>,
    #[serde(rename = "S3ObjectVersion")]
    s3_object_version: Option<String>,
    image_uri: Option<String>,
    #[serde(default)]
    publish: bool,
    #[serde(default)]
    dry_run: bool,
    revision_id: Option<String>,
    #[serde(default)]
    architectures: Vec<String>,
    #[serde(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
    #[serde(skip)]
    seen: Option<SeenObject>,
}

impl UpdateFunctionCode {
    fn code(&self) -> FunctionCode {
        FunctionCode {
            zip_file: self.zip_file.clone(),
            s3_bucket: self.s3_bucket.clone(),
            s3_key: self.s3_key.clone(),
            s3_object_version: self.s3_object_version.clone(),
            image_uri: self.image_uri.clone(),
            source_kms_key_arn: self.source_kms_key_arn.clone(),
            seen: self.seen.clone(),
        }
    }
}

impl Operation for UpdateFunctionCode {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "UpdateFunctionCode";
    type Output = FunctionConfiguration;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None)?;
        self.code().check(Self::NAME)
    }

    fn wanted_object(&self) -> Option<WantedObject> {
        self.code().wanted()
    }

    fn see_object(&mut self, seen: SeenObject) {
        self.seen = Some(seen);
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, None)?;
        Ok(vec![function::demand(ask, "lambda:UpdateFunctionCode", &named)])
    }
}

impl Write for UpdateFunctionCode {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<FunctionConfiguration, Fault> {
        let mut row = found(act, &self.function_name)?;
        function::check_revision(&row.latest.revision_id, self.revision_id.as_deref())?;
        let package = self.code().package(Self::NAME)?;
        row.latest.code_size = package.bytes;
        row.latest.code_sha256 = package.sha256;
        if let Some(architecture) = self.architectures.first() {
            row.latest.settings.architecture.clone_from(architecture);
        }
        touch(act, &mut row);
        let mut shown = None;
        if self.publish && !self.dry_run {
            shown = Some(version::publish(&mut row, None, act.entropy).to_string());
        }
        let answer = FunctionConfiguration::of(&row, shown.as_deref())?;
        // Unlike EC2's, Lambda's dry run succeeds.
        if !self.dry_run {
            act.tx.update(row)?;
        }
        Ok(answer)
    }
}

/// The function, to change it.
///
/// # Errors
/// `ResourceNotFoundException`
pub fn found(act: &Act<'_, '_>, function_name: &str) -> Result<FunctionRow, Fault> {
    let named = Named::read(function_name, None)?;
    let row = function::find(act.tx, act.account(), act.region, &named)?;
    Ok(FunctionRow::clone(row))
}

fn touch(act: &mut Act<'_, '_>, row: &mut FunctionRow) {
    row.latest.modified = act.now;
    row.latest.revision_id = act.entropy.uuid();
}
