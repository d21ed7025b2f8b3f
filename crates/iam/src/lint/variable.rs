//! Policy variables in the texts of a policy.

use super::subject::Subject;
use crate::operator::Comparison;
use crate::span::Spanned;

/// A `${…}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variable<'t> {
    /// No `}` follows.
    Unclosed,
    /// What stands between the braces.
    Body(&'t str),
}

/// The variables of a text, `${*}`, `${?}` and `${$}` left out: those stand for the letters.
pub(super) fn variables(text: &str) -> Vec<Variable<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let Some((body, behind)) = after.split_once('}') else {
            found.push(Variable::Unclosed);
            break;
        };
        if !matches!(body, "*" | "?" | "$") {
            found.push(Variable::Body(body));
        }
        rest = behind;
    }
    found
}

/// The key of a variable, without its default value.
pub(super) fn key(body: &str) -> &str {
    body.split_once(',').map_or(body, |(key, _)| key)
}

/// The texts in which variables are expanded: resources, and what text and ARN operators compare.
/// Source: user guide, "IAM policy elements: Variables and tags", "Where you can use policy variables".
pub(super) fn expanded<'s>(
    subject: &'s Subject<'_>,
) -> impl Iterator<Item = &'s Spanned<Box<str>>> {
    subject.statements.iter().flat_map(|facts| {
        let resources = facts.resources.iter().map(|resource| resource.text);
        let conditions = facts.statement.conditions.iter().filter(|condition| {
            matches!(
                condition.operator.comparison,
                Comparison::StringEquals
                    | Comparison::StringEqualsIgnoreCase
                    | Comparison::StringLike
                    | Comparison::Arn
            )
        });
        resources.chain(conditions.flat_map(|condition| &condition.values))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_texts() {
        use Variable::{Body, Unclosed};
        for (text, expected) in [
            ("plain $ { }", vec![]),
            ("a${aws:username}b${*}c${a, 'b'}", vec![Body("aws:username"), Body("a, 'b'")]),
            ("${}", vec![Body("")]),
            ("${a}${b", vec![Body("a"), Unclosed]),
        ] {
            assert_eq!(variables(text), expected, "{text}");
        }
        assert_eq!(key("aws:username, 'x'"), "aws:username");
    }
}
