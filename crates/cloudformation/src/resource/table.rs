//! Every resource type, in one place.

use crate::resource::Kind;
use crate::resource::cloudformation::stack::Stack;
use crate::resource::cloudformation::wait_condition_handle::WaitConditionHandle;
use crate::resource::iam::role::Role;

/// All types.
pub const KINDS: &[Kind] =
    &[Kind::of::<Stack>(), Kind::of::<WaitConditionHandle>(), Kind::of::<Role>()];
