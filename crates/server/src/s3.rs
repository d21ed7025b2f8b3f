//! S3's way through the request path. Bodies are streams, so what [`path`](crate::path) does for all other
//! services is done here in another order: who calls is known, and allowed to, before a body is taken in; and
//! everything is asked again when the object is made of it. Authorize, operate and commit are the ones of
//! [`perform`](crate::perform).

mod arrive;
mod depart;
mod hashing;
mod housekeeping;
mod respond;
mod transfer;
mod wanted;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::response::Response;
use cloud::authorize::Facts;
use cloud::table::Visitor;
use cloud::{Caller, Issue, Operation, Read, Service, Write};
use names::Entropy;
use store::Snapshot;
use wire::rest_xml;

use crate::authenticate::{Signed, authenticate_s3};
use crate::clock::{self, OsEntropy};
use crate::metrics::Outcome;
use crate::path;
use crate::perform::Job;
use crate::receive::Received;
use crate::respond::Failure;
use crate::shared::Shared;

pub(crate) use housekeeping::{housekeep, sweep};
use respond::Told;

/// Characters of a request id.
const REQUEST_ID_CHARACTERS: usize = 16;
const REQUEST_ID_ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A request whose caller is known.
struct Call {
    request: rest_xml::Request,
    received: Received,
    /// Never locked: a body alone could not be shared between threads.
    body: Mutex<Body>,
    /// What the body has to go through.
    signed: Signed,
    job: Job,
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send>>;

/// Whether a request is for S3: by its signature's scope, or because nothing says that it is for another.
pub(crate) fn is_meant(received: &Received) -> bool {
    if let Some(scope) = received.scope_service() {
        return scope == "s3";
    }
    let headers = received.text_headers();
    let incoming = received.incoming(&headers);
    let host = received.header("host").map(wire::host::endpoint).unwrap_or_default();
    let names_other = host.service.is_some_and(|service| service.name != "s3");
    let is_other = names_other || host.unknown_service.is_some();
    !is_other && incoming.protocol() == wire::Protocol::RestXml
}

/// Answers one request.
pub(crate) async fn serve(received: Received, body: Body, shared: Arc<Shared>) -> Response {
    let started = Instant::now();
    let request_id = OsEntropy::new().text(REQUEST_ID_ALPHABET, REQUEST_ID_CHARACTERS);
    let told = Told::new(received.method(), request_id);
    let source = received.source.ip();
    let bucket = received.header("host").and_then(|host| wire::host::endpoint(host).bucket);
    let has_header = |name: &str| received.header(name).is_some();
    let request =
        rest_xml::read(received.method(), bucket, received.path(), received.query(), has_header);
    let request = match request {
        Ok(request) => request,
        Err(fault) => {
            shared.metrics.count(None, Outcome::Failed, started.elapsed());
            return told.failure(&Failure::Wire(fault), None);
        }
    };
    let operation = request.shape.operation;
    let region = shared.bucket_region(request.bucket.as_deref()).await;
    let answer = match begin(request, received, body, &told, &shared).await {
        Ok(call) => call.run().await,
        Err(failure) => Err(failure),
    };
    let ended = answer.as_ref().map_or_else(path::outcome, |_| Outcome::Ok);
    shared.metrics.count(Some((Service::S3.prefix(), operation)), ended, started.elapsed());
    match answer {
        Ok(response) => {
            tracing::info!("s3:{operation} ok {} {source}", told.request_id);
            told.success(response)
        }
        Err(failure) => {
            tracing::info!(
                "s3:{operation} {} {} {source}",
                respond::code(&failure),
                told.request_id
            );
            told.failure(&failure, region.as_deref())
        }
    }
}

/// Finds out who calls, and whether the bucket that is meant is the one that is addressed.
async fn begin(
    request: rest_xml::Request,
    received: Received,
    body: Body,
    told: &Told,
    shared: &Arc<Shared>,
) -> Result<Call, Failure> {
    let account = shared.account_of(received.access_key_id());
    let mut snapshot = shared.current(account).await?;
    if let Some(bucket) = &request.bucket {
        snapshot = shared.current_bucket(bucket).await?;
    }
    let (caller, signed) = match authenticate_s3(&received, &snapshot, shared) {
        Ok(known) => known,
        Err(unknown) => return Err(Failure::Unknown(unknown)),
    };
    let known_bucket =
        request.bucket.as_deref().and_then(|name| s3::bucket::find(&snapshot, name).ok());
    check_region(&request, known_bucket, &signed)?;
    check_owner(&received, known_bucket)?;
    let caller = caller.unwrap_or_else(|| Caller::Anonymous {
        account: known_bucket.map_or(shared.config.account, |bucket| bucket.account),
    });
    let region = signed.region.clone().or_else(|| Some(known_bucket?.region.clone()));
    let region = region.unwrap_or_else(|| shared.config.region.clone());
    let facts = Facts {
        context: arrive::context(&received, &signed, clock::real_now()),
        ..path::facts(&received, parameters(&request))
    };
    let job = Job {
        facts,
        moment: shared.moment(region),
        caller,
        shared: Arc::clone(shared),
        request_id: told.request_id.clone(),
        snapshot,
        before: Vec::new(),
    };
    Ok(Call { request, received, body: Mutex::new(body), signed, job })
}

/// What the audit keeps of a request's parameters.
fn parameters(request: &rest_xml::Request) -> Option<String> {
    let named = [("bucketName", &request.bucket), ("key", &request.key)];
    let kept = named.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    serde_json::to_string(&kept.collect::<BTreeMap<_, _>>()).ok()
}

/// A bucket is asked in its region ("GetBucketLocation" apart, and what makes buckets).
fn check_region(
    request: &rest_xml::Request,
    bucket: Option<&Arc<s3::bucket::BucketRow>>,
    signed: &Signed,
) -> Result<(), Failure> {
    let (Some(bucket), Some(region)) = (bucket, &signed.region) else { return Ok(()) };
    let is_anywhere = matches!(request.shape.operation, "GetBucketLocation" | "CreateBucket");
    if bucket.region == *region || is_anywhere {
        return Ok(());
    }
    let expected = &bucket.region;
    let what = format!("the region '{region}' is wrong; expecting '{expected}'");
    let (code, text) = if signed.is_presigned {
        let text = format!("Error parsing the X-Amz-Credential parameter; {what}");
        ("AuthorizationQueryParametersError", text)
    } else {
        let text = format!("The authorization header is malformed; {what}");
        ("AuthorizationHeaderMalformed", text)
    };
    let fault = cloud::Fault::new(code, text).with_detail("Region", expected.as_str());
    Err(Failure::Service(fault))
}

/// Whoever says whose bucket it is must be right.
fn check_owner(
    received: &Received,
    bucket: Option<&Arc<s3::bucket::BucketRow>>,
) -> Result<(), Failure> {
    let expected = received.header("x-amz-expected-bucket-owner");
    match (expected, bucket) {
        (Some(expected), Some(bucket)) if bucket.account.as_str() != expected => {
            Err(Failure::Service(cloud::Fault::new("AccessDenied", "Access Denied")))
        }
        _ => Ok(()),
    }
}

impl Call {
    async fn run(self) -> Result<Response, Failure> {
        let operation = self.request.shape.operation;
        match operation {
            "GetObject" => self.get().await,
            "PutObject" => self.put().await,
            "UploadPart" => self.upload_part().await,
            "CopyObject" => self.copy().await,
            "UploadPartCopy" => self.copy_part().await,
            _ => match s3::table::visit(operation, Visit(self)) {
                Some(answer) => answer.await,
                None => Err(Failure::Wire(not_modelled(&format!("s3:{operation}")))),
            },
        }
    }

