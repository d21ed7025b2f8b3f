//! IP011: S3 and KMS permissions that do not fit the bucket.

use iam::{Policy, PolicyKind, lint};
use source::Resource;
use template::Node;

use crate::answer::{Answer, Question};
use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP011",
    name: "bucket-access",
    summary: "S3 or KMS permissions that do not fit the bucket: bucket actions on objects, no listing, no key",
    severity: Severity::Error,
    what: "For every external location the engine is asked what its validation asks: s3:ListBucket and s3:GetObject, and \
           unless it is read-only s3:PutObject and s3:DeleteObject, and kms:Decrypt and kms:GenerateDataKey where the bucket \
           is encrypted with a key of this code. A refusal is an error. Elsewhere, a statement that gives bucket actions on \
           objects only, or object actions on buckets only, is a warning; so is a bucket with a dot in its name.",
    why: "s3:ListBucket is an action on the bucket (`arn:aws:s3:::data`), s3:GetObject one on objects (`arn:aws:s3:::data/*`). \
          Given for the wrong one, they have no effect. An encrypted bucket also needs its key.",
    error: "cannot create external location: AWS IAM role does not have READ permissions on url s3://data/. Please contact \
            your account admin to update the storage credential. PERMISSION_DENIED: Access denied. Cause: \
            AccessDeniedException error from cloud storage provider.",
    failing: r#"
