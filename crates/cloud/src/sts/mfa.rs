//! Second factors: `SerialNumber` and `TokenCode`.

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;
use crate::operation::Ask;
use crate::secrets::MfaAnswer;

const SERIAL_NUMBER: Check = Check::Pattern("[\\w+=/:,.@-]*", |text| {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&byte))
});
const TOKEN_CODE: Check =
    Check::Pattern("[\\d]*", |text| text.bytes().all(|byte| byte.is_ascii_digit()));

/// Checks the form of both.
pub fn check_form(
    serial_number: Option<&str>,
    token_code: Option<&str>,
    constraints: &mut Constraints,
) {
    let lengths = [Check::MaxLength(256), Check::MinLength(9)];
    constraints.optional("serialNumber", serial_number, &[SERIAL_NUMBER]);
    constraints.optional("serialNumber", serial_number, &lengths);
    let lengths = [Check::MaxLength(6), Check::MinLength(6)];
    constraints.optional("tokenCode", token_code, &[TOKEN_CODE]);
    constraints.optional("tokenCode", token_code, &lengths);
}

/// What STS says to a code that the device does not show, or that was used.
pub const WRONG_CODE: &str =
    "MultiFactorAuthentication failed with invalid MFA one time pass code. ";

/// Whether the caller showed a second factor.
///
/// # Errors
/// `AccessDenied` with STS's texts, as users report them (99designs/aws-vault issue 676, aws/aws-cli
/// issue 2279, y13i/sgviz issue 9).
pub fn check(
    ask: &Ask<'_>,
    serial_number: Option<&str>,
    token_code: Option<&str>,
) -> Result<bool, Fault> {
    let text = match (serial_number, token_code) {
        (None, None) => return Ok(false),
        (Some(serial), Some(code)) => match (ask.secrets.mfa)(ask, serial, code) {
            MfaAnswer::Accepted => return Ok(true),
            MfaAnswer::WrongCode => WRONG_CODE,
            MfaAnswer::UnknownDevice => {
                "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your \
                 MFA serial number is valid and associated with this user."
            }
        },
        _ => {
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time \
             pass code."
        }
    };
    Err(Fault::new("AccessDenied", text))
}
