//! Calls of AWS, signed.

use clients::Server;
use clients::signed::{self, Answer, Connection, Form, Key, Plain, sign, sign_plain};

/// A caller of AWS's services.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    address: String,
    pub(crate) key: Key,
}

/// A refusal: what was asked, and what was said.
pub(crate) type Refused = String;

impl Aws {
    pub(crate) fn root(server: &Server, account: &str) -> Self {
        Self { address: server.aws().to_owned(), key: Key::root(account) }
    }

    pub(crate) fn iam(
        &self,
        action: &str,
        form: &[(&'static str, &str)],
    ) -> Result<Answer, Refused> {
        self.ask("iam", action, &signed::iam(action, form))
    }

    pub(crate) fn ec2(
        &self,
        action: &str,
        form: &[(&'static str, &str)],
    ) -> Result<Answer, Refused> {
        let fixed = [("Action", action), ("Version", "2016-11-15")];
        let form: Form =
            fixed.iter().chain(form).map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.ask("ec2", action, &form)
    }

    /// Organizations, in JSON.
    pub(crate) fn organizations(&self, action: &str, body: &str) -> Result<Answer, Refused> {
        let target = format!("AWSOrganizationsV20161128.{action}");
        let plain = Plain {
            service: "organizations",
            method: "POST",
            path: "/",
            query: "",
            content: "application/x-amz-json-1.1",
            body,
        };
        let request = String::from_utf8(sign_plain(&self.key, plain)).unwrap();
        // Which headers are signed is the client's choice; this one is not.
        let request = request.replacen("\r\n", &format!("\r\nx-amz-target: {target}\r\n"), 1);
        self.send(action, request.as_bytes())
    }

    /// S3, by path: `PUT /bucket`.
    pub(crate) fn s3(&self, method: &str, path: &str, query: &str) -> Result<Answer, Refused> {
        self.s3_with(method, path, query, "")
    }

    pub(crate) fn s3_with(
        &self,
        method: &str,
        path: &str,
        query: &str,
        body: &str,
    ) -> Result<Answer, Refused> {
        let plain = Plain { service: "s3", method, path, query, content: "text/plain", body };
        let request = sign_plain(&self.key, plain);
        let answer = Connection::open(&self.address).unwrap().send(&request).unwrap();
        // What is not there may be asked for.
        if answer.status < 300 || answer.status == 404 && method == "GET" {
            return Ok(answer);
        }
        Err(format!("{method} {path}: {}", answer.body))
    }

    fn ask(&self, service: &str, action: &str, form: &Form) -> Result<Answer, Refused> {
        self.send(action, &sign(&self.key, service, form))
    }

    fn send(&self, action: &str, request: &[u8]) -> Result<Answer, Refused> {
        let answer = Connection::open(&self.address).unwrap().send(request).unwrap();
        if answer.status < 300 { Ok(answer) } else { Err(format!("{action}: {}", answer.body)) }
    }
}
