//! AWS's wire protocols: requests to values, values and errors to bytes.
//!
//! Nothing here does I/O or knows HTTP: bytes, header pairs and status numbers in and out. An operation
//! is a plain struct with serde's derives whose serde names are the names on the wire; it writes no
//! wire code of its own. One decoder reads it from a form, JSON or XML ([`Decoded`], [`DecodeError`]),
//! one encoder for each protocol writes its output, and each protocol turns a [`DecodeError`] or a
//! [`Fault`] into what AWS answers.
//!
//! ```text
//! Incoming ── route ──▶ Route { service, call } ── query/ec2/json::decode ──▶ Decoded { input, unknown }
//!                                                     │ DecodeError
//!                                                     ▼
//! bytes ◀── Service::answer ── output        Service::decode_fault ──▶ Fault ── Service::error ──▶ bytes
//! ```
//!
//! # How an operation is written
//!
//! - A required member is its plain type, an optional one an `Option`. An optional list is a `Vec` with
//!   `#[serde(default)]`, a required one (or one whose absence means something else than emptiness) a
//!   `Vec` without, or an `Option<Vec<…>>`. In an output, `None` is left out and an empty list is kept.
//! - Whole numbers are `i32` or `i64` as in the service's model: AWS reads no more bits than those.
//! - Enumerations are enums with unit variants. Times are [`Timestamp`], bytes are [`Blob`], a document
//!   that IAM answers percent-encoded is [`PercentEncoded`]. Maps are `BTreeMap<String, …>`.
//! - No `#[serde(flatten)]` and no untagged enums: they lose what kind a member is.
//!
//! ## awsQuery: IAM, STS, CloudFormation
//!
//! All names are in Pascal case, in both directions, but for a few that the service spells otherwise
//! (`arn` in STS's `PolicyArns`).
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use wire::{Call, Incoming, PercentEncoded, Timestamp, query};
//!
//! #[derive(Debug, PartialEq, Deserialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct CreateRole {
//!     role_name: String,
//!     assume_role_policy_document: String,
//!     path: Option<String>,
//!     max_session_duration: Option<i32>,
//!     #[serde(default)]
//!     tags: Vec<Tag>,
//! }
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct Tag {
//!     key: String,
//!     value: String,
//! }
//!
//! #[derive(Serialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct CreateRoleOutput {
//!     role: Role,
//! }
//!
//! #[derive(Serialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct Role {
//!     role_name: String,
//!     create_date: Timestamp,
//!     assume_role_policy_document: PercentEncoded,
//!     tags: Vec<Tag>,
//! }
//!
//! let body = b"Action=CreateRole&Version=2010-05-08&RoleName=reader&AssumeRolePolicyDocument=%7B%7D\
//!     &Tags.member.1.Key=team&Tags.member.1.Value=data&Colour=red";
//! let incoming = Incoming {
//!     method: "POST",
//!     query: "",
//!     headers: &[("content-type", "application/x-www-form-urlencoded")],
//!     body,
//!     scope_service: Some("iam"),
//! };
//! let route = wire::route(&incoming)?;
//! let Call::Form { action, form } = &route.call else { unreachable!() };
//! assert_eq!(action, "CreateRole");
//!
//! let decoded = query::decode::<CreateRole>(form)?;
//! assert_eq!(decoded.input.role_name, "reader");
//! assert_eq!(decoded.input.tags, [Tag { key: "team".into(), value: "data".into() }]);
//! assert_eq!(decoded.unknown[0].to_string(), "Colour"); // IAM ignores it
//!
//! let output = CreateRoleOutput {
//!     role: Role {
//!         role_name: decoded.input.role_name,
//!         create_date: Timestamp::from_unix_seconds(1_769_860_800),
//!         assume_role_policy_document: "{}".into(),
//!         tags: vec![],
//!     },
//! };
//! let answer = String::from_utf8(route.service.answer(action, "request-id", &output)?)?;
//! assert_eq!(answer, "\
//! <CreateRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">
//!   <CreateRoleResult>
//!     <Role>
//!       <RoleName>reader</RoleName>
//!       <CreateDate>2026-01-31T12:00:00Z</CreateDate>
//!       <AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument>
//!       <Tags/>
//!     </Role>
//!   </CreateRoleResult>
//!   <ResponseMetadata>
//!     <RequestId>request-id</RequestId>
//!   </ResponseMetadata>
//! </CreateRoleResponse>
//! ");
//!
//! // What is missing is named as AWS names it.
//! let form = wire::Form::parse("", b"RoleName=reader")?;
//! let error = query::decode::<CreateRole>(&form).unwrap_err();
//! assert_eq!(
//!     route.service.decode_fault(&error).message.unwrap(),
//!     "1 validation error detected: Value null at 'assumeRolePolicyDocument' failed to satisfy \
//!      constraint: Member must not be null",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An operation without output answers `&()`, and its answer has no `…Result` element.
//!
//! ## ec2
//!
//! Requests are in Pascal case with the names that clients send, which for lists are singular:
//! `InstanceId.1` for what the model calls `InstanceIds` (the model's `queryName`, or its `locationName`
//! with a capital). Answers are in lower camel case, lists are called `…Set`; members stand beside
//! `<requestId>`.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use wire::{Form, Service, ec2};
//!
//! #[derive(Deserialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct DescribeTags {
//!     #[serde(default)]
//!     filter: Vec<Filter>,
//!     max_results: Option<i32>,
//! }
//!
//! #[derive(Deserialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct Filter {
//!     name: String,
//!     value: Vec<String>,
//! }
//!
//! #[derive(Serialize)]
//! #[serde(rename_all = "camelCase")]
//! struct DescribeTagsOutput {
//!     tag_set: Vec<Tag>,
//!     next_token: Option<String>,
//! }
//!
//! // A structure that goes both ways has two spellings.
//! #[derive(Serialize, Deserialize)]
//! #[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
//! struct Tag {
//!     key: String,
//!     value: String,
//! }
//!
//! let form = Form::parse("", b"Filter.1.Name=key&Filter.1.Value.1=a&Filter.1.Value.2=b&Colour=red")?;
//! let decoded = ec2::decode::<DescribeTags>(&form)?;
//! assert_eq!(decoded.input.filter[0].value, ["a", "b"]);
//! // EC2 refuses what it does not know.
//! let fault = ec2::unknown_parameter(&decoded.unknown[0]);
//! assert_eq!(fault.message.as_deref(), Some("The parameter Colour is not recognized"));
//!
//! let ec2 = Service::named("ec2").unwrap();
//! let tags = vec![Tag { key: "a".into(), value: String::new() }];
//! let output = DescribeTagsOutput { tag_set: tags, next_token: None };
//! let answer = String::from_utf8(ec2.answer("DescribeTags", "request-id", &output)?)?;
//! assert_eq!(answer, "\
//! <?xml version=\"1.0\" encoding=\"UTF-8\"?>
//! <DescribeTagsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">
//!     <requestId>request-id</requestId>
//!     <tagSet>
//!         <item>
//!             <key>a</key>
//!             <value/>
//!         </item>
//!     </tagSet>
//! </DescribeTagsResponse>
//! ");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## awsJson: CloudTrail, Organizations, Systems Manager
//!
//! Members are in Pascal case; `null` counts as absent, times are seconds.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use wire::{Fault, Timestamp, json};
//!
//! #[derive(Deserialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct LookupEvents {
//!     start_time: Option<Timestamp>,
//!     max_results: Option<i32>,
//! }
//!
//! #[derive(Serialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct LookupEventsOutput {
//!     events: Vec<Event>,
//!     next_token: Option<String>,
//! }
//!
//! #[derive(Serialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct Event {
//!     event_time: Timestamp,
//! }
//!
//! let input = json::decode::<LookupEvents>(br#"{"StartTime":1769860800,"MaxResults":null}"#)?.input;
//! let event_time = input.start_time.unwrap();
//! assert_eq!(event_time.to_string(), "2026-01-31T12:00:00Z");
//!
//! let output = LookupEventsOutput { events: vec![Event { event_time }], next_token: None };
//! assert_eq!(json::answer(&output)?, br#"{"Events":[{"EventTime":1769860800}]}"#);
//!
//! let fault = Fault::new(400, "InvalidTimeRangeException", "no").with_detail("Reason", "END_FIRST");
//! let expected = br#"{"__type":"InvalidTimeRangeException","Message":"no","Reason":"END_FIRST"}"#;
//! assert_eq!(json::error(&fault), expected);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## XML bodies
//!
//! The few bodies that are XML are read by [`xml::decode`], which refuses document types and entities;
//! a repeated element is a list. It also reads answers, with [`xml::Lists::Wrapped`].
//!
//! ```
//! use serde::Deserialize;
//! use wire::xml::{self, Lists};
//!
//! #[derive(Deserialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct Delete {
//!     #[serde(default)]
//!     quiet: bool,
//!     object: Vec<Object>,
//! }
//!
//! #[derive(Deserialize)]
//! #[serde(rename_all = "PascalCase")]
//! struct Object {
//!     key: String,
//! }
//!
//! let body = b"<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>";
//! let input = xml::decode::<Delete>(body, Lists::Repeated)?.input;
//! assert_eq!(input.object[1].key, "b");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod blob;
mod decode;
pub mod ec2;
pub mod fault;
pub mod form;
pub mod host;
pub mod json;
pub mod path;
pub mod percent;
pub mod problem;
pub mod query;
pub mod rest_json;
pub mod rest_xml;
pub mod route;
pub mod service;
pub mod timestamp;
pub mod xml;

pub use blob::Blob;
pub use decode::{Decoded, MAX_LIST_ITEMS, MAX_UNKNOWN_NAMED};
pub use fault::Fault;
pub use form::{Form, FormError};
pub use percent::PercentEncoded;
pub use problem::DecodeError;
pub use route::{Call, Incoming, Route, RouteError, route};
pub use service::{Protocol, Service};
pub use timestamp::Timestamp;
pub use xml::EncodeError;
