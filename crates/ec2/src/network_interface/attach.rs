//! `AttachNetworkInterface` and `DetachNetworkInterface`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{NetworkInterfaceRow, attachment};
use crate::instance::{InstanceRow, State};
use crate::kind::Kind;
use crate::security_group::rule::modify::Done;
use crate::unmodelled::Unmodelled;
use crate::{demand, instance_type, regional};

/// `AttachNetworkInterface`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachNetworkInterface {
    network_interface_id: String,
    instance_id: String,
    device_index: i32,
    network_card_index: Option<i32>,
    #[serde(default)]
    dry_run: bool,
}

/// What `AttachNetworkInterface` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachedOutput {
    attachment_id: String,
    network_card_index: i32,
}

impl Operation for AttachNetworkInterface {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AttachNetworkInterface";
    type Output = AttachedOutput;

    fn check(&self) -> Result<(), Fault> {
        let card = self.network_card_index.filter(|index| *index != 0);
        Unmodelled::new(Self::NAME).value("NetworkCardIndex", card.as_ref()).finish()?;
        Kind::NetworkInterface.check(&self.network_interface_id)?;
        Kind::Instance.check(&self.instance_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:AttachNetworkInterface";
        let interface = &self.network_interface_id;
        Ok(vec![
            demand::on(ask, action, Kind::Instance, &self.instance_id),
            demand::on(ask, action, Kind::NetworkInterface, interface),
        ])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AttachNetworkInterface {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AttachedOutput, Fault> {
        let ask = act.ask();
        let interface = regional::find::<NetworkInterfaceRow>(&ask, &self.network_interface_id)?;
        let instance = regional::find::<InstanceRow>(&ask, &self.instance_id)?;
        check_state(&instance, act)?;
        if interface.attachment.is_some() {
            return Err(in_use(&interface.id));
        }
        if interface.zone != instance.placement.zone {
            // unverified: the text.
            let text = "You may not attach a network interface to an instance if they are not in the \
                        same availability zone";
            return Err(Fault::new("InvalidParameterCombination", text));
        }
        self.check_place(&ask, &instance)?;
        let mut attached = attachment(act.entropy, Some(&instance.id), self.device_index, act.now);
        // "Default: false" for interfaces that are attached by themselves (API reference).
        attached.delete_on_termination = false;
        let attachment_id = attached.id.clone();
        let mut interface = NetworkInterfaceRow::clone(&interface);
        interface.attachment = Some(attached);
        let mut instance = InstanceRow::clone(&instance);
        let ids = &mut instance.network_interface_ids;
        let index_of = |act: &Act<'_, '_>, id: &String| index(&act.ask(), id);
        let place = ids.iter().position(|id| index_of(act, id) > self.device_index);
        ids.insert(place.unwrap_or(ids.len()), interface.id.clone());
        regional::put(act, interface)?;
        regional::put(act, instance)?;
        Ok(AttachedOutput { attachment_id, network_card_index: 0 })
    }
}

impl AttachNetworkInterface {
    /// Whether the instance takes one more interface, at this index.
    fn check_place(&self, ask: &Ask<'_>, instance: &InstanceRow) -> Result<(), Fault> {
        let ids = &instance.network_interface_ids;
        if ids.iter().any(|id| index(ask, id) == self.device_index) {
            // github.com/lstoll/k8s-vpcnet issue 71
            let text = format!(
                "Instance '{}' already has an interface attached at device index '{}'.",
                instance.id, self.device_index
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let kind = instance_type::wanted(&instance.instance_type)?;
        let count = ids.len() + 1;
        if i32::try_from(count).is_ok_and(|count| count <= kind.max_interfaces) {
            return Ok(());
        }
        let text = format!("Interface count {count} exceeds the limit for {}", kind.name);
        Err(Fault::new("AttachmentLimitExceeded", text))
    }
}

/// The number of an interface on its instance.
fn index(ask: &Ask<'_>, id: &str) -> i32 {
    let interface = regional::get::<NetworkInterfaceRow>(ask, id);
    let attached = interface.and_then(|interface| interface.attachment.clone());
    attached.map_or(0, |attached| attached.device_index)
}

/// Refuses an instance that is neither running nor stopped (unverified: the text).
fn check_state(instance: &InstanceRow, act: &Act<'_, '_>) -> Result<(), Fault> {
    let state = instance.life.state(act.now);
    if matches!(state, State::Pending | State::Running | State::Stopping | State::Stopped) {
        return Ok(());
    }
    let text = format!("Instance '{}' is not 'running' or 'stopped'.", instance.id);
    Err(Fault::new("IncorrectInstanceState", text))
}

/// The error for an interface that is attached already
/// (github.com/hashicorp/terraform-provider-aws issue 27513).
pub(crate) fn in_use(id: &str) -> Fault {
    Fault::new("InvalidNetworkInterface.InUse", format!("Interface: [{id}] in use."))
}

/// `DetachNetworkInterface`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachNetworkInterface {
    attachment_id: String,
    /// Without asking the instance's operating system, which there is none of.
    #[serde(default)]
    #[expect(dead_code, reason = "nothing holds an interface back")]
    force: bool,
    #[serde(default)]
    dry_run: bool,
}

impl DetachNetworkInterface {
    /// The interface with the attachment.
    fn interface(&self, ask: &Ask<'_>) -> Option<Arc<NetworkInterfaceRow>> {
        let has = |interface: &Arc<NetworkInterfaceRow>| {
            interface.attachment.as_ref().is_some_and(|it| it.id == self.attachment_id)
        };
        regional::all::<NetworkInterfaceRow>(ask).into_iter().find(has)
    }
}

impl Operation for DetachNetworkInterface {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DetachNetworkInterface";
    type Output = Done;

    /// Interface and instance; of an attachment that is nobody's, any (unverified).
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DetachNetworkInterface";
        let interface = self.interface(ask);
        let id = interface.as_ref().map_or("*", |interface| interface.id.as_str());
        let mut demands = vec![demand::on(ask, action, Kind::NetworkInterface, id)];
        if let Some(instance) = interface.as_ref().and_then(|interface| interface.instance_id()) {
            demands.push(demand::on(ask, action, Kind::Instance, instance));
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DetachNetworkInterface {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Done, Fault> {
        let Some(interface) = self.interface(&act.ask()) else {
            let text = format!("The attachment ID '{}' does not exist", self.attachment_id);
            return Err(Fault::new("InvalidAttachmentID.NotFound", text));
        };
        let not_permitted = |text: String| Err(Fault::new("OperationNotPermitted", text));
        let Some(instance) = interface.instance_id() else {
            // github.com/boto/boto3 issue 2218
            return not_permitted(
                "You are not allowed to manage 'ela-attach' attachments.".to_owned(),
            );
        };
        let index = index(&act.ask(), &interface.id);
        if index == 0 {
            // github.com/redhat-performance/cloud-governance pull request 952
            return not_permitted(format!(
                "The network interface at device index {index} and networkCard index 0 cannot be detached."
            ));
        }
        let mut instance = InstanceRow::clone(&*regional::find(&act.ask(), instance)?);
        instance.network_interface_ids.retain(|id| *id != interface.id);
        regional::put(act, instance)?;
        let interface = NetworkInterfaceRow::clone(&interface);
        regional::put(act, NetworkInterfaceRow { attachment: None, ..interface })?;
        Ok(Done::YES)
    }
}
