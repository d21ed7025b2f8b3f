//! The organization itself: the row, and the operations on it as a whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Row, View};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::role;
use crate::iam::role::service_linked::CreateServiceLinkedRole;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::LOWER;
use crate::organizations::membership::{self, MembershipRow};
use crate::organizations::node::{self, Joined, Member, NodeKind, NodeRow, Status};
use crate::organizations::policy::PolicyRow;
use crate::organizations::policy_type::{PolicyType, PolicyTypeShape};

/// The only key.
const KEY: &str = "organization";
/// The service whose role every account of an organization has.
pub(super) const SERVICE_PRINCIPAL: &str = "organizations.amazonaws.com";
/// That role.
pub(super) const SERVICE_ROLE: &str = "AWSServiceRoleForOrganizations";

/// What an organization is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FeatureSet {
    /// Everything, guardrails included.
    All,
    /// Bills only.
    ConsolidatedBilling,
}

/// An organization, in the partition of its management account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrganizationRow {
    /// The management account.
    pub account: AccountId,
    /// `o-…`
    pub id: String,
    /// The id of its root: `r-…`.
    pub root: String,
    /// What it is for.
    pub feature_set: FeatureSet,
    /// The policy types that are enabled in its root.
    pub enabled: Vec<PolicyType>,
    /// When it was made.
    pub created: Timestamp,
    /// The services that it trusts, and since when.
    #[serde(default)]
    pub trusted: BTreeMap<String, Timestamp>,
}

impl Row for OrganizationRow {
    const TABLE: &'static str = "organizations_organization";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["id"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        KEY.into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "id").then(|| self.id.as_str().into())
    }
}

impl OrganizationRow {
    /// The ARN of something of `kind` in it.
    #[must_use]
    pub fn arn_of(&self, kind: &str, id: &str) -> String {
        format!("arn:aws:organizations::{}:{kind}/{}/{id}", self.account, self.id)
    }

    /// The e-mail address of the management account, which rolecall makes up as nobody ever gave one.
    #[must_use]
    pub fn email(account: AccountId) -> String {
        format!("root@{account}.example.com")
    }
}

/// The organization that `account` manages.
#[must_use]
pub fn find(view: &View, account: AccountId) -> Option<&Arc<OrganizationRow>> {
    view.get::<OrganizationRow>(account.as_str(), KEY)
}

/// An organization as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct OrganizationShape {
    id: String,
    arn: String,
    feature_set: FeatureSet,
    master_account_arn: String,
    master_account_id: AccountId,
    master_account_email: String,
    /// Does not say what is enabled: "Do not use. This field is deprecated and doesn't provide complete
    /// information about the policies in your organization" (API reference).
    available_policy_types: Vec<PolicyTypeShape>,
}

/// An organization, in answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationOutput {
    organization: OrganizationShape,
}

impl OrganizationOutput {
    fn new(row: &OrganizationRow) -> Self {
        let available = match row.feature_set {
            FeatureSet::All => vec![PolicyTypeShape::enabled(PolicyType::ServiceControlPolicy)],
            FeatureSet::ConsolidatedBilling => Vec::new(),
        };
        Self {
            organization: OrganizationShape {
                id: row.id.clone(),
                arn: format!("arn:aws:organizations::{}:organization/{}", row.account, row.id),
                feature_set: row.feature_set,
                master_account_arn: row.arn_of("account", row.account.as_str()),
                master_account_id: row.account,
                master_account_email: OrganizationRow::email(row.account),
                available_policy_types: available,
            },
        }
    }
}

/// `CreateOrganization`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateOrganization {
    feature_set: Option<FeatureSet>,
}

impl Operation for CreateOrganization {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "CreateOrganization";
    type Output = OrganizationOutput;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(membership::demand_on_all("organizations:CreateOrganization"))
    }
}

