//! `CreateLaunchTemplateVersion`, `DescribeLaunchTemplateVersions` and `DeleteLaunchTemplateVersions`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::{Deserialize, Serialize};

use crate::client_token;
use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::kind::Kind;
use crate::launch::LaunchData;
use crate::launch::template::overlay;
use crate::launch_template::create::{check_data, check_description};
use crate::launch_template::{
    self, LaunchTemplateRow, MAX_VERSIONS, VersionRow, VersionShape, version_key,
};
use crate::page;
use crate::regional;
use crate::unmodelled::Unmodelled;

/// Versions in one answer (API reference: `MaxResults` is 1 to 200).
const MAX_SHOWN: i32 = 200;
/// Versions that one request deletes (API reference).
const MAX_DELETED: usize = 200;

/// `CreateLaunchTemplateVersion`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLaunchTemplateVersion {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// Makes a second request with the same token answer as the first.
    pub client_token: Option<String>,
    /// The template, by its id.
    pub launch_template_id: Option<String>,
    /// The template, by its name.
    pub launch_template_name: Option<String>,
    /// The version that this one begins with.
    pub source_version: Option<String>,
    /// What it is said to be.
    pub version_description: Option<String>,
    /// What it holds, on top of the source.
    pub launch_template_data: LaunchData,
    /// Whether the answer has images in the place of the parameters that name them; that is refused.
    pub resolve_alias: Option<bool>,
}

fn check_alias(operation: &'static str, resolve: Option<bool>) -> Result<(), Fault> {
    Unmodelled::new(operation).flag("ResolveAlias", resolve == Some(true)).finish()
}

/// An answer that is a version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionOutput {
    launch_template_version: VersionShape,
}

impl Operation for CreateLaunchTemplateVersion {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateLaunchTemplateVersion";
    type Output = VersionOutput;

