//! One request to an instance's metadata, and its answer.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, SERVER};
use axum::http::{Request, Response, StatusCode};
use base64ct::{Base64, Encoding};
use bytes::Bytes;
use ec2::instance::InstanceRow;
use http_body_util::Full;
use imds::request::{Asked, Options, Request as Asking, TOKEN_HEADER, TTL_HEADER};
use imds::{Instance, Item, Status, identity};
use names::Timestamp;
use store::Snapshot;

use super::delivered::Delivery;
use super::worn::{self, Worn};
use super::{Open, facts};
use crate::clock::OsEntropy;
use crate::receive::comes_from_a_page;
use crate::shared::Shared;

type Answer = Response<Full<Bytes>>;

/// A request on its way.
struct Asker<'a> {
    open: &'a Open,
    shared: &'a Arc<Shared>,
    snapshot: &'a Snapshot,
    row: &'a InstanceRow,
    now: Timestamp,
    delivery: Delivery,
}

/// What an item is answered with.
enum Content {
    Text(Bytes),
    Binary(Bytes),
}

/// Answers one request.
pub(super) async fn answer<B>(request: &Request<B>, open: &Open, shared: &Arc<Shared>) -> Answer {
    if comes_from_a_page(request.headers()) {
        return refusal(Status::Forbidden);
    }
    let Ok(snapshot) = shared.current(open.account).await else {
        return status_only(StatusCode::SERVICE_UNAVAILABLE);
    };
    let Some(row) = open.row(&snapshot).cloned() else { return refusal(Status::NotFound) };
    let answer = serve(request, open, shared, &snapshot, &row).await;
    let (method, path) = (request.method(), request.uri().path());
    match &answer {
        Ok(_) => tracing::debug!("metadata of {}: {method} {path} ok", open.id),
        Err(status) => tracing::info!("metadata of {}: {method} {path} {}", open.id, status.code()),
    }
    answer.unwrap_or_else(refusal)
}

async fn serve<B>(
    request: &Request<B>,
    open: &Open,
    shared: &Arc<Shared>,
    snapshot: &Snapshot,
    row: &InstanceRow,
) -> Result<Answer, Status> {
    let header = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
    let asking = Asking {
        method: request.method().as_str(),
        path: request.uri().path(),
        token: header(TOKEN_HEADER),
        ttl: header(TTL_HEADER),
        forwarded: request.headers().contains_key("x-forwarded-for"),
    };
    let options =
        Options { enabled: row.metadata.enabled, tokens_required: row.metadata.tokens_required };
    let now = shared.clock.now();
    let tokens = &shared.metadata.tokens;
    match asking.read(options)? {
        Asked::Token(seconds) => {
            let token = tokens.issue(&open.id, now, seconds, &mut OsEntropy::new());
            Ok(with_ttl(ok(Content::Text(token.into())), seconds))
        }
        Asked::Item { path, token } => {
            let left = token.map(|token| tokens.check(token, &open.id, now)).transpose();
            let left = left.map_err(|_| Status::Unauthorized)?;
            let delivery = if left.is_some() { Delivery::V2 } else { Delivery::V1 };
            let asker = Asker { open, shared, snapshot, row, now, delivery };
            let answer = ok(asker.item(path.as_deref()).await?);
            Ok(match left {
                Some(seconds) => with_ttl(answer, seconds),
                None => answer,
            })
        }
    }
}

impl Asker<'_> {
    async fn item(&self, path: Option<&[Cow<'_, str>]>) -> Result<Content, Status> {
        let Some(path) = path else {
            return match Item::versions() {
                Item::List(text) => Ok(text_of(text)),
                _ => Err(Status::NotFound),
            };
        };
        // Only who looks at the profile has credentials made for it.
        let worn = match path {
            [first, second, ..] if first == "meta-data" && second == "iam" => {
                worn::look(self.open, self.shared, self.snapshot, self.row, self.delivery).await
            }
            _ => None,
        };
        // The path that SDKs ask for over and over needs none of the rest.
        if let (Some(worn), [_, _, third, role]) = (&worn, path)
            && third == "security-credentials"
            && worn.role() == Some(&**role)
        {
            return worn.credentials().map(Content::Text).ok_or(Status::NotFound);
        }
        let instance = facts::of(self.snapshot, self.row, worn.as_ref());
        let item = Item::find(&instance, path).ok_or(Status::NotFound)?;
        self.content(item, &instance, worn.as_ref()).await
    }

    async fn content(
        &self,
        item: Item,
        instance: &Instance,
        worn: Option<&Worn<'_>>,
    ) -> Result<Content, Status> {
        let document = || identity::document(instance);
        Ok(match item {
            Item::Text(text) | Item::List(text) => text_of(text),
            Item::ProfileInfo => {
                text_of(worn.map(|worn| worn.info(self.snapshot)).ok_or(Status::NotFound)?)
            }
            Item::Credentials => {
                Content::Text(worn.and_then(Worn::credentials).ok_or(Status::NotFound)?)
            }
            Item::UserData => {
                let text = self.row.user_data.as_deref().unwrap_or_default();
                let bytes = Base64::decode_vec(text).unwrap_or_else(|_| text.as_bytes().to_vec());
                Content::Binary(bytes.into())
            }
            Item::Document => text_of(document()),
            Item::Signature => text_of(self.signed(|signer| signer.signature(&document())).await?),
            Item::Pkcs7 | Item::Rsa2048 => {
                text_of(self.signed(|signer| signer.message(&document(), self.now)).await?)
            }
        })
    }

    async fn signed(
        &self,
        sign: impl FnOnce(&imds::Signer) -> Result<String, imds::signer::SignerError>,
    ) -> Result<String, Status> {
        let signer = self.shared.metadata.signer(&self.shared.store).await;
        let signed = signer.and_then(|signer| sign(&signer).map_err(|error| error.to_string()));
        signed.map_err(|error| {
            tracing::error!("an identity document was not signed: {error}");
            Status::NotFound
        })
    }
}

fn text_of(text: String) -> Content {
    Content::Text(text.into())
}

fn ok(content: Content) -> Answer {
    let (kind, bytes) = match content {
        Content::Text(bytes) => ("text/plain", bytes),
        Content::Binary(bytes) => ("application/octet-stream", bytes),
    };
    let mut answer = Response::new(Full::new(bytes));
    add_headers(answer.headers_mut(), kind);
    answer
}

fn with_ttl(mut answer: Answer, seconds: u32) -> Answer {
    answer.headers_mut().insert(HeaderName::from_static(TTL_HEADER), seconds.into());
    answer
}

fn refusal(status: Status) -> Answer {
    let mut answer = Response::new(Full::new(status.page().into()));
    *answer.status_mut() = StatusCode::from_u16(status.code()).unwrap_or(StatusCode::FORBIDDEN);
    add_headers(answer.headers_mut(), "text/html");
    if status == Status::MethodNotAllowed {
        answer.headers_mut().insert("allow", HeaderValue::from_static("OPTIONS, PUT"));
    }
    answer
}

fn status_only(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

fn add_headers(headers: &mut HeaderMap, kind: &'static str) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(SERVER, HeaderValue::from_static("EC2ws"));
}
