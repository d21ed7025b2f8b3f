//! AWS IAM policies: parse, validate, evaluate, explain, remedy.
