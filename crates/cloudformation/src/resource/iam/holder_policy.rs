//! `AWS::IAM::RolePolicy`, `AWS::IAM::UserPolicy` and `AWS::IAM::GroupPolicy`: one policy, embedded in one holder.

use std::marker::PhantomData;

use cloud::Fault;
use serde::Deserialize;
use serde_json::Value;

use crate::resource::iam::holder::{self, Groups, Holder, Roles, Users};
use crate::resource::{Physical, Provision, ResourceType};

/// A policy of a holder of the kind `H`.
#[derive(Debug, Clone, Copy)]
pub struct HolderPolicy<H>(PhantomData<H>);

/// A role's.
pub type RolePolicy = HolderPolicy<Roles>;
/// A user's.
pub type UserPolicy = HolderPolicy<Users>;
/// A group's.
pub type GroupPolicy = HolderPolicy<Groups>;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    policy_name: String,
    /// AWS's schema does not demand one; a policy without is refused by IAM.
    policy_document: Option<Value>,
    #[serde(alias = "RoleName", alias = "UserName", alias = "GroupName")]
    holder: String,
}

/// What differs between the kinds.
pub trait Named: Holder + 'static {
    /// The type's name.
    const TYPE: &'static str;
}

impl Named for Roles {
    const TYPE: &'static str = "AWS::IAM::RolePolicy";
}

impl Named for Users {
    const TYPE: &'static str = "AWS::IAM::UserPolicy";
}

impl Named for Groups {
    const TYPE: &'static str = "AWS::IAM::GroupPolicy";
}

impl<H: Named> ResourceType for HolderPolicy<H> {
    const NAME: &'static str = H::TYPE;
    type Properties = Properties;

    /// The id has both names, as the schema's primary identifier does.
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        put::<H>(on, &properties)?;
        let id = format!("{}|{}", properties.policy_name, properties.holder);
        Ok(Physical { id, attributes: Default::default() })
    }

    fn update(
        _: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        put::<H>(on, &new)?;
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        _: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        holder::remove::<H>(on, &properties.holder, &properties.policy_name)
    }
}

fn put<H: Holder>(on: &mut Provision<'_, '_, '_>, properties: &Properties) -> Result<(), Fault> {
    let document = properties.policy_document.clone().unwrap_or(Value::String(String::new()));
    holder::put::<H>(on, &properties.holder, &properties.policy_name, &document)
}
