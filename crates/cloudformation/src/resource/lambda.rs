//! `AWS::Lambda::*`

pub mod alias;
pub mod function;
mod inline;
pub mod permission;
pub mod version;
