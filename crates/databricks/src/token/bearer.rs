//! Access tokens of OAuth. Nothing of them is stored: the token is sealed, so that every server with the same
//! key can check what one of them made.

use base64ct::{Base64UrlUnpadded, Encoding};
use cloud::SealingKey;
use cloud::secrets::{NONCE_BYTES, Purpose};
use names::{Entropy, Timestamp};
use serde::{Deserialize, Serialize};

use crate::host::Host;
use crate::token::TokenError;

/// How long a token is good, in seconds ("one hour", Databricks guide, "Authorize service principal access").
pub const LIFETIME_SECONDS: i64 = 3600;
/// Characters of the longest token that is looked at.
const MAX_CHARACTERS: usize = 1024;

/// What a token says: whom it stands for, for which host it was made, until when.
#[derive(Serialize, Deserialize)]
struct Claims(String, Option<u64>, i64);

/// A token that stands for `principal` on the host that issues it. One of the account's is good everywhere.
#[must_use]
pub fn issue(
    key: &SealingKey,
    entropy: &mut dyn Entropy,
    host: &Host,
    principal: &str,
    now: Timestamp,
) -> Option<String> {
    let ends = now.plus_seconds(LIFETIME_SECONDS).unix_seconds();
    let claims = Claims(principal.to_owned(), host.workspace_id, ends);
    let plain = serde_json::to_vec(&claims).ok()?;
    let mut nonce = [0; NONCE_BYTES];
    entropy.fill(&mut nonce);
    key.seal(Purpose::Bearer, &plain, nonce).map(|sealed| Base64UrlUnpadded::encode_string(&sealed))
}

/// Whom a token stands for on `host`, by id.
///
/// # Errors
/// [`TokenError`]
pub fn principal(
    key: &SealingKey,
    host: &Host,
    token: &str,
    now: Timestamp,
) -> Result<String, TokenError> {
    if token.len() > MAX_CHARACTERS {
        return Err(TokenError::Unknown);
    }
    let sealed = Base64UrlUnpadded::decode_vec(token).map_err(|_| TokenError::Unknown)?;
    let plain = key.open(Purpose::Bearer, &sealed).ok_or(TokenError::Unknown)?;
    let Claims(principal, workspace_id, ends) =
        serde_json::from_slice(&plain).map_err(|_| TokenError::Unknown)?;
    if workspace_id.is_some() && workspace_id != host.workspace_id {
        return Err(TokenError::Unknown);
    }
    if now.unix_seconds() >= ends { Err(TokenError::Expired) } else { Ok(principal) }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn tokens_are_good_where_and_while_they_were_made_to_be() {
        let key = SealingKey::new(&[7; 32]);
        let host = |workspace_id| Host {
            account_id: "a".to_owned(),
            workspace_id,
            aws_account: "123456789012".parse().unwrap(),
        };
        let now = Timestamp::from_unix_seconds(1000);
        let of_account = issue(&key, &mut Zeros, &host(None), "7", now).unwrap();
        let of_one = issue(&key, &mut Zeros, &host(Some(1)), "7", now).unwrap();
        let check = |token: &str, workspace_id, later, expected: Result<&str, TokenError>| {
            let found = principal(&key, &host(workspace_id), token, now.plus_seconds(later));
            assert_eq!(found, expected.map(str::to_owned));
        };
        check(&of_account, None, 0, Ok("7"));
        check(&of_account, Some(2), LIFETIME_SECONDS - 1, Ok("7"));
        check(&of_account, None, LIFETIME_SECONDS, Err(TokenError::Expired));
        check(&of_one, Some(1), 0, Ok("7"));
        check(&of_one, Some(2), 0, Err(TokenError::Unknown));
        check(&of_one, None, 0, Err(TokenError::Unknown));
        check("x", None, 0, Err(TokenError::Unknown));
        check(&"A".repeat(MAX_CHARACTERS + 1), None, 0, Err(TokenError::Unknown));
    }
}
