//! Which organization an account is in: a row in the account's own partition, so that a request of an
//! account without an organization pays for one look-up and nothing else.

use std::borrow::Cow;
use std::sync::Arc;

use names::AccountId;
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::Ask;
use crate::organizations::organization::{self, OrganizationRow};

/// The only key.
const KEY: &str = "organization";

/// That an account is in an organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MembershipRow {
    /// The account.
    pub account: AccountId,
    /// The management account of its organization; its own for that one.
    pub management: AccountId,
}

impl Row for MembershipRow {
    const TABLE: &'static str = "organizations_membership";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        KEY.into()
    }
}

/// Removes an account from whatever organization it is in.
///
/// # Errors
/// A limit of the store.
pub(super) fn end(tx: &mut store::Tx<'_>, account: AccountId) -> Result<(), Fault> {
    tx.delete::<MembershipRow>(account.as_str(), KEY)?;
    Ok(())
}

/// The management account of an account's organization.
#[must_use]
pub fn management_of(view: &View, account: AccountId) -> Option<AccountId> {
    view.get::<MembershipRow>(account.as_str(), KEY).map(|row| row.management)
}

/// The organization of the caller's account.
///
/// # Errors
/// `AWSOrganizationsNotInUseException`
pub fn organization_of<'v>(ask: &Ask<'v>) -> Result<&'v Arc<OrganizationRow>, Fault> {
    let management = management_of(ask.view, ask.account());
    management.and_then(|account| organization::find(ask.view, account)).ok_or_else(|| {
        let text = "Your account is not a member of an organization.";
        Fault::new("AWSOrganizationsNotInUseException", text)
    })
}

/// The organization that the caller's account manages. Delegated administrators are not modelled.
///
/// # Errors
/// As [`organization_of`], and `AccessDeniedException` for members (quoted in
/// hashicorp/terraform-provider-aws issue 24190).
pub fn managed_by<'v>(ask: &Ask<'v>) -> Result<&'v Arc<OrganizationRow>, Fault> {
    let organization = organization_of(ask)?;
    if organization.account == ask.account() {
        return Ok(organization);
    }
    let text = "You don't have permissions to access this resource.";
    Err(Fault::new("AccessDeniedException", text))
}

/// What an operation without resources demands.
pub(super) fn demand_on_all(action: &'static str) -> Vec<Demand> {
    vec![Demand::new(action, "*")]
}
