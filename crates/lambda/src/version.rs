//! Versions: states of a function that stay as they are. `PublishVersion`, `ListVersionsByFunction`

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use names::{AccountId, Entropy};
use serde::{Deserialize, Serialize};
use store::View;

use crate::code::invalid;
use crate::function::read::{FunctionConfiguration, check_page, page};
use crate::function::update::found;
use crate::function::{self, FunctionRow, Published};
use crate::name::Named;

/// Publishes the latest state and gives its number; a state that was published already keeps its own
/// ("Lambda doesn't publish a version if the function's configuration and code haven't changed since the last
/// version", API reference).
pub fn publish(row: &mut FunctionRow, description: Option<&str>, entropy: &mut dyn Entropy) -> u64 {
    let mut state = row.latest.clone();
    if let Some(description) = description {
        description.clone_into(&mut state.settings.description);
    }
    if let Some(last) = row.versions.last()
        && last.state.code_sha256 == state.code_sha256
        && last.state.settings == state.settings
    {
        return last.number;
    }
    state.revision_id = entropy.uuid();
    row.last_version += 1;
    row.versions.push(Published { number: row.last_version, state });
    row.last_version
}

/// The number of the version that was published last; none if there is no such function, or it has none.
#[must_use]
pub fn newest(view: &View, account: AccountId, region: &str, function: &str) -> Option<u64> {
    let named = Named::read(function, None).ok()?;
    let row = function::find(view, account, region, &named).ok()?;
    row.versions.last().map(|published| published.number)
}

/// `PublishVersion`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishVersion {
    function_name: String,
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

impl Operation for PublishVersion {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "PublishVersion";
    type Output = FunctionConfiguration;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, None)?;
        Ok(vec![function::demand(ask, "lambda:PublishVersion", &named)])
    }
}

impl Write for PublishVersion {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<FunctionConfiguration, Fault> {
        let mut row = found(act, &self.function_name)?;
        function::check_revision(&row.latest.revision_id, self.revision_id.as_deref())?;
        if self.code_sha256.as_ref().is_some_and(|wanted| *wanted != row.latest.code_sha256) {
            let text = format!(
                "CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({}). Please try again with the \
                 CodeSHA256 in $LATEST.",
                self.code_sha256.as_deref().unwrap_or_default(),
                row.latest.code_sha256
            );
            return Err(invalid(text));
        }
        let number = publish(&mut row, self.description.as_deref(), act.entropy);
        let answer = FunctionConfiguration::of(&row, Some(&number.to_string()))?;
        act.tx.update(row)?;
        Ok(answer)
    }
}

/// `ListVersionsByFunction`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVersionsByFunction {
    function_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVersionsByFunctionOutput {
    versions: Vec<FunctionConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
}

impl Operation for ListVersionsByFunction {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "ListVersionsByFunction";
    type Output = ListVersionsByFunctionOutput;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None)?;
        check_page(self.max_items)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, None)?;
        Ok(vec![function::demand(ask, "lambda:ListVersionsByFunction", &named)])
    }
}

impl Read for ListVersionsByFunction {
    fn read(self, ask: &Ask<'_>) -> Result<ListVersionsByFunctionOutput, Fault> {
        let named = Named::read(&self.function_name, None)?;
        let row = function::find(ask.view, ask.account(), ask.region, &named)?;
        let numbers = row.versions.iter().map(|published| published.number.to_string());
        // In lists each version has its qualified ARN, $LATEST too.
        let mut latest = vec![FunctionConfiguration::latest_in_list(row)?];
        for number in numbers {
            latest.push(FunctionConfiguration::of(row, Some(&number))?);
        }
        let (versions, next_marker) = page(latest, self.marker.as_deref(), self.max_items)?;
        Ok(ListVersionsByFunctionOutput { versions, next_marker })
    }
}
