//! Tags of functions: `TagResource`, `UntagResource`, `ListTags`

use std::collections::BTreeMap;

use cloud::constraint::Constraints;
use cloud::tag::{self, Tag};
use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::{Deserialize, Serialize};

use crate::code::invalid;
use crate::function;
use crate::function::update::found;
use crate::name::{Named, finish};

/// Tags as Lambda writes them.
#[must_use]
pub fn map(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

/// Tags as they are kept.
#[must_use]
pub fn list(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// The function behind `Resource`, which is an ARN without a version.
fn named(resource: &str) -> Result<Named, Fault> {
    let named = Named::read(resource, None)?;
    if named.qualifier.is_some() {
        let text = "Tags on function aliases and versions are not supported. Please specify a function ARN.";
        return Err(invalid(text));
    }
    Ok(named)
}

/// `TagResource`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResource {
    resource: String,
    tags: BTreeMap<String, String>,
}

impl Operation for TagResource {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "TagResource";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        named(&self.resource)?;
        let mut constraints = Constraints::new();
        tag::check(&list(&self.tags), &mut constraints);
        finish(&constraints)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = function::demand(ask, "lambda:TagResource", &named(&self.resource)?);
        Ok(vec![demand.with_request_tags(&list(&self.tags))])
    }
}

impl Write for TagResource {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = found(act, &self.resource)?;
        let mut tags = map(&row.tags);
        tags.extend(self.tags.clone());
        if tags.len() > tag::MAX_TAGS {
            return Err(invalid(format!("The maximum number of tags is {}.", tag::MAX_TAGS)));
        }
        row.tags = list(&tags);
        act.tx.update(row)?;
        Ok(())
    }
}

/// `UntagResource`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResource {
    resource: String,
    #[serde(rename = "tagKeys")]
    tag_keys: Vec<String>,
}

impl Operation for UntagResource {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "UntagResource";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        named(&self.resource).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = function::demand(ask, "lambda:UntagResource", &named(&self.resource)?);
        Ok(vec![demand.with_tag_keys(self.tag_keys.iter().map(String::as_str))])
    }
}

impl Write for UntagResource {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = found(act, &self.resource)?;
        row.tags.retain(|tag| !self.tag_keys.contains(&tag.key));
        act.tx.update(row)?;
        Ok(())
    }
}

/// `ListTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTags {
    resource: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsOutput {
    tags: BTreeMap<String, String>,
}

impl Operation for ListTags {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "ListTags";
    type Output = ListTagsOutput;

    fn check(&self) -> Result<(), Fault> {
        named(&self.resource).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![function::demand(ask, "lambda:ListTags", &named(&self.resource)?)])
    }
}

impl Read for ListTags {
    fn read(self, ask: &Ask<'_>) -> Result<ListTagsOutput, Fault> {
        let row = function::find(ask.view, ask.account(), ask.region, &named(&self.resource)?)?;
        Ok(ListTagsOutput { tags: map(&row.tags) })
    }
}
