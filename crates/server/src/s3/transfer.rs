//! The five operations whose bytes are streams.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
use s3::content::{Body as Kept, MAX_INLINE_BYTES, Received as Taken};
use s3::intake::Intake;
use s3::multipart::copy::UploadPartCopy;
use s3::multipart::part::UploadPart;
use s3::object::copy::{Copied, CopyObject, Source};
use s3::object::get::{GetObject, GetObjectOutput};
use s3::object::put::PutObject;
use store::{Hold, StoreError};

use super::Call;
use super::arrive::Keeping;
use super::depart::Outgoing;
use super::hashing::Hashing;
use crate::respond::Failure;

/// How often something is begun anew because its object was replaced meanwhile.
pub(super) const MAX_ATTEMPTS: usize = 4;

impl Call {
    pub(super) async fn get(mut self) -> Result<Response, Failure> {
        for _ in 0..MAX_ATTEMPTS {
            let operation: GetObject = self.decode(&[])?;
            let output = self.job.read(operation.clone())?;
            let hold = self.hold(&output.body);
            if !output.body.pieces().is_empty() && self.job.look(operation)?.body != output.body {
                continue;
            }
            let mut response = self.encode::<GetObject>(&output)?;
            if output.content_range.is_some() {
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            }
            *response.body_mut() = self.bytes_of(&output, hold);
            return Ok(response);
        }
        Err(replaced_again())
    }

    fn bytes_of(&self, output: &GetObjectOutput, hold: Hold) -> Body {
        match output.inline() {
            Some(bytes) => Body::from(bytes.to_vec()),
            None => {
                let (contents, range) = (&self.job.shared.contents, output.range.clone());
                Outgoing::new(contents, hold, &output.body, range).into_body()
            }
        }
    }

    /// Keeps the contents of a body readable. They may have been removed before, so whoever holds them must look
    /// again, at the newest state, whether they are still the object's.
    fn hold(&mut self, kept: &Kept) -> Hold {
        let shared = &self.job.shared;
        let hold = shared.contents.hold(kept.pieces().iter().map(|piece| piece.id));
        self.job.snapshot = shared.store.snapshot();
        hold
    }

    pub(super) async fn put(mut self) -> Result<Response, Failure> {
        let operation: PutObject = self.decode(&[])?;
        // Few bytes are taken in first, and IAM is asked once. Whatever is wrong with them, a denial goes first.
        let bytes = self.received.header("content-length").and_then(|bytes| bytes.parse().ok());
        let is_small = bytes.is_some_and(|bytes: usize| bytes <= MAX_INLINE_BYTES);
        if !is_small {
            self.job.foresee(&operation)?;
        }
        let taken = match self.take_stream(None, true).await {
            Err(failure) if is_small => {
                self.job.foresee(&operation)?;
                return Err(failure);
            }
            taken => taken?,
        };
        let kept = taken.body.clone();
        let output = self.write(operation.with_received(taken)).await;
        let output = self.or_remove(output, &kept).await?;
        self.encode::<PutObject>(&output)
    }

    pub(super) async fn upload_part(mut self) -> Result<Response, Failure> {
        let operation: UploadPart = self.decode(&[])?;
        self.job.foresee(&operation)?;
        let default = operation.wanted_checksum(&self.job.snapshot).map_err(Failure::Service)?;
        let taken = self.take_stream(default, false).await?;
        let kept = taken.body.clone();
        let output = self.write(operation.with_received(taken)).await;
        let output = self.or_remove(output, &kept).await?;
        self.encode::<UploadPart>(&output)
    }

