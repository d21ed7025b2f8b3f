//! x
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
pub mod rest_xml;
pub mod route;
pub mod service;
pub mod timestamp;
pub mod xml;

pub use blob::Blob;
pub use decode::{Decoded, MAX_LIST_ITEMS};
pub use fault::Fault;
pub use form::{Form, FormError};
pub use percent::PercentEncoded;
pub use problem::DecodeError;
pub use route::{Call, Incoming, Route, RouteError, route};
pub use service::{Protocol, Service};
pub use timestamp::Timestamp;
pub use xml::EncodeError;
