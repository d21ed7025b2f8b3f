//! Condition operators: their names, and what each says about keys that are missing.

/// A condition operator as a policy names it, such as `ForAnyValue:StringLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`, if any.
    pub quantifier: Quantifier,
    /// What is compared, and how.
    pub comparison: Comparison,
    /// A `Not…` operator: it holds where its positive form does not.
    pub negated: bool,
    /// `…IfExists`.
    pub if_exists: bool,
}

/// How an operator treats a key with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// No prefix: the key has one value.
    Single,
    /// `ForAllValues:`
    ForAllValues,
    /// `ForAnyValue:`
    ForAnyValue,
}

/// The positive form of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `StringEquals`
    StringEquals,
    /// `StringEqualsIgnoreCase`
    StringEqualsIgnoreCase,
    /// `StringLike`
    StringLike,
    /// `Numeric…`
    Numeric(Order),
    /// `Date…`
    Date(Order),
    /// `Bool`
    Bool,
    /// `BinaryEquals`
    BinaryEquals,
    /// `IpAddress`
    IpAddress,
    /// `ArnEquals` and `ArnLike`, which are the same (user guide, "ARN condition operators").
    Arn,
    /// `Null`
    Null,
}

/// Which order of two values an ordering operator asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// `…Equals`
    Equal,
    /// `…LessThan`
    Less,
    /// `…LessThanEquals`
    LessOrEqual,
    /// `…GreaterThan`
    Greater,
    /// `…GreaterThanEquals`
    GreaterOrEqual,
}

/// The 27 names without prefix and suffix: name, comparison, negated.
pub const OPERATORS: [(&str, Comparison, bool); 27] = {
    use Comparison::{
        Arn, BinaryEquals, Bool, Date, IpAddress, Null, Numeric, StringEquals,
        StringEqualsIgnoreCase, StringLike,
    };
    use Order::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    [
        ("StringEquals", StringEquals, false),
        ("StringNotEquals", StringEquals, true),
        ("StringEqualsIgnoreCase", StringEqualsIgnoreCase, false),
        ("StringNotEqualsIgnoreCase", StringEqualsIgnoreCase, true),
        ("StringLike", StringLike, false),
        ("StringNotLike", StringLike, true),
        ("NumericEquals", Numeric(Equal), false),
        ("NumericNotEquals", Numeric(Equal), true),
        ("NumericLessThan", Numeric(Less), false),
        ("NumericLessThanEquals", Numeric(LessOrEqual), false),
        ("NumericGreaterThan", Numeric(Greater), false),
        ("NumericGreaterThanEquals", Numeric(GreaterOrEqual), false),
        ("DateEquals", Date(Equal), false),
        ("DateNotEquals", Date(Equal), true),
        ("DateLessThan", Date(Less), false),
        ("DateLessThanEquals", Date(LessOrEqual), false),
        ("DateGreaterThan", Date(Greater), false),
        ("DateGreaterThanEquals", Date(GreaterOrEqual), false),
        ("Bool", Bool, false),
        ("BinaryEquals", BinaryEquals, false),
        ("IpAddress", IpAddress, false),
        ("NotIpAddress", IpAddress, true),
        ("ArnEquals", Arn, false),
        ("ArnLike", Arn, false),
        ("ArnNotEquals", Arn, true),
        ("ArnNotLike", Arn, true),
        ("Null", Null, false),
    ]
};

impl Operator {
    /// The operator called `name`. Names are case-sensitive; IAM stores no other ones.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (quantifier, rest) = if let Some(rest) = name.strip_prefix("ForAllValues:") {
            (Quantifier::ForAllValues, rest)
        } else if let Some(rest) = name.strip_prefix("ForAnyValue:") {
            (Quantifier::ForAnyValue, rest)
        } else {
            (Quantifier::Single, name)
        };
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (_, comparison, negated) = *OPERATORS.iter().find(|(known, ..)| *known == base)?;
        Some(Self { quantifier, comparison, negated, if_exists })
    }

    /// Whether the operator holds for a key that the request does not supply.
    ///
    /// User guide, "condition operators" and "set operators". That `IfExists` changes nothing for
    /// set operators is stated by iam.cloudcopilot.io, not by AWS.
    #[must_use]
    pub fn holds_when_missing(self) -> bool {
        match self.quantifier {
            Quantifier::Single => self.if_exists || self.negated,
            Quantifier::ForAllValues => true,
            Quantifier::ForAnyValue => false,
        }
    }
}

impl Order {
    /// Whether `ordering` (of the request's value to the policy's) is what is asked for.
    #[must_use]
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_with_every_prefix_and_suffix() {
        for (name, comparison, negated) in OPERATORS {
            for (prefix, quantifier) in [
                ("", Quantifier::Single),
                ("ForAllValues:", Quantifier::ForAllValues),
                ("ForAnyValue:", Quantifier::ForAnyValue),
            ] {
                for (suffix, if_exists) in [("", false), ("IfExists", true)] {
                    let parsed = Operator::parse(&format!("{prefix}{name}{suffix}")).unwrap();
                    assert_eq!(parsed, Operator { quantifier, comparison, negated, if_exists });
                }
            }
        }
    }

    #[test]
    fn nothing_else_is_an_operator() {
        for name in [
            "",
            "stringequals",
            "StringEqualsifexists",
            "forAnyValue:Bool",
            "IfExists",
            "ForAnyValue:",
            "StringMatches",
            "NotStringEquals",
            "ForAllValues:ForAnyValue:Bool",
        ] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
