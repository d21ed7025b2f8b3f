//! Bucket policies.

pub mod accept;
mod condition;
pub mod public;

use cloud::iam::document::Document;
use cloud::iam::principal::{ResourcePolicy, UnknownPrincipal, principals_sight};
use cloud::{Act, Ask, Fault, Read, Write};
use serde::Serialize;

use crate::setting::bucket_operation;
use crate::{bucket, name};

bucket_operation! {
    /// Shows a bucket's policy.
    GetBucketPolicy, "s3:GetBucketPolicy", GetBucketPolicyOutput
}

/// What `GetBucketPolicy` answers: the policy byte for byte, but for principals that are gone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetBucketPolicyOutput {
    policy: String,
}

fn no_policy(bucket: &str) -> Fault {
    let fault = Fault::new("NoSuchBucketPolicy", "The bucket policy does not exist");
    fault.with_detail("BucketName", bucket)
}

impl Read for GetBucketPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<GetBucketPolicyOutput, Fault> {
        let policy = bucket::find(ask.view, &self.bucket)?.policy.as_ref();
        let policy = policy.ok_or_else(|| no_policy(&self.bucket))?;
        Ok(GetBucketPolicyOutput { policy: policy.shown(ask.view).into_owned() })
    }
}

bucket_operation! {
    /// Tells whether a bucket's policy makes it public.
    GetBucketPolicyStatus, "s3:GetBucketPolicyStatus", GetBucketPolicyStatusOutput
}

/// What `GetBucketPolicyStatus` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetBucketPolicyStatusOutput {
    policy_status: Status,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    is_public: bool,
}

impl Read for GetBucketPolicyStatus {
    fn read(self, ask: &Ask<'_>) -> Result<GetBucketPolicyStatusOutput, Fault> {
        let policy = bucket::find(ask.view, &self.bucket)?.policy.as_ref();
        let policy = policy.ok_or_else(|| no_policy(&self.bucket))?;
        let policy_status = Status { is_public: public::is_public(policy.text()) };
        Ok(GetBucketPolicyStatusOutput { policy_status })
    }
}

bucket_operation! {
    /// Sets a bucket's policy.
    PutBucketPolicy, "s3:PutBucketPolicy", (), {
        policy: String,
    }
}

impl Write for PutBucketPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let bucket = bucket::find(act.tx, &self.bucket)?;
        accept::check(&self.policy, &self.bucket)?;
        let (account, block) = (bucket.account, bucket.public_access);
        if block.is_some_and(|block| block.block_public_policy) && public::is_public(&self.policy) {
            return Err(self.blocked(&act.caller.arn()));
        }
        // A role that was just made is not known here yet, as to trust policies (unverified for S3).
        let sight = principals_sight(act.standpoint, act.tx);
        let resolved = ResourcePolicy::resolve(sight, account, Document::new(&self.policy));
        let policy = resolved.map_err(|UnknownPrincipal(written)| {
            accept::malformed("Invalid principal in policy")
                .with_detail("Detail", format!("\"AWS\" : \"{written}\""))
        })?;
        bucket::change(act, &self.bucket, |bucket| {
            bucket.policy = Some(policy);
            Ok(())
        })
    }
}

impl PutBucketPolicy {
    /// The text is the user guide's ("Troubleshoot access denied (403 Forbidden) errors in Amazon S3").
    fn blocked(&self, caller: &str) -> Fault {
        let bucket = name::bucket_arn(&self.bucket);
        let text = format!(
            "User: {caller} is not authorized to perform: s3:PutBucketPolicy on resource: \"{bucket}\" \
             because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
        );
        Fault::new("AccessDenied", text)
    }
}

bucket_operation! {
    /// Takes a bucket's policy away.
    DeleteBucketPolicy, "s3:DeleteBucketPolicy", ()
}

impl Write for DeleteBucketPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        bucket::change(act, &self.bucket, |bucket| {
            bucket.policy = None;
            Ok(())
        })
    }
}
