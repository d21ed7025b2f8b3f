//! Options of an instance that have an operation each: `ModifyInstanceMaintenanceOptions`,
//! `ModifyInstanceCapacityReservationAttributes` and `ModifyPrivateDnsNameOptions`.

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use names::Word;
use serde::{Deserialize, Serialize};

use super::modify::{changeable, check_stopped, invalid};
use crate::demand;
use crate::kind::Kind;
use crate::launch::specification::{CapacityReservationSpecification, Present};
use crate::regional;
use crate::security_group::rule::modify::Done;
use crate::unmodelled::Unmodelled;

/// `ModifyInstanceMaintenanceOptions`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyInstanceMaintenanceOptions {
    /// The instance.
    pub instance_id: String,
    /// `default` or `disabled`.
    pub auto_recovery: Option<String>,
    /// Not modelled.
    pub reboot_migration: Option<Present>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MaintenanceOutput {
    instance_id: String,
    auto_recovery: &'static str,
}

impl Operation for ModifyInstanceMaintenanceOptions {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyInstanceMaintenanceOptions";
    type Output = MaintenanceOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::Instance.check(&self.instance_id)?;
        let reboot = self.reboot_migration.as_ref();
        Unmodelled::new(Self::NAME).value("RebootMigration", reboot).finish()?;
        match self.auto_recovery.as_deref() {
            None | Some("default" | "disabled") => Ok(()),
            Some(other) => Err(invalid("autoRecovery", other)),
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyInstanceMaintenanceOptions";
        Ok(vec![demand::on(ask, action, Kind::Instance, &self.instance_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ModifyInstanceMaintenanceOptions {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<MaintenanceOutput, Fault> {
        let mut row = changeable(act, &self.instance_id)?;
        if let Some(word) = &self.auto_recovery {
            row.attributes.no_auto_recovery = word == "disabled";
        }
        let auto_recovery = row.attributes.auto_recovery();
        let instance_id = row.id.clone();
        regional::put(act, row)?;
        Ok(MaintenanceOutput { instance_id, auto_recovery })
    }
}

/// `ModifyInstanceCapacityReservationAttributes`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyInstanceCapacityReservationAttributes {
    /// The instance.
    pub instance_id: String,
    /// What reservations it may use.
    pub capacity_reservation_specification: CapacityReservationSpecification,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

impl Operation for ModifyInstanceCapacityReservationAttributes {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyInstanceCapacityReservationAttributes";
    type Output = Done;

    fn check(&self) -> Result<(), Fault> {
        Kind::Instance.check(&self.instance_id)?;
        let wanted = &self.capacity_reservation_specification;
        Unmodelled::new(Self::NAME)
            .value(
                "CapacityReservationSpecification.CapacityReservationTarget",
                wanted.capacity_reservation_target.as_ref(),
            )
            .finish()?;
        match wanted.capacity_reservation_preference.as_deref() {
            Some("open" | "none") => Ok(()),
            other => Err(invalid("capacityReservationPreference", other.unwrap_or_default())),
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyInstanceCapacityReservationAttributes";
        Ok(vec![demand::on(ask, action, Kind::Instance, &self.instance_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ModifyInstanceCapacityReservationAttributes {
    /// "You can modify the Capacity Reservation settings for an instance only if it is stopped" (EC2 user
    /// guide, "modify the Capacity Reservation settings of your instance").
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Done, Fault> {
        let mut row = changeable(act, &self.instance_id)?;
        check_stopped(act, &row)?;
        let wanted = &self.capacity_reservation_specification;
        row.attributes.capacity_reservations =
            wanted.capacity_reservation_preference.as_deref().map(Word::from);
        regional::put(act, row)?;
        Ok(Done::YES)
    }
}

/// `ModifyPrivateDnsNameOptions`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyPrivateDnsNameOptions {
    /// The instance.
    pub instance_id: String,
    /// `ip-name` or `resource-name`.
    pub private_dns_hostname_type: Option<String>,
    /// Whether its name by id has an A record.
    #[serde(rename = "EnableResourceNameDnsARecord")]
    pub a_record: Option<bool>,
    /// Not modelled: there is no IPv6.
    #[serde(rename = "EnableResourceNameDnsAAAARecord")]
    pub aaaa_record: Option<bool>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

impl Operation for ModifyPrivateDnsNameOptions {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyPrivateDnsNameOptions";
    type Output = Done;

    fn check(&self) -> Result<(), Fault> {
        Kind::Instance.check(&self.instance_id)?;
        Unmodelled::new(Self::NAME)
            .flag("EnableResourceNameDnsAAAARecord", self.aaaa_record == Some(true))
            .finish()?;
        match self.private_dns_hostname_type.as_deref() {
            None | Some("ip-name" | "resource-name") => Ok(()),
            Some(other) => Err(invalid("privateDnsHostnameType", other)),
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyPrivateDnsNameOptions";
        Ok(vec![demand::on(ask, action, Kind::Instance, &self.instance_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ModifyPrivateDnsNameOptions {
    /// The type of name can be changed while the instance is stopped (EC2 user guide, "EC2 instance hostnames
    /// and domains").
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Done, Fault> {
        let mut row = changeable(act, &self.instance_id)?;
        if let Some(word) = &self.private_dns_hostname_type {
            let by_id = word == "resource-name";
            if by_id != row.attributes.named_by_id {
                check_stopped(act, &row)?;
            }
            row.attributes.named_by_id = by_id;
        }
        if let Some(record) = self.a_record {
            row.attributes.named_by_id_a_record = record;
        }
        regional::put(act, row)?;
        Ok(Done::YES)
    }
}
