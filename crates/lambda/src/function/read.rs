//! `GetFunction`, `GetFunctionConfiguration`, `ListFunctions`, `GetFunctionCodeSigningConfig`, and how a function
//! is shown.

use std::collections::BTreeMap;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::concurrency::Concurrency;
use crate::function::settings::{Environment, EphemeralStorage, TracingConfig};
use crate::function::{self, FunctionRow};
use crate::name::Named;
use crate::vpc::Vpc;

/// Functions of one page.
const MAX_PAGE: usize = 50;

/// A function, or one of its versions, as Lambda answers it. There is no pending state: a function is ready
/// when it is there, as one without a VPC practically is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionConfiguration {
    function_name: String,
    function_arn: String,
    runtime: String,
    role: String,
    handler: String,
    code_size: u64,
    description: String,
    timeout: i64,
    memory_size: i64,
    last_modified: String,
    code_sha256: String,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<Environment>,
    #[serde(rename = "KMSKeyArn", skip_serializing_if = "Option::is_none")]
    kms_key_arn: Option<String>,
    tracing_config: TracingConfig,
    revision_id: String,
    state: &'static str,
    last_update_status: &'static str,
    package_type: &'static str,
    architectures: Vec<String>,
    ephemeral_storage: EphemeralStorage,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_config: Option<Vpc>,
    snap_start: SnapStart,
    logging_config: LoggingConfig,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapStart {
    apply_on: &'static str,
    optimization_status: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoggingConfig {
    log_format: &'static str,
    log_group: String,
}

impl FunctionConfiguration {
    /// What `qualifier` names of a function. A qualified request is answered with the qualified ARN.
    ///
    /// # Errors
    /// `ResourceNotFoundException`
    pub fn of(row: &FunctionRow, qualifier: Option<&str>) -> Result<Self, Fault> {
        let Some((state, version)) = row.state(qualifier) else {
            let qualifier = qualifier.unwrap_or_default();
            return Err(function::missing(&format!("{}:{qualifier}", row.arn())));
        };
        let settings = &state.settings;
        // $LATEST that nobody asked for by name goes without it.
        let function_arn = match qualifier {
            None | Some(crate::name::LATEST) => row.arn(),
            Some(qualifier) => format!("{}:{qualifier}", row.arn()),
        };
        let variables = settings.environment.clone();
        Ok(Self {
            function_name: row.name.clone(),
            function_arn,
            runtime: settings.runtime.clone(),
            role: settings.role.clone(),
            handler: settings.handler.clone(),
            code_size: state.code_size,
            description: settings.description.clone(),
            timeout: settings.timeout,
            memory_size: settings.memory_size,
            last_modified: function::modified(state.modified),
            code_sha256: state.code_sha256.clone(),
            version,
            environment: variables.map(|variables| Environment { variables }),
            kms_key_arn: settings.kms_key_arn.clone(),
            tracing_config: TracingConfig { mode: Some(settings.tracing.clone()) },
            revision_id: state.revision_id.clone(),
            state: "Active",
            last_update_status: "Successful",
            package_type: "Zip",
            architectures: vec![settings.architecture.clone()],
            ephemeral_storage: EphemeralStorage { size: settings.storage },
            vpc_config: settings.vpc.clone(),
            snap_start: SnapStart { apply_on: "None", optimization_status: "Off" },
            logging_config: LoggingConfig {
                log_format: "Text",
                log_group: format!("/aws/lambda/{}", row.name),
            },
        })
    }
}

impl FunctionConfiguration {
    /// `$LATEST` as `ListVersionsByFunction` shows it: with the qualified ARN.
    ///
    /// # Errors
    /// None that can happen.
    pub fn latest_in_list(row: &FunctionRow) -> Result<Self, Fault> {
        let function_arn = format!("{}:{}", row.arn(), crate::name::LATEST);
        Ok(Self { function_arn, ..Self::of(row, None)? })
    }
}

/// `GetFunction`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunction {
    function_name: String,
    qualifier: Option<String>,
}

/// Its answer. Packages are not kept, so that there is no place to load one from.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionOutput {
    configuration: FunctionConfiguration,
    code: CodeLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency: Option<Concurrency>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CodeLocation {
    repository_type: &'static str,
}

impl Operation for GetFunction {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "GetFunction";
    type Output = GetFunctionOutput;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, self.qualifier.as_deref()).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        Ok(vec![function::demand(ask, "lambda:GetFunction", &named)])
    }
}

