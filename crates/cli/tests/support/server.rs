//! A server that a test runs, and a client for it.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use sigv4::{Dialect, Payload, Request, Signer, Timestamp};

/// A server of its own, stopped at the end.
pub struct Server {
    child: Child,
    pub address: String,
}

/// An access key, of whatever kind.
pub struct Key<'k> {
    pub id: &'k str,
    pub secret: &'k str,
    pub token: Option<&'k str>,
}

/// Status and body.
pub type Answer = (u16, String);

impl Server {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .args([
                "serve",
                "--aws-port",
                "0",
                "--console-port",
                "0",
                "--account-port",
                "0",
                "--workspace-port",
                "0",
                "--empty",
                "--log",
                "error",
            ])
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
    pub fn call(&self, service: &str, key: (&str, &str), form: &[(&str, &str)]) -> Answer {
        self.call_with(service, &Key { id: key.0, secret: key.1, token: None }, form)
    }

    /// As [`Server::call`], with temporary credentials or not.
    pub fn call_with(&self, service: &str, key: &Key<'_>, form: &[(&str, &str)]) -> Answer {
        self.try_call_with(service, key, form).unwrap()
    }

    /// As [`Server::call_with`]; `None` if the server is gone.
    pub fn try_call_with(
        &self,
        service: &str,
        key: &Key<'_>,
        form: &[(&str, &str)],
    ) -> Option<Answer> {
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
            access_key_id: key.id,
            secret_access_key: key.secret,
            session_token: key.token,
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
        try_answer(post.send(body.as_bytes()))
    }

    /// As [`Server::root`]; `None` if the server is gone.
    pub fn try_root(&self, service: &str, form: &[(&str, &str)]) -> Option<Answer> {
        self.try_call_with(service, &Key { id: "test", secret: "test", token: None }, form)
    }

    pub fn root(&self, service: &str, form: &[(&str, &str)]) -> Answer {
        self.call(service, ("test", "test"), form)
    }

    pub fn get(&self, path: &str) -> Answer {
        answer(agent().get(format!("http://{}{path}", self.address)).call())
    }

    /// Posts JSON to the control API.
    pub fn post(&self, path: &str, json: &str) -> Answer {
        self.try_post(path, json).unwrap()
    }

    /// As [`Server::post`]; `None` if the server is gone.
    pub fn try_post(&self, path: &str, json: &str) -> Option<Answer> {
        let url = format!("http://{}{path}", self.address);
        try_answer(agent().post(url).send(json.as_bytes()))
    }

    /// Ends it as a power cut would.
    pub fn kill(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    }

    /// Asks it to stop, and waits.
    pub fn stop(mut self) -> i32 {
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

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

pub fn answer(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    try_answer(answer).unwrap()
}

fn try_answer(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut answer = answer.ok()?;
    Some((answer.status().as_u16(), answer.body_mut().read_to_string().ok()?))
}

/// The text of the first element called `name`.
pub fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let after = xml.split_once(&format!("<{name}>")).expect("the element").1;
    after.split_once(&format!("</{name}>")).expect("its end").0
}

pub fn iam<'a>(action: &'a str, rest: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("Action", action), ("Version", "2010-05-08")][..], rest].concat()
}
