//! What route tables are for: `AssociateRouteTable`, `DisassociateRouteTable`, `ReplaceRouteTableAssociation`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{RouteTableRow, different_networks};
use crate::kind::{Kind, new_digits};
use crate::subnet::SubnetRow;
use crate::unmodelled::Unmodelled;
use crate::{demand, regional};

/// What a route table is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// `rtbassoc-…`
    pub id: String,
    /// The subnet; none if it is for all of the VPC that have none of their own.
    pub subnet_id: Option<String>,
}

/// An association as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationShape {
    route_table_association_id: String,
    route_table_id: String,
    subnet_id: Option<String>,
    main: bool,
    association_state: AssociationState,
}

/// How far an association is.
#[derive(Debug, Serialize)]
pub struct AssociationState {
    state: &'static str,
}

const ASSOCIATED: AssociationState = AssociationState { state: "associated" };

impl AssociationShape {
    /// How an association of a table is shown.
    #[must_use]
    pub fn new(table: &RouteTableRow, association: &Association) -> Self {
        Self {
            route_table_association_id: association.id.clone(),
            route_table_id: table.id.clone(),
            subnet_id: association.subnet_id.clone(),
            main: association.subnet_id.is_none(),
            association_state: ASSOCIATED,
        }
    }
}

/// `AssociateRouteTable`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateRouteTable {
    route_table_id: String,
    subnet_id: Option<String>,
    gateway_id: Option<String>,
    public_ipv4_pool: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `AssociateRouteTable` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociateRouteTableOutput {
    association_id: String,
    association_state: AssociationState,
}

impl Operation for AssociateRouteTable {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AssociateRouteTable";
    type Output = AssociateRouteTableOutput;

