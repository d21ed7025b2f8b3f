//! What a function is set to: what requests say, what is kept, and what answers show.

use std::collections::BTreeMap;

use cloud::Fault;
use cloud::constraint::{Check, Constraints};
use serde::{Deserialize, Serialize};

use crate::name::finish;
use crate::role;
use crate::vpc::{Vpc, VpcConfig};

/// Seconds that a function may run at most.
pub const MAX_TIMEOUT_SECONDS: i64 = 900;
/// Megabytes of memory that a function has at least and at most.
pub const MEMORY_MB: (i64, i64) = (128, 10_240);
/// Megabytes of `/tmp` that a function has at least and at most.
pub const STORAGE_MB: (i64, i64) = (512, 10_240);
/// Bytes of environment variables, names and values together.
pub const MAX_ENVIRONMENT_BYTES: usize = 4096;

/// The runtimes that functions can be created with (API model, botocore 1.43).
const RUNTIMES: &[&str] = &[
    "nodejs",
    "nodejs4.3",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs18.x",
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "java8",
    "java8.al2",
    "java11",
    "java17",
    "java21",
    "java25",
    "python2.7",
    "python3.6",
    "python3.7",
    "python3.8",
    "python3.9",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "dotnet6",
    "dotnet8",
    "dotnet10",
    "nodejs4.3-edge",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "ruby3.2",
    "ruby3.3",
    "ruby3.4",
    "ruby4.0",
    "provided",
    "provided.al2",
    "provided.al2023",
];

/// Names that the environment cannot have: Lambda sets them.
const RESERVED: &[&str] = &[
    "_HANDLER",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// What a function is set to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The ARN of its role.
    pub role: String,
    /// What runs it.
    pub runtime: String,
    /// What is called in it.
    pub handler: String,
    /// What it is for.
    pub description: String,
    /// How long it may run, in seconds.
    pub timeout: i64,
    /// Its memory, in megabytes.
    pub memory_size: i64,
    /// Its environment; none and empty are told apart.
    pub environment: Option<BTreeMap<String, String>>,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// Its `/tmp`, in megabytes.
    pub storage: i64,
    /// `Active` or `PassThrough`.
    pub tracing: String,
    /// The key that its environment is encrypted with.
    pub kms_key_arn: Option<String>,
    /// What it is attached to.
    #[serde(default)]
    pub vpc: Option<Vpc>,
}

/// `Environment`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    /// The variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// `TracingConfig`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TracingConfig {
    /// `Active` or `PassThrough`.
    pub mode: Option<String>,
}

/// `EphemeralStorage`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EphemeralStorage {
    /// In megabytes.
    pub size: i64,
}

/// What a request sets; what it does not name stays.
#[derive(Debug, Clone, Default)]
pub struct Changes<'r> {
    /// `Role`
    pub role: Option<&'r str>,
    /// `Runtime`
    pub runtime: Option<&'r str>,
    /// `Handler`
    pub handler: Option<&'r str>,
    /// `Description`
    pub description: Option<&'r str>,
    /// `Timeout`
    pub timeout: Option<i64>,
    /// `MemorySize`
    pub memory_size: Option<i64>,
    /// `Environment`
    pub environment: Option<&'r Environment>,
    /// `TracingConfig`
    pub tracing: Option<&'r TracingConfig>,
    /// `EphemeralStorage`
    pub storage: Option<&'r EphemeralStorage>,
    /// `KMSKeyArn`
    pub kms_key_arn: Option<&'r str>,
    /// `VpcConfig`, which [`VpcConfig::attach`] applies.
    pub vpc: Option<&'r VpcConfig>,
}

