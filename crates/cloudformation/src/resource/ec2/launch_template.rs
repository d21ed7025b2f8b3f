//! `AWS::EC2::LaunchTemplate`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::launch_template::create::CreateLaunchTemplate;
use ec2::launch_template::delete::DeleteLaunchTemplate;
use ec2::launch_template::version::CreateLaunchTemplateVersion;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{attributes, text};
use crate::resource::{Attributes, Physical, Provision, ResourceType};

/// Characters of a template's name.
const MAX_NAME: usize = 128;

/// A launch template.
#[derive(Debug)]
pub struct LaunchTemplate;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    launch_template_name: Option<String>,
    launch_template_data: Value,
    version_description: Option<String>,
    tag_specifications: Option<Vec<TagSpecification>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TagSpecification {
    resource_type: Option<String>,
    tags: Option<Vec<Tag>>,
}

impl TagSpecification {
    fn input(&self) -> Value {
        json!({"ResourceType": self.resource_type, "Tag": self.tags})
    }
}

/// Names of members that CloudFormation and EC2 spell differently.
const SPELLINGS: &[(&str, &str)] = &[
    ("BlockDeviceMappings", "BlockDeviceMapping"),
    ("NetworkInterfaces", "NetworkInterface"),
    ("SecurityGroupIds", "SecurityGroupId"),
    ("SecurityGroups", "SecurityGroup"),
    ("TagSpecifications", "TagSpecification"),
    ("LicenseSpecifications", "LicenseSpecification"),
    ("Tags", "Tag"),
    ("Groups", "SecurityGroupId"),
    ("Ipv4Prefixes", "Ipv4Prefix"),
    ("Ipv6Prefixes", "Ipv6Prefix"),
];

/// Template data as EC2 takes it. What it holds is known from the schema, and what EC2 does not model it refuses
/// by name.
fn spelled(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let spelled = members.iter().map(|(name, value)| {
                let other = SPELLINGS.iter().find(|(ours, _)| ours == name);
                (other.map_or(name.as_str(), |(_, theirs)| theirs).to_owned(), spelled(value))
            });
            Value::Object(spelled.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(spelled).collect(),
        other => other.clone(),
    }
}

/// What the answers tell of versions.
fn versions(default: Option<&Value>, latest: Option<&Value>) -> Attributes {
    let text = |number: Option<&Value>| json!(number.map(Value::to_string));
    attributes([("DefaultVersionNumber", text(default)), ("LatestVersionNumber", text(latest))])
}

impl ResourceType for LaunchTemplate {
    const NAME: &'static str = "AWS::EC2::LaunchTemplate";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let name = properties.launch_template_name.clone().unwrap_or_else(|| on.name(MAX_NAME));
        let tags = properties.tag_specifications.as_deref().unwrap_or_default();
        let answer = on.write::<CreateLaunchTemplate>(json!({
            "LaunchTemplateName": name,
            "LaunchTemplateData": spelled(&properties.launch_template_data),
            "VersionDescription": properties.version_description,
            "TagSpecification": tags.iter().map(TagSpecification::input).collect::<Vec<_>>(),
        }))?;
        let template = |name: &str| answer.pointer(&format!("/launchTemplate/{name}"));
        let id = text(&answer, "/launchTemplate/launchTemplateId")?;
        let mut attributes =
            versions(template("defaultVersionNumber"), template("latestVersionNumber"));
        attributes.insert("LaunchTemplateId".to_owned(), json!(id));
        Ok(Physical { id, attributes })
    }

    /// A change makes a new version; which one is the default stays (user guide, `AWS::EC2::LaunchTemplate`).
    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let retagged = old.tag_specifications != new.tag_specifications;
        on.not_modelled("a change of TagSpecifications", retagged)?;
        let answer = on.write::<CreateLaunchTemplateVersion>(json!({
            "LaunchTemplateId": physical.id,
            "LaunchTemplateData": spelled(&new.launch_template_data),
            "VersionDescription": new.version_description,
        }))?;
        let latest = answer.pointer("/launchTemplateVersion/versionNumber");
        let mut physical = physical.clone();
        let latest = json!(latest.map(Value::to_string));
        physical.attributes.insert("LatestVersionNumber".to_owned(), latest);
        Ok(physical)
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteLaunchTemplate>(json!({"LaunchTemplateId": physical.id}));
        on.unless_gone(
            outcome,
            &["InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.NotFoundException"],
        )
    }
}
