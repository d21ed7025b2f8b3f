//! What the instances of a cluster can read: their role's policy and the policies of buckets.
//!
//! A bucket of the role's own account needs the role's policy alone, one of another account a bucket
//! policy as well (user guide, "Cross-account policy evaluation logic"). Bucket ARNs have no account,
//! so the bucket's owner comes with the request.

use iam::{Gate, PolicyKind, Surroundings};

use super::world::{CUSTOMER, Demand, INSTANCE, LAUNCHER, Refusal, holding, refusal, set, shipped};

/// The account of the cross-account bucket.
const PARTNER: &str = "444455556666";
const IDENTITY: &[Gate] = &[Gate::Identity];
const BUCKET: &[Gate] = &[Gate::Resource];
const BOTH: &[Gate] = &[Gate::Identity, Gate::Resource];
const NOTHING: &[Gate] = &[];

/// Whose session asks, with the shipped S3 policy or without, the bucket's owner and whether the
/// shipped bucket policy is on it, action, resource, the gates in the way.
type Row = (&'static str, bool, &'static str, bool, &'static str, &'static str, &'static [Gate]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // The deployment's own bucket.
    (INSTANCE, true,  CUSTOMER, false, "s3:ListBucket",   "arn:aws:s3:::example-lakehouse", NOTHING),
    (INSTANCE, true,  CUSTOMER, false, "s3:GetObject",    "arn:aws:s3:::example-lakehouse/t/1.parquet", NOTHING),
    (INSTANCE, true,  CUSTOMER, false, "s3:PutObject",    "arn:aws:s3:::example-lakehouse/t/1.parquet", NOTHING),
    (INSTANCE, true,  CUSTOMER, false, "s3:DeleteObject", "arn:aws:s3:::example-lakehouse/t/1.parquet", NOTHING),
    (INSTANCE, false, CUSTOMER, false, "s3:GetObject",    "arn:aws:s3:::example-lakehouse/t/1.parquet", IDENTITY),
    (INSTANCE, true,  CUSTOMER, false, "s3:PutBucketPolicy", "arn:aws:s3:::example-lakehouse", IDENTITY),
    (INSTANCE, true,  CUSTOMER, false, "s3:ListBucket",   "arn:aws:s3:::example-lakehouse-2", IDENTITY),
    (INSTANCE, true,  CUSTOMER, false, "s3:GetObject",    "arn:aws:s3:::example-lakehouse-2/t", IDENTITY),
    (INSTANCE, true,  CUSTOMER, false, "s3:ListAllMyBuckets", "*", IDENTITY),
    // An action on objects with the bucket's ARN, and the other way round.
    (INSTANCE, true,  CUSTOMER, false, "s3:GetObject",    "arn:aws:s3:::example-lakehouse", IDENTITY),
    (INSTANCE, true,  CUSTOMER, false, "s3:ListBucket",   "arn:aws:s3:::example-lakehouse/t", IDENTITY),
    // Another account's bucket: both halves.
    (INSTANCE, true,  PARTNER, true,  "s3:GetObject",  "arn:aws:s3:::partner-exchange/in/1", NOTHING),
    (INSTANCE, true,  PARTNER, true,  "s3:ListBucket", "arn:aws:s3:::partner-exchange", NOTHING),
    (INSTANCE, true,  PARTNER, false, "s3:GetObject",  "arn:aws:s3:::partner-exchange/in/1", BUCKET),
    (INSTANCE, false, PARTNER, true,  "s3:GetObject",  "arn:aws:s3:::partner-exchange/in/1", IDENTITY),
    (INSTANCE, false, PARTNER, false, "s3:GetObject",  "arn:aws:s3:::partner-exchange/in/1", BOTH),
    (INSTANCE, true,  PARTNER, true,  "s3:PutObject",  "arn:aws:s3:::partner-exchange/out/1", BUCKET),
    (INSTANCE, true,  PARTNER, true,  "s3:PutObjectAcl", "arn:aws:s3:::partner-exchange/out/1", BOTH),
    // The bucket policy names one role.
    (LAUNCHER, true,  PARTNER, true,  "s3:GetObject",  "arn:aws:s3:::partner-exchange/in/1", BUCKET),
    // Were it the own account's bucket, its policy would do without the role's.
    (INSTANCE, false, CUSTOMER, true, "s3:GetObject",  "arn:aws:s3:::partner-exchange/in/1", NOTHING),
    (LAUNCHER, false, CUSTOMER, true, "s3:GetObject",  "arn:aws:s3:::partner-exchange/in/1", IDENTITY),
];

#[test]
fn instances_read_what_role_and_bucket_allow() {
    for (who, has_policy, owner, has_bucket_policy, action, resource, blocked) in ROWS {
        let access = has_policy.then(|| shipped("s3-access", PolicyKind::Identity));
        let bucket =
            has_bucket_policy.then(|| set([shipped("cross-account-bucket", PolicyKind::Resource)]));
        let around = Surroundings { resource: bucket, ..holding(access) };
        let demand = Demand::new(action, resource).owned_by(owner);
        // AWS names one kind of policy. Which of two is not documented (unverified).
        let expected = blocked.first().map(|gate| Refusal {
            gates: blocked.to_vec(),
            ..Refusal::lacks(*gate, who, action, resource)
        });
        assert_eq!(refusal(who, &demand, &around), expected, "{who} {action} {resource} {owner}");
    }
}
