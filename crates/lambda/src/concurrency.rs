//! Reserved concurrency: `PutFunctionConcurrency`, `GetFunctionConcurrency`, `DeleteFunctionConcurrency`. It is kept
//! and shown, as nothing is invoked.

use cloud::constraint::{Check, Constraints};
use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::{Deserialize, Serialize};

use crate::code::invalid;
use crate::function::update::found;
use crate::function::{self, FunctionRow};
use crate::name::{Named, finish};

/// Concurrent executions of an account in a region (Lambda's quotas).
pub const MAX_CONCURRENT: i64 = 1000;
/// How many of them nobody can reserve (developer guide, "configuring reserved concurrency").
pub const MIN_UNRESERVED: i64 = 100;

/// `Concurrency`
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Concurrency {
    #[serde(skip_serializing_if = "Option::is_none")]
    reserved_concurrent_executions: Option<i64>,
}

impl Concurrency {
    /// What a function has reserved.
    #[must_use]
    pub fn of(row: &FunctionRow) -> Self {
        Self { reserved_concurrent_executions: row.reserved_concurrency }
    }
}

/// `PutFunctionConcurrency`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionConcurrency {
    function_name: String,
    reserved_concurrent_executions: i64,
}

impl Operation for PutFunctionConcurrency {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "PutFunctionConcurrency";
    type Output = Concurrency;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None)?;
        let mut constraints = Constraints::new();
        let wanted = Some(self.reserved_concurrent_executions);
        constraints.number("reservedConcurrentExecutions", wanted, &[Check::AtLeast(0)]);
        finish(&constraints)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, None)?;
        Ok(vec![function::demand(ask, "lambda:PutFunctionConcurrency", &named)])
    }
}

impl Write for PutFunctionConcurrency {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Concurrency, Fault> {
        let mut row = found(act, &self.function_name)?;
        let all = act.tx.range::<FunctionRow>(row.account.as_str(), ..);
        let others = all.filter(|other| other.region == row.region && other.name != row.name);
        let reserved: i64 = others.filter_map(|other| other.reserved_concurrency).sum();
        let wanted = self.reserved_concurrent_executions;
        if reserved.saturating_add(wanted) > MAX_CONCURRENT - MIN_UNRESERVED {
            // Quoted in users' reports; the number in brackets is unverified.
            return Err(invalid(format!(
                "Specified ReservedConcurrentExecutions for function decreases account's \
                 UnreservedConcurrentExecution below its minimum value of [{MIN_UNRESERVED}]."
            )));
        }
        row.reserved_concurrency = Some(wanted);
        let answer = Concurrency::of(&row);
        act.tx.update(row)?;
        Ok(answer)
    }
}

/// `GetFunctionConcurrency`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionConcurrency {
    function_name: String,
}

impl Operation for GetFunctionConcurrency {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "GetFunctionConcurrency";
    type Output = Concurrency;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, None)?;
        Ok(vec![function::demand(ask, "lambda:GetFunctionConcurrency", &named)])
    }
}

impl Read for GetFunctionConcurrency {
    fn read(self, ask: &Ask<'_>) -> Result<Concurrency, Fault> {
        let named = Named::read(&self.function_name, None)?;
        let row = function::find(ask.view, ask.account(), ask.region, &named)?;
        Ok(Concurrency::of(row))
    }
}

/// `DeleteFunctionConcurrency`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunctionConcurrency {
    function_name: String,
}

impl Operation for DeleteFunctionConcurrency {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "DeleteFunctionConcurrency";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, None).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, None)?;
        Ok(vec![function::demand(ask, "lambda:DeleteFunctionConcurrency", &named)])
    }
}

impl Write for DeleteFunctionConcurrency {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = found(act, &self.function_name)?;
        row.reserved_concurrency = None;
        act.tx.update(row)?;
        Ok(())
    }
}
