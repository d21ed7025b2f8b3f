//! What EC2's operations demand of IAM.
//!
//! Everything that is known of a resource is offered as condition keys, and those that the service
//! authorization reference lists for the action on that kind of resource are supplied: so no operation can
//! supply a key that AWS does not, or forget one that it does.

use cloud::tag::Tag;
use cloud::{Ask, Demand};
use iam::Values;
use iam::catalog::{self, ConditionKey};

use crate::kind::Kind;
use crate::lookup;
use crate::tag;

/// One condition key with its value.
pub type Key = (&'static str, String);

/// `action`, which is asked on no resource.
#[must_use]
pub fn on_all(ask: &Ask<'_>, action: &'static str) -> Demand {
    supply(ask, action, None, Demand::new(action, "*"), Vec::new(), &[], None)
}

/// `action` on a resource that is there; on one that is not, without what would be known of it.
#[must_use]
pub fn on(ask: &Ask<'_>, action: &'static str, kind: Kind, id: &str) -> Demand {
    on_with(ask, action, kind, id, Vec::new(), &[])
}

/// As [`on`], with more keys and with the tags that the request sets.
#[must_use]
pub fn on_with(
    ask: &Ask<'_>,
    action: &'static str,
    kind: Kind,
    id: &str,
    more: Vec<Key>,
    request_tags: &[Tag],
) -> Demand {
    let demand = Demand::new(action, kind.arn(ask.region, ask.account(), id));
    let mut keys = lookup::keys(ask, kind, id).unwrap_or_default();
    keys.extend(more);
    supply(ask, action, Some(kind), demand, keys, request_tags, Some(id))
}

/// `action` on a resource that it makes.
#[must_use]
pub fn on_new(
    ask: &Ask<'_>,
    action: &'static str,
    kind: Kind,
    keys: Vec<Key>,
    request_tags: &[Tag],
) -> Demand {
    let demand = Demand::new(action, kind.arn(ask.region, ask.account(), "*"));
    supply(ask, action, Some(kind), demand, keys, request_tags, None)
}

/// `ec2:CreateTags` on a resource that `create_action` makes with tags; nothing without tags.
#[must_use]
pub fn tags_of_new(
    ask: &Ask<'_>,
    kind: Kind,
    create_action: &'static str,
    tags: &[Tag],
) -> Option<Demand> {
    let keys = vec![("ec2:CreateAction", create_action.to_owned())];
    (!tags.is_empty()).then(|| on_new(ask, "ec2:CreateTags", kind, keys, tags))
}

/// The two demands of an operation that makes one resource.
#[must_use]
pub fn create(
    ask: &Ask<'_>,
    action: &'static str,
    kind: Kind,
    keys: Vec<Key>,
    tags: &[Tag],
) -> Vec<Demand> {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    let mut demands = vec![on_new(ask, action, kind, keys, tags)];
    demands.extend(tags_of_new(ask, kind, name, tags));
    demands
}

/// `demand` with everything that is known and that the action supplies.
fn supply(
    ask: &Ask<'_>,
    action: &'static str,
    kind: Option<Kind>,
    mut demand: Demand,
    keys: Vec<Key>,
    request_tags: &[Tag],
    id: Option<&str>,
) -> Demand {
    let listed = listed_keys(action, kind);
    let supplied = |name: &str| listed.iter().any(|key| key.matches(name));
    let mut set = |name: String, values: Values| {
        if supplied(&name) {
            demand.context.push((name, values));
        }
    };
    set("ec2:Region".to_owned(), Values::one(ask.region));
    for (name, value) in keys {
        set(name.to_owned(), Values::one(value));
    }
    for Tag { key, value } in id.map(|id| tag::of(ask, id)).unwrap_or_default() {
        set(format!("aws:ResourceTag/{key}"), Values::one(value.as_str()));
        set(format!("ec2:ResourceTag/{key}"), Values::one(value.as_str()));
    }
    for Tag { key, value } in request_tags {
        set(format!("aws:RequestTag/{key}"), Values::one(value.as_str()));
    }
    if !request_tags.is_empty() {
        let keys: Vec<&str> = request_tags.iter().map(|tag| tag.key.as_str()).collect();
        set("aws:TagKeys".to_owned(), Values::many(keys));
    }
    demand
}

fn listed_keys(action: &str, kind: Option<Kind>) -> Vec<&'static ConditionKey> {
    let Some(action) = catalog::action(action) else { return Vec::new() };
    let of_kind = kind.and_then(|kind| action.resource(kind.name()));
    let of_kind = of_kind.map(|used| used.keys()).unwrap_or_default();
    action.condition_keys.iter().chain(of_kind).copied().collect()
}
