//! The official signer.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest,
    SignatureLocation, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use sigv4::Dialect;

use crate::request::{ACCESS_KEY_ID, Cover, Place, Plan, REGION, Sent};

/// The request of `plan`, signed.
pub(crate) fn signed(plan: &Plan) -> Sent {
    let identity = identity(plan);
    let params = params(plan, &identity, settings(plan)).into();
    let mut sent = plan.sent.clone();
    if plan.cover.is_streaming() {
        let length = plan.sent.body.len().to_string();
        sent.headers.push(("x-amz-decoded-content-length".to_owned(), length));
    }
    if matches!(plan.cover, Cover::StreamingTrailer | Cover::StreamingUnsigned) {
        sent.headers.push(("x-amz-trailer".to_owned(), "x-amz-checksum-crc32".to_owned()));
    }
    let question = if sent.query.is_empty() { "" } else { "?" };
    let uri = format!("http://ignored.example{}{question}{}", sent.path, sent.query);
    let headers = sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = match plan.cover {
        Cover::Hash => SignableBody::Bytes(&plan.sent.body),
        Cover::Unsigned => SignableBody::UnsignedPayload,
        Cover::Streaming => SignableBody::Precomputed(sigv4::STREAMING_PAYLOAD.to_owned()),
        Cover::StreamingTrailer => SignableBody::StreamingSignedPayloadTrailer,
        Cover::StreamingUnsigned => SignableBody::StreamingUnsignedPayloadTrailer,
    };
    let request = SignableRequest::new(&plan.sent.method, uri, headers, body).unwrap();
    let (instructions, _) = sign(request, &params).unwrap().into_parts();
    let (headers, parameters) = instructions.into_parts();
    for header in headers {
        sent.headers.push((header.name().to_owned(), header.value().to_owned()));
    }
    for (name, value) in parameters {
        if !sent.query.is_empty() {
            sent.query.push('&');
        }
        sent.query.push_str(&format!("{name}={}", encode(&value)));
    }
    sent
}

pub(crate) fn identity(plan: &Plan) -> Identity {
    Credentials::new(ACCESS_KEY_ID, &plan.secret, plan.token.clone(), None, "test").into()
}

pub(crate) fn params<'a, S: Default>(
    plan: &'a Plan,
    identity: &'a Identity,
    settings: S,
) -> SigningParams<'a, S> {
    SigningParams::builder()
        .identity(identity)
        .region(REGION)
        .name(&plan.service)
        .time(UNIX_EPOCH + Duration::from_secs(plan.seconds.try_into().unwrap()))
        .settings(settings)
        .build()
        .unwrap()
}

fn settings(plan: &Plan) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if plan.dialect == Dialect::S3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    if let Place::Query { expires_seconds } = plan.place {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(expires_seconds.into()));
    }
    if !plan.token_signed {
        settings.session_token_mode = SessionTokenMode::Exclude;
    }
    settings
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match char::from(byte) {
            letter if letter.is_ascii_alphanumeric() => letter.to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
