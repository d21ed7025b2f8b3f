//! Organizational units.

use serde::{Deserialize, Serialize};
use store::View;

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::{
    LOWER, check_length, check_pattern, check_tags, is_parent_id, is_unit_id, violation,
};
use crate::organizations::node::{self, NO_PARENT, NO_UNIT, NodeKind, NodeRow};
use crate::organizations::organization::OrganizationRow;
use crate::organizations::{membership, page};
use crate::tag::Tag;

/// Units of an organization (user guide, "quotas and service limits").
pub const MAX_UNITS: usize = 2000;
/// Units on top of each other (user guide, "quotas and service limits": "5 levels of OUs under the root").
pub const MAX_DEPTH: usize = 5;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UnitShape {
    id: String,
    arn: String,
    name: String,
}

impl UnitShape {
    fn new(organization: &OrganizationRow, unit: &NodeRow) -> Self {
        Self { id: unit.id.clone(), arn: unit.arn(organization), name: unit.name.clone() }
    }
}

/// A unit, in answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnitOutput {
    organizational_unit: UnitShape,
}

fn find<'v>(
    view: &'v View,
    organization: &OrganizationRow,
    id: &str,
) -> Result<&'v std::sync::Arc<NodeRow>, Fault> {
    node::require(view, organization, id, NO_UNIT)
}

fn check_name_is_free(
    view: &View,
    organization: &OrganizationRow,
    parent: &str,
    name: &str,
) -> Result<(), Fault> {
    let taken = node::children(view, organization, parent)
        .any(|child| child.kind == NodeKind::Unit && child.name == name);
    let text = "An OU with the same name already exists.";
    if taken { Err(Fault::new("DuplicateOrganizationalUnitException", text)) } else { Ok(()) }
}

/// `CreateOrganizationalUnit`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateOrganizationalUnit {
    parent_id: String,
    name: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl Operation for CreateOrganizationalUnit {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "CreateOrganizationalUnit";
    type Output = UnitOutput;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_parent_id(&self.parent_id))?;
        check_length(&self.name, 1, 128)?;
        check_tags(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (organization, action) =
            (membership::managed_by(ask)?, "organizations:CreateOrganizationalUnit");
        let demand = node::demand(ask, action, organization, &self.parent_id);
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for CreateOrganizationalUnit {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<UnitOutput, Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        node::require(act.tx, &organization, &self.parent_id, NO_PARENT)?;
        check_name_is_free(act.tx, &organization, &self.parent_id, &self.name)?;
        // The texts are unverified.
        if node::way_to(act.tx, &organization, &self.parent_id).len() > MAX_DEPTH {
            let text = "You have exceeded the maximum number of nested OUs.";
            return Err(violation("OU_DEPTH_LIMIT_EXCEEDED", text));
        }
        let nodes = act.tx.range::<NodeRow>(organization.account.as_str(), ..);
        if nodes.filter(|node| node.kind == NodeKind::Unit).count() >= MAX_UNITS {
            let text = "You have exceeded the number of OUs that you can have in an organization.";
            return Err(violation("OU_NUMBER_LIMIT_EXCEEDED", text));
        }
        let root = organization.root.trim_start_matches("r-");
        let id = format!("ou-{root}-{}", act.entropy.text(LOWER, 8));
        let parent = Some(self.parent_id.as_str());
        let mut unit = NodeRow::new(&organization, &id, parent, &self.name, NodeKind::Unit);
        unit.tags.clone_from(&self.tags);
        let organizational_unit = UnitShape::new(&organization, &unit);
        act.tx.insert(unit)?;
        Ok(UnitOutput { organizational_unit })
    }
}

/// `DescribeOrganizationalUnit`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeOrganizationalUnit {
    organizational_unit_id: String,
}

impl Operation for DescribeOrganizationalUnit {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DescribeOrganizationalUnit";
    type Output = UnitOutput;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_unit_id(&self.organizational_unit_id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (organization, action) =
            (membership::managed_by(ask)?, "organizations:DescribeOrganizationalUnit");
        Ok(vec![node::demand(ask, action, organization, &self.organizational_unit_id)])
    }
}

