//! The inputs: a JSON file for each service.
//!
//! ```json
//! {
//!   "given": { "role": [["iam:CreateRole", {"RoleName": "etl", "AssumeRolePolicyDocument": {"$json": {…}}}]] },
//!   "operations": { "GetRole": {"given": ["role"], "input": {"RoleName": "etl"}} }
//! }
//! ```
//!
//! Before an operation is called, root makes the calls of what is `given`, of this file or of another one
//! (`"iam/role"`). In strings, `${CreateAccessKey.AccessKey.AccessKeyId}` stands for a field of the newest
//! answer of that operation, and `{"$json": …}` for the JSON as text. `fails` is the code with which the
//! service refuses the input after it was authorized, where it cannot succeed (a code of a second factor, say);
//! it is better left away. An operation that is not signed lists inputs that must be `refused`. One that demands nothing
//! of its own and makes calls that do (`DeleteObjects`) lists action and resource of what they `make` it demand.

use std::collections::BTreeMap;

use cloud::table::Entry;
use serde::Deserialize;
use serde_json::Value;

/// An operation's input, and what must be there before it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    #[serde(default)]
    given: Vec<String>,
    #[serde(default)]
    pub(super) input: Value,
    #[serde(default)]
    pub(super) fails: Option<String>,
    /// Action and resource of what the calls demand that the operation makes for its caller, one by one.
    #[serde(default)]
    pub(super) make: Vec<(String, String)>,
    /// For an operation that is not signed: inputs that are denied, and why.
    #[serde(default)]
    pub(super) refused: BTreeMap<String, Value>,
    /// The calls of `given`.
    #[serde(skip)]
    pub(super) before: Vec<(String, Value)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    given: BTreeMap<String, Vec<(String, Value)>>,
    operations: BTreeMap<String, Case>,
}

/// All fixtures, by `service:Operation`.
pub(super) struct Fixtures(BTreeMap<String, Case>);

impl Fixtures {
    pub(super) fn load() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let service = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let file: File = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            files.insert(service, file);
        }
        let mut cases = BTreeMap::new();
        for (service, file) in &files {
            for (name, case) in &file.operations {
                let mut case = case.clone();
                for given in &case.given {
                    let (of, what) = given.split_once('/').unwrap_or((service, given));
                    let calls = files.get(of).and_then(|file| file.given.get(what));
                    case.before.extend_from_slice(
                        calls.unwrap_or_else(|| panic!("{service}.json: nothing given as {given}")),
                    );
                }
                cases.insert(format!("{service}:{name}"), case);
            }
        }
        Self(cases)
    }

    pub(super) fn find(&self, entry: &Entry) -> Option<&Case> {
        self.0.get(&format!("{}:{}", entry.service.prefix(), entry.name))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }
}

impl Case {
    pub(super) fn is_anonymous(&self) -> bool {
        !self.refused.is_empty()
    }
}
