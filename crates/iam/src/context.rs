//! The request context: what is known about one request, by condition key.

use crate::key::Key;

/// The values of one key in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values(Vec<Box<str>>);

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
    pub fn one(value: impl Into<Box<str>>) -> Self {
        Self(vec![value.into()])
    }

    /// Any number of values, for a multivalued key.
    #[must_use]
    pub fn many<V: Into<Box<str>>>(values: impl IntoIterator<Item = V>) -> Self {
        Self(values.into_iter().map(Into::into).collect())
    }

    /// The values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|value| &**value)
    }

    /// The only value, if there is exactly one.
    #[must_use]
    pub fn single(&self) -> Option<&str> {
        if let [value] = self.0.as_slice() { Some(value) } else { None }
    }

    /// No value, or only empty ones: AWS's "null data set" (user guide, "set operators").
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.iter().all(|value| value.is_empty())
    }

    /// No value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Context {
    /// A context without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `name` to `values`, replacing what was there.
    pub fn set(&mut self, name: &str, values: Values) {
        let key = Key::new(name);
        if let Some(index) = self.index(&key) {
            if let Some(entry) = self.entries.get_mut(index) {
                entry.1 = values;
            }
            return;
        }
        self.hashes.push(key.hash());
        self.entries.push((key, values));
    }

    /// Sets `name` unless the request has it already.
    pub fn set_default(&mut self, name: &str, values: impl FnOnce() -> Values) {
        if self.get(&Key::new(name)).is_none() {
            self.set(name, values());
        }
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
    fn null_data_sets() {
        assert!(Values::many::<&str>([]).is_null());
        assert!(Values::one("").is_null());
        assert!(!Values::many(["", "x"]).is_null());
    }
}
