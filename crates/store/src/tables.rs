//! The tables of a view, in groups.
//!
//! Each write that is published leaves a copy of them behind. Copies share groups, so that one costs a count for each
//! group, and a change one for each table of its group; else it would be one for every table there is.

use std::sync::Arc;

use crate::table::AnyTable;

/// Tables of a group: about the root of how many there are.
const GROUP: usize = 12;

/// All tables, each in the slot of its row type.
#[derive(Clone)]
pub(crate) struct Tables {
    groups: Vec<Arc<[Arc<dyn AnyTable>]>>,
}

impl Tables {
    /// These, in the order of their slots.
    pub(crate) fn of(tables: impl Iterator<Item = Arc<dyn AnyTable>>) -> Self {
        let tables: Vec<_> = tables.collect();
        Self { groups: tables.chunks(GROUP).map(Arc::from).collect() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.groups.iter().map(|group| group.len()).sum()
    }

    /// The table in a slot.
    pub(crate) fn get(&self, slot: usize) -> Option<&Arc<dyn AnyTable>> {
        self.groups.get(slot / GROUP)?.get(slot % GROUP)
    }

    /// The table in a slot, to change it: this copy's own from now on.
    pub(crate) fn get_mut(&mut self, slot: usize) -> Option<&mut dyn AnyTable> {
        let group = Arc::make_mut(self.groups.get_mut(slot / GROUP)?);
        let table = group.get_mut(slot % GROUP)?;
        if Arc::get_mut(table).is_none() {
            *table = table.fork();
        }
        Arc::get_mut(table)
    }

    /// All of them, in the order of their slots.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<dyn AnyTable>> {
        self.groups.iter().flat_map(|group| group.iter())
    }
}
