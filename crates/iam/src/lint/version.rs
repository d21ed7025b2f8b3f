//! A policy without a `Version`, or of the first one.
//!
//! Without a version, a policy is one of 2008-10-17: policy variables are plain text, and IAM refuses
//! it as a managed policy or boundary.
//!
//! Source: user guide, "IAM JSON policy elements: Version"; "IAM Access Analyzer policy check
//! reference", "Missing version", "Old version".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::policy::Version;

pub(super) const RULE: Rule = Rule {
    code: "missing-version",
    summary: "a policy without a Version, or of version 2008-10-17",
    source: "IAM user guide: Version",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let help = "write \"Version\": \"2012-10-17\": managed policies must, and variables need it";
    match subject.element("Version") {
        None => {
            let message = "without a `Version`, a policy is read as one of 2008-10-17";
            found.push(Diagnostic::warning(RULE.code, subject.opening(), message).help(help));
        }
        Some(version) if subject.policy.version() == Version::V2008 => {
            let message = "version 2008-10-17 is the old one";
            found.push(Diagnostic::note(RULE.code, version.span, message).help(help));
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::Identity;

    #[test]
    fn versions() {
        for (version, expected) in [
            ("", &["warning {"][..]),
            (r#""Version":"2008-10-17","#, &["note \"2008-10-17\""]),
            (r#""Version":"2012-10-17","#, &[]),
        ] {
            let statement = r#""Statement":{"Effect":"Deny","Action":"*","Resource":"*"}"#;
            check(&RULE, Identity, &format!("{{{version}{statement}}}"), expected);
        }
    }
}
