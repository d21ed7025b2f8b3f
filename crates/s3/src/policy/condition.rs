//! Which conditions S3 refuses in a bucket policy.
//!
//! A key must be one that requests of every action in the statement can carry; an action pattern needs one action that can
//! (boto3's and Terraform's users quote the text for `s3:prefix` beside `s3:GetObject`, and for `s3:ExistingObjectTag` beside
//! `s3:GetObjectRetention`). What else than `s3:` keys S3 takes for invalid is not known, so all others pass.

use cloud::Fault;
use iam::catalog;
use iam::policy::Statement;

use super::accept::malformed;

/// Keys that every request can carry, whatever the reference says of its action.
const OF_EVERY_REQUEST: [&str; 8] = [
    "s3:accessgrantsinstancearn",
    "s3:authtype",
    "s3:dataaccesspointaccount",
    "s3:resourceaccount",
    "s3:signatureage",
    "s3:signatureversion",
    "s3:tlsversion",
    "s3:x-amz-content-sha256",
];

/// Whether every condition is about something that the statement's actions are asked with.
///
/// # Errors
/// `MalformedPolicy`
pub(super) fn check(statement: &Statement) -> Result<(), Fault> {
    for condition in &statement.conditions {
        let key = condition.key.value.to_ascii_lowercase();
        if !key.starts_with("s3:") || OF_EVERY_REQUEST.contains(&key.as_str()) {
            continue;
        }
        if catalog::condition_key(&key).is_none() {
            return Err(malformed("Policy has an invalid condition key"));
        }
        let actions = &statement.action.patterns;
        if !statement.action.negated && !actions.iter().all(|action| applies(&action.value, &key)) {
            let text =
                "Conditions do not apply to combination of actions and resources in statement";
            return Err(malformed(text));
        }
    }
    Ok(())
}

/// Whether an action that the pattern means is asked with `key`.
fn applies(action: &str, key: &str) -> bool {
    let mut matching = catalog::actions_matching(action).peekable();
    matching.peek().is_none() || matching.any(|action| catalog::keys_of(action).contains(key))
}

#[cfg(test)]
mod tests {
    use crate::policy::accept;

    #[test]
    fn what_a_condition_can_be_about() {
        let check = |actions: &str, key: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":{actions},
                "Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"],"Condition":{{"StringLike":{{"{key}":"x"}}}}}}]}}"#
            );
            accept::check(&text, "data").map_err(|fault| fault.message)
        };
        for (actions, key) in [
            (r#""s3:ListBucket""#, "s3:prefix"),
            (r#"["s3:ListBucket","s3:ListBucketVersions"]"#, "S3:Prefix"),
            (r#""s3:*""#, "s3:prefix"),
            (r#""s3:Get*""#, "s3:ExistingObjectTag/team"),
            (r#"["s3:GetObject","s3:GetObjectTagging"]"#, "s3:ExistingObjectTag/team"),
            (r#""s3:PutObject""#, "s3:x-amz-server-side-encryption"),
            (r#""s3:PutObject""#, "s3:x-amz-acl"),
            (r#""s3:PutObject""#, "s3:RequestObjectTag/team"),
            (r#""s3:PutObject""#, "s3:if-none-match"),
            (r#"["s3:GetObject","s3:ListBucket"]"#, "s3:TlsVersion"),
            (r#"["s3:GetObject","s3:ListBucket"]"#, "s3:authType"),
            (r#"["s3:GetObject","s3:ListBucket"]"#, "aws:PrincipalTag/team"),
            (r#"["s3:GetObject","s3:ListBucket"]"#, "saml:aud"),
        ] {
            assert_eq!(check(actions, key), Ok(()), "{actions} with {key}");
        }
        let not_together =
            "Conditions do not apply to combination of actions and resources in statement";
        for (actions, key) in [
            (r#""s3:GetObject""#, "s3:prefix"),
            (r#"["s3:ListBucket","s3:GetObject"]"#, "s3:prefix"),
            (r#"["s3:ListBucket","s3:GetBucketLocation"]"#, "s3:prefix"),
            (r#""s3:GetObject""#, "s3:x-amz-acl"),
            (r#""s3:GetObjectRetention""#, "s3:ExistingObjectTag/team"),
        ] {
            assert_eq!(check(actions, key), Err(not_together.to_owned()), "{actions} with {key}");
        }
        let unknown = "Policy has an invalid condition key";
        assert_eq!(check(r#""s3:PutObject""#, "s3:x-acl"), Err(unknown.to_owned()));
    }
}
