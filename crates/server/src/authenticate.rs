//! From a signature to a caller.

use std::borrow::Cow;
use std::sync::Arc;

use cloud::Service;
use cloud::caller::Caller;
use cloud::iam::name;
use cloud::iam::user::UserRow;
use cloud::propagation::{Sight, Standpoint, Unseen};
use cloud::sts::credentials::{self, TokenError};
use names::{AccountId, Timestamp};
use sigv4::{Dialect, Expected, Payload, Presented, Request, Skew};
use store::Snapshot;

use crate::clock;
use crate::receive::Received;
use crate::shared::Shared;

/// The access key of the root user of the server's own account, and the secret of every root user.
const ROOT_KEY: &str = "test";

/// A caller, and the region that the request was signed for.
#[derive(Debug)]
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    pub(crate) region: String,
}

/// Why nobody knows who calls.
#[derive(Debug)]
pub(crate) enum Unknown {
    /// The signature is missing, malformed, late or wrong.
    Signature(sigv4::Error),
    /// A signature of version 2 is wrong.
    LegacySignature,
    /// The access key does not exist, or is not active, or its session token is not of this server.
    Key,
    /// The session token is not of this server, or of another access key.
    Token,
    /// The session has ended.
    Expired,
}

/// Whose secret signed, and who that is.
struct Credential<'v> {
    secret: Cow<'v, str>,
    caller: Caller,
}

/// Verifies the signature of a request to `service`; `unsigned` says that it may have none,
/// `unseen` takes down what the service has not heard of yet.
pub(crate) fn authenticate(
    received: &Received,
    service: Service,
    view: &Snapshot,
    shared: &Shared,
    unsigned: bool,
    unseen: &Unseen,
) -> Result<Authenticated, Unknown> {
    let headers = received.header_pairs();
    let request = Request {
        method: received.method(),
        path: received.path(),
        query: received.query(),
        headers: &headers,
    };
    let claim = match Presented::read(&request, Dialect::Standard) {
        Ok(claim) => claim,
        // The few operations that are not signed know nobody; all others turn nobody away themselves.
        Err(sigv4::Error::Unsigned) if unsigned => {
            let (account, region) = (shared.config.account, shared.config.region.clone());
            return Ok(Authenticated { caller: Caller::Anonymous { account }, region });
        }
        Err(error) => return Err(Unknown::Signature(error)),
    };
    // Signatures are held against the real clock, whatever the emulated one says.
    let now = sigv4::Timestamp::from_unix_seconds(clock::real_now().unix_seconds());
    let prefix = service.prefix();
    let expected = Expected { now, skew: Skew::DEFAULT, service: prefix, region: None };
    let claim = claim.check(&expected).map_err(Unknown::Signature)?;
    let presented = claim.presented();
    let token = presented.session_token.as_ref().map(|token| &*token.text);
    // A service that has not heard of a key yet does not know it.
    let standpoint = Standpoint { service, now_ms: shared.clock.now_ms(), ahead_ms: 0, unseen };
    let credential = credential(presented.access_key_id(), token, standpoint.sight(view), shared)?;
    let scope = presented.scope();
    let key = shared.signing_keys.get(presented.access_key_id(), &credential.secret, scope);
    let verified = claim.verify(&request, Payload::Bytes(&received.body), &key);
    // Only S3 leaves the body to be proved later.
    let _ = verified.map_err(Unknown::Signature)?;
    Ok(Authenticated { caller: credential.caller, region: scope.region.to_owned() })
}

/// What a signature to S3 says beside who calls.
pub(crate) struct Signed {
    /// The region that it is for.
    pub(crate) region: Option<String>,
    /// When it was made.
    pub(crate) made: Option<Timestamp>,
    /// Whether it stands in the query.
    pub(crate) is_presigned: bool,
    /// Its version, as `s3:signatureversion` calls it.
    pub(crate) version: &'static str,
    /// What the body has to go through; taken by who takes in the body.
    body: Option<sigv4::Body>,
}

impl Signed {
    /// The body's verifier, once.
    pub(crate) fn take_body(&mut self) -> Option<sigv4::Body> {
        self.body.take()
    }
}

