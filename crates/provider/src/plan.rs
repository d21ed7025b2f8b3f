//! What every resource's plan has in common: defaults, values that are known only after apply, and what
//! cannot be changed in place.

use crate::api::is_zero;
use crate::schema::{Block, Giver, Nesting};
use crate::value::{Members, Value};

/// A plan on its way.
#[derive(Debug)]
pub struct Plan {
    /// What is there; none to create.
    pub prior: Option<Members>,
    /// What the configuration says.
    pub config: Members,
    /// What shall be there.
    pub planned: Members,
    /// The attributes that force a new resource.
    pub replace: Vec<&'static str>,
    /// Whether something stays as it was that the configuration has otherwise.
    pub departs: bool,
}

impl Plan {
    /// The plan for a resource of this schema, from what Terraform proposes: the configuration, completed by
    /// what was computed before.
    #[must_use]
    pub fn new(block: &Block, prior: Option<Members>, config: Members, proposed: Members) -> Self {
        let mut plan =
            Self { prior, config, planned: proposed, replace: Vec::new(), departs: false };
        plan.planned = complete(block, &plan.planned, &plan.config, plan.prior.as_ref());
        plan.find_replacements(block);
        if let Some(prior) = plan.prior.as_ref().filter(|_| plan.replace.is_empty()) {
            plan.departs = keep(block, prior, &mut plan.planned);
        }
        plan.unsettle(block);
        plan
    }

    /// Whether the plan makes the resource, for the first time or anew.
    #[must_use]
    pub fn creates(&self) -> bool {
        self.prior.is_none() || !self.replace.is_empty()
    }

    /// What `name` shall be.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        self.planned.get(name).unwrap_or(&Value::Null)
    }

    fn find_replacements(&mut self, block: &Block) {
        let Some(prior) = &self.prior else { return };
        let value =
            |members: &Members, name: &str| members.get(name).cloned().unwrap_or(Value::Null);
        let differs = |name: &str| {
            let (before, after) = (value(prior, name), value(&self.planned, name));
            before != after && !(is_zero(&before) && is_zero(&after))
        };
        let is_given = |name: &str| !is_zero(&value(&self.planned, name));
        let attributes = block.attributes.iter().filter(|it| it.force_new).map(|it| it.name);
        let nested = block.nested.iter().filter(|it| it.force_new);
        let nested = nested.filter(|it| !it.keeps || is_given(it.name)).map(|it| it.name);
        self.replace = attributes.chain(nested).filter(|name| differs(name)).collect();
    }

    /// What follows from other values is unknown as soon as any of those changes.
    fn unsettle(&mut self, block: &Block) {
        let changes = self.prior.as_ref().is_some_and(|prior| *prior != self.planned);
        if !changes {
            return;
        }
        let anew = !self.replace.is_empty();
        for attribute in &block.attributes {
            let given = self.config.get(attribute.name).is_some_and(|value| !value.is_null());
            let moves = anew && attribute.is_computed() || attribute.volatile;
            if moves && !given && attribute.default.is_none() {
                self.planned.insert(attribute.name.to_owned(), Value::Unknown);
            }
        }
    }
}

/// Keeps what is as good as unchanged, and tells whether there is any: Databricks does not tell what is not given
/// from what is empty, and states of the official provider have either; and what a configuration leaves to
/// Databricks stays.
fn keep(block: &Block, prior: &Members, planned: &mut Members) -> bool {
    let mut departs = false;
    let mut leave = |planned: &mut Members, name: &str, before: &Value| {
        planned.insert(name.to_owned(), before.clone());
        departs = true;
    };
    for attribute in &block.attributes {
        let Some(before) = prior.get(attribute.name) else { continue };
        let after = planned.get(attribute.name).unwrap_or(&Value::Null);
        if before != after && is_zero(before) && is_zero(after) {
            leave(planned, attribute.name, before);
        }
    }
    for nested in block.nested.iter().filter(|nested| nested.keeps) {
        let Some(before) = prior.get(nested.name) else { continue };
        let after = planned.get(nested.name).unwrap_or(&Value::Null);
        if before != after && is_zero(after) {
            leave(planned, nested.name, before);
        }
    }
    for nested in block.nested.iter().filter(|nested| nested.nesting == Nesting::List) {
        let before = prior.get(nested.name).and_then(Value::as_list).unwrap_or_default();
        let Some(Value::List(after)) = planned.get_mut(nested.name) else { continue };
        for (before, after) in before.iter().zip(after) {
            if let (Value::Map(before), Value::Map(after)) = (before, after) {
                departs |= keep(&nested.block, before, after);
            }
        }
    }
    departs
}

