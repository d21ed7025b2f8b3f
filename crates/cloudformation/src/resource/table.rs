//! Every resource type, in one place.

use crate::resource::Kind;
use crate::resource::iam::role::Role;

/// All types.
pub const KINDS: &[Kind] = &[Kind::of::<Role>()];