impl Write for CreateOrganization {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<OrganizationOutput, Fault> {
        let account = act.account();
        if membership::management_of(act.tx, account).is_some() {
            // API reference.
            let text = "The AWS account is already a member of an organization.";
            return Err(Fault::new("AlreadyInOrganizationException", text));
        }
        link_role(act)?;
        let row = OrganizationRow {
            account,
            id: format!("o-{}", act.entropy.text(LOWER, 10)),
            root: format!("r-{}", act.entropy.text(LOWER, 4)),
            feature_set: self.feature_set.unwrap_or(FeatureSet::All),
            enabled: Vec::new(),
            created: act.now,
            trusted: BTreeMap::new(),
        };
        act.tx.insert(NodeRow::new(&row, &row.root, None, "Root", NodeKind::Root))?;
        let member = Member {
            email: OrganizationRow::email(account),
            joined: act.now,
            // AWS says so of the management account, too.
            method: Joined::Invited,
            status: Status::Active,
        };
        let kind = NodeKind::Account(member);
        let name = account.to_string();
        act.tx.insert(NodeRow::new(&row, &name, Some(&row.root), &name, kind))?;
        act.tx.insert(MembershipRow { account, management: account })?;
        let output = OrganizationOutput::new(&row);
        act.tx.insert(row)?;
        Ok(output)
    }
}

/// Makes the service's role in the caller's account, as the caller, who must be allowed to (API reference,
/// `CreateOrganization`).
fn link_role(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    if role::find(act.tx, act.account(), SERVICE_ROLE).is_ok() {
        return Ok(());
    }
    let caller = act.caller;
    let made = act.write_as(caller, create_service_role()?);
    made.map(drop).map_err(|fault| match fault.code {
        "AccessDenied" => Fault::new(
            "AccessDeniedForDependencyException",
            "The request failed because your credentials do not have permission to create the \
             service-linked role required by AWS Organizations.",
        ),
        _ => fault,
    })
}

pub(super) fn create_service_role() -> Result<CreateServiceLinkedRole, Fault> {
    node::operation(json!({ "AWSServiceName": SERVICE_PRINCIPAL }))
}

/// `DescribeOrganization`
#[derive(Debug, Clone, Deserialize)]
pub struct DescribeOrganization {}

impl Operation for DescribeOrganization {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DescribeOrganization";
    type Output = OrganizationOutput;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(membership::demand_on_all("organizations:DescribeOrganization"))
    }
}

impl Read for DescribeOrganization {
    fn read(self, ask: &Ask<'_>) -> Result<OrganizationOutput, Fault> {
        Ok(OrganizationOutput::new(membership::organization_of(ask)?))
    }
}

/// `DeleteOrganization`
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteOrganization {}

impl Operation for DeleteOrganization {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DeleteOrganization";
    type Output = ();

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(membership::demand_on_all("organizations:DeleteOrganization"))
    }
}

impl Write for DeleteOrganization {
    /// Units and policies go with it ("The organization must be empty of member accounts", API reference,
    /// which asks for no more).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let organization = Arc::clone(membership::managed_by(&act.ask())?);
        let account = organization.account;
        let nodes: Vec<Arc<NodeRow>> =
            act.tx.range::<NodeRow>(account.as_str(), ..).cloned().collect();
        let members = nodes.iter().filter(|node| matches!(node.kind, NodeKind::Account(_))).count();
        if members > 1 {
            let text = "To delete an organization you must first remove all member accounts (except the \
                        master).";
            return Err(Fault::new("OrganizationNotEmptyException", text));
        }
        for node in nodes {
            act.tx.delete::<NodeRow>(account.as_str(), &node.id)?;
        }
        let policies: Vec<String> =
            act.tx.range::<PolicyRow>(account.as_str(), ..).map(|row| row.id.clone()).collect();
        for id in policies {
            act.tx.delete::<PolicyRow>(account.as_str(), &id)?;
        }
        membership::end(act.tx, account)?;
        act.tx.delete::<OrganizationRow>(account.as_str(), KEY)?;
        Ok(())
    }
}
