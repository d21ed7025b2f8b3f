//! Resource types: what a resource of a template is made of, and which calls make it.
//!
//! # Adding a type
//!
//! 1. Its name goes into `TYPES` of `xtask/src/cloudformation_types.rs`; `cargo xtask cloudformation-types`
//!    then writes its properties, attributes and the properties that cannot be changed to `data/types.json`.
//!    Unknown properties, missing ones and wrong types are refused by that table ([`schema`]) in
//!    CloudFormation's words, before anything of yours is asked; `"5"` is a number and `true` a string where the
//!    table says so.
//! 2. A file `resource/SERVICE/NOUN.rs` has a struct of the properties (serde, `PascalCase`; optional ones as
//!    `Option`) and a unit struct that is a [`ResourceType`]. It makes things by the operations of the service
//!    alone, with [`Provision::write`] and [`Provision::read`]: these are authorized as the stack's caller.
//! 3. [`table`] gets one line.
//!
//! A change of a property that the table calls `create_only` replaces the resource: the new one is made first,
//! the old one deleted when the stack's update is done. What else replaces says [`ResourceType::replaces`].
//! Properties that a type takes and rolecall does not model are refused by name, with
//! [`Provision::not_modelled`].
//!
//! Everything that one handler does is one commit with the resource's new state, or nothing if it fails: a
//! handler need not tidy up, and need not expect half of itself.

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
mod carried;
pub mod cloudformation;
pub mod ec2;
pub mod iam;
pub mod lambda;
pub mod provision;
pub mod s3;
pub mod schema;
pub mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use cloud::Fault;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use provision::Provision;

/// What `Fn::GetAtt` gives, by attribute.
pub type Attributes = BTreeMap<String, Value>;

/// A resource that was made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Physical {
    /// The physical id, which `Ref` gives unless the type says otherwise.
    pub id: String,
    /// What `Fn::GetAtt` gives.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: Attributes,
}

/// How far along a resource is.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// It can be used. Attributes that were not known before are added.
    Done(Attributes),
    /// Not yet: it is asked again as time passes.
    Pending,
}

