//! `AWS::IAM::Role`

use cloud::Fault;
use cloud::iam::role::create::{CreateRole, GetRole};
use cloud::iam::role::delete::DeleteRole;
use cloud::iam::role::update::{UpdateAssumeRolePolicy, UpdateRole};
use cloud::iam::role::{attach, boundary, inline, tags};
use cloud::tag::Tag;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::iam::{self, InlinePolicy};
use crate::resource::{Physical, Provision, ResourceType};

/// A role with its inline policies, attachments and tags.
#[derive(Debug, Clone, Copy)]
pub struct Role;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    role_name: Option<String>,
    path: Option<String>,
    assume_role_policy_document: Value,
    description: Option<String>,
    max_session_duration: Option<i64>,
    permissions_boundary: Option<String>,
    #[serde(default)]
    policies: Vec<InlinePolicy>,
    #[serde(default)]
    managed_policy_arns: Vec<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl ResourceType for Role {
    const NAME: &'static str = "AWS::IAM::Role";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let name = properties.role_name.clone().unwrap_or_else(|| on.name(iam::MAX_ROLE_NAME));
        let made = on.write::<CreateRole>(json!({
            "RoleName": name,
            "Path": properties.path,
            "AssumeRolePolicyDocument": iam::document(&properties.assume_role_policy_document),
            "Description": properties.description,
            "MaxSessionDuration": properties.max_session_duration,
            "PermissionsBoundary": properties.permissions_boundary,
            "Tags": properties.tags,
        }))?;
        for policy in &properties.policies {
            on.write::<inline::PutRolePolicy>(policy.put("RoleName", &name))?;
        }
        for arn in &properties.managed_policy_arns {
            on.write::<attach::AttachRolePolicy>(json!({"RoleName": name, "PolicyArn": arn}))?;
        }
        Ok(physical(&name, &made["Role"]))
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let name = &physical.id;
        if old.assume_role_policy_document != new.assume_role_policy_document {
            let document = iam::document(&new.assume_role_policy_document);
            let input = json!({"RoleName": name, "PolicyDocument": document});
            on.write::<UpdateAssumeRolePolicy>(input)?;
        }
        if (&old.description, old.max_session_duration)
            != (&new.description, new.max_session_duration)
        {
            // What is left out keeps its value, so what is taken away gets the value that a new role has.
            on.write::<UpdateRole>(json!({
                "RoleName": name,
                "Description": new.description.clone().unwrap_or_default(),
                "MaxSessionDuration": new.max_session_duration.unwrap_or(DEFAULT_SESSION_SECONDS),
            }))?;
        }
        match &new.permissions_boundary {
            boundary if *boundary == old.permissions_boundary => {}
            Some(arn) => {
                let input = json!({"RoleName": name, "PermissionsBoundary": arn});
                on.write::<boundary::PutRolePermissionsBoundary>(input)?;
            }
            None => {
                on.write::<boundary::DeleteRolePermissionsBoundary>(json!({"RoleName": name}))?;
            }
        }
        for (policy, is_gone) in iam::inline_changes(&old.policies, &new.policies) {
            if is_gone {
                on.write::<inline::DeleteRolePolicy>(policy.delete("RoleName", name))?;
            } else {
                on.write::<inline::PutRolePolicy>(policy.put("RoleName", name))?;
            }
        }
        let (added, removed) = iam::difference(&old.managed_policy_arns, &new.managed_policy_arns);
        for arn in added {
            on.write::<attach::AttachRolePolicy>(json!({"RoleName": name, "PolicyArn": arn}))?;
        }
        for arn in removed {
            on.write::<attach::DetachRolePolicy>(json!({"RoleName": name, "PolicyArn": arn}))?;
        }
        let changed = iam::tag_changes(&old.tags, &new.tags);
        if !changed.removed.is_empty() {
            on.write::<tags::UntagRole>(json!({"RoleName": name, "TagKeys": changed.removed}))?;
        }
        if !changed.set.is_empty() {
            on.write::<tags::TagRole>(json!({"RoleName": name, "Tags": changed.set}))?;
        }
        Ok(physical.clone())
    }

    /// What was attached or embedded beside the stack, as by `AWS::IAM::Policy`, goes before the role does, or the
    /// role stays.
    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let name = &physical.id;
        let role = json!({"RoleName": name});
        let found = on.read::<GetRole>(role.clone());
        if matches!(&found, Err(fault) if fault.code == "NoSuchEntity") {
            return Ok(());
        }
        found?;
        let attached = on.read::<attach::ListAttachedRolePolicies>(role.clone())?;
        for policy in iam::items(&attached, "AttachedPolicies") {
            let input = json!({"RoleName": name, "PolicyArn": policy["PolicyArn"]});
            on.write::<attach::DetachRolePolicy>(input)?;
        }
        let embedded = on.read::<inline::ListRolePolicies>(role.clone())?;
        for policy in iam::items(&embedded, "PolicyNames") {
            let input = json!({"RoleName": name, "PolicyName": policy});
            on.write::<inline::DeleteRolePolicy>(input)?;
        }
        on.write::<DeleteRole>(role).map(drop)
    }
}

/// Seconds that sessions of a role last at most, unless it says otherwise.
const DEFAULT_SESSION_SECONDS: i64 = 3600;

fn physical(name: &str, role: &Value) -> Physical {
    let attribute = |key: &str, name: &str| (key.to_owned(), role[name].clone());
    let attributes = [attribute("Arn", "Arn"), attribute("RoleId", "RoleId")].into();
    Physical { id: name.to_owned(), attributes }
}
