//! The resources of an event: type and name of what IAM was asked about.

use names::ArnParts;

/// CloudFormation's type of an ARN, and the resource's name.
pub(super) fn of(arn: &str) -> Option<(&'static str, String)> {
    let parts = ArnParts::split(arn)?;
    let (kind, rest) = match parts.resource.split_once(['/', ':']) {
        Some((kind, rest)) => (kind, rest),
        None if parts.service == "s3" => ("bucket", parts.resource),
        None => return None,
    };
    if rest.contains('*') {
        return None;
    }
    let named = match (parts.service, kind) {
        ("iam", "role") => "AWS::IAM::Role",
        ("iam", "user") => "AWS::IAM::User",
        ("iam", "group") => "AWS::IAM::Group",
        ("iam", "policy") => "AWS::IAM::Policy",
        ("iam", "instance-profile") => "AWS::IAM::InstanceProfile",
        ("iam", "mfa") => "AWS::IAM::MfaDevice",
        ("ec2", "instance") => "AWS::EC2::Instance",
        ("ec2", "image") => "AWS::EC2::Ami",
        ("ec2", "subnet") => "AWS::EC2::Subnet",
        ("ec2", "security-group") => "AWS::EC2::SecurityGroup",
        ("ec2", "vpc") => "AWS::EC2::VPC",
        ("ec2", "volume") => "AWS::EC2::Volume",
        ("ec2", "network-interface") => "AWS::EC2::NetworkInterface",
        ("ec2", "key-pair") => "AWS::EC2::KeyPair",
        ("ec2", "launch-template") => "AWS::EC2::LaunchTemplate",
        ("s3", "bucket") => "AWS::S3::Bucket",
        ("organizations", "account") => "AWS::Organizations::Account",
        ("organizations", "ou") => "AWS::Organizations::OrganizationalUnit",
        ("organizations", "policy") => "AWS::Organizations::Policy",
        ("lambda", "function") => "AWS::Lambda::Function",
        ("cloudformation", "stack") => "AWS::CloudFormation::Stack",
        _ => return None,
    };
    let name = rest.rsplit('/').next().unwrap_or(rest);
    Some((named, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_names() {
        for (arn, expected) in [
            ("arn:aws:iam::123456789012:role/a/b/etl", Some(("AWS::IAM::Role", "etl"))),
            ("arn:aws:ec2:us-east-1:1:instance/i-1", Some(("AWS::EC2::Instance", "i-1"))),
            ("arn:aws:ec2:us-east-1:1:instance/*", None),
            ("arn:aws:s3:::data", Some(("AWS::S3::Bucket", "data"))),
            ("*", None),
            ("arn:aws:sqs:us-east-1:1:queue", None),
        ] {
            let found = of(arn);
            let found = found.as_ref().map(|(kind, name)| (*kind, name.as_str()));
            assert_eq!(found, expected, "{arn}");
        }
    }
}
