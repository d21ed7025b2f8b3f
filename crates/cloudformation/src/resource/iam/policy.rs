//! `AWS::IAM::Policy`: one policy, embedded in any number of roles, users and groups.

use cloud::Fault;
use serde::Deserialize;
use serde_json::Value;

use crate::resource::iam::holder::{self, Groups, Holder, Roles, Users};
use crate::resource::iam::{self, difference};
use crate::resource::{Physical, Provision, ResourceType};

/// A policy.
#[derive(Debug, Clone, Copy)]
pub struct Policy;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    policy_name: String,
    policy_document: Value,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
}

impl ResourceType for Policy {
    const NAME: &'static str = "AWS::IAM::Policy";
    type Properties = Properties;

    /// Nobody to embed it in is refused (public reports).
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        if [&properties.roles, &properties.users, &properties.groups].iter().all(|it| it.is_empty())
        {
            let text = "At least one of [Groups,Roles,Users] must be non-empty.";
            return Err(Fault::new("ValidationError", text));
        }
        embed::<Roles>(on, &properties, &properties.roles)?;
        embed::<Users>(on, &properties, &properties.users)?;
        embed::<Groups>(on, &properties, &properties.groups)?;
        let id = on.name(iam::MAX_LONG_NAME);
        Ok(Physical { attributes: [("Id".to_owned(), Value::from(id.clone()))].into(), id })
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        change::<Roles>(on, (&old, &old.roles), (&new, &new.roles))?;
        change::<Users>(on, (&old, &old.users), (&new, &new.users))?;
        change::<Groups>(on, (&old, &old.groups), (&new, &new.groups))?;
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        _: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let name = &properties.policy_name;
        properties.roles.iter().try_for_each(|role| holder::remove::<Roles>(on, role, name))?;
        properties.users.iter().try_for_each(|user| holder::remove::<Users>(on, user, name))?;
        properties.groups.iter().try_for_each(|group| holder::remove::<Groups>(on, group, name))
    }
}

fn embed<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    policy: &Properties,
    holders: &[String],
) -> Result<(), Fault> {
    let (name, document) = (&policy.policy_name, &policy.policy_document);
    holders.iter().try_for_each(|holder| holder::put::<H>(on, holder, name, document))
}

fn change<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    (old, old_holders): (&Properties, &[String]),
    (new, new_holders): (&Properties, &[String]),
) -> Result<(), Fault> {
    let (added, removed) = difference(old_holders, new_holders);
    let (renamed, changed) =
        (old.policy_name != new.policy_name, old.policy_document != new.policy_document);
    for holder in new_holders {
        if renamed || changed || added.contains(&holder) {
            holder::put::<H>(on, holder, &new.policy_name, &new.policy_document)?;
        }
    }
    for holder in old_holders {
        if renamed || removed.contains(&holder) {
            holder::remove::<H>(on, holder, &old.policy_name)?;
        }
    }
    Ok(())
}
