//! Launch templates and their versions: the rows, how they are found; the operations are in the files below.

pub mod create;
pub mod data;
pub mod delete;
pub mod describe;
pub mod modify;
mod shape;
#[cfg(test)]
mod tests;
pub mod version;

use std::borrow::Cow;
use std::sync::Arc;

use cloud::{Ask, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::kind::Kind;
use crate::launch::LaunchData;
use crate::launch::specification::{TemplateSpecification, respell};
use crate::regional::{self, Regional};
use crate::tag::{self, TagShape};
use crate::time::Time;

pub use shape::LaunchDataShape;

/// Launch templates of an account in a region ("Launch template restrictions", EC2 user guide).
pub const MAX_TEMPLATES: usize = 5_000;
/// Versions of a launch template (same place).
pub const MAX_VERSIONS: u64 = 10_000;
/// The index of launch templates by their names.
pub const NAME_INDEX: &str = "name";

/// A launch template.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LaunchTemplateRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `lt-…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// By whom: an ARN.
    pub created_by: String,
    /// The version that is used unless another one is named.
    pub default_version: u64,
    /// The newest version that there ever was.
    pub latest_version: u64,
}

/// A version of a launch template.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VersionRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// The template.
    pub template_id: String,
    /// Its number, from 1 on.
    pub number: u64,
    /// What it is said to be.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// By whom: an ARN.
    pub created_by: String,
    /// What it holds.
    pub data: LaunchData,
}

impl Row for LaunchTemplateRow {
    const TABLE: &'static str = "ec2_launch_template";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &[NAME_INDEX];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        regional::key(&self.region, &self.id).into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == NAME_INDEX).then(|| name_key(self.account, &self.region, &self.name).into())
    }
}

impl Regional for LaunchTemplateRow {
    const KIND: Kind = Kind::LaunchTemplate;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Row for VersionRow {
    const TABLE: &'static str = "ec2_launch_template_version";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        version_key(&self.region, &self.template_id, self.number).into()
    }
}

fn name_key(account: AccountId, region: &str, name: &str) -> String {
    format!("{account}/{region}/{name}")
}

/// Versions are in the order of their numbers, which have five digits at most.
fn version_key(region: &str, template_id: &str, number: u64) -> String {
    format!("{region}/{template_id}/{number:05}")
}

/// The launch template of this id or of this name.
///
/// # Errors
/// EC2's for an unknown one; for both or neither (unverified: their texts).
pub fn find(
    ask: &Ask<'_>,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<Arc<LaunchTemplateRow>, Fault> {
    match (id, name) {
        (Some(id), None) => regional::find::<LaunchTemplateRow>(ask, id),
        (None, Some(name)) => named(ask, name).ok_or_else(|| name_not_found(name)),
        (Some(_), Some(_)) => {
            let text = "Only one of 'launchTemplateId' or 'launchTemplateName' may be specified";
            Err(Fault::new("InvalidParameterCombination", text))
        }
        (None, None) => {
            let text = "Either 'launchTemplateId' or 'launchTemplateName' must be provided";
            Err(Fault::new("MissingParameter", text))
        }
    }
}

/// The launch template of this name.
#[must_use]
pub fn named(ask: &Ask<'_>, name: &str) -> Option<Arc<LaunchTemplateRow>> {
    let key = name_key(ask.account(), ask.region, name);
    ask.view.by_index::<LaunchTemplateRow>(NAME_INDEX, &key).map(Arc::clone)
}

/// What EC2 says to a name that is nobody's.
fn name_not_found(name: &str) -> Fault {
    let text = format!("The specified launch template, with template name {name}, does not exist.");
    Fault::new("InvalidLaunchTemplateName.NotFoundException", text)
}

impl LaunchTemplateRow {
    /// The number that a version's name stands for: itself, `$Latest`, `$Default` or nothing.
    #[must_use]
    pub fn number_of(&self, version: &str) -> Option<u64> {
        match version {
            "" | "$Default" => Some(self.default_version),
            "$Latest" => Some(self.latest_version),
            number => number.parse().ok(),
        }
    }

    /// The version of this name.
    ///
    /// # Errors
    /// EC2's for an unknown one.
    pub fn version<'a>(&self, ask: &Ask<'a>, version: &str) -> Result<&'a Arc<VersionRow>, Fault> {
        let found = self.number_of(version).and_then(|number| {
            let key = version_key(&self.region, &self.id, number);
            ask.view.get::<VersionRow>(self.account.as_str(), &key)
        });
        found.ok_or_else(|| {
            let text = format!(
                "Could not find the specified version {version} for the launch template with ID {}.",
                self.id
            );
            Fault::new("InvalidLaunchTemplateId.VersionNotFound", text)
        })
    }

    /// All versions, in the order of their numbers.
    pub fn versions<'a>(&self, ask: &Ask<'a>) -> impl Iterator<Item = &'a Arc<VersionRow>> {
        let start = version_key(&self.region, &self.id, 0);
        let end = format!("{}/{}0", self.region, self.id);
        ask.view.range::<VersionRow>(self.account.as_str(), &*start..&*end)
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        Kind::LaunchTemplate.arn(&self.region, self.account, &self.id)
    }
}

impl TemplateSpecification {
    /// The template and the version that are meant.
    ///
    /// # Errors
    /// EC2's for what is not there.
    pub fn find<'a>(
        &self,
        ask: &Ask<'a>,
    ) -> Result<(Arc<LaunchTemplateRow>, &'a Arc<VersionRow>), Fault> {
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        let template = find(ask, id, name)?;
        let version = template.version(ask, self.version.as_deref().unwrap_or_default())?;
        Ok((template, version))
    }
}

/// A launch template as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchTemplateShape {
    launch_template_id: String,
    launch_template_name: String,
    create_time: Time,
    created_by: String,
    default_version_number: u64,
    latest_version_number: u64,
    tag_set: Vec<TagShape>,
}

/// An answer that is a launch template.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchTemplateOutput {
    launch_template: LaunchTemplateShape,
}

/// A version as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionShape {
    launch_template_id: String,
    launch_template_name: String,
    version_number: u64,
    version_description: Option<String>,
    create_time: Time,
    created_by: String,
    default_version: bool,
    launch_template_data: LaunchDataShape,
}

impl LaunchTemplateShape {
    /// How `template` is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, template: &LaunchTemplateRow) -> Self {
        Self {
            launch_template_id: template.id.clone(),
            launch_template_name: template.name.clone(),
            create_time: Time(template.created),
            created_by: template.created_by.clone(),
            default_version_number: template.default_version,
            latest_version_number: template.latest_version,
            tag_set: tag::shown(ask, &template.id),
        }
    }
}

impl VersionShape {
    /// How `version` of `template` is shown.
    ///
    /// # Errors
    /// As [`respell`].
    pub fn new(template: &LaunchTemplateRow, version: &VersionRow) -> Result<Self, Fault> {
        Ok(Self {
            launch_template_id: template.id.clone(),
            launch_template_name: template.name.clone(),
            version_number: version.number,
            version_description: version.description.clone(),
            create_time: Time(version.created),
            created_by: version.created_by.clone(),
            default_version: version.number == template.default_version,
            launch_template_data: respell(&version.data)?,
        })
    }
}