    fn check(&self) -> Result<(), Fault> {
        check_alias(Self::NAME, self.resolve_alias)?;
        client_token::check(self.client_token.as_deref())?;
        check_description(self.version_description.as_deref())?;
        if self.source_version.is_some() && self.launch_template_data == LaunchData::default() {
            return Ok(());
        }
        check_data(&self.launch_template_data, Self::NAME)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let template = self.template(ask)?;
        let action = "ec2:CreateLaunchTemplateVersion";
        Ok(vec![demand::on(ask, action, Kind::LaunchTemplate, &template.id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for CreateLaunchTemplateVersion {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<VersionOutput, Fault> {
        let token = self.client_token.as_deref();
        let number = client_token::once(act, Self::NAME, token, self, |act| self.make(act))?;
        let ask = act.ask();
        let template = self.template(&ask)?;
        let version = template.version(&ask, &number)?;
        let launch_template_version = VersionShape::new(&template, version)?;
        Ok(VersionOutput { launch_template_version })
    }
}

impl CreateLaunchTemplateVersion {
    fn template(&self, ask: &Ask<'_>) -> Result<Arc<LaunchTemplateRow>, Fault> {
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        launch_template::find(ask, id, name)
    }

    /// The number of the new version.
    fn make(&self, act: &mut Act<'_, '_>) -> Result<String, Fault> {
        let ask = act.ask();
        let template = self.template(&ask)?;
        let data = match &self.source_version {
            Some(source) => {
                let source = template.version(&ask, source)?;
                overlay(source.data.clone(), self.launch_template_data.clone())
            }
            None => self.launch_template_data.clone(),
        };
        if template.latest_version >= MAX_VERSIONS {
            // unverified: the text.
            let text = "You have reached the maximum number of versions of the launch template.";
            return Err(Fault::new("LaunchTemplateVersionLimitExceeded", text));
        }
        let mut template = LaunchTemplateRow::clone(&template);
        template.latest_version += 1;
        let version = VersionRow {
            account: template.account,
            region: template.region.clone(),
            template_id: template.id.clone(),
            number: template.latest_version,
            description: self.version_description.clone(),
            created: act.now,
            created_by: act.caller.arn(),
            data,
        };
        let number = version.number.to_string();
        regional::put(act, version)?;
        regional::put(act, template)?;
        Ok(number)
    }
}

/// `DescribeLaunchTemplateVersions`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeLaunchTemplateVersions {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// Of this template, by its id.
    pub launch_template_id: Option<String>,
    /// Of this template, by its name.
    pub launch_template_name: Option<String>,
    /// These versions; without a template `$Latest` or `$Default` of all.
    #[serde(default)]
    pub launch_template_version: Vec<String>,
    /// From this number on.
    pub min_version: Option<String>,
    /// Up to this number.
    pub max_version: Option<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
    /// Whether the answer has images in the place of the parameters that name them; that is refused.
    pub resolve_alias: Option<bool>,
    /// Those of services, too; there are none.
    pub include_managed_resources: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionsOutput {
    launch_template_version_set: Vec<VersionShape>,
    next_token: Option<String>,
}

/// A version with its template.
type Found = (std::sync::Arc<LaunchTemplateRow>, std::sync::Arc<VersionRow>);

const FIELDS: &[Field<Found>] = &[
    ("create-time", |_, (_, version)| vec![version.created.to_string()]),
    ("ebs-optimized", |_, (_, version)| text(version.data.ebs_optimized)),
    ("iam-instance-profile", |_, (_, version)| {
        let profile = version.data.iam_instance_profile.as_ref();
        profile.and_then(|profile| profile.arn.clone()).into_iter().collect()
    }),
    ("image-id", |_, (_, version)| version.data.image_id.iter().cloned().collect()),
    ("instance-type", |_, (_, version)| version.data.instance_type.iter().cloned().collect()),
    ("is-default-version", |_, (template, version)| {
        vec![(template.default_version == version.number).to_string()]
    }),
];

fn text(value: Option<bool>) -> Vec<String> {
    value.iter().map(bool::to_string).collect()
}

impl Operation for DescribeLaunchTemplateVersions {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeLaunchTemplateVersions";
    type Output = VersionsOutput;

    fn check(&self) -> Result<(), Fault> {
        check_alias(Self::NAME, self.resolve_alias)?;
        page::check_max_results(self.max_results, 1)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeLaunchTemplateVersions")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeLaunchTemplateVersions {
    fn read(self, ask: &Ask<'_>) -> Result<VersionsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let key = |(template, version): &Found| {
            version_key(&template.region, &template.id, version.number)
        };
        let mut found = self.found(ask)?;
        found.retain(|one| filters.match_all(ask, one, ""));
        found.sort_by_key(key);
        found.retain(|one| after.as_ref().is_none_or(|after| key(one) > *after));
        let most = self.max_results.unwrap_or(MAX_SHOWN).min(MAX_SHOWN);
        let page = page::cut(found, Some(most), key);
        let shapes =
            page.items.iter().map(|(template, version)| VersionShape::new(template, version));
        Ok(VersionsOutput {
            launch_template_version_set: shapes.collect::<Result<_, _>>()?,
            next_token: page.next_token,
        })
    }
}

impl DescribeLaunchTemplateVersions {
    fn found(&self, ask: &Ask<'_>) -> Result<Vec<Found>, Fault> {
        let names = &self.launch_template_version;
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        if id.is_none() && name.is_none() {
            return of_all(ask, names);
        }
        let template = launch_template::find(ask, id, name)?;
        if !names.is_empty() {
            let version = |name: &String| template.version(ask, name).map(std::sync::Arc::clone);
            let versions = names.iter().map(version).collect::<Result<Vec<_>, _>>()?;
            return Ok(versions.into_iter().map(|version| (template.clone(), version)).collect());
        }
        let bound = |text: &Option<String>, or: u64| {
            text.as_ref().and_then(|text| text.parse().ok()).unwrap_or(or)
        };
        let range = bound(&self.min_version, 0)..=bound(&self.max_version, u64::MAX);
        let versions = template.versions(ask).filter(|version| range.contains(&version.number));
        Ok(versions.map(|version| (template.clone(), version.clone())).collect())
    }
}

/// The newest or the default versions of all templates.
fn of_all(ask: &Ask<'_>, names: &[String]) -> Result<Vec<Found>, Fault> {
    if names.is_empty() || names.iter().any(|name| !matches!(name.as_str(), "$Latest" | "$Default"))
    {
        // unverified: the text.
        let text = "Either 'launchTemplateId' or 'launchTemplateName' must be provided, or versions must be \
                    '$Latest' or '$Default'";
        return Err(Fault::new("MissingParameter", text));
    }
    let mut found = Vec::new();
    for template in regional::all::<LaunchTemplateRow>(ask) {
        let mut numbers: Vec<u64> =
            names.iter().filter_map(|name| template.number_of(name)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            let version = template.version(ask, &number.to_string())?.clone();
            found.push((template.clone(), version));
        }
    }
    Ok(found)
}

/// `DeleteLaunchTemplateVersions`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLaunchTemplateVersions {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// The template, by its id.
    pub launch_template_id: Option<String>,
    /// The template, by its name.
    pub launch_template_name: Option<String>,
    /// The versions.
    pub launch_template_version: Vec<String>,
}

/// Its answer.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedVersionsOutput {
    successfully_deleted_launch_template_version_set: Vec<DeletedVersion>,
    unsuccessfully_deleted_launch_template_version_set: Vec<DeletedVersion>,
}

/// A version that was deleted, or that was not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedVersion {
    launch_template_id: String,
    launch_template_name: String,
    version_number: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_error: Option<ResponseError>,
}

/// Why a version was not deleted.
#[derive(Debug, Serialize)]
pub struct ResponseError {
    code: &'static str,
    message: String,
}

impl Operation for DeleteLaunchTemplateVersions {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteLaunchTemplateVersions";
    type Output = DeletedVersionsOutput;

    fn check(&self) -> Result<(), Fault> {
        if self.launch_template_version.len() <= MAX_DELETED {
            return Ok(());
        }
        // unverified: the text.
        let text = format!("You can delete up to {MAX_DELETED} versions in a single request");
        Err(Fault::new("InvalidParameterValue", text))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        let template = launch_template::find(ask, id, name)?;
        let action = "ec2:DeleteLaunchTemplateVersions";
        Ok(vec![demand::on(ask, action, Kind::LaunchTemplate, &template.id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for DeleteLaunchTemplateVersions {
    /// The default version stays: "you must first assign a different version as the default" (API
    /// reference); code and text of that refusal are unverified.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeletedVersionsOutput, Fault> {
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        let template = launch_template::find(&act.ask(), id, name)?;
        let mut output = DeletedVersionsOutput::default();
        for name in &self.launch_template_version {
            let number = template.number_of(name).unwrap_or_default();
            let error = match template.version(&act.ask(), name) {
                Err(fault) => Some(ResponseError {
                    code: "launchTemplateVersionDoesNotExist",
                    message: fault.message,
                }),
                Ok(_) if number == template.default_version => {
                    let message =
                        "Cannot delete the default version of a launch template.".to_owned();
                    Some(ResponseError { code: "unexpectedError", message })
                }
                Ok(_) => None,
            };
            let set = if error.is_none() {
                let key = version_key(&template.region, &template.id, number);
                act.tx.delete::<VersionRow>(template.account.as_str(), &key)?;
                &mut output.successfully_deleted_launch_template_version_set
            } else {
                &mut output.unsuccessfully_deleted_launch_template_version_set
            };
            set.push(DeletedVersion {
                launch_template_id: template.id.clone(),
                launch_template_name: template.name.clone(),
                version_number: number,
                response_error: error,
            });
        }
        settle_latest(act, &template)?;
        Ok(output)
    }
}

/// `$Latest` is the newest version that is left; numbers are not given twice (unverified).
fn settle_latest(act: &mut Act<'_, '_>, template: &LaunchTemplateRow) -> Result<(), Fault> {
    let left = template.versions(&act.ask()).map(|version| version.number).max();
    if left == Some(template.latest_version) {
        return Ok(());
    }
    let mut template = template.clone();
    template.latest_version = left.unwrap_or(template.default_version);
    regional::put(act, template)
}
