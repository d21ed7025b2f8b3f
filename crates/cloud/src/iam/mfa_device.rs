//! Virtual MFA devices: the row, and what their operations and STS share.

mod assign;
mod create;
mod delete;
mod list;
mod qr_code;
#[cfg(test)]
mod tests;
mod totp;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Tx, View};

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;
use crate::secret::Secret;
use crate::tag::Tag;

pub use assign::{DeactivateMFADevice, EnableMFADevice};
pub use create::CreateVirtualMFADevice;
pub use delete::DeleteVirtualMFADevice;
pub use list::{ListMFADevices, ListVirtualMFADevices};

/// MFA devices of one user (user guide, "IAM and AWS STS quotas").
pub const MAX_MFA_DEVICES: usize = 8;
/// Characters of a serial number.
const MAX_SERIAL_NUMBER: usize = 256;

/// A virtual MFA device.
#[derive(Clone, Serialize, Deserialize)]
pub struct MfaDeviceRow {
    /// Its account.
    pub account: AccountId,
    /// Its serial number, which is its ARN.
    pub serial_number: String,
    /// Its seed in base32, as an authenticator takes it.
    pub seed: Secret,
    /// When it was made.
    pub created: Timestamp,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Whose it is, once it is enabled.
    pub assignment: Option<Assignment>,
    /// The time step of the last code that was used: neither it nor an older one counts again.
    pub last_step: Option<i64>,
}

/// Whose device it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The user.
    pub user_name: String,
    /// Since when.
    pub enabled: Timestamp,
}

impl Row for MfaDeviceRow {
    const TABLE: &'static str = "iam_mfa_device";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.serial_number.as_str().into()
    }
}

impl fmt::Debug for MfaDeviceRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MfaDeviceRow")
            .field("serial_number", &self.serial_number)
            .field("assignment", &self.assignment)
            .finish_non_exhaustive()
    }
}

impl MfaDeviceRow {
    /// The time step of `code`, if the device shows it at `now` or did one step ago (RFC 6238, section
    /// 5.2, recommends that one), and neither it nor a later one was used.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let seed = totp::decode_base32(self.seed.expose())?;
        let current = totp::step(now);
        let step =
            [current, current - 1].into_iter().find(|step| totp::code(&seed, *step) == code)?;
        self.last_step.is_none_or(|last| last < step).then_some(step)
    }
}

/// Uses up a code of the user's device: whether it is one, and has not been used before.
///
/// # Errors
/// A limit of the store.
pub fn use_code(
    tx: &mut Tx<'_>,
    account: AccountId,
    user_name: &str,
    serial_number: &str,
    code: &str,
    now: Timestamp,
) -> Result<bool, RowError> {
    let Ok(device) = find(tx, account, serial_number) else { return Ok(false) };
    let assignment = device.assignment.as_ref();
    let theirs = assignment.is_some_and(|assigned| assigned.user_name == user_name);
    let Some(step) = device.step_of(code, now).filter(|_| theirs) else { return Ok(false) };
    let last_step = Some(step);
    tx.update(MfaDeviceRow { last_step, ..MfaDeviceRow::clone(device) })?;
    Ok(true)
}

/// The device with this serial number.
///
/// # Errors
/// `NoSuchEntity` with IAM's text, which LocalStack recorded.
pub fn find<'v>(
    view: &'v View,
    account: AccountId,
    serial_number: &str,
) -> Result<&'v Arc<MfaDeviceRow>, Fault> {
    view.get::<MfaDeviceRow>(account.as_str(), serial_number).ok_or_else(|| {
        let text = format!("MFA Device with serial number {serial_number} does not exist.");
        Fault::new("NoSuchEntity", text)
    })
}

fn check_serial_number(constraints: &mut Constraints, serial_number: &str) {
    let form = Check::Pattern("[\\w+=/:,.@-]+", |text| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&byte))
    });
    for check in [form, Check::MaxLength(MAX_SERIAL_NUMBER), Check::MinLength(9)] {
        constraints.hidden("serialNumber", serial_number, check);
    }
}
