//! S3, asked by boto3 and by `aws`; and what a power cut leaves of it.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use std::time::{Duration, SystemTime};

use clients::{Clients, Folder, Server, Terraform};

fn script(name: &str) {
    let Some(clients) = Clients::of(&format!("s3: {name}")) else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, &format!("s3/{name}.py"));
}

#[test]
fn objects() {
    script("objects");
}

#[test]
fn transfers() {
    script("transfers");
}

#[test]
fn who_may_read_what() {
    script("access");
}

#[test]
fn settings_that_are_records() {
    script("settings");
}

#[test]
fn buckets_addressed_by_host() {
    script("hosts");
}

#[test]
fn bad_input() {
    script("raw");
}

#[test]
fn the_command_line_of_aws() {
    let Some(clients) = Clients::of("s3: the command line of aws") else { return };
    let server = Server::start(&["--ephemeral"]);
    let aws = |arguments: &[&str]| clients.aws(&server, arguments);
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("sub")).expect("a folder");
    folder.write("sub/a b+ü.txt", "hello");
    // More than one part.
    let large = vec![7_u8; 20 << 20];
    std::fs::write(folder.path().join("large"), &large).expect("a file");
    // S3 keeps whole seconds: of a file written in the second of its upload `sync` cannot tell which is newer.
    for name in ["sub/a b+ü.txt", "large"] {
        let file = std::fs::File::options().append(true).open(folder.path().join(name));
        let earlier = SystemTime::now() - Duration::from_secs(60);
        file.and_then(|file| file.set_modified(earlier)).expect("a file of a minute ago");
    }
    let here = folder.path().to_str().expect("a path that is text");
    let quiet = "--no-progress";

    aws(&["s3", "mb", "s3://data"]).succeeds();
    aws(&["s3", "sync", here, "s3://data/in", quiet]).succeeds();
    assert_eq!(aws(&["s3", "sync", here, "s3://data/in", quiet]).output(), "", "nothing to do");
    aws(&["s3", "cp", "s3://data/in/large", "s3://data/copy", quiet]).succeeds();
    let back = format!("{here}/back");
    aws(&["s3", "cp", "s3://data/copy", &back, quiet]).succeeds();
    assert!(std::fs::read(&back).expect("the copy") == large, "the copy is another");
    let listed = aws(&["s3", "ls", "s3://data", "--recursive"]).output();
    assert!(listed.contains("5 in/sub/a b+ü.txt"), "{listed}");
    let url = aws(&["s3", "presign", "s3://data/in/sub/a b+ü.txt"]).output();
    assert!(url.contains("Signature"), "{url}");
    assert_eq!(clients.fetch(&server, url.trim()), "hello");
    aws(&["s3", "rm", "s3://data/in", "--recursive"]).succeeds();
    aws(&["s3", "rb", "s3://data"]).fails_with("BucketNotEmpty");
    aws(&["s3", "rb", "s3://data", "--force"]).succeeds();
    aws(&["s3", "ls", "s3://data"]).fails_with("NoSuchBucket");
}

