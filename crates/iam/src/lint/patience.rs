//! A bound on looking for what was meant.

use crate::catalog;

/// How often a rule looks for what was meant. That costs a walk through a service's tables each
/// time, and after so many slips a document needs another kind of help.
pub(super) struct Patience(usize);

impl Default for Patience {
    fn default() -> Self {
        Self(20)
    }
}

impl Patience {
    /// Whether to look once more.
    pub(super) fn lasts(&mut self) -> bool {
        let lasts = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        lasts
    }

    /// The actions that were most likely meant, unless patience is at its end.
    pub(super) fn actions(&mut self, name: &str) -> Vec<String> {
        let meant = if self.lasts() { catalog::suggest(name) } else { Vec::new() };
        meant.iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_ends() {
        let mut patience = Patience::default();
        assert_eq!((0..100).filter(|_| patience.lasts()).count(), 20);
    }
}