/// Fills in defaults and marks what only the provider will know.
fn complete(
    block: &Block,
    proposed: &Members,
    config: &Members,
    prior: Option<&Members>,
) -> Members {
    let mut planned = proposed.clone();
    for attribute in &block.attributes {
        let given = config.get(attribute.name).is_some_and(|value| !value.is_null());
        if given {
            continue;
        }
        let value = match (&attribute.default, attribute.giver) {
            (Some(default), _) => default.clone(),
            (None, Giver::Computed | Giver::Either) if prior.is_none() => Value::Unknown,
            _ => continue,
        };
        planned.insert(attribute.name.to_owned(), value);
    }
    for nested in &block.nested {
        let (Some(Value::List(items)), Some(Value::List(configured))) =
            (planned.get(nested.name), config.get(nested.name))
        else {
            continue;
        };
        let before = prior.and_then(|prior| prior.get(nested.name)).and_then(Value::as_list);
        let items = items.iter().enumerate().map(|(at, item)| {
            let config = configured.get(at).and_then(Value::as_map);
            // Which item of a set was which cannot be told.
            let before =
                before.filter(|_| nested.nesting != Nesting::Set).and_then(|items| items.get(at));
            match (item.as_map(), config) {
                (Some(item), Some(config)) => {
                    let before = before.and_then(Value::as_map);
                    Value::Map(complete(&nested.block, item, config, before))
                }
                _ => item.clone(),
            }
        });
        let items = items.collect();
        planned.insert(nested.name.to_owned(), Value::List(items));
    }
    planned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Attribute, Type};

    fn block() -> Block {
        Block::new(
            "",
            vec![
                Attribute::required("name", Type::Text, "").force_new(),
                Attribute::optional("comment", Type::Text, ""),
                Attribute::optional("minutes", Type::Number, "").default(Value::int(60)),
                Attribute::computed("id", Type::Text, ""),
                Attribute::computed("revision", Type::Text, "").volatile(),
            ],
        )
    }

    fn members(entries: &[(&str, Value)]) -> Members {
        let mut members = block().empty();
        members.extend(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        members
    }

    #[test]
    fn a_new_resource() {
        let config = members(&[("name", "a".into())]);
        let plan = Plan::new(&block(), None, config.clone(), config);
        assert!(plan.creates());
        assert_eq!(plan.get("minutes"), &Value::int(60));
        assert_eq!(plan.get("id"), &Value::Unknown);
        assert_eq!(plan.get("comment"), &Value::Null);
    }

    #[test]
    fn what_changes_and_what_stays() {
        let known = [("minutes", Value::int(60)), ("id", "1".into()), ("revision", "r".into())];
        let state = |name: &str, comment: Value| {
            let mut state = members(&known);
            state.insert("name".to_owned(), name.into());
            state.insert("comment".to_owned(), comment);
            state
        };
        let plan = |name: &str, comment: Value| {
            let config = members(&[("name", name.into()), ("comment", comment.clone())]);
            Plan::new(&block(), Some(state("a", Value::Null)), config, state(name, comment))
        };
        let same = plan("a", Value::Null);
        assert_eq!(same.planned, state("a", Value::Null));
        let other_comment = plan("a", "c".into());
        assert!(!other_comment.creates());
        assert_eq!(other_comment.get("id"), &Value::from("1"));
        assert_eq!(other_comment.get("revision"), &Value::Unknown);
        // What is empty is as good as not given, and stays as it was.
        let empty = |before: Value, after: Value| {
            let config = members(&[("name", "a".into()), ("comment", after.clone())]);
            Plan::new(&block(), Some(state("a", before)), config, state("a", after))
        };
        for (before, after) in [("".into(), Value::Null), (Value::Null, "".into())] {
            let kept = empty(before.clone(), after);
            assert_eq!((kept.departs, kept.planned), (true, state("a", before)));
        }
        assert!(!same.departs && !other_comment.departs);
        let other_name = plan("b", Value::Null);
        assert_eq!(other_name.replace, ["name"]);
        assert_eq!(other_name.get("id"), &Value::Unknown);
        // A name that is known only after apply may be another.
        let unknown = {
            let config = members(&[("name", Value::Unknown)]);
            let mut proposed = state("a", Value::Null);
            proposed.insert("name".to_owned(), Value::Unknown);
            Plan::new(&block(), Some(state("a", Value::Null)), config, proposed)
        };
        assert_eq!(unknown.replace, ["name"]);
    }
}
