//! `ModifyNetworkInterfaceAttribute`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::{NetworkInterfaceRow, check_groups};
use crate::kind::Kind;
use crate::subnet::SubnetRow;
use crate::vpc::attribute::BooleanValue;
use crate::{demand, regional};

/// A text in a structure of its own, as attributes are.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TextValue {
    /// The text.
    pub value: String,
}

/// `ModifyNetworkInterfaceAttribute`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyNetworkInterfaceAttribute {
    network_interface_id: String,
    description: Option<TextValue>,
    source_dest_check: Option<BooleanValue>,
    #[serde(default)]
    security_group_id: Vec<String>,
    attachment: Option<AttachmentChanges>,
    #[serde(default)]
    dry_run: bool,
}

/// What changes of an attachment.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachmentChanges {
    attachment_id: String,
    delete_on_termination: bool,
}

impl ModifyNetworkInterfaceAttribute {
    fn changed(&self) -> Vec<&'static str> {
        let changed = [
            (self.description.is_some(), "Description"),
            (self.source_dest_check.is_some(), "SourceDestCheck"),
            (!self.security_group_id.is_empty(), "SecurityGroupIds"),
            (self.attachment.is_some(), "Attachment"),
        ];
        changed.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect()
    }
}

impl Operation for ModifyNetworkInterfaceAttribute {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyNetworkInterfaceAttribute";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::NetworkInterface.check(&self.network_interface_id)?;
        for id in &self.security_group_id {
            Kind::SecurityGroup.check(id)?;
        }
        // "You can specify only one attribute at a time." (API reference)
        match self.changed().len() {
            1 => Ok(()),
            0 => Err(Fault::new("InvalidParameterCombination", "No attributes specified.")),
            _ => {
                let text = "Fields for multiple attribute types specified";
                Err(Fault::new("InvalidParameterCombination", text))
            }
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyNetworkInterfaceAttribute";
        let name = self.changed().first().map(|name| ("ec2:Attribute", (*name).to_owned()));
        let keys = name.into_iter().collect();
        let (kind, id) = (Kind::NetworkInterface, &self.network_interface_id);
        let mut demands = vec![demand::on_with(ask, action, kind, id, keys, &[])];
        for id in &self.security_group_id {
            demands.push(demand::on(ask, action, Kind::SecurityGroup, id));
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for ModifyNetworkInterfaceAttribute {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let id = &self.network_interface_id;
        let mut interface = (*regional::find::<NetworkInterfaceRow>(&act.ask(), id)?).clone();
        if let Some(description) = &self.description {
            interface.description = description.value.as_str().into();
        }
        if let Some(check) = self.source_dest_check {
            interface.source_dest_check = check.value;
        }
        if !self.security_group_id.is_empty() {
            let subnet = regional::find::<SubnetRow>(&act.ask(), &interface.subnet_id)?;
            interface.groups = check_groups(act, &subnet, self.security_group_id.clone())?;
        }
        if let Some(changes) = &self.attachment {
            let named = &changes.attachment_id;
            let attachment = interface.attachment.as_mut().filter(|it| it.id == *named);
            let Some(attachment) = attachment else {
                let text = format!("The attachment ID '{named}' does not exist");
                return Err(Fault::new("InvalidAttachmentID.NotFound", text));
            };
            attachment.delete_on_termination = changes.delete_on_termination;
        }
        regional::put(act, interface)
    }
}
