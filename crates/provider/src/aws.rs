//! What is asked of AWS: what an encoded authorization message says, and whether IAM itself has what EC2 does not
//! see. Only with credentials that the environment has, and only if they may; otherwise nobody knows.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sigv4::{Dialect, Payload, Request, Signer, Timestamp};

use crate::client::{agent, encoded};
use crate::config::Surroundings;

/// How long the answer is waited for: it only makes an error clearer.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// What the environment has of AWS.
#[derive(Clone, PartialEq, Eq)]
pub struct Environment {
    key: String,
    secret: String,
    token: Option<String>,
    region: String,
    sts: String,
    iam: String,
}

/// The account and the name in `arn:aws:iam::ACCOUNT:instance-profile/PATH/NAME`.
fn account_and_name(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, _, _, account, resource] = parts.as_slice() else { return None };
    Some((account, resource.rsplit('/').next()?))
}

impl Environment {
    /// Reads the variables that AWS's own tools read; `None` without an access key.
    #[must_use]
    pub fn read(around: &dyn Surroundings) -> Option<Self> {
        let variable = |name: &str| around.variable(name);
        let key = variable("AWS_ACCESS_KEY_ID")?;
        let secret = variable("AWS_SECRET_ACCESS_KEY")?;
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        let region = region.unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = |own: &str, usual: String| {
            let given = variable(own).or_else(|| variable("AWS_ENDPOINT_URL"));
            given.unwrap_or(usual).trim_end_matches('/').to_owned()
        };
        let sts = endpoint("AWS_ENDPOINT_URL_STS", format!("https://sts.{region}.amazonaws.com"));
        let iam = endpoint("AWS_ENDPOINT_URL_IAM", "https://iam.amazonaws.com".to_owned());
        Some(Self { key, secret, token: variable("AWS_SESSION_TOKEN"), region, sts, iam })
    }

    /// The decoded message, which is JSON.
    #[must_use]
    pub fn decode_authorization_message(&self, message: &str) -> Option<String> {
        let parameters = [("Action", "DecodeAuthorizationMessage"), ("EncodedMessage", message)];
        let (done, answer) = self.sts(&parameters)?;
        done.then(|| element(&answer, "DecodedMessage").map(unescaped))?
    }

    /// Whether IAM has an instance profile with a role in it; `None` if nobody knows.
    #[must_use]
    pub fn has_profile_with_role(&self, arn: &str) -> Option<bool> {
        let (account, name) = account_and_name(arn)?;
        let parameters = [("Action", "GetInstanceProfile"), ("InstanceProfileName", name)];
        let (done, answer) = self.iam(&parameters)?;
        if done {
            let is_it = answer.contains(&format!("<Arn>{arn}</Arn>"));
            return is_it.then(|| answer.contains("<RoleName>"));
        }
        // Keys of another account say nothing of this one.
        let (_, who) = self.sts(&[("Action", "GetCallerIdentity")])?;
        let own = element(&who, "Account")? == account;
        (own && answer.contains("NoSuchEntity")).then_some(false)
    }

    /// Whether IAM's own simulation lets a role pass another to EC2, or do anything else; `None` if nobody knows.
    #[must_use]
    pub fn role_may(&self, role_arn: &str, action: &str, resource: &str) -> Option<bool> {
        let parameters = [
            ("Action", "SimulatePrincipalPolicy"),
            ("PolicySourceArn", role_arn),
            ("ActionNames.member.1", action),
            ("ResourceArns.member.1", resource),
            ("ContextEntries.member.1.ContextKeyName", "iam:PassedToService"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", "ec2.amazonaws.com"),
        ];
        let (done, answer) = self.iam(&parameters)?;
        // A condition on what only the real request has (its tags, for instance) leaves it open.
        let missing = answer.split_once("<MissingContextValues>");
        let is_open = missing.is_some_and(|(_, rest)| rest.trim_start().starts_with("<member>"));
        let decision = element(&answer, "EvalDecision").filter(|_| done && !is_open)?;
        Some(decision == "allowed")
    }

    fn sts(&self, parameters: &[(&str, &str)]) -> Option<(bool, String)> {
        self.post("sts", &self.sts, &self.region, "2011-06-15", parameters)
    }

    fn iam(&self, parameters: &[(&str, &str)]) -> Option<(bool, String)> {
        // IAM is in one region for all.
        self.post("iam", &self.iam, "us-east-1", "2010-05-08", parameters)
    }

    /// Whether the call went well, and its answer.
    fn post(
        &self,
        service: &str,
        endpoint: &str,
        region: &str,
        version: &str,
        parameters: &[(&str, &str)],
    ) -> Option<(bool, String)> {
        let signer = Signer {
            access_key_id: &self.key,
            secret_access_key: &self.secret,
            session_token: self.token.as_deref(),
            region,
            service,
            dialect: Dialect::Standard,
        };
        let mut body = format!("Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let host = endpoint.split_once("://")?.1;
        let headers: [(&str, &[u8]); 2] =
            [("host", host.as_bytes()), ("content-type", CONTENT_TYPE.as_bytes())];
        let request = Request { method: "POST", path: "/", query: "", headers: &headers };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        let now = Timestamp::from_unix_seconds(i64::try_from(now).ok()?);
        let added = signer.sign(&request, Payload::Bytes(body.as_bytes()), now).ok()?;
        let mut post =
            agent(TIMEOUT).post(format!("{endpoint}/")).header("content-type", CONTENT_TYPE);
        for (name, value) in added.iter() {
            post = post.header(*name, value.as_str());
        }
        let mut answer = post.send(body.as_bytes()).ok()?;
        let done = answer.status().is_success();
        Some((done, answer.body_mut().read_to_string().ok()?))
    }
}

/// Leaves out secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Environment").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The text of the first element of this name.
fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once('<')?.0)
}

/// XML's own entities.
fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
