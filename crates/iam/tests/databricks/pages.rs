//! Policies out of the text of documentation pages.

use std::path::{Path, PathBuf};

/// The variable that names the folder of pages.
const FOLDER: &str = "ROLECALL_PAGES";

/// The text of a page.
///
/// # Panics
/// If the folder is not named: a test without its input has not passed.
pub(crate) fn page(name: &str) -> String {
    let Some(folder) = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()) else {
        panic!("set {FOLDER} to the folder that holds the page `{name}`, then run this test again");
    };
    // Tests run in the folder of their crate; people write paths from the root of the workspace.
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let path: PathBuf = root.join(folder).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every JSON object in `text` that starts with a policy's version.
pub(crate) fn json_policies(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{ \"Version\"") {
        let object = braces(&rest[start..]);
        found.push(object);
        rest = &rest[start + object.len()..];
    }
    found
}

/// From an opening brace at the start of `text` to the one that closes it; braces in strings do not
/// count.
pub(crate) fn braces(text: &str) -> &str {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '{' if !in_string => depth += 1,
            '}' if !in_string => {
                depth -= 1;
                if depth == 0 {
                    return &text[..=at];
                }
            }
            _ => {}
        }
    }
    panic!("a brace is not closed: {text}");
}