resource "aws_s3_bucket" "data" {
  bucket = "data"
}
resource "databricks_storage_credential" "lake" {
  name            = "lake"
  skip_validation = true # the role follows
  aws_iam_role {
    role_arn = "arn:aws:iam::123456789012:role/lake"
  }
}
data "databricks_aws_unity_catalog_assume_role_policy" "lake" {
  aws_account_id = "123456789012"
  role_name      = "lake"
  external_id    = databricks_storage_credential.lake.aws_iam_role[0].external_id
}
resource "aws_iam_role" "lake" {
  name               = "lake"
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.lake.json
}
resource "aws_iam_role_policy" "lake" {
  role = aws_iam_role.lake.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"], Resource = "${aws_s3_bucket.data.arn}/*" },
      { Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::123456789012:role/lake" },
    ]
  })
}
resource "databricks_external_location" "lake" {
  name            = "lake"
  url             = "s3://${aws_s3_bucket.data.id}/lake"
  credential_name = databricks_storage_credential.lake.id
  depends_on      = [aws_iam_role_policy.lake]
}
"#,
    passing: r#"
resource "aws_s3_bucket" "data" {
  bucket = "data"
}
resource "databricks_storage_credential" "lake" {
  name            = "lake"
  skip_validation = true # the role follows
  aws_iam_role {
    role_arn = "arn:aws:iam::123456789012:role/lake"
  }
}
data "databricks_aws_unity_catalog_assume_role_policy" "lake" {
  aws_account_id = "123456789012"
  role_name      = "lake"
  external_id    = databricks_storage_credential.lake.aws_iam_role[0].external_id
}
resource "aws_iam_role" "lake" {
  name               = "lake"
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.lake.json
}
resource "aws_iam_role_policy" "lake" {
  role = aws_iam_role.lake.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource = "${aws_s3_bucket.data.arn}/*" },
      { Effect = "Allow", Action = ["s3:ListBucket", "s3:GetBucketLocation"], Resource = aws_s3_bucket.data.arn },
      { Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::123456789012:role/lake" },
    ]
  })
}
resource "databricks_external_location" "lake" {
  name            = "lake"
  url             = "s3://${aws_s3_bucket.data.id}/lake"
  credential_name = databricks_storage_credential.lake.id
  depends_on      = [aws_iam_role_policy.lake]
}
"#,
    references: &[
        "Service authorization reference: Actions, resources, and condition keys for Amazon S3",
        "Databricks documentation: Create an external location",
        "databricks/terraform-provider-databricks#3843, open-jii/open-jii#1560",
    ],
    oracle: Oracle::RequestRefused("a probe of the external location's validation"),
    unseen_in: &[],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for location in world.of_kind("databricks_external_location") {
        of_location(world, location, found);
    }
    for document in world.documents() {
        if document.kind == PolicyKind::Identity {
            shapes(world, &document, found);
        }
    }
}

/// What the validation of a location asks of S3.
fn of_location(world: &World<'_>, location: &Resource, found: &mut Vec<Finding>) {
    let Some(url) = location.get("url") else { return };
    let Some(text) = url.as_text() else { return };
    let filled = world.filled(&text);
    let Some(path) = filled.strip_prefix("s3://").or_else(|| filled.strip_prefix("s3a://")) else {
        return;
    };
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    if bucket.contains('.') && world.is_resolved(&text) {
        let message =
            format!("Databricks does not support buckets with a dot in their name: `{bucket}`");
        found.push(Finding::new(&RULE, Severity::Warning, url.place, message));
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
    if let Some(finding) = key(world, location, url, role, bucket) {
        found.push(finding);
    }
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

/// The bucket's key, if it is one of this code.
fn key(
    world: &World<'_>,
    location: &Resource,
    url: &Node,
    role: &Role<'_>,
    bucket: &str,
) -> Option<Finding> {
    let encryption =
        world.of_kind("aws_s3_bucket_server_side_encryption_configuration").find(|it| {
            let named = it.get("bucket").and_then(Node::as_text);
            named.is_some_and(|text| world.filled(&text) == bucket)
        })?;
    let id = encryption.get("rule.apply_server_side_encryption_by_default.kms_master_key_id")?;
    let (resource, _) =
        world.graph.origin(id).filter(|(resource, _)| &*resource.kind == "aws_kms_key")?;
    let separate = world.of_kind("aws_kms_key_policy").find(|it| {
        let named = it.get("key_id").and_then(|node| world.graph.origin(node));
        named.is_some_and(|(it, _)| it.address == resource.address)
    });
    let own = separate.and_then(|it| it.get("policy").map(|node| (it, node)));
    let own = own.or_else(|| resource.get("policy").map(|node| (resource, node)));
    let policy = match own {
        Some((owner, node)) => world.document(owner, node, PolicyKind::Resource),
        // Without a policy of its own a key leaves it to the account's policies.
        None => of_account(world),
    };
    let arn = world.arn_of_key(resource);
    let action = ["kms:Decrypt", "kms:GenerateDataKey"].into_iter().find(|action| {
        let question = Question::new(role, action, arn.clone()).held_by(Some(&policy));
        world.ask(&question) == Answer::Refused
    })?;
    let message = format!(
        "reading `{}` will fail: the bucket is encrypted with `{}`, and `{}` may not call {action} on it",
        location.address, resource.address, role.resource.address
    );
    Some(
        Finding::new(&RULE, Severity::Error, url.place, message)
            .step(format!("`{}` encrypts the bucket", encryption.address), encryption.place)
            .step(format!("`{}` is the key", resource.address), resource.place)
            .step(format!("`{}` is the role", role.resource.address), role.resource.place)
            .write(
                "allow it in a policy of the role",
                format!(
                    "{{ Effect = \"Allow\", Action = [\"kms:Decrypt\", \"kms:Encrypt\", \"kms:GenerateDataKey*\"], Resource = {}.arn }}",
                    world.local_name(resource)
                ),
            ),
    )
}

fn of_account(world: &World<'_>) -> Document {
    let text = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":\"arn:{}:iam::{}:root\"}},\"Action\":\"kms:*\",\"Resource\":\"*\"}}]}}",
        world.partition, world.account
    );
    let mut document = Document::everything(PolicyKind::Resource);
    if let Ok(tree) = source::parse_json(&text, None, document.place) {
        document.tree = tree;
    }
    document
}

/// Statements whose actions and resources do not fit each other.
fn shapes(world: &World<'_>, document: &Document, found: &mut Vec<Finding>) {
    let written = world.written(document);
    if !written.text.contains("s3:") {
        return;
    }
    let Ok(policy) = Policy::parse(written.text.as_bytes(), document.kind) else { return };
    for finding in lint::check(&policy) {
        if !matches!(finding.code, "action-without-resource" | "resource-without-action")
            || !finding.message.contains("s3")
        {
            continue;
        }
        let place = written.place(finding.span.start, finding.span.end).unwrap_or(document.place);
        let mut told = Finding::new(&RULE, Severity::Warning, place, finding.message.clone())
            .because(
                "bucket actions need the bucket's ARN, object actions that of its objects (`…/*`)",
            );
        if let Some(help) = &finding.help {
            told = told.advise(help.clone());
        }
        found.push(told);
    }
}
