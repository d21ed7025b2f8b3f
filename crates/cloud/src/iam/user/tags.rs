//! The tags of a user.

use std::sync::Arc;

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::tags::{self, Tags};
use crate::iam::user::{self, MAX_EXISTING_NAME, UserRow};
use crate::iam::{name, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// `TagUser`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagUser {
    user_name: String,
    tags: Vec<Tag>,
}

impl Operation for TagUser {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "TagUser";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        tag::check_not_reserved(&self.tags)?;
        tag::check_duplicates(&self.tags, "InvalidInput")
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = user::demand(ask, "iam:TagUser", &self.user_name);
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for TagUser {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = Arc::clone(user::find(act.tx, act.account(), &self.user_name)?);
        tag::check_present(&self.tags)?;
        let mut changed = UserRow::clone(&user);
        tag::merge(&mut changed.tags, self.tags.clone())?;
        Ok(act.tx.update(changed)?)
    }
}

/// `UntagUser`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagUser {
    user_name: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagUser {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UntagUser";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        tag::check_keys(&self.tag_keys, &mut constraints);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = user::demand(ask, "iam:UntagUser", &self.user_name);
        Ok(vec![demand.with_tag_keys(self.tag_keys.iter().map(String::as_str))])
    }
}

impl Write for UntagUser {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = Arc::clone(user::find(act.tx, act.account(), &self.user_name)?);
        let mut changed = UserRow::clone(&user);
        tag::remove(&mut changed.tags, &self.tag_keys);
        Ok(act.tx.update(changed)?)
    }
}

/// `ListUserTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserTags {
    user_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListUserTags {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListUserTags";
    type Output = Tags;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "userName", &self.user_name, MAX_EXISTING_NAME);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:ListUserTags", &self.user_name)])
    }
}

impl Read for ListUserTags {
    fn read(self, ask: &Ask<'_>) -> Result<Tags, Fault> {
        let user = user::find(ask.view, ask.account(), &self.user_name)?;
        tags::list(&user.tags, self.marker.as_deref(), self.max_items)
    }
}
