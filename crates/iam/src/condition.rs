//! One line of a `Condition` block, compiled: an operator, a key, the values to compare with.

use std::net::IpAddr;

use crate::catalog;
use crate::context::{Context, Values};
use crate::key::Key;
use crate::operator::{Comparison, Operator, Order, Quantifier};
use crate::pattern::ArnPattern;
use crate::template::{Matched, Syntax, Template};
use crate::value::binary;
use crate::value::date::Instant;
use crate::value::decimal::Decimal;
use crate::value::ip::Network;

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
}

/// The policy's values in the form that is compared. A value that the operator cannot read (`None`)
/// matches nothing.
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
    /// Compiles `operator` on `key` with the policy's `values`; `variables` says whether the
    /// policy's version knows policy variables. Variables count in `String*` and `Arn*` values only.
    #[must_use]
    pub fn new(operator: Operator, key: &str, values: &[&str], variables: bool) -> Self {
        let templates = |wildcards| {
            let syntax = Syntax { wildcards, variables };
            values.iter().map(|value| Template::new(value, syntax)).collect()
        };
        let booleans = || values.iter().map(|value| boolean(value)).collect();
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
        Self { operator, key: Key::new(key), test, misses_lists }
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
        self.matches_any(value, context) != self.operator.negated
    }

    /// Whether `value` matches one of the policy's values, in the positive sense.
    fn matches_any(&self, value: &str, context: &Context) -> bool {
        match &self.test {
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
            Test::Bool(wanted) => boolean(value).is_some_and(|value| wanted.contains(&Some(value))),
            Test::Binary(encoded) => encoded.iter().any(|encoded| same_bytes(encoded, value)),
            Test::Ip(networks) => value.parse::<IpAddr>().is_ok_and(|address| {
                networks.iter().flatten().any(|network| network.contains(address))
            }),
            Test::Arn(patterns) => patterns
                .iter()
                .flatten()
                .any(|pattern| pattern.matches(value, context) == Matched::Yes),
            Test::Null(_) => false,
        }
    }
}

/// `true` or `false` in any letter case.
fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Whether base64 `encoded` stands for the bytes of `value`. A request written as text can carry its
/// bytes as they are or, as AWS's simulator does, in base64: both are read.
fn same_bytes(encoded: &str, value: &str) -> bool {
    let raw = || value.bytes().map(Some);
    binary::decode(encoded).eq(raw())
        || (binary::decode(encoded).all(|byte| byte.is_some())
            && binary::decode(encoded).eq(binary::decode(value)))
}
