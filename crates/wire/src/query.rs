//! awsQuery: IAM, STS, CloudFormation. Requests are forms with dotted names, answers are XML.
//!
//! The envelope and its layout are those of STS, byte for byte (live probes reported in
//! github.com/justincormack/argmin, `sts_oracle.rs`): two spaces of indent, no XML declaration, a
//! final line feed.

use serde::{Deserialize, Serialize};

use crate::decode::{Decoded, decode as decode_source};
use crate::fault::Fault;
use crate::form::{Form, Node, Style};
use crate::path::{Path, Segment, Spelling};
use crate::problem::{DecodeError, IndexProblem, Kind, Located, Problem};
use crate::service::Service;
use crate::timestamp::Timestamp;
use crate::xml::encode::{EncodeError, Format, Place, encode_into};
use crate::xml::writer::Writer;

/// The media type of every answer.
pub const CONTENT_TYPE: &str = "text/xml";
/// The namespace of errors found before a request reached an operation.
pub const FRONT_END_NAMESPACE: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

/// Spaces per level of an answer.
const INDENT: usize = 2;

/// Parameters that belong to the protocol or to the signature and never to an operation (IAM API
/// reference, common parameters; the last six are of signature version 2).
const COMMON_PARAMETERS: [&str; 8] = [
    "Action",
    "Version",
    "AWSAccessKeyId",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "Timestamp",
];
/// The start of the names of a presigned request's own parameters.
const SIGNATURE_PREFIX: &str = "X-Amz-";

/// Reads an operation's input.
///
/// # Errors
/// What is missing or malformed; [`fault`] turns it into what AWS answers.
pub fn decode<'de, T: Deserialize<'de>>(form: &'de Form<'de>) -> Result<Decoded<T>, DecodeError> {
    decode_form(form, Style::Query, Spelling::Query)
}

/// For both form protocols.
pub(crate) fn decode_form<'de, T: Deserialize<'de>>(
    form: &'de Form<'de>,
    style: Style,
    spelling: Spelling,
) -> Result<Decoded<T>, DecodeError> {
    let mut decoded = decode_source(Node::root(form, style), spelling)?;
    decoded.unknown.retain(|path| !is_common(path));
    Ok(decoded)
}

/// Writes an operation's output. `()` and unit structs are operations without output, whose answer
/// has no `…Result` element.
///
/// # Errors
/// The output has a shape that the protocol cannot write.
pub fn answer<T: Serialize + ?Sized>(
    service: &Service,
    operation: &str,
    request_id: &str,
    output: &T,
) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer::new(INDENT);
    let response = format!("{operation}Response");
    let result = format!("{operation}Result");
    let root = writer.open_in(&response, service.namespace);
    let format = Format { item: Some("member"), milliseconds: service.milliseconds };
    encode_into(&mut writer, Place::Root(&result), format, output)?;
    let metadata = writer.open("ResponseMetadata");
    writer.leaf("RequestId", request_id);
    writer.close("ResponseMetadata", metadata);
    writer.close(&response, root);
    Ok(writer.finish())
}

/// Writes an error.
#[must_use]
pub fn error(namespace: &str, fault: &Fault, request_id: &str) -> Vec<u8> {
    let mut writer = Writer::new(INDENT);
    let namespace = if fault.dispatched { namespace } else { FRONT_END_NAMESPACE };
    let root = writer.open_in("ErrorResponse", namespace);
    let error = writer.open("Error");
    writer.leaf("Type", if fault.is_senders() { "Sender" } else { "Receiver" });
    writer.leaf("Code", &fault.code);
    if let Some(message) = &fault.message {
        writer.leaf("Message", message);
    }
    for (name, value) in &fault.details {
        writer.leaf(name, value);
    }
    writer.close("Error", error);
    writer.leaf("RequestId", request_id);
    writer.close("ErrorResponse", root);
    writer.finish()
}

/// What AWS answers to an action that the service does not have in this version, or a request without
/// a version (STS, live probe reported in github.com/justincormack/argmin).
#[must_use]
pub fn unknown_action(action: &str, version: Option<&str>) -> Fault {
    let version = version.unwrap_or("NO_VERSION_SPECIFIED");
    let message = format!("Could not find operation {action} for version {version}");
    Fault::new(400, "InvalidAction", message).before_dispatch()
}

