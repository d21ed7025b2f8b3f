//! A persistent ordered map: cloning it is one pointer, changing a clone copies one path.
//!
//! A B-tree whose nodes are shared between copies. A change copies the nodes on its way from the root
//! unless this copy alone owns them, so a batch of changes to one copy copies each node once.
//!
//! Our own, because rows are looked up by a borrowed (account, key) pair without building a key, ranges
//! start at a predicate and own no bounds, and an insert gives back what it replaced. Measured against the
//! red-black tree of `rpds` 1.2.1 with 100,000 keys: batched inserts and loads take half its time, lookups
//! four fifths, single published inserts the same 3 µs.

use std::cmp::Ordering;
use std::iter;
use std::mem;
use std::sync::Arc;

use arrayvec::ArrayVec;

/// Entries of a node, at most; one more splits it.
const MAX_ENTRIES: usize = 11;
/// Entries of a node other than the root, at least; one fewer borrows or merges.
const MIN_ENTRIES: usize = MAX_ENTRIES / 2;

/// A persistent map from `K`, in order, to `V`.
pub(crate) struct Tree<K, V> {
    root: Arc<Node<K, V>>,
    len: usize,
}

/// The entries from some key on, in order.
pub(crate) struct Iter<'a, K, V> {
    /// The way down: each node with its next entry; children left of that entry are done.
    path: Vec<(&'a Node<K, V>, usize)>,
}

/// Entries in order; `children` is empty in a leaf, else one longer than `entries`.
struct Node<K, V> {
    entries: Entries<K, V>,
    children: Children<K, V>,
}

/// In the node itself, with room for the one that splits it: to copy a node takes one allocation.
type Entries<K, V> = ArrayVec<(K, V), { MAX_ENTRIES + 1 }>;
type Children<K, V> = ArrayVec<Arc<Node<K, V>>, { MAX_ENTRIES + 2 }>;

/// What a full node gives to its parent: the middle entry and the node right of it.
type Split<K, V> = Option<((K, V), Arc<Node<K, V>>)>;

impl<K, V> Tree<K, V> {
    /// An empty map.
    pub(crate) fn new() -> Self {
        Self { root: Arc::new(Node::leaf(ArrayVec::new())), len: 0 }
    }

    /// The number of entries.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The entry for which `order` is `Equal`; `order` compares an entry's key with the one wanted.
    pub(crate) fn entry(&self, order: impl Fn(&K) -> Ordering) -> Option<&(K, V)> {
        let mut node = &*self.root;
        loop {
            match node.entries.binary_search_by(|(key, _)| order(key)) {
                Ok(at) => return node.entries.get(at),
                Err(at) => node = node.children.get(at)?,
            }
        }
    }

    /// The value of `key`.
    pub(crate) fn get(&self, key: &K) -> Option<&V>
    where
        K: Ord,
    {
        self.entry(|other| other.cmp(key)).map(|(_, value)| value)
    }

    /// All entries in order.
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        self.iter_from(|_| false)
    }

    /// The entries in order, without the leading ones whose key is `before`.
    pub(crate) fn iter_from(&self, before: impl Fn(&K) -> bool) -> Iter<'_, K, V> {
        let mut path = Vec::new();
        let mut next = Some(&*self.root);
        while let Some(node) = next {
            let at = node.entries.partition_point(|(key, _)| before(key));
            path.push((node, at));
            next = node.children.get(at).map(|child| &**child);
        }
        Iter { path }
    }
}

impl<K: Clone + Ord, V: Clone> Tree<K, V> {
    /// Sets the value of `key` and gives back the one that it replaces.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (old, split) = Arc::make_mut(&mut self.root).insert(key, value);
        if let Some((middle, right)) = split {
            let left = mem::replace(&mut self.root, right);
            let right =
                mem::replace(&mut self.root, Arc::new(Node::leaf(iter::once(middle).collect())));
            if let Some(root) = Arc::get_mut(&mut self.root) {
                root.children.extend([left, right]);
            }
        }
        if old.is_none() {
            self.len += 1;
        }
        old
    }

    /// Takes the entry of `key` out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        // Looked up first: a removal that finds nothing must not copy a path.
        self.get(key)?;
        let root = Arc::make_mut(&mut self.root);
        let removed = root.remove(key)?;
        if root.entries.is_empty()
            && let Some(only) = root.children.pop()
        {
            self.root = only;
        }
        self.len -= 1;
        Some(removed)
    }
}

impl<K, V> Node<K, V> {
    fn leaf(entries: Entries<K, V>) -> Self {
        Self { entries, children: ArrayVec::new() }
    }
}

