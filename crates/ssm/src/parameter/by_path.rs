//! `GetParametersByPath`: everything below a path.

use cloud::constraint::{Check, Constraints};
use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use ec2::image::parameter as image;
use serde::{Deserialize, Serialize};

use crate::parameter::{self, Parameter, as_json, check_name};

/// Parameters of a page, at most and unless the request says otherwise (API model).
pub const MAX_RESULTS: usize = 10;

/// `GetParametersByPath`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetParametersByPath {
    path: String,
    recursive: Option<bool>,
    #[serde(default)]
    parameter_filters: Vec<ParameterFilter>,
    #[serde(rename = "WithDecryption")]
    _with_decryption: Option<bool>,
    max_results: Option<i32>,
    next_token: Option<String>,
}

/// A filter; none is modelled.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ParameterFilter {
    key: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetParametersByPathOutput {
    parameters: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl GetParametersByPath {
    fn page(&self) -> usize {
        self.max_results.and_then(|most| usize::try_from(most).ok()).unwrap_or(MAX_RESULTS)
    }

    /// Whether a parameter is below the path: in it, or in one of its parts.
    fn has(&self, name: &str) -> bool {
        let below = name
            .strip_prefix(self.path.trim_end_matches('/'))
            .and_then(|rest| rest.strip_prefix('/'));
        below.is_some_and(|rest| self.recursive == Some(true) || !rest.contains('/'))
    }
}

impl Operation for GetParametersByPath {
    const SERVICE: Service = Service::Ssm;
    const NAME: &'static str = "GetParametersByPath";
    type Output = GetParametersByPathOutput;

    fn check(&self) -> Result<(), Fault> {
        check_name(&self.path, "path")?;
        let mut constraints = Constraints::new();
        let most = i64::try_from(MAX_RESULTS).unwrap_or(i64::MAX);
        let bounds = [Check::AtLeast(1), Check::AtMost(most)];
        constraints.number("maxResults", self.max_results.map(i64::from), &bounds);
        constraints.finish().map_err(as_json)?;
        if !self.path.starts_with('/') {
            // aws/aws-sdk-js-v3 issue 5928
            let text = "The parameter doesn't meet the parameter name requirements. The parameter name must begin with \
                        a forward slash \"/\". It can't be prefixed with \\\"aws\\\" or \\\"ssm\\\" (case-insensitive). \
                        It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ \
                        (underscore). Special characters are not allowed. All sub-paths, if specified, must use the \
                        forward slash symbol \"/\". Valid example: /get/parameters2-/by1./path0_.";
            return Err(Fault::new("ValidationException", text));
        }
        match self.parameter_filters.first() {
            Some(filter) => {
                let text = format!(
                    "rolecall does not model the filter `{}` of parameters: leave it out",
                    filter.key
                );
                Err(Fault::new("NotImplemented", text))
            }
            None => Ok(()),
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![parameter::demand(ask, "ssm:GetParametersByPath", &self.path)])
    }
}

impl Read for GetParametersByPath {
    fn read(self, ask: &Ask<'_>) -> Result<GetParametersByPathOutput, Fault> {
        // What is asked for with an account's own path shows nothing of what AWS publishes.
        let all = image::all(ask.region).into_iter().filter(|found| self.has(&found.name));
        let mut found: Vec<_> = all.collect();
        if let Some(token) = &self.next_token {
            // The token is the last name of the page before.
            let Some(at) = found.iter().position(|one| one.name == *token) else {
                let text = "The specified token is not valid.";
                return Err(Fault::new("InvalidNextToken", text));
            };
            found.drain(..=at);
        }
        let is_last = found.len() <= self.page();
        found.truncate(self.page());
        let next_token =
            if is_last { None } else { found.last().map(|parameter| parameter.name.clone()) };
        let parameters = found.into_iter().map(|found| Parameter::new(ask, found)).collect();
        Ok(GetParametersByPathOutput { parameters, next_token })
    }
}
