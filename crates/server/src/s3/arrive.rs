//! Bytes on their way in: through the signature's eye, counted and hashed, to where they are kept.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody};
use cloud::Fault;
use names::{Entropy, Timestamp};
use s3::checksum::{Algorithm, Members};
use s3::content::{Body as Kept, Inline, MAX_INLINE_BYTES, Piece, Received as Taken};
use s3::intake::{Expected, Intake};
use store::{ContentId, Contents, Writer};
use wire::xml::MAX_DOCUMENT_BYTES;

use super::Call;
use super::hashing::Hashing;
use crate::authenticate::Signed;
use crate::clock::OsEntropy;
use crate::receive::Received;
use crate::respond::Failure;

/// Condition keys that follow from how a request was signed (S3 API reference, "Amazon S3 signature version 4
/// authentication specific policy keys").
pub(super) fn context(
    received: &Received,
    signed: &Signed,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    // The loopback stands for AWS's TLS endpoints.
    let mut context = vec![("s3:TlsVersion", "1.3".to_owned())];
    let endpoint = received.header("host").map(wire::host::endpoint).unwrap_or_default();
    if let Some(id) = endpoint.vpc_endpoint {
        context.push(("aws:SourceVpce", id.to_owned()));
    }
    if let Some(hash) = received.header("x-amz-content-sha256") {
        context.push(("s3:x-amz-content-sha256", hash.to_owned()));
    }
    if let Some(made) = signed.made {
        let kind = if signed.is_presigned { "REST-QUERY-STRING" } else { "REST-HEADER" };
        context.push(("s3:authType", kind.to_owned()));
        context.push(("s3:signatureversion", signed.version.to_owned()));
        let age_seconds = now.unix_seconds().saturating_sub(made.unix_seconds()).max(0);
        context.push(("s3:signatureAge", age_seconds.saturating_mul(1000).to_string()));
    }
    context
}

/// Where bytes are kept that are still coming: in memory while they are few.
pub(super) struct Keeping<'c> {
    contents: &'c Contents,
    /// Bytes that may stay in the row.
    may_inline: bool,
    gathered: Vec<u8>,
    writer: Option<(ContentId, Writer)>,
}

impl<'c> Keeping<'c> {
    pub(super) fn new(contents: &'c Contents, may_inline: bool) -> Self {
        Self { contents, may_inline, gathered: Vec::new(), writer: None }
    }

    pub(super) async fn take(&mut self, bytes: Bytes) -> Result<(), Failure> {
        if let Some((_, writer)) = &mut self.writer {
            return Ok(writer.write(bytes).await?);
        }
        if self.may_inline && self.gathered.len() + bytes.len() <= MAX_INLINE_BYTES {
            self.gathered.extend_from_slice(&bytes);
            return Ok(());
        }
        let mut writer = self.begin();
        let gathered = std::mem::take(&mut self.gathered);
        if !gathered.is_empty() {
            writer.1.write(gathered.into()).await?;
        }
        writer.1.write(bytes).await?;
        self.writer = Some(writer);
        Ok(())
    }

    pub(super) async fn finish(mut self) -> Result<Kept, Failure> {
        if self.writer.is_none() && self.may_inline {
            return Ok(Kept::Inline(Inline(self.gathered)));
        }
        let (id, writer) = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin(),
        };
        let content = writer.finish().await?;
        Ok(Kept::Stored(vec![Piece { id, bytes: content.bytes }]))
    }

    fn begin(&self) -> (ContentId, Writer) {
        let mut random = [0; 16];
        OsEntropy::new().fill(&mut random);
        let id = ContentId::new(random);
        (id, self.contents.writer(id))
    }
}

impl Call {
    /// Takes in a stream.
    pub(super) async fn take_stream(
        &mut self,
        default: Option<Algorithm>,
        may_inline: bool,
    ) -> Result<Taken, Failure> {
        let expected = expected(&self.received, default)?;
        if expected.bytes.is_none() {
            let text = "You must provide the Content-Length HTTP header.";
            return Err(Failure::Service(Fault::new("MissingContentLength", text)));
        }
        let bytes = expected.bytes.unwrap_or_default();
        let mut hashing = Hashing::begin(Intake::begin(expected).map_err(Failure::Service)?, bytes);
        let contents = self.job.shared.contents.clone();
        let mut keeping = Keeping::new(&contents, may_inline);
        let mut verify = self.signed.take_body();
        while let Some(piece) = self.next().await? {
            for bytes in decoded(verify.as_mut(), piece)? {
                hashing.update(&bytes).await?;
                keeping.take(bytes).await?;
            }
        }
        let trailers = end(verify)?;
        let intake = hashing.end().await?;
        let bytes = intake.bytes();
        let (md5, checksum) = intake.finish(&trailers).map_err(Failure::Service)?;
        // Only what is proved is made durable.
        let body = keeping.finish().await?;
        Ok(Taken { body, bytes, md5, checksum })
    }

