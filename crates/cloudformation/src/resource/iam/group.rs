//! `AWS::IAM::Group`

use cloud::Fault;
use cloud::iam::group::{CreateGroup, DeleteGroup, GetGroup, RemoveUserFromGroup, UpdateGroup};
use serde::Deserialize;
use serde_json::json;

use crate::resource::iam::holder::{self, Declared, Groups, InlinePolicy};
use crate::resource::iam::{self, is_gone, items};
use crate::resource::{Physical, Provision, ResourceType, part};

/// A group.
#[derive(Debug, Clone, Copy)]
pub struct Group;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    group_name: Option<String>,
    path: Option<String>,
    #[serde(default)]
    policies: Vec<InlinePolicy>,
    #[serde(default)]
    managed_policy_arns: Vec<String>,
}

impl Properties {
    fn declared(&self) -> Declared<'_> {
        Declared { policies: &self.policies, arns: &self.managed_policy_arns }
    }
}

impl ResourceType for Group {
    const NAME: &'static str = "AWS::IAM::Group";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let name = properties.group_name.clone().unwrap_or_else(|| on.name(iam::MAX_LONG_NAME));
        let input = json!({"GroupName": name, "Path": properties.path});
        let made = on.write::<CreateGroup>(input)?;
        let none = Declared { policies: &[], arns: &[] };
        holder::change::<Groups>(on, &name, none, properties.declared())?;
        Ok(iam::physical(&name, &part(&made, "Group"), &["Arn"]))
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let name = &physical.id;
        if old.path != new.path {
            let path = new.path.as_deref().unwrap_or("/");
            on.write::<UpdateGroup>(json!({"GroupName": name, "NewPath": path}))?;
        }
        holder::change::<Groups>(on, name, old.declared(), new.declared())?;
        let found = on.read::<GetGroup>(json!({"GroupName": name}))?;
        Ok(iam::physical(name, &part(&found, "Group"), &["Arn"]))
    }

    fn delete(
        properties: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let (name, group) = (&physical.id, json!({"GroupName": physical.id}));
        let found = on.read::<GetGroup>(group.clone());
        let members = found.as_ref().map(|found| items(found, "Users")).unwrap_or_default();
        if is_gone(found)? {
            return Ok(());
        }
        holder::strip::<Groups>(on, name, properties.declared())?;
        for user in members {
            let input = json!({"GroupName": name, "UserName": part(&user, "UserName")});
            on.write::<RemoveUserFromGroup>(input)?;
        }
        on.write::<DeleteGroup>(group).map(drop)
    }
}
