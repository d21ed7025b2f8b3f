//! The commands that work on a running server's account: `env`, `role`, `needs`, `why --error`, `export` and
//! `import`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "support/server.rs"]
mod server;
#[path = "support/run.rs"]
mod support;

use server::{Key, Server, element, iam};
use support::{Folder, Run};

const WHO: [(&str, &str); 2] = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;

/// Runs a command against the server.
fn rolecall(server: &Server, arguments: &[&str]) -> Run {
    let port = server.address.rsplit(':').next().unwrap();
    support::rolecall(&Folder::with(&[]), &[arguments, &["--aws-port", port]].concat())
}

/// Runs a command that must succeed; what it prints.
fn good(server: &Server, arguments: &[&str]) -> String {
    let run = rolecall(server, arguments);
    assert_eq!(run.status, 0, "{arguments:?}: {}", run.stderr);
    run.stdout
}

/// Runs a command that must fail; what it says.
fn bad(server: &Server, arguments: &[&str]) -> String {
    let run = rolecall(server, arguments);
    assert_eq!(run.status, 2, "{arguments:?}: {}", run.stdout);
    run.stderr
}

/// The value of a variable that `env` sets.
fn variable<'t>(text: &'t str, name: &str) -> &'t str {
    let after = text.split_once(&format!("{name}=")).expect(name).1;
    after.split([' ', '\n']).next().unwrap()
}

/// Who the printed environment is.
fn who(server: &Server, env: &str) -> String {
    let key = (variable(env, "AWS_ACCESS_KEY_ID"), variable(env, "AWS_SECRET_ACCESS_KEY"));
    let (status, body) = server.call("sts", key, &WHO);
    assert_eq!(status, 200, "{body}");
    element(&body, "Arn").to_owned()
}

#[test]
fn env_logs_in_as_root_or_as_an_administrator() {
    let server = Server::start(&["--ephemeral"]);
    let env = good(&server, &["env"]);
    assert_eq!(variable(&env, "AWS_ENDPOINT_URL"), format!("http://{}", server.address));
    assert_eq!(who(&server, &env), "arn:aws:iam::000000000000:root");
    let first = good(&server, &["env", "--as", "anna"]);
    assert_eq!(who(&server, &first), "arn:aws:iam::000000000000:user/anna");
    // Again and again it is the same key, not a third one that IAM refuses.
    for _ in 0..3 {
        assert_eq!(good(&server, &["env", "--as", "Anna"]), first);
    }
    let key = (variable(&first, "AWS_ACCESS_KEY_ID"), variable(&first, "AWS_SECRET_ACCESS_KEY"));
    assert_eq!(server.call("iam", key, &iam("ListUsers", &[])).0, 200);
    assert!(bad(&server, &["env", "--as", "a b"]).contains("ValidationError"));
}

