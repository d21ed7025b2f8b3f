//! An action or resource that another pattern of the same element takes in.
//!
//! `["s3:*", "s3:GetObject"]`: the second adds nothing, and whoever takes it out to withdraw the
//! permission is mistaken.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Redundant action", "Redundant
//! resource".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::policy::PatternElement;

pub(super) const RULE: Rule = Rule {
    code: "redundant-pattern",
    summary: "an action or resource that another pattern of the same element takes in",
    source: "IAM Access Analyzer policy check reference: Redundant action, Redundant resource",
    check,
};

/// Patterns of an element that are compared with all the others: the cost is quadratic.
const PATTERNS_MAX: usize = 500;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in &subject.statements {
        of_element(&statement.statement.action, action_covers, found);
        if let Some(resource) = &statement.statement.resource {
            of_element(resource, arn_covers, found);
        }
    }
}

fn of_element(
    element: &PatternElement,
    covers: fn(&str, &str) -> bool,
    found: &mut Vec<Diagnostic>,
) {
    let patterns = element.patterns.iter().take(PATTERNS_MAX);
    for (at, narrow) in patterns.clone().enumerate() {
        let wide = patterns.clone().enumerate().find(|(other, wide)| {
            // Of two that mean the same, the first stays.
            *other != at
                && covers(&wide.value, &narrow.value)
                && (*other < at || !covers(&narrow.value, &wide.value))
        });
        let Some((_, wide)) = wide else { continue };
        let message = match *wide.value == *narrow.value {
            true => format!("`{}` stands here twice", narrow.value),
            false => format!("`{}` is part of `{}`", narrow.value, wide.value),
        };
        found.push(Diagnostic::note(RULE.code, narrow.span, message));
    }
}

fn action_covers(wide: &str, narrow: &str) -> bool {
    wide == "*" || glob_covers(&wide.to_ascii_lowercase(), &narrow.to_ascii_lowercase())
}

/// Part by part, as ARNs are matched.
fn arn_covers(wide: &str, narrow: &str) -> bool {
    let parts = |arn| str::splitn(arn, 6, ':');
    wide == "*"
        || wide == narrow
        || (parts(wide).count() == 6
            && parts(narrow).count() == 6
            && parts(wide).zip(parts(narrow)).all(|(wide, narrow)| glob_covers(wide, narrow)))
}

/// Whether everything that `narrow` matches is matched by `wide`. Says no where it cannot tell: a `*`
/// of `narrow` is only within a `*` of `wide`.
fn glob_covers(wide: &str, narrow: &str) -> bool {
    let narrow: Vec<char> = narrow.chars().collect();
    // `reached[j]`: the pattern so far takes in the first `j` letters.
    let mut reached = vec![false; narrow.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for letter in wide.chars() {
        if letter == '*' {
            let from = reached.iter().position(|here| *here).unwrap_or(reached.len());
            reached.iter_mut().skip(from).for_each(|here| *here = true);
            continue;
        }
        let fits = |other: char| match letter {
            '?' => other != '*',
            letter => other == letter,
        };
        let step = reached.iter().zip(&narrow).map(|(here, other)| *here && fits(*other));
        reached = std::iter::once(false).chain(step).collect();
    }
    reached.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::*;

    #[test]
    fn elements() {
        for (element, patterns, expected) in [
            ("Action", r#"["s3:*","s3:GetObject"]"#, &["note \"s3:GetObject\""][..]),
            ("Action", r#"["s3:Get*","s3:*"]"#, &["note \"s3:Get*\""]),
            ("Action", r#"["s3:GetObject","S3:getobject"]"#, &["note \"S3:getobject\""]),
            ("Action", r#"["*","s3:*"]"#, &["note \"s3:*\""]),
            ("Action", r#"["s3:Get*","s3:*Object"]"#, &[]),
            ("Resource", r#"["*","arn:aws:s3:::b"]"#, &["note \"arn:aws:s3:::b\""]),
            (
                "Resource",
                r#"["arn:aws:s3:::b*","arn:aws:s3:::b/*"]"#,
                &["note \"arn:aws:s3:::b/*\""],
            ),
            ("Resource", r#"["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#, &[]),
            ("Resource", r#"["arn:aws:sqs:*","arn:aws:sqs:us-east-1:1:q"]"#, &[]),
        ] {
            let other = if element == "Action" { "Resource" } else { "Action" };
            check_allow(&RULE, &format!(r#""{element}":{patterns},"{other}":"*""#), expected);
        }
    }

    #[test]
    fn globs() {
        for (wide, narrow, expected) in [
            ("*", "", true),
            ("a*", "a*", true),
            ("a*", "a?c", true),
            ("a?", "ab", true),
            ("a?", "a*", false),
            ("a?", "a?", true),
            ("a*c*e", "abcde", true),
            ("a*c", "a*", false),
            ("a", "b", false),
            ("", "", true),
        ] {
            assert_eq!(glob_covers(wide, narrow), expected, "{wide} {narrow}");
        }
    }
}
