//! What is in what: `ListParents`, `ListChildren`, `MoveAccount`.

use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::{
    check_pattern, invalid, is_account_id, is_parent_id, is_unit_id,
};
use crate::organizations::node::{self, NO_ACCOUNT, NO_PARENT, NodeKind, NodeRow};
use crate::organizations::organization::OrganizationRow;
use crate::organizations::{membership, page};

/// A parent or child, in answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Relative {
    id: String,
    r#type: &'static str,
}

/// `ListParents`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListParents {
    child_id: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parents {
    parents: Vec<Relative>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListParents {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListParents";
    type Output = Parents;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_unit_id(&self.child_id) || is_account_id(&self.child_id))?;
        page::check(self.max_results)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        Ok(vec![node::demand(ask, "organizations:ListParents", organization, &self.child_id)])
    }
}

impl Read for ListParents {
    fn read(self, ask: &Ask<'_>) -> Result<Parents, Fault> {
        let organization = membership::managed_by(ask)?;
        // Unverified text.
        let missing = ("ChildNotFoundException", "You specified a child that doesn't exist.");
        let child = node::require(ask.view, organization, &self.child_id, missing)?;
        let parent = child.parent.as_deref().and_then(|id| node::find(ask.view, organization, id));
        let items = parent.into_iter().map(|parent| {
            (parent.id.clone(), Relative { id: parent.id.clone(), r#type: parent.type_name() })
        });
        let page = page::cut(items, self.next_token.as_deref(), self.max_results)?;
        Ok(Parents { parents: page.items, next_token: page.marker })
    }
}

/// `ListChildren`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListChildren {
    parent_id: String,
    child_type: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Children {
    children: Vec<Relative>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListChildren {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListChildren";
    type Output = Children;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_parent_id(&self.parent_id))?;
        if !["ACCOUNT", "ORGANIZATIONAL_UNIT"].contains(&self.child_type.as_str()) {
            return Err(invalid("INVALID_ENUM", "You specified an invalid child type."));
        }
        page::check(self.max_results)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        Ok(vec![node::demand(ask, "organizations:ListChildren", organization, &self.parent_id)])
    }
}

impl Read for ListChildren {
    fn read(self, ask: &Ask<'_>) -> Result<Children, Fault> {
        let organization = membership::managed_by(ask)?;
        node::require(ask.view, organization, &self.parent_id, NO_PARENT)?;
        let children = node::children(ask.view, organization, &self.parent_id)
            .filter(|child| child.type_name() == self.child_type)
            .map(|child| {
                (child.id.clone(), Relative { id: child.id.clone(), r#type: child.type_name() })
            });
        let page = page::cut(children, self.next_token.as_deref(), self.max_results)?;
        Ok(Children { children: page.items, next_token: page.marker })
    }
}

/// `MoveAccount`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MoveAccount {
    account_id: String,
    source_parent_id: String,
    destination_parent_id: String,
}

impl Operation for MoveAccount {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "MoveAccount";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_account_id(&self.account_id))?;
        check_pattern(is_parent_id(&self.source_parent_id))?;
        check_pattern(is_parent_id(&self.destination_parent_id))
    }

    /// The account and both places (service authorization reference).
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        let ids = [&self.account_id, &self.source_parent_id, &self.destination_parent_id];
        let demand = |id: &String| node::demand(ask, "organizations:MoveAccount", organization, id);
        Ok(ids.map(demand).into())
    }
}

impl Write for MoveAccount {
    /// The texts are the API reference's descriptions of the errors (unverified).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let mut account =
            NodeRow::clone(node::require(act.tx, &organization, &self.account_id, NO_ACCOUNT)?);
        let source = (
            "SourceParentNotFoundException",
            "We can't find a source root or OU with the ParentId that you specified.",
        );
        node::require(act.tx, &organization, &self.source_parent_id, source)?;
        if account.parent.as_deref() != Some(&self.source_parent_id) {
            return Err(Fault::new(NO_ACCOUNT.0, NO_ACCOUNT.1));
        }
        let destination = (
            "DestinationParentNotFoundException",
            "We can't find the destination container (a root or OU) with the ParentId that you specified.",
        );
        let target =
            node::require(act.tx, &organization, &self.destination_parent_id, destination)?;
        if matches!(target.kind, NodeKind::Account(_)) {
            return Err(Fault::new(destination.0, destination.1));
        }
        if self.source_parent_id == self.destination_parent_id {
            let text = "That account is already present in the specified destination.";
            return Err(Fault::new("DuplicateAccountException", text));
        }
        account.parent = Some(self.destination_parent_id.clone());
        Ok(act.tx.update(account)?)
    }
}