    /// Takes in a document.
    pub(super) async fn take_document(&mut self) -> Result<Vec<u8>, Failure> {
        let expected = Expected { bytes: None, ..expected(&self.received, None)? };
        let mut intake = Intake::begin(expected).map_err(Failure::Service)?;
        let mut document = Vec::new();
        let mut verify = self.signed.take_body();
        while let Some(piece) = self.next().await? {
            for bytes in decoded(verify.as_mut(), piece)? {
                if document.len() + bytes.len() > MAX_DOCUMENT_BYTES {
                    let text = "Your request was too large.";
                    let fault = Fault::new("MaxMessageLengthExceeded", text)
                        .with_detail("MaxMessageLengthBytes", MAX_DOCUMENT_BYTES.to_string());
                    return Err(Failure::Service(fault));
                }
                intake.update(&bytes);
                document.extend_from_slice(&bytes);
            }
        }
        let trailers = end(verify)?;
        intake.finish(&trailers).map_err(Failure::Service)?;
        Ok(document)
    }
}

/// The next bytes of a body.
pub(super) async fn next(body: &mut Body) -> Result<Option<Bytes>, Failure> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        match frame {
            None => return Ok(None),
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
            Some(Err(_)) => {
                let text = "You did not provide the number of bytes specified by the Content-Length HTTP header";
                return Err(Failure::Service(Fault::new("IncompleteBody", text)));
            }
        }
    }
}

/// What the bytes mean: of an aws-chunked body, what is in the chunks.
fn decoded(verify: Option<&mut sigv4::Body>, piece: Bytes) -> Result<Vec<Bytes>, Failure> {
    let Some(verify) = verify else { return Ok(vec![piece]) };
    let mut all = Vec::new();
    // What is meant is part of the piece, so nothing is copied.
    let pushed = verify.push(&piece, |bytes| all.push(piece.slice_ref(bytes)));
    pushed.map_err(|error| body_fault(&error))?;
    Ok(all)
}

fn end(verify: Option<sigv4::Body>) -> Result<Vec<(String, String)>, Failure> {
    verify.map_or(Ok(Vec::new()), |verify| verify.finish().map_err(|error| body_fault(&error)))
}

fn body_fault(error: &sigv4::BodyError) -> Failure {
    let answer = sigv4::answer::s3_body(error);
    let mut fault = Fault::new(answer.code, answer.message.as_ref());
    if let sigv4::BodyError::ContentHash { declared, computed } = error {
        fault = fault
            .with_detail("ClientComputedContentSHA256", declared.as_str())
            .with_detail("S3ComputedContentSHA256", computed.as_str());
    }
    Failure::Service(fault)
}

/// What the headers say of the body.
fn expected(received: &Received, default: Option<Algorithm>) -> Result<Expected, Failure> {
    let header = |name: &str| received.header(name).map(str::to_owned);
    let trailer = match received.header("x-amz-trailer") {
        None => None,
        Some(names) => {
            let mut named = names.split(',').map(|name| name.trim().to_ascii_lowercase());
            let kind = |name: String| Algorithm::ALL.into_iter().find(|kind| kind.header() == name);
            let known = named.find_map(kind);
            if known.is_none() {
                let text = "The value specified in the x-amz-trailer header is not supported";
                return Err(Failure::Service(Fault::new("InvalidRequest", text)));
            }
            known
        }
    };
    let length = header("x-amz-decoded-content-length").or_else(|| header("content-length"));
    let bytes = match length {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            let text = "The Content-Length header is not a number";
            Failure::Service(Fault::new("InvalidArgument", text))
        })?),
    };
    Ok(Expected {
        md5: header("content-md5"),
        checksums: Members::read(|kind| header(kind.header())),
        algorithm: header("x-amz-sdk-checksum-algorithm"),
        trailer,
        default,
        bytes,
    })
}
