//! Objects that operations of other services want to have read before they run, as their caller.

use std::sync::Arc;

use cloud::object::{SeenObject, WantedObject};
use cloud::propagation::Unseen;
use cloud::{Fault, Made, Operation, Service, authorize};
use s3::object::get::{GetObject, GetObjectOutput};

use super::depart::Outgoing;
use super::transfer::{MAX_ATTEMPTS, replaced_again};
use crate::perform::Job;
use crate::respond::Failure;

impl Job {
    /// Reads an object as the caller: what came of it, and the call as `why` tells it.
    pub(crate) async fn read_object(
        &mut self,
        wanted: &WantedObject,
    ) -> Result<(SeenObject, Made), Failure> {
        self.snapshot = self.shared.current_bucket(&wanted.bucket).await?;
        for _ in 0..MAX_ATTEMPTS {
            let (found, made) = self.find_object(wanted);
            let output = match found {
                Ok(output) => output,
                Err(fault) => return Ok((Err(fault), made)),
            };
            if output.content_length > wanted.max_bytes {
                return Ok((Err(wanted.too_large(output.content_length)), made));
            }
            if let Some(bytes) = output.inline() {
                return Ok((Ok(bytes.into()), made));
            }
            let pieces = output.body.pieces().iter().map(|piece| piece.id);
            let hold = self.shared.contents.hold(pieces);
            self.snapshot = self.shared.store.snapshot();
            // What is held now may have been removed before.
            if self.find_object(wanted).0.is_ok_and(|again| again.body == output.body) {
                let contents = &self.shared.contents;
                let outgoing = Outgoing::new(contents, hold, &output.body, output.range);
                return Ok((Ok(gathered(outgoing).await?), made));
            }
        }
        Err(replaced_again())
    }

    fn find_object(&self, wanted: &WantedObject) -> (Result<GetObjectOutput, Fault>, Made) {
        let operation = GetObject::of(&wanted.bucket, &wanted.key);
        let operation = operation.of_version(wanted.version_id.as_deref());
        let unseen = Unseen::default();
        let ask = self.ask::<GetObject>(&self.snapshot, &unseen);
        let authorized = authorize(operation, &ask, &self.facts, &self.shared.policies);
        let (found, decided) = match authorized {
            Ok(mut authorized) => {
                let decided = authorized.take_decisions();
                let found = self.check_region(wanted).and_then(|()| authorized.read(&ask));
                (found, decided)
            }
            Err(refusal) => {
                let fault = refusal.fault(Service::S3, &self.shared.secrets);
                let decided = match refusal {
                    cloud::Refusal::Denied(decided) => decided,
                    cloud::Refusal::Fault(_) => Vec::new(),
                };
                (Err(fault), decided)
            }
        };
        let made = Made {
            caller: self.caller.arn(),
            service: Service::S3,
            operation: GetObject::NAME,
            decided,
            fault: found.as_ref().err().cloned(),
            time: self.moment.now,
            made: Vec::new(),
        };
        (found, made)
    }

    /// Services ask S3 in their own region (the text: users' reports of Lambda, as arabold/aws-to-slack issue 17).
    fn check_region(&self, wanted: &WantedObject) -> Result<(), Fault> {
        let bucket = s3::bucket::find(&self.snapshot, &wanted.bucket)?;
        if bucket.region == self.moment.region {
            return Ok(());
        }
        let text = format!(
            "The bucket is in this region: {}. Please use this region to retry the request",
            bucket.region
        );
        Err(Fault::new("PermanentRedirect", text))
    }
}

/// All bytes of an object that is not too large.
async fn gathered(mut outgoing: Outgoing) -> Result<Arc<[u8]>, Failure> {
    let mut bytes = Vec::new();
    while let Some(piece) = outgoing.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(bytes.into())
}
