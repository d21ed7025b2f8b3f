//! What `Action` and `Resource` elements name: actions and ARNs with wildcards.

use names::ArnParts;

use crate::context::Context;
use crate::key::Key;
use crate::kind::PolicyKind;
use crate::template::{Matched, Syntax, Template, literal_prefix, variable_body};

/// Colons that an ARN's first five parts end with.
const ARN_COLONS: usize = 5;

/// A pattern such as `s3:Get*`: actions are compared without regard to case.
#[derive(Debug, Clone)]
pub struct ActionPattern {
    prefix: Box<str>,
    test: ActionTest,
}

#[derive(Debug, Clone)]
enum ActionTest {
    All,
    /// A whole action, or nothing that an action can be.
    Exact,
    Parts {
        service: Template,
        name: Template,
    },
}

/// A pattern for ARNs. Each of the first five parts is matched on its own, so that a `*` in one does
/// not reach into the next; the last may hold further colons.
#[derive(Debug, Clone)]
pub struct ArnPattern {
    /// Partition to account.
    head: [Template; 4],
    resource: Template,
    has_variables: bool,
    /// In place of all parts: one variable, whose value is an ARN.
    whole: Option<Template>,
}

/// What a `Resource` element's value stands for.
#[derive(Debug, Clone)]
pub struct ResourcePattern {
    prefix: Box<str>,
    test: ResourceTest,
}

#[derive(Debug, Clone)]
enum ResourceTest {
    /// `*`: every resource, and requests that name none.
    All,
    Arn(ArnPattern),
    /// Nothing: not an ARN.
    Nothing,
}

impl ActionPattern {
    /// Compiles `text`. A pattern that no action can match (white space, no name) matches nothing.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let folded = text.to_ascii_lowercase();
        let prefix = literal_prefix(&folded, Syntax::WILDCARDS).into();
        let test = match folded.split_once(':') {
            _ if folded == "*" => ActionTest::All,
            Some((service, name)) if folded.contains(['*', '?']) => ActionTest::Parts {
                service: Template::new(service, Syntax::WILDCARDS),
                name: Template::new(name, Syntax::WILDCARDS),
            },
            _ => ActionTest::Exact,
        };
        Self { prefix, test }
    }

    /// Whether `action` (service and name in lower case) matches.
    #[must_use]
    pub(crate) fn matches(&self, action: &crate::request::Action) -> bool {
        match &self.test {
            ActionTest::All => true,
            ActionTest::Exact => *self.prefix == *action.folded(),
            ActionTest::Parts { service, name } => {
                let none = Context::new();
                action.folded().starts_with(&*self.prefix)
                    && service.matches(action.service(), &none) == Matched::Yes
                    && name.matches(action.folded_name(), &none) == Matched::Yes
            }
        }
    }

    /// What every action that matches starts with, in lower case.
    #[must_use]
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl ArnPattern {
    /// A value of an `Arn*` condition operator: an ARN with six parts, each of which may hold
    /// wildcards (user guide, "ARN condition operators"), or one variable that stands for an ARN.
    /// `None` if it is neither.
    #[must_use]
    pub fn in_condition(text: &str, variables: bool) -> Option<Self> {
        let syntax = Syntax { wildcards: true, variables };
        if variables && let Some((_, "")) = variable_body(text) {
            let whole = Template::new(text, syntax);
            return Some(Self {
                whole: Some(whole),
                ..Self::from_parts(&[""; 6], syntax, syntax)?
            });
        }
        let parts = split(text, variables);
        if parts.len() != ARN_COLONS + 1 || !can_be_arn(parts.first()?) {
            return None;
        }
        Self::from_parts(&parts, syntax, syntax)
    }

    /// A value of a `Resource` element, missing parts filled with `*`. Variables count in the last
    /// part only (user guide, "where you can use policy variables").
    fn in_resource(text: &str, variables: bool) -> Option<Self> {
        let mut parts = split(text, variables);
        if !can_be_arn(parts.first()?) {
            return None;
        }
        while parts.len() <= ARN_COLONS {
            parts.push("*");
        }
        Self::from_parts(&parts, Syntax::WILDCARDS, Syntax { wildcards: true, variables })
    }

    fn from_parts(parts: &[&str], head: Syntax, resource: Syntax) -> Option<Self> {
        let [_, partition, service, region, account, last] = parts else { return None };
        let compile = |part: &&str| Template::new(part, head);
        let head = [compile(partition), compile(service), compile(region), compile(account)];
        let resource = Template::new(last, resource);
        let has_variables =
            head.iter().chain([&resource]).any(|template| template.variables().next().is_some());
        Some(Self { head, resource, has_variables, whole: None })
    }

    /// Whether `text` is an ARN that matches.
    #[must_use]
    pub fn matches(&self, text: &str, context: &Context) -> Matched {
        match (ArnParts::split(text), &self.whole) {
            (Some(_), Some(whole)) => whole.matches(text, context),
            (Some(parts), None) => self.matches_parts(&parts, context),
            (None, _) => Matched::No,
        }
    }

    /// Whether the variable that the pattern is stands for a text that is no ARN.
    #[must_use]
    pub fn is_mistaken(&self, context: &Context) -> bool {
        let value = self.whole.as_ref().and_then(|whole| whole.only_text(context));
        value.is_some_and(|value| ArnParts::split(value).is_none())
    }

    fn matches_parts(&self, arn: &ArnParts<'_>, context: &Context) -> Matched {
        let [partition, service, region, account] = &self.head;
        let pairs = [
            (service, arn.service),
            (account, arn.account),
            (region, arn.region),
            (partition, arn.partition),
            (&self.resource, arn.resource),
        ];
        // A part without a value outweighs one that does not match: callers that turn the answer
        // round must not take such a pattern for a mismatch.
        let mut result = Matched::Yes;
        for (template, part) in pairs {
            match template.matches(part, context) {
                Matched::Yes => {}
                Matched::No if !self.has_variables => return Matched::No,
                Matched::No => result = Matched::No,
                Matched::NoValue => return Matched::NoValue,
            }
        }
        result
    }

    /// The keys that the pattern refers to by `${…}`.
    pub fn variables(&self) -> impl Iterator<Item = &Key> {
        self.head.iter().chain([&self.resource]).chain(&self.whole).flat_map(Template::variables)
    }
}