impl Changes<'_> {
    /// Checks their form.
    ///
    /// # Errors
    /// `ValidationException`, or `InvalidParameterValueException` with Lambda's own sentences.
    pub fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        if let Some(arn) = self.role {
            role::check_form(&mut constraints, arn);
        }
        let no_space =
            Check::Pattern("[^\\s]+", |it| !it.is_empty() && !it.contains(char::is_whitespace));
        constraints.optional("handler", self.handler, &[Check::MaxLength(128), no_space]);
        constraints.optional("description", self.description, &[Check::MaxLength(256)]);
        constraints.number(
            "timeout",
            self.timeout,
            &[Check::AtLeast(1), Check::AtMost(MAX_TIMEOUT_SECONDS)],
        );
        let (least, most) = MEMORY_MB;
        constraints.number(
            "memorySize",
            self.memory_size,
            &[Check::AtLeast(least), Check::AtMost(most)],
        );
        let (least, most) = STORAGE_MB;
        let size = self.storage.map(|storage| storage.size);
        constraints.number(
            "ephemeralStorage.size",
            size,
            &[Check::AtLeast(least), Check::AtMost(most)],
        );
        let mode = self.tracing.and_then(|tracing| tracing.mode.as_deref());
        constraints.optional(
            "tracingConfig.mode",
            mode,
            &[Check::OneOf(&["Active", "PassThrough"])],
        );
        if let Some(vpc) = self.vpc {
            vpc.check_form(&mut constraints);
        }
        finish(&constraints)?;
        self.vpc.map_or(Ok(()), VpcConfig::check)?;
        if let Some(runtime) = self.runtime {
            check_runtime(runtime)?;
        }
        self.environment.map_or(Ok(()), |environment| check_environment(&environment.variables))
    }

    /// Applies them.
    pub fn apply(&self, settings: &mut Settings) {
        let set = |field: &mut String, value: Option<&str>| {
            if let Some(value) = value {
                value.clone_into(field);
            }
        };
        set(&mut settings.role, self.role);
        set(&mut settings.runtime, self.runtime);
        set(&mut settings.handler, self.handler);
        set(&mut settings.description, self.description);
        set(&mut settings.tracing, self.tracing.and_then(|tracing| tracing.mode.as_deref()));
        settings.timeout = self.timeout.unwrap_or(settings.timeout);
        settings.memory_size = self.memory_size.unwrap_or(settings.memory_size);
        settings.storage = self.storage.map_or(settings.storage, |storage| storage.size);
        if let Some(environment) = self.environment {
            let variables = &environment.variables;
            settings.environment = (!variables.is_empty()).then(|| variables.clone());
        }
        if let Some(key) = self.kms_key_arn {
            settings.kms_key_arn = Some(key.to_owned()).filter(|key| !key.is_empty());
        }
    }
}

/// Lambda's sentence on runtimes has no number of errors before it (public reports).
fn check_runtime(runtime: &str) -> Result<(), Fault> {
    if RUNTIMES.contains(&runtime) {
        return Ok(());
    }
    let text = format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or \
         be a valid ARN",
        RUNTIMES.join(", ")
    );
    Err(Fault::new("InvalidParameterValueException", text))
}

fn check_environment(variables: &BTreeMap<String, String>) -> Result<(), Fault> {
    let refuse = |text: String| Err(Fault::new("InvalidParameterValueException", text));
    let reserved: Vec<&str> =
        variables.keys().map(String::as_str).filter(|name| RESERVED.contains(name)).collect();
    if !reserved.is_empty() {
        return refuse(format!(
            "Lambda was unable to configure your environment variables because the environment variables you \
             have provided contains reserved keys that are currently not supported for modification. Reserved \
             keys used in this request: {}",
            reserved.join(", ")
        ));
    }
    let bytes: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > MAX_ENVIRONMENT_BYTES {
        return refuse(format!(
            "Lambda was unable to configure your environment variables because the environment variables you \
             have provided exceeded the 4KB limit. String measured: {bytes} bytes"
        ));
    }
    let is_name = |name: &str| {
        let mut bytes = name.bytes();
        name.len() > 1
            && bytes.next().is_some_and(|it| it.is_ascii_alphabetic())
            && bytes.all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    if variables.keys().all(|name| is_name(name)) {
        return Ok(());
    }
    let mut constraints = Constraints::new();
    let pattern = Check::Members(
        "Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+",
        |_| false,
    );
    constraints.fail_unshown("environment.variables", pattern);
    finish(&constraints)
}