impl<K: Clone + Ord, V: Clone> Node<K, V> {
    fn insert(&mut self, key: K, value: V) -> (Option<V>, Split<K, V>) {
        match self.entries.binary_search_by(|(other, _)| other.cmp(&key)) {
            Ok(at) => {
                let old = self.entries.get_mut(at).map(|(_, slot)| mem::replace(slot, value));
                return (old, None);
            }
            Err(at) => match self.children.get_mut(at) {
                None => self.entries.insert(at, (key, value)),
                Some(child) => match Arc::make_mut(child).insert(key, value) {
                    (old, None) => return (old, None),
                    (_, Some((middle, right))) => {
                        self.entries.insert(at, middle);
                        self.children.insert(at + 1, right);
                    }
                },
            },
        }
        (None, self.split_if_over())
    }

    fn split_if_over(&mut self) -> Split<K, V> {
        if self.entries.len() <= MAX_ENTRIES {
            return None;
        }
        let middle = self.entries.len() / 2;
        let entries = self.entries.drain(middle + 1..).collect();
        let children = match self.children.len() {
            0 => ArrayVec::new(),
            _ => self.children.drain(middle + 1..).collect(),
        };
        let entry = self.entries.pop()?;
        Some((entry, Arc::new(Self { entries, children })))
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        match self.entries.binary_search_by(|(other, _)| other.cmp(key)) {
            Ok(at) if self.children.is_empty() => Some(self.entries.remove(at).1),
            Ok(at) => {
                // An inner entry is replaced by its predecessor, the last entry of the child left of it.
                let predecessor = Arc::make_mut(self.children.get_mut(at)?).pop_last()?;
                let removed = mem::replace(self.entries.get_mut(at)?, predecessor);
                self.refill(at);
                Some(removed.1)
            }
            Err(at) => {
                let removed = Arc::make_mut(self.children.get_mut(at)?).remove(key)?;
                self.refill(at);
                Some(removed)
            }
        }
    }

    fn pop_last(&mut self) -> Option<(K, V)> {
        let Some(child) = self.children.last_mut() else { return self.entries.pop() };
        let last = Arc::make_mut(child).pop_last();
        self.refill(self.children.len() - 1);
        last
    }

    /// Brings the child at `at` back to `MIN_ENTRIES`, from a sibling that can spare one or by merging.
    fn refill(&mut self, at: usize) {
        let entries_of = |at: usize| self.children.get(at).map_or(0, |child| child.entries.len());
        if entries_of(at) >= MIN_ENTRIES {
            return;
        }
        if at > 0 && entries_of(at - 1) > MIN_ENTRIES {
            self.shift_right(at - 1);
        } else if entries_of(at + 1) > MIN_ENTRIES {
            self.shift_left(at);
        } else {
            self.merge(if at > 0 { at - 1 } else { at });
        }
    }

    // INVARIANT: the three below are called with a child and a sibling that exist, so `?` never leaves
    // them half done.

    /// Moves the last entry of the child at `at` up, and the separator down to the child right of it.
    fn shift_right(&mut self, at: usize) -> Option<()> {
        let left = Arc::make_mut(self.children.get_mut(at)?);
        let (entry, grandchild) = (left.entries.pop()?, left.children.pop());
        let separator = mem::replace(self.entries.get_mut(at)?, entry);
        let right = Arc::make_mut(self.children.get_mut(at + 1)?);
        right.entries.insert(0, separator);
        if let Some(grandchild) = grandchild {
            right.children.insert(0, grandchild);
        }
        Some(())
    }

    /// Moves the first entry of the child right of `at` up, and the separator down to the child at `at`.
    fn shift_left(&mut self, at: usize) -> Option<()> {
        let right = Arc::make_mut(self.children.get_mut(at + 1)?);
        let entry = right.entries.remove(0);
        let grandchild = (!right.children.is_empty()).then(|| right.children.remove(0));
        let separator = mem::replace(self.entries.get_mut(at)?, entry);
        let left = Arc::make_mut(self.children.get_mut(at)?);
        left.entries.push(separator);
        left.children.extend(grandchild);
        Some(())
    }

    /// Joins the child at `at`, the separator after it and the next child.
    fn merge(&mut self, at: usize) -> Option<()> {
        let right = Arc::unwrap_or_clone(self.children.remove(at + 1));
        let separator = self.entries.remove(at);
        let left = Arc::make_mut(self.children.get_mut(at)?);
        left.entries.push(separator);
        left.entries.extend(right.entries);
        left.children.extend(right.children);
        Some(())
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (node, at) = self.path.last_mut()?;
            let node = *node;
            let Some((key, value)) = node.entries.get(*at) else {
                self.path.pop();
                continue;
            };
            *at += 1;
            let mut child = node.children.get(*at);
            while let Some(down) = child {
                self.path.push((down, 0));
                child = down.children.first();
            }
            return Some((key, value));
        }
    }
}

impl<K, V> Clone for Tree<K, V> {
    fn clone(&self) -> Self {
        Self { root: Arc::clone(&self.root), len: self.len }
    }
}

impl<K: Clone, V: Clone> Clone for Node<K, V> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), children: self.children.clone() }
    }
}

#[cfg(test)]
mod tests;
