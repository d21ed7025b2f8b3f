//! IAM: one file a noun.

pub mod access_key;
pub mod attachment;
pub mod document;
pub mod group;
pub mod instance_profile;
pub mod name;
pub mod page;
pub mod policy;
pub mod principal;
pub mod role;
pub mod tag_page;
pub mod user;
