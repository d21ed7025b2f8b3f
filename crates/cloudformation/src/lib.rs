//! CloudFormation: stacks that are made, changed and deleted by templates.
//!
//! `template_source` → [`blueprint`] (a template, checked, with its plan) → [`stack`] (the row and what is being done
//! to it) → [`turn`] (everything that can be done at once, in one write) → [`resource`] (which calls make what).
//! A stack's resources are made by the services' own operations, as the stack's caller or role: nothing here
//! touches a row of theirs.

pub mod blueprint;
pub mod change_set;
pub mod event;
pub mod export;
pub mod page;
pub mod resource;
pub mod stack;
pub mod stack_resource;
pub mod stored_template;
pub mod table;
pub mod template_query;
pub mod template_source;
#[cfg(test)]
mod testing;
pub mod turn;

/// Adds the rows that CloudFormation keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<stack::StackRow>()
        .with::<stack_resource::ResourceRow>()
        .with::<event::EventRow>()
        .with::<change_set::ChangeSetRow>()
        .with::<export::ExportRow>()
        .with::<stored_template::TemplateRow>()
}