/// One resource type.
pub trait ResourceType: 'static {
    /// Its name, such as `AWS::IAM::Role`.
    const NAME: &'static str;
    /// Its properties.
    type Properties: DeserializeOwned;

    /// The object of S3 that it needs to be created or updated, as the bucket and key of a package; its bytes
    /// are [`Provision::object`] then.
    fn wants(_: &Self::Properties) -> Option<cloud::object::WantedObject> {
        None
    }

    /// Makes it.
    ///
    /// # Errors
    /// Those of the operations that make it.
    fn create(
        properties: Self::Properties,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault>;

    /// Whether what was made can be used, for what takes time.
    ///
    /// # Errors
    /// Those of the operations that tell; and where it never will.
    fn created(_: &Physical, _: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        Ok(Progress::Done(Attributes::new()))
    }

    /// Whether going from `old` to `new` makes a new one, though no property that is `create_only` differs.
    fn replaces(_old: &Self::Properties, _new: &Self::Properties) -> bool {
        false
    }

    /// Changes it in place; what is given back replaces what was known of it. Afterwards
    /// [`ResourceType::created`] is asked.
    ///
    /// # Errors
    /// Those of the operations that change it.
    fn update(
        old: Self::Properties,
        new: Self::Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault>;

    /// Deletes it. One that is gone already counts as deleted: the type lets the service's error for that
    /// pass, with [`Provision::unless_gone`].
    ///
    /// # Errors
    /// Those of the operations that delete it.
    fn delete(
        properties: Self::Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault>;

    /// Whether it is gone, for what takes time.
    ///
    /// # Errors
    /// Those of the operations that tell.
    fn deleted(_: &Physical, _: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        Ok(Progress::Done(Attributes::new()))
    }

    /// What `Ref` gives.
    #[must_use]
    fn reference(physical: &Physical) -> Value {
        Value::String(physical.id.clone())
    }
}

/// A resource type as the engine uses it: properties are the JSON that the template's became.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    wants: fn(&Value) -> Option<cloud::object::WantedObject>,
    create: fn(&Value, &mut Provision<'_, '_, '_>) -> Result<Physical, Fault>,
    created: fn(&Physical, &mut Provision<'_, '_, '_>) -> Result<Progress, Fault>,
    replaces: fn(&Value, &Value) -> bool,
    update: fn(&Value, &Value, &Physical, &mut Provision<'_, '_, '_>) -> Result<Physical, Fault>,
    delete: fn(&Value, &Physical, &mut Provision<'_, '_, '_>) -> Result<(), Fault>,
    deleted: fn(&Physical, &mut Provision<'_, '_, '_>) -> Result<Progress, Fault>,
    reference: fn(&Physical) -> Value,
}

impl Kind {
    /// The type `T`.
    #[must_use]
    pub const fn of<T: ResourceType>() -> Self {
        Self {
            name: T::NAME,
            wants: |properties| T::wants(&read::<T>(properties).ok()?),
            create: |properties, on| T::create(read::<T>(properties)?, on),
            created: T::created,
            replaces: |old, new| match (read::<T>(old), read::<T>(new)) {
                (Ok(old), Ok(new)) => T::replaces(&old, &new),
                _ => false,
            },
            update: |old, new, physical, on| {
                T::update(read::<T>(old)?, read::<T>(new)?, physical, on)
            },
            delete: |properties, physical, on| T::delete(read::<T>(properties)?, physical, on),
            deleted: T::deleted,
            reference: T::reference,
        }
    }

    /// The type called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        table::KINDS.iter().find(|kind| kind.name == name)
    }

    /// The object that it needs.
    #[must_use]
    pub fn wants(&self, properties: &Value) -> Option<cloud::object::WantedObject> {
        (self.wants)(properties)
    }

    /// Makes one.
    ///
    /// # Errors
    /// As [`ResourceType::create`].
    pub fn create(
        &self,
        properties: &Value,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        (self.create)(properties, on)
    }

    /// Asks whether one can be used.
    ///
    /// # Errors
    /// As [`ResourceType::created`].
    pub fn created(
        &self,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Progress, Fault> {
        (self.created)(physical, on)
    }

    /// Whether going from `old` to `new` makes a new one, and because of which properties; empty if the type
    /// itself says so.
    #[must_use]
    pub fn replaces(&self, old: &Value, new: &Value) -> Option<Vec<String>> {
        let changed = schema::changed_create_only(self.name, old, new);
        (!changed.is_empty() || (self.replaces)(old, new)).then_some(changed)
    }

    /// Changes one in place.
    ///
    /// # Errors
    /// As [`ResourceType::update`].
    pub fn update(
        &self,
        old: &Value,
        new: &Value,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        (self.update)(old, new, physical, on)
    }

    /// Deletes one.
    ///
    /// # Errors
    /// As [`ResourceType::delete`].
    pub fn delete(
        &self,
        properties: &Value,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        (self.delete)(properties, physical, on)
    }

    /// Asks whether one is gone.
    ///
    /// # Errors
    /// As [`ResourceType::deleted`].
    pub fn deleted(
        &self,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Progress, Fault> {
        (self.deleted)(physical, on)
    }

    /// What `Ref` gives.
    #[must_use]
    pub fn reference(&self, physical: &Physical) -> Value {
        (self.reference)(physical)
    }
}

/// A member of an answer; `null` if there is none.
#[must_use]
pub fn part(answer: &Value, name: &str) -> Value {
    answer.get(name).cloned().unwrap_or_default()
}

/// A member of an answer that is a text.
#[must_use]
pub fn text(answer: &Value, name: &str) -> String {
    answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn read<T: ResourceType>(properties: &Value) -> Result<T::Properties, Fault> {
    let mut ignored = None;
    let read =
        serde_ignored::deserialize(properties, |path| ignored = Some(provision::member(&path)));
    if let Some(property) = ignored {
        return Err(provision::not_modelled(&property, T::NAME));
    }
    read.map_err(|error: serde_json::Error| {
        let text = error.to_string();
        // The schema has it, and the type's own properties do not.
        let unknown = text.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
        match unknown {
            Some((property, _)) => provision::not_modelled(property, T::NAME),
            None => Fault::new("InvalidRequest", format!("Properties of {}: {text}", T::NAME)),
        }
    })
}