    pub(super) async fn copy(mut self) -> Result<Response, Failure> {
        self.check_source_owner()?;
        for _ in 0..MAX_ATTEMPTS {
            let operation: CopyObject = self.decode(&[])?;
            let Some(source) = self.job.look(operation.clone())?.source else { break };
            let hold = self.hold(&source.body);
            let again = self.job.look(operation.clone())?.source;
            if again.is_none_or(|again| again.body != source.body) {
                continue;
            }
            let (copied, kept) = self.copied(source, hold, true).await?;
            let output = self.write(operation.with_copied(copied)).await;
            match self.or_remove(output, &kept).await {
                Err(failure) if is_changed(&failure) => self.refresh(),
                output => return self.encode::<CopyObject>(&output?),
            }
        }
        Err(replaced_again())
    }

    pub(super) async fn copy_part(mut self) -> Result<Response, Failure> {
        self.check_source_owner()?;
        for _ in 0..MAX_ATTEMPTS {
            let operation: UploadPartCopy = self.decode(&[])?;
            let Some(source) = self.job.look(operation.clone())?.source else { break };
            let hold = self.hold(&source.body);
            let again = self.job.look(operation.clone())?.source;
            if again.is_none_or(|again| again.body != source.body) {
                continue;
            }
            let (copied, kept) = self.copied(source, hold, false).await?;
            let output = self.write(operation.with_copied(copied)).await;
            match self.or_remove(output, &kept).await {
                Err(failure) if is_changed(&failure) => self.refresh(),
                output => return self.encode::<UploadPartCopy>(&output?),
            }
        }
        Err(replaced_again())
    }

    fn refresh(&mut self) {
        self.job.snapshot = self.job.shared.store.snapshot();
    }

    /// Writes the bytes of a source anew.
    async fn copied(
        &self,
        source: Source,
        hold: Hold,
        may_inline: bool,
    ) -> Result<(Copied, Kept), Failure> {
        let contents = self.job.shared.contents.clone();
        let bytes = source.range.end.saturating_sub(source.range.start);
        let mut hashing = Hashing::begin(Intake::of(source.algorithm), bytes);
        let mut keeping = Keeping::new(&contents, may_inline);
        if let Kept::Inline(inline) = &source.body {
            let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
            let bytes = inline.0.get(at(source.range.start)..at(source.range.end));
            let bytes = Bytes::from(bytes.unwrap_or_default().to_vec());
            hashing.update(&bytes).await?;
            keeping.take(bytes).await?;
        }
        let mut outgoing = Outgoing::new(&contents, hold, &source.body, source.range);
        while let Some(bytes) = outgoing.next().await {
            let bytes = bytes?;
            hashing.update(&bytes).await?;
            keeping.take(bytes).await?;
        }
        let intake = hashing.end().await?;
        let bytes = intake.bytes();
        let (md5, checksum) = intake.results();
        let kept = keeping.finish().await?;
        let received = Taken { body: kept.clone(), bytes, md5, checksum };
        Ok((Copied { received, etag: source.etag }, kept))
    }

    /// What came in for nothing is removed at once.
    async fn or_remove<T>(&self, output: Result<T, Failure>, kept: &Kept) -> Result<T, Failure> {
        if output.is_err() {
            for piece in kept.pieces() {
                // What stays is swept at the next start.
                let _: Result<(), StoreError> = self.job.shared.contents.remove(piece.id).await;
            }
        }
        output
    }

    /// Whoever says whose the source's bucket is must be right.
    fn check_source_owner(&self) -> Result<(), Failure> {
        let expected = self.received.header("x-amz-source-expected-bucket-owner");
        let source = self.received.header("x-amz-copy-source").unwrap_or_default();
        let name = source.trim_start_matches('/').split('/').next().unwrap_or_default();
        match (expected, s3::bucket::find(&self.job.snapshot, name)) {
            (Some(expected), Ok(bucket)) if bucket.account.as_str() != expected => {
                Err(Failure::Service(cloud::Fault::new("AccessDenied", "Access Denied")))
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn replaced_again() -> Failure {
    Failure::Internal("an object was replaced again and again while it was read".to_owned())
}

fn is_changed(failure: &Failure) -> bool {
    matches!(failure, Failure::Service(fault) if fault.code == s3::CHANGED_MEANWHILE)
}
