//! How generated code walks through structures, lists and maps.

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

use super::context::{Context, Step};
use super::placeholder::Placeholder;
use super::{Deserializer, Entry, Error, Source};
use crate::path::Segment;
use crate::problem::Problem;

/// The members of a structure, then the stand-ins for those that are known to be missing.
pub(super) struct FieldAccess<'c, 'de, S: Source<'de>> {
    fields: S::Fields,
    /// The member whose value is next; a stand-in if there is none.
    current: Option<S>,
    supplied: std::vec::IntoIter<String>,
    /// The name of the stand-in whose value is next.
    stand_in: String,
    context: &'c mut Context<'de>,
}

impl<'c, 'de, S: Source<'de>> FieldAccess<'c, 'de, S> {
    pub(super) fn new(
        fields: S::Fields,
        supplied: Vec<String>,
        context: &'c mut Context<'de>,
    ) -> Self {
        let supplied = supplied.into_iter();
        Self { fields, current: None, supplied, stand_in: String::new(), context }
    }
}

impl<'de, S: Source<'de>> MapAccess<'de> for FieldAccess<'_, 'de, S> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if let Some((name, source)) = self.fields.next() {
            self.current = Some(source);
            self.context.enter(Step::Field(name));
            let key = seed.deserialize(BorrowedStrDeserializer::<Error>::new(name));
            return key.map(Some).map_err(|error| error.at(self.context));
        }
        let Some(name) = self.supplied.next() else {
            return Ok(None);
        };
        self.stand_in.clone_from(&name);
        let deserializer: StringDeserializer<Error> = name.into_deserializer();
        seed.deserialize(deserializer).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some(source) = self.current.take() else {
            let below = |error: Error| error.below(self.context, &self.stand_in);
            return seed.deserialize(Placeholder).map_err(below);
        };
        let value = seed.deserialize(Deserializer { source, context: self.context })?;
        self.context.leave();
        Ok(value)
    }
}

/// The members of a list.
pub(super) struct ItemAccess<'c, 'de, S> {
    items: std::vec::IntoIter<(u32, S)>,
    context: &'c mut Context<'de>,
}

impl<'c, 'de, S> ItemAccess<'c, 'de, S> {
    pub(super) fn new(items: Vec<(u32, S)>, context: &'c mut Context<'de>) -> Self {
        Self { items: items.into_iter(), context }
    }
}

impl<'de, S: Source<'de>> SeqAccess<'de> for ItemAccess<'_, 'de, S> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((number, source)) = self.items.next() else {
            return Ok(None);
        };
        self.context.enter(Step::Item(number));
        let item = seed.deserialize(Deserializer { source, context: self.context })?;
        self.context.leave();
        Ok(Some(item))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The entries of a map.
pub(super) struct EntryAccess<'c, 'de, S> {
    entries: std::vec::IntoIter<Entry<'de, S>>,
    current: Option<(Step<'de>, S)>,
    context: &'c mut Context<'de>,
}

impl<'c, 'de, S> EntryAccess<'c, 'de, S> {
    pub(super) fn new(entries: Vec<Entry<'de, S>>, context: &'c mut Context<'de>) -> Self {
        Self { entries: entries.into_iter(), current: None, context }
    }
}

impl<'de, S: Source<'de>> MapAccess<'de> for EntryAccess<'_, 'de, S> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(Entry { place, key, value }) = self.entries.next() else {
            return Ok(None);
        };
        let step = match (place, key) {
            (Segment::Entry(number) | Segment::Item(number), _) => Step::Entry(number),
            (Segment::Field(_), Some(key)) => Step::Field(key),
            (Segment::Field(_), None) => return Err(self.context.error(Problem::Missing)),
        };
        self.context.enter(step);
        let absent = |context: &Context<'_>, name: &str| {
            context.error_below(Segment::Field(name.to_owned()), Problem::Missing)
        };
        let key = key.ok_or_else(|| absent(self.context, "key"))?;
        let value = value.ok_or_else(|| absent(self.context, "value"))?;
        let parsed = seed.deserialize(BorrowedStrDeserializer::<Error>::new(key));
        let parsed = parsed.map_err(|error| error.at(self.context))?;
        self.context.leave();
        self.current = Some((step, value));
        Ok(Some(parsed))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((step, source)) = self.current.take() else {
            return Err(self.context.error(Problem::Missing));
        };
        self.context.enter(step);
        // Below an entry of a form, the value is a step of its own.
        let is_entry = matches!(step, Step::Entry(_));
        if is_entry {
            self.context.enter(Step::Field("value"));
        }
        let value = seed.deserialize(Deserializer { source, context: self.context })?;
        if is_entry {
            self.context.leave();
        }
        self.context.leave();
        Ok(value)
    }
}
