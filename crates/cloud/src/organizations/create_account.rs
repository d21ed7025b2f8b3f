//! `CreateAccount`: an account with the role by which the management account gets in.

use std::borrow::Cow;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Row, View};

use crate::caller::Caller;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::role::attach::AttachRolePolicy;
use crate::iam::role::create::CreateRole;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::{
    LOWER, check_length, check_pattern, check_tags, invalid, is_request_id, violation,
};
use crate::organizations::membership::{self, MembershipRow};
use crate::organizations::node::{self, Joined, Member, NodeKind, NodeRow, Status};
use crate::organizations::organization::{self, OrganizationRow};
use crate::organizations::{page, time};
use crate::tag::Tag;

/// Accounts of an organization, until AWS raises it (user guide, "quotas and service limits").
pub const MAX_ACCOUNTS: usize = 10;
/// The role by which the management account gets in (user guide, "accessing member accounts").
pub const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";
/// What that role may do.
const ACCESS_POLICY: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// How the making of an account went.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreateAccountRow {
    /// The management account.
    pub account: AccountId,
    /// `car-…`
    pub id: String,
    /// The name that was asked for.
    pub name: String,
    /// When it was asked for. It was done in the same moment.
    pub requested: Timestamp,
    /// The account, or why there is none.
    pub outcome: Result<AccountId, FailureReason>,
}

/// Why an account was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureReason {
    /// Another account has the address.
    EmailAlreadyExists,
}

impl Row for CreateAccountRow {
    const TABLE: &'static str = "organizations_create_account";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatusShape {
    id: String,
    account_name: String,
    state: &'static str,
    #[serde(serialize_with = "time::seconds")]
    requested_timestamp: Timestamp,
    #[serde(serialize_with = "time::some_seconds", skip_serializing_if = "Option::is_none")]
    completed_timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<FailureReason>,
}

impl StatusShape {
    /// What the request itself is answered: it goes on.
    fn begun(row: &CreateAccountRow) -> Self {
        Self {
            id: row.id.clone(),
            account_name: row.name.clone(),
            state: "IN_PROGRESS",
            requested_timestamp: row.requested,
            completed_timestamp: None,
            account_id: None,
            failure_reason: None,
        }
    }

    fn ended(row: &CreateAccountRow) -> Self {
        Self {
            state: if row.outcome.is_ok() { "SUCCEEDED" } else { "FAILED" },
            completed_timestamp: Some(row.requested),
            account_id: row.outcome.ok(),
            failure_reason: row.outcome.err(),
            ..Self::begun(row)
        }
    }
}

/// The making of an account, in answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatusOutput {
    create_account_status: StatusShape,
}

/// `CreateAccount`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAccount {
    email: String,
    account_name: String,
    role_name: Option<String>,
    iam_user_access_to_billing: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl Operation for CreateAccount {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "CreateAccount";
    type Output = StatusOutput;

    fn check(&self) -> Result<(), Fault> {
        check_length(&self.email, 6, 64)?;
        check_pattern(is_email(&self.email))?;
        check_length(&self.account_name, 1, 50)?;
        check_pattern(self.account_name.bytes().all(|byte| (0x20..=0x7e).contains(&byte)))?;
        if let Some(name) = &self.role_name {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
            check_pattern((1..=64).contains(&name.len()) && name.bytes().all(fits))?;
        }
        let access = self.iam_user_access_to_billing.as_deref();
        if access.is_some_and(|access| !["ALLOW", "DENY"].contains(&access)) {
            return Err(invalid("INVALID_ENUM", "You specified an invalid value."));
        }
        check_tags(&self.tags)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = Demand::new("organizations:CreateAccount", "*");
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for CreateAccount {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StatusOutput, Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let members = members(act.tx, &organization);
        if members.len() >= MAX_ACCOUNTS {
            let text = "You have exceeded the allowed number of AWS accounts.";
            return Err(violation("ACCOUNT_NUMBER_LIMIT_EXCEEDED", text));
        }
        let taken = members.iter().any(|email| email.eq_ignore_ascii_case(&self.email));
        let outcome = match taken {
            true => Err(FailureReason::EmailAlreadyExists),
            false => Ok(self.make(act, &organization)?),
        };
        let row = CreateAccountRow {
            account: organization.account,
            id: format!("car-{}", act.entropy.text(LOWER, 32)),
            name: self.account_name.clone(),
            requested: act.now,
            outcome,
        };
        let create_account_status = StatusShape::begun(&row);
        act.tx.insert(row)?;
        Ok(StatusOutput { create_account_status })
    }
}

impl CreateAccount {
    fn make(
        &self,
        act: &mut Act<'_, '_>,
        organization: &OrganizationRow,
    ) -> Result<AccountId, Fault> {
        let account = new_account(act)?;
        self.make_roles(act, account, organization.account)?;
        let member = Member {
            email: self.email.clone(),
            joined: act.now,
            method: Joined::Created,
            status: Status::Active,
        };
        let kind = NodeKind::Account(member);
        let (id, root) = (account.to_string(), Some(organization.root.as_str()));
        let mut node = NodeRow::new(organization, &id, root, &self.account_name, kind);
        node.tags.clone_from(&self.tags);
        act.tx.insert(node)?;
        act.tx.insert(MembershipRow { account, management: organization.account })?;
        Ok(account)
    }

    /// As the new account's root user, before it is a member, so that no guardrail stands in the way; as
    /// whom AWS does it is unverified.
    fn make_roles(
        &self,
        act: &mut Act<'_, '_>,
        account: AccountId,
        management: AccountId,
    ) -> Result<(), Fault> {
        let root = Caller::Root(account);
        let name = self.role_name.as_deref().unwrap_or(ACCESS_ROLE);
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{management}:root")},
            "Action": "sts:AssumeRole",
        }]});
        let create: CreateRole = node::operation(
            json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string()}),
        )?;
        act.write_as(&root, create)?;
        let attach: AttachRolePolicy =
            node::operation(json!({"RoleName": name, "PolicyArn": ACCESS_POLICY}))?;
        act.write_as(&root, attach)?;
        act.write_as(&root, organization::create_service_role()?)?;
        Ok(())
    }
}

