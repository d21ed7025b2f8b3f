//! The rows that the cloud keeps in its store.

use store::Schema;

use crate::iam::access_key::{AccessKeyRow, AccessKeyUseRow};
use crate::iam::account::AccountRow;
use crate::iam::account::credential_report::CredentialReportRow;
use crate::iam::attachment::AttachmentRow;
use crate::iam::group::GroupRow;
use crate::iam::instance_profile::InstanceProfileRow;
use crate::iam::mfa_device::MfaDeviceRow;
use crate::iam::policy::PolicyRow;
use crate::iam::role::RoleRow;
use crate::iam::user::UserRow;

/// Every row type.
#[must_use]
pub fn schema() -> Schema {
    Schema::new()
        .with::<AccessKeyRow>()
        .with::<AccessKeyUseRow>()
        .with::<AccountRow>()
        .with::<AttachmentRow>()
        .with::<CredentialReportRow>()
        .with::<GroupRow>()
        .with::<InstanceProfileRow>()
        .with::<MfaDeviceRow>()
        .with::<PolicyRow>()
        .with::<RoleRow>()
        .with::<UserRow>()
}
