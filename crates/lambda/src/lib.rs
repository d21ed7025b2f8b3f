//! Lambda, as far as deploying functions goes: what takes a role's ARN where EC2 takes an instance profile.
//! One file a noun; nothing is ever invoked.

pub mod alias;
pub mod code;
pub mod concurrency;
pub mod function;
pub mod name;
pub mod package;
pub mod permission;
pub mod role;
pub mod table;
pub mod tags;
#[cfg(test)]
mod tests;
pub mod unmodelled;
pub mod version;
pub mod vpc;

/// Adds the rows that Lambda keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    schema.with::<function::FunctionRow>()
}
