//! `AWS::IAM::ManagedPolicy`

use cloud::Fault;
use cloud::iam::policy::{
    CreatePolicy, CreatePolicyVersion, DeletePolicy, DeletePolicyVersion, GetPolicy,
    ListPolicyVersions,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::iam::holder::{self, Groups, Holder, Roles, Users};
use crate::resource::iam::{self, difference, document, is_gone, items};
use crate::resource::{Physical, Provision, ResourceType, part, text};

/// Versions that a policy has at most (user guide, "IAM and STS quotas").
const MAX_VERSIONS: usize = 5;
const ATTRIBUTES: &[&str] = &[
    "AttachmentCount",
    "CreateDate",
    "DefaultVersionId",
    "IsAttachable",
    "PermissionsBoundaryUsageCount",
    "PolicyId",
    "UpdateDate",
];

/// A policy of its own.
#[derive(Debug, Clone, Copy)]
pub struct ManagedPolicy;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    managed_policy_name: Option<String>,
    path: Option<String>,
    description: Option<String>,
    policy_document: Value,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
}

impl ResourceType for ManagedPolicy {
    const NAME: &'static str = "AWS::IAM::ManagedPolicy";
    type Properties = Properties;

    /// `Ref` gives the ARN.
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let own = properties.managed_policy_name.clone();
        let name = own.unwrap_or_else(|| on.name(iam::MAX_LONG_NAME));
        let made = on.write::<CreatePolicy>(json!({
            "PolicyName": name,
            "Path": properties.path,
            "PolicyDocument": document(&properties.policy_document),
            "Description": properties.description,
        }))?;
        let arn = text(&part(&made, "Policy"), "Arn");
        change::<Roles>(on, &arn, &[], &properties.roles)?;
        change::<Users>(on, &arn, &[], &properties.users)?;
        change::<Groups>(on, &arn, &[], &properties.groups)?;
        known(on, &arn)
    }

    /// A changed document is a new default version; the oldest one makes room for it.
    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let arn = &physical.id;
        if old.policy_document != new.policy_document {
            let versions =
                items(&on.read::<ListPolicyVersions>(json!({"PolicyArn": arn}))?, "Versions");
            let others = versions.iter().filter(|it| part(it, "IsDefaultVersion") != true);
            let oldest = others.min_by_key(|version| number(version)).cloned();
            if let Some(oldest) = oldest.filter(|_| versions.len() >= MAX_VERSIONS) {
                let input = json!({"PolicyArn": arn, "VersionId": part(&oldest, "VersionId")});
                on.write::<DeletePolicyVersion>(input)?;
            }
            on.write::<CreatePolicyVersion>(json!({
                "PolicyArn": arn,
                "PolicyDocument": document(&new.policy_document),
                "SetAsDefault": true,
            }))?;
        }
        change::<Roles>(on, arn, &old.roles, &new.roles)?;
        change::<Users>(on, arn, &old.users, &new.users)?;
        change::<Groups>(on, arn, &old.groups, &new.groups)?;
        known(on, arn)
    }

    /// An attachment that was made beside the stack keeps the policy: "Cannot delete a policy attached to
    /// entities." (gchq/sleeper issue 3956).
    fn delete(
        properties: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let (arn, policy) = (&physical.id, json!({"PolicyArn": physical.id}));
        if is_gone(on.read::<GetPolicy>(policy.clone()))? {
            return Ok(());
        }
        change::<Roles>(on, arn, &properties.roles, &[])?;
        change::<Users>(on, arn, &properties.users, &[])?;
        change::<Groups>(on, arn, &properties.groups, &[])?;
        for version in items(&on.read::<ListPolicyVersions>(policy.clone())?, "Versions") {
            if part(&version, "IsDefaultVersion") != true {
                let input = json!({"PolicyArn": arn, "VersionId": part(&version, "VersionId")});
                on.write::<DeletePolicyVersion>(input)?;
            }
        }
        on.write::<DeletePolicy>(policy).map(drop)
    }
}

/// What is known of a policy.
fn known(on: &mut Provision<'_, '_, '_>, arn: &str) -> Result<Physical, Fault> {
    let found = on.read::<GetPolicy>(json!({"PolicyArn": arn}))?;
    let mut physical = iam::physical(arn, &part(&found, "Policy"), ATTRIBUTES);
    physical.attributes.insert("PolicyArn".to_owned(), arn.into());
    Ok(physical)
}

/// The number of a version, such as `v3`.
fn number(version: &Value) -> u64 {
    let id = text(version, "VersionId");
    id.trim_start_matches('v').parse().unwrap_or(u64::MAX)
}

fn change<H: Holder>(
    on: &mut Provision<'_, '_, '_>,
    arn: &str,
    old: &[String],
    new: &[String],
) -> Result<(), Fault> {
    let (added, removed) = difference(old, new);
    removed.into_iter().try_for_each(|name| holder::detach::<H>(on, name, arn))?;
    added.into_iter().try_for_each(|name| holder::attach::<H>(on, name, arn))
}