    fn check(&self) -> Result<(), Fault> {
        Unmodelled::new(Self::NAME)
            .value("GatewayId", self.gateway_id.as_ref())
            .value("PublicIpv4Pool", self.public_ipv4_pool.as_ref())
            .finish()?;
        Kind::RouteTable.check(&self.route_table_id)?;
        let Some(subnet_id) = &self.subnet_id else {
            let text = "The request must contain the parameter subnetId or gatewayId";
            return Err(Fault::new("MissingParameter", text));
        };
        Kind::Subnet.check(subnet_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:AssociateRouteTable";
        let table = demand::on(ask, action, Kind::RouteTable, &self.route_table_id);
        let subnet = self.subnet_id.iter().map(|id| demand::on(ask, action, Kind::Subnet, id));
        Ok(std::iter::once(table).chain(subnet).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AssociateRouteTable {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AssociateRouteTableOutput, Fault> {
        let table = regional::find::<RouteTableRow>(&act.ask(), &self.route_table_id)?;
        let subnet_id = self.subnet_id.as_deref().unwrap_or_default();
        let subnet = regional::find::<SubnetRow>(&act.ask(), subnet_id)?;
        if subnet.vpc_id != table.vpc_id {
            return Err(different_networks(&table.id, "subnet", subnet_id));
        }
        if let Some((holder, known)) = of_subnet(&act.ask(), subnet_id) {
            if holder.id == table.id {
                let association_id = known.id;
                return Ok(AssociateRouteTableOutput {
                    association_id,
                    association_state: ASSOCIATED,
                });
            }
            let text = format!(
                "the specified association for route table {} conflicts with an existing association",
                table.id
            );
            return Err(Fault::new("Resource.AlreadyAssociated", text));
        }
        let association_id = new_id(act);
        let association =
            Association { id: association_id.clone(), subnet_id: Some(subnet_id.to_owned()) };
        let mut table = (*table).clone();
        table.associations.push(association);
        regional::put(act, table)?;
        Ok(AssociateRouteTableOutput { association_id, association_state: ASSOCIATED })
    }
}

/// `DisassociateRouteTable`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisassociateRouteTable {
    association_id: String,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for DisassociateRouteTable {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DisassociateRouteTable";
    type Output = ();

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (table, association) = find(ask, &self.association_id)?;
        let action = "ec2:DisassociateRouteTable";
        let subnet = association.subnet_id.iter();
        let subnet = subnet.map(|id| demand::on(ask, action, Kind::Subnet, id));
        let table = demand::on(ask, action, Kind::RouteTable, &table.id);
        Ok(std::iter::once(table).chain(subnet).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DisassociateRouteTable {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let id = &self.association_id;
        let (table, association) = find(&act.ask(), id)?;
        if association.subnet_id.is_none() {
            let text = format!("cannot disassociate the main route table association {id}");
            return Err(Fault::new("InvalidParameterValue", text));
        }
        remove(act, &table, id)
    }
}

/// `ReplaceRouteTableAssociation`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplaceRouteTableAssociation {
    association_id: String,
    route_table_id: String,
    #[serde(default)]
    dry_run: bool,
}

/// What `ReplaceRouteTableAssociation` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplaceRouteTableAssociationOutput {
    new_association_id: String,
    association_state: AssociationState,
}

impl Operation for ReplaceRouteTableAssociation {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ReplaceRouteTableAssociation";
    type Output = ReplaceRouteTableAssociationOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::RouteTable.check(&self.route_table_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (_, association) = find(ask, &self.association_id)?;
        let action = "ec2:ReplaceRouteTableAssociation";
        let subnet = association.subnet_id.iter();
        let subnet = subnet.map(|id| demand::on(ask, action, Kind::Subnet, id));
        let table = demand::on(ask, action, Kind::RouteTable, &self.route_table_id);
        Ok(std::iter::once(table).chain(subnet).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for ReplaceRouteTableAssociation {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ReplaceRouteTableAssociationOutput, Fault> {
        let (old, association) = find(&act.ask(), &self.association_id)?;
        let new = regional::find::<RouteTableRow>(&act.ask(), &self.route_table_id)?;
        if new.vpc_id != old.vpc_id {
            let text = format!(
                "The routeTable '{}' and the association '{}' belong to different networks",
                new.id, association.id
            );
            return Err(Fault::new("InvalidParameterValue", text));
        }
        remove(act, &old, &association.id)?;
        let mut new = (*regional::find::<RouteTableRow>(&act.ask(), &new.id)?).clone();
        let id = new_id(act);
        new.associations.push(Association { id: id.clone(), ..association });
        regional::put(act, new)?;
        Ok(ReplaceRouteTableAssociationOutput {
            new_association_id: id,
            association_state: ASSOCIATED,
        })
    }
}

/// Takes away what a subnet that is deleted is associated with.
///
/// # Errors
/// A limit of the store.
pub fn forget_subnet(act: &mut Act<'_, '_>, subnet_id: &str) -> Result<(), Fault> {
    match of_subnet(&act.ask(), subnet_id) {
        Some((table, association)) => remove(act, &table, &association.id),
        None => Ok(()),
    }
}

fn of_subnet(ask: &Ask<'_>, subnet_id: &str) -> Option<(Arc<RouteTableRow>, Association)> {
    search(ask, |association| association.subnet_id.as_deref() == Some(subnet_id))
}

fn find(ask: &Ask<'_>, id: &str) -> Result<(Arc<RouteTableRow>, Association), Fault> {
    search(ask, |association| association.id == id).ok_or_else(|| {
        let text = format!("The association ID '{id}' does not exist");
        Fault::new("InvalidAssociationID.NotFound", text)
    })
}

fn search(
    ask: &Ask<'_>,
    is_it: impl Fn(&Association) -> bool,
) -> Option<(Arc<RouteTableRow>, Association)> {
    regional::all::<RouteTableRow>(ask).into_iter().find_map(|table| {
        let association = table.associations.iter().find(|it| is_it(it)).cloned()?;
        Some((table, association))
    })
}

fn remove(act: &mut Act<'_, '_>, table: &RouteTableRow, id: &str) -> Result<(), Fault> {
    let mut table = table.clone();
    table.associations.retain(|association| association.id != id);
    regional::put(act, table)
}

fn new_id(act: &mut Act<'_, '_>) -> String {
    format!("rtbassoc-{}", new_digits(act.entropy))
}
