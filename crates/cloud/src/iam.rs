//! IAM: one file a noun.

pub mod access_key;
pub mod account;
pub mod attach;
pub mod attachment;
pub mod document;
pub mod entity_policies;
pub mod exact_tag;
pub mod group;
pub mod holder;
pub mod import;
pub mod inline;
pub mod instance_profile;
pub mod login_profile;
pub mod mfa_device;
pub mod name;
pub mod oidc_provider;
pub mod page;
#[cfg(test)]
mod permission_tests;
pub mod policy;
pub mod principal;
pub mod role;
pub mod saml_provider;
pub mod simulation;
pub mod table;
pub mod tags;
pub mod user;
pub mod user_credential;

/// Adds the rows that IAM keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<access_key::AccessKeyRow>()
        .with::<access_key::AccessKeyUseRow>()
        .with::<account::AccountRow>()
        .with::<account::credential_report::CredentialReportRow>()
        .with::<attachment::AttachmentRow>()
        .with::<group::GroupRow>()
        .with::<instance_profile::InstanceProfileRow>()
        .with::<mfa_device::MfaDeviceRow>()
        .with::<oidc_provider::OidcProviderRow>()
        .with::<policy::PolicyRow>()
        .with::<role::RoleRow>()
        .with::<role::last_used::RoleUseRow>()
        .with::<role::service_linked::DeletionTaskRow>()
        .with::<saml_provider::SamlProviderRow>()
        .with::<user::UserRow>()
        .with::<user_credential::ServiceSpecificCredentialRow>()
        .with::<user_credential::SigningCertificateRow>()
        .with::<user_credential::SshPublicKeyRow>()
}
