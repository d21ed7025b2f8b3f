//! The policy engine seen from outside, one file for each part of IAM. Each row of a table says
//! which page of AWS's documentation it comes from; what no page says is marked `unverified`.
//!
//! `guide:` in a row is the IAM user guide.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod alphabet;
mod bad_input;
mod bounds;
mod cross_account;
mod elements;
mod fuzz_smoke;
mod keys;
mod laws;
mod messages;
mod operator_values;
mod operators;
mod organizations;
mod principals;
mod same_account;
mod special_rules;
mod support;
mod trust;
mod variables;
mod world;
