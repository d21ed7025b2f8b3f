//! `CreateLaunchTemplate`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::client_token::{self, Fingerprint};
use crate::demand;
use crate::kind::Kind;
use crate::launch::LaunchData;
use crate::launch_template::{
    self, LaunchTemplateOutput, LaunchTemplateRow, LaunchTemplateShape, MAX_TEMPLATES, VersionRow,
};
use crate::regional;
use crate::tag::{self, TagSpecification};

/// The longest description of a version, in characters (API reference).
pub const MAX_DESCRIPTION: usize = 255;

/// `CreateLaunchTemplate`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLaunchTemplate {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// Makes a second request with the same token answer as the first.
    pub client_token: Option<String>,
    /// The name.
    pub launch_template_name: String,
    /// What the first version is said to be.
    pub version_description: Option<String>,
    /// What it holds.
    pub launch_template_data: LaunchData,
    /// The tags of the template.
    #[serde(default)]
    pub tag_specification: Vec<TagSpecification>,
}

impl CreateLaunchTemplate {
    fn fingerprint(&self) -> Fingerprint {
        let Self { launch_template_name, version_description, launch_template_data, .. } = self;
        Fingerprint::of(&(launch_template_name, version_description, launch_template_data))
    }
}

impl Operation for CreateLaunchTemplate {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateLaunchTemplate";
    type Output = LaunchTemplateOutput;

    fn check(&self) -> Result<(), Fault> {
        check_name(&self.launch_template_name)?;
        check_description(self.version_description.as_deref())?;
        check_data(&self.launch_template_data, Self::NAME)?;
        tag::check_specifications(&self.tag_specification, &[Kind::LaunchTemplate])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let tags = tag::specified(&self.tag_specification, Kind::LaunchTemplate);
        let action = "ec2:CreateLaunchTemplate";
        Ok(demand::create(ask, action, Kind::LaunchTemplate, Vec::new(), &tags))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for CreateLaunchTemplate {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<LaunchTemplateOutput, Fault> {
        let token = self.client_token.as_deref();
        if let Some(ids) = client_token::known(act, Self::NAME, token, &self.fingerprint())? {
            let template =
                launch_template::find(&act.ask(), ids.first().map(String::as_str), None)?;
            let launch_template = LaunchTemplateShape::new(&act.ask(), &template);
            return Ok(LaunchTemplateOutput { launch_template });
        }
        if launch_template::named(&act.ask(), &self.launch_template_name).is_some() {
            let text = "Launch template name already in use.";
            return Err(Fault::new("InvalidLaunchTemplateName.AlreadyExistsException", text));
        }
        if regional::all::<LaunchTemplateRow>(&act.ask()).len() >= MAX_TEMPLATES {
            // unverified: the text.
            let text = "You have reached the maximum number of launch templates.";
            return Err(Fault::new("LaunchTemplateLimitExceeded", text));
        }
        let template = LaunchTemplateRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::LaunchTemplate.new_id(act.entropy),
            name: self.launch_template_name.clone(),
            created: act.now,
            created_by: act.caller.arn(),
            default_version: 1,
            latest_version: 1,
        };
        let description = self.version_description.clone();
        let version = first_version(&template, description, self.launch_template_data.clone());
        let tags = tag::specified(&self.tag_specification, Kind::LaunchTemplate);
        regional::put(act, version)?;
        regional::put(act, template.clone())?;
        tag::set(act, &template.id, &tags)?;
        let ids = vec![template.id.clone()];
        client_token::remember(act, Self::NAME, token, self.fingerprint(), ids)?;
        let launch_template = LaunchTemplateShape::new(&act.ask(), &template);
        Ok(LaunchTemplateOutput { launch_template })
    }
}

fn first_version(
    template: &LaunchTemplateRow,
    description: Option<String>,
    data: LaunchData,
) -> VersionRow {
    VersionRow {
        account: template.account,
        region: template.region.clone(),
        template_id: template.id.clone(),
        number: 1,
        description,
        created: template.created,
        created_by: template.created_by.clone(),
        data,
    }
}

/// Checks a name: 3 to 128 characters of a few kinds (API reference).
fn check_name(name: &str) -> Result<(), Fault> {
    let fits = (3..=128).contains(&name.chars().count())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-().\\/_".contains(c));
    if fits {
        return Ok(());
    }
    let text = "A launch template name must be between 3 and 128 characters, and may contain letters, \
                numbers, and the following characters: - ( ) . / _.";
    Err(Fault::new("InvalidLaunchTemplateName.MalformedException", text))
}

pub(super) fn check_description(description: Option<&str>) -> Result<(), Fault> {
    if description.is_none_or(|text| text.chars().count() <= MAX_DESCRIPTION) {
        return Ok(());
    }
    // unverified: the text.
    let text = format!("Version description must not exceed {MAX_DESCRIPTION} characters");
    Err(Fault::new("InvalidParameterValue", text))
}

/// Checks what a version is to hold. Most of it is looked at only when it is launched.
pub(super) fn check_data(data: &LaunchData, operation: &'static str) -> Result<(), Fault> {
    data.check_modelled(operation)?;
    if *data == LaunchData::default() {
        // unverified: the text.
        let text = "The request must contain the parameter LaunchTemplateData";
        return Err(Fault::new("MissingParameter", text));
    }
    if let Some(user_data) = &data.user_data {
        // The code differs from the one of RunInstances (github.com/github-aws-runners/
        // terraform-aws-github-runner issue 3700).
        crate::launch::user_data::check(user_data, "InvalidUserData.Malformed")?;
    }
    if let Some(profile) = &data.iam_instance_profile
        && profile.name.is_some()
        && profile.arn.is_some()
    {
        let text = "The parameter 'iamInstanceProfile.name' may not be used in combination with \
                    'iamInstanceProfile.arn'";
        return Err(Fault::new("InvalidParameterCombination", text));
    }
    tag::check_specifications(&data.tag_specification, &crate::launch::TAGGABLE)
}
