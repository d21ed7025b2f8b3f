//! `DescribeVpcs`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::{VpcRow, VpcShape};
use crate::demand;
use crate::filter::{Field, Filter};
use crate::page::{self, LEAST, Wanted};

/// `DescribeVpcs`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeVpcs {
    #[serde(default)]
    vpc_id: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeVpcs` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeVpcsOutput {
    vpc_set: Vec<VpcShape>,
    next_token: Option<String>,
}

const FIELDS: &[Field<VpcRow>] = &[
    ("cidr", |_, vpc| vec![vpc.cidr.to_string()]),
    ("cidr-block-association.cidr-block", |_, vpc| vec![vpc.cidr.to_string()]),
    ("cidr-block-association.association-id", |_, vpc| vec![vpc.cidr_association_id.clone()]),
    ("cidr-block-association.state", |_, _| vec!["associated".to_owned()]),
    ("dhcp-options-id", |_, vpc| vec![vpc.dhcp_options_id.clone()]),
    ("is-default", |_, vpc| vec![vpc.is_default.to_string()]),
    // The name of the older reference, which most scripts still use.
    ("isDefault", |_, vpc| vec![vpc.is_default.to_string()]),
    ("owner-id", |_, vpc| vec![vpc.account.to_string()]),
    ("state", |_, _| vec!["available".to_owned()]),
    ("vpc-id", |_, vpc| vec![vpc.id.clone()]),
];

impl Operation for DescribeVpcs {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeVpcs";
    type Output = DescribeVpcsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeVpcs")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeVpcs {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeVpcsOutput, Fault> {
        let wanted = Wanted {
            ids: &self.vpc_id,
            filters: &self.filter,
            max_results: self.max_results,
            next_token: self.next_token.as_deref(),
        };
        let page = page::list(ask, wanted, FIELDS)?;
        let vpc_set = page.items.iter().map(|vpc| VpcShape::new(ask, vpc, "available")).collect();
        Ok(DescribeVpcsOutput { vpc_set, next_token: page.next_token })
    }
}
