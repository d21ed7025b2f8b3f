//! Temporary credentials. Nothing of them is stored: the session token is the session itself, sealed,
//! and the secret follows from the access key's id, so that every server with the same sealing key can
//! check what one of them made.

use std::fmt;

use base64ct::{Base64, Encoding};
use names::{AccountId, Entropy, IdKind, Timestamp, unique_id};
use serde::{Deserialize, Serialize};

use crate::caller::{Session, SessionKind};
use crate::fault::Fault;
use crate::secrets::{NONCE_BYTES, Purpose, SealingKey};
use crate::tag::Tag;

/// Characters of the longest token that is looked at. Sessions with large policies and many tags come
/// to a few thousand.
pub const MAX_TOKEN_CHARACTERS: usize = 32 * 1024;

/// Texts of this many bytes are compressed before they are sealed.
const COMPRESSED_FROM_BYTES: usize = 1024;
/// Bytes of an opened token.
const MAX_OPENED_BYTES: usize = 1024 * 1024;
/// How hard to compress: the usual trade.
const COMPRESSION_LEVEL: u8 = 6;

const PLAIN: u8 = 0;
const COMPRESSED: u8 = 1;

/// Temporary credentials as STS answers them.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Credentials {
    /// `ASIA…`; it holds the account.
    pub access_key_id: String,
    /// 40 characters.
    pub secret_access_key: String,
    /// The session, sealed.
    pub session_token: String,
    /// When they end, by the clock of whoever gets them: SDKs hold it against their own.
    pub expiration: Timestamp,
}

/// Why a session token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No server with this key made it.
    #[error("the session token was not made with this server's sealing key")]
    Invalid,
    /// Its session is over.
    #[error("the session token has expired")]
    Expired,
}

/// Makes credentials for `session`, whose access key is drawn here. The cloud's clock is
/// `ahead_seconds` ahead of the clients'.
///
/// # Errors
/// `InternalFailure` for a session that cannot be sealed, which the limits on policies and tags exclude.
pub fn make(
    mut session: Session,
    key: &SealingKey,
    ahead_seconds: i64,
    entropy: &mut dyn Entropy,
) -> Result<Credentials, Fault> {
    session.access_key_id = unique_id(IdKind::TemporaryAccessKey, session.account, entropy);
    let mut nonce = [0; NONCE_BYTES];
    entropy.fill(&mut nonce);
    let sealed = pack(&session).and_then(|packed| key.seal(Purpose::Token, &packed, nonce));
    let sealed =
        sealed.ok_or_else(|| Fault::new("InternalFailure", "the session cannot be sealed"))?;
    Ok(Credentials {
        secret_access_key: key.secret_access_key(&session.access_key_id),
        access_key_id: session.access_key_id,
        session_token: Base64::encode_string(&sealed),
        expiration: session.expires.plus_seconds(ahead_seconds.saturating_neg()),
    })
}

/// The session of a token. Whoever calls with it must also show [`Session::access_key_id`] as access
/// key, whose secret is [`SealingKey::secret_access_key`].
///
/// # Errors
/// [`TokenError::Invalid`] for anything that was not sealed with `key`; [`TokenError::Expired`] from the
/// second on in which the session ends.
pub fn open(token: &str, key: &SealingKey, now: Timestamp) -> Result<Session, TokenError> {
    if token.len() > MAX_TOKEN_CHARACTERS {
        return Err(TokenError::Invalid);
    }
    let sealed = Base64::decode_vec(token).map_err(|_| TokenError::Invalid)?;
    let packed = key.open(Purpose::Token, &sealed).ok_or(TokenError::Invalid)?;
    let session = unpack(&packed).ok_or(TokenError::Invalid)?;
    if now < session.expires { Ok(session) } else { Err(TokenError::Expired) }
}

/// A session without the names of its fields.
#[derive(Serialize, Deserialize)]
struct Packed(
    String,
    AccountId,
    PackedKind,
    i64,
    i64,
    Vec<String>,
    Vec<String>,
    Vec<(String, String)>,
    Vec<String>,
    Option<String>,
    bool,
    #[serde(default)] Vec<(String, String)>,
);

#[derive(Serialize, Deserialize)]
enum PackedKind {
    R(String, String, String, String),
    F(String, Option<String>, Option<String>),
    U(String, String, String),
    O,
}

fn pack(session: &Session) -> Option<Vec<u8>> {
    let session = session.clone();
    let packed = Packed(
        session.access_key_id,
        session.account,
        session.kind.into(),
        session.issued.unix_seconds(),
        session.expires.unix_seconds(),
        session.policies,
        session.policy_arns,
        session.tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
        session.transitive_tag_keys,
        session.source_identity,
        session.mfa,
        session.context,
    );
    let mut out = vec![PLAIN];
    serde_json::to_writer(&mut out, &packed).ok()?;
    if out.len() >= COMPRESSED_FROM_BYTES {
        let plain = out.get(1..)?;
        let compressed = miniz_oxide::deflate::compress_to_vec(plain, COMPRESSION_LEVEL);
        out = vec![COMPRESSED];
        out.extend_from_slice(&compressed);
    }
    Some(out)
}

fn unpack(bytes: &[u8]) -> Option<Session> {
    let (form, rest) = bytes.split_first()?;
    let packed: Packed = match *form {
        PLAIN => serde_json::from_slice(rest).ok()?,
        COMPRESSED => {
            let limit = MAX_OPENED_BYTES;
            let plain = miniz_oxide::inflate::decompress_to_vec_with_limit(rest, limit).ok()?;
            serde_json::from_slice(&plain).ok()?
        }
        _ => return None,
    };
    let Packed(
        access_key_id,
        account,
        kind,
        issued,
        expires,
        policies,
        policy_arns,
        tags,
        transitive_tag_keys,
        source_identity,
        mfa,
        context,
    ) = packed;
    Some(Session {
        access_key_id,
        account,
        kind: kind.into(),
        issued: Timestamp::from_unix_seconds(issued),
        expires: Timestamp::from_unix_seconds(expires),
        policies,
        policy_arns,
        tags: tags.into_iter().map(|(key, value)| Tag { key, value }).collect(),
        transitive_tag_keys,
        source_identity,
        mfa,
        context,
    })
}

impl From<SessionKind> for PackedKind {
    fn from(kind: SessionKind) -> Self {
        match kind {
            SessionKind::Role { role_name, role_id, role_arn, session_name } => {
                Self::R(role_name, role_id, role_arn, session_name)
            }
            SessionKind::FederatedUser { name, user_name, user_id } => {
                Self::F(name, user_name, user_id)
            }
            SessionKind::User { user_name, user_id, user_arn } => {
                Self::U(user_name, user_id, user_arn)
            }
            SessionKind::Root => Self::O,
        }
    }
}

impl From<PackedKind> for SessionKind {
    fn from(kind: PackedKind) -> Self {
        match kind {
            PackedKind::R(role_name, role_id, role_arn, session_name) => {
                Self::Role { role_name, role_id, role_arn, session_name }
            }
            PackedKind::F(name, user_name, user_id) => {
                Self::FederatedUser { name, user_name, user_id }
            }
            PackedKind::U(user_name, user_id, user_arn) => {
                Self::User { user_name, user_id, user_arn }
            }
            PackedKind::O => Self::Root,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("expiration", &self.expiration)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
