//! A resource type of a service, and the form of its ARNs.

use std::fmt;

use super::ConditionKey;
use super::pattern::{self, Parts};

/// A type of resource that statements can name, such as S3's `bucket`.
#[derive(Debug)]
pub struct Resource {
    /// The prefix of the service that lists it, such as `s3`.
    pub service: &'static str,
    /// Its name in the service's tables.
    pub name: &'static str,
    /// The forms of its ARNs: one, for nearly every type.
    pub arn_templates: &'static [ArnTemplate],
    /// The condition keys that requests on such a resource supply.
    pub condition_keys: &'static [&'static ConditionKey],
}

/// The form of a type's ARNs, such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnTemplate {
    pub(super) text: &'static str,
    pub(super) ends_at_slash: bool,
}

impl Resource {
    /// Whether an ARN, or a pattern of a policy's `Resource` element, may stand for a resource of
    /// this type; see [`ArnTemplate::matches`].
    #[must_use]
    pub fn matches(&self, arn: &str) -> bool {
        self.meets(&pattern::policy_arn(arn))
    }

    pub(super) fn meets(&self, arn: &Parts) -> bool {
        self.arn_templates.iter().any(|template| template.meets(arn))
    }
}

impl ArnTemplate {
    /// The template as AWS writes it, with `${Names}`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.text
    }

    /// Whether some ARN is both of this form and meant by `arn`: an ARN, or a pattern with `*`, `?`
    /// and policy variables, each of which may turn out to be anything.
    ///
    /// Each of the six parts is looked at by itself, as IAM does; parts that a short pattern lacks
    /// may be anything. A name holds at least one character, and `/` or `:` as well (roles have
    /// paths, log groups have slashes) unless another type goes on with a slash where
    /// the name ends: `arn:aws:s3:::b/k` is no bucket.
    #[must_use]
    pub fn matches(&self, arn: &str) -> bool {
        self.meets(&pattern::policy_arn(arn))
    }

    fn meets(&self, arn: &Parts) -> bool {
        pattern::arn_template(self.text, self.ends_at_slash).meets(arn)
    }
}

/// The full name: `s3:bucket`.
impl fmt::Display for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service, self.name)
    }
}

impl fmt::Display for ArnTemplate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Resource, resource_types_for, service, services};

    fn resource(name: &str) -> &'static Resource {
        let (prefix, name) = name.split_once(':').unwrap();
        service(prefix).unwrap().resource(name).unwrap()
    }

    #[test]
    fn arns_fit_the_types_that_they_may_stand_for() {
        let check = |name: &str, arn: &str, expected: bool| {
            assert_eq!(resource(name).matches(arn), expected, "{name} {arn}");
        };
        check("s3:bucket", "arn:aws:s3:::b", true);
        check("s3:bucket", "arn:aws-cn:s3:::b", true);
        check("s3:bucket", "arn:aws:s3:::b*", true);
        check("s3:bucket", "arn:aws:s3:::b/k", false);
        check("s3:bucket", "arn:aws:s3:::b/*", false);
        check("s3:bucket", "arn:aws:s3:::", false);
        check("s3:bucket", "arn:aws:s3:us-east-1::b", false);
        check("s3:bucket", "*", true);
        check("s3:object", "arn:aws:s3:::b", false);
        check("s3:object", "arn:aws:s3:::b/k/l", true);
        check("s3:object", "arn:aws:s3:::*", true);
        check("s3:object", "arn:aws:s3:::b/${aws:username}/*", true);
        check("s3:object", "arn:aws:s3:::${aws:PrincipalAccount}-b", true);
        // A variable may bring the slash, a literal asterisk does not.
        check("s3:object", "arn:aws:s3:::b${*}", false);
        check("ec2:instance", "arn:aws:ec2:*:123456789012:instance/*", true);
        check("ec2:instance", "arn:aws:ec2:*:*:instance/i-?", true);
        check("ec2:instance", "arn:aws:ec2:*:123456789012:volume/*", false);
        check("ec2:instance", "arn:aws:ec2:us-east-1:*", true);
        // AWS's images have no account: a pattern that names one never meets them.
        check("ec2:image", "arn:aws:ec2:us-east-1::image/ami-1", true);
        check("ec2:image", "arn:aws:ec2:*:*:image/*", true);
        check("ec2:image", "arn:aws:ec2:us-east-1:123456789012:image/*", false);
        check("iam:role", "arn:aws:iam::123456789012:role/team/etl", true);
        check("iam:role", "arn:aws:iam::aws:role/x", true);
        check("iam:role", "arn:aws:iam:us-east-1:123456789012:role/x", false);
        check("iam:role", "arn:aws:iam::123456789012:role/", false);
        check("iam:role", "arn:aws:iam::123456789012:user/x", false);
        check("sts:role", "arn:aws:iam::123456789012:role/x", true);
        check("kms:alias", "arn:aws:kms:us-east-1:123456789012:alias/team/key", true);
        check("lambda:function", "arn:aws:lambda:us-east-1:1:function:f", true);
        check("logs:log-group", "arn:aws:logs:us-east-1:1:log-group:/aws/lambda/f:*", true);
        check("sqs:queue", "arn:aws:sqs", true);
        check("sqs:queue", "arn:aws:sns", false);
        check("sqs:queue", "", false);
        check("lex:bot", "arn:aws:lex:us-east-1:1:bot/B", true);
        check("lex:bot", "arn:aws:lex:us-east-1:1:bot:B", true);
        check("connect:wildcard-phone-number", "arn:aws:connect:us-east-1:1:phone-number/x", true);
    }

    #[test]
    fn types_are_found_for_arns() {
        let check = |arn: &str, expected: &[&str]| {
            let found: Vec<String> =
                resource_types_for(arn).iter().map(|resource| resource.to_string()).collect();
            assert_eq!(found, expected, "{arn}");
        };
        check("arn:aws:s3:::b", &["s3:bucket", "ssm:bucket"]);
        check("arn:aws:s3:::b/k", &["s3:object"]);
        check("arn:aws:s3:::b*", &["s3:bucket", "s3:object", "ssm:bucket"]);
        check("arn:aws:kms:us-east-1:1:key/k", &["kms:key", "events:key", "kinesis:kmsKey"]);
        check(
            "arn:aws:ec2:us-east-1:1:volume/vol-1",
            &["ec2:volume", "workspaces-instances:VolumeId"],
        );
        check("arn:aws:ec2:us-east-1::image/ami-1", &["ec2:image"]);
        check("arn:aws:iam::1:role/x", &["iam:role", "ec2:role", "ssm:iam-role", "sts:role"]);
        for none in ["", "*", "arn:aws:*", "arn:aws:nosuch:::x", "arn:aws:s3:::", "s3:bucket"] {
            check(none, &[]);
        }
    }

    /// Filling in its names makes an ARN of a template, for all 2,361 of them.
    #[test]
    fn templates_match_their_own_instances() {
        let templates = services().flat_map(|service| service.resources);
        for template in templates.flat_map(|resource| resource.arn_templates) {
            let mut arn = String::new();
            let mut rest = template.as_str();
            while let Some((before, name)) = rest.split_once("${") {
                arn += before;
                arn.push('x');
                rest = name.split_once('}').unwrap().1;
            }
            arn += rest;
            assert!(arn.starts_with("arn:x:"), "{template}");
            assert!(template.matches(&arn), "{template} {arn}");
            assert!(template.matches(template.as_str()), "{template}");
            assert!(!template.matches(&arn.replacen("arn:", "urn:", 1)), "{template}");
        }
    }
}
