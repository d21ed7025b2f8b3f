//! Tests alone: `sigv4` held against the official signer, the crate `aws-sigv4`.
