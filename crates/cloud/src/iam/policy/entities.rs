//! `ListEntitiesForPolicy`

use serde::{Deserialize, Serialize};

use crate::aws_managed;
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attachment::{self, AttachmentRow, Holder, Usage};
use crate::iam::policy::{self, USAGES};
use crate::iam::{group, name, page, role, user};
use crate::operation::{Ask, Operation, Read, Service};

const ENTITIES: Check =
    Check::OneOf(&["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]);

/// `ListEntitiesForPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListEntitiesForPolicy {
    policy_arn: String,
    entity_filter: Option<String>,
    path_prefix: Option<String>,
    policy_usage_filter: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// Its answer.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EntitiesOutput {
    policy_groups: Vec<PolicyGroup>,
    policy_users: Vec<PolicyUser>,
    policy_roles: Vec<PolicyRole>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// A group that has the policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyGroup {
    group_name: String,
    group_id: String,
}

/// A user that has the policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyUser {
    user_name: String,
    user_id: String,
}

/// A role that has the policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyRole {
    role_name: String,
    role_id: String,
}

/// What is shown of a holder.
struct Entity {
    holder: Holder,
    name: String,
    id: String,
    path: String,
}

impl Operation for ListEntitiesForPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListEntitiesForPolicy";
    type Output = EntitiesOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        constraints.optional_hidden("entityFilter", self.entity_filter.as_deref(), &[ENTITIES]);
        let path = [name::PATH, Check::MaxLength(name::MAX_PATH), Check::MinLength(1)];
        constraints.optional_hidden("pathPrefix", self.path_prefix.as_deref(), &path);
        let usage = self.policy_usage_filter.as_deref();
        constraints.optional_hidden("policyUsageFilter", usage, &USAGES);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        policy::check_arn(constraints, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:ListEntitiesForPolicy", &self.policy_arn)])
    }
}

impl Read for ListEntitiesForPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<EntitiesOutput, Fault> {
        if aws_managed::find(&self.policy_arn).is_none() {
            policy::find(ask.view, &self.policy_arn)?;
        }
        let prefix = self.path_prefix.as_deref().unwrap_or(name::DEFAULT_PATH);
        let rows = attachment::of(ask.view, ask.account(), &self.policy_arn);
        let entities = rows
            .filter(|row| self.wants(row))
            .filter_map(|row| entity(ask, row))
            .filter(|entity| entity.path.starts_with(prefix));
        let keyed = entities
            .map(|entity| (format!("{:?}|{}", entity.holder, name::key(&entity.name)), entity));
        let mut keyed: Vec<(String, Entity)> = keyed.collect();
        // An entity can have a policy in both ways; it is shown once.
        keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
        keyed.dedup_by(|(one, _), (other, _)| one == other);
        let page = page::cut(keyed.into_iter(), self.marker.as_deref(), self.max_items)?;
        let mut output = EntitiesOutput {
            is_truncated: page.is_truncated(),
            marker: page.marker,
            ..EntitiesOutput::default()
        };
        page.items.into_iter().for_each(|entity| output.add(entity));
        Ok(output)
    }
}

impl ListEntitiesForPolicy {
    fn wants(&self, row: &AttachmentRow) -> bool {
        let holder = match row.holder {
            Holder::User => "User",
            Holder::Group => "Group",
            Holder::Role => "Role",
        };
        let usage = match row.usage {
            Usage::Policy => "PermissionsPolicy",
            Usage::Boundary => "PermissionsBoundary",
        };
        self.entity_filter.as_deref().is_none_or(|filter| filter == holder)
            && self.policy_usage_filter.as_deref().is_none_or(|filter| filter == usage)
    }
}

impl EntitiesOutput {
    fn add(&mut self, Entity { holder, name, id, .. }: Entity) {
        match holder {
            Holder::User => self.policy_users.push(PolicyUser { user_name: name, user_id: id }),
            Holder::Group => {
                self.policy_groups.push(PolicyGroup { group_name: name, group_id: id });
            }
            Holder::Role => self.policy_roles.push(PolicyRole { role_name: name, role_id: id }),
        }
    }
}

fn entity(ask: &Ask<'_>, row: &AttachmentRow) -> Option<Entity> {
    let of = |name: &String, id: &String, path: &String| Entity {
        holder: row.holder,
        name: name.clone(),
        id: id.clone(),
        path: path.clone(),
    };
    let (view, account) = (ask.view, row.account);
    Some(match row.holder {
        Holder::User => {
            let user = user::find(view, account, &row.name).ok()?;
            of(&user.name, &user.id, &user.path)
        }
        Holder::Group => {
            let group = group::find(view, account, &row.name).ok()?;
            of(&group.name, &group.id, &group.path)
        }
        Holder::Role => {
            let role = role::find(view, account, &row.name).ok()?;
            of(&role.name, &role.id, &role.path)
        }
    })
}
