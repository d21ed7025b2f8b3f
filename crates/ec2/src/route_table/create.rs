//! `CreateRouteTable`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{MAX_TABLES, RouteTableRow, RouteTableShape, of_vpc};
use crate::kind::Kind;
use crate::tag::TagSpecification;
use crate::vpc::VpcRow;
use crate::{client_token, demand, regional, tag};

/// `CreateRouteTable`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateRouteTable {
    vpc_id: String,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    client_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `CreateRouteTable` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateRouteTableOutput {
    route_table: RouteTableShape,
    client_token: Option<String>,
}

impl Operation for CreateRouteTable {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateRouteTable";
    type Output = CreateRouteTableOutput;

    fn check(&self) -> Result<(), Fault> {
        client_token::check(self.client_token.as_deref())?;
        Kind::Vpc.check(&self.vpc_id)?;
        tag::check_specifications(&self.tag_specification, &[Kind::RouteTable])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, kind) = ("ec2:CreateRouteTable", Kind::RouteTable);
        let tags = tag::specified(&self.tag_specification, kind);
        let mut demands = demand::create(ask, action, kind, Vec::new(), &tags);
        demands.push(demand::on(ask, action, Kind::Vpc, &self.vpc_id));
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateRouteTable {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateRouteTableOutput, Fault> {
        let token = self.client_token.as_deref();
        let id = client_token::once(act, Self::NAME, token, self, |act| self.make(act))?;
        let table = regional::find::<RouteTableRow>(&act.ask(), &id)?;
        Ok(CreateRouteTableOutput {
            route_table: RouteTableShape::new(&act.ask(), &table),
            client_token: self.client_token.clone(),
        })
    }
}

impl CreateRouteTable {
    fn make(&self, act: &mut Act<'_, '_>) -> Result<String, Fault> {
        let vpc = regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?;
        if of_vpc(&act.ask(), &vpc.id).len() >= MAX_TABLES {
            let text = "The maximum number of route tables has been reached.";
            return Err(Fault::new("RouteTableLimitExceeded", text));
        }
        let table = RouteTableRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::RouteTable.new_id(act.entropy),
            vpc_id: vpc.id.clone(),
            routes: Vec::new(),
            associations: Vec::new(),
        };
        regional::put(act, table.clone())?;
        tag::set(act, &table.id, &tag::specified(&self.tag_specification, Kind::RouteTable))?;
        Ok(table.id)
    }
}
