//! `GetParameter` and `GetParameters`: by name.

use cloud::constraint::{Check, Constraints};
use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::parameter::{self, Parameter, as_json, check_name};

/// Names of one request (API model).
pub const MAX_NAMES: usize = 10;

/// `GetParameter`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetParameter {
    name: String,
    /// Public parameters are not encrypted.
    #[serde(rename = "WithDecryption")]
    _with_decryption: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetParameterOutput {
    parameter: Parameter,
}

/// `GetParameters`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetParameters {
    names: Vec<String>,
    #[serde(rename = "WithDecryption")]
    _with_decryption: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetParametersOutput {
    /// Those that there are.
    pub parameters: Vec<Parameter>,
    /// The names of those that there are not.
    pub invalid_parameters: Vec<String>,
}

impl Operation for GetParameter {
    const SERVICE: Service = Service::Ssm;
    const NAME: &'static str = "GetParameter";
    type Output = GetParameterOutput;

    fn check(&self) -> Result<(), Fault> {
        check_name(&self.name, "name")
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![parameter::demand(ask, "ssm:GetParameter", &self.name)])
    }
}

impl Read for GetParameter {
    fn read(self, ask: &Ask<'_>) -> Result<GetParameterOutput, Fault> {
        // The error has no text (public reports).
        let missing = || Fault::new("ParameterNotFound", "");
        parameter::find(ask, &self.name)
            .map(|parameter| GetParameterOutput { parameter })
            .ok_or_else(missing)
    }
}

impl GetParameters {
    /// For these names.
    #[must_use]
    pub fn of(names: Vec<String>) -> Self {
        Self { names, _with_decryption: None }
    }
}

impl Operation for GetParameters {
    const SERVICE: Service = Service::Ssm;
    const NAME: &'static str = "GetParameters";
    type Output = GetParametersOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let number = self.names.len();
        if number == 0 {
            constraints.fail_unshown("names", Check::MinLength(1));
        }
        if number > MAX_NAMES {
            constraints.fail_unshown("names", Check::MaxLength(MAX_NAMES));
        }
        constraints.finish().map_err(as_json)?;
        self.names.iter().try_for_each(|name| check_name(name, "names"))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let each = self.names.iter();
        Ok(each.map(|name| parameter::demand(ask, "ssm:GetParameters", name)).collect())
    }
}

impl Read for GetParameters {
    fn read(self, ask: &Ask<'_>) -> Result<GetParametersOutput, Fault> {
        let (mut parameters, mut invalid_parameters) = (Vec::new(), Vec::new());
        for name in self.names {
            match parameter::find(ask, &name) {
                Some(parameter) => parameters.push(parameter),
                None => invalid_parameters.push(name),
            }
        }
        Ok(GetParametersOutput { parameters, invalid_parameters })
    }
}
