//! The ec2 protocol: forms like awsQuery's with lists flattened, answers with lower-camel names.
//!
//! The layout of answers is that of EC2 (wire traces in github.com/boto/boto issue 1483 and
//! github.com/fog/fog pull 719): an XML declaration, four spaces of indent, `<requestId>` first, lists
//! as `<item>`, empty elements closed in themselves, times with milliseconds.

use serde::{Deserialize, Serialize};

use crate::decode::Decoded;
use crate::fault::Fault;
use crate::form::{Form, Style};
use crate::path::{Path, Segment, Spelling, lower_first};
use crate::problem::{DecodeError, Kind, Located, Problem};
use crate::query::decode_form;
use crate::service::Service;
use crate::xml::encode::{EncodeError, Format, Place, encode_into};
use crate::xml::writer::Writer;

/// The media type of every answer.
pub const CONTENT_TYPE: &str = "text/xml;charset=UTF-8";

/// Spaces per level of an answer.
const INDENT: usize = 4;

/// Reads an operation's input. Members are named as on the wire, which is not always as in the
/// service's model: `InstanceId` for the list that the model calls `InstanceIds`.
///
/// # Errors
/// What is missing or malformed; [`fault`] turns it into what EC2 answers.
pub fn decode<'de, T: Deserialize<'de>>(form: &'de Form<'de>) -> Result<Decoded<T>, DecodeError> {
    decode_form(form, Style::Ec2, Spelling::Ec2)
}

/// Writes an operation's output, a structure, whose members stand beside `<requestId>`. `()` and unit
/// structs are operations without output, which answer `<return>true</return>` (EC2 API reference,
/// for instance `DeleteVpc`).
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
    writer.declaration();
    let response = format!("{operation}Response");
    let root = writer.open_in(&response, service.namespace);
    writer.leaf("requestId", request_id);
    let format = Format { item: Some("item"), milliseconds: service.milliseconds };
    encode_into(&mut writer, Place::Beside, format, output)?;
    writer.close(&response, root);
    Ok(writer.finish())
}

/// Writes an error.
#[must_use]
pub fn error(fault: &Fault, request_id: &str) -> Vec<u8> {
    let mut writer = Writer::new(0);
    writer.declaration();
    let root = writer.open("Response");
    let errors = writer.open("Errors");
    let error = writer.open("Error");
    writer.leaf("Code", &fault.code);
    writer.leaf("Message", fault.message.as_deref().unwrap_or_default());
    for (name, value) in &fault.details {
        writer.leaf(name, value);
    }
    writer.close("Error", error);
    writer.close("Errors", errors);
    writer.leaf("RequestID", request_id);
    writer.close("Response", root);
    writer.finish()
}

/// What EC2 answers to an action that it does not have (quoted in the AWS provider for Terraform, which
/// looks for it).
#[must_use]
pub fn unknown_action(action: &str) -> Fault {
    let message = format!("The action {action} is not valid for this web service.");
    Fault::new(400, "InvalidAction", message)
}

/// What EC2 answers to a parameter that the operation does not have: it names the segment that it
/// does not know (github.com/aws/aws-sdk-js issue 57: `Item` of `Tag.Item`).
#[must_use]
pub fn unknown_parameter(path: &Path) -> Fault {
    let name = path.last_field().map_or_else(|| path.to_string(), str::to_owned);
    Fault::new(400, "UnknownParameter", format!("The parameter {name} is not recognized"))
}

/// What EC2 answers to input that cannot be decoded. The codes are from its list of error codes. The
/// text for a missing parameter is quoted in many reports, that for a value in place of a structure in
/// github.com/aws/aws-cli issue 803; the others are modelled on answers to other bad values of the same
/// parameters and unverified.
#[must_use]
pub fn fault(error: &DecodeError) -> Fault {
    let Some(Located { path, problem }) = error.first() else {
        return Fault::new(400, "InvalidRequest", "The request received was invalid.");
    };
    let parameter = lower_parameter(path);
    let invalid = |value: &str| {
        let message = format!("Value ({value}) for parameter {parameter} is invalid.");
        Fault::new(400, "InvalidParameterValue", message)
    };
    match problem {
        Problem::Missing => {
            let message = format!("The request must contain the parameter {path}");
            Fault::new(400, "MissingParameter", message)
        }
        Problem::NotA { value, wanted: Kind::Boolean } => {
            let fault = invalid(value);
            let hint = " Expecting true or false.";
            Fault { message: fault.message.map(|text| text + hint), ..fault }
        }
        Problem::NotA { value, .. } | Problem::NotInEnumeration { value, .. } => invalid(value),
        Problem::Refused { value, .. } => invalid(value.trim_matches('`')),
        Problem::Unknown => unknown_parameter(path),
        Problem::WrongKind { .. } | Problem::ValueAndMembers => {
            Fault::new(400, "InvalidRequest", "The request received was invalid.")
        }
        Problem::Index(_)
        | Problem::TooManyItems { .. }
        | Problem::Malformed(_)
        | Problem::Other(_) => Fault::new(400, "InvalidParameterValue", error.to_string()),
    }
}

/// EC2's messages spell parameters in lower camel case: `iamInstanceProfile.name`.
fn lower_parameter(path: &Path) -> String {
    let segments = path.segments.iter().map(|segment| match segment {
        Segment::Field(name) => lower_first(name),
        Segment::Item(number) | Segment::Entry(number) => number.to_string(),
    });
    segments.collect::<Vec<_>>().join(".")
}
