//! `sigv4` held against the official signer, the crate `aws-sigv4`: whatever that signs is accepted, and
//! nothing that was changed afterwards.
//!
//! `PROPTEST_CASES=60000 cargo test -p sigv4-oracle` tries more.

#[cfg(test)]
mod accepted;
#[cfg(test)]
mod changed;
#[cfg(test)]
mod chunks;
#[cfg(test)]
mod official;
#[cfg(test)]
mod request;
