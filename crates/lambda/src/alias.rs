//! Aliases: names for versions. `CreateAlias`, `GetAlias`, `UpdateAlias`, `DeleteAlias`, `ListAliases`

use cloud::constraint::{Check, Constraints};
use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::function::create::refuse_unmodelled;
use crate::function::read::{check_page, page};
use crate::function::update::found;
use crate::function::{self, FunctionRow};
use crate::name::{Named, finish};

const PATTERN: Check = Check::Pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)", |name| {
    !name.is_empty()
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it))
        && !name.bytes().all(|it| it.is_ascii_digit())
});

/// An alias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// The version that it stands for.
    pub function_version: String,
    /// What it is for.
    pub description: String,
    /// Changes with every change.
    pub revision_id: String,
}

/// An alias as Lambda answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AliasConfiguration {
    alias_arn: String,
    name: String,
    function_version: String,
    description: String,
    revision_id: String,
}

impl AliasConfiguration {
    fn of(row: &FunctionRow, alias: &Alias) -> Self {
        Self {
            alias_arn: format!("{}:{}", row.arn(), alias.name),
            name: alias.name.clone(),
            function_version: alias.function_version.clone(),
            description: alias.description.clone(),
            revision_id: alias.revision_id.clone(),
        }
    }
}

fn check(function_name: &str, name: &str) -> Result<(), Fault> {
    Named::read(function_name, None)?;
    let mut constraints = Constraints::new();
    constraints.text("name", name, &[Check::MaxLength(128), Check::MinLength(1), PATTERN]);
    finish(&constraints)
}

fn demand(ask: &Ask<'_>, action: &'static str, function_name: &str) -> Result<Vec<Demand>, Fault> {
    let named = Named::read(function_name, None)?;
    Ok(vec![function::demand(ask, action, &named)])
}

fn missing(row: &FunctionRow, name: &str) -> Fault {
    let text = format!("Cannot find alias arn: {}:{name}", row.arn());
    Fault::new("ResourceNotFoundException", text)
}

/// `CreateAlias`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAlias {
    function_name: String,
    name: String,
    function_version: String,
    description: Option<String>,
    routing_config: Option<Value>,
}

impl Operation for CreateAlias {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "CreateAlias";
    type Output = AliasConfiguration;

    fn check(&self) -> Result<(), Fault> {
        check(&self.function_name, &self.name)?;
        refuse_unmodelled(&[("RoutingConfig", self.routing_config.as_ref())])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demand(ask, "lambda:CreateAlias", &self.function_name)
    }
}

impl Write for CreateAlias {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AliasConfiguration, Fault> {
        let mut row = found(act, &self.function_name)?;
        row.check_version(&self.function_version)?;
        if row.aliases.contains_key(&self.name) {
            let text = format!("Alias already exists: {}:{}", row.arn(), self.name);
            return Err(Fault::new("ResourceConflictException", text));
        }
        let alias = Alias {
            name: self.name.clone(),
            function_version: self.function_version.clone(),
            description: self.description.clone().unwrap_or_default(),
            revision_id: act.entropy.uuid(),
        };
        let answer = AliasConfiguration::of(&row, &alias);
        row.aliases.insert(alias.name.clone(), alias);
        act.tx.update(row)?;
        Ok(answer)
    }
}

/// `GetAlias`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAlias {
    function_name: String,
    name: String,
}

impl Operation for GetAlias {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "GetAlias";
    type Output = AliasConfiguration;

    fn check(&self) -> Result<(), Fault> {
        check(&self.function_name, &self.name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demand(ask, "lambda:GetAlias", &self.function_name)
    }
}

impl Read for GetAlias {
    fn read(self, ask: &Ask<'_>) -> Result<AliasConfiguration, Fault> {
        let named = Named::read(&self.function_name, None)?;
        let row = function::find(ask.view, ask.account(), ask.region, &named)?;
        let alias = row.aliases.get(&self.name).ok_or_else(|| missing(row, &self.name))?;
        Ok(AliasConfiguration::of(row, alias))
    }
}

/// `UpdateAlias`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAlias {
    function_name: String,
    name: String,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<Value>,
    revision_id: Option<String>,
}

impl Operation for UpdateAlias {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "UpdateAlias";
    type Output = AliasConfiguration;

    fn check(&self) -> Result<(), Fault> {
        check(&self.function_name, &self.name)?;
        refuse_unmodelled(&[("RoutingConfig", self.routing_config.as_ref())])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demand(ask, "lambda:UpdateAlias", &self.function_name)
    }
}

impl Write for UpdateAlias {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AliasConfiguration, Fault> {
        let mut row = found(act, &self.function_name)?;
        if let Some(version) = &self.function_version {
            row.check_version(version)?;
        }
        let gone = missing(&row, &self.name);
        let alias = row.aliases.get_mut(&self.name).ok_or(gone)?;
        function::check_revision(&alias.revision_id, self.revision_id.as_deref())?;
        if let Some(version) = &self.function_version {
            alias.function_version.clone_from(version);
        }
        if let Some(description) = &self.description {
            alias.description.clone_from(description);
        }
        alias.revision_id = act.entropy.uuid();
        let alias = alias.clone();
        let answer = AliasConfiguration::of(&row, &alias);
        act.tx.update(row)?;
        Ok(answer)
    }
}

/// `DeleteAlias`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAlias {
    function_name: String,
    name: String,
}

impl Operation for DeleteAlias {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "DeleteAlias";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.function_name, &self.name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demand(ask, "lambda:DeleteAlias", &self.function_name)
    }
}

impl Write for DeleteAlias {
    /// An alias that is not there is no error (API model: no `ResourceNotFoundException`).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = found(act, &self.function_name)?;
        if row.aliases.remove(&self.name).is_some() {
            row.grants.retain(|grant| grant.qualifier.as_ref() != Some(&self.name));
            act.tx.update(row)?;
        }
        Ok(())
    }
}

/// `ListAliases`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAliases {
    function_name: String,
    function_version: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAliasesOutput {
    aliases: Vec<AliasConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
}

impl Operation for ListAliases {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "ListAliases";
    type Output = ListAliasesOutput;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None)?;
        check_page(self.max_items)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        demand(ask, "lambda:ListAliases", &self.function_name)
    }
}

impl Read for ListAliases {
    fn read(self, ask: &Ask<'_>) -> Result<ListAliasesOutput, Fault> {
        let named = Named::read(&self.function_name, None)?;
        let row = function::find(ask.view, ask.account(), ask.region, &named)?;
        let wanted = self.function_version.as_ref();
        let fits = |alias: &&Alias| wanted.is_none_or(|it| *it == alias.function_version);
        let shown = row.aliases.values().filter(fits);
        let shown = shown.map(|alias| AliasConfiguration::of(row, alias)).collect();
        let (aliases, next_marker) = page(shown, self.marker.as_deref(), self.max_items)?;
        Ok(ListAliasesOutput { aliases, next_marker })
    }
}
