//! `--fix`: changes of files that are certain to be right.

use std::collections::BTreeMap;
use std::fs;

use check::Edit;

use super::Report;
use crate::failure::Failure;

/// Writes every change that does not touch another one. How many there were.
pub(super) fn apply(reports: &[Report]) -> Result<usize, Failure> {
    let mut by_file: BTreeMap<String, (String, Vec<&Edit>)> = BTreeMap::new();
    for report in reports {
        let sources = &report.graph.sources;
        for edit in report.findings.iter().filter_map(|it| it.fix.as_ref()).flat_map(|it| &it.edits)
        {
            let name = sources.name(edit.place.file).to_owned();
            let text = sources.text(edit.place.file).to_owned();
            by_file.entry(name).or_insert_with(|| (text, Vec::new())).1.push(edit);
        }
    }
    let mut count = 0;
    for (name, (text, edits)) in by_file {
        let (changed, made) = changed(&text, edits);
        fs::write(&name, changed).map_err(Failure::Write)?;
        count += made;
    }
    Ok(count)
}

/// The text with the edits made, from the last to the first; of two that overlap, the later in the file counts.
fn changed(text: &str, mut edits: Vec<&Edit>) -> (String, usize) {
    edits.sort_by_key(|edit| (edit.place.start, edit.place.end));
    edits.dedup();
    let mut out = text.to_owned();
    let mut before = usize::MAX;
    let mut made = 0;
    for edit in edits.into_iter().rev() {
        let range = edit.place.start as usize..edit.place.end as usize;
        if range.end > before || out.get(range.clone()).is_none() {
            continue;
        }
        before = range.start;
        out.replace_range(range, &edit.text);
        made += 1;
    }
    (out, made)
}

#[cfg(test)]
mod tests {
    use template::{FileId, Place};

    use super::*;

    #[test]
    fn edits_that_overlap_are_made_one_run_at_a_time() {
        let edit = |start, end, text: &str| Edit {
            place: Place::new(FileId(0), start, end),
            text: text.to_owned(),
        };
        let (one, two, three) = (edit(0, 1, "X"), edit(2, 4, "YY"), edit(3, 5, "Z"));
        let (text, made) = changed("abcdef", vec![&one, &two, &three]);
        assert_eq!((text.as_str(), made), ("XbcZf", 2));
    }
}
