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
use store::{Row, Tx, View};

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;
use crate::iam::user::UserRow;
use crate::secret::Secret;
use crate::sts::mfa;
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

/// What a code of a second factor is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeAnswer {
    /// The device shows it. The time step is to be remembered, so that the code counts once.
    Good(i64),
    /// The device does not show it, or it was used.
    Wrong,
    /// The user has no such device.
    UnknownDevice,
}

/// Holds a code against a user's device, as STS does.
#[must_use]
pub fn check_code(
    view: &View,
    user: &UserRow,
    serial_number: &str,
    code: &str,
    now: Timestamp,
) -> CodeAnswer {
    let theirs = user.mfa_devices.iter().any(|known| known == serial_number);
    match find(view, user.account, serial_number) {
        Ok(device) if theirs => {
            device.step_of(code, now).map_or(CodeAnswer::Wrong, CodeAnswer::Good)
        }
        _ => CodeAnswer::UnknownDevice,
    }
}

/// Takes a code that a user was let in with, which counts for nothing from then on.
///
/// # Errors
/// STS's own for a code that was used in the meantime, or a limit of the store.
pub fn spend_code(
    tx: &mut Tx<'_>,
    user: &UserRow,
    serial_number: &str,
    code: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    match check_code(tx, user, serial_number, code, now) {
        CodeAnswer::Good(step) => note_code(tx, user.account, serial_number, step),
        CodeAnswer::Wrong | CodeAnswer::UnknownDevice => {
            Err(Fault::new("AccessDenied", mfa::WRONG_CODE))
        }
    }
}

/// Remembers that the code of a time step was used.
///
/// # Errors
/// A limit of the store, or a device that is gone.
pub fn note_code(
    tx: &mut Tx<'_>,
    account: AccountId,
    serial_number: &str,
    step: i64,
) -> Result<(), Fault> {
    let device = find(tx, account, serial_number)?;
    let last_step = device.last_step.max(Some(step));
    Ok(tx.update(MfaDeviceRow { last_step, ..MfaDeviceRow::clone(device) })?)
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
