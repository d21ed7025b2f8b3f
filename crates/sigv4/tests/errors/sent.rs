//! A signed request that can be spoilt, and what is answered to it then.

use sigv4::answer::{self, Answer};
use sigv4::{
    Dialect, Error, Expected, Payload, Presented, Request, Signer, SigningKey, Skew, Timestamp,
    sha256,
};

pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const DATE: Timestamp = Timestamp::from_unix_seconds(1_704_067_200);
pub(crate) const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
pub(crate) const S3_MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";

/// A signed request that can be spoilt.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) dialect: Dialect,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    /// Seconds after the signature.
    pub(crate) later: i64,
    pub(crate) region: &'static str,
}

pub(crate) fn signer(dialect: Dialect) -> Signer<'static> {
    Signer {
        access_key_id: "AKIAIOSFODNN7EXAMPLE",
        secret_access_key: SECRET,
        session_token: None,
        region: "us-east-1",
        service: if dialect == Dialect::S3 { "s3" } else { "iam" },
        dialect,
    }
}

impl Sent {
    pub(crate) fn unsigned(dialect: Dialect) -> Self {
        Self {
            dialect,
            path: "/".to_owned(),
            query: String::new(),
            headers: vec![("host".to_owned(), "iam.amazonaws.com".to_owned())],
            later: 0,
            region: "us-east-1",
        }
    }

    pub(crate) fn in_header(dialect: Dialect) -> Self {
        let mut sent = Self::unsigned(dialect);
        let added = sent.with(|request| signer(dialect).sign(request, Payload::Bytes(b""), DATE));
        for (name, value) in added.unwrap_or_default() {
            sent.headers.push((name.to_owned(), value));
        }
        sent
    }

    pub(crate) fn in_query(dialect: Dialect) -> Self {
        let mut sent = Self::unsigned(dialect);
        let payload = if dialect == Dialect::S3 { Payload::Unsigned } else { Payload::Bytes(b"") };
        let query = sent.with(|request| signer(dialect).presign(request, payload, DATE, 3600));
        sent.query = query.unwrap_or_default();
        sent
    }

    /// Replaces text in every header value and in the query.
    pub(crate) fn replace(mut self, from: &str, to: &str) -> Self {
        self.query = self.query.replace(from, to);
        for (_, value) in &mut self.headers {
            *value = value.replace(from, to);
        }
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(key, _)| key != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(key, _)| key != name);
        let mut parameters: Vec<_> = self.query.split('&').collect();
        parameters.retain(|parameter| !parameter.starts_with(name));
        self.query = parameters.join("&");
        self
    }

    pub(crate) fn later(mut self, seconds: i64) -> Self {
        self.later = seconds;
        self
    }

    pub(crate) fn authorization(&self) -> String {
        let mut found = self.headers.iter().filter(|(name, _)| name == "authorization");
        found.next().map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub(crate) fn with<T>(&self, then: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        then(&Request { method: "GET", path: &self.path, query: &self.query, headers: &headers })
    }

    pub(crate) fn verify(&self) -> Result<(), Error> {
        self.with(|request| {
            let service = signer(self.dialect).service;
            let now = DATE.plus_seconds(self.later);
            let expected =
                Expected { now, skew: Skew::DEFAULT, service, region: Some(self.region) };
            let claim = Presented::read(request, self.dialect)?.check(&expected)?;
            let key = SigningKey::derive(SECRET, "20240101", "us-east-1", service);
            claim.verify(request, Payload::Bytes(b""), &key).map(|_| ())
        })
    }
}

/// `sent` is refused with `error`, and the query and S3 families answer as given.
pub(crate) fn check(sent: &Sent, error: &Error, query: (&str, &str), s3: (&str, &str)) {
    let found = sent.verify().expect_err("it must be refused");
    assert_eq!(found, *error);
    assert_eq!(text(&answer::query(&found)), query, "{found:?}");
    assert_eq!(text(&answer::s3(&found)), s3, "{found:?}");
    let own = found.to_string();
    assert!(own.chars().next().is_some_and(|first| !first.is_uppercase()), "{own}");
}

pub(crate) fn text(answer: &Answer) -> (&str, &str) {
    (answer.code, &answer.message)
}

pub(crate) fn hash(sent: &Sent) -> [u8; 32] {
    sha256(sent.authorization().as_bytes())
}

pub(crate) const STANDARD: Dialect = Dialect::Standard;
pub(crate) const S3: Dialect = Dialect::S3;
