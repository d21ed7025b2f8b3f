//! awsJson 1.0 and 1.1: CloudTrail, Organizations, Systems Manager. The operation is named by
//! `X-Amz-Target`, input and output are JSON objects.

mod encode;
mod node;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::decode::{Decoded, decode as decode_source};
use crate::fault::Fault;
use crate::path::{Path, Spelling};
use crate::problem::{DecodeError, Kind, Problem};
use crate::query::validation_text;
use crate::xml::EncodeError;
use encode::Output;
use node::Node;

/// The media type of every answer.
pub const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
/// Bytes of a request's body. The largest input of a JSON service here is a policy of a few kilobytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Reads an operation's input. A member that is `null` counts as absent.
///
/// # Errors
/// What is missing or malformed; [`fault`] turns it into what AWS answers.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<Decoded<T>, DecodeError> {
    let malformed = |reason: String| {
        let path = Path { spelling: Spelling::Document, segments: Vec::new() };
        DecodeError::one(path, Problem::Malformed(reason))
    };
    if body.len() > MAX_BODY_BYTES {
        let bytes = body.len();
        return Err(malformed(format!("it has {bytes} bytes: send at most {MAX_BODY_BYTES}")));
    }
    let value = serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))?;
    decode_value(&value)
}

/// As [`decode`], from JSON that was read already: restJson's inputs are put together from path, query string
/// and body.
///
/// # Errors
/// What is missing or malformed.
pub fn decode_value<T: DeserializeOwned>(
    value: &serde_json::Value,
) -> Result<Decoded<T>, DecodeError> {
    decode_source(Node(value), Spelling::Document)
}

/// Writes an operation's output. Members that are `None` are left out, times are seconds since 1970;
/// `()` and unit structs become `{}`.
///
/// # Errors
/// The output has a shape that JSON cannot write, such as a map with keys that are not text.
pub fn answer<T: Serialize + ?Sized>(output: &T) -> Result<Vec<u8>, EncodeError> {
    let mut body = Vec::with_capacity(256);
    output.serialize(Output::new(&mut body))?;
    Ok(body)
}

/// Writes an error: its code as `__type`, its text as `Message`. Clients take `message` as well, and
/// ignore a namespace before the code.
#[must_use]
pub fn error(fault: &Fault) -> Vec<u8> {
    let text = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
    let mut body = format!("{{\"__type\":{}", text(&fault.code));
    if let Some(message) = &fault.message {
        body.push_str(&format!(",\"Message\":{}", text(message)));
    }
    for (name, value) in &fault.details {
        body.push_str(&format!(",{}:{}", text(name), text(value)));
    }
    body.push('}');
    body.into_bytes()
}

/// What AWS answers to a target whose service has no such operation; it has no text. (Quoted of several
/// services; that Organizations and CloudTrail do the same is unverified.)
#[must_use]
pub fn unknown_operation() -> Fault {
    Fault::without_message(400, "UnknownOperationException").before_dispatch()
}

/// What AWS answers to input that cannot be decoded. The texts were seen from KMS
/// (github.com/erlcloud/erlcloud issue 644), CodeDeploy, Athena and SQS; where a pair of kinds was
/// never seen, the answer has no text, as AWS's has for a body that is no JSON.
#[must_use]
pub fn fault(error: &DecodeError) -> Fault {
    let serialization = |message: Option<&str>| {
        let fault = Fault::without_message(400, "SerializationException");
        Fault { message: message.map(str::to_owned), ..fault }
    };
    let Some(first) = error.first() else {
        return serialization(None);
    };
    match &first.problem {
        Problem::Missing | Problem::NotInEnumeration { .. } => {
            Fault::new(400, "ValidationException", validation_text(&error.problems))
        }
        Problem::WrongKind { wanted, found } => serialization(conversion_text(*wanted, *found)),
        Problem::NotA { .. } | Problem::Malformed(_) | Problem::Refused { .. } => {
            serialization(None)
        }
        Problem::ValueAndMembers
        | Problem::Index(_)
        | Problem::TooManyItems { .. }
        | Problem::Unknown
        | Problem::Other(_) => Fault::new(400, "ValidationException", error.to_string()),
    }
}

/// `STRING_VALUE can not be converted to an Integer`, and its likes, articles as AWS has them.
fn conversion_text(wanted: Kind, found: Kind) -> Option<&'static str> {
    match (found, wanted) {
        (Kind::List, _) => Some("Start of list found where not expected"),
        (Kind::Structure | Kind::Map, _) => {
            Some("Start of structure or map found where not expected.")
        }
        (Kind::Text, Kind::Integer) => Some("STRING_VALUE can not be converted to an Integer"),
        (Kind::Text, Kind::Long) => Some("STRING_VALUE can not be converted to a Long"),
        (Kind::Text, Kind::Boolean) => Some("STRING_VALUE can not be converted to an Boolean"),
        (Kind::Long, Kind::Text) => Some("NUMBER_VALUE can not be converted to a String"),
        (Kind::Long, Kind::Boolean) => Some("NUMBER_VALUE can not be converted to a Boolean"),
        _ => None,
    }
}
