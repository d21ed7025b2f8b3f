//! IAM and STS, asked by boto3 and by `aws`.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use clients::{Clients, Finished, Server};

fn script(name: &str) {
    let Some(clients) = Clients::of(&format!("iam: {name}")) else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, &format!("iam/{name}.py"));
}

#[test]
fn users_keys_and_groups() {
    script("users");
}

#[test]
fn roles_and_instance_profiles() {
    script("roles");
}

#[test]
fn roles_are_assumed() {
    script("assume_role");
}

#[test]
fn what_is_refused() {
    script("refusals");
}

#[test]
fn pages_and_tags() {
    script("lists");
}

/// Every constraint of the public API models, broken one at a time.
#[test]
fn constraints_of_the_models() {
    let Some(clients) = Clients::of("iam: constraints of the models") else { return };
    let server = Server::start(&["--ephemeral"]);
    let mut command = clients.script("iam/model.py");
    server.point(&mut command);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/server/fixtures"));
    Finished::run(&mut command).succeeds();
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

#[test]
fn the_command_line_of_aws() {
    let Some(clients) = Clients::of("iam: the command line of aws") else { return };
    let server = Server::start(&["--ephemeral"]);
    let aws = |arguments: &[&str]| clients.aws(&server, arguments);

    let text = ["--output", "text"];
    let who = [&["sts", "get-caller-identity", "--query", "Arn"][..], &text].concat();
    assert_eq!(aws(&who).output(), "arn:aws:iam::000000000000:root\n");
    let create = ["iam", "create-role", "--role-name", "etl", "--assume-role-policy-document"];
    aws(&[&create[..], &[TRUST]].concat()).succeeds();
    aws(&[&create[..], &[TRUST]].concat()).fails_with(
        "An error occurred (EntityAlreadyExists) when calling the CreateRole operation: Role with name etl \
         already exists.",
    );
    let role = ["iam", "get-role", "--role-name", "etl", "--query"];
    let service = "Role.AssumeRolePolicyDocument.Statement[0].Principal.Service";
    assert_eq!(aws(&[&role[..], &[service], &text].concat()).output(), "ec2.amazonaws.com\n");

    // Somebody without policies is refused, told why, and allowed after that very statement is added.
    aws(&["iam", "create-user", "--user-name", "anna"]).succeeds();
    let key = ["iam", "create-access-key", "--user-name", "anna", "--query"];
    let pair = "AccessKey.[AccessKeyId,SecretAccessKey]";
    let key = aws(&[&key[..], &[pair], &text].concat()).output();
    let (id, secret) = key.trim().split_once('\t').expect("id and secret");
    let anna = [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)];
    let delete = ["iam", "delete-role", "--role-name", "etl"];
    clients.aws_with(&server, &anna, &delete).fails_with(
        "An error occurred (AccessDenied) when calling the DeleteRole operation: User: \
         arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:DeleteRole on resource: \
         role etl because no identity-based policy allows the iam:DeleteRole action",
    );
    let statement = r#"{"Effect":"Allow","Action":"iam:DeleteRole","Resource":"arn:aws:iam::000000000000:role/etl"}"#;
    let why = server.rolecall(&["why", "last", "--aws-port", server.aws_port()]);
    assert!(why.stdout.contains(statement), "{why:?}");
    let policy = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let put = ["iam", "put-user-policy", "--user-name", "anna", "--policy-name", "mend"];
    aws(&[&put[..], &["--policy-document", &policy]].concat()).succeeds();
    clients.aws_with(&server, &anna, &delete).succeeds();
    aws(&[&role[..], &["Role"]].concat()).fails_with("(NoSuchEntity)");

    // A presigned URL that `aws` makes is not at hand for these services; what is not modelled is named.
    aws(&["iam", "list-server-certificates"])
        .fails_with("rolecall does not model iam:ListServerCertificates");
    // `aws` signs no call of this one.
    let saml = "arn:aws:iam::000000000000:saml-provider/x";
    aws(&[
        "sts",
        "assume-role-with-saml",
        "--role-arn",
        "arn:aws:iam::000000000000:role/etl",
        "--principal-arn",
        saml,
        "--saml-assertion",
        "abcd",
    ])
    .fails_with("rolecall does not model sts:AssumeRoleWithSAML");
}
