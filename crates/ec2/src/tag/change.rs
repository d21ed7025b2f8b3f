//! `CreateTags` and `DeleteTags`.

use cloud::tag::Tag;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::TagInput;
use crate::demand;
use crate::kind::Kind;
use crate::{lookup, tag};

/// The most resources of one request (API reference: "up to 1000 resource IDs").
pub const MAX_RESOURCES: usize = 1000;

/// `CreateTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateTags {
    resource_id: Vec<String>,
    tag: Vec<TagInput>,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for CreateTags {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateTags";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_resources(&self.resource_id)?;
        tag::check(&self.tag)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let tags: Vec<Tag> = self.tag.iter().map(tag::tag).collect();
        resources(&self.resource_id)
            .map(|(kind, id)| {
                Ok(demand::on_with(ask, "ec2:CreateTags", kind, id, Vec::new(), &tags))
            })
            .collect()
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateTags {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let tags: Vec<Tag> = self.tag.iter().map(tag::tag).collect();
        check_exist(&act.ask(), &self.resource_id)?;
        for id in &self.resource_id {
            tag::set(act, id, &tags)?;
        }
        Ok(())
    }
}

/// `DeleteTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteTags {
    resource_id: Vec<String>,
    /// None: all of them.
    #[serde(default)]
    tag: Vec<TagInput>,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for DeleteTags {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteTags";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_resources(&self.resource_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named: Vec<Tag> = self.tag.iter().map(tag::tag).collect();
        resources(&self.resource_id)
            .map(|(kind, id)| {
                Ok(demand::on_with(ask, "ec2:DeleteTags", kind, id, Vec::new(), &named))
            })
            .collect()
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DeleteTags {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        check_exist(&act.ask(), &self.resource_id)?;
        for id in &self.resource_id {
            let mut tags = tag::of(&act.ask(), id).to_vec();
            tags.retain(|tag| !self.names(tag));
            tag::store(act, id, tags)?;
        }
        Ok(())
    }
}

impl DeleteTags {
    /// "If you specify a tag key without a tag value, we delete any tag with this key regardless of its
    /// value. If you specify a tag key with an empty string as the tag value, we delete the tag only if its
    /// value is an empty string." (API reference)
    fn names(&self, tag: &Tag) -> bool {
        self.tag.is_empty()
            || self.tag.iter().any(|named| {
                let value = named.value.as_deref();
                named.key.as_deref() == Some(&tag.key)
                    && value.is_none_or(|value| value == tag.value)
            })
    }
}

fn resources(ids: &[String]) -> impl Iterator<Item = (Kind, &str)> {
    ids.iter().filter_map(|id| Kind::of_id(id).map(|kind| (kind, id.as_str())))
}

fn check_resources(ids: &[String]) -> Result<(), Fault> {
    if ids.len() > MAX_RESOURCES {
        // unverified: EC2's text.
        let text = format!("The maximum number of resources is {MAX_RESOURCES}");
        return Err(Fault::new("InvalidParameterValue", text));
    }
    match ids.iter().find(|id| Kind::of_id(id).is_none()) {
        Some(id) => Err(Fault::new("InvalidID", format!("The ID '{id}' is not valid"))),
        None => Ok(()),
    }
}

fn check_exist(ask: &Ask<'_>, ids: &[String]) -> Result<(), Fault> {
    match resources(ids).find(|(kind, id)| !lookup::exists(ask, *kind, id)) {
        Some((kind, id)) => Err(kind.not_found(id)),
        None => Ok(()),
    }
}
