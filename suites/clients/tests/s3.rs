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
"#;

#[test]
fn terraform_with_cors_and_a_lifecycle() {
    let Some(terraform) = Terraform::of("s3: cors and a lifecycle") else { return };
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
