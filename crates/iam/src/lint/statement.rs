//! A statement as the rules look at it.

use super::subject::{Asked, Named, Stands};
use crate::catalog::{self, Action, ConditionKey, GLOBAL_KEYS, Resource, ResourceUse, Supply};
use crate::operator::Comparison;
use crate::policy::{ConditionElement, Effect, Policy, Statement};
use crate::span::Spanned;

/// A statement, and what the catalog knows of it.
pub(super) struct StatementFacts<'p> {
    pub(super) statement: &'p Statement,
    /// `Action` or `NotAction`.
    pub(super) actions: Vec<ActionFacts<'p>>,
    /// `Resource` or `NotResource`.
    pub(super) resources: Vec<ResourceFacts<'p>>,
}

/// One pattern of `Action` or `NotAction`.
pub(super) struct ActionFacts<'p> {
    pub(super) text: &'p Spanned<Box<str>>,
    pub(super) named: Named,
}

/// One pattern of `Resource` or `NotResource`.
pub(super) struct ResourceFacts<'p> {
    pub(super) text: &'p Spanned<Box<str>>,
    pub(super) stands: Stands,
}

impl<'p> StatementFacts<'p> {
    pub(super) fn new(policy: &Policy, statement: &'p Statement, asked: &mut Asked) -> Self {
        debug_assert!(statement.span.range().end <= policy.text().len());
        let actions = statement.action.patterns.iter();
        let resources = statement.resource.iter().flat_map(|element| &element.patterns);
        Self {
            statement,
            actions: actions
                .map(|text| ActionFacts { text, named: asked.actions(&text.value) })
                .collect(),
            resources: resources
                .map(|text| ResourceFacts { text, stands: asked.resource(&text.value) })
                .collect(),
        }
    }

    pub(super) fn allows(&self) -> bool {
        self.statement.effect.value == Effect::Allow
    }

    /// `allows` or `denies`.
    pub(super) fn verb(&self) -> &'static str {
        if self.allows() { "allows" } else { "denies" }
    }

    /// The actions, unless they are those that the statement is *not* about.
    pub(super) fn positive_actions(&self) -> &[ActionFacts<'p>] {
        if self.statement.action.negated { &[] } else { &self.actions }
    }

    /// The resources, unless they are those that the statement is *not* about.
    pub(super) fn positive_resources(&self) -> &[ResourceFacts<'p>] {
        let negated = self.statement.resource.as_ref().is_some_and(|element| element.negated);
        if negated { &[] } else { &self.resources }
    }

    /// Whether some pair of an action and a resource may be a request that the statement is about,
    /// as far as the catalog can tell.
    pub(super) fn has_a_fitting_pair(&self) -> bool {
        let resources = self.positive_resources();
        self.positive_actions()
            .iter()
            .any(|action| resources.iter().any(|resource| action.fits(resource)))
    }

    /// Whether another line of the conditions says that the key must be there (`"Null": "false"`).
    pub(super) fn demands(&self, key: &str) -> bool {
        self.statement.conditions.iter().any(|condition| {
            condition.operator.comparison == Comparison::Null
                && condition.key.value.eq_ignore_ascii_case(key)
                && condition.values.iter().all(|value| value.value.eq_ignore_ascii_case("false"))
        })
    }
}

impl ActionFacts<'_> {
    /// The actions, if they are known and not simply all.
    pub(super) fn known(&self) -> &[&'static Action] {
        if let Named::Actions(actions) = &self.named { actions } else { &[] }
    }

    /// None of its actions can be granted on an ARN.
    pub(super) fn is_wildcard_only(&self) -> bool {
        let actions = self.known();
        !actions.is_empty() && actions.iter().all(|action| action.is_wildcard_only())
    }

    /// Whether one of the actions may be used on such a resource.
    pub(super) fn fits(&self, resource: &ResourceFacts<'_>) -> bool {
        match (&self.named, &resource.stands) {
            (Named::Nothing { .. }, _) | (_, Stands::ForNoType) => false,
            (Named::Everything | Named::Unknown, _) | (_, Stands::ForAll | Stands::Unknown) => true,
            (Named::Actions(actions), Stands::For(types)) => {
                actions.iter().any(|action| uses_of(action, types).next().is_some())
            }
        }
    }
}

impl ResourceFacts<'_> {
    /// The types, if they are known and not simply all.
    pub(super) fn known(&self) -> &[&'static Resource] {
        if let Stands::For(types) = &self.stands { types } else { &[] }
    }
}

/// What the action says of those of its resource types that are among `types`.
pub(super) fn uses_of<'t>(
    action: &'static Action,
    types: &'t [&'static Resource],
) -> impl Iterator<Item = &'static ResourceUse> + 't {
    action
        .resources
        .iter()
        .filter(|used| types.iter().any(|resource| std::ptr::eq(*resource, used.resource)))
}

/// Whether requests of the action can carry the key, whatever their resource.
pub(super) fn supplies(action: &Action, key: &str) -> bool {
    has(action.condition_keys, key) || action.resources.iter().any(|used| has(used.keys(), key))
}

/// Whether a list of keys has this one, templates filled in.
pub(super) fn has(keys: &[&'static ConditionKey], name: &str) -> bool {
    keys.iter().any(|key| key.matches(name))
}

/// Whether every action can supply the key.
pub(super) fn is_everywhere(key: &str) -> bool {
    GLOBAL_KEYS.iter().any(|global| global.supply == Supply::AnyAction && global.key.matches(key))
}

/// Whether the condition's line can hold for requests that lack its key.
pub(super) fn holds_without_key(condition: &ConditionElement) -> bool {
    if condition.operator.comparison == Comparison::Null {
        return condition.values.iter().any(|value| value.value.eq_ignore_ascii_case("true"));
    }
    condition.operator.holds_when_missing()
}

/// `bucket (arn:${Partition}:s3:::${BucketName}), object (…)`: where an action works.
pub(super) fn places(action: &Action) -> String {
    const SHOWN: usize = 3;
    let place = |used: &ResourceUse| {
        let template = used.resource.arn_templates.first();
        let template = template.map_or("", catalog::ArnTemplate::as_str);
        format!("{} ({template})", used.resource.name)
    };
    let shown: Vec<String> = action.resources.iter().take(SHOWN).map(place).collect();
    let more = action.resources.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more types") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// `` `a` ``, `` `a` or `b` ``, `` `a`, `b` or `c` ``.
pub(super) fn listed(names: &[String], conjunction: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} {conjunction} {last}", rest.join(", ")),
    }
}