impl Read for DescribeOrganizationalUnit {
    fn read(self, ask: &Ask<'_>) -> Result<UnitOutput, Fault> {
        let organization = membership::managed_by(ask)?;
        let unit = find(ask.view, organization, &self.organizational_unit_id)?;
        Ok(UnitOutput { organizational_unit: UnitShape::new(organization, unit) })
    }
}

/// `UpdateOrganizationalUnit`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateOrganizationalUnit {
    organizational_unit_id: String,
    name: Option<String>,
}

impl Operation for UpdateOrganizationalUnit {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "UpdateOrganizationalUnit";
    type Output = UnitOutput;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_unit_id(&self.organizational_unit_id))?;
        self.name.as_deref().map_or(Ok(()), |name| check_length(name, 1, 128))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (organization, action) =
            (membership::managed_by(ask)?, "organizations:UpdateOrganizationalUnit");
        Ok(vec![node::demand(ask, action, organization, &self.organizational_unit_id)])
    }
}

impl Write for UpdateOrganizationalUnit {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<UnitOutput, Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let mut unit = NodeRow::clone(find(act.tx, &organization, &self.organizational_unit_id)?);
        if let Some(name) = self.name.as_ref().filter(|name| **name != unit.name) {
            let parent = unit.parent.clone().unwrap_or_default();
            check_name_is_free(act.tx, &organization, &parent, name)?;
            unit.name.clone_from(name);
        }
        let organizational_unit = UnitShape::new(&organization, &unit);
        act.tx.update(unit)?;
        Ok(UnitOutput { organizational_unit })
    }
}

/// `DeleteOrganizationalUnit`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteOrganizationalUnit {
    organizational_unit_id: String,
}

impl Operation for DeleteOrganizationalUnit {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DeleteOrganizationalUnit";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_unit_id(&self.organizational_unit_id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (organization, action) =
            (membership::managed_by(ask)?, "organizations:DeleteOrganizationalUnit");
        Ok(vec![node::demand(ask, action, organization, &self.organizational_unit_id)])
    }
}

impl Write for DeleteOrganizationalUnit {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let id = &self.organizational_unit_id;
        find(act.tx, &organization, id)?;
        if node::children(act.tx, &organization, id).next().is_some() {
            // API reference.
            let text = "The specified OU is not empty. Move all accounts to another root or to other OUs, \
                        remove all child OUs, and try the operation again.";
            return Err(Fault::new("OrganizationalUnitNotEmptyException", text));
        }
        act.tx.delete::<NodeRow>(organization.account.as_str(), id)?;
        Ok(())
    }
}

/// `ListOrganizationalUnitsForParent`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListOrganizationalUnitsForParent {
    parent_id: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Units {
    organizational_units: Vec<UnitShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListOrganizationalUnitsForParent {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListOrganizationalUnitsForParent";
    type Output = Units;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_parent_id(&self.parent_id))?;
        page::check(self.max_results)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (organization, action) =
            (membership::managed_by(ask)?, "organizations:ListOrganizationalUnitsForParent");
        Ok(vec![node::demand(ask, action, organization, &self.parent_id)])
    }
}

impl Read for ListOrganizationalUnitsForParent {
    fn read(self, ask: &Ask<'_>) -> Result<Units, Fault> {
        let organization = membership::managed_by(ask)?;
        node::require(ask.view, organization, &self.parent_id, NO_PARENT)?;
        let units = node::children(ask.view, organization, &self.parent_id)
            .filter(|child| child.kind == NodeKind::Unit)
            .map(|unit| (unit.id.clone(), UnitShape::new(organization, unit)));
        let page = page::cut(units, self.next_token.as_deref(), self.max_results)?;
        Ok(Units { organizational_units: page.items, next_token: page.marker })
    }
}
