//! An XML element seen as a value.

use std::collections::HashSet;

use super::reader::Element;
use crate::decode::{Context, Entry, Error, Scalar, Source, Step};
use crate::path::Segment;
use crate::problem::{Kind, Problem};

/// How a document spells lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// A member is an element of the list's own name, repeated, as in the bodies of S3.
    Repeated,
    /// One element of the list's name holds all members, each in an element of this name: `member` in
    /// awsQuery answers, `item` in EC2's.
    Wrapped(&'static str),
}

/// All elements of one name in one parent.
#[derive(Clone, Copy)]
pub(crate) struct Node<'de> {
    /// Where the elements are; none for the document's root.
    parent: Option<&'de Element>,
    first: &'de Element,
    lists: Lists,
}

impl<'de> Node<'de> {
    pub(crate) fn root(root: &'de Element, lists: Lists) -> Self {
        Self { parent: None, first: root, lists }
    }

    fn elements(self) -> impl Iterator<Item = &'de Element> {
        let named = move |element: &&Element| element.name == self.first.name;
        let siblings = self.parent.map(|parent| parent.children.iter().filter(named));
        let root = self.parent.is_none().then_some(self.first);
        siblings.into_iter().flatten().chain(root)
    }

    fn is_repeated(self) -> bool {
        self.elements().nth(1).is_some()
    }

    fn numbered(self, elements: impl Iterator<Item = &'de Element>) -> Vec<(u32, Self)> {
        let alone = |first| Self { parent: None, first, lists: self.lists };
        (1..).zip(elements.map(alone)).collect()
    }

    /// The members with this name of an element that should hold such alone.
    fn wrapped(self, name: &str, context: &mut Context<'de>) -> Result<Vec<(u32, Self)>, Error> {
        if self.is_repeated() {
            let (wanted, found) = (Kind::Structure, Kind::List);
            return Err(context.error(Problem::WrongKind { wanted, found }));
        }
        for child in self.first.children.iter().filter(|child| child.name != name) {
            context.note_unknown(&child.name);
        }
        Ok(self.numbered(self.first.children.iter().filter(|child| child.name == name)))
    }
}

impl<'de> Source<'de> for Node<'de> {
    type Fields = Members<'de>;

    fn scalar(self) -> Result<Scalar<'de>, Problem> {
        match self.describe() {
            Kind::Text => Ok(Scalar::Lexical(&self.first.text)),
            found => Err(Problem::WrongKind { wanted: Kind::Text, found }),
        }
    }

    fn fields(self) -> Result<Members<'de>, Problem> {
        // An element without anything in it is an empty structure as well as an empty text.
        match self.describe() {
            Kind::Text if !self.first.text.is_empty() => {
                Err(Problem::WrongKind { wanted: Kind::Structure, found: Kind::Text })
            }
            Kind::List => Err(Problem::WrongKind { wanted: Kind::Structure, found: Kind::List }),
            _ => Ok(Members {
                parent: self.first,
                rest: self.first.children.iter(),
                seen: HashSet::new(),
                lists: self.lists,
            }),
        }
    }

    fn items(self, context: &mut Context<'de>) -> Result<Vec<(u32, Self)>, Error> {
        match self.lists {
            Lists::Repeated => Ok(self.numbered(self.elements())),
            Lists::Wrapped(name) => self.wrapped(name, context),
        }
    }

    fn entries(self, context: &mut Context<'de>) -> Result<Vec<Entry<'de, Self>>, Error> {
        let mut entries = Vec::new();
        for (number, entry) in self.wrapped("entry", context)? {
            let mut key = None;
            let mut value = None;
            let members = entry.fields().map_err(|problem| context.error(problem))?;
            for (name, node) in members {
                match name {
                    "key" => key = Some(node.first.text.as_str()),
                    "value" => value = Some(node),
                    unknown => {
                        context.enter(Step::Entry(number));
                        context.note_unknown(unknown);
                        context.leave();
                    }
                }
            }
            entries.push(Entry { place: Segment::Entry(number), key, value });
        }
        Ok(entries)
    }

    fn is_null(self) -> bool {
        false
    }

    fn describe(self) -> Kind {
        if self.is_repeated() {
            Kind::List
        } else if self.first.children.is_empty() {
            Kind::Text
        } else {
            Kind::Structure
        }
    }
}

/// The members of an element by name, each once.
pub(crate) struct Members<'de> {
    parent: &'de Element,
    rest: std::slice::Iter<'de, Element>,
    seen: HashSet<&'de str>,
    lists: Lists,
}

impl<'de> Iterator for Members<'de> {
    type Item = (&'de str, Node<'de>);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.rest.by_ref().find(|child| self.seen.insert(&child.name))?;
        Some((&first.name, Node { parent: Some(self.parent), first, lists: self.lists }))
    }
}
