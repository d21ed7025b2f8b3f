//! The tags of a managed policy.

use names::ArnParts;
use serde::Deserialize;

use crate::aws_managed;
use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::policy::{self, PolicyRow};
use crate::iam::tags::{self, Tags};
use crate::iam::{exact_tag, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// `TagPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagPolicy {
    policy_arn: String,
    tags: Vec<Tag>,
}

impl Operation for TagPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "TagPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        tag::check(&self.tags, &mut constraints);
        policy::check_arn(constraints, &self.policy_arn)?;
        exact_tag::check_keys(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = policy::demand(ask, "iam:TagPolicy", &self.policy_arn);
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for TagPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        check_customers(&self.policy_arn)?;
        let mut policy = PolicyRow::clone(policy::find(act.tx, &self.policy_arn)?);
        exact_tag::merge(&mut policy.tags, &self.tags)?;
        act.tx.update(policy)?;
        Ok(())
    }
}

/// `UntagPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagPolicy {
    policy_arn: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UntagPolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        tag::check_keys(&self.tag_keys, &mut constraints);
        policy::check_arn(constraints, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = policy::demand(ask, "iam:UntagPolicy", &self.policy_arn);
        Ok(vec![demand.with_tag_keys(self.tag_keys.iter().map(String::as_str))])
    }
}

impl Write for UntagPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        check_customers(&self.policy_arn)?;
        let mut policy = PolicyRow::clone(policy::find(act.tx, &self.policy_arn)?);
        exact_tag::remove(&mut policy.tags, &self.tag_keys);
        act.tx.update(policy)?;
        Ok(())
    }
}

/// `ListPolicyTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPolicyTags {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListPolicyTags {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListPolicyTags";
    type Output = Tags;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        policy::check_arn(constraints, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:ListPolicyTags", &self.policy_arn)])
    }
}

impl Read for ListPolicyTags {
    fn read(self, ask: &Ask<'_>) -> Result<Tags, Fault> {
        let tags = match aws_managed::find(&self.policy_arn) {
            Some(_) => &[],
            None => policy::find(ask.view, &self.policy_arn)?.tags.as_slice(),
        };
        tags::list(tags, self.marker.as_deref(), self.max_items)
    }
}

/// AWS's own policies have no tags (recorded from AWS by radkawar/stackd, `immutability.json`).
fn check_customers(arn: &str) -> Result<(), Fault> {
    if ArnParts::split(arn).is_some_and(|arn| arn.account == "aws") {
        return Err(Fault::new("InvalidInput", "Tags not supported for policies in this domain"));
    }
    Ok(())
}
