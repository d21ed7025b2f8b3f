//! Random requests.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use sigv4::{
    Dialect, Error, Expected, Payload, Presented, Request, SigningKey, Skew, Timestamp, Verified,
};

pub(crate) const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const REGION: &str = "eu-central-1";

/// Where the signature goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Header,
    Query { expires_seconds: u32 },
}

/// How the payload is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    Hash,
    Unsigned,
    Streaming,
    StreamingTrailer,
    StreamingUnsigned,
}

/// A request and how to sign it.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) dialect: Dialect,
    pub(crate) place: Place,
    pub(crate) cover: Cover,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    /// Whether the token is covered.
    pub(crate) token_signed: bool,
    pub(crate) seconds: i64,
    pub(crate) service: String,
    pub(crate) sent: Sent,
}

/// A request as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Cover {
    pub(crate) fn is_streaming(self) -> bool {
        !matches!(self, Self::Hash | Self::Unsigned)
    }
}

impl Plan {
    pub(crate) fn date(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.seconds)
    }

    /// Reads, checks and verifies `sent` with the key of this plan.
    pub(crate) fn verify(&self, sent: &Sent) -> Result<Verified, Error> {
        sent.with(|request| {
            let claim = Presented::read(request, self.dialect)?;
            let expected = Expected {
                now: self.date(),
                skew: Skew::DEFAULT,
                service: &self.service,
                region: Some(REGION),
            };
            let day = self.date().to_string();
            let key = SigningKey::derive(&self.secret, &day[..8], REGION, &self.service);
            claim.check(&expected)?.verify(request, Payload::Bytes(&sent.body), &key)
        })
    }
}

impl Sent {
    pub(crate) fn with<T>(&self, then: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        then(&Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Plans of every kind.
pub(crate) fn plans() -> impl Strategy<Value = Plan> {
    let dialect = prop_oneof![Just(Dialect::S3), Just(Dialect::Standard)];
    let place = prop_oneof![
        Just(Place::Header),
        (1..=604_800_u32).prop_map(|expires_seconds| Place::Query { expires_seconds }),
    ];
    (dialect, place).prop_flat_map(|(dialect, place)| {
        let rest = (
            sents(dialect),
            covers(dialect, place),
            "[ -~]{1,100}",
            option::of("[A-Za-z0-9+/=]{1,300}"),
            any::<bool>(),
            0..4_102_444_800_i64,
            prop_oneof![Just("iam"), Just("sts"), Just("s3"), Just("ec2"), Just("es")],
        );
        rest.prop_map(move |(sent, cover, secret, token, token_signed, seconds, service)| Plan {
            dialect,
            place,
            cover,
            secret,
            token,
            token_signed: token_signed || dialect == Dialect::S3 || place != Place::Header,
            seconds,
            service: service.to_owned(),
            sent,
        })
    })
}

fn covers(dialect: Dialect, place: Place) -> BoxedStrategy<Cover> {
    match (dialect, place) {
        (Dialect::Standard, _) => Just(Cover::Hash).boxed(),
        (Dialect::S3, Place::Query { .. }) => Just(Cover::Unsigned).boxed(),
        (Dialect::S3, Place::Header) => prop_oneof![
            3 => Just(Cover::Hash),
            1 => Just(Cover::Unsigned),
            1 => Just(Cover::Streaming),
            1 => Just(Cover::StreamingTrailer),
            1 => Just(Cover::StreamingUnsigned),
        ]
        .boxed(),
    }
}

fn sents(dialect: Dialect) -> impl Strategy<Value = Sent> {
    let method = prop_oneof![
        Just("GET"),
        Just("POST"),
        Just("PUT"),
        Just("DELETE"),
        Just("HEAD"),
        Just("PATCH"),
        Just("OPTIONS"),
    ];
    let host = prop_oneof![
        Just("127.0.0.1:4566"),
        Just("localhost"),
        Just("iam.amazonaws.com"),
        Just("examplebucket.s3.eu-central-1.amazonaws.com"),
        Just("[::1]:8080"),
    ];
    let body = vec(any::<u8>(), 0..400);
    (method, paths(dialect), queries(), host, headers(), body).prop_map(
        |(method, path, query, host, mut headers, body)| {
            headers.insert(0, ("Host".to_owned(), host.to_owned()));
            Sent { method: method.to_owned(), path, query, headers, body }
        },
    )
}

/// Paths as clients send them. The official signer takes S3 paths to be encoded already, as its SDK
/// does it; other paths may have anything in them that a URI may have.
fn paths(dialect: Dialect) -> BoxedStrategy<String> {
    let key = prop_oneof![
        4 => "[A-Za-z0-9_.~-]{0,8}",
        1 => Just("..".to_owned()),
        1 => Just(".".to_owned()),
        1 => Just(String::new()),
        2 => "[ -.0-~]{1,6}",
        2 => "[ä-öА-яሴ€😀]{1,4}",
    ];
    let strict = key.prop_map(|key| encode(&key, Style::Strict));
    let segment = match dialect {
        Dialect::S3 => prop_oneof![8 => strict, 1 => Just("a%2Fb".to_owned())].boxed(),
        Dialect::Standard => prop_oneof![
            4 => strict,
            1 => Just("a%2Fb".to_owned()),
            1 => Just("%2e%2E".to_owned()),
            2 => "[A-Za-z0-9!$&'()*+,;=:@._~-]{1,8}",
            1 => "[ä-öА-яሴ€😀]{1,4}",
        ]
        .boxed(),
    };
    vec(segment, 0..6).prop_map(|segments| format!("/{}", segments.join("/"))).boxed()
}

fn queries() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        4 => "[A-Za-z0-9_.~-]{0,8}",
        2 => "[ -~]{0,8}",
        1 => "[ä-öА-яሴ€😀]{1,4}",
    ];
    let style = prop_oneof![
        4 => Just(Style::Strict),
        1 => Just(Style::Form),
        1 => Just(Style::Lax),
        1 => Just(Style::LowerCase),
    ];
    let parameter =
        (text.clone(), option::weighted(0.8, text), style).prop_map(|(name, value, style)| {
            match value {
                Some(value) => format!("{}={}", encode(&name, style), encode(&value, style)),
                None => encode(&name, style),
            }
        });
    vec(parameter, 0..8).prop_map(|parameters| parameters.join("&"))
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        Just("Content-Type"),
        Just("x-custom"),
        Just("X-Custom"),
        Just("Range"),
        Just("x-amz-meta-a"),
        Just("X-Amz-Target"),
        Just("accept-encoding"),
        Just("a-b.c_d"),
    ];
    let value = prop_oneof![
        3 => "[!-~]{0,20}",
        1 => "[ -~]{0,20}",
        1 => " {0,3}[a-z]{1,3} {1,4}\"[a-z]{1,3} {1,4}[a-z]\" {0,3}",
    ];
    vec((name.prop_map(str::to_owned), value), 0..6)
}

/// How a client writes text into a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Everything but unreserved characters is escaped.
    Strict,
    /// As in forms: a space is a plus sign.
    Form,
    /// Only what a query must not have is escaped.
    Lax,
    /// Strict, with lower-case digits.
    LowerCase,
}

fn encode(text: &str, style: Style) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let letter = char::from(byte);
        let is_unreserved = letter.is_ascii_alphanumeric() || "-._~".contains(letter);
        match style {
            _ if is_unreserved => encoded.push(letter),
            Style::Form if byte == b' ' => encoded.push('+'),
            Style::Lax if "!$'()*,;:@/?".contains(letter) => encoded.push(letter),
            Style::LowerCase => encoded.push_str(&format!("%{byte:02x}")),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