/// Killed while it takes objects in: what was acknowledged is whole, and nothing else can be seen.
#[test]
fn a_power_cut_during_writes() {
    let Some(clients) = Clients::of("s3: a power cut during writes") else { return };
    let folder = Folder::new();
    let data = folder.path().to_str().expect("a path that is text").to_owned() + "/data";
    let log = folder.path().join("acknowledged");
    let log_text = log.to_str().expect("a path that is text");
    for round in 0..3 {
        let server = Server::start(&["--data", &data]);
        let mut command = clients.script("s3/crash_write.py");
        server.point(&mut command);
        let mut writer =
            command.args([log_text, &round.to_string()]).spawn().expect("the writer starts");
        // It tells how many writes were acknowledged; the cut comes in the middle of more.
        let started = std::time::Instant::now();
        let enough = |text: &str| text.lines().count() >= 25 * (round + 1);
        while !std::fs::read_to_string(&log).is_ok_and(|text| enough(&text)) {
            assert!(started.elapsed().as_secs() < 60, "the writer does not come forward");
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        server.kill();
        let _ = writer.wait();
    }
    let server = Server::start(&["--data", &data]);
    let mut command = clients.script("s3/crash_check.py");
    server.point(&mut command);
    command.args([log_text, &data]);
    clients::Finished::run(&mut command).succeeds();
}

/// Settings that are kept as records, as Terraform asks for them.
const SETTINGS: &str = r#"
# The provider waits for every change of a lifecycle, so only the other setting is changed.
variable "minutes" {
  default = 30
}

resource "aws_s3_bucket" "data" {
  bucket = "data"
}

resource "aws_s3_bucket_cors_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  cors_rule {
    allowed_methods = ["GET", "PUT"]
    allowed_origins = ["https://*.example.com"]
    expose_headers  = ["ETag"]
    max_age_seconds = 60 * var.minutes
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    id     = "logs"
    status = "Enabled"
    filter {
      prefix = "logs/"
    }
    expiration {
      days = 30
    }
  }
  rule {
    id     = "rest"
    status = "Enabled"
    filter {}
    transition {
      days          = 90
      storage_class = "STANDARD_IA"
    }
    noncurrent_version_expiration {
      noncurrent_days = 7
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "data" {
  depends_on = [aws_s3_bucket_ownership_controls.data]
  bucket     = aws_s3_bucket.data.id
  acl        = "private"
}

resource "aws_s3_bucket_logging" "data" {
  bucket        = aws_s3_bucket.data.id
  target_bucket = aws_s3_bucket.data.id
  target_prefix = "logs/"
  target_object_key_format {
    partitioned_prefix {
      partition_date_source = "EventTime"
    }
  }
}

resource "aws_s3_object" "made" {
  bucket  = aws_s3_bucket.data.id
  key     = "made/by/terraform.json"
  content = jsonencode({ answer = 42 })
  tags    = { team = "data" }
}
"#;

/// What is not modelled, and a private ACL where ACLs are off: each with what it must be refused with.
const REFUSED: [(&str, &str, &str); 9] = [
    ("acl", "acl = \"private\"", "AccessControlListNotSupported: The bucket does not allow ACLs"),
    (
        "website_configuration",
        "index_document {\nsuffix = \"index.html\"\n}",
        "s3:PutBucketWebsite",
    ),
    (
        "object_lock_configuration",
        "rule {\ndefault_retention {\nmode = \"GOVERNANCE\"\ndays = 1\n}\n}",
        "s3:PutObjectLockConfiguration",
    ),
    (
        "intelligent_tiering_configuration",
        "name = \"all\"\ntiering {\naccess_tier = \"ARCHIVE_ACCESS\"\ndays = 125\n}",
        "s3:PutBucketIntelligentTieringConfiguration",
    ),
    ("accelerate_configuration", "status = \"Enabled\"", "s3:PutBucketAccelerateConfiguration"),
    ("request_payment_configuration", "payer = \"Requester\"", "s3:PutBucketRequestPayment"),
    ("metric", "name = \"all\"", "s3:PutBucketMetricsConfiguration"),
    ("analytics_configuration", "name = \"all\"", "s3:PutBucketAnalyticsConfiguration"),
    (
        "replication_configuration",
        "role = \"arn:aws:iam::000000000000:role/x\"\nrule {\nstatus = \"Enabled\"\ndestination {\n\
         bucket = \"arn:aws:s3:::other\"\n}\n}",
        "s3:PutBucketReplication",
    ),
];

#[test]
fn terraform_with_what_is_not_modelled() {
    let Some(terraform) = Terraform::of("s3: what is not modelled") else { return };
    let server = Server::start(&["--ephemeral"]);
    let mut text = "resource \"aws_s3_bucket\" \"data\" {\nbucket = \"data\"\n}\n".to_owned();
    for (name, body, _) in REFUSED {
        text += &format!(
            "resource \"aws_s3_bucket_{name}\" \"refused\" {{\nbucket = aws_s3_bucket.data.id\n{body}\n}}\n"
        );
    }
    terraform.write("main.tf", &text);
    terraform.init(&server);
    let told = terraform.try_apply(&server);
    told.explains(&REFUSED.map(|(_, _, expected)| expected));
    assert_eq!(told.stderr.matches("NotImplemented").count(), REFUSED.len() - 1, "{told:?}");
}

#[test]
fn terraform_with_settings_and_objects() {
    let Some(terraform) = Terraform::of("s3: settings and objects") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", SETTINGS);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.write("terraform.tfvars", "minutes = 31\n");
    terraform.plan_is_not_empty(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}
