//! One line of a `Condition` block, compiled: an operator, a key, the values to compare with.

use names::ArnParts;

use crate::catalog;
use crate::context::{Context, Values};
use crate::key::Key;
use crate::operator::{Comparison, Operator, Order, Quantifier};
use crate::pattern::ArnPattern;
use crate::policy::Effect;
use crate::template::{Matched, Syntax, Template};
use crate::value::binary;
use crate::value::date::Instant;
use crate::value::decimal::Decimal;
use crate::value::ip::{self, Network};

/// A compiled condition.
#[derive(Debug, Clone)]
pub struct Condition {
    operator: Operator,
    key: Key,
    test: Test,
    /// A plain operator on a key of lists: it holds for no list, be it of one value.
    ///
    /// AWS's `aws:TagKeys` so, under every plain `String…` operator (recorded from AWS by
    /// radkawar/stackd, testdata/aws/iam/condition_sets.json).
    misses_lists: bool,
    /// In a statement that denies.
    denies: bool,
}

/// How one of a request's values stands to the policy's.
///
/// What AWS makes of values that are not of the operator's type is recorded by radkawar/stackd,
/// testdata/aws/iam/condition_values.json.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// One of them matches.
    Match,
    /// None does: the negated form holds. So also where a request's number or date is none.
    Nothing,
    /// The request's address or ARN is none: neither form holds.
    Unreadable,
    /// A policy's value that is no ARN comes before one that matches: a statement that allows does not
    /// hold, and one that denies does, in both forms.
    Mistake,
}

/// The policy's values in the form that is compared. A value that the operator cannot read (`None`)
/// matches nothing, but for ARNs ([`Found::Mistake`]).
#[derive(Debug, Clone)]
enum Test {
    Text(Box<[Template]>),
    TextIgnoringCase(Box<[Template]>),
    Numeric(Order, Box<[Box<str>]>),
    Date(Order, Box<[Option<Instant>]>),
    Bool(Box<[Option<bool>]>),
    Binary(Box<[Box<str>]>),
    Ip(Box<[Option<Network>]>),
    Arn(Box<[Option<ArnPattern>]>),
    Null(Box<[Option<bool>]>),
}

impl Condition {
    /// Compiles `operator` on `key` with the policy's `values`, in a statement of this `effect`;
    /// `variables` says whether the policy's version knows policy variables. Variables count in
    /// `String*` and `Arn*` values only.
    #[must_use]
    pub fn new(
        operator: Operator,
        key: &str,
        values: &[&str],
        variables: bool,
        effect: Effect,
    ) -> Self {
        let templates = |wildcards| {
            let syntax = Syntax { wildcards, variables };
            values.iter().map(|value| Template::new(value, syntax)).collect()
        };
        let booleans = || {
            let read = |value: &&str| (!value.contains("${")).then(|| is_true(value));
            values.iter().map(read).collect()
        };
        let texts = || values.iter().map(|value| (*value).into()).collect();
        let test = match operator.comparison {
            Comparison::StringEquals => Test::Text(templates(false)),
            Comparison::StringLike => Test::Text(templates(true)),
            Comparison::StringEqualsIgnoreCase => Test::TextIgnoringCase(templates(false)),
            Comparison::Numeric(order) => Test::Numeric(order, texts()),
            Comparison::Date(order) => {
                Test::Date(order, values.iter().map(|value| Instant::parse(value)).collect())
            }
            Comparison::Bool => Test::Bool(booleans()),
            Comparison::BinaryEquals => Test::Binary(texts()),
            Comparison::IpAddress => {
                Test::Ip(values.iter().map(|value| Network::parse(value)).collect())
            }
            Comparison::Arn => Test::Arn(
                values.iter().map(|value| ArnPattern::in_condition(value, variables)).collect(),
            ),
            Comparison::Null => Test::Null(booleans()),
        };
        let misses_lists =
            operator.quantifier == Quantifier::Single && catalog::is_global_list(key);
        Self { operator, key: Key::new(key), test, misses_lists, denies: effect == Effect::Deny }
    }

