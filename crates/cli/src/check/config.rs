//! `.rolecall.yaml`: what a project always wants.
//!
//! ```yaml
//! only: [IP001]
//! ignore:
//!   IP002: our pipeline applies twice
//! exclude: [examples]
//! scp: [policies/scp.json]
//! account-snapshot: snapshot.json
//! ```
//!
//! Paths are as seen from the working folder. What is ignored needs a reason.

use std::path::{Path, PathBuf};

use template::{FileId, Kind, Syntax};

use crate::failure::Failure;

/// The file that is read if nobody names one.
const USUAL: &str = ".rolecall.yaml";

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) only: Vec<String>,
    pub(super) ignore: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) scps: Vec<PathBuf>,
    pub(super) account_snapshot: Option<PathBuf>,
}

impl Config {
    /// Reads `path`, or the usual file if it is there.
    pub(super) fn load(path: Option<&Path>) -> Result<Self, Failure> {
        let usual = Path::new(USUAL);
        let path = match path {
            Some(path) => path,
            None if usual.exists() => usual,
            None => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(path)
            .map_err(|source| Failure::Read { path: path.to_owned(), source })?;
        let wrong = |message: String| Failure::Input(format!("`{}`: {message}", path.display()));
        let tree = template::read(&text, FileId(0)).map_err(|problem| wrong(problem.message))?;
        Self::of(&tree).map_err(wrong)
    }

    fn of(tree: &Syntax) -> Result<Self, String> {
        let mut config = Self::default();
        for entry in tree.entries() {
            match &*entry.key {
                "only" => config.only = texts(&entry.value)?,
                "exclude" => config.exclude = texts(&entry.value)?,
                "scp" => config.scps = texts(&entry.value)?.into_iter().map(Into::into).collect(),
                "account-snapshot" => {
                    config.account_snapshot = texts(&entry.value)?.pop().map(Into::into);
                }
                "ignore" => {
                    for ignored in entry.value.entries() {
                        if ignored.value.as_str().is_none_or(str::is_empty) {
                            return Err(format!("`ignore` of `{}` needs a reason", ignored.key));
                        }
                        config.ignore.push(ignored.key.to_string());
                    }
                    if !matches!(entry.value.kind, Kind::Map(_)) {
                        return Err("`ignore` is a map of rules and reasons".to_owned());
                    }
                }
                other => {
                    return Err(format!(
                        "`{other}` is none of only, ignore, exclude, scp, account-snapshot"
                    ));
                }
            }
        }
        Ok(config)
    }
}

fn texts(syntax: &Syntax) -> Result<Vec<String>, String> {
    let one = std::slice::from_ref(syntax);
    let elements = if let Kind::List(elements) = &syntax.kind { elements } else { one };
    let text = |element: &Syntax| element.as_str().map(str::to_owned);
    let texts: Option<Vec<String>> = elements.iter().map(text).collect();
    texts.ok_or_else(|| "a list of strings is needed".to_owned())
}
