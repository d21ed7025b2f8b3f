//! Policy sets by their text, so that a policy that occurs on many lines is compiled once.

use std::collections::HashMap;
use std::sync::Arc;

use iam::policy_set::{NamedPolicy, PolicySet};
use iam::{Policy, PolicyKind};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Bytes of policy text that are kept; beyond, the cache starts anew.
const MAX_CACHED_BYTES: usize = 64 << 20;

/// Compiled sets by kind and JSON text.
#[derive(Debug, Default)]
pub(super) struct Cache {
    sets: HashMap<PolicyKind, ByText>,
    bytes: usize,
}

/// Texts of many kilobytes are hashed on every line, so the hash is a fast one, with a random seed.
type ByText = HashMap<Box<str>, Arc<PolicySet>, foldhash::fast::RandomState>;

#[derive(Deserialize)]
struct Named<'a> {
    name: Option<String>,
    #[serde(borrow)]
    document: &'a RawValue,
}

impl Cache {
    /// The set of a JSON array of policies, each a document or `{"name", "document"}`.
    pub(super) fn list(
        &mut self,
        raw: &RawValue,
        kind: PolicyKind,
    ) -> Result<Arc<PolicySet>, String> {
        self.get(raw, kind, |raw| {
            let documents: Vec<&RawValue> = serde_json::from_str(raw.get())
                .map_err(|error| format!("the {kind} policies are not a list: {error}"))?;
            documents.into_iter().enumerate().map(|(index, raw)| policy(raw, kind, index)).collect()
        })
    }

    /// The set of one policy.
    pub(super) fn one(
        &mut self,
        raw: &RawValue,
        kind: PolicyKind,
    ) -> Result<Arc<PolicySet>, String> {
        self.get(raw, kind, |raw| Ok(vec![policy(raw, kind, 0)?]))
    }

    fn get(
        &mut self,
        raw: &RawValue,
        kind: PolicyKind,
        read: impl FnOnce(&RawValue) -> Result<Vec<NamedPolicy>, String>,
    ) -> Result<Arc<PolicySet>, String> {
        if let Some(set) = self.sets.get(&kind).and_then(|sets| sets.get(raw.get())) {
            return Ok(Arc::clone(set));
        }
        let set = Arc::new(PolicySet::new(read(raw)?));
        if self.bytes + raw.get().len() > MAX_CACHED_BYTES {
            self.sets.clear();
            self.bytes = 0;
        }
        self.bytes += raw.get().len();
        self.sets.entry(kind).or_default().insert(raw.get().into(), Arc::clone(&set));
        Ok(set)
    }
}

/// A document, a document written as a string, or `{"name", "document"}`.
fn policy(raw: &RawValue, kind: PolicyKind, index: usize) -> Result<NamedPolicy, String> {
    let (name, document) = match serde_json::from_str::<Named<'_>>(raw.get()) {
        Ok(named) => (named.name, named.document),
        Err(_) => (None, raw),
    };
    let name = name.unwrap_or_else(|| format!("{kind}[{index}]"));
    let unquoted: Option<String> = serde_json::from_str(document.get()).ok();
    let text = unquoted.as_deref().unwrap_or(document.get());
    match Policy::parse(text.as_bytes(), kind) {
        Ok(policy) => Ok(NamedPolicy::new(&name, policy)),
        Err(found) => {
            let first = found.first().map(|finding| finding.one_line(text)).unwrap_or_default();
            Err(format!("policy `{name}` is not of kind {kind}: {first}"))
        }
    }
}
