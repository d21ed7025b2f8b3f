//! Looking at MFA devices: a user's, and the account's virtual ones.

use std::sync::Arc;

use names::Timestamp;
use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::mfa_device::MfaDeviceRow;
use crate::iam::user::{self, MAX_EXISTING_NAME, Subject, UserShape};
use crate::iam::{name, page};
use crate::operation::{Ask, Operation, Read, Service};

/// `ListMFADevices`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMFADevices {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// One page of a user's devices.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserDevices {
    #[serde(rename = "MFADevices")]
    devices: Vec<UserDevice>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserDevice {
    user_name: String,
    serial_number: String,
    enable_date: Timestamp,
}

impl Operation for ListMFADevices {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListMFADevices";
    type Output = UserDevices;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let name = self.user_name.as_deref();
        name::check_some_name(&mut constraints, "userName", name, MAX_EXISTING_NAME);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let owner = Subject::of(ask, self.user_name.as_deref())?;
        Ok(vec![owner.demand(ask, "iam:ListMFADevices")])
    }
}

impl Read for ListMFADevices {
    fn read(self, ask: &Ask<'_>) -> Result<UserDevices, Fault> {
        let account = ask.account();
        let mut serials = match Subject::of(ask, self.user_name.as_deref())? {
            // Only the console can give root a device, and there is none here.
            Subject::Root => Vec::new(),
            Subject::User(name) => user::find(ask.view, account, &name)?.mfa_devices.clone(),
        };
        serials.sort();
        let devices = serials.into_iter().filter_map(|serial_number| {
            let device = ask.view.get::<MfaDeviceRow>(account.as_str(), &serial_number)?;
            let assignment = device.assignment.as_ref()?;
            let (user_name, enable_date) = (assignment.user_name.clone(), assignment.enabled);
            Some((serial_number.clone(), UserDevice { user_name, serial_number, enable_date }))
        });
        let page = page::cut(devices, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        Ok(UserDevices { devices: page.items, is_truncated, marker: page.marker })
    }
}

/// `ListVirtualMFADevices`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVirtualMFADevices {
    assignment_status: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// One page of the account's devices.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VirtualDevices {
    #[serde(rename = "VirtualMFADevices")]
    devices: Vec<VirtualDevice>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// Neither seed nor tags are shown (recorded by LocalStack).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VirtualDevice {
    serial_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_date: Option<Timestamp>,
}

impl ListVirtualMFADevices {
    /// Without a status, all devices are meant (recorded by LocalStack).
    fn wants(&self, device: &MfaDeviceRow) -> bool {
        match self.assignment_status.as_deref() {
            Some("Assigned") => device.assignment.is_some(),
            Some("Unassigned") => device.assignment.is_none(),
            _ => true,
        }
    }
}

impl Operation for ListVirtualMFADevices {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListVirtualMFADevices";
    type Output = VirtualDevices;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        if let Some(status) = &self.assignment_status {
            let words = Check::OneOf(&["Assigned", "Unassigned", "Any"]);
            constraints.hidden("assignmentStatus", status, words);
        }
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![name::list_demand(ask, "iam:ListVirtualMFADevices", "mfa", None)])
    }
}

impl Read for ListVirtualMFADevices {
    fn read(self, ask: &Ask<'_>) -> Result<VirtualDevices, Fault> {
        let account = ask.account();
        let (marker, wanted) = (self.marker.as_deref(), |device: &_| self.wants(device));
        let page = page::of_rows(ask.view, account, marker, self.max_items, wanted)?;
        let is_truncated = page.is_truncated();
        let shape = |device: &Arc<MfaDeviceRow>| {
            let assignment = device.assignment.as_ref();
            let user = assignment.and_then(|to| user::find(ask.view, account, &to.user_name).ok());
            VirtualDevice {
                serial_number: device.serial_number.clone(),
                user: user.map(|user| UserShape::brief(user)),
                enable_date: assignment.map(|assignment| assignment.enabled),
            }
        };
        let devices = page.items.into_iter().map(shape).collect();
        Ok(VirtualDevices { devices, is_truncated, marker: page.marker })
    }
}
