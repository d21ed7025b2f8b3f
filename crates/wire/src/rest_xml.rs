//! restXml, which of the services here only S3 speaks: method, path, query and headers say what is asked,
//! bodies are documents or bytes.
//!
//! [`read`] finds the operation ([`table`]), [`decode`] makes its input of path, query, headers and document;
//! [`answer()`] parts an output into headers and a document. Streams of bytes are the server's business.

mod answer;
mod members;
mod request;
pub mod table;

pub use answer::{Answer, answer};
pub use members::not_to_be_ignored;
pub use request::{Request, decode, fault, read};

use crate::fault::Fault;
use crate::xml::writer::Writer;

/// The media type of every answer.
pub const CONTENT_TYPE: &str = "application/xml";

/// Writes an error, laid out as S3 does (live probes reported in github.com/justincormack/argmin):
/// details between message and request id.
#[must_use]
pub fn error(fault: &Fault, request_id: &str, host_id: &str) -> Vec<u8> {
    let mut writer = Writer::new(0);
    writer.declaration();
    let root = writer.open("Error");
    writer.leaf("Code", &fault.code);
    if let Some(message) = &fault.message {
        writer.leaf("Message", message);
    }
    for (name, value) in &fault.details {
        writer.leaf(name, value);
    }
    writer.leaf("RequestId", request_id);
    writer.leaf("HostId", host_id);
    writer.close("Error", root);
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error() {
        let fault = Fault::new(404, "NoSuchBucket", "The specified bucket does not exist")
            .with_detail("BucketName", "a&b");
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\
            <Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message>\
            <BucketName>a&amp;b</BucketName><RequestId>R</RequestId><HostId>H</HostId></Error>";
        assert_eq!(String::from_utf8(error(&fault, "R", "H")).unwrap(), expected);
    }
}
