//! Accounts as members: listing, removing, closing.

use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::{check_pattern, is_account_id, is_parent_id, violation};
use crate::organizations::node::{
    self, Joined, Member, NO_ACCOUNT, NO_PARENT, NodeKind, NodeRow, Status,
};
use crate::organizations::organization::OrganizationRow;
use crate::organizations::{membership, page, time};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccountShape {
    id: String,
    arn: String,
    email: String,
    name: String,
    status: Status,
    /// What replaces `Status` (API reference, `Account`).
    state: Status,
    joined_method: Joined,
    #[serde(serialize_with = "time::seconds")]
    joined_timestamp: names::Timestamp,
}

impl AccountShape {
    fn new(organization: &OrganizationRow, account: &NodeRow) -> Option<Self> {
        let member = account.member()?;
        Some(Self {
            id: account.id.clone(),
            arn: account.arn(organization),
            email: member.email.clone(),
            name: account.name.clone(),
            status: member.status,
            state: member.status,
            joined_method: member.method,
            joined_timestamp: member.joined,
        })
    }
}

/// Accounts, in answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Accounts {
    accounts: Vec<AccountShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `ListAccounts`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccounts {
    next_token: Option<String>,
    max_results: Option<i64>,
}

impl Operation for ListAccounts {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListAccounts";
    type Output = Accounts;

    fn check(&self) -> Result<(), Fault> {
        page::check(self.max_results)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(membership::demand_on_all("organizations:ListAccounts"))
    }
}

impl Read for ListAccounts {
    fn read(self, ask: &Ask<'_>) -> Result<Accounts, Fault> {
        let organization = membership::managed_by(ask)?;
        let nodes = ask.view.range::<NodeRow>(organization.account.as_str(), ..);
        let items = nodes
            .filter_map(|node| Some((node.id.clone(), AccountShape::new(organization, node)?)));
        let page = page::cut(items, self.next_token.as_deref(), self.max_results)?;
        Ok(Accounts { accounts: page.items, next_token: page.marker })
    }
}

/// `ListAccountsForParent`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccountsForParent {
    parent_id: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

impl Operation for ListAccountsForParent {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListAccountsForParent";
    type Output = Accounts;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_parent_id(&self.parent_id))?;
        page::check(self.max_results)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (organization, action) =
            (membership::managed_by(ask)?, "organizations:ListAccountsForParent");
        Ok(vec![node::demand(ask, action, organization, &self.parent_id)])
    }
}

impl Read for ListAccountsForParent {
    fn read(self, ask: &Ask<'_>) -> Result<Accounts, Fault> {
        let organization = membership::managed_by(ask)?;
        node::require(ask.view, organization, &self.parent_id, NO_PARENT)?;
        let items = node::children(ask.view, organization, &self.parent_id)
            .filter_map(|node| Some((node.id.clone(), AccountShape::new(organization, node)?)));
        let page = page::cut(items, self.next_token.as_deref(), self.max_results)?;
        Ok(Accounts { accounts: page.items, next_token: page.marker })
    }
}

/// `DescribeAccount`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAccount {
    account_id: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountOutput {
    account: AccountShape,
}

impl Operation for DescribeAccount {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DescribeAccount";
    type Output = AccountOutput;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_account_id(&self.account_id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        Ok(vec![node::demand(ask, "organizations:DescribeAccount", organization, &self.account_id)])
    }
}

impl Read for DescribeAccount {
    fn read(self, ask: &Ask<'_>) -> Result<AccountOutput, Fault> {
        let organization = membership::managed_by(ask)?;
        let account = node::find(ask.view, organization, &self.account_id);
        let account = account.and_then(|account| AccountShape::new(organization, account));
        let account = account.ok_or_else(|| Fault::new(NO_ACCOUNT.0, NO_ACCOUNT.1))?;
        Ok(AccountOutput { account })
    }
}

/// `RemoveAccountFromOrganization`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveAccountFromOrganization {
    account_id: String,
}

impl Operation for RemoveAccountFromOrganization {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "RemoveAccountFromOrganization";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_account_id(&self.account_id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (organization, action) =
            (membership::managed_by(ask)?, "organizations:RemoveAccountFromOrganization");
        Ok(vec![node::demand(ask, action, organization, &self.account_id)])
    }
}

impl Write for RemoveAccountFromOrganization {
    /// AWS keeps an account that it made for seven days, and until it can pay for itself; here it may go at
    /// once (docs/fidelity/organizations.md).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let account = node::require(act.tx, &organization, &self.account_id, NO_ACCOUNT)?;
        if account.id == organization.account.as_str() {
            // API reference.
            let text = "You can't remove a management account from an organization.";
            return Err(Fault::new("MasterCannotLeaveOrganizationException", text));
        }
        act.tx.delete::<NodeRow>(organization.account.as_str(), &self.account_id)?;
        match self.account_id.parse::<AccountId>() {
            Ok(account) => membership::end(act.tx, account),
            Err(_) => Ok(()),
        }
    }
}

/// `CloseAccount`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CloseAccount {
    account_id: String,
}

impl Operation for CloseAccount {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "CloseAccount";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_account_id(&self.account_id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        Ok(vec![node::demand(ask, "organizations:CloseAccount", organization, &self.account_id)])
    }
}

impl Write for CloseAccount {
    /// The account stays in the organization, suspended, for the 90 days that it could be reopened. What it
    /// could do is not taken away here, nor is the quota of closures kept (docs/fidelity/organizations.md).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let mut account =
            NodeRow::clone(node::require(act.tx, &organization, &self.account_id, NO_ACCOUNT)?);
        if account.id == organization.account.as_str() {
            let text = "You can't close the management account of an organization.";
            return Err(violation("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", text));
        }
        let NodeKind::Account(member) = account.kind else {
            return Err(Fault::new(NO_ACCOUNT.0, NO_ACCOUNT.1));
        };
        if member.status == Status::Suspended {
            let text = "The provided account is already closed.";
            return Err(Fault::new("AccountAlreadyClosedException", text));
        }
        account.kind = NodeKind::Account(Member { status: Status::Suspended, ..member });
        Ok(act.tx.update(account)?)
    }
}
