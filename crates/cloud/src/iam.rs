//! IAM: one file a noun.

pub mod access_key;
pub mod account;
pub mod attach;
pub mod attachment;
pub mod document;
pub mod group;
pub mod holder;
pub mod inline;
pub mod instance_profile;
pub mod login_profile;
pub mod mfa_device;
pub mod name;
pub mod page;
#[cfg(test)]
mod permission_tests;
pub mod policy;
pub mod role;
pub mod tags;
pub mod user;
