//! Lambda, asked by boto3, by `aws` and by Terraform: functions from files and from S3, and the role that they take.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::Path;

use clients::{Clients, Folder, Server, Terraform, pages};

fn script(name: &str) {
    let Some(clients) = Clients::of(&format!("lambda: {name}")) else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, &format!("lambda/{name}.py"));
}

#[test]
fn functions() {
    script("functions");
}

#[test]
fn functions_in_a_vpc() {
    script("vpc");
}

/// A zip file of one file, whose bytes are stored as they are.
fn zip(name: &str, contents: &str) -> Vec<u8> {
    let bytes = |length: usize| u32::try_from(length).expect("a small file").to_le_bytes();
    let mut common = vec![10, 0, 0, 0, 0, 0, 0, 0, 33, 0];
    common.extend(crc32(contents.as_bytes()).to_le_bytes());
    common.extend([bytes(contents.len()), bytes(contents.len())].concat());
    common.extend(&bytes(name.len())[..2]);
    common.extend([0, 0]);
    let mut zip = [b"PK\x03\x04", common.as_slice(), name.as_bytes(), contents.as_bytes()].concat();
    let directory_start = zip.len();
    zip.extend([b"PK\x01\x02\x0a\x00", common.as_slice(), &[0; 14], name.as_bytes()].concat());
    let directory = zip.len() - directory_start;
    zip.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    zip.extend([bytes(directory), bytes(directory_start)].concat());
    zip.extend([0, 0]);
    zip
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

fn write_package(folder: &Path, contents: &str) -> String {
    let path = folder.join("package.zip");
    std::fs::write(&path, zip("app.py", contents)).expect("a package");
    path.to_str().expect("a path that is text").to_owned()
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

#[test]
fn the_command_line_of_aws() {
    let Some(clients) = Clients::of("lambda: the command line of aws") else { return };
    let server = Server::start(&["--ephemeral"]);
    let aws = |arguments: &[&str]| clients.aws(&server, arguments);
    let folder = Folder::new();
    let package = write_package(folder.path(), "def handler(event, context): pass");
    aws(&["iam", "create-role", "--role-name", "f", "--assume-role-policy-document", TRUST])
        .succeeds();
    let role = "arn:aws:iam::000000000000:role/f";
    let file = format!("fileb://{package}");
    let create = |role: &str, more: &[&str]| {
        let mut arguments = vec!["lambda", "create-function", "--function-name", "f"];
        arguments.extend(["--role", role, "--runtime", "python3.13", "--handler", "app.handler"]);
        arguments.extend(more);
        aws(&arguments)
    };
    create("arn:aws:iam::000000000000:instance-profile/f", &["--zip-file", &file])
        .fails_with("failed to satisfy constraint: Member must satisfy regular expression pattern");
    create(role, &["--zip-file", &file]).succeeds();
    aws(&["lambda", "wait", "function-active-v2", "--function-name", "f"]).succeeds();
    let size = ["--query", "CodeSha256", "--output", "text"];
    let get = ["lambda", "get-function-configuration", "--function-name", "f"];
    let from_file = aws(&[&get[..], &size].concat()).output();
    aws(&["lambda", "delete-function", "--function-name", "f"]).succeeds();

    aws(&["s3", "mb", "s3://packages"]).succeeds();
    aws(&["s3", "cp", &package, "s3://packages/f.zip", "--no-progress"]).succeeds();
    create(role, &["--code", "S3Bucket=packages,S3Key=g.zip"]).fails_with(
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not \
         exist.",
    );
    create(role, &["--code", "S3Bucket=packages,S3Key=f.zip"]).succeeds();
    assert_eq!(aws(&[&get[..], &size].concat()).output(), from_file);
    aws(&["lambda", "update-function-code", "--function-name", "f", "--zip-file", &file])
        .succeeds();
    aws(&["lambda", "wait", "function-updated-v2", "--function-name", "f"]).succeeds();
    aws(&["lambda", "invoke", "--function-name", "f", "/dev/null"]).fails_with("InvokeFunction");
}

/// What the reference page's function lacks; it says what the page says of the rest.
const EXAMPLE: &str = r#"
resource "aws_lambda_function" "LambdaFunction" {
  function_name = "efs-s3"
  role          = aws_iam_role.IAMRole.arn
  PACKAGE
  handler       = "app.handler"
  runtime       = "python3.13"
}

resource "aws_iam_role" "IAMRole" {
  path = "/"
  name = "efs-S3"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}
"#;

const FILE: &str = r#"
  filename         = "package.zip"
  source_code_hash = filebase64sha256("package.zip")
"#;

/// Applies a configuration, changes its package and its settings, and takes all of it away.
fn lives(terraform: &Terraform, server: &Server, configuration: &str) {
    write_package(&terraform.path(), "def handler(event, context): pass");
    terraform.write("main.tf", configuration);
    terraform.init(server);
    terraform.apply(server);
    terraform.plan_is_empty(server);
    write_package(&terraform.path(), "def handler(event, context): return 1");
    terraform.plan_is_not_empty(server);
    terraform.write("main.tf", &configuration.replace("\"python3.13\"", "\"python3.12\""));
    terraform.apply(server);
    terraform.plan_is_empty(server);
    terraform.destroy(server);
}

#[test]
fn terraform_with_a_package_from_a_file() {
    let Some(terraform) = Terraform::of("lambda: a package from a file") else { return };
    let server = Server::start(&["--ephemeral"]);
    lives(&terraform, &server, &EXAMPLE.replace("PACKAGE", FILE));
}

/// What surrounds functions in practice.
const MORE: &str = r#"
resource "aws_s3_bucket" "packages" {
  bucket        = "packages"
  force_destroy = true
}

resource "aws_s3_object" "package" {
  bucket = aws_s3_bucket.packages.id
  key    = "f/package.zip"
  source = "package.zip"
  etag   = filemd5("package.zip")
}

resource "aws_lambda_function" "attached" {
  function_name                  = "attached"
  role                           = aws_iam_role.IAMRole.arn
  s3_bucket                      = aws_s3_object.package.bucket
  s3_key                         = aws_s3_object.package.key
  source_code_hash               = filebase64sha256("package.zip")
  handler                        = "app.handler"
  runtime                        = "python3.13"
  publish                        = true
  reserved_concurrent_executions = 5
  tags                           = { team = "data" }
  environment {
    variables = { STAGE = "test" }
  }
  vpc_config {
    subnet_ids         = [aws_subnet.a.id]
    security_group_ids = [aws_security_group.a.id]
  }
  depends_on = [aws_iam_role_policy_attachment.vpc]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.attached.function_name
  function_version = aws_lambda_function.attached.version
}

resource "aws_lambda_permission" "bucket" {
  statement_id  = "bucket"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.attached.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.packages.arn
}

resource "aws_iam_role_policy_attachment" "vpc" {
  role       = aws_iam_role.IAMRole.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_vpc" "a" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.a.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "a" {
  vpc_id = aws_vpc.a.id
}
"#;

#[test]
fn terraform_with_a_package_from_s3_in_a_vpc() {
    let Some(terraform) = Terraform::of("lambda: a package from S3, in a VPC") else { return };
    let server = Server::start(&["--ephemeral"]);
    let from_s3 = r#"
  s3_bucket        = aws_s3_object.package.bucket
  s3_key           = aws_s3_object.package.key
  source_code_hash = filebase64sha256("package.zip")
"#;
    lives(&terraform, &server, &(EXAMPLE.replace("PACKAGE", from_s3) + MORE));
}

/// The function of the page itself. `ROLECALL_PAGES` names the folder that holds it.
#[test]
#[ignore = "reads the reference pages, which are no part of this repository: set ROLECALL_PAGES"]
fn terraform_with_the_function_of_the_reference_page() {
    let Some(terraform) = Terraform::of("lambda: the function of the reference page") else {
        return;
    };
    let examples = pages::examples(&pages::read("003_"), "terraform");
    let block = examples.first().expect("the page shows Terraform");
    assert!(block.contains("aws_lambda_function"), "{block}");
    let missing = "handler = \"app.handler\"\nruntime = \"python3.13\"\n";
    let role = "role = \"${aws_iam_role.IAMRole.arn}\"";
    let whole = block.replace(role, &format!("{role}\n{FILE}{missing}"));
    assert_ne!(&whole, block, "the page has another function");
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", block);
    terraform.init(&server);
    terraform
        .try_apply(&server)
        .fails_with("one of `filename,image_uri,s3_bucket` must be specified");
    lives(&terraform, &server, &whole);
}
