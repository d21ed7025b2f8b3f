//! S3: buckets, and the objects in them. One file a noun.
//!
//! Operations are as everywhere: input, demands, run. What is special are bytes: they come in before an object is
//! made of them and go out after it was read, as streams that no operation sees. [`Received`](content::Received)
//! tells an operation what came in, and [`Body`](content::Body) tells the server where the bytes of an answer are.
//! A few bytes stand in the row itself.
//!
//! # For other services of this server
//!
//! An operation that acts for somebody, as Databricks does as the role of a cluster, calls within its own write, and
//! is authorized as that caller:
//!
//! ```ignore
//! // Up to content::MAX_INLINE_BYTES; `None` for more.
//! let put = s3::object::put::PutObject::of_bytes("bucket", "key", b"bytes")?;
//! act.write_as(&session, put)?;
//! let got = act.read_as(&session, s3::object::get::GetObject::of("bucket", "key"))?;
//! got.inline(); // the bytes, if they are few; else `got.body` says which contents of the store they are
//! act.read_as(&session, s3::list::objects::ListObjectsV2::of("bucket", "prefix/"))?;
//! act.write_as(&session, s3::object::delete::DeleteObject::of("bucket", "key"))?;
//! ```
//!
//! More bytes than a row holds are read through `store::Contents`, which the server has.

pub mod absent;
pub mod acl;
pub mod bucket;
pub mod checksum;
pub mod content;
pub mod cors;
pub mod demand;
pub mod discard;
pub mod encryption;
pub mod intake;
pub mod lifecycle;
pub mod list;
pub mod logging;
pub mod multipart;
pub mod name;
pub mod notification;
pub mod object;
pub mod owner;
pub mod ownership;
pub mod policy;
pub mod public_access;
mod setting;
pub mod stamp;
pub mod table;
pub mod tagging;
#[cfg(test)]
mod tests;
pub mod versioning;

use std::collections::HashSet;

use cloud::Fault;
use store::{ContentId, View};

/// Adds the rows that S3 keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<bucket::BucketRow>()
        .with::<object::ObjectRow>()
        .with::<multipart::UploadRow>()
        .with::<multipart::PartRow>()
        .with::<discard::DiscardedRow>()
}

/// The contents that rows name: all others can be swept away.
#[must_use]
pub fn contents(view: &View) -> HashSet<ContentId> {
    let objects = view.everywhere::<object::ObjectRow>().map(|row| &row.body);
    let parts = view.everywhere::<multipart::PartRow>().map(|row| &row.body);
    objects.chain(parts).flat_map(|body| body.pieces()).map(|piece| piece.id).collect()
}

/// The source changed while it was copied: the copy is made once more.
pub const CHANGED_MEANWHILE: &str = "ChangedMeanwhile";

fn changed_meanwhile() -> Fault {
    Fault::new(CHANGED_MEANWHILE, "the object changed while it was copied: try again")
}

fn no_body() -> Fault {
    Fault::new("InternalError", "an object was written before its bytes came in")
}

fn not_modelled(what: &str) -> Fault {
    let text = format!("rolecall does not model {what} yet: see docs/fidelity/s3.md");
    Fault::new("NotImplemented", text)
}

fn malformed_xml() -> Fault {
    let text =
        "The XML you provided was not well-formed or did not validate against our published schema";
    Fault::new("MalformedXML", text)
}
