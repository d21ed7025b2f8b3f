//! AWS IAM policies: parse, validate, evaluate, explain, remedy.

pub mod catalog;
