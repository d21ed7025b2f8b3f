//! IP011: S3 and KMS permissions that do not fit the bucket.

mod bucket;
mod compute;
mod location;

use iam::{Policy, PolicyKind, lint};

use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP011",
    name: "bucket-access",
    summary: "S3 or KMS permissions that do not fit the bucket: bucket actions on objects, no listing, no key",
    severity: Severity::Error,
    what: "For every external location the engine is asked what its validation asks: s3:ListBucket and s3:GetObject, and \
           unless it is read-only s3:PutObject and s3:DeleteObject, and kms:Decrypt and kms:GenerateDataKey where the bucket \
           is encrypted with a key of this code. A refusal is an error. The role of a profile that instances or clusters \
           start with is a warning where it may read the objects of a bucket of this code and not list them, or not decrypt \
           them. So is, for both, a bucket of another account (by the role or the `allowed_account_ids` of its provider) \
           whose policy does not let the role in. Everywhere, a statement that gives bucket actions on objects only, or \
           object actions on buckets only, is a warning; so is a bucket with a dot in its name.",
    why: "s3:ListBucket is an action on the bucket (`arn:aws:s3:::data`), s3:GetObject one on objects (`arn:aws:s3:::data/*`). \
          Given for the wrong one, they have no effect. Spark lists a folder before it reads from it. An encrypted bucket \
          also needs its key, and a bucket of another account its owner's consent.",
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
    oracle: Oracle::ApplyRefused,
    unseen_in: &[],
    check,
};

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for location in world.of_kind("databricks_external_location") {
        location::check(world, location, found);
    }
    compute::check(world, found);
    location::dotted_mounts(world, found);
    for document in world.documents() {
        if document.kind == PolicyKind::Identity {
            shapes(world, &document, found);
        }
    }
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
