//! External locations, and what their validation asks of S3 and KMS.

use source::Resource;
use template::Node;

use super::RULE;
use super::bucket::Bucket;
use crate::answer::{Answer, Question};
use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::world::World;

/// What the validation of a location asks of S3.
pub(super) fn check(world: &World<'_>, location: &Resource, found: &mut Vec<Finding>) {
    let Some(url) = location.get("url") else { return };
    let Some(text) = url.as_text() else { return };
    let filled = world.filled(&text);
    let Some(path) = filled.strip_prefix("s3://").or_else(|| filled.strip_prefix("s3a://")) else {
        return;
    };
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    if bucket.contains('.') && world.is_resolved(&text) {
        found.push(dotted(bucket, url));
    }
    let Some(role) = world.role_of_location(location).filter(|role| role.is_of_code()) else {
        return;
    };
    if !world.is_resolved(&text) || world.is_set(location, "skip_validation") {
        return;
    }
    let bucket_arn = format!("arn:{}:s3:::{bucket}", world.partition);
    let prefix = prefix.trim_end_matches('/');
    let object = format!(
        "{bucket_arn}/{}probe",
        if prefix.is_empty() { String::new() } else { format!("{prefix}/") }
    );
    let mut probes =
        vec![("LIST", "s3:ListBucket", &bucket_arn), ("READ", "s3:GetObject", &object)];
    if !world.is_set(location, "read_only") && !credential_is_read_only(world, location) {
        probes.push(("WRITE", "s3:PutObject", &object));
        probes.push(("DELETE", "s3:DeleteObject", &object));
    }
    for (probe, action, resource) in probes {
        let question = Question::new(role, action, resource.clone());
        if world.ask(&question) == Answer::Refused {
            found.push(refused(world, location, url, role, probe, action, resource));
        }
    }
    let Some(bucket) = Bucket::named(world, bucket) else { return };
    found.extend(undecryptable(world, location, url, role, &bucket));
    if let Some(barred) = bucket.barred(world, role, location.is_certain) {
        found.push(barred.step(format!("`{}` is validated", location.address), location.place));
    }
}

/// Mounts of buckets that Databricks does not support.
pub(super) fn dotted_mounts(world: &World<'_>, found: &mut Vec<Finding>) {
    for (kind, argument) in
        [("databricks_mount", "s3.bucket_name"), ("databricks_aws_s3_mount", "s3_bucket_name")]
    {
        for node in world.of_kind(kind).filter_map(|mount| mount.get(argument)) {
            let name = node.as_str().filter(|name| name.contains('.'));
            found.extend(name.map(|name| dotted(name, node)));
        }
    }
}

fn dotted(bucket: &str, node: &Node) -> Finding {
    let message =
        format!("Databricks does not support buckets with a dot in their name: `{bucket}`");
    Finding::new(&RULE, Severity::Warning, node.place, message)
        .advise("use a bucket whose name has no dot")
}

fn credential_is_read_only(world: &World<'_>, location: &Resource) -> bool {
    world.credential_of(location).is_some_and(|credential| world.is_set(credential, "read_only"))
}

fn refused(
    world: &World<'_>,
    location: &Resource,
    url: &Node,
    role: &Role<'_>,
    probe: &str,
    action: &str,
    resource: &str,
) -> Finding {
    let severity = if location.is_certain { Severity::Error } else { Severity::Warning };
    let message = format!(
        "the {probe} probe of `{}` will fail: `{}` may not call {action} on `{resource}`",
        location.address, role.resource.address
    );
    let other = if action == "s3:ListBucket" {
        format!("{resource}/x")
    } else {
        resource.split('/').next().unwrap_or_default().to_owned()
    };
    let elsewhere = world.ask(&Question::new(role, action, other)) != Answer::Refused;
    let mut finding = Finding::new(&RULE, severity, url.place, message)
        .step(format!("`{}` is validated", location.address), location.place)
        .step(format!("`{}` is its role", role.resource.address), role.resource.place);
    for policy in role.policies.iter().take(3) {
        finding = finding.step(format!("`{}` is one of its policies", policy.name), policy.place);
    }
    if elsewhere {
        let right = if action == "s3:ListBucket" { "the bucket" } else { "its objects" };
        finding = finding.because(format!("{action} is given, but not on {right}"));
    }
    finding.write(
        "allow it",
        format!(
            "{{ Effect = \"Allow\", Action = \"{action}\", Resource = \"{}\" }}",
            fitting(action, resource)
        ),
    )
}

/// The resource to write for an action.
fn fitting(action: &str, resource: &str) -> String {
    if action == "s3:ListBucket" {
        return resource.to_owned();
    }
    resource.strip_suffix("probe").map_or_else(|| resource.to_owned(), |path| format!("{path}*"))
}

/// The bucket's key, if it is one of this code that the role may not use.
fn undecryptable(
    world: &World<'_>,
    location: &Resource,
    url: &Node,
    role: &Role<'_>,
    bucket: &Bucket<'_>,
) -> Option<Finding> {
    let key = bucket.key(world)?;
    let action = key.refuses(world, role, &["kms:Decrypt", "kms:GenerateDataKey"])?;
    let message = format!(
        "reading `{}` will fail: the bucket is encrypted with `{}`, and `{}` may not call {action} on it",
        location.address, key.resource.address, role.resource.address
    );
    let severity = if location.is_certain { Severity::Error } else { Severity::Warning };
    Some(key.told(world, role, Finding::new(&RULE, severity, url.place, message)))
}
