//! `DescribePrefixLists`, `DescribeManagedPrefixLists` and `GetManagedPrefixListEntries`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::PrefixList;
use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::kind::Kind;
use crate::page::{self, Page};

const FIELDS: &[Field<PrefixList>] = &[
    ("prefix-list-id", |_, list| vec![list.id.clone()]),
    ("prefix-list-name", |_, list| vec![list.name.clone()]),
];
const MANAGED_FIELDS: &[Field<PrefixList>] = &[
    ("owner-id", |_, _| vec![AWS.to_owned()]),
    ("prefix-list-id", |_, list| vec![list.id.clone()]),
    ("prefix-list-name", |_, list| vec![list.name.clone()]),
];

/// Whose lists they are.
const AWS: &str = "AWS";

/// The lists that a request wants.
fn list(
    ask: &Ask<'_>,
    ids: &[String],
    filters: &Filters<'_, PrefixList>,
    max_results: Option<i32>,
    next_token: Option<&str>,
) -> Result<Page<PrefixList>, Fault> {
    let from = next_token.map(page::read_token).transpose()?.unwrap_or_default();
    let mut lists = super::all(ask.region);
    for id in ids {
        Kind::PrefixList.check(id)?;
        if !lists.iter().any(|list| list.id == *id) {
            return Err(Kind::PrefixList.not_found(id));
        }
    }
    lists.retain(|list| {
        (ids.is_empty() || ids.contains(&list.id))
            && list.id > from
            && filters.match_all(ask, list, &list.id)
    });
    Ok(page::cut(lists, max_results, |list| list.id.clone()))
}

/// `DescribePrefixLists`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribePrefixLists {
    #[serde(default)]
    prefix_list_id: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribePrefixLists` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribePrefixListsOutput {
    prefix_list_set: Vec<PrefixListShape>,
    next_token: Option<String>,
}

/// A list with its addresses.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrefixListShape {
    prefix_list_id: String,
    prefix_list_name: String,
    cidr_set: Vec<&'static str>,
}

impl Operation for DescribePrefixLists {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribePrefixLists";
    type Output = DescribePrefixListsOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribePrefixLists")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribePrefixLists {
    fn read(self, ask: &Ask<'_>) -> Result<DescribePrefixListsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let token = self.next_token.as_deref();
        let page = list(ask, &self.prefix_list_id, &filters, self.max_results, token)?;
        let shape = |list: PrefixList| PrefixListShape {
            prefix_list_id: list.id,
            prefix_list_name: list.name,
            cidr_set: list.ranges.to_vec(),
        };
        Ok(DescribePrefixListsOutput {
            prefix_list_set: page.items.into_iter().map(shape).collect(),
            next_token: page.next_token,
        })
    }
}

/// `DescribeManagedPrefixLists`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeManagedPrefixLists {
    #[serde(default)]
    prefix_list_id: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeManagedPrefixLists` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeManagedPrefixListsOutput {
    prefix_list_set: Vec<ManagedPrefixList>,
    next_token: Option<String>,
}

/// A list without its addresses.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedPrefixList {
    prefix_list_id: String,
    prefix_list_name: String,
    prefix_list_arn: String,
    address_family: &'static str,
    state: &'static str,
    owner_id: &'static str,
    tag_set: Vec<()>,
}

impl Operation for DescribeManagedPrefixLists {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeManagedPrefixLists";
    type Output = DescribeManagedPrefixListsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, 1)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeManagedPrefixLists")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeManagedPrefixLists {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeManagedPrefixListsOutput, Fault> {
        let filters = Filters::new(&self.filter, MANAGED_FIELDS, true)?;
        let token = self.next_token.as_deref();
        let page = list(ask, &self.prefix_list_id, &filters, self.max_results, token)?;
        let shape = |list: PrefixList| ManagedPrefixList {
            prefix_list_arn: format!("arn:aws:ec2:{}:aws:prefix-list/{}", ask.region, list.id),
            prefix_list_id: list.id,
            prefix_list_name: list.name,
            address_family: "IPv4",
            state: "create-complete",
            owner_id: AWS,
            tag_set: Vec::new(),
        };
        Ok(DescribeManagedPrefixListsOutput {
            prefix_list_set: page.items.into_iter().map(shape).collect(),
            next_token: page.next_token,
        })
    }
}

/// `GetManagedPrefixListEntries`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetManagedPrefixListEntries {
    prefix_list_id: String,
    target_version: Option<i64>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `GetManagedPrefixListEntries` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetManagedPrefixListEntriesOutput {
    entry_set: Vec<Entry>,
    next_token: Option<String>,
}

/// A range of a list.
#[derive(Debug, Serialize)]
pub struct Entry {
    cidr: &'static str,
}

impl Operation for GetManagedPrefixListEntries {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "GetManagedPrefixListEntries";
    type Output = GetManagedPrefixListEntriesOutput;

    fn check(&self) -> Result<(), Fault> {
        crate::unmodelled::Unmodelled::new(Self::NAME)
            .value("TargetVersion", self.target_version.as_ref())
            .finish()?;
        page::check_max_results(self.max_results, 1)?;
        Kind::PrefixList.check(&self.prefix_list_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, kind) = ("ec2:GetManagedPrefixListEntries", Kind::PrefixList);
        Ok(vec![demand::on(ask, action, kind, &self.prefix_list_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for GetManagedPrefixListEntries {
    fn read(self, ask: &Ask<'_>) -> Result<GetManagedPrefixListEntriesOutput, Fault> {
        let from = self.next_token.as_deref().map(page::read_token).transpose()?;
        let lists = super::all(ask.region);
        let list = lists.iter().find(|list| list.id == self.prefix_list_id);
        let list = list.ok_or_else(|| Kind::PrefixList.not_found(&self.prefix_list_id))?;
        let after = |range: &&&str| from.as_ref().is_none_or(|from| **range > from.as_str());
        let mut ranges: Vec<&'static str> = list.ranges.iter().filter(after).copied().collect();
        ranges.sort_unstable();
        let page = page::cut(ranges, self.max_results, |range| (*range).to_owned());
        let entry_set = page.items.into_iter().map(|cidr| Entry { cidr }).collect();
        Ok(GetManagedPrefixListEntriesOutput { entry_set, next_token: page.next_token })
    }
}
