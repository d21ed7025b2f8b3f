//! Filters: `Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-…`.
//!
//! All filters must match, and of each one any value does; `*` and `?` are wildcards, a backslash takes
//! their meaning away; letter case counts (EC2 user guide, "List and filter using the CLI and API").

use cloud::tag::Tag;
use cloud::{Ask, Fault};
use serde::Deserialize;

use crate::tag;

/// The most values of all filters of one request.
pub const MAX_FILTER_VALUES: usize = 200;

/// One filter as it is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Filter {
    /// What it looks at.
    pub name: Option<String>,
    /// What it looks for.
    #[serde(default)]
    pub value: Vec<String>,
}

/// A filter's name and the values that a thing has under it.
pub type Field<T> = (&'static str, fn(&Ask<'_>, &T) -> Vec<String>);

/// Filters whose names are known.
pub struct Filters<'f, T: 'static> {
    tests: Vec<Test<'f, T>>,
}

struct Test<'f, T: 'static> {
    on: On<'f, T>,
    wanted: &'f [String],
}

enum On<'f, T: 'static> {
    Field(fn(&Ask<'_>, &T) -> Vec<String>),
    Tag(&'f str),
    TagKey,
    TagValue,
}

impl<'f, T> Filters<'f, T> {
    /// Filters over `fields`; and over tags, if things of this kind can have some.
    ///
    /// # Errors
    /// `InvalidParameterValue` for a name that is no filter, `FilterLimitExceeded`.
    pub fn new(filters: &'f [Filter], fields: &[Field<T>], taggable: bool) -> Result<Self, Fault> {
        let values: usize = filters.iter().map(|filter| filter.value.len()).sum();
        if values > MAX_FILTER_VALUES {
            let text = format!(
                "The maximum number of filter values specified on a single call is {MAX_FILTER_VALUES}"
            );
            return Err(Fault::new("FilterLimitExceeded", text));
        }
        let test = |filter: &'f Filter| {
            let name = filter.name.as_deref().unwrap_or_default();
            let field = fields.iter().find(|(known, _)| *known == name);
            let on = match (field, name.strip_prefix("tag:")) {
                (Some((_, values)), _) => On::Field(*values),
                (None, Some(key)) if taggable => On::Tag(key),
                (None, None) if taggable && name == "tag-key" => On::TagKey,
                (None, None) if taggable && name == "tag-value" => On::TagValue,
                _ => return Err(invalid(name)),
            };
            if filter.value.is_empty() {
                // unverified: EC2's text for a filter without values.
                let text = "The filter value set must not be empty";
                return Err(Fault::new("InvalidParameterValue", text));
            }
            Ok(Test { on, wanted: &filter.value })
        };
        Ok(Self { tests: filters.iter().map(test).collect::<Result<_, _>>()? })
    }

    /// Whether all filters match a thing; `id` is what its tags are found by.
    #[must_use]
    pub fn match_all(&self, ask: &Ask<'_>, thing: &T, id: &str) -> bool {
        self.tests.iter().all(|test| {
            let has = |value: &str| test.wanted.iter().any(|wanted| matches(wanted, value));
            let tags = || tag::of(ask, id);
            match &test.on {
                On::Field(values) => values(ask, thing).iter().any(|value| has(value)),
                On::Tag(key) => tags().iter().any(|tag| tag.key == **key && has(&tag.value)),
                On::TagKey => tags().iter().any(|tag: &Tag| has(&tag.key)),
                On::TagValue => tags().iter().any(|tag| has(&tag.value)),
            }
        })
    }
}

impl<T> std::fmt::Debug for Filters<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} filters", self.tests.len())
    }
}

/// What EC2 says to a filter that it does not have.
fn invalid(name: &str) -> Fault {
    Fault::new("InvalidParameterValue", format!("The filter '{name}' is invalid"))
}

/// Whether `value` is what a filter's value `wanted` asks for.
#[must_use]
pub fn matches(wanted: &str, value: &str) -> bool {
    let wanted: Vec<char> = wanted.chars().collect();
    let value: Vec<char> = value.chars().collect();
    glob(&wanted, &value)
}

/// One pass, going back to the last `*` only: linear for one star, never worse than length × length.
fn glob(mut pattern: &[char], mut text: &[char]) -> bool {
    let mut back: Option<(&[char], &[char])> = None;
    loop {
        let step = match (pattern, text) {
            ([], []) => return true,
            (['*', rest @ ..], _) => {
                back = Some((rest, text));
                Some((rest, text))
            }
            (['?', rest @ ..], [_, after @ ..]) => Some((rest, after)),
            (['\\', literal, rest @ ..], [first, after @ ..]) if literal == first => {
                Some((rest, after))
            }
            ([literal, rest @ ..], [first, after @ ..])
                if literal == first && (*literal != '\\' || rest.is_empty()) =>
            {
                Some((rest, after))
            }
            _ => None,
        };
        (pattern, text) = match (step, &mut back) {
            (Some(next), _) => next,
            (None, Some((rest, from))) => match from {
                [_, after @ ..] => {
                    *from = after;
                    (*rest, after)
                }
                [] => return false,
            },
            (None, None) => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (wanted, value, expected) in [
            ("a", "a", true),
            ("a", "A", false),
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcb", false),
            ("*a*b*", "xxaxxbxx", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a\\*c", "a*c", true),
            ("a\\*c", "abc", false),
            ("\\?", "?", true),
            ("\\\\", "\\", true),
            ("", "", true),
            ("", "a", false),
            ("größe*", "größer", true),
        ] {
            assert_eq!(matches(wanted, value), expected, "{wanted} {value}");
        }
        let stars = "*a".repeat(100);
        assert!(!matches(&format!("{stars}b"), &"a".repeat(5000)));
    }

    #[test]
    fn limits_and_names() {
        let fields: &[Field<()>] = &[("known", |_, ()| vec![])];
        let filter = |name: &str, values: usize| Filter {
            name: Some(name.to_owned()),
            value: vec!["v".to_owned(); values],
        };
        let code = |filter: Filter, taggable: bool| {
            Filters::new(&[filter], fields, taggable).err().map(|fault| fault.code)
        };
        assert_eq!(code(filter("known", MAX_FILTER_VALUES), false), None);
        let limit = code(filter("known", MAX_FILTER_VALUES + 1), false);
        assert_eq!(limit, Some("FilterLimitExceeded"));
        assert_eq!(code(filter("tag:x", 1), true), None);
        assert_eq!(code(filter("tag:x", 1), false), Some("InvalidParameterValue"));
        let unknown = Filters::new(&[filter("other", 1)], fields, true).unwrap_err();
        assert_eq!(unknown.message, "The filter 'other' is invalid");
    }
}