impl ResourcePattern {
    /// Compiles a value of a `Resource` or `NotResource` element in a policy of `kind`.
    #[must_use]
    pub fn new(text: &str, kind: PolicyKind, variables: bool) -> Self {
        let syntax = Syntax { wildcards: true, variables };
        let short = split(text, variables).len() <= ARN_COLONS;
        let test = if Template::new(text, Syntax::WILDCARDS).is_anything() {
            ResourceTest::All
        } else if short && !kind.completes_short_arn(text) {
            ResourceTest::Nothing
        } else {
            ArnPattern::in_resource(text, variables)
                .map_or(ResourceTest::Nothing, ResourceTest::Arn)
        };
        Self { prefix: literal_prefix(text, syntax).into(), test }
    }

    /// Whether `resource` matches.
    #[must_use]
    pub(crate) fn matches(
        &self,
        resource: &crate::request::Resource,
        context: &Context,
    ) -> Matched {
        match (&self.test, resource.arn_parts()) {
            (ResourceTest::All, _) => Matched::Yes,
            (ResourceTest::Arn(pattern), _)
                if !pattern.has_variables && !resource.as_str().starts_with(&*self.prefix) =>
            {
                Matched::No
            }
            (ResourceTest::Arn(pattern), Some(parts)) => pattern.matches_parts(&parts, context),
            (ResourceTest::Arn(pattern), None) => {
                let lacking =
                    |template: &Template| template.matches("", context) == Matched::NoValue;
                if lacking(&pattern.resource) { Matched::NoValue } else { Matched::No }
            }
            (ResourceTest::Nothing, _) => Matched::NoValue,
        }
    }