/// What AWS answers to input that cannot be decoded.
///
/// The texts are those of the front end that IAM, STS and SES share: numbers and missing members as
/// STS answers them, booleans and list numbers as SES does (live probes reported in
/// github.com/justincormack/argmin and github.com/floci-io/floci), times as MWS does
/// (github.com/boto/boto issue 3890), a value in place of a structure or list as CloudWatch and
/// CloudSearch do (github.com/jclouds/legacy-jclouds pull 274, github.com/boto/boto pull 872), lists
/// without `member` as CloudWatch does (github.com/aws-beam/aws-elixir pull 199).
#[must_use]
pub fn fault(error: &DecodeError) -> Fault {
    let Some(Located { path, problem }) = error.first() else {
        return malformed(None);
    };
    match problem {
        Problem::Missing => validation(&error.problems),
        Problem::NotInEnumeration { .. } => validation(&error.problems),
        Problem::NotA { wanted: Kind::Boolean, value } if value.is_empty() => {
            malformed(Some("missing value for boolean type"))
        }
        Problem::NotA { wanted: Kind::Boolean, .. } => {
            malformed(Some("boolean must follow xsd1.1 definition"))
        }
        Problem::NotA { value, .. } if value.is_empty() => {
            malformed(Some("missing value for decimal type"))
        }
        Problem::NotA { .. } => malformed(None),
        Problem::Refused { expected, .. } if expected == Timestamp::EXPECTED => {
            malformed(Some("timestamp must follow ISO8601"))
        }
        Problem::WrongKind { wanted: Kind::List | Kind::Map, .. } => {
            malformed(Some("Unexpected list element termination"))
        }
        Problem::WrongKind { wanted: Kind::Structure, .. } => {
            malformed(Some("Unexpected complex element termination"))
        }
        // Unverified for forms; the same front end says so of JSON.
        Problem::WrongKind { .. } => {
            malformed(Some("Start of structure or map found where not expected."))
        }
        Problem::Index(problem) => malformed(Some(&index_text(problem))),
        // Our own limits and checks: AWS's answers, if it refuses these at all, are unverified.
        Problem::ValueAndMembers
        | Problem::TooManyItems { .. }
        | Problem::Unknown
        | Problem::Malformed(_)
        | Problem::Refused { .. }
        | Problem::Other(_) => {
            let place = Located { path: path.clone(), problem: problem.clone() };
            let text = DecodeError { problems: vec![place] }.to_string();
            Fault::new(400, "ValidationError", text)
        }
    }
}

/// `2 validation errors detected: Value null at 'roleName' failed …; …`, as STS writes it.
pub(crate) fn validation_text(problems: &[Located]) -> String {
    let errors = if problems.len() == 1 { "error" } else { "errors" };
    let constraints: Vec<String> = problems.iter().map(constraint_text).collect();
    format!("{} validation {errors} detected: {}", problems.len(), constraints.join("; "))
}

fn constraint_text(Located { path, problem }: &Located) -> String {
    let place = path.constraint();
    match problem {
        Problem::NotInEnumeration { value, allowed } => format!(
            "Value '{value}' at '{place}' failed to satisfy constraint: \
             Member must satisfy enum value set: [{}]",
            allowed.join(", ")
        ),
        _ => {
            format!("Value null at '{place}' failed to satisfy constraint: Member must not be null")
        }
    }
}

fn validation(problems: &[Located]) -> Fault {
    Fault::new(400, "ValidationError", validation_text(problems))
}

fn malformed(message: Option<&str>) -> Fault {
    let fault = Fault::without_message(400, "MalformedInput");
    Fault { message: message.map(str::to_owned), ..fault }
}

fn index_text(problem: &IndexProblem) -> String {
    match problem {
        IndexProblem::TopLevelList => "Top level element may not be treated as a list".to_owned(),
        IndexProblem::NotANumber(_) => "Start of list found where not expected".to_owned(),
        IndexProblem::Zero => "0 is not a valid index".to_owned(),
        IndexProblem::LeadingZero(_) => "Value found where not expected".to_owned(),
        IndexProblem::TooLarge(text) => format!("Index {text} is illegal"),
        IndexProblem::TooSparse { skipped } => format!(
            "Excessively sparse input would skip {} list elements",
            with_thousands_separators(*skipped)
        ),
    }
}

fn with_thousands_separators(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn is_common(path: &Path) -> bool {
    match path.segments.as_slice() {
        [Segment::Field(name)] => {
            COMMON_PARAMETERS.contains(&name.as_str()) || name.starts_with(SIGNATURE_PREFIX)
        }
        _ => false,
    }
}