/// As [`authenticate`] for S3: whoever does not sign is nobody, and the body is proved while it comes in.
pub(crate) fn authenticate_s3(
    received: &Received,
    view: &Snapshot,
    shared: &Shared,
) -> Result<(Option<Caller>, Signed), Unknown> {
    let headers = received.header_pairs();
    let request = Request {
        method: received.method(),
        path: received.path(),
        query: received.query(),
        headers: &headers,
    };
    let legacy = sigv4::Legacy::read(&request).map_err(Unknown::Signature)?;
    if let Some(claim) = legacy {
        return authenticate_legacy(received, &request, &claim, view, shared);
    }
    let claim = match Presented::read(&request, Dialect::S3) {
        Ok(claim) => claim,
        Err(sigv4::Error::Unsigned) => {
            let body = Some(sigv4::Body::unsigned(&request).map_err(Unknown::Signature)?);
            return Ok((
                None,
                Signed { region: None, made: None, is_presigned: false, version: "", body },
            ));
        }
        Err(error) => return Err(Unknown::Signature(error)),
    };
    let now = sigv4::Timestamp::from_unix_seconds(clock::real_now().unix_seconds());
    let prefix = Service::S3.prefix();
    let expected = Expected { now, skew: Skew::DEFAULT, service: prefix, region: None };
    let claim = claim.check(&expected).map_err(Unknown::Signature)?;
    let presented = claim.presented();
    let token = presented.session_token.as_ref().map(|token| &*token.text);
    let (now_ms, unseen) = (shared.clock.now_ms(), Unseen::default());
    let standpoint = Standpoint { service: Service::S3, now_ms, ahead_ms: 0, unseen: &unseen };
    let credential = credential(presented.access_key_id(), token, standpoint.sight(view), shared)?;
    let scope = presented.scope();
    let key = shared.signing_keys.get(presented.access_key_id(), &credential.secret, scope);
    // S3 declares what its body is, and the payload given here does not count.
    let verified = claim.verify(&request, Payload::Unsigned, &key).map_err(Unknown::Signature)?;
    let signed = Signed {
        region: Some(scope.region.to_owned()),
        made: Some(Timestamp::from_unix_seconds(presented.date.unix_seconds())),
        is_presigned: matches!(presented.kind, sigv4::Kind::Presigned { .. }),
        version: sigv4::ALGORITHM,
        body: Some(verified.into_body()),
    };
    Ok((Some(credential.caller), signed))
}

/// A query signed with version 2, which names no region.
fn authenticate_legacy(
    received: &Received,
    request: &Request<'_>,
    claim: &sigv4::Legacy<'_>,
    view: &Snapshot,
    shared: &Shared,
) -> Result<(Option<Caller>, Signed), Unknown> {
    let now = clock::real_now();
    let at = sigv4::Timestamp::from_unix_seconds(now.unix_seconds());
    claim.check(at).map_err(Unknown::Signature)?;
    let (now_ms, unseen) = (shared.clock.now_ms(), Unseen::default());
    let standpoint = Standpoint { service: Service::S3, now_ms, ahead_ms: 0, unseen: &unseen };
    let token = claim.session_token.as_deref();
    let credential = credential(&claim.access_key_id, token, standpoint.sight(view), shared)?;
    let bucket = received.header("host").and_then(|host| wire::host::endpoint(host).bucket);
    if !claim.is_signed(request, bucket, &credential.secret) {
        return Err(Unknown::LegacySignature);
    }
    let body = Some(sigv4::Body::unsigned(request).map_err(Unknown::Signature)?);
    let signed = Signed { region: None, made: Some(now), is_presigned: true, version: "AWS", body };
    Ok((Some(credential.caller), signed))
}

fn credential<'v>(
    access_key_id: &str,
    token: Option<&str>,
    sight: Sight<'v>,
    shared: &Shared,
) -> Result<Credential<'v>, Unknown> {
    if let Some(token) = token {
        return temporary(access_key_id, token, shared.clock.now(), shared);
    }
    if let Some(account) = root_account(access_key_id, shared.config.account) {
        return Ok(Credential { secret: ROOT_KEY.into(), caller: Caller::Root(account) });
    }
    let key = sight.access_key(access_key_id).ok_or(Unknown::Key)?;
    if !key.active {
        return Err(Unknown::Key);
    }
    let caller = match &key.user_name {
        Some(user_name) => {
            let user = sight.get::<UserRow>(key.account.as_str(), &name::key(user_name));
            Caller::User(Arc::clone(user.ok_or(Unknown::Key)?))
        }
        None => Caller::Root(key.account),
    };
    Ok(Credential { secret: key.secret.as_str().into(), caller })
}

/// The account whose root user has this access key: `test`, or the account's own 12 digits.
pub(crate) fn root_account(access_key_id: &str, own: AccountId) -> Option<AccountId> {
    if access_key_id == ROOT_KEY { Some(own) } else { access_key_id.parse().ok() }
}

/// The holder of a session token, whose access key and secret follow from the token itself.
fn temporary(
    access_key_id: &str,
    token: &str,
    now: Timestamp,
    shared: &Shared,
) -> Result<Credential<'static>, Unknown> {
    let key = &shared.secrets.sealing_key;
    let session = credentials::open(token, key, now).map_err(|error| match error {
        TokenError::Invalid => Unknown::Token,
        TokenError::Expired => Unknown::Expired,
    })?;
    if session.access_key_id != access_key_id {
        return Err(Unknown::Token);
    }
    let secret = key.secret_access_key(access_key_id).into();
    Ok(Credential { secret, caller: Caller::Session(Arc::new(session)) })
}
