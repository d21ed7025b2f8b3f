//! `AWS::IAM::InstanceProfile`

use cloud::Fault;
use cloud::iam::instance_profile::contents::{
    AddRoleToInstanceProfile, RemoveRoleFromInstanceProfile,
};
use cloud::iam::instance_profile::create::{
    CreateInstanceProfile, DeleteInstanceProfile, GetInstanceProfile,
};
use serde::Deserialize;
use serde_json::json;

use crate::resource::iam::{self, difference, items};
use crate::resource::{Physical, Provision, ResourceType, part};

/// An instance profile.
#[derive(Debug, Clone, Copy)]
pub struct InstanceProfile;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    instance_profile_name: Option<String>,
    path: Option<String>,
    roles: Vec<String>,
}

impl ResourceType for InstanceProfile {
    const NAME: &'static str = "AWS::IAM::InstanceProfile";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let own = properties.instance_profile_name.clone().filter(|name| !name.is_empty());
        let name = own.unwrap_or_else(|| on.name(iam::MAX_LONG_NAME));
        let input = json!({"InstanceProfileName": name, "Path": properties.path});
        let made = on.write::<CreateInstanceProfile>(input)?;
        change_roles(on, &name, &[], &properties.roles)?;
        Ok(iam::physical(&name, &part(&made, "InstanceProfile"), &["Arn"]))
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        change_roles(on, &physical.id, &old.roles, &new.roles)?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let (name, profile) = (&physical.id, json!({"InstanceProfileName": physical.id}));
        let found = match on.read::<GetInstanceProfile>(profile.clone()) {
            Err(fault) if fault.code == "NoSuchEntity" => return Ok(()),
            found => found?,
        };
        for role in items(&part(&found, "InstanceProfile"), "Roles") {
            let input = json!({"InstanceProfileName": name, "RoleName": part(&role, "RoleName")});
            on.write::<RemoveRoleFromInstanceProfile>(input)?;
        }
        on.write::<DeleteInstanceProfile>(profile).map(drop)
    }
}

/// The old role leaves before the new one comes, as a profile holds one.
fn change_roles(
    on: &mut Provision<'_, '_, '_>,
    name: &str,
    old: &[String],
    new: &[String],
) -> Result<(), Fault> {
    let (added, removed) = difference(old, new);
    for role in removed {
        let input = json!({"InstanceProfileName": name, "RoleName": role});
        let outcome = on.write::<RemoveRoleFromInstanceProfile>(input);
        on.unless_gone(outcome, &["NoSuchEntity"])?;
    }
    for role in added {
        let input = json!({"InstanceProfileName": name, "RoleName": role});
        on.write::<AddRoleToInstanceProfile>(input)?;
    }
    Ok(())
}
