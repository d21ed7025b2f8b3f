//! A request of S3: which operation it is for, and its input.

use serde::de::DeserializeOwned;

use super::members::{self, METADATA_PREFIX};
use super::table::{Body, Level, SHAPES, Shape};
use crate::decode::Decoded;
use crate::fault::Fault;
use crate::path::{Path, Segment, Spelling};
use crate::percent::{decode_form_text, decode_path};
use crate::problem::{DecodeError, Problem};
use crate::xml::{self, Element, Lists};

/// A request taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The operation.
    pub shape: &'static Shape,
    /// The bucket, if the request names one.
    pub bucket: Option<String>,
    /// The key, if the request names one.
    pub key: Option<String>,
    /// The query parameters, decoded.
    pub parameters: Vec<(String, String)>,
}

/// Takes a request apart. `host_bucket` is the bucket that the host names; otherwise the path's first segment
/// is.
///
/// # Errors
/// S3's for a path or query that cannot be read (`InvalidURI`), and for a method that is not allowed.
pub fn read(
    method: &str,
    host_bucket: Option<&str>,
    path: &str,
    query: &str,
    has_header: impl Fn(&str) -> bool,
) -> Result<Request, Fault> {
    let (bucket, key) = match host_bucket {
        Some(bucket) => (bucket, path.strip_prefix('/').unwrap_or(path)),
        None => {
            let path = path.strip_prefix('/').unwrap_or(path);
            path.split_once('/').unwrap_or((path, ""))
        }
    };
    let decode = |text: &str| decode_path(text.as_bytes()).ok_or_else(invalid_uri);
    let bucket = Some(decode(bucket)?).filter(|bucket| !bucket.is_empty());
    let key = Some(decode(key)?).filter(|key| !key.is_empty());
    let parameters = parameters(query)?;
    let level = match (&bucket, &key) {
        (None, _) => Level::Root,
        (Some(_), None) => Level::Bucket,
        (Some(_), Some(_)) => Level::Object,
    };
    let has = |name: &str| parameters.iter().any(|(parameter, _)| parameter == name);
    let fits = |shape: &&Shape| {
        shape.method == method
            && shape.level == level
            && (shape.marker.is_empty() || has(shape.marker))
            && (shape.header.is_empty() || has_header(shape.header))
    };
    let shape = SHAPES.iter().find(fits).ok_or_else(|| method_not_allowed(method, level))?;
    if shape.marker.is_empty() {
        check_subresources(method, level, &parameters)?;
    }
    Ok(Request { shape, bucket, key, parameters })
}

