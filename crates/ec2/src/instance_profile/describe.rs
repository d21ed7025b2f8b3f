//! `DescribeIamInstanceProfileAssociations`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::instance::InstanceRow;
use crate::instance_profile::AssociationShape;
use crate::instance_profile::replace::check_id;
use crate::page::{self, LEAST};
use crate::regional;

/// `DescribeIamInstanceProfileAssociations`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeIamInstanceProfileAssociations {
    /// These associations.
    #[serde(default)]
    pub association_id: Vec<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationsOutput {
    /// The associations.
    pub iam_instance_profile_association_set: Vec<AssociationShape>,
    next_token: Option<String>,
}

const FIELDS: &[Field<AssociationShape>] = &[
    ("instance-id", |_, association| vec![association.instance_id.clone()]),
    ("state", |_, association| vec![association.state.to_owned()]),
];

impl Operation for DescribeIamInstanceProfileAssociations {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeIamInstanceProfileAssociations";
    type Output = AssociationsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)?;
        self.association_id.iter().try_for_each(|id| check_id(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeIamInstanceProfileAssociations")])
    }
}

impl Read for DescribeIamInstanceProfileAssociations {
    /// Ids that are nobody's are passed over (unverified).
    fn read(self, ask: &Ask<'_>) -> Result<AssociationsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let rows = regional::after::<InstanceRow>(ask, &after.unwrap_or_default());
        let shown = rows.iter().filter_map(|row| {
            let association = row.profile.as_ref()?;
            Some(AssociationShape::new(row, association, association.state(ask.now)))
        });
        let wanted = shown.filter(|association| {
            let ids = &self.association_id;
            (ids.is_empty() || ids.contains(&association.association_id))
                && filters.match_all(ask, association, "")
        });
        let key = |association: &AssociationShape| association.instance_id.clone();
        let page = page::cut(wanted.collect(), self.max_results, key);
        Ok(AssociationsOutput {
            iam_instance_profile_association_set: page.items,
            next_token: page.next_token,
        })
    }
}
