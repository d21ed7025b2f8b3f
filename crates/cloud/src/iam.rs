//! IAM: one file a noun.

pub mod access_key;
pub mod attach;
pub mod attachment;
pub mod document;
pub mod group;
pub mod holder;
pub mod inline;
pub mod instance_profile;
pub mod name;
pub mod page;
pub mod policy;
pub mod principal;
pub mod role;
pub mod tags;
pub mod user;
