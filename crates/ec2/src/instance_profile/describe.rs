//! `DescribeIamInstanceProfileAssociations`, which words its refusals like no other list of EC2's (recorded from
//! AWS by radkawar/stackd, `instance_profiles_authorization.json` and `instance_profiles_transitions.json`).

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::instance::{ASSOCIATION_INDEX, InstanceRow};
use crate::instance_profile::AssociationShape;
use crate::instance_profile::replace::{is_id, not_found};
use crate::kind::Kind;
use crate::page;
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
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
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
        let invalid = |text: String| Err(Fault::new("InvalidParameterValue", text));
        if let Some(number) = self.max_results.filter(|number| *number < 1) {
            return invalid(format!(
                "Invalid value '{number}' for 'maxResults'. MaxResult must be a positive integer"
            ));
        }
        if !self.association_id.iter().all(|id| is_id(id)) {
            return invalid("Invalid value for association-id.".to_owned());
        }
        self.filter.iter().find_map(fault_of).map_or(Ok(()), invalid)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeIamInstanceProfileAssociations")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

/// What EC2 says to a filter that it does not take.
fn fault_of(filter: &Filter) -> Option<String> {
    let name = filter.name.as_deref().unwrap_or_default();
    if !FIELDS.iter().any(|(known, _)| *known == name) {
        return Some(format!("An unknown filter '{name}' was given"));
    }
    if filter.value.is_empty() {
        let text = "Invalid value 'null/empty' for 'filter'. Invalid filter - one of more name/value pair \
                    was incomplete";
        return Some(text.to_owned());
    }
    filter.value.iter().find_map(|value| match (name, value.as_str()) {
        ("state", "associated" | "associating" | "disassociating") => None,
        ("state", "disassociated") => {
            Some("Only 'associated', 'associating' and 'disassociating' are allowed".to_owned())
        }
        ("state", other) => {
            Some(format!("A filter for an unknown association state of '{other}' was given"))
        }
        (_, id) if Kind::Instance.check(id).is_ok() => None,
        (_, other) => Some(format!("A filter with an invalid instance-id of '{other}' was given")),
    })
}

impl Read for DescribeIamInstanceProfileAssociations {
    fn read(self, ask: &Ask<'_>) -> Result<AssociationsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let is_there = |id: &&String| {
            let row = ask.view.by_index::<InstanceRow>(ASSOCIATION_INDEX, id);
            row.is_some_and(|row| row.account == ask.account() && row.region == ask.region)
        };
        if let Some(id) = self.association_id.iter().find(|id| !is_there(id)) {
            return Err(not_found(id));
        }
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