    /// The next bytes of the body.
    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        arrive::next(self.body.get_mut().unwrap_or_else(PoisonError::into_inner)).await
    }

    /// The operation's input, but for the bytes of a stream.
    fn decode<O: Operation>(&self, body: &[u8]) -> Result<O, Failure> {
        let headers = self.received.text_headers();
        let decoded = rest_xml::decode::<O>(&self.request, &headers, body)
            .map_err(|error| Failure::Wire(rest_xml::fault(&error)))?;
        match rest_xml::not_to_be_ignored(&decoded.unknown) {
            Some(what) => Err(Failure::Wire(not_modelled(&format!("{what} of s3:{}", O::NAME)))),
            None => Ok(decoded.input),
        }
    }

    fn encode<O: Operation>(&self, output: &O::Output) -> Result<Response, Failure> {
        respond::document(self.request.shape, output)
    }

    /// The operation with its document, which has come in and is the one that was signed.
    async fn document<O: Operation>(&mut self) -> Result<O, Failure> {
        let body = self.take_document().await?;
        self.decode(&body)
    }

    async fn write<O: Write>(&self, operation: O) -> Result<O::Output, Failure> {
        let output = self.job.write(operation).await;
        self.job.shared.discards.notify_one();
        output
    }
}

/// Runs an operation whose request and answer are documents at most.
struct Visit(Call);

impl Visitor for Visit {
    type Out = Answer;

    fn read<O: Read>(self) -> Answer {
        let mut call = self.0;
        Box::pin(async move {
            let operation = call.document::<O>().await?;
            call.encode::<O>(&call.job.read(operation)?)
        })
    }

    fn issue<O: Issue>(self) -> Answer {
        let mut call = self.0;
        Box::pin(async move {
            let operation = call.document::<O>().await?;
            let output = call.job.issue(operation).await?;
            call.encode::<O>(&output)
        })
    }

    fn write<O: Write>(self) -> Answer {
        let mut call = self.0;
        Box::pin(async move {
            let operation = call.document::<O>().await?;
            let output = call.write(operation).await?;
            call.encode::<O>(&output)
        })
    }
}

fn not_modelled(what: &str) -> wire::Fault {
    let text = format!("rolecall does not model {what} yet: see docs/fidelity/s3.md");
    wire::Fault::new(501, "NotImplemented", text)
}

impl Shared {
    /// The state with the bucket called `name` as new as any server on the store has it.
    async fn current_bucket(&self, name: &str) -> Result<Snapshot, Failure> {
        let store = self.store.clone();
        let name = name.to_owned();
        let current: crate::shared::Current = Box::pin(async move {
            store.refresh_by_index::<s3::bucket::BucketRow>("name", &name).await
        });
        Ok(current.await?)
    }

    /// Where a bucket is: answers of any kind say so.
    async fn bucket_region(&self, name: Option<&str>) -> Option<String> {
        let snapshot = self.current_bucket(name?).await.ok()?;
        Some(s3::bucket::find(&snapshot, name?).ok()?.region.clone())
    }
}
