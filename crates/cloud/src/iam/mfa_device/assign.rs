//! Enabling a device for a user, and taking it away.

use serde::Deserialize;

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::mfa_device::{
    self, Assignment, MAX_MFA_DEVICES, MfaDeviceRow, check_serial_number, totp,
};
use crate::iam::name;
use crate::iam::user::{self, MAX_EXISTING_NAME, Subject, UserRow};
use crate::operation::{Act, Ask, Operation, Service, Write};
use crate::secret::Secret;

/// How many time steps the codes may be off while a device is enabled: five minutes (unverified; the API
/// reference says that codes which waited too long are still taken).
const ENABLE_STEPS: i64 = 10;

/// `EnableMFADevice`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnableMFADevice {
    user_name: String,
    serial_number: String,
    authentication_code1: Secret,
    authentication_code2: Secret,
}

impl EnableMFADevice {
    /// The step of the second code, if the device shows both one after the other.
    fn step(&self, act: &Act<'_, '_>, device: &MfaDeviceRow) -> Option<i64> {
        let seed = totp::decode_base32(device.seed.expose())?;
        // Devices have clocks of their own, which do not go with the cloud's.
        let now = totp::step(act.standpoint.client_time());
        let (first, second) =
            (self.authentication_code1.expose(), self.authentication_code2.expose());
        (now - ENABLE_STEPS..=now + ENABLE_STEPS).find(|step| {
            totp::code(&seed, *step) == second && totp::code(&seed, *step - 1) == first
        })
    }
}

impl Operation for EnableMFADevice {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "EnableMFADevice";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        check_serial_number(&mut constraints, &self.serial_number);
        check_code(&mut constraints, "authenticationCode1", &self.authentication_code1);
        check_code(&mut constraints, "authenticationCode2", &self.authentication_code2);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:EnableMFADevice", &self.user_name)])
    }
}

impl Write for EnableMFADevice {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let mut user = UserRow::clone(user::find(act.tx, account, &self.user_name)?);
        let device = mfa_device::find(act.tx, account, &self.serial_number)?;
        let mut device = MfaDeviceRow::clone(device);
        if device.assignment.is_some() {
            // Recorded by LocalStack.
            return Err(Fault::new("EntityAlreadyExists", "MFA Device is already in use."));
        }
        if user.mfa_devices.len() >= MAX_MFA_DEVICES {
            // The text is unverified.
            let text = format!("Cannot exceed quota for MFADevicesPerUser: {MAX_MFA_DEVICES}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let step = self.step(act, &device).ok_or_else(|| {
            // Quoted by people who set up devices, without the code (unverified).
            let text = "Authentication code for device is not valid.";
            Fault::new("InvalidAuthenticationCode", text)
        })?;
        device.assignment = Some(Assignment { user_name: user.name.clone(), enabled: act.now });
        device.last_step = Some(step);
        user.mfa_devices.push(device.serial_number.clone());
        act.tx.update(user)?;
        Ok(act.tx.update(device)?)
    }
}

/// `DeactivateMFADevice`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeactivateMFADevice {
    user_name: Option<String>,
    serial_number: String,
}

impl Operation for DeactivateMFADevice {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeactivateMFADevice";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let name = self.user_name.as_deref();
        name::check_some_name(&mut constraints, "userName", name, MAX_EXISTING_NAME);
        check_serial_number(&mut constraints, &self.serial_number);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = Subject::user(ask, self.user_name.as_deref())?;
        Ok(vec![user::demand(ask, "iam:DeactivateMFADevice", &name)])
    }
}

impl Write for DeactivateMFADevice {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let name = Subject::user(&act.ask(), self.user_name.as_deref())?;
        let mut user = UserRow::clone(user::find(act.tx, account, &name)?);
        let device = mfa_device::find(act.tx, account, &self.serial_number)?;
        let device = MfaDeviceRow { assignment: None, ..MfaDeviceRow::clone(device) };
        if !user.mfa_devices.contains(&device.serial_number) {
            // The text is unverified.
            return Err(Fault::new("NoSuchEntity", "MFA Device invalid for user."));
        }
        user.mfa_devices.retain(|serial| *serial != device.serial_number);
        act.tx.update(user)?;
        Ok(act.tx.update(device)?)
    }
}

fn check_code(constraints: &mut Constraints, parameter: &str, code: &Secret) {
    let digits = Check::Pattern("[\\d]+", |code| code.bytes().all(|digit| digit.is_ascii_digit()));
    for check in [digits, Check::MaxLength(6), Check::MinLength(6)] {
        constraints.hidden(parameter, code.expose(), check);
    }
}
