//! `DescribeTags`

use std::ops::Bound;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::TagsRow;
use crate::demand;
use crate::filter::{Field, Filter, Filters, matches};
use crate::kind::Kind;
use crate::page::{self, LEAST};
use crate::regional;

/// `DescribeTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTags {
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeTags` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeTagsOutput {
    tag_set: Vec<TagDescription>,
    next_token: Option<String>,
}

/// One tag of one resource.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TagDescription {
    resource_id: String,
    resource_type: &'static str,
    key: String,
    value: String,
}

const FIELDS: &[Field<TagDescription>] = &[
    ("key", |_, tag| vec![tag.key.clone()]),
    ("resource-id", |_, tag| vec![tag.resource_id.clone()]),
    ("resource-type", |_, tag| vec![tag.resource_type.to_owned()]),
    ("value", |_, tag| vec![tag.value.clone()]),
];

impl Operation for DescribeTags {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeTags";
    type Output = DescribeTagsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeTags")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeTags {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeTagsOutput, Fault> {
        // `tag:KEY` is a filter on key and value here, not on what else the resource is tagged with.
        let (of_key, plain): (Vec<Filter>, Vec<Filter>) = self
            .filter
            .into_iter()
            .partition(|filter| filter.name.as_ref().is_some_and(|name| name.starts_with("tag:")));
        let filters = Filters::new(&plain, FIELDS, false)?;
        let from = self.next_token.as_deref().map(page::read_token).transpose()?;
        let (start, end) = (regional::key(ask.region, ""), format!("{}0", ask.region));
        let bounds = (Bound::Included(&*start), Bound::Excluded(&*end));
        let rows = ask.view.range::<TagsRow>(ask.account().as_str(), bounds);
        let all = rows.flat_map(|row| {
            row.tags.iter().filter_map(|tag| {
                let resource_type = Kind::of_id(&row.id)?.name();
                let (key, value) = (tag.key.clone(), tag.value.clone());
                Some(TagDescription { resource_id: row.id.clone(), resource_type, key, value })
            })
        });
        let is_wanted = |tag: &TagDescription| {
            from.as_ref().is_none_or(|from| place(tag) > *from)
                && filters.match_all(ask, tag, &tag.resource_id)
                && of_key.iter().all(|filter| {
                    let key = filter.name.as_deref().and_then(|name| name.strip_prefix("tag:"));
                    key == Some(&tag.key)
                        && filter.value.iter().any(|wanted| matches(wanted, &tag.value))
                })
        };
        let page = page::cut(all.filter(is_wanted).collect(), self.max_results, place);
        Ok(DescribeTagsOutput { tag_set: page.items, next_token: page.next_token })
    }
}

/// Where a tag is among all, as the rows are ordered.
fn place(tag: &TagDescription) -> String {
    format!("{}\n{}", tag.resource_id, tag.key)
}
