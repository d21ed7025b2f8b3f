//! A radix tree that finds, for a text, everything stored under one of its prefixes.
//!
//! It answers "which patterns could match this?" in time that grows with the text, not with the
//! number of patterns: a pattern can only match texts that start with its literal prefix.

/// Values by prefix.
#[derive(Debug, Clone)]
pub(crate) struct PrefixIndex<T> {
    nodes: Vec<Node<T>>,
}

#[derive(Debug, Clone)]
struct Node<T> {
    /// The bytes on the edge that leads here.
    label: Box<[u8]>,
    children: Vec<u32>,
    value: T,
}

impl<T: Default> Default for PrefixIndex<T> {
    fn default() -> Self {
        Self { nodes: vec![Node::new(&[])] }
    }
}

impl<T: Default> Node<T> {
    fn new(label: &[u8]) -> Self {
        Self { label: label.into(), children: Vec::new(), value: T::default() }
    }
}

impl<T: Default> PrefixIndex<T> {
    /// The value stored under exactly `prefix`, made if there is none.
    pub(crate) fn entry(&mut self, prefix: &str) -> Option<&mut T> {
        let mut rest = prefix.as_bytes();
        let mut at = 0;
        while !rest.is_empty() {
            let (slot, child) = match self.child(at, rest) {
                Some(found) => found,
                None => {
                    at = self.add(at, rest)?;
                    break;
                }
            };
            let label = &self.nodes.get(child)?.label;
            let shared = label.iter().zip(rest).take_while(|(one, other)| one == other).count();
            if shared < label.len() {
                at = self.split(at, slot, child, shared)?;
            } else {
                at = child;
            }
            rest = rest.get(shared..)?;
        }
        self.nodes.get_mut(at).map(|node| &mut node.value)
    }

    fn add(&mut self, parent: usize, label: &[u8]) -> Option<usize> {
        let index = self.nodes.len();
        self.nodes.push(Node::new(label));
        self.nodes.get_mut(parent)?.children.push(u32::try_from(index).ok()?);
        Some(index)
    }

    /// Puts a node for the first `shared` bytes of `child`'s label between it and its parent.
    fn split(&mut self, parent: usize, slot: usize, child: usize, shared: usize) -> Option<usize> {
        let label = std::mem::take(&mut self.nodes.get_mut(child)?.label);
        let (head, tail) = label.split_at_checked(shared)?;
        let between = self.nodes.len();
        let mut node = Node::new(head);
        node.children.push(u32::try_from(child).ok()?);
        self.nodes.push(node);
        self.nodes.get_mut(child)?.label = tail.into();
        *self.nodes.get_mut(parent)?.children.get_mut(slot)? = u32::try_from(between).ok()?;
        Some(between)
    }
}

impl<T> PrefixIndex<T> {
    /// Calls `visit` with the value of every prefix of `text`, shortest first.
    pub(crate) fn prefixes_of(&self, text: &str, mut visit: impl FnMut(&T)) {
        let mut rest = text.as_bytes();
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            visit(&node.value);
            let Some((_, child)) = self.child(at, rest) else { return };
            let Some(label) = self.nodes.get(child).map(|node| &*node.label) else { return };
            let Some(after) = rest.strip_prefix(label) else { return };
            rest = after;
            at = child;
        }
    }

    /// The child of `at` whose label starts as `rest` does: its slot, and its index.
    fn child(&self, at: usize, rest: &[u8]) -> Option<(usize, usize)> {
        let first = rest.first()?;
        self.nodes.get(at)?.children.iter().enumerate().find_map(|(slot, child)| {
            let child = *child as usize;
            (self.nodes.get(child)?.label.first() == Some(first)).then_some((slot, child))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(index: &PrefixIndex<Vec<usize>>, text: &str) -> Vec<usize> {
        let mut all = Vec::new();
        index.prefixes_of(text, |values| all.extend(values));
        all.sort_unstable();
        all
    }

    proptest! {
        #[test]
        fn finds_exactly_the_prefixes(
            prefixes in proptest::collection::vec("[abé]{0,6}", 0..20),
            text in "[abé]{0,8}",
        ) {
            let mut index = PrefixIndex::<Vec<usize>>::default();
            for (number, prefix) in prefixes.iter().enumerate() {
                index.entry(prefix).unwrap().push(number);
            }
            let expected: Vec<usize> = prefixes
                .iter()
                .enumerate()
                .filter(|(_, prefix)| text.starts_with(prefix.as_str()))
                .map(|(number, _)| number)
                .collect();
            prop_assert_eq!(found(&index, &text), expected);
        }
    }
}
