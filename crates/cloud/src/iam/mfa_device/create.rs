//! Making a virtual MFA device. Its seed is answered once and never again.

use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::blob::Blob;
use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::mfa_device::{self, MfaDeviceRow, qr_code, totp};
use crate::iam::{account, exact_tag, name};
use crate::operation::{Act, Ask, Operation, Service, Write};
use crate::secret::Secret;
use crate::tag::{self, Tag};

/// Characters of a device's name, as many as fit into a serial number (unverified).
const MAX_DEVICE_NAME: usize = 226;
/// Characters of a seed in base32: 40 bytes, as AWS's seeds have.
const SEED_CHARACTERS: usize = 64;

/// `CreateVirtualMFADevice`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateVirtualMFADevice {
    path: Option<String>,
    #[serde(rename = "VirtualMFADeviceName")]
    device_name: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// The new device.
#[derive(Debug, Serialize)]
pub struct NewDeviceOutput {
    #[serde(rename = "VirtualMFADevice")]
    device: NewDevice,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewDevice {
    serial_number: String,
    base32_string_seed: Blob,
    #[serde(rename = "QRCodePNG", skip_serializing_if = "Option::is_none")]
    qr_code: Option<Blob>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl CreateVirtualMFADevice {
    fn serial_number(&self, account: AccountId) -> String {
        let path = self.path.as_deref().unwrap_or(name::DEFAULT_PATH);
        format!("arn:aws:iam::{account}:mfa{path}{}", self.device_name)
    }
}

impl Operation for CreateVirtualMFADevice {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateVirtualMFADevice";
    type Output = NewDeviceOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path(&mut constraints, self.path.as_deref());
        let parameter = "virtualMFADeviceName";
        name::check_name(&mut constraints, parameter, &self.device_name, MAX_DEVICE_NAME);
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        exact_tag::check_keys(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let arn = self.serial_number(ask.account());
        let creating = Demand::new("iam:CreateVirtualMFADevice", arn.as_str());
        let mut demands = vec![creating.with_request_tags(&self.tags)];
        if !self.tags.is_empty() {
            demands.push(Demand::new("iam:TagMFADevice", arn).with_request_tags(&self.tags));
        }
        Ok(demands)
    }
}

impl Write for CreateVirtualMFADevice {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<NewDeviceOutput, Fault> {
        let account = act.account();
        let serial_number = self.serial_number(account);
        if mfa_device::find(act.tx, account, &serial_number).is_ok() {
            // Recorded by LocalStack.
            return Err(Fault::new("EntityAlreadyExists", "MFA device already exists."));
        }
        let seed = act.entropy.text(totp::BASE32, SEED_CHARACTERS);
        let alias = account::row(act.tx, account).and_then(|row| row.alias.clone());
        let holder = alias.unwrap_or_else(|| account.to_string());
        // As the API reference describes it (data type VirtualMFADevice).
        let uri = format!("otpauth://totp/{}@{holder}?secret={seed}", self.device_name);
        let device = NewDevice {
            serial_number: serial_number.clone(),
            base32_string_seed: Blob::new(seed.as_str()),
            qr_code: qr_code::png(&uri).map(Blob::new),
            tags: self.tags.clone(),
        };
        act.tx.insert(MfaDeviceRow {
            account,
            serial_number,
            seed: Secret::new(seed),
            created: act.now,
            tags: self.tags.clone(),
            assignment: None,
            last_step: None,
        })?;
        Ok(NewDeviceOutput { device })
    }
}