/// An operation's input: path, query, headers (names in lower case) and, where it is no stream, the body.
///
/// # Errors
/// What is malformed or missing.
pub fn decode<T: DeserializeOwned>(
    request: &Request,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Decoded<T>, DecodeError> {
    let mut root = Element { name: request.shape.operation.to_owned(), ..Element::default() };
    let mut add = |name: &str, text: &str| root.children.push(leaf(name, text));
    request.bucket.iter().for_each(|bucket| add("Bucket", bucket));
    request.key.iter().for_each(|key| add("Key", key));
    for (name, value) in &request.parameters {
        if let Some(member) = members::of_parameter(name) {
            add(member, value);
        }
    }
    add_headers(&mut root, headers);
    match request.shape.body {
        Body::None | Body::Stream => {}
        Body::Text(member) => {
            let text = std::str::from_utf8(body).map_err(|_| malformed(member))?;
            root.children.push(leaf(member, text));
        }
        // A body that is not there is no member: `CreateBucket` has one only outside of us-east-1.
        Body::Xml(_) if body.iter().all(u8::is_ascii_whitespace) => {}
        Body::Xml(member) => {
            let mut document = xml::read(body).map_err(|_| malformed(member))?;
            if document.name != member && !is_alias(&document.name, member) {
                return Err(malformed(member));
            }
            // A header of the same name, `x-amz-tagging`, has no meaning beside the document.
            root.children.retain(|child| child.name != member);
            document.name = member.to_owned();
            root.children.push(document);
        }
    }
    xml::decode_element(&root, Lists::Repeated)
}

/// What S3 answers to input that cannot be decoded. A parameter out of its range is named; what the body has
/// wrong is not.
#[must_use]
pub fn fault(error: &DecodeError) -> Fault {
    let first = error.problems.first();
    let member = first.and_then(|located| match located.path.segments.as_slice() {
        [Segment::Field(member)] => Some(member.as_str()),
        _ => None,
    });
    let value = match first.map(|located| &located.problem) {
        Some(Problem::NotA { value, .. } | Problem::NotInEnumeration { value, .. }) => {
            value.clone()
        }
        _ => String::new(),
    };
    if let Some(parameter) = member.and_then(members::parameter_of) {
        let text = match parameter {
            "partNumber" => {
                "Part number must be an integer between 1 and 10000, inclusive".to_owned()
            }
            "encoding-type" => "Invalid Encoding Method specified in Request".to_owned(),
            _ => format!("Provided {parameter} not an integer or within integer range"),
        };
        return invalid_argument(text, parameter, value);
    }
    if let Some(header) = member.and_then(members::header_of) {
        return invalid_argument(format!("The {header} header is not valid."), header, value);
    }
    Fault::new(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

fn invalid_argument(text: String, name: &str, value: String) -> Fault {
    Fault::new(400, "InvalidArgument", text)
        .with_detail("ArgumentName", name)
        .with_detail("ArgumentValue", value)
}

fn invalid_uri() -> Fault {
    Fault::new(400, "InvalidURI", "Couldn't parse the specified URI.")
}

/// What is asked of a part is not done to the whole: deleting a bucket's logging, which no operation does, must not
/// delete the bucket, and a part that is newer than the table must not be put in the place of its object.
fn check_subresources(
    method: &str,
    level: Level,
    parameters: &[(String, String)],
) -> Result<(), Fault> {
    let is_known = |name: &str| {
        name != "list-type" && SHAPES.iter().any(|shape| !name.is_empty() && shape.marker == name)
    };
    let changes = !matches!(method, "GET" | "HEAD" | "OPTIONS");
    for (name, value) in parameters {
        if is_known(name) {
            return Err(method_not_allowed(method, level));
        }
        let is_part =
            value.is_empty() && name.starts_with(|first: char| first.is_ascii_lowercase());
        if changes && is_part && !matches!(name.as_str(), "versionId" | "x-id") {
            let text = format!("rolecall does not know the sub-resource `{name}` of S3");
            return Err(Fault::new(501, "NotImplemented", text));
        }
    }
    Ok(())
}

fn method_not_allowed(method: &str, level: Level) -> Fault {
    let resource = match level {
        Level::Root => "SERVICE",
        Level::Bucket => "BUCKET",
        Level::Object => "OBJECT",
    };
    Fault::new(
        405,
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
    )
    .with_detail("Method", method)
    .with_detail("ResourceType", resource)
}

/// The documents of one operation go by other names, too: SDKs send `CompleteMultipartUpload`.
fn is_alias(name: &str, member: &str) -> bool {
    matches!((name, member), ("CompleteMultipartUpload", "MultipartUpload"))
}

fn malformed(member: &str) -> DecodeError {
    let segments = vec![Segment::Field(member.to_owned()), Segment::Item(1)];
    let path = Path { spelling: Spelling::Document, segments };
    DecodeError::one(path, Problem::Malformed("no document of S3's".to_owned()))
}

fn leaf(name: &str, text: &str) -> Element {
    Element { name: name.to_owned(), text: text.to_owned(), ..Element::default() }
}

/// Adds the members that are headers, and the user's own metadata as a map. A header that is sent twice is a
/// list.
fn add_headers(root: &mut Element, headers: &[(&str, &str)]) {
    let mut metadata = Element { name: "Metadata".to_owned(), ..Element::default() };
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if let Some(key) = name.strip_prefix(METADATA_PREFIX) {
            let known = metadata
                .children
                .iter_mut()
                .find(|entry| entry.child("key").is_some_and(|known| known.text == key));
            match known.and_then(|entry| entry.children.get_mut(1)) {
                Some(known) => known.text = format!("{},{value}", known.text),
                None => metadata.children.push(Element {
                    name: "entry".to_owned(),
                    children: vec![leaf("key", key), leaf("value", value)],
                    ..Element::default()
                }),
            }
            continue;
        }
        let Some(member) = members::of_header(&name) else { continue };
        match root.children.iter_mut().find(|child| child.name == member) {
            Some(known) => known.text = format!("{},{value}", known.text),
            None => root.children.push(leaf(member, value)),
        }
    }
    if !metadata.children.is_empty() {
        root.children.push(metadata);
    }
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, Fault> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let decode =
                |text: &str| decode_form_text(text.as_bytes()).map(std::borrow::Cow::into_owned);
            Ok((
                decode(name).map_err(|_| invalid_uri())?,
                decode(value).map_err(|_| invalid_uri())?,
            ))
        })
        .collect()
}