    /// What every resource that matches starts with.
    #[must_use]
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The keys that the pattern refers to by `${…}`.
    pub fn variables(&self) -> Vec<&Key> {
        match &self.test {
            ResourceTest::Arn(pattern) => pattern.variables().collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether the first part of a pattern matches `arn`.
fn can_be_arn(part: &str) -> bool {
    Template::new(part, Syntax::WILDCARDS).matches("arn", &Context::new()) == Matched::Yes
}

/// Splits an ARN pattern on its first five colons; a colon inside `${…}` does not count.
fn split(text: &str, variables: bool) -> Vec<&str> {
    let mut parts = Vec::with_capacity(ARN_COLONS + 1);
    let mut start = 0;
    let mut at = 0;
    let last_brace = text.rfind('}').unwrap_or(0);
    while parts.len() < ARN_COLONS {
        let rest = text.get(at..).unwrap_or_default();
        let Some(character) = rest.chars().next() else { break };
        if variables
            && at < last_brace
            && let Some((body, _)) = variable_body(rest)
        {
            at += "${}".len() + body.len();
            continue;
        }
        if character == ':' {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at + 1;
        }
        at += character.len_utf8();
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Values;
    use crate::request::{Action, Resource};

    #[test]
    fn actions() {
        for (pattern, action, expected) in [
            ("*", "s3:GetObject", true),
            ("s3:*", "s3:GetObject", true),
            ("S3:gETobject", "s3:GetObject", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get?bject", "s3:GetObject", true),
            ("s3:Get", "s3:GetObject", false),
            ("s3:*Object*", "s3:GetObjectTagging", true),
            ("s*", "s3:GetObject", false),
            ("s*:*", "s3:GetObject", true),
            ("s3:", "s3:GetObject", false),
            ("s3: GetObject", "s3:GetObject", false),
            (" s3:Get*", "s3:GetObject", false),
            ("s3-outposts:*", "s3:GetObject", false),
            ("GetObject", "s3:GetObject", false),
        ] {
            let action = Action::parse(action).unwrap();
            let pattern_compiled = ActionPattern::new(pattern);
            assert_eq!(pattern_compiled.matches(&action), expected, "{pattern}");
            assert!(
                !expected || action.folded().starts_with(pattern_compiled.prefix()),
                "{pattern}"
            );
        }
    }

    #[test]
    fn resources() {
        use Matched::{No, NoValue, Yes};
        let bucket = "arn:aws:s3:::b/k";
        let queue = "arn:aws:sqs:us-east-1:123456789012:q:x";
        for (pattern, kind, resource, expected) in [
            ("*", PolicyKind::Identity, bucket, Yes),
            ("**", PolicyKind::Identity, "*", Yes),
            ("*", PolicyKind::Identity, "*", Yes),
            (bucket, PolicyKind::Identity, "*", No),
            ("arn:aws:s3:::b/*", PolicyKind::Identity, bucket, Yes),
            ("arn:aws:s3:::B/k", PolicyKind::Identity, bucket, No),
            ("arn:*:s3:::b/k", PolicyKind::Identity, bucket, Yes),
            ("arn:aws:*:b/k", PolicyKind::Identity, bucket, No),
            ("arn:aws:s*:::b/k", PolicyKind::Identity, bucket, Yes),
            ("arn:aws:sqs:*:q:x", PolicyKind::Identity, queue, No),
            ("arn:aws:sqs:*:*:q*", PolicyKind::Identity, queue, Yes),
            ("arn:aws:sqs:*:*:*:x", PolicyKind::Identity, queue, Yes),
            ("arn:aws:sqs", PolicyKind::Identity, queue, Yes),
            ("arn:aws:sqs", PolicyKind::Resource, queue, NoValue),
            ("arn:aws:sqs:*", PolicyKind::Resource, queue, Yes),
            ("arn:aws:sqs", PolicyKind::ServiceControl, queue, NoValue),
            ("arn:aws:sqs:*", PolicyKind::ServiceControl, queue, Yes),
            ("arn:aws:sqs:*", PolicyKind::ResourceControl, queue, NoValue),
            ("my-bucket", PolicyKind::Identity, bucket, NoValue),
            ("arn:aws:s3:::b/${aws:username}", PolicyKind::Identity, "arn:aws:s3:::b/anna", Yes),
            ("arn:aws:s3:::b/${aws:userid}", PolicyKind::Identity, bucket, NoValue),
            ("arn:aws:s3::${aws:username}:b/k", PolicyKind::Identity, "arn:aws:s3::anna:b/k", No),
        ] {
            let mut context = Context::new();
            context.set("aws:username", Values::one("anna"));
            let resource_parsed = Resource::parse(resource).unwrap();
            let compiled = ResourcePattern::new(pattern, kind, true);
            assert_eq!(
                compiled.matches(&resource_parsed, &context),
                expected,
                "{pattern} {kind:?}"
            );
        }
    }

    #[test]
    fn arns_in_conditions() {
        use Matched::{No, Yes};
        let role = "arn:aws:iam::123456789012:role/team/etl";
        let mut context = Context::new();
        context.set("aws:PrincipalAccount", Values::one("123456789012"));
        for (pattern, expected) in [
            ("arn:aws:iam::123456789012:role/*", Some(Yes)),
            ("arn:aws:iam::*:role/team/*", Some(Yes)),
            ("arn:aws:iam::${aws:PrincipalAccount}:role/*", Some(Yes)),
            ("arn:aws:iam:*:role/team/etl", None),
            ("arn:aws:iam::123456789012:user/*", Some(No)),
            ("*", None),
            ("arn:aws:iam::*", None),
        ] {
            let matched = ArnPattern::in_condition(pattern, true)
                .map(|pattern| pattern.matches(role, &context));
            assert_eq!(matched, expected, "{pattern}");
        }
    }
}
