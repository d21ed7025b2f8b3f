//! The policies of a role that Unity Catalog reaches a bucket with.

use crate::Partition;
use crate::statement::{Statement, document};

/// What the access policy depends on.
#[derive(Debug, Clone, Default)]
pub struct UnityCatalog {
    /// Where.
    pub partition: Partition,
    /// The bucket.
    pub bucket_name: String,
    /// The role that has the policy.
    pub role_name: String,
    /// The AWS account of the role.
    pub aws_account_id: String,
    /// The key that the bucket is encrypted with: an ARN, or what follows `arn:PARTITION:kms:` in it.
    pub kms_name: Option<String>,
}

/// The access policy.
#[must_use]
pub fn unity_catalog(wanted: &UnityCatalog) -> String {
    let UnityCatalog { partition, bucket_name, role_name, aws_account_id, kms_name } = wanted;
    let namespace = partition.namespace();
    let bucket = format!("arn:{namespace}:s3:::{bucket_name}");
    let role = format!("arn:{namespace}:iam::{aws_account_id}:role/{role_name}");
    let mut statements = vec![
        Statement::allow(&[
            "s3:GetObject",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:ListBucket",
            "s3:GetBucketLocation",
            "s3:ListBucketMultipartUploads",
            "s3:ListMultipartUploadParts",
            "s3:AbortMultipartUpload",
        ])
        .resources(&[&format!("{bucket}/*"), &bucket]),
        Statement::allow(&["sts:AssumeRole"]).resources(&[&role]),
    ];
    if let Some(key) = kms_name {
        let key = match key.strip_prefix("arn:") {
            Some(_) => key.clone(),
            None => format!("arn:{namespace}:kms:{key}"),
        };
        let actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"];
        statements.push(Statement::allow(&actions).resources(&[&key]));
    }
    statements.extend(file_events(namespace, aws_account_id, &bucket));
    document(statements)
}

/// What managed file events need.
fn file_events(namespace: &str, account: &str, bucket: &str) -> [Statement; 3] {
    let queues = format!("arn:{namespace}:sqs:*:{account}:csms-*");
    let topics = format!("arn:{namespace}:sns:*:{account}:csms-*");
    [
        Statement::allow(&[
            "s3:GetBucketNotification",
            "s3:PutBucketNotification",
            "sns:ListSubscriptionsByTopic",
            "sns:GetTopicAttributes",
            "sns:SetTopicAttributes",
            "sns:CreateTopic",
            "sns:TagResource",
            "sns:Publish",
            "sns:Subscribe",
            "sqs:CreateQueue",
            "sqs:DeleteMessage",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
            "sqs:GetQueueUrl",
            "sqs:GetQueueAttributes",
            "sqs:SetQueueAttributes",
            "sqs:TagQueue",
            "sqs:ChangeMessageVisibility",
            "sqs:PurgeQueue",
        ])
        .named("ManagedFileEventsSetupStatement")
        .resources(&[bucket, &queues, &topics]),
        Statement::allow(&["sqs:ListQueues", "sqs:ListQueueTags", "sns:ListTopics"])
            .named("ManagedFileEventsListStatement")
            .resources(&[&queues, &topics]),
        Statement::allow(&["sns:Unsubscribe", "sns:DeleteTopic", "sqs:DeleteQueue"])
            .named("ManagedFileEventsTeardownStatement")
            .resources(&[&queues, &topics]),
    ]
}

/// The trust policy: Unity Catalog's role, or `unity_catalog_iam_arn`, and the role itself. A role cannot name
/// itself before it exists, so the account is named, narrowed down by a condition.
#[must_use]
pub fn unity_catalog_assume_role(
    partition: Partition,
    role_name: &str,
    aws_account_id: &str,
    external_id: &str,
    unity_catalog_iam_arn: Option<&str>,
) -> String {
    let namespace = partition.namespace();
    let master = partition.unity_catalog_role();
    let itself = format!("arn:{namespace}:iam::{aws_account_id}:role/{role_name}");
    let root = format!("arn:{namespace}:iam::{aws_account_id}:root");
    document(vec![
        Statement::allow(&["sts:AssumeRole"])
            .named("UnityCatalogAssumeRole")
            .principal(unity_catalog_iam_arn.unwrap_or(&master))
            .when("StringEquals", "sts:ExternalId", external_id),
        Statement::allow(&["sts:AssumeRole"])
            .named("ExplicitSelfRoleAssumption")
            .principal(&root)
            .when("ArnLike", "aws:PrincipalArn", &itself)
            .when("StringEquals", "sts:ExternalId", external_id),
    ])
}
