//! What S3 refuses to store as a bucket policy, in its own words: error code `MalformedPolicy`.
//!
//! Texts are those that people quote of S3; the order of the checks is unverified.

use cloud::Fault;
use iam::PolicyKind;
use iam::policy::{PatternElement, Statement};

use super::condition;

/// Bytes of a bucket policy (user guide, "Bucket policies for Amazon S3": 20 KB).
pub const MAX_POLICY_BYTES: usize = 20 * 1024;

/// A policy that S3 does not store.
#[must_use]
pub fn malformed(text: impl Into<String>) -> Fault {
    Fault::new("MalformedPolicy", text)
}

/// Whether `text` can be the policy of `bucket`; whether its principals exist is another question.
///
/// # Errors
/// `MalformedPolicy`
pub fn check(text: &str, bucket: &str) -> Result<(), Fault> {
    if text.len() > MAX_POLICY_BYTES {
        return Err(malformed("Policy size exceeds the maximum allowed size"));
    }
    // Reported in hashicorp/terraform-provider-aws issue 11801 and many others.
    if !text.trim_start().starts_with('{') {
        return Err(malformed("Policies must be valid JSON and the first byte must be '{'"));
    }
    let policy = iam::accept::check(text.as_bytes(), PolicyKind::Resource)
        .map_err(|error| malformed(worded(&error.message, text)))?;
    for statement in policy.statements() {
        check_statement(statement, bucket)?;
    }
    Ok(())
}

/// S3's word for a mistake of the grammar, by what is missing.
fn worded(_: &str, text: &str) -> String {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return "This policy contains invalid Json".to_owned();
    };
    let statements = match value.get("Statement") {
        None => return "Missing required field Statement".to_owned(),
        Some(serde_json::Value::Array(statements)) => statements.clone(),
        Some(one) => vec![one.clone()],
    };
    for statement in &statements {
        let has = |name: &str| statement.get(name).is_some();
        for (name, not_name) in [
            ("Effect", "Effect"),
            ("Principal", "NotPrincipal"),
            ("Action", "NotAction"),
            ("Resource", "NotResource"),
        ] {
            if !has(name) && !has(not_name) {
                return format!("Missing required field {name}");
            }
        }
    }
    "Invalid policy syntax.".to_owned()
}

fn check_statement(statement: &Statement, bucket: &str) -> Result<(), Fault> {
    if statement.principal.is_none() {
        return Err(malformed("Missing required field Principal"));
    }
    for action in &statement.action.patterns {
        let folded = action.value.to_ascii_lowercase();
        let known = folded == "*"
            || folded.starts_with("s3:")
                && iam::catalog::actions_matching(&folded).next().is_some();
        if !known {
            return Err(
                malformed("Policy has invalid action").with_detail("Detail", &*action.value)
            );
        }
    }
    let Some(resource) = &statement.resource else {
        return Err(malformed("Missing required field Resource"));
    };
    check_resources(resource, bucket)?;
    check_actions_apply(statement, resource)?;
    condition::check(statement)
}

/// Every resource is the bucket or in it.
fn check_resources(resource: &PatternElement, bucket: &str) -> Result<(), Fault> {
    for pattern in &resource.patterns {
        let names_bucket = pattern.value.splitn(6, ':').nth(5).is_some_and(|rest| {
            let name = rest.split('/').next().unwrap_or_default();
            pattern.value.starts_with("arn:")
                && (name == bucket || name.contains(['*', '?', '$']) && fits(name, bucket))
        });
        if !names_bucket {
            let fault = malformed("Policy has invalid resource");
            return Err(fault.with_detail("Detail", &*pattern.value));
        }
    }
    Ok(())
}

/// Whether a pattern of buckets can mean `bucket`: `*` and `?` as everywhere in policies.
fn fits(pattern: &str, bucket: &str) -> bool {
    match (pattern.chars().next(), bucket.chars().next()) {
        (None, None) => true,
        (Some('$'), _) => true,
        (Some('*'), _) => {
            let rest = pattern.get(1..).unwrap_or_default();
            (0..=bucket.len()).any(|at| bucket.get(at..).is_some_and(|left| fits(rest, left)))
        }
        (Some(letter), Some(other)) if letter == '?' || letter == other => {
            let skip = |text: &str| text.chars().next().map_or(0, char::len_utf8);
            let rest = pattern.get(skip(pattern)..).unwrap_or_default();
            fits(rest, bucket.get(skip(bucket)..).unwrap_or_default())
        }
        _ => false,
    }
}

/// Each action must have a resource that it can be asked on: one on objects needs `bucket/…`.
fn check_actions_apply(statement: &Statement, resource: &PatternElement) -> Result<(), Fault> {
    if statement.action.negated || resource.negated {
        return Ok(());
    }
    let in_bucket = resource
        .patterns
        .iter()
        .any(|pattern| pattern.value.contains('/') || pattern.value.ends_with('*'));
    let bucket_itself = resource.patterns.iter().any(|pattern| !pattern.value.contains('/'));
    for action in &statement.action.patterns {
        let mut matching = iam::catalog::actions_matching(&action.value).peekable();
        let applies = matching.peek().is_none()
            || matching.any(|action| {
                action.resource("object").is_some() && in_bucket
                    || action.resource("bucket").is_some() && bucket_itself
                    || action.resource("object").is_none() && action.resource("bucket").is_none()
            });
        if !applies {
            return Err(malformed("Action does not apply to any resource(s) in statement"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(rest: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{{rest}}}]}}"#)
    }

    #[test]
    fn what_is_refused() {
        let good = r#""Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*""#;
        assert_eq!(check(&statement(good), "data"), Ok(()));
        let cases = [
            ("".to_owned(), "Policies must be valid JSON and the first byte must be '{'"),
            ("{".to_owned(), "This policy contains invalid Json"),
            ("{}".to_owned(), "Missing required field Statement"),
            (
                statement(&good.replace(r#""Principal":"*","#, "")),
                "Missing required field Principal",
            ),
            (statement(&good.replace(r#""Effect":"Allow","#, "")), "Missing required field Effect"),
            (
                statement(&good.replace("s3:GetObject", "s3:GetNothing")),
                "Policy has invalid action",
            ),
            (
                statement(&good.replace("s3:GetObject", "ec2:RunInstances")),
                "Policy has invalid action",
            ),
            (statement(&good.replace("data/*", "other/*")), "Policy has invalid resource"),
            (
                statement(&good.replace("arn:aws:s3:::data/*", "data")),
                "Policy has invalid resource",
            ),
            (
                statement(&good.replace("data/*", "data")),
                "Action does not apply to any resource(s) in statement",
            ),
            (
                statement(&good.replace("s3:GetObject", "s3:ListBucket")),
                "Action does not apply to any resource(s) in statement",
            ),
        ];
        for (text, wanted) in cases {
            let fault = check(&text, "data").unwrap_err();
            assert_eq!((fault.code, fault.message.as_str()), ("MalformedPolicy", wanted), "{text}");
        }
        let fitting = good.replace("data/*", "d*a/*");
        assert_eq!(check(&statement(&fitting), "data"), Ok(()));
        let padding = " ".repeat(MAX_POLICY_BYTES - statement(good).len());
        assert_eq!(check(&(statement(good) + &padding), "data"), Ok(()));
        assert!(check(&(statement(good) + &padding + " "), "data").is_err());
    }
}