/// Twelve digits that nobody has.
fn new_account(act: &mut Act<'_, '_>) -> Result<AccountId, Fault> {
    loop {
        let digits = act.entropy.text(b"123456789", 1) + &act.entropy.text(b"0123456789", 11);
        let account: AccountId = digits
            .parse()
            .map_err(|_| Fault::new("ServiceException", "no account number was found"))?;
        if act.tx.version(account.as_str()) == 0 {
            return Ok(account);
        }
    }
}

/// The addresses of all accounts of the organization.
fn members(view: &View, organization: &OrganizationRow) -> Vec<String> {
    let nodes = view.range::<NodeRow>(organization.account.as_str(), ..);
    nodes.filter_map(|node| node.member().map(|member| member.email.clone())).collect()
}

/// `[^\s@]+@[^\s@]+\.[^\s@]+`
fn is_email(text: &str) -> bool {
    let good =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c == '@' || c.is_whitespace());
    let parts = text.split_once('@').and_then(|(user, host)| {
        let (domain, top) = host.rsplit_once('.')?;
        Some([user, domain, top])
    });
    parts.is_some_and(|parts| parts.into_iter().all(good))
}

/// `DescribeCreateAccountStatus`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeCreateAccountStatus {
    create_account_request_id: String,
}

impl Operation for DescribeCreateAccountStatus {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DescribeCreateAccountStatus";
    type Output = StatusOutput;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_request_id(&self.create_account_request_id))
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(membership::demand_on_all("organizations:DescribeCreateAccountStatus"))
    }
}

impl Read for DescribeCreateAccountStatus {
    fn read(self, ask: &Ask<'_>) -> Result<StatusOutput, Fault> {
        let account = membership::managed_by(ask)?.account;
        let id = &self.create_account_request_id;
        let row = ask.view.get::<CreateAccountRow>(account.as_str(), id).ok_or_else(|| {
            // API reference.
            let text = "We can't find an create account request with the CreateAccountRequestId that you \
                        specified.";
            Fault::new("CreateAccountStatusNotFoundException", text)
        })?;
        Ok(StatusOutput { create_account_status: StatusShape::ended(row) })
    }
}

/// `ListCreateAccountStatus`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListCreateAccountStatus {
    #[serde(default)]
    states: Vec<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statuses {
    create_account_statuses: Vec<StatusShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListCreateAccountStatus {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListCreateAccountStatus";
    type Output = Statuses;

    fn check(&self) -> Result<(), Fault> {
        page::check(self.max_results)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(membership::demand_on_all("organizations:ListCreateAccountStatus"))
    }
}

impl Read for ListCreateAccountStatus {
    fn read(self, ask: &Ask<'_>) -> Result<Statuses, Fault> {
        let account = membership::managed_by(ask)?.account;
        let wanted =
            |state: &str| self.states.is_empty() || self.states.iter().any(|known| known == state);
        let items = ask
            .view
            .range::<CreateAccountRow>(account.as_str(), ..)
            .map(|row| (row.id.clone(), StatusShape::ended(row)))
            .filter(|(_, status)| wanted(status.state));
        let page = page::cut(items, self.next_token.as_deref(), self.max_results)?;
        Ok(Statuses { create_account_statuses: page.items, next_token: page.marker })
    }
}
