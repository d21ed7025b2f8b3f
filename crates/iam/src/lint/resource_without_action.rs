//! A resource on which none of the statement's actions works.
//!
//! `s3:GetObject` works on objects: on the ARN of a bucket it allows nothing, and the other way round
//! `s3:ListBucket` on `arn:aws:s3:::bucket/*`. If no action of the statement works on any of its
//! resources, the whole statement is without effect.
//!
//! Source: Service Authorization Reference, the column "resource types" of each action; user guide,
//! "IAM Access Analyzer policy check reference", "Unsupported resource ARN in policy".

use super::Rule;
use super::patience::Patience;
use super::statement::{ResourceFacts, StatementFacts, places};
use super::subject::{Named, Stands, Subject};
use crate::catalog::Action;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const RULE: Rule = Rule {
    code: "resource-without-action",
    summary: "a resource on which none of the statement's actions works",
    source: "Service Authorization Reference: resource types of each action",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut patience = Patience::default();
    for statement in &subject.statements {
        let actions = statement.positive_actions();
        let all_known = actions.iter().all(|action| matches!(action.named, Named::Actions(_)));
        let on_resources = actions.iter().any(|action| !action.is_wildcard_only());
        if !all_known || !on_resources {
            continue;
        }
        let without_effect = !statement.has_a_fitting_pair();
        for resource in statement.positive_resources() {
            let unfit = !actions.iter().any(|action| action.fits(resource));
            if unfit && matches!(resource.stands, Stands::For(_)) {
                found.push(finding(statement, resource, without_effect, &mut patience));
            }
        }
    }
}

fn finding(
    statement: &StatementFacts<'_>,
    resource: &ResourceFacts<'_>,
    without_effect: bool,
    patience: &mut Patience,
) -> Diagnostic {
    let arn = &resource.text.value;
    let actions = statement.positive_actions();
    let subject = match actions {
        [only] => format!("`{}` does not work", only.text.value),
        _ => "none of the statement's actions works".to_owned(),
    };
    let outcome = match without_effect {
        true => format!("the statement {} nothing", statement.verb()),
        false => format!("for it, the statement {} nothing", statement.verb()),
    };
    let message = format!("{subject} on `{arn}`{}: {outcome}", kind(resource));
    let severity = if without_effect { Severity::Warning } else { severity_of_spare(statement) };
    let finding =
        Diagnostic { severity, ..Diagnostic::warning(RULE.code, resource.text.span, message) };
    match patience.lasts().then(|| repaired(statement, arn)).flatten() {
        Some((action, better)) => finding.help(format!("`{action}` works on `{better}`")),
        None => match first_on_resources(statement) {
            Some(action) => finding.help(format!("`{action}` works on {}", places(action))),
            None => finding,
        },
    }
}

/// `, a bucket`; nothing if the ARN may stand for several types.
fn kind(resource: &ResourceFacts<'_>) -> String {
    let Some((first, others)) = resource.known().split_first() else { return String::new() };
    if others.iter().any(|other| other.name != first.name) {
        return String::new();
    }
    let vowel = first.name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!(", {} {}", if vowel { "an" } else { "a" }, first.name)
}

/// A resource too many does no harm if every action has another one to work on.
fn severity_of_spare(statement: &StatementFacts<'_>) -> Severity {
    let resources = statement.positive_resources();
    let served = statement
        .positive_actions()
        .iter()
        .all(|action| resources.iter().any(|resource| action.fits(resource)));
    if served { Severity::Note } else { Severity::Warning }
}

/// The same ARN with everything under it, or cut before its first slash, if an action works on that.
fn repaired(statement: &StatementFacts<'_>, arn: &str) -> Option<(String, String)> {
    let inside = format!("{arn}/*");
    let outside = arn.splitn(6, ':').nth(5).and_then(|last| {
        let (first, _) = last.split_once('/')?;
        Some(format!("{}{first}", arn.strip_suffix(last)?))
    });
    let works = |candidate: &str| {
        let actions = statement.positive_actions().iter().flat_map(|pattern| pattern.known());
        let mut fitting = actions
            .filter(|action| action.resources.iter().any(|used| used.resource.matches(candidate)));
        fitting.next().map(ToString::to_string)
    };
    [Some(inside), outside]
        .into_iter()
        .flatten()
        .find_map(|candidate| works(&candidate).map(|action| (action, candidate)))
}

fn first_on_resources(statement: &StatementFacts<'_>) -> Option<&'static Action> {
    let mut actions = statement.positive_actions().iter().flat_map(|pattern| pattern.known());
    actions.find(|action| !action.is_wildcard_only()).copied()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn pairs() {
        for (actions, resources, expected) in [
            (r#""s3:GetObject""#, r#""arn:aws:s3:::b""#, &["warning \"arn:aws:s3:::b\""][..]),
            (r#""s3:ListBucket""#, r#""arn:aws:s3:::b/*""#, &["warning \"arn:aws:s3:::b/*\""]),
            (
                r#""s3:GetObject""#,
                r#"["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#,
                &["note \"arn:aws:s3:::b\""],
            ),
            (
                r#"["s3:GetObject","s3:ListBucket"]"#,
                r#"["arn:aws:s3:::b/*","arn:aws:sqs:*:*:q"]"#,
                &["warning \"arn:aws:sqs:*:*:q\""],
            ),
            (
                r#""ec2:TerminateInstances""#,
                r#""arn:aws:ec2:*:*:volume/*""#,
                &["warning \"arn:aws:ec2:*:*:volume/*\""],
            ),
            (
                r#"["s3:GetObject","s3:ListBucket"]"#,
                r#"["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#,
                &[],
            ),
            (r#""s3:GetObject""#, r#""arn:aws:s3:::b*""#, &[]),
            (r#""s3:*""#, r#""arn:aws:s3:::b""#, &[]),
            (r#""*""#, r#""arn:aws:s3:::b""#, &[]),
            (r#"["s3:GetObject","nosuch:Action"]"#, r#""arn:aws:s3:::b""#, &[]),
            (r#""s3:GetObject""#, r#""arn:aws:nosuch:::b""#, &[]),
            (r#""s3:ListAllMyBuckets""#, r#""arn:aws:s3:::b""#, &[]),
        ] {
            check_allow(&RULE, &format!(r#""Action":{actions},"Resource":{resources}"#), expected);
        }
        check_allow(&RULE, r#""Action":"s3:GetObject","NotResource":"arn:aws:s3:::b""#, &[]);
        check_allow(&RULE, r#""NotAction":"s3:GetObject","Resource":"arn:aws:s3:::b""#, &[]);
    }
}
