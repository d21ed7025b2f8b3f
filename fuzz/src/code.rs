//! Infrastructure code: whatever the bytes, reading and checking ends, and every finding has a place in its file.

use std::collections::BTreeMap;

use check::Extra;
use source::{Memory, Options};

/// Reads `data` as the file `name` and checks it.
pub(crate) fn code(name: &str, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let memory = Memory(BTreeMap::from([(name.to_owned(), text.to_owned())]));
    for graph in source::read(&memory, name, &Options::default()) {
        for finding in check::run(&graph, &Extra::default()) {
            let text = graph.sources.text(finding.place.file);
            let range = finding.place.start as usize..finding.place.end as usize;
            assert!(text.get(range).is_some(), "{} {:?}", finding.rule.id, finding.place);
        }
        for notice in &graph.notices {
            let position = graph.sources.position(notice.place);
            assert!(position.line >= 1 && position.column >= 1, "{}", notice.message);
        }
    }
}
