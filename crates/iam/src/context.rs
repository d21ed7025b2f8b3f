//! The request context: what is known about one request, by condition key.

use smol_str::SmolStr;

use crate::key::Key;

/// Keys that there is room for at once: about as many as a request has.
const ROOM: usize = 20;

/// The values of one key in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values(Held);

/// Most keys have one value, and most values are short: those take no memory of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Held {
    One(SmolStr),
    /// None, or several.
    Many(Vec<SmolStr>),
}

/// All keys that a request supplies.
#[derive(Debug, Clone, Default)]
pub struct Context {
    // Parallel to `entries`: the scan that finds a key touches only this.
    hashes: Vec<u64>,
    entries: Vec<(Key, Values)>,
}

impl Values {
    /// One value.
    #[must_use]
    pub fn one(value: impl AsRef<str>) -> Self {
        Self(Held::One(SmolStr::new(value)))
    }

    /// Any number of values, for a multivalued key.
    #[must_use]
    pub fn many<V: AsRef<str>>(values: impl IntoIterator<Item = V>) -> Self {
        let mut values: Vec<SmolStr> = values.into_iter().map(SmolStr::new).collect();
        match values.pop() {
            Some(only) if values.is_empty() => Self(Held::One(only)),
            last => {
                values.extend(last);
                Self(Held::Many(values))
            }
        }
    }

    fn as_slice(&self) -> &[SmolStr] {
        match &self.0 {
            Held::One(value) => std::slice::from_ref(value),
            Held::Many(values) => values,
        }
    }

    /// The values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.as_slice().iter().map(SmolStr::as_str)
    }

    /// The only value, if there is exactly one.
    #[must_use]
    pub fn single(&self) -> Option<&str> {
        if let Held::One(value) = &self.0 { Some(value) } else { None }
    }

    /// No value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl Context {
    /// A context without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key, given as such or by its name, to `values`, replacing what was there.
    pub fn set(&mut self, key: impl Into<Key>, values: Values) {
        let key = key.into();
        match self.index(&key).and_then(|index| self.entries.get_mut(index)) {
            Some(entry) => entry.1 = values,
            None => self.push(key, values),
        }
    }

    /// Sets a key unless the request has it already.
    pub fn set_default(&mut self, key: impl Into<Key>, values: impl FnOnce() -> Values) {
        let key = key.into();
        if self.index(&key).is_none() {
            self.push(key, values());
        }
    }

    fn push(&mut self, key: Key, values: Values) {
        if self.entries.is_empty() {
            self.hashes.reserve_exact(ROOM);
            self.entries.reserve_exact(ROOM);
        }
        self.hashes.push(key.hash());
        self.entries.push((key, values));
    }

    /// Takes `name` out.
    pub fn remove(&mut self, name: &str) {
        if let Some(index) = self.index(&Key::new(name)) {
            self.hashes.remove(index);
            self.entries.remove(index);
        }
    }

    /// The values of `key`; `None` if the request does not supply it.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Values> {
        self.index(key).and_then(|index| self.entries.get(index)).map(|(_, values)| values)
    }

    /// The values of the key called `name`, in any letter case.
    #[must_use]
    pub fn get_named(&self, name: &str) -> Option<&Values> {
        self.get(&Key::new(name))
    }

    /// The keys in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Values)> {
        self.entries.iter().map(|(key, values)| (key, values))
    }

    fn index(&self, key: &Key) -> Option<usize> {
        let mut from = 0;
        loop {
            let hashes = self.hashes.get(from..)?;
            let at = from + hashes.iter().position(|hash| *hash == key.hash())?;
            if self.entries.get(at).is_some_and(|(candidate, _)| candidate == key) {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_any_letter_case() {
        let mut context = Context::new();
        context.set("ec2:Vpc", Values::one("a"));
        context.set("EC2:VPC", Values::one("b"));
        context.set_default("ec2:vpc", || Values::one("c"));
        assert_eq!(context.get_named("ec2:vpc").unwrap().single(), Some("b"));
        assert_eq!(context.iter().count(), 1);
        assert!(context.get_named("ec2:vp").is_none());
    }

    #[test]
    fn values_are_told_in_order() {
        for texts in
            [&[][..], &["a"], &["a", "b"], &["b", "a", "longer than what is kept in place"]]
        {
            let values = Values::many(texts);
            assert!(values.iter().eq(texts.iter().copied()));
            assert_eq!(values.is_empty(), texts.is_empty());
            assert_eq!(values.single(), texts.first().copied().filter(|_| texts.len() == 1));
        }
        assert_eq!(Values::many(["a"]), Values::one("a"));
    }
}
