//! Deleting a virtual MFA device, which nobody must use.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::mfa_device::{self, MfaDeviceRow, check_serial_number};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `DeleteVirtualMFADevice`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteVirtualMFADevice {
    serial_number: String,
}

impl Operation for DeleteVirtualMFADevice {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteVirtualMFADevice";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_serial_number(&mut constraints, &self.serial_number);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let device = mfa_device::find(ask.view, ask.account(), &self.serial_number);
        let tags = device.map_or(&[][..], |device| &device.tags);
        let demand = Demand::new("iam:DeleteVirtualMFADevice", self.serial_number.as_str());
        Ok(vec![demand.with_resource_tags(&["aws"], tags)])
    }
}

impl Write for DeleteVirtualMFADevice {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let device = mfa_device::find(act.tx, account, &self.serial_number)?;
        if device.assignment.is_some() {
            // The text is unverified.
            let text = "MFA VirtualDevice in use. Must deactivate first.";
            return Err(Fault::new("DeleteConflict", text));
        }
        act.tx.delete::<MfaDeviceRow>(account.as_str(), &self.serial_number)?;
        Ok(())
    }
}
