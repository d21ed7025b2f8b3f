//! `GetAccountAuthorizationDetails`: everybody and everything that has to do with permissions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::aws_managed;
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attachment::AttachmentRow;
use crate::iam::document::Document;
use crate::iam::group::GroupRow;
use crate::iam::instance_profile::{self, InstanceProfileShape};
use crate::iam::page;
use crate::iam::policy::{PolicyRow, PolicyShape, VersionShape};
use crate::iam::role::{BoundaryShape, RoleLastUsed, RoleRow, boundary_shape, percent_encode};
use crate::iam::user::UserRow;
use crate::operation::{Ask, Operation, Read, Service};
use crate::tag::Tag;

/// What can be asked for.
const FILTERS: Check =
    Check::OneOf(&["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]);

/// `GetAccountAuthorizationDetails`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccountAuthorizationDetails {
    #[serde(default)]
    filter: Vec<String>,
    max_items: Option<i64>,
    marker: Option<String>,
}

/// Its answer.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthorizationDetails {
    user_detail_list: Vec<UserDetail>,
    group_detail_list: Vec<GroupDetail>,
    role_detail_list: Vec<RoleDetail>,
    policies: Vec<PolicyShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserDetail {
    path: String,
    user_name: String,
    user_id: String,
    arn: String,
    create_date: names::Timestamp,
    user_policy_list: Vec<InlinePolicy>,
    group_list: Vec<String>,
    attached_managed_policies: Vec<AttachedPolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<BoundaryShape>,
    tags: Vec<Tag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupDetail {
    path: String,
    group_name: String,
    group_id: String,
    arn: String,
    create_date: names::Timestamp,
    group_policy_list: Vec<InlinePolicy>,
    attached_managed_policies: Vec<AttachedPolicy>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleDetail {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: names::Timestamp,
    assume_role_policy_document: String,
    instance_profile_list: Vec<InstanceProfileShape>,
    role_policy_list: Vec<InlinePolicy>,
    attached_managed_policies: Vec<AttachedPolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<BoundaryShape>,
    tags: Vec<Tag>,
    role_last_used: RoleLastUsed,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct InlinePolicy {
    policy_name: String,
    policy_document: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedPolicy {
    policy_name: String,
    policy_arn: String,
}

/// One entry of the answer, before it is written out: pages are cut over all kinds together.
enum Item<'v> {
    User(&'v UserRow),
    Group(&'v GroupRow),
    Role(&'v RoleRow),
    Local(&'v PolicyRow),
    Aws(&'static aws_managed::ManagedPolicy),
}

impl Operation for GetAccountAuthorizationDetails {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetAccountAuthorizationDetails";
    type Output = AuthorizationDetails;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        for filter in &self.filter {
            constraints.hidden("filter", filter, FILTERS);
        }
        page::check(&mut constraints, self.max_items);
        page::check_marker(&mut constraints, self.marker.as_deref());
        constraints.finish()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:GetAccountAuthorizationDetails", "*")])
    }
}

impl Read for GetAccountAuthorizationDetails {
    fn read(self, ask: &Ask<'_>) -> Result<AuthorizationDetails, Fault> {
        let items = self.items(ask).into_iter();
        let page = page::cut(items, self.marker.as_deref(), self.max_items)?;
        let mut details = AuthorizationDetails {
            is_truncated: page.is_truncated(),
            marker: page.marker,
            ..AuthorizationDetails::default()
        };
        for item in page.items {
            match item {
                Item::User(user) => details.user_detail_list.push(user_detail(ask.view, user)),
                Item::Group(group) => details.group_detail_list.push(group_detail(group)),
                Item::Role(role) => details.role_detail_list.push(role_detail(ask.view, role)),
                Item::Local(policy) => details.policies.push(local_detail(ask.view, policy)),
                Item::Aws(policy) => details.policies.push(aws_detail(ask, policy)),
            }
        }
        Ok(details)
    }
}

impl GetAccountAuthorizationDetails {
    fn wants(&self, kind: &str) -> bool {
        self.filter.is_empty() || self.filter.iter().any(|filter| filter == kind)
    }

    /// All entries in the order of their keys. Of AWS's policies those that are in use.
    fn items<'v>(&self, ask: &Ask<'v>) -> BTreeMap<String, Item<'v>> {
        let account = ask.account();
        let mut items = BTreeMap::new();
        if self.wants("User") {
            add::<UserRow>(ask, "1", Item::User, &mut items);
        }
        if self.wants("Group") {
            add::<GroupRow>(ask, "2", Item::Group, &mut items);
        }
        if self.wants("Role") {
            add::<RoleRow>(ask, "3", Item::Role, &mut items);
        }
        if self.wants("LocalManagedPolicy") {
            add::<PolicyRow>(ask, "4", Item::Local, &mut items);
        }
        if self.wants("AWSManagedPolicy") {
            let used = ask.view.range::<AttachmentRow>(account.as_str(), ..);
            let arns: BTreeSet<&str> = used.map(|row| row.policy_arn.as_str()).collect();
            for policy in arns.into_iter().filter_map(aws_managed::find) {
                items.insert(format!("5{}", policy.name), Item::Aws(policy));
            }
        }
        items
    }
}

fn add<'v, R: Row>(
    ask: &Ask<'v>,
    kind: &str,
    item: impl Fn(&'v R) -> Item<'v>,
    items: &mut BTreeMap<String, Item<'v>>,
) {
    for row in ask.view.range::<R>(ask.account().as_str(), ..) {
        items.insert(format!("{kind}{}", row.key()), item(row));
    }
}

fn user_detail(view: &View, user: &UserRow) -> UserDetail {
    let groups = user.groups.iter();
    let groups = groups.filter_map(|key| view.get::<GroupRow>(user.account.as_str(), key));
    UserDetail {
        path: user.path.clone(),
        user_name: user.name.clone(),
        user_id: user.id.clone(),
        arn: user.arn.clone(),
        create_date: user.created,
        user_policy_list: inline(&user.inline),
        group_list: groups.map(|group| group.name.clone()).collect(),
        attached_managed_policies: attached(&user.attached),
        permissions_boundary: user.boundary.clone().map(boundary_shape),
        tags: user.tags.clone(),
    }
}

fn group_detail(group: &GroupRow) -> GroupDetail {
    GroupDetail {
        path: group.path.clone(),
        group_name: group.name.clone(),
        group_id: group.id.clone(),
        arn: group.arn.clone(),
        create_date: group.created,
        group_policy_list: inline(&group.inline),
        attached_managed_policies: attached(&group.attached),
    }
}

fn role_detail(view: &View, role: &RoleRow) -> RoleDetail {
    let profiles = instance_profile::of_role(view, role.account, &role.name);
    RoleDetail {
        path: role.path.clone(),
        role_name: role.name.clone(),
        role_id: role.id.clone(),
        arn: role.arn.clone(),
        create_date: role.created,
        assume_role_policy_document: percent_encode(&role.trust.shown(view)),
        instance_profile_list: profiles
            .map(|profile| InstanceProfileShape::brief(view, profile))
            .collect(),
        role_policy_list: inline(&role.inline),
        attached_managed_policies: attached(&role.attached),
        permissions_boundary: role.boundary.clone().map(boundary_shape),
        tags: role.tags.clone(),
        role_last_used: RoleLastUsed::of(view, role),
    }
}

fn local_detail(view: &View, policy: &PolicyRow) -> PolicyShape {
    let versions = policy.versions.iter().rev();
    PolicyShape {
        description: policy.description.clone(),
        policy_version_list: Some(
            versions.map(|version| VersionShape::full(policy, version)).collect(),
        ),
        ..PolicyShape::brief(view, policy)
    }
}

fn aws_detail(ask: &Ask<'_>, policy: &'static aws_managed::ManagedPolicy) -> PolicyShape {
    PolicyShape {
        policy_version_list: Some(vec![VersionShape::of_aws(policy)]),
        ..PolicyShape::of_aws(ask.view, ask.account(), policy)
    }
}

fn inline(policies: &BTreeMap<String, Document>) -> Vec<InlinePolicy> {
    let shape = |(name, document): (&String, &Document)| InlinePolicy {
        policy_name: name.clone(),
        policy_document: percent_encode(document.text()),
    };
    policies.iter().map(shape).collect()
}

fn attached(arns: &[String]) -> Vec<AttachedPolicy> {
    let shape = |arn: &String| AttachedPolicy {
        policy_name: arn.rsplit('/').next().unwrap_or(arn).to_owned(),
        policy_arn: arn.clone(),
    };
    arns.iter().map(shape).collect()
}
