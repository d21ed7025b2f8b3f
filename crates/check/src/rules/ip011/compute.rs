//! Roles that instances and clusters read buckets of the code with.

use std::collections::HashSet;

use super::RULE;
use super::bucket::Bucket;
use crate::answer::{Answer, Question};
use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::usage::{By, Usage};
use crate::world::World;

/// How often the engine is asked about a role and a bucket that the role's policies do not name: both by the thousand would
/// take minutes.
const MAX_WIDE: usize = 2_000;

/// Every role that something starts with, and every bucket whose objects it may read.
pub(super) fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    let buckets = Bucket::all(world);
    if buckets.is_empty() {
        return;
    }
    let (mut seen, mut wide) = (HashSet::new(), MAX_WIDE);
    for usage in &world.usages {
        if !matches!(usage.by, By::Ec2 | By::Compute | By::Registration) {
            continue;
        }
        let role = world.profile_of(&usage.node).and_then(|profile| world.role_in(profile));
        let Some(role) = role.filter(|role| role.is_of_code()) else { continue };
        if !seen.insert(&*role.resource.address) {
            continue;
        }
        let text: String = role.policies.iter().map(|policy| world.written(policy).text).collect();
        for bucket in &buckets {
            match reach(&text, &bucket.name) {
                Reach::None => continue,
                Reach::Any if wide == 0 => continue,
                Reach::Any => wide -= 1,
                Reach::Named => {}
            }
            of_bucket(world, usage, role, bucket, found);
        }
    }
}

fn of_bucket(
    world: &World<'_>,
    usage: &Usage<'_>,
    role: &Role<'_>,
    bucket: &Bucket<'_>,
    found: &mut Vec<Finding>,
) {
    let arn = bucket.arn(world);
    let read = Question::new(role, "s3:GetObject", format!("{arn}/probe"));
    if world.ask(&read) != Answer::Allowed {
        return;
    }
    let (at, role_at) = (&bucket.resource.address, &role.resource.address);
    let place = role.policies.first().map_or(role.resource.place, |policy| policy.place);
    let user = match usage.by {
        By::Registration => format!("`{}` registers its profile", usage.resource.address),
        _ => format!("`{}` starts with it", usage.resource.address),
    };
    let told = |message: String| {
        let finding = Finding::new(&RULE, Severity::Warning, place, message);
        finding.step(user.clone(), usage.resource.place)
    };
    // Where it is given for objects, the statement itself is what is wrong.
    let refused = |resource: String| {
        world.ask(&Question::new(role, "s3:ListBucket", resource)) == Answer::Refused
    };
    let of_databricks = usage.by != By::Ec2;
    if of_databricks && refused(arn.clone()) && refused(format!("{arn}/x")) {
        let message = format!("`{role_at}` may read the objects of `{at}`, and not list them");
        found.push(
            told(message)
                .because("Spark lists a folder before it reads from it")
                .step(format!("`{at}` is the bucket"), bucket.resource.place)
                .write(
                    "allow it on the bucket itself",
                    format!(
                        "{{ Effect = \"Allow\", Action = \"s3:ListBucket\", Resource = \"{arn}\" }}"
                    ),
                ),
        );
    }
    if let Some(key) = bucket.key(world)
        && let Some(action) = key.refuses(world, role, &["kms:Decrypt"])
    {
        let message = format!(
            "`{role_at}` may read the objects of `{at}`, which `{}` encrypts, and may not call {action} on that key",
            key.resource.address
        );
        found.push(key.told(world, role, told(message)));
    }
    if let Some(barred) = bucket.barred(world, role, false) {
        found.push(barred.step(user, usage.resource.place));
    }
}

/// How much of the buckets a role's policies may be about.
enum Reach {
    /// A bucket that is named.
    Named,
    /// Any bucket, by a wildcard.
    Any,
    None,
}

/// By the text of the role's policies, before the engine is asked.
fn reach(text: &str, bucket: &str) -> Reach {
    if text.contains(bucket) {
        Reach::Named
    } else if [":::*", "\"*\""].iter().any(|part| text.contains(part)) {
        Reach::Any
    } else {
        Reach::None
    }
}
