//! Two statements with one `Sid`.
//!
//! IAM refuses it. Other services may store it, and whoever reads a denial or a log by `Sid` cannot
//! tell which statement is meant.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Unique Sids required", "Unique
//! Sids recommended".

use std::collections::HashMap;

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "duplicate-sid",
    summary: "two statements with one Sid",
    source: "IAM Access Analyzer policy check reference: Unique Sids required, Unique Sids \
             recommended",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    for statement in subject.statements.iter().map(|statement| statement.statement) {
        let Some(sid) = statement.sid.as_ref().filter(|sid| !sid.value.is_empty()) else {
            continue;
        };
        let Some(earlier) = first.insert(&*sid.value, sid.span.start) else { continue };
        let line = subject.policy.position(earlier).line;
        let message = format!("the statement of line {line} is called `{}` already", sid.value);
        found.push(Diagnostic::warning(RULE.code, sid.span, message));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::Resource;

    #[test]
    fn sids() {
        for (one, two, expected) in
            [("a", "a", &["warning \"a\""][..]), ("a", "A", &[]), ("", "", &[])]
        {
            let rest = r#""Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*""#;
            let document =
                format!(r#"{{"Statement":[{{"Sid":"{one}",{rest}}},{{"Sid":"{two}",{rest}}}]}}"#);
            check(&RULE, Resource, &document, expected);
        }
    }
}
