//! Where a statement stands in its policy, as AWS's simulator counts it.
//!
//! Observed in recorded answers (LocalStack's `test_simulate_principle_policy`, and answers for
//! `AdministratorAccess` that people show): the end is one past the closing brace. The start is one past
//! the token before: past the `[` of the list for its first statement, past the `{` of a statement that
//! stands alone; past the statement before for the others (one public fixture, else unverified).

use iam::span::{Position, Span};
use iam::{NamedPolicy, Policy};
use serde::Serialize;

/// A place in a policy: both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Place {
    line: u32,
    column: u32,
}

/// Start and end of a statement.
pub(super) fn of(policy: &NamedPolicy, statement: usize) -> Option<(Place, Place)> {
    let policy = &policy.policy;
    let span = policy.statements().get(statement)?.span;
    let before = policy.text().get(..span.start as usize)?.trim_end();
    let past_token = u32::try_from(before.len()).ok()?;
    let start = match before.chars().next_back() {
        Some('[') => past_token,
        Some(',') => end_of_previous(policy, statement)?,
        _ => span.start + 1,
    };
    Some((place(policy.position(start)), place(policy.position(span.end))))
}

fn end_of_previous(policy: &Policy, statement: usize) -> Option<u32> {
    let Span { end, .. } = policy.statements().get(statement.checked_sub(1)?)?.span;
    Some(end)
}

fn place(Position { line, column }: Position) -> Place {
    Place { line, column }
}

#[cfg(test)]
mod tests {
    use iam::PolicyKind;

    use super::*;

    fn check(text: &str, statement: usize, start: (u32, u32), end: (u32, u32)) {
        let policy = Policy::parse(text.as_bytes(), PolicyKind::Identity).unwrap();
        let (from, to) = of(&NamedPolicy::new("p", policy), statement).unwrap();
        assert_eq!(((from.line, from.column), (to.line, to.column)), (start, end), "{text}");
    }

    #[test]
    fn recorded_positions() {
        let one = r#"{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}"#;
        check(one, 0, (1, 41), (1, 113));
        let list = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}";
        check(list, 0, (3, 17), (8, 6));
        let console = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Sid\": \"VisualEditor0\",\n            \"Effect\": \"Allow\",\n            \"Action\": \"codecommit:ListRepositories\",\n            \"Resource\": \"*\"\n        }\n    ]\n}";
        check(console, 0, (3, 19), (9, 10));
        let tight = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
        check(tight, 0, (1, 38), (1, 83));
    }

    #[test]
    fn later_statements_start_behind_the_one_before() {
        let two = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}, {"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        check(two, 0, (1, 38), (1, 83));
        check(two, 1, (1, 83), (1, 131));
    }
}