impl Read for GetFunction {
    fn read(self, ask: &Ask<'_>) -> Result<GetFunctionOutput, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        let row = function::find(ask.view, ask.account(), ask.region, &named)?;
        Ok(GetFunctionOutput {
            configuration: FunctionConfiguration::of(row, named.qualifier.as_deref())?,
            code: CodeLocation { repository_type: "S3" },
            concurrency: row.reserved_concurrency.map(|_| Concurrency::of(row)),
            tags: crate::tags::map(&row.tags),
        })
    }
}

/// `GetFunctionConfiguration`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionConfiguration {
    function_name: String,
    qualifier: Option<String>,
}

impl Operation for GetFunctionConfiguration {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "GetFunctionConfiguration";
    type Output = FunctionConfiguration;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, self.qualifier.as_deref()).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        Ok(vec![function::demand(ask, "lambda:GetFunctionConfiguration", &named)])
    }
}

impl Read for GetFunctionConfiguration {
    fn read(self, ask: &Ask<'_>) -> Result<FunctionConfiguration, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        let row = function::find(ask.view, ask.account(), ask.region, &named)?;
        FunctionConfiguration::of(row, named.qualifier.as_deref())
    }
}

/// `GetFunctionCodeSigningConfig`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionCodeSigningConfig {
    function_name: String,
}

/// Its answer: no function has one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionCodeSigningConfigOutput {
    code_signing_config_arn: &'static str,
    function_name: String,
}

impl Operation for GetFunctionCodeSigningConfig {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "GetFunctionCodeSigningConfig";
    type Output = GetFunctionCodeSigningConfigOutput;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, None)?;
        Ok(vec![function::demand(ask, "lambda:GetFunctionCodeSigningConfig", &named)])
    }
}

impl Read for GetFunctionCodeSigningConfig {
    fn read(self, ask: &Ask<'_>) -> Result<GetFunctionCodeSigningConfigOutput, Fault> {
        let named = Named::read(&self.function_name, None)?;
        let row = function::find(ask.view, ask.account(), ask.region, &named)?;
        let function_name = row.name.clone();
        Ok(GetFunctionCodeSigningConfigOutput { code_signing_config_arn: "", function_name })
    }
}

/// `ListFunctions`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctions {
    function_version: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctionsOutput {
    functions: Vec<FunctionConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
}

impl Operation for ListFunctions {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "ListFunctions";
    type Output = ListFunctionsOutput;

    fn check(&self) -> Result<(), Fault> {
        check_page(self.max_items)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("lambda:ListFunctions", "*")])
    }
}

impl Read for ListFunctions {
    fn read(self, ask: &Ask<'_>) -> Result<ListFunctionsOutput, Fault> {
        let all = self.function_version.as_deref() == Some("ALL");
        let account = ask.account();
        let mut shown = Vec::new();
        for row in ask.view.range::<FunctionRow>(account.as_str(), ..) {
            if row.region != ask.region {
                continue;
            }
            shown.push(FunctionConfiguration::of(row, None)?);
            if all {
                for published in &row.versions {
                    let number = published.number.to_string();
                    shown.push(FunctionConfiguration::of(row, Some(&number))?);
                }
            }
        }
        let (functions, next_marker) = page(shown, self.marker.as_deref(), self.max_items)?;
        Ok(ListFunctionsOutput { functions, next_marker })
    }
}

/// Checks `MaxItems`.
///
/// # Errors
/// `ValidationException`
pub fn check_page(max_items: Option<i64>) -> Result<(), Fault> {
    use cloud::constraint::{Check, Constraints};
    let mut constraints = Constraints::new();
    constraints.number("maxItems", max_items, &[Check::AtLeast(1), Check::AtMost(10_000)]);
    crate::name::finish(&constraints)
}

/// The page that begins at a marker, which is the number of items before it.
///
/// # Errors
/// `InvalidParameterValueException` for a marker that is none (the text is unverified).
pub fn page<T>(
    items: Vec<T>,
    marker: Option<&str>,
    max_items: Option<i64>,
) -> Result<(Vec<T>, Option<String>), Fault> {
    let start: usize = match marker {
        Some(marker) => marker
            .parse()
            .map_err(|_| crate::code::invalid("Invalid value for parameter Marker."))?,
        None => 0,
    };
    let wanted = max_items.and_then(|it| usize::try_from(it).ok()).unwrap_or(MAX_PAGE);
    let most = wanted.min(MAX_PAGE);
    let more = items.len() > start.saturating_add(most);
    let next = more.then(|| (start + most).to_string());
    Ok((items.into_iter().skip(start).take(most).collect(), next))
}
