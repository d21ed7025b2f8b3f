//! Tokens are good for one instance, for a while.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/instance.rs"]
mod support;

use imds::Tokens;
use imds::token::TokenError;
use support::{Seeded, now};

const ONE: &str = "i-0123456789abcdef0";

#[test]
fn a_token_lasts_as_long_as_it_was_to() {
    let tokens = Tokens::new(&[7; 32]);
    let token = tokens.issue(ONE, now(), 60, &mut Seeded(1));
    assert_eq!(token.len(), 56);
    let left = |seconds| tokens.check(token.as_bytes(), ONE, now().plus_seconds(seconds));
    assert_eq!(left(0), Ok(60));
    assert_eq!(left(59), Ok(1));
    assert_eq!(left(60), Err(TokenError::Expired));
    assert_eq!(left(i64::MAX), Err(TokenError::Expired));
}

#[test]
fn it_is_sealed_for_its_instance() {
    let tokens = Tokens::new(&[7; 32]);
    let token = tokens.issue(ONE, now(), 60, &mut Seeded(1));
    let check = |tokens: &Tokens, token: &[u8], id| tokens.check(token, id, now());
    assert_eq!(check(&tokens, token.as_bytes(), "i-1"), Err(TokenError::Invalid));
    assert_eq!(check(&Tokens::new(&[8; 32]), token.as_bytes(), ONE), Err(TokenError::Invalid));
    assert_eq!(check(&Tokens::new(&[7; 32]), token.as_bytes(), ONE), Ok(60));
    let mut changed = token.into_bytes();
    for at in 0..changed.len() {
        let before = changed[at];
        changed[at] = if before == b'A' { b'B' } else { b'A' };
        assert_eq!(check(&tokens, &changed, ONE), Err(TokenError::Invalid), "{at}");
        changed[at] = before;
        assert_eq!(check(&tokens, &changed[..at], ONE), Err(TokenError::Invalid), "{at} bytes");
    }
    changed.extend_from_slice(&[b'A'; 4096]);
    assert_eq!(check(&tokens, &changed, ONE), Err(TokenError::Invalid));
}

#[test]
fn no_two_are_alike() {
    let tokens = Tokens::new(&[7; 32]);
    let mut random = Seeded(1);
    assert_ne!(
        tokens.issue(ONE, now(), 60, &mut random),
        tokens.issue(ONE, now(), 60, &mut random)
    );
    assert_eq!(format!("{tokens:?}"), "Tokens(redacted)");
}
