//! The rows that the cloud keeps in its store.

use store::Schema;

use crate::iam::access_key::AccessKeyRow;
use crate::iam::attachment::AttachmentRow;
use crate::iam::group::GroupRow;
use crate::iam::instance_profile::InstanceProfileRow;
use crate::iam::oidc_provider::OidcProviderRow;
use crate::iam::policy::PolicyRow;
use crate::iam::role::RoleRow;
use crate::iam::saml_provider::SamlProviderRow;
use crate::iam::user::UserRow;

/// Every row type.
#[must_use]
pub fn schema() -> Schema {
    Schema::new()
        .with::<AccessKeyRow>()
        .with::<AttachmentRow>()
        .with::<GroupRow>()
        .with::<InstanceProfileRow>()
        .with::<OidcProviderRow>()
        .with::<PolicyRow>()
        .with::<RoleRow>()
        .with::<SamlProviderRow>()
        .with::<UserRow>()
}
