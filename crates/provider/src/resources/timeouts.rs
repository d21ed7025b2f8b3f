//! `timeouts`: how long a person wants to wait.

use std::time::Duration;

use crate::diagnostic::Diagnostics;
use crate::resource::{block, some_text};
use crate::resources::duration;
use crate::schema::{Attribute, Block, Nested, Type};
use crate::value::Members;

const NAME: &str = "timeouts";

/// The block, with one duration for each of `steps`; those of `ignored` are the official provider's, and there is
/// nothing here to wait for.
pub(super) fn nested(steps: &[&'static str], ignored: &[&'static str]) -> Nested {
    let text = |description: &'static str| {
        move |step: &&'static str| Attribute::optional(step, Type::Text, description)
    };
    let steps = steps.iter().map(text("How long this may take, such as `30m`."));
    let ignored = ignored.iter().map(text("Without effect: nothing is waited for."));
    with(steps.chain(ignored).collect())
}

/// The block of these attributes.
pub(super) fn with(attributes: Vec<Attribute>) -> Nested {
    let block = Block::new("How long to wait.", attributes);
    Nested { ours: true, ..Nested::single(NAME, block) }
}

/// Refuses what is no duration.
pub(super) fn check(config: &Members, found: &mut Diagnostics) {
    let Some(timeouts) = block(config, NAME) else { return };
    for text in timeouts.keys().filter_map(|step| some_text(timeouts, step)) {
        if let Err(why) = duration::parse(text) {
            found.error_at(NAME, "A duration is needed", why);
        }
    }
}

/// How long `step` may take; `default` if nothing is said.
pub(super) fn of(members: &Members, step: &str, default: Duration) -> Duration {
    let text = block(members, NAME).and_then(|timeouts| some_text(timeouts, step));
    text.and_then(|text| duration::parse(text).ok()).unwrap_or(default)
}
