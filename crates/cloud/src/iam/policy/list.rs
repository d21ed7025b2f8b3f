//! `ListPolicies`

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::aws_managed::{self, Listing};
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::policy::shape::uses;
use crate::iam::policy::{PolicyRow, PolicyShape, USAGES};
use crate::iam::{name, page};
use crate::operation::{Ask, Operation, Read, Service};

/// `ListPolicies`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPolicies {
    scope: Option<String>,
    #[serde(default)]
    only_attached: bool,
    path_prefix: Option<String>,
    policy_usage_filter: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PoliciesOutput {
    policies: Vec<PolicyShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// A policy of either kind.
enum Either<'v> {
    Own(&'v Arc<PolicyRow>),
    OfAws(&'static Listing),
}

impl Operation for ListPolicies {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListPolicies";
    type Output = PoliciesOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let scopes = [Check::OneOf(&["All", "AWS", "Local"])];
        constraints.optional_hidden("scope", self.scope.as_deref(), &scopes);
        name::check_policy_path_prefix(&mut constraints, self.path_prefix.as_deref());
        let usage = self.policy_usage_filter.as_deref();
        constraints.optional_hidden("policyUsageFilter", usage, &USAGES);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        // AWS's denials name `policy path /` here, which only `*` matches: `iam::message` says so.
        Ok(vec![Demand::new("iam:ListPolicies", "*")])
    }
}

impl Read for ListPolicies {
    /// The account's own first, then those of AWS, each by name: IAM's own order is not documented.
    fn read(self, ask: &Ask<'_>) -> Result<PoliciesOutput, Fault> {
        let (view, account) = (ask.view, ask.account());
        let scope = self.scope.as_deref().unwrap_or("All");
        let own = view.range::<PolicyRow>(account.as_str(), ..).filter(|_| scope != "AWS");
        let of_aws = aws_managed::all().filter(|_| scope != "Local");
        let own = own.map(|row| (format!("0{}", name::key(&row.name)), Either::Own(row)));
        let of_aws = of_aws.map(|listing| (format!("1{}", listing.name), Either::OfAws(listing)));
        let wanted = own.chain(of_aws).filter(|(_, policy)| self.wants(ask, policy));
        let page = page::cut(wanted, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        let policies = page.items.into_iter().map(|policy| match policy {
            Either::Own(row) => PolicyShape::brief(view, row),
            Either::OfAws(listing) => PolicyShape::of_aws(view, account, listing),
        });
        Ok(PoliciesOutput { policies: policies.collect(), is_truncated, marker: page.marker })
    }
}

impl ListPolicies {
    fn wants(&self, ask: &Ask<'_>, policy: &Either<'_>) -> bool {
        let (path, arn) = match policy {
            Either::Own(row) => (row.path.as_str(), row.arn.as_str()),
            Either::OfAws(listing) => (listing.path, listing.arn),
        };
        let prefix = self.path_prefix.as_deref().unwrap_or(name::DEFAULT_PATH);
        if !path.starts_with(prefix) {
            return false;
        }
        let usage = self.policy_usage_filter.as_deref();
        if !self.only_attached && usage.is_none() {
            return true;
        }
        let (policies, boundaries) = uses(ask.view, ask.account(), arn);
        match usage {
            Some("PermissionsPolicy") => policies > 0,
            Some(_) => boundaries > 0,
            // "Attached" means as a permissions policy (unverified).
            None => policies > 0,
        }
    }
}
