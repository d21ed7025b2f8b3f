//! `rolecall serve` as its clients see it: signed requests over HTTP, refusals, and what is left after a
//! restart.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "support/run.rs"]
mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use sigv4::{Dialect, Payload, Request, Signer, Timestamp};
use support::Folder;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A server of its own, stopped at the end.
struct Server {
    child: Child,
    address: String,
}

/// Status and body.
type Answer = (u16, String);

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .args(["serve", "--aws-port", "0", "--console-port", "0", "--log", "error"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
        let first = lines.find(|line| line.starts_with("AWS ")).expect("it says where it answers");
        let address = first.split_once("http://").expect("an address").1.to_owned();
        lines.find(|line| line.starts_with("Ready.")).expect("it says that it is ready");
        Self { child, address }
    }

    /// A signed form, as the AWS SDKs send it.
    fn call(&self, service: &str, key: (&str, &str), form: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| -> String {
            text.bytes()
                .map(|byte| match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        char::from(byte).to_string()
                    }
                    other => format!("%{other:02X}"),
                })
                .collect()
        };
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let body = pairs.join("&");
        let signer = Signer {
            access_key_id: key.0,
            secret_access_key: key.1,
            session_token: None,
            region: "us-east-1",
            service,
            dialect: Dialect::Standard,
        };
        let content = "application/x-www-form-urlencoded; charset=utf-8";
        let headers: [(&str, &[u8]); 2] =
            [("host", self.address.as_bytes()), ("content-type", content.as_bytes())];
        let request = Request { method: "POST", path: "/", query: "", headers: &headers };
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let now = Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap());
        let added = signer.sign(&request, Payload::Bytes(body.as_bytes()), now).unwrap();
        let mut post =
            agent().post(format!("http://{}/", self.address)).header("content-type", content);
        for (name, value) in added.iter() {
            post = post.header(*name, value.as_str());
        }
        answer(post.send(body.as_bytes()))
    }

    fn root(&self, service: &str, form: &[(&str, &str)]) -> Answer {
        self.call(service, ("test", "test"), form)
    }

    fn get(&self, path: &str) -> Answer {
        answer(agent().get(format!("http://{}{path}", self.address)).call())
    }

    /// Asks it to stop, and waits.
    fn stop(mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code().expect("it ends by itself")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn answer(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut answer = answer.unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// The text of the first element called `name`.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let after = xml.split_once(&format!("<{name}>")).expect("the element").1;
    after.split_once(&format!("</{name}>")).expect("its end").0
}

fn iam<'a>(action: &'a str, rest: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("Action", action), ("Version", "2010-05-08")][..], rest].concat()
}

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
    let (status, body) = server.root("iam", &iam("UploadSSHPublicKey", &[("UserName", "a")]));
    assert_eq!((status, element(&body, "Code")), (501, "NotImplemented"));
    assert!(body.contains("iam:UploadSSHPublicKey"), "{body}");
    let (status, body) = server.root("iam", &iam("Frobnicate", &[]));
    assert_eq!((status, element(&body, "Code")), (400, "InvalidAction"));
    let (status, body) =
        server.root("ec2", &[("Action", "DescribeInstances"), ("Version", "2016-11-15")]);
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
