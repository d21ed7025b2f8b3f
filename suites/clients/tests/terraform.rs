//! Terraform with the real AWS provider: apply, nothing left to plan, change, import, destroy.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use clients::{Server, Terraform, pages};

/// Everything around a role that an instance takes on.
const EXAMPLE: &str = r#"
variable "description" {
  default = "reads the lakehouse"
}

variable "key" {
  default = true
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "etl" {
  name                 = "etl"
  path                 = "/databricks/"
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 7200
  tags = {
    team = var.description
  }
}

resource "aws_iam_policy" "boundary" {
  name = "boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*", Sid = "Boundary" }]
  })
}

resource "aws_iam_role_policy" "inline" {
  name = "inline"
  role = aws_iam_role.etl.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "arn:aws:s3:::lakehouse-${data.aws_caller_identity.me.account_id}/*"
      Sid      = replace(title(var.description), " ", "")
    }]
  })
}

resource "aws_iam_role_policy_attachment" "managed" {
  role       = aws_iam_role.etl.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = aws_iam_role.etl.name
}

resource "aws_iam_user" "deployer" {
  name = "deployer"
  tags = { team = "platform" }
}

resource "aws_iam_access_key" "deployer" {
  count = var.key ? 1 : 0
  user  = aws_iam_user.deployer.name
}

resource "aws_iam_group" "deployers" {
  name = "deployers"
}

resource "aws_iam_group_membership" "deployers" {
  name  = "deployers"
  group = aws_iam_group.deployers.name
  users = [aws_iam_user.deployer.name]
}

resource "aws_iam_group_policy_attachment" "deployers" {
  group      = aws_iam_group.deployers.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}
"#;

#[test]
fn a_role_and_what_belongs_to_it() {
    let Some(terraform) = Terraform::of("a role and what belongs to it") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", EXAMPLE);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);

    // The key goes, too: it could not be imported.
    terraform.write("terraform.tfvars", "description = \"writes the lakehouse\"\nkey = false\n");
    terraform.apply(&server);
    terraform.plan_is_empty(&server);

    terraform.import_anew(
        &server,
        &[
            ("aws_iam_role.etl", "etl"),
            ("aws_iam_policy.boundary", "arn:aws:iam::000000000000:policy/boundary"),
            ("aws_iam_role_policy.inline", "etl:inline"),
            (
                "aws_iam_role_policy_attachment.managed",
                "etl/arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
            ),
            ("aws_iam_instance_profile.etl", "etl"),
            ("aws_iam_user.deployer", "deployer"),
            ("aws_iam_group.deployers", "deployers"),
            (
                "aws_iam_group_policy_attachment.deployers",
                "deployers/arn:aws:iam::aws:policy/PowerUserAccess",
            ),
        ],
    );
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

/// A bucket with what belongs to it, read by a role.
const BUCKET: &str = r#"
variable "status" {
  default = "Enabled"
}

resource "aws_s3_bucket" "lake" {
  bucket        = "lake"
  force_destroy = true
  tags          = { team = "data" }
}

resource "aws_s3_bucket_versioning" "lake" {
  bucket = aws_s3_bucket.lake.id
  versioning_configuration {
    status = var.status
  }
}

resource "aws_s3_bucket_public_access_block" "lake" {
  bucket                  = aws_s3_bucket.lake.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = var.status == "Enabled"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_ownership_controls" "lake" {
  bucket = aws_s3_bucket.lake.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

data "aws_iam_policy_document" "lake" {
  statement {
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.lake.arn, "${aws_s3_bucket.lake.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.reader.arn]
    }
  }
}

resource "aws_s3_bucket_policy" "lake" {
  bucket = aws_s3_bucket.lake.id
  policy = data.aws_iam_policy_document.lake.json
}

resource "aws_s3_object" "readme" {
  bucket       = aws_s3_bucket_versioning.lake.bucket
  key          = "docs/read me.txt"
  content      = "status: ${var.status}"
  content_type = "text/plain"
  tags         = { kind = "docs" }
}

resource "aws_s3_bucket_notification" "lake" {
  bucket      = aws_s3_bucket.lake.id
  eventbridge = true
}
"#;

#[test]
fn a_bucket_and_what_belongs_to_it() {
    let Some(terraform) = Terraform::of("a bucket and what belongs to it") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", BUCKET);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);

    terraform.write("terraform.tfvars", "status = \"Suspended\"\n");
    terraform.plan_is_not_empty(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);

    terraform.import_anew(
        &server,
        &[
            ("aws_s3_bucket.lake", "lake"),
            ("aws_s3_bucket_versioning.lake", "lake"),
            ("aws_s3_bucket_public_access_block.lake", "lake"),
            ("aws_s3_bucket_server_side_encryption_configuration.lake", "lake"),
            ("aws_s3_bucket_ownership_controls.lake", "lake"),
            ("aws_s3_bucket_policy.lake", "lake"),
            ("aws_s3_bucket_notification.lake", "lake"),
            ("aws_iam_role.reader", "reader"),
        ],
    );
    // What is not imported is written again, and the bucket takes on that it may be emptied.
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

/// The AWS resources of the reference page on instance profiles; the Databricks ones need their own provider.
#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn the_instance_profile_of_the_reference_page() {
    let Some(terraform) = Terraform::of("the instance profile of the reference page") else {
        return;
    };
    let page = pages::read("000_");
    let is_aws = |line: &str| line.starts_with("variable ") || line.contains(" \"aws_");
    let examples = pages::examples(&page, "hcl").concat();
    let blocks = pages::blocks(&examples, is_aws);
    assert_eq!(blocks.len(), 10, "{blocks:#?}");
    let text = blocks.concat()
        // The role that the page takes as given.
        + "\nresource \"aws_iam_role\" \"cross_account\" {\n  name = var.crossaccount_role_name\n  \
           assume_role_policy = data.aws_iam_policy_document.assume_role_for_ec2.json\n}\n";
    // It must be there before a policy is attached to it.
    let text =
        text.replace("= var.crossaccount_role_name\n}", "= aws_iam_role.cross_account.name\n}");
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", &text);
    terraform.write("terraform.tfvars", "crossaccount_role_name = \"cross-account\"\n");
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);

    terraform.write("main.tf", &text.replace("Role for shared access", "Role for all"));
    terraform.plan_is_not_empty(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);

    let policy = "arn:aws:iam::000000000000:policy/shared-pass-role-for-s3-access";
    terraform.import_anew(
        &server,
        &[
            ("aws_iam_role.cross_account", "cross-account"),
            ("aws_iam_role.role_for_s3_access", "shared-ec2-role-for-s3"),
            ("aws_iam_policy.pass_role_for_s3_access", policy),
            ("aws_iam_role_policy_attachment.cross_account", &format!("cross-account/{policy}")),
            ("aws_iam_instance_profile.shared", "shared-instance-profile"),
            ("aws_iam_role.this", "my-databricks-sql-serverless-role"),
            ("aws_iam_instance_profile.this", "my-databricks-sql-serverless-instance-profile"),
        ],
    );
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}
