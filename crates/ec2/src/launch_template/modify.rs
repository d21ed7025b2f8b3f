//! `ModifyLaunchTemplate`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::demand;
use crate::kind::Kind;
use crate::launch_template::{self, LaunchTemplateOutput, LaunchTemplateRow, LaunchTemplateShape};
use crate::regional;

/// `ModifyLaunchTemplate`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyLaunchTemplate {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// A second request with the same token changes nothing, as it would not without.
    pub client_token: Option<String>,
    /// The template, by its id.
    pub launch_template_id: Option<String>,
    /// The template, by its name.
    pub launch_template_name: Option<String>,
    /// The version that is used unless another one is named.
    pub set_default_version: Option<String>,
}

impl Operation for ModifyLaunchTemplate {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyLaunchTemplate";
    type Output = LaunchTemplateOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        let template = launch_template::find(ask, id, name)?;
        let action = "ec2:ModifyLaunchTemplate";
        Ok(vec![demand::on(ask, action, Kind::LaunchTemplate, &template.id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ModifyLaunchTemplate {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<LaunchTemplateOutput, Fault> {
        let ask = act.ask();
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        let template = launch_template::find(&ask, id, name)?;
        let Some(version) = &self.set_default_version else {
            let text = "The request must contain the parameter SetDefaultVersion";
            return Err(Fault::new("MissingParameter", text));
        };
        let number = template.version(&ask, version)?.number;
        let mut template = LaunchTemplateRow::clone(&template);
        template.default_version = number;
        let launch_template = LaunchTemplateShape::new(&ask, &template);
        regional::put(act, template)?;
        Ok(LaunchTemplateOutput { launch_template })
    }
}