#[test]
fn commands_say_that_no_server_answers() {
    // Nobody listens on port 1.
    let run = support::rolecall(&Folder::with(&[]), &["env", "--aws-port", "1"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("start one with `rolecall serve`"), "{}", run.stderr);
}

#[test]
fn roles_are_made_and_deleted_as_in_the_console() {
    let server = Server::start(&["--ephemeral"]);
    let folder = Folder::with(&[("read.json", POLICY)]);
    let file = folder.path().join("read.json");
    let file = file.to_str().unwrap();
    good(&server, &["role", "create", "etl", "--trust", "ec2", "--policy", file]);
    let profile = |name: &str| {
        server.root("iam", &iam("GetInstanceProfile", &[("InstanceProfileName", name)]))
    };
    assert_eq!(element(&profile("etl").1, "RoleName"), "etl");
    let inline = [("RoleName", "etl"), ("PolicyName", "read")];
    assert_eq!(server.root("iam", &iam("GetRolePolicy", &inline)).0, 200);
    good(&server, &["role", "delete", "etl"]);
    assert_eq!(profile("etl").0, 404);

    let trust = ["--trust", "account:111122223333", "--external-id", "x"];
    good(&server, &[&["role", "create", "cross"][..], &trust].concat());
    let (_, role) = server.root("iam", &iam("GetRole", &[("RoleName", "cross")]));
    assert!(element(&role, "AssumeRolePolicyDocument").contains("sts%3AExternalId"), "{role}");
    assert_eq!(profile("cross").0, 404, "only EC2's roles have one");
    // A profile of another name stays, without the role.
    server.root("iam", &iam("CreateInstanceProfile", &[("InstanceProfileName", "other")]));
    let into = [("InstanceProfileName", "other"), ("RoleName", "cross")];
    server.root("iam", &iam("AddRoleToInstanceProfile", &into));
    good(&server, &["role", "delete", "cross"]);
    assert!(!profile("other").1.contains("<RoleName>"));

    assert!(bad(&server, &["role", "create", "x", "--trust", "lambda"]).contains("service:lambda"));
    let twice = ["role", "create", "y", "--trust", "service:lambda"];
    good(&server, &twice);
    assert!(bad(&server, &twice).contains("EntityAlreadyExists"));
    assert!(bad(&server, &["role", "delete", "nobody"]).contains("NoSuchEntity"));
    let external = ["role", "create", "z", "--trust", "ec2", "--external-id", "x"];
    assert!(bad(&server, &external).contains("--trust account:ID"));
}

#[test]
fn needs_are_what_was_done() {
    let server = Server::start(&["--ephemeral"]);
    let env = good(&server, &["env", "--as", "anna"]);
    let key = (variable(&env, "AWS_ACCESS_KEY_ID"), variable(&env, "AWS_SECRET_ACCESS_KEY"));
    let anna = ["needs", "--principal", "arn:aws:iam::000000000000:user/anna"];
    assert!(bad(&server, &anna).contains("has done nothing"));
    for name in ["b", "a"] {
        server.call("iam", key, &iam("CreateUser", &[("UserName", name)]));
        server.call("iam", key, &iam("GetUser", &[("UserName", name)]));
    }
    server.call("iam", key, &iam("ListUsers", &[]));
    server.call("sts", key, &WHO);
    let policy = good(&server, &anna);
    let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "iam:CreateUser",
        "iam:GetUser"
      ],
      "Resource": [
        "arn:aws:iam::000000000000:user/a",
        "arn:aws:iam::000000000000:user/b"
      ]
    },
    {
      "Effect": "Allow",
      "Action": "iam:ListUsers",
      "Resource": "*"
    }
  ]
}
"#;
    assert_eq!(policy, expected);
    assert!(bad(&server, &["needs", "--principal", "anna"]).contains("is not an ARN"));
}

