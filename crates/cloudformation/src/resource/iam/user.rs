//! `AWS::IAM::User`

use cloud::Fault;
use cloud::iam::group::{AddUserToGroup, ListGroupsForUser, RemoveUserFromGroup};
use cloud::iam::login_profile::{CreateLoginProfile, DeleteLoginProfile, UpdateLoginProfile};
use cloud::iam::user::{
    CreateUser, DeleteUser, DeleteUserPermissionsBoundary, GetUser, PutUserPermissionsBoundary,
    TagUser, UntagUser, UpdateUser,
};
use cloud::tag::Tag;
use serde::Deserialize;
use serde_json::json;

use crate::resource::iam::holder::{self, Declared, InlinePolicy, Users};
use crate::resource::iam::{self, difference, is_gone, items};
use crate::resource::{Physical, Provision, ResourceType, part};

/// A user.
#[derive(Debug, Clone, Copy)]
pub struct User;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    user_name: Option<String>,
    path: Option<String>,
    permissions_boundary: Option<String>,
    login_profile: Option<LoginProfile>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    policies: Vec<InlinePolicy>,
    #[serde(default)]
    managed_policy_arns: Vec<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// A password.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoginProfile {
    password: String,
    password_reset_required: Option<bool>,
}

impl std::fmt::Debug for LoginProfile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LoginProfile").finish_non_exhaustive()
    }
}

impl Properties {
    fn declared(&self) -> Declared<'_> {
        Declared { policies: &self.policies, arns: &self.managed_policy_arns }
    }
}

impl ResourceType for User {
    const NAME: &'static str = "AWS::IAM::User";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let name = properties.user_name.clone().unwrap_or_else(|| on.name(iam::MAX_NAME));
        let made = on.write::<CreateUser>(json!({
            "UserName": name,
            "Path": properties.path,
            "PermissionsBoundary": properties.permissions_boundary,
            "Tags": properties.tags,
        }))?;
        let none = Declared { policies: &[], arns: &[] };
        holder::change::<Users>(on, &name, none, properties.declared())?;
        change_groups(on, &name, &[], &properties.groups)?;
        if let Some(profile) = &properties.login_profile {
            on.write::<CreateLoginProfile>(json!({
                "UserName": name,
                "Password": profile.password,
                "PasswordResetRequired": profile.password_reset_required,
            }))?;
        }
        Ok(iam::physical(&name, &part(&made, "User"), &["Arn"]))
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let name = &physical.id;
        let user = json!({"UserName": name});
        if old.path != new.path {
            let path = new.path.as_deref().unwrap_or("/");
            on.write::<UpdateUser>(json!({"UserName": name, "NewPath": path}))?;
        }
        match &new.permissions_boundary {
            boundary if *boundary == old.permissions_boundary => {}
            Some(arn) => {
                let input = json!({"UserName": name, "PermissionsBoundary": arn});
                on.write::<PutUserPermissionsBoundary>(input)?;
            }
            None => drop(on.write::<DeleteUserPermissionsBoundary>(user.clone())?),
        }
        match (&old.login_profile, &new.login_profile) {
            (old, new) if old == new => {}
            (None, Some(profile)) => drop(on.write::<CreateLoginProfile>(json!({
                "UserName": name,
                "Password": profile.password,
                "PasswordResetRequired": profile.password_reset_required,
            }))?),
            (Some(_), Some(profile)) => drop(on.write::<UpdateLoginProfile>(json!({
                "UserName": name,
                "Password": profile.password,
                "PasswordResetRequired": profile.password_reset_required,
            }))?),
            (_, None) => drop(on.write::<DeleteLoginProfile>(user.clone())?),
        }
        holder::change::<Users>(on, name, old.declared(), new.declared())?;
        change_groups(on, name, &old.groups, &new.groups)?;
        let changed = iam::tag_changes(&old.tags, &new.tags);
        if !changed.removed.is_empty() {
            on.write::<UntagUser>(json!({"UserName": name, "TagKeys": changed.removed}))?;
        }
        if !changed.set.is_empty() {
            on.write::<TagUser>(json!({"UserName": name, "Tags": changed.set}))?;
        }
        let found = on.read::<GetUser>(user)?;
        Ok(iam::physical(name, &part(&found, "User"), &["Arn"]))
    }

    fn delete(
        properties: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let name = &physical.id;
        let user = json!({"UserName": name});
        if is_gone(on.read::<GetUser>(user.clone()))? {
            return Ok(());
        }
        holder::strip::<Users>(on, name, properties.declared())?;
        for group in items(&on.read::<ListGroupsForUser>(user.clone())?, "Groups") {
            let input = json!({"UserName": name, "GroupName": part(&group, "GroupName")});
            on.write::<RemoveUserFromGroup>(input)?;
        }
        if properties.login_profile.is_some() {
            let outcome = on.write::<DeleteLoginProfile>(user.clone());
            on.unless_gone(outcome, &["NoSuchEntity"])?;
        }
        on.write::<DeleteUser>(user).map(drop)
    }
}

fn change_groups(
    on: &mut Provision<'_, '_, '_>,
    user: &str,
    old: &[String],
    new: &[String],
) -> Result<(), Fault> {
    let (added, removed) = difference(old, new);
    for group in removed {
        let outcome =
            on.write::<RemoveUserFromGroup>(json!({"UserName": user, "GroupName": group}));
        on.unless_gone(outcome, &["NoSuchEntity"])?;
    }
    for group in added {
        on.write::<AddUserToGroup>(json!({"UserName": user, "GroupName": group}))?;
    }
    Ok(())
}
