//! The examples on the reference pages, from the folder that `ROLECALL_PAGES` names.

/// Names the folder.
const FOLDER: &str = "ROLECALL_PAGES";

/// The text of the page whose file's name starts so.
#[must_use]
pub fn read(prefix: &str) -> String {
    let folder = std::env::var_os(FOLDER).expect(FOLDER);
    let files = std::fs::read_dir(folder).expect("the folder of the pages");
    let mut paths = files.map(|file| file.expect("a page").path());
    let starts = |path: &std::path::PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
    };
    std::fs::read_to_string(paths.find(starts).expect("the page")).expect("the page")
}

/// The fenced examples in a language, such as `hcl`, letter for letter.
#[must_use]
pub fn examples(page: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}");
    let mut examples = Vec::new();
    let mut example: Option<String> = None;
    for line in page.lines() {
        match &mut example {
            None if line.trim_end() == opening => example = Some(String::new()),
            None => {}
            Some(_) if line.trim_end() == "```" => examples.extend(example.take()),
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    examples
}

/// The top-level blocks of an example that are `wanted` by their first line, letter for letter.
#[must_use]
pub fn blocks(example: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in example.lines() {
        let starts = ["variable ", "data ", "resource "].iter().any(|kind| line.starts_with(kind));
        if starts && wanted(line) {
            block = Some(String::new());
        }
        if let Some(text) = &mut block {
            text.push_str(line);
            text.push('\n');
        }
        if line == "}" || (starts && line.ends_with('}')) {
            blocks.extend(block.take());
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_taken_apart() {
        let page = "Text.\n```hcl\ndata \"a\" \"b\" {}\nresource \"c\" \"d\" {\n  e {\n  }\n}\n```\n\n```sh\nls\n```\n";
        let found = examples(page, "hcl");
        assert_eq!(found, ["data \"a\" \"b\" {}\nresource \"c\" \"d\" {\n  e {\n  }\n}\n"]);
        let all = blocks(&found[0], |_| true);
        assert_eq!(all, ["data \"a\" \"b\" {}\n", "resource \"c\" \"d\" {\n  e {\n  }\n}\n"]);
        assert_eq!(blocks(&found[0], |line| line.starts_with("data ")), all[..1]);
    }
}
