//! `DescribeLaunchTemplates`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::launch_template::{self, LaunchTemplateRow, LaunchTemplateShape};
use crate::page;
use crate::regional;

/// Templates in one answer (API reference: `MaxResults` is 1 to 200).
const MAX_SHOWN: i32 = 200;

/// `DescribeLaunchTemplates`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLaunchTemplates {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// These templates.
    #[serde(default)]
    pub launch_template_id: Vec<String>,
    /// Those of these names.
    #[serde(default)]
    pub launch_template_name: Vec<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
    /// Those of services, too; there are none.
    pub include_managed_resources: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchTemplatesOutput {
    launch_templates: Vec<LaunchTemplateShape>,
    next_token: Option<String>,
}

const FIELDS: &[Field<LaunchTemplateRow>] = &[
    ("create-time", |_, template| vec![template.created.to_string()]),
    ("launch-template-name", |_, template| vec![template.name.clone()]),
];

impl Operation for DescribeLaunchTemplates {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeLaunchTemplates";
    type Output = LaunchTemplatesOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, 1)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeLaunchTemplates")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeLaunchTemplates {
    fn read(self, ask: &Ask<'_>) -> Result<LaunchTemplatesOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, true)?;
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let after = after.unwrap_or_default();
        let mut rows = page::by_ids::<LaunchTemplateRow>(ask, &self.launch_template_id)?;
        for name in &self.launch_template_name {
            rows.push(launch_template::named(ask, name).ok_or_else(names_not_found)?);
        }
        if self.launch_template_id.is_empty() && self.launch_template_name.is_empty() {
            rows = regional::all(ask);
        }
        rows.sort_by(|one, other| one.id.cmp(&other.id));
        rows.dedup_by(|one, other| one.id == other.id);
        rows.retain(|row| row.id > after && filters.match_all(ask, row, &row.id));
        let most = self.max_results.unwrap_or(MAX_SHOWN).min(MAX_SHOWN);
        let page = page::cut(rows, Some(most), |row| row.id.clone());
        Ok(LaunchTemplatesOutput {
            launch_templates: page
                .items
                .iter()
                .map(|row| LaunchTemplateShape::new(ask, row))
                .collect(),
            next_token: page.next_token,
        })
    }
}

/// What EC2 says to names of templates of which one is nobody's, in other words than operations on one template
/// do: "test_describe_launch_templates_with_non_existent_name" of moto, which is held against AWS.
fn names_not_found() -> Fault {
    let text = "At least one of the launch templates specified in the request does not exist.";
    Fault::new("InvalidLaunchTemplateName.NotFoundException", text)
}