#[test]
fn a_pasted_error_is_told() {
    let server = Server::start(&["--ephemeral"]);
    server.root("iam", &iam("CreateUser", &[("UserName", "bob")]));
    let (_, key) = server.root("iam", &iam("CreateAccessKey", &[("UserName", "bob")]));
    let key = (element(&key, "AccessKeyId"), element(&key, "SecretAccessKey"));
    let (_, denied) = server.call("iam", key, &iam("GetUser", &[("UserName", "bob")]));
    let message = format!("AccessDenied: {}", element(&denied, "Message"));
    let id = format!("https response error RequestID: {},", element(&denied, "RequestId"));
    let ec2 = [("Action", "CreateVpc"), ("Version", "2016-11-15"), ("CidrBlock", "10.0.0.0/16")];
    let (_, sealed) = server.call("ec2", key, &ec2);
    assert!(sealed.contains("Encoded authorization failure message"), "{sealed}");
    // Where something is only described, EC2 seals nothing.
    let ec2 = [("Action", "DescribeInstanceTypes"), ("Version", "2016-11-15")];
    let (_, open) = server.call("ec2", key, &ec2);
    assert!(!open.contains("Encoded authorization failure message"), "{open}");
    for (error, action) in [
        (&message, "iam:GetUser"),
        (&id, "iam:GetUser"),
        (&sealed, "ec2:CreateVpc"),
        (&open, "ec2:DescribeInstanceTypes"),
    ] {
        // As an argument by itself, too; AWS's newest sentences end in a link.
        let linked =
            format!("{error}. Go to https://console.aws.amazon.com/x for complete details.");
        for asked in [vec!["why", "--error", error], vec!["why", &linked]] {
            let told = good(&server, &asked);
            assert!(told.contains("DENIED because nothing allows it"), "{told}");
            assert!(told.contains(action), "{told}");
        }
    }
    // What IAM asks on a path is granted as people write it.
    server.call("iam", key, &iam("ListPolicies", &[]));
    let told = good(&server, &["why", "last"]);
    assert!(told.contains("iam:ListPolicies on resource: policy path / because"), "{told}");
    assert!(
        told.contains(r#"{"Effect":"Allow","Action":"iam:ListPolicies","Resource":"*"}"#),
        "{told}"
    );
    server.call("iam", key, &iam("ListRoles", &[]));
    let told = good(&server, &["why", "last"]);
    assert!(told.contains("on resource: arn:aws:iam::000000000000:role/ because"), "{told}");
    assert!(
        told.contains(r#"{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"}"#),
        "{told}"
    );
    let bob = ["needs", "--principal", "arn:aws:iam::000000000000:user/bob"];
    assert!(bad(&server, &bob).contains("--attempted covers that"));
    assert!(bad(&server, &["why", "--error", "it fails"]).contains("paste the whole error"));
    let other = message.replace("iam:GetUser", "iam:GetRole");
    assert!(bad(&server, &["why", "--error", &other]).contains("no denial of iam:GetRole"));
}

#[test]
fn the_state_goes_out_and_comes_back() {
    let server = Server::start(&["--ephemeral"]);
    let env = good(&server, &["env", "--as", "anna"]);
    good(&server, &["role", "create", "etl", "--trust", "ec2"]);
    let folder = Folder::with(&[]);
    let file = folder.path().join("state.json");
    let file = file.to_str().unwrap();
    good(&server, &["export", file]);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("\n{\"account\":\"000000000000\",\"key\":\"etl\",\"row\":"), "{text}");
    assert!(!text.contains("server_seal"), "keys of the server stay with it");

    let other = Server::start(&["--ephemeral"]);
    good(&other, &["import", file]);
    assert_eq!(good(&other, &["export"]), text);
    let key = (variable(&env, "AWS_ACCESS_KEY_ID"), variable(&env, "AWS_SECRET_ACCESS_KEY"));
    let token = [("Action", "GetSessionToken"), ("Version", "2011-06-15")];
    let (_, session) = other.call("sts", key, &token);
    good(&other, &["import", file]);
    let session = Key {
        id: element(&session, "AccessKeyId"),
        secret: element(&session, "SecretAccessKey"),
        token: Some(element(&session, "SessionToken")),
    };
    assert_eq!(other.call_with("sts", &session, &WHO).0, 200, "the seal stays");

    std::fs::write(file, "{\"format\":1,\"tables\":{\"nothing\":{}}}").unwrap();
    assert!(bad(&other, &["import", file]).contains("nothing was imported"));
    std::fs::write(file, "{").unwrap();
    assert!(bad(&other, &["import", file]).contains("not JSON"));
}

#[test]
fn an_account_is_imported_whole_or_not_at_all() {
    let server = Server::start(&["--ephemeral"]);
    let details = r#"{
        "UserDetailList": [{"UserName": "anna", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/anna",
            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement":
                [{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::111122223333:role/etl"}]}}],
            "GroupList": [], "AttachedManagedPolicies": []}],
        "RoleDetailList": [{"RoleName": "etl", "Path": "/", "Arn": "arn:aws:iam::111122223333:role/etl",
            "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D",
            "InstanceProfileList": [{"InstanceProfileName": "etl", "Path": "/"}],
            "RolePolicyList": [], "AttachedManagedPolicies": []}]
    }"#;
    let folder = Folder::with(&[("details.json", details)]);
    let file = folder.path().join("details.json");
    let file = file.to_str().unwrap();
    let told = good(&server, &["import", file]);
    assert!(told.starts_with("imported 1 users, 0 groups, 1 roles"), "{told}");
    let inline = [("UserName", "anna"), ("PolicyName", "p")];
    let (_, policy) = server.root("iam", &iam("GetUserPolicy", &inline));
    assert!(element(&policy, "PolicyDocument").contains("000000000000"), "{policy}");
    let told = bad(&server, &["import", file]);
    assert!(told.contains("user `anna`: EntityAlreadyExists"), "{told}");
    assert!(told.contains("role `etl`: EntityAlreadyExists"), "{told}");
}
