//! `DeleteLaunchTemplate`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::demand;
use crate::kind::Kind;
use crate::launch_template::{
    self, LaunchTemplateOutput, LaunchTemplateRow, LaunchTemplateShape, VersionRow, version_key,
};
use crate::regional;

/// `DeleteLaunchTemplate`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLaunchTemplate {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// The template, by its id.
    pub launch_template_id: Option<String>,
    /// The template, by its name.
    pub launch_template_name: Option<String>,
}

impl Operation for DeleteLaunchTemplate {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteLaunchTemplate";
    type Output = LaunchTemplateOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        let template = launch_template::find(ask, id, name)?;
        let action = "ec2:DeleteLaunchTemplate";
        Ok(vec![demand::on(ask, action, Kind::LaunchTemplate, &template.id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for DeleteLaunchTemplate {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<LaunchTemplateOutput, Fault> {
        let ask = act.ask();
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        let template = launch_template::find(&ask, id, name)?;
        let launch_template = LaunchTemplateShape::new(&ask, &template);
        let numbers: Vec<u64> = template.versions(&ask).map(|version| version.number).collect();
        for number in numbers {
            let key = version_key(&template.region, &template.id, number);
            act.tx.delete::<VersionRow>(template.account.as_str(), &key)?;
        }
        regional::delete::<LaunchTemplateRow>(act, &template.id)?;
        Ok(LaunchTemplateOutput { launch_template })
    }
}
