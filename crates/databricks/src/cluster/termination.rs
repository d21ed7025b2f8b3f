//! Why a cluster is not running.

use std::collections::BTreeMap;

use cloud::Fault as AwsFault;
use serde::{Deserialize, Serialize};

/// Why a cluster ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Termination {
    /// The reason.
    pub code: String,
    /// Whose doing it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// More of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

impl Termination {
    /// Somebody asked for it.
    #[must_use]
    pub fn by(user: &str) -> Self {
        Self::new("USER_REQUEST", "SUCCESS", [("username", user)])
    }

    /// Nobody used it for so long.
    #[must_use]
    pub fn inactivity(minutes: i64) -> Self {
        Self::new(
            "INACTIVITY",
            "SUCCESS",
            [("inactivity_duration_min", minutes.to_string().as_str())],
        )
    }

    /// AWS did not let the role be assumed: which code Databricks has for it is unverified.
    #[must_use]
    pub fn no_session(fault: &AwsFault) -> Self {
        Self::of_aws("STS_CLIENT_SETUP_FAILURE", "CLIENT_ERROR", fault)
    }

    /// AWS did not launch what was asked for. Codes and parameters are of the API reference; which of EC2's
    /// codes leads to which is partly unverified.
    #[must_use]
    pub fn no_instances(fault: &AwsFault) -> Self {
        let (code, kind) = match fault.code {
            "UnauthorizedOperation" | "AccessDenied" | "AuthFailure" => {
                ("AWS_AUTHORIZATION_FAILURE", "CLIENT_ERROR")
            }
            "InsufficientInstanceCapacity" => {
                ("AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE", "CLOUD_FAILURE")
            }
            "InsufficientFreeAddressesInSubnet" => {
                ("AWS_INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET_FAILURE", "CLIENT_ERROR")
            }
            "RequestLimitExceeded" => ("AWS_REQUEST_LIMIT_EXCEEDED", "CLOUD_FAILURE"),
            "SpotMaxPriceTooLow" => ("SPOT_INSTANCE_TERMINATION", "CLOUD_FAILURE"),
            "InvalidParameterValue" if fault.message.contains("iamInstanceProfile") => {
                ("INVALID_ARGUMENT", "CLIENT_ERROR")
            }
            "NotImplemented" => ("INTERNAL_ERROR", "SERVICE_FAULT"),
            code if code.starts_with("Invalid") => ("INVALID_ARGUMENT", "CLIENT_ERROR"),
            _ => ("CLOUD_PROVIDER_LAUNCH_FAILURE", "CLOUD_FAILURE"),
        };
        Self::of_aws(code, kind, fault)
    }

    fn of_aws(code: &str, kind: &str, fault: &AwsFault) -> Self {
        let parameters =
            [("aws_api_error_code", fault.code), ("aws_error_message", fault.message.as_str())];
        Self::new(code, kind, parameters)
    }

    /// With everything said.
    #[must_use]
    pub fn new<'p>(
        code: &str,
        kind: &str,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Self {
        let parameters = parameters.into_iter();
        Self {
            code: code.to_owned(),
            kind: kind.to_owned(),
            parameters: parameters
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    /// In a sentence, as a cluster's `state_message`; its wording is unverified.
    #[must_use]
    pub fn sentence(&self) -> String {
        match (self.code.as_str(), self.parameters.get("aws_error_message")) {
            ("USER_REQUEST", _) => {
                let user = self.parameters.get("username").map_or("", String::as_str);
                format!("Terminated by user {user}")
            }
            ("INACTIVITY", _) => {
                let minutes =
                    self.parameters.get("inactivity_duration_min").map_or("", String::as_str);
                format!("Inactivity threshold reached: cluster was idle for {minutes} minutes")
            }
            (_, Some(message)) => format!("AWS error: {message}"),
            (code, None) => code.to_owned(),
        }
    }
}
