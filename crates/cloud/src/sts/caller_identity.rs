//! Who am I?

use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Operation, Read, Service};

/// `GetCallerIdentity`
#[derive(Debug, Clone, Deserialize)]
pub struct GetCallerIdentity {}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CallerIdentity {
    user_id: String,
    account: String,
    arn: String,
}

impl Operation for GetCallerIdentity {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "GetCallerIdentity";
    type Output = CallerIdentity;

    /// No permission is needed, and none can be taken away (STS API reference); the decision is made
    /// all the same, so that it can be told.
    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("sts:GetCallerIdentity", "*")])
    }
}

impl Read for GetCallerIdentity {
    fn read(self, ask: &Ask<'_>) -> Result<CallerIdentity, Fault> {
        Ok(CallerIdentity {
            user_id: ask.caller.user_id().unwrap_or_default(),
            account: ask.account().to_string(),
            arn: ask.caller.arn(),
        })
    }
}
