//! The tree against `BTreeMap`, and its own shape.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// The depth of every leaf, after checking order and fill of every node.
fn check_node(node: &Node<u16, u32>, is_root: bool) -> usize {
    assert!(node.entries.len() <= MAX_ENTRIES);
    assert!(is_root || node.entries.len() >= MIN_ENTRIES, "{} entries", node.entries.len());
    assert!(node.entries.is_sorted_by(|(a, _), (b, _)| a < b));
    if node.children.is_empty() {
        return 1;
    }
    assert_eq!(node.children.len(), node.entries.len() + 1);
    let depths: Vec<usize> = node.children.iter().map(|child| check_node(child, false)).collect();
    assert!(depths.iter().all(|depth| *depth == depths[0]));
    depths[0] + 1
}

fn check_same(tree: &Tree<u16, u32>, model: &BTreeMap<u16, u32>) {
    check_node(&tree.root, true);
    assert_eq!(tree.len(), model.len());
    assert!(tree.iter().eq(model.iter()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Steps of (key, insert or remove, keep a copy first); old copies never change.
    #[test]
    fn behaves_as_a_btree_map(
        steps in proptest::collection::vec((0_u16..400, any::<bool>(), 0_u8..10), 0..1500),
        grow in 0_u16..2000,
    ) {
        let mut tree = Tree::new();
        let mut model = BTreeMap::new();
        for key in 0..grow {
            tree.insert(key, 7);
            model.insert(key, 7);
        }
        let mut kept = Vec::new();
        for (at, (key, insert, keep)) in steps.into_iter().enumerate() {
            if keep == 0 && kept.len() < 20 {
                kept.push((tree.clone(), model.clone()));
            }
            if insert {
                let value = u32::try_from(at).unwrap();
                prop_assert_eq!(tree.insert(key, value), model.insert(key, value));
            } else {
                prop_assert_eq!(tree.remove(&key), model.remove(&key));
            }
            prop_assert_eq!(tree.get(&key), model.get(&key));
        }
        kept.push((tree, model));
        for (tree, model) in &kept {
            check_same(tree, model);
            for from in [0, 1, 17, 200, 399, 2500] {
                prop_assert!(tree.iter_from(|key| *key < from).eq(model.range(from..)));
            }
        }
    }
}

#[test]
fn shrinks_to_nothing_from_either_end_and_the_middle() {
    let orders: [fn(u16) -> u16; 3] = [|at| at, |at| 1999 - at, |at| (at * 7) % 2000];
    for order in orders {
        let mut tree = Tree::new();
        let mut model = BTreeMap::new();
        for at in 0..2000 {
            tree.insert(at, u32::from(at));
            model.insert(at, u32::from(at));
        }
        for at in 0..2000 {
            assert_eq!(tree.remove(&order(at)), model.remove(&order(at)));
            if at % 97 == 0 {
                check_same(&tree, &model);
            }
        }
        check_same(&tree, &model);
    }
}

#[test]
fn a_change_to_a_shared_copy_copies_one_path_only() {
    let mut tree: Tree<u16, u32> = Tree::new();
    for at in 0..20_000 {
        tree.insert(at, 0);
    }
    let before = tree.clone();
    tree.insert(30_000, 1);
    let shared = before
        .root
        .children
        .iter()
        .filter(|old| tree.root.children.iter().any(|new| Arc::ptr_eq(old, new)))
        .count();
    assert_eq!(shared, before.root.children.len() - 1);
}
