//! `rolecall serve` as its clients see it: signed requests over HTTP, refusals, and what is left after a
//! restart.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "support/server.rs"]
mod server;
#[path = "support/run.rs"]
mod support;

use std::path::Path;

use server::{Server, agent, answer, element, iam};
use support::{Folder, rolecall};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

const WHO: [(&str, &str); 2] = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];

#[test]
fn who_calls_is_proved() {
    let server = Server::start(&["--ephemeral"]);
    let (status, body) = server.root("sts", &WHO);
    assert_eq!((status, element(&body, "Arn")), (200, "arn:aws:iam::000000000000:root"));
    let (_, body) = server.call("sts", ("123456789012", "test"), &WHO);
    assert_eq!(element(&body, "Account"), "123456789012");

    let (status, body) = server.call("sts", ("test", "wrong"), &WHO);
    assert_eq!((status, element(&body, "Code")), (403, "SignatureDoesNotMatch"));
    let (status, body) = server.call("sts", ("AKIAAAAAAAAAAAAAAAAA", "x"), &WHO);
    assert_eq!((status, element(&body, "Code")), (403, "InvalidClientTokenId"));
    let (status, body) = server.get("/?Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!((status, element(&body, "Code")), (403, "MissingAuthenticationToken"));
}

#[test]
fn a_denial_is_aws_s_and_can_be_told() {
    let server = Server::start(&["--ephemeral"]);
    server.root("iam", &iam("CreateUser", &[("UserName", "anna")]));
    let (_, key) = server.root("iam", &iam("CreateAccessKey", &[("UserName", "anna")]));
    let anna = (element(&key, "AccessKeyId"), element(&key, "SecretAccessKey"));
    let create = iam("CreateRole", &[("RoleName", "etl"), ("AssumeRolePolicyDocument", TRUST)]);
    let (status, body) = server.call("iam", anna, &create);
    let sentence = "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:CreateRole \
                    on resource: arn:aws:iam::000000000000:role/etl because no identity-based policy allows \
                    the iam:CreateRole action";
    assert_eq!(
        (status, element(&body, "Code"), element(&body, "Message")),
        (403, "AccessDenied", sentence)
    );

    let (status, told) =
        server.get(&format!("/_rolecall/decisions/{}?format=text", element(&body, "RequestId")));
    assert_eq!(status, 200);
    assert!(told.contains("DENIED because nothing allows it"), "{told}");
    assert!(told.contains(r#"{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::000000000000:role/etl"}"#), "{told}");

    let arn = "arn:aws:iam::aws:policy/IAMFullAccess";
    server.root("iam", &iam("AttachUserPolicy", &[("UserName", "anna"), ("PolicyArn", arn)]));
    let (status, body) = server.call("iam", anna, &create);
    assert_eq!((status, element(&body, "Arn")), (200, "arn:aws:iam::000000000000:role/etl"));
}

#[test]
fn what_is_not_modelled_is_named() {
    let server = Server::start(&["--ephemeral"]);
    let (status, body) = server.root("iam", &iam("UploadServerCertificate", &[("UserName", "a")]));
    assert_eq!((status, element(&body, "Code")), (501, "NotImplemented"));
    assert!(body.contains("iam:UploadServerCertificate"), "{body}");
    let (status, body) = server.root("iam", &iam("Frobnicate", &[]));
    assert_eq!((status, element(&body, "Code")), (400, "InvalidAction"));
    let (status, body) =
        server.root("ec2", &[("Action", "CreateTransitGateway"), ("Version", "2016-11-15")]);
    assert_eq!((status, element(&body, "Code")), (501, "NotImplemented"));
}

#[test]
fn pages_cannot_drive_it() {
    let server = Server::start(&["--ephemeral"]);
    let url = format!("http://{}/?Action=GetCallerIdentity", server.address);
    let (status, body) = answer(agent().get(&url).header("origin", "https://evil.example").call());
    assert_eq!((status, element(&body, "Code")), (403, "AccessDenied"));
}

#[test]
fn why_is_told_after_a_restart_as_far_as_it_was_kept() {
    let folder = Folder::with(&[]);
    let data: &Path = &folder.path().join("data");
    let arguments = ["--data", data.to_str().unwrap()];
    let server = Server::start(&arguments);
    server.root("iam", &iam("CreateUser", &[("UserName", "anna")]));
    let (_, key) = server.root("iam", &iam("CreateAccessKey", &[("UserName", "anna")]));
    let anna = (element(&key, "AccessKeyId"), element(&key, "SecretAccessKey"));
    let (_, denied) = server.call("iam", anna, &iam("GetRole", &[("RoleName", "etl")]));
    assert_eq!(server.stop(), 0);

    let server = Server::start(&arguments);
    let port = server.address.rsplit(':').next().unwrap();
    let why = |arguments: &[&str]| {
        let run = rolecall(&folder, &[&["why", "--aws-port", port], arguments].concat());
        (run.status, run.stdout + &run.stderr)
    };
    let id = element(&denied, "RequestId");
    let message = format!("AccessDenied: {}", element(&denied, "Message"));
    for arguments in [&[id][..], &["last"], &["--error", &message], &["--error", id]] {
        let (code, told) = why(arguments);
        assert_eq!(code, 0, "{told}");
        for wanted in [
            "iam:GetRole (request ",
            "called by arn:aws:iam::000000000000:user/anna from 127.0.0.1 at 20",
            "denied: iam:GetRole on arn:aws:iam::000000000000:role/etl",
            "The service answered AccessDenied: User: arn:aws:iam::000000000000:user/anna is not",
            "Make the request again, and `rolecall why last`",
        ] {
            assert!(told.contains(wanted), "{arguments:?}: no {wanted}\n{told}");
        }
    }
    let (_, told) = server.get(&format!("/_rolecall/decisions/{id}"));
    assert!(told.contains(r#""decision":"ImplicitlyDenied""#), "{told}");
    let (code, told) = why(&["0f1e2d3c-0000-4000-8000-000000000000"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("make the request again"), "{told}");
}

#[test]
fn what_was_answered_is_there_after_a_restart() {
    let folder = Folder::with(&[]);
    let data: &Path = &folder.path().join("data");
    let arguments = ["--data", data.to_str().unwrap()];
    let server = Server::start(&arguments);
    server.root(
        "iam",
        &iam("CreateRole", &[("RoleName", "etl"), ("AssumeRolePolicyDocument", TRUST)]),
    );
    let (_, health) = server.get("/_rolecall/health");
    assert!(health.contains(r#""status":"ready""#), "{health}");
    assert_eq!(server.stop(), 0);

    let server = Server::start(&arguments);
    let (status, body) = server.root("iam", &iam("GetRole", &[("RoleName", "ETL")]));
    assert_eq!((status, element(&body, "RoleName")), (200, "etl"));
}
