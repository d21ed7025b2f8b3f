//! `AWS::IAM::Role`

use cloud::Fault;
use cloud::iam::role::create::{CreateRole, GetRole};
use cloud::iam::role::delete::DeleteRole;
use cloud::iam::role::update::{UpdateAssumeRolePolicy, UpdateRole};
use cloud::iam::role::{boundary, tags};
use cloud::tag::Tag;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::iam::holder::{self, Declared, InlinePolicy, Roles};
use crate::resource::iam::{self, document, is_gone};
use crate::resource::{Physical, Provision, ResourceType, part};

/// Seconds that sessions of a role last at most, unless it says otherwise.
const DEFAULT_SESSION_SECONDS: i64 = 3600;

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

impl Properties {
    fn declared(&self) -> Declared<'_> {
        Declared { policies: &self.policies, arns: &self.managed_policy_arns }
    }
}

impl ResourceType for Role {
    const NAME: &'static str = "AWS::IAM::Role";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let name = properties.role_name.clone().unwrap_or_else(|| on.name(iam::MAX_NAME));
        let made = on.write::<CreateRole>(json!({
            "RoleName": name,
            "Path": properties.path,
            "AssumeRolePolicyDocument": document(&properties.assume_role_policy_document),
            "Description": properties.description,
            "MaxSessionDuration": properties.max_session_duration,
            "PermissionsBoundary": properties.permissions_boundary,
            "Tags": properties.tags,
        }))?;
        let none = Declared { policies: &[], arns: &[] };
        holder::change::<Roles>(on, &name, none, properties.declared())?;
        Ok(iam::physical(&name, &part(&made, "Role"), &["Arn", "RoleId"]))
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let name = &physical.id;
        if old.assume_role_policy_document != new.assume_role_policy_document {
            let document = document(&new.assume_role_policy_document);
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
        holder::change::<Roles>(on, name, old.declared(), new.declared())?;
        let changed = iam::tag_changes(&old.tags, &new.tags);
        if !changed.removed.is_empty() {
            on.write::<tags::UntagRole>(json!({"RoleName": name, "TagKeys": changed.removed}))?;
        }
        if !changed.set.is_empty() {
            on.write::<tags::TagRole>(json!({"RoleName": name, "Tags": changed.set}))?;
        }
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let role = json!({"RoleName": physical.id});
        if is_gone(on.read::<GetRole>(role.clone()))? {
            return Ok(());
        }
        holder::strip::<Roles>(on, &physical.id, properties.declared())?;
        on.write::<DeleteRole>(role).map(drop)
    }
}
