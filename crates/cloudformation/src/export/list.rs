//! `ListExports` and `ListImports`.

use std::sync::Arc;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::blueprint::invalid;
use crate::export::{self, ExportRow};
use crate::page;
use crate::stack::StackRow;

/// `ListExports`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListExports {
    next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListExportsOutput {
    exports: Vec<ExportShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// An export as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExportShape {
    exporting_stack_id: String,
    name: String,
    value: String,
}

/// `ListImports`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListImports {
    export_name: String,
    next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListImportsOutput {
    imports: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListExports {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "ListExports";
    type Output = ListExportsOutput;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("cloudformation:ListExports", "*")])
    }
}

impl Read for ListExports {
    fn read(self, ask: &Ask<'_>) -> Result<ListExportsOutput, Fault> {
        let all: Vec<&Arc<ExportRow>> =
            export::of_region(ask.view, ask.account(), ask.region).collect();
        let page = page::cut(&all, self.next_token.as_deref(), |export| &export.name)?;
        let shape = |export: &&Arc<ExportRow>| {
            let stack = ask.view.get::<StackRow>(export.account.as_str(), &export.stack);
            ExportShape {
                exporting_stack_id: stack.map(|stack| stack.arn()).unwrap_or_default(),
                name: export.name.clone(),
                value: export.value.clone(),
            }
        };
        Ok(ListExportsOutput {
            exports: page.items.iter().map(shape).collect(),
            next_token: page.next,
        })
    }
}

impl Operation for ListImports {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "ListImports";
    type Output = ListImportsOutput;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("cloudformation:ListImports", "*")])
    }
}

impl Read for ListImports {
    fn read(self, ask: &Ask<'_>) -> Result<ListImportsOutput, Fault> {
        let name = &self.export_name;
        let users = export::importers(ask.view, ask.account(), ask.region, name);
        if users.is_empty() {
            return Err(invalid(format!("Export '{name}' is not imported by any stack.")));
        }
        let page = page::cut(&users, self.next_token.as_deref(), |stack| &stack.name)?;
        let imports = page.items.iter().map(|stack| stack.name.clone());
        Ok(ListImportsOutput { imports: imports.collect(), next_token: page.next })
    }
}
