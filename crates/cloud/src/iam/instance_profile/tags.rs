//! The tags of an instance profile.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::instance_profile::{self, InstanceProfileRow};
use crate::iam::tags::{self, Tags};
use crate::iam::{exact_tag, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// `TagInstanceProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagInstanceProfile {
    instance_profile_name: String,
    tags: Vec<Tag>,
}

impl Operation for TagInstanceProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "TagInstanceProfile";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        instance_profile::check_name(&mut constraints, &self.instance_profile_name);
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        exact_tag::check_keys(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = &self.instance_profile_name;
        let demand = instance_profile::demand(ask, "iam:TagInstanceProfile", name);
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for TagInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let name = &self.instance_profile_name;
        let profile = instance_profile::find(act.tx, act.account(), name)?;
        let mut profile = InstanceProfileRow::clone(profile);
        exact_tag::merge(&mut profile.tags, &self.tags)?;
        act.tx.update(profile)?;
        Ok(())
    }
}

/// `UntagInstanceProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagInstanceProfile {
    instance_profile_name: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagInstanceProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UntagInstanceProfile";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        instance_profile::check_name(&mut constraints, &self.instance_profile_name);
        tag::check_keys(&self.tag_keys, &mut constraints);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = &self.instance_profile_name;
        let demand = instance_profile::demand(ask, "iam:UntagInstanceProfile", name);
        Ok(vec![demand.with_tag_keys(self.tag_keys.iter().map(String::as_str))])
    }
}

impl Write for UntagInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let name = &self.instance_profile_name;
        let profile = instance_profile::find(act.tx, act.account(), name)?;
        let mut profile = InstanceProfileRow::clone(profile);
        exact_tag::remove(&mut profile.tags, &self.tag_keys);
        act.tx.update(profile)?;
        Ok(())
    }
}

/// `ListInstanceProfileTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListInstanceProfileTags {
    instance_profile_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListInstanceProfileTags {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListInstanceProfileTags";
    type Output = Tags;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        instance_profile::check_name(&mut constraints, &self.instance_profile_name);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = &self.instance_profile_name;
        Ok(vec![instance_profile::demand(ask, "iam:ListInstanceProfileTags", name)])
    }
}

impl Read for ListInstanceProfileTags {
    fn read(self, ask: &Ask<'_>) -> Result<Tags, Fault> {
        let name = &self.instance_profile_name;
        let profile = instance_profile::find(ask.view, ask.account(), name)?;
        tags::list(&profile.tags, self.marker.as_deref(), self.max_items)
    }
}
