//! From a bearer token to a caller.

use databricks::caller::Caller;
use databricks::host::Host;
use databricks::token::{self, TokenError, bearer};
use store::View;

use crate::receive::Received;
use crate::shared::Shared;

/// Why nobody knows who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// There is no bearer token.
    Missing,
    /// Nobody has this token, or it is of another host, or whoever had it is gone.
    Token,
    /// It is over.
    Expired,
}

/// Whoever holds the request's token.
pub(crate) fn authenticate(
    received: &Received,
    host: &Host,
    view: &View,
    shared: &Shared,
) -> Result<Caller, Unknown> {
    let header = received.header("authorization").unwrap_or_default();
    let token = match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => return Err(Unknown::Missing),
    };
    let now = shared.moment(String::new()).now;
    let principal = if token.starts_with(token::PREFIX) {
        // Personal access tokens are a workspace's own: they do not open the account.
        token::owner(view, &host.partition(), token, now)
    } else {
        bearer::principal(&shared.secrets.sealing_key, host, token, now)
    };
    let principal = principal.map_err(|error| match error {
        TokenError::Unknown => Unknown::Token,
        TokenError::Expired => Unknown::Expired,
    })?;
    Caller::of(view, host, &principal).ok_or(Unknown::Token)
}
