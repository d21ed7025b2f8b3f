//! A condition key that no request ever carries.
//!
//! A misspelled key is never there: with most operators the statement never applies; with negated
//! ones, and with `IfExists`, the condition restricts nothing. `aws:SourceVPC-ID`, `aws:user`.
//!
//! Claims of identity providers (`token.example.com:repository`) are not judged: which claims STS
//! passes on is a matter of the provider.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Invalid global condition key",
//! "Invalid service condition key" and "Invalid condition key format".

use super::Rule;
use super::patience::Patience;
use super::statement::holds_without_key;
use super::subject::Subject;
use crate::catalog::{self, GLOBAL_KEYS};
use crate::diagnostic::Diagnostic;
use crate::near::nearest;

pub(super) const RULE: Rule = Rule {
    code: "unknown-condition-key",
    summary: "a condition key that no request carries",
    source: "IAM Access Analyzer policy check reference: Invalid global condition key, Invalid \
             service condition key",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut patience = Patience::default();
    for statement in &subject.statements {
        for condition in &statement.statement.conditions {
            let key = &*condition.key.value;
            if is_known(key) {
                continue;
            }
            let outcome = if holds_without_key(condition) {
                "so the condition always holds".to_owned()
            } else {
                format!("so the statement {} nothing", statement.verb())
            };
            let message = format!("AWS documents no condition key `{key}`, {outcome}");
            let finding = Diagnostic::warning(RULE.code, condition.key.span, message);
            found.push(match patience.lasts().then(|| meant(key)).flatten() {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding,
            });
        }
    }
}

/// Whether a key is documented, or is a claim that cannot be judged.
pub(super) fn is_known(key: &str) -> bool {
    let provider = key.split_once(':').is_some_and(|(vendor, _)| vendor.contains('.'));
    provider || catalog::condition_key(key).is_some()
}

/// The key that was most likely meant.
pub(super) fn meant(key: &str) -> Option<&'static str> {
    let Some((vendor, _)) = key.split_once(':') else {
        let global = format!("aws:{key}");
        return nearest(&global, GLOBAL_KEYS.iter().map(|known| known.key.name));
    };
    let service = catalog::service(vendor);
    let own = service.iter().flat_map(|service| service.condition_keys).map(|key| key.name);
    nearest(key, GLOBAL_KEYS.iter().map(|known| known.key.name).chain(own))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::{RULE, meant};

    #[test]
    fn keys() {
        for (key, expected) in [
            ("aws:SourceVPCID", &["warning \"aws:SourceVPCID\""][..]),
            ("s3:prefixes", &["warning \"s3:prefixes\""]),
            ("username", &["warning \"username\""]),
            ("nosuch:Key", &["warning \"nosuch:Key\""]),
            ("aws:RequestTag/", &["warning \"aws:RequestTag/\""]),
            ("aws:sourcevpc", &[]),
            ("ec2:vpc", &[]),
            ("aws:RequestTag/Vendor", &[]),
            ("token.example.com:any-claim", &[]),
        ] {
            let members = format!(
                r#""Action":"ec2:RunInstances","Resource":"*","Condition":{{"StringEquals":{{"{key}":"x"}}}}"#
            );
            check_allow(&RULE, &members, expected);
        }
    }

    #[test]
    fn suggestions() {
        for (key, expected) in [
            ("aws:SourceVpcs", Some("aws:SourceVpc")),
            ("username", Some("aws:username")),
            ("s3:prefixx", Some("s3:prefix")),
            ("nosuch:Key", None),
        ] {
            assert_eq!(meant(key), expected, "{key}");
        }
    }
}
