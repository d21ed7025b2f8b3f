//! What is not known yet.

use std::collections::HashMap;
use std::sync::Arc;

/// Something that is known only after apply.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Hole {
    /// An attribute of a resource: unknown, and yet the same wherever it occurs.
    Attribute {
        /// The resource's address, such as `module.data.aws_iam_role.etl[0]`, or its logical id.
        resource: Arc<str>,
        /// The attribute, such as `arn`.
        path: Arc<str>,
    },
    /// Anything else.
    Unknown {
        /// Why it is not known: the end of a sentence that begins with "it is not known, because".
        because: Arc<str>,
    },
}

/// A hole, by its number in [`Holes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoleId(u32);

/// All holes of one reading; equal holes have one number.
#[derive(Debug, Clone, Default)]
pub struct Holes {
    list: Vec<Hole>,
    numbers: HashMap<Hole, HoleId>,
}

impl HoleId {
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    pub(crate) fn from_number(number: u32) -> Self {
        Self(number)
    }
}

impl Holes {
    /// The number of `hole`.
    pub fn id(&mut self, hole: Hole) -> HoleId {
        if let Some(id) = self.numbers.get(&hole) {
            return *id;
        }
        let id = HoleId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(hole.clone());
        self.numbers.insert(hole, id);
        id
    }

    /// The number of an attribute of a resource.
    pub fn attribute(&mut self, resource: &str, path: &str) -> HoleId {
        self.id(Hole::Attribute { resource: resource.into(), path: path.into() })
    }

    /// The number of an unknown.
    pub fn unknown(&mut self, because: &str) -> HoleId {
        self.id(Hole::Unknown { because: because.into() })
    }

    /// The hole with this number.
    #[must_use]
    pub fn get(&self, id: HoleId) -> Option<&Hole> {
        self.list.get(id.0 as usize)
    }

    /// Resource and attribute, if the hole is one.
    #[must_use]
    pub fn as_attribute(&self, id: HoleId) -> Option<(&str, &str)> {
        match self.get(id)? {
            Hole::Attribute { resource, path } => Some((resource, path)),
            Hole::Unknown { .. } => None,
        }
    }

    /// Why it is not known, for people.
    #[must_use]
    pub fn reason(&self, id: HoleId) -> String {
        match self.get(id) {
            Some(Hole::Attribute { resource, path }) => {
                format!("`{resource}.{path}` is known only after apply")
            }
            Some(Hole::Unknown { because }) => because.to_string(),
            None => "it is not known".to_owned(),
        }
    }
}
