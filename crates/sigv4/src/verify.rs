//! Proving a signature.

use subtle::ConstantTimeEq;

use crate::body::Body;
use crate::canonical::Canonical;
use crate::chain::Chain;
use crate::content::{Content, Payload};
use crate::error::Error;
use crate::explanation::Explanation;
use crate::key::SigningKey;
use crate::presented::Checked;
use crate::request::Request;
use crate::scope::ALGORITHM;
use crate::text::{Hex64, hex, sha256};
use crate::timestamp::Timestamp;

/// A request whose signature is proved. Of its body nothing is proved yet where the request only
/// declares what it is: in S3.
#[derive(Debug)]
#[must_use = "an S3 request's body is still to be read through `into_body`"]
pub struct Verified(Body);

impl Checked<'_> {
    /// Proves that whoever holds the key signed this request. `request` is the one that the claim was
    /// read from; `payload` is its body, which S3 requests do not need here.
    ///
    /// The comparison takes the same time wherever the signatures differ.
    ///
    /// # Errors
    /// [`Error::Mismatch`], or [`Error::SignedHeaderAbsent`].
    pub fn verify(
        &self,
        request: &Request<'_>,
        payload: Payload<'_>,
        key: &SigningKey,
    ) -> Result<Verified, Error> {
        let claim = &self.0;
        let line = claim.content.line(&payload);
        let canonical =
            Canonical::build(request, claim.dialect, claim.place(), &claim.signed_headers, line)?;
        let signing = Signing { date: claim.date, scope: claim.credential.scope_text(), key };
        let signature = signing.sign(canonical.as_bytes());
        if bool::from(signature.as_slice().ct_eq(claim.signature.as_bytes())) {
            let chain = || {
                let is_signed = claim.content.has_signed_chunks();
                is_signed.then(|| Chain::new(key.clone(), claim.date, signing.scope, signature))
            };
            return Ok(Verified(Body::new(&claim.content, chain)));
        }
        let explanation = Explanation::new(request, claim, &payload, &canonical, &signing);
        Err(Error::Mismatch(Box::new(explanation)))
    }
}

impl Verified {
    /// What the body has to go through: [`Body::push`] while it comes in, then [`Body::finish`].
    #[must_use]
    pub fn into_body(self) -> Body {
        self.0
    }
}

/// What a string to sign is made of, beside the canonical request.
pub(crate) struct Signing<'a> {
    pub(crate) date: Timestamp,
    /// `date/region/service/aws4_request`
    pub(crate) scope: &'a str,
    pub(crate) key: &'a SigningKey,
}

impl Signing<'_> {
    /// The signature of a canonical request.
    pub(crate) fn sign(&self, canonical: &[u8]) -> Hex64 {
        let hash = hex(&sha256(canonical));
        let date = self.date.basic();
        let parts: [&[u8]; 7] =
            [ALGORITHM.as_bytes(), b"\n", &date, b"\n", self.scope.as_bytes(), b"\n", &hash];
        hex(&self.key.sign(&parts))
    }

    /// The text that is signed.
    pub(crate) fn string_to_sign(&self, canonical: &[u8]) -> String {
        let hash = crate::text::hex_string(&sha256(canonical));
        format!("{ALGORITHM}\n{}\n{}\n{hash}", self.date, self.scope)
    }
}

impl Content<'_> {
    /// Whether each chunk carries a signature.
    pub(crate) fn has_signed_chunks(&self) -> bool {
        matches!(self, Self::Streaming(streaming) if streaming.signed)
    }
}