    /// The key that is looked at.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The operator.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The keys that the policy's values refer to by `${…}`.
    pub fn variables(&self) -> Vec<&Key> {
        match &self.test {
            Test::Text(templates) | Test::TextIgnoringCase(templates) => {
                templates.iter().flat_map(Template::variables).collect()
            }
            Test::Arn(patterns) => {
                patterns.iter().flatten().flat_map(ArnPattern::variables).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the condition holds for a request.
    #[must_use]
    pub fn holds(&self, context: &Context) -> bool {
        let values = context.get(&self.key);
        if let Test::Null(wanted) = &self.test {
            let absent = values.is_none_or(Values::is_empty);
            return wanted.contains(&Some(absent));
        }
        let Some(values) = values.filter(|values| !values.is_empty()) else {
            return self.operator.holds_when_missing();
        };
        match self.operator.quantifier {
            // A key with several values needs a set operator: a plain one holds in neither form.
            Quantifier::Single => {
                let value = values.single().filter(|_| !self.misses_lists);
                value.is_some_and(|value| self.accepts(value, context))
            }
            // A value that is empty is compared like any other, although the user guide has it count
            // as none (recorded, as above).
            Quantifier::ForAllValues => values.iter().all(|value| self.accepts(value, context)),
            Quantifier::ForAnyValue => values.iter().any(|value| self.accepts(value, context)),
        }
    }

    /// Whether one of the request's values satisfies the operator.
    fn accepts(&self, value: &str, context: &Context) -> bool {
        match self.find(value, context) {
            Found::Match => !self.operator.negated,
            Found::Nothing => self.operator.negated,
            Found::Unreadable => false,
            Found::Mistake => self.denies,
        }
    }

    /// Whether `value` matches one of the policy's values, in the positive sense.
    fn find(&self, value: &str, context: &Context) -> Found {
        let matches = match &self.test {
            Test::Text(templates) => {
                templates.iter().any(|template| template.matches(value, context) == Matched::Yes)
            }
            Test::TextIgnoringCase(templates) => templates
                .iter()
                .any(|template| template.matches_ignoring_case(value, context) == Matched::Yes),
            Test::Numeric(order, numbers) => Decimal::parse(value).is_some_and(|value| {
                numbers
                    .iter()
                    .filter_map(|number| Decimal::parse(number))
                    .any(|number| order.accepts(value.compare(number)))
            }),
            Test::Date(order, dates) => Instant::parse(value).is_some_and(|value| {
                dates.iter().flatten().any(|date| order.accepts(value.cmp(date)))
            }),
            Test::Bool(wanted) => wanted.contains(&Some(is_true(value))),
            Test::Binary(encoded) => encoded.iter().any(|encoded| same_bytes(encoded, value)),
            Test::Ip(networks) => {
                let Some(address) = ip::address(value) else { return Found::Unreadable };
                networks.iter().flatten().any(|network| network.contains(address))
            }
            Test::Arn(patterns) => return find_arn(patterns, value, context),
            Test::Null(_) => false,
        };
        if matches { Found::Match } else { Found::Nothing }
    }
}

/// Holds `value` against the patterns in their order, up to the first that settles it.
fn find_arn(patterns: &[Option<ArnPattern>], value: &str, context: &Context) -> Found {
    if ArnParts::split(value).is_none() {
        return Found::Unreadable;
    }
    for pattern in patterns {
        match pattern {
            Some(pattern) if !pattern.is_mistaken(context) => {
                if pattern.matches(value, context) == Matched::Yes {
                    return Found::Match;
                }
            }
            _ => return Found::Mistake,
        }
    }
    Found::Nothing
}

/// `true` in any letter case; every other text stands for `false` (recorded, as of [`Found`]).
fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// Whether base64 `encoded` stands for the bytes of `value`. A request written as text can carry its
/// bytes as they are or, as AWS's simulator does, in base64: both are read.
fn same_bytes(encoded: &str, value: &str) -> bool {
    let raw = || value.bytes().map(Some);
    binary::decode(encoded).eq(raw())
        || (binary::decode(encoded).all(|byte| byte.is_some())
            && binary::decode(encoded).eq(binary::decode(value)))
}
