//! STS: one file a noun.

pub mod access_key_info;
pub mod assume_role;
pub mod assumed_role;
pub mod authorization_message;
pub mod caller_identity;
pub mod credentials;
pub mod federation_token;
pub mod instance_role;
pub mod mfa;
pub mod session_policy;
pub mod session_tag;
pub mod session_token;
pub mod table;
pub mod web_identity;
