//! Tags of roots, units, accounts and policies.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::{
    check_length, check_pattern, check_tag_count, check_tags, is_policy_id, is_target_id,
};
use crate::organizations::node::{self, NO_TARGET, NodeRow};
use crate::organizations::organization::OrganizationRow;
use crate::organizations::policy::{self, Found, PolicyRow};
use crate::organizations::{membership, page};
use crate::tag::{self, Tag};

/// `TagResource`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResource {
    resource_id: String,
    tags: Vec<Tag>,
}

/// `UntagResource`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResource {
    resource_id: String,
    tag_keys: Vec<String>,
}

/// `ListTagsForResource`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsForResource {
    resource_id: String,
    next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tags {
    tags: Vec<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// What has tags.
enum Tagged {
    Node(Arc<NodeRow>),
    Policy(Arc<PolicyRow>),
}

impl Tagged {
    fn find(ask: &Ask<'_>, id: &str) -> Result<Self, Fault> {
        let organization = membership::managed_by(ask)?;
        if !is_policy_id(id) {
            return Ok(Self::Node(Arc::clone(node::require(
                ask.view,
                organization,
                id,
                NO_TARGET,
            )?)));
        }
        match policy::find(ask.view, organization, id) {
            Some(Found::Own(row)) => Ok(Self::Policy(row)),
            // AWS's own policies have no tags of an organization (unverified).
            _ => Err(Fault::new(NO_TARGET.0, NO_TARGET.1)),
        }
    }

    fn tags(&self) -> &[Tag] {
        match self {
            Self::Node(row) => &row.tags,
            Self::Policy(row) => &row.tags,
        }
    }

    fn write(self, act: &mut Act<'_, '_>, tags: Vec<Tag>) -> Result<(), Fault> {
        let written = match self {
            Self::Node(row) => act.tx.update(NodeRow { tags, ..NodeRow::clone(&row) }),
            Self::Policy(row) => act.tx.update(PolicyRow { tags, ..PolicyRow::clone(&row) }),
        };
        Ok(written?)
    }
}

fn check_id(id: &str) -> Result<(), Fault> {
    check_pattern(is_target_id(id) || is_policy_id(id))
}

fn demand(ask: &Ask<'_>, action: &'static str, id: &str) -> Result<Demand, Fault> {
    let organization: &OrganizationRow = membership::managed_by(ask)?;
    Ok(match is_policy_id(id) {
        true => policy::demand(ask, action, organization, id),
        false => node::demand(ask, action, organization, id),
    })
}

impl Operation for TagResource {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "TagResource";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_id(&self.resource_id)?;
        check_tags(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = demand(ask, "organizations:TagResource", &self.resource_id)?;
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for TagResource {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let tagged = Tagged::find(&act.ask(), &self.resource_id)?;
        let mut tags = tagged.tags().to_vec();
        for tag in &self.tags {
            tags.retain(|known| known.key != tag.key);
            tags.push(tag.clone());
        }
        check_tag_count(&tags)?;
        tagged.write(act, tags)
    }
}

impl Operation for UntagResource {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "UntagResource";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_id(&self.resource_id)?;
        self.tag_keys.iter().try_for_each(|key| check_length(key, 1, 128))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = demand(ask, "organizations:UntagResource", &self.resource_id)?;
        Ok(vec![demand.with_tag_keys(self.tag_keys.iter().map(String::as_str))])
    }
}

impl Write for UntagResource {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let tagged = Tagged::find(&act.ask(), &self.resource_id)?;
        let mut tags = tagged.tags().to_vec();
        tag::remove(&mut tags, &self.tag_keys);
        tagged.write(act, tags)
    }
}

impl Operation for ListTagsForResource {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListTagsForResource";
    type Output = Tags;

    fn check(&self) -> Result<(), Fault> {
        check_id(&self.resource_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand(ask, "organizations:ListTagsForResource", &self.resource_id)?])
    }
}

impl Read for ListTagsForResource {
    fn read(self, ask: &Ask<'_>) -> Result<Tags, Fault> {
        let tagged = Tagged::find(ask, &self.resource_id)?;
        let mut tags = tagged.tags().to_vec();
        tags.sort_by(|one, other| one.key.cmp(&other.key));
        let items = tags.into_iter().map(|tag| (tag.key.clone(), tag));
        let page = page::cut(items, self.next_token.as_deref(), None)?;
        Ok(Tags { tags: page.items, next_token: page.marker })
    }
}
