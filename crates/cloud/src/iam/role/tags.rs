//! The tags of a role. Those of service-linked roles can be changed too: the API model of these
//! operations knows no `UnmodifiableEntity`.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::page;
use crate::iam::role::{self, RoleRow};
use crate::iam::tags::{self, Tags};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// `TagRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagRole {
    role_name: String,
    tags: Vec<Tag>,
}

impl Operation for TagRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "TagRole";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        tag::check_not_reserved(&self.tags)?;
        tag::check_duplicates(&self.tags, "InvalidInput")
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = role::demand(ask, "iam:TagRole", &self.role_name);
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for TagRole {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut role = RoleRow::clone(role::find(act.tx, act.account(), &self.role_name)?);
        tag::check_present(&self.tags)?;
        tag::merge(&mut role.tags, self.tags.clone())?;
        act.tx.update(role)?;
        Ok(())
    }
}

/// `UntagRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagRole {
    role_name: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UntagRole";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        tag::check_keys(&self.tag_keys, &mut constraints);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = role::demand(ask, "iam:UntagRole", &self.role_name);
        Ok(vec![demand.with_tag_keys(self.tag_keys.iter().map(String::as_str))])
    }
}

impl Write for UntagRole {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut role = RoleRow::clone(role::find(act.tx, act.account(), &self.role_name)?);
        tag::remove(&mut role.tags, &self.tag_keys);
        act.tx.update(role)?;
        Ok(())
    }
}

/// `ListRoleTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoleTags {
    role_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListRoleTags {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListRoleTags";
    type Output = Tags;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::demand(ask, "iam:ListRoleTags", &self.role_name)])
    }
}

impl Read for ListRoleTags {
    fn read(self, ask: &Ask<'_>) -> Result<Tags, Fault> {
        let role = role::find(ask.view, ask.account(), &self.role_name)?;
        tags::list(&role.tags, self.marker.as_deref(), self.max_items)
    }
}
