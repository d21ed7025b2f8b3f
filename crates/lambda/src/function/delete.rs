//! `DeleteFunction`: a function, or one of its versions.

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::code::invalid;
use crate::function::{self, FunctionRow};
use crate::name::{LATEST, Named};

/// `DeleteFunction`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunction {
    function_name: String,
    qualifier: Option<String>,
}

impl Operation for DeleteFunction {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "DeleteFunction";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        if named.qualifier.as_deref() == Some(LATEST) {
            return Err(invalid(
                "$LATEST version cannot be deleted without deleting the function.",
            ));
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        Ok(vec![function::demand(ask, "lambda:DeleteFunction", &named)])
    }
}

impl Write for DeleteFunction {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        let row = function::find(act.tx, act.account(), act.region, &named)?;
        let mut row = FunctionRow::clone(row);
        let Some(qualifier) = &named.qualifier else {
            act.tx.delete::<FunctionRow>(row.account.as_str(), &store::Row::key(&row))?;
            return Ok(());
        };
        row.check_version(qualifier)?;
        let uses = row.aliases.values().filter(|alias| alias.function_version == *qualifier);
        let users: Vec<&str> = uses.map(|alias| alias.name.as_str()).collect();
        if !users.is_empty() {
            let text = format!(
                "Version {qualifier} of function {} cannot be deleted because it is referenced by the following \
                 aliases: [{}]",
                row.name,
                users.join(", ")
            );
            return Err(Fault::new("ResourceConflictException", text));
        }
        row.versions.retain(|published| published.number.to_string() != *qualifier);
        row.grants.retain(|grant| grant.qualifier.as_ref() != Some(qualifier));
        act.tx.update(row)?;
        Ok(())
    }
}
