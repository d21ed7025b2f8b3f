//! Resources of any kind by their id: what tags can be put on, and what conditions can look at.

use cloud::Ask;

use crate::demand::Key;
use crate::image;
use crate::instance::InstanceRow;
use crate::kind::Kind;
use crate::regional::{self, Regional};
use crate::vpc::VpcRow;

/// The condition keys of a resource's own kind; `None` if there is no such resource.
#[must_use]
pub fn keys(ask: &Ask<'_>, kind: Kind, id: &str) -> Option<Vec<Key>> {
    match kind {
        Kind::Image => image::get(ask.region, id).map(image::Image::keys),
        Kind::Instance => row::<InstanceRow>(ask, id),
        Kind::Vpc => row::<VpcRow>(ask, id),
        _ => None,
    }
}

/// Whether the caller has the resource.
#[must_use]
pub fn exists(ask: &Ask<'_>, kind: Kind, id: &str) -> bool {
    keys(ask, kind, id).is_some()
}

fn row<R: Regional>(ask: &Ask<'_>, id: &str) -> Option<Vec<Key>> {
    regional::get::<R>(ask, id).map(|row| row.keys())
}
