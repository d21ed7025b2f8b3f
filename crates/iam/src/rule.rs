//! Which of AWS's rules applies to a request: most follow one, some actions have their own.

use crate::caller::CallerKind;
use crate::catalog;
use crate::request::{Action, Request};

/// How the caller's policies and the resource's policy are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Same account: either may grant. Across accounts: both must.
    Usual,
    /// The resource's policy must grant; where it names the account only, the caller's policies
    /// must as well. Role trust policies and KMS key policies.
    ResourceDecides,
    /// The action needs no permission and cannot be denied.
    NeedsNoPermission,
    /// AWS's own resource: nobody else may change it.
    OwnedByAws,
}

/// Actions that a role's trust policy decides on.
const TRUST_ACTIONS: [&str; 6] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
    "sts:setcontext",
];

/// `sts:GetCallerIdentity` and `sts:GetSessionToken`: "no permissions are required", and an explicit
/// deny changes nothing (STS API reference of both).
const FREE_ACTIONS: [&str; 2] = ["sts:getcalleridentity", "sts:getsessiontoken"];

/// What would change a managed policy. Its tags are not here: IAM says of AWS's policies that they have none,
/// whoever asks (recorded from AWS by radkawar/stackd, `immutability.json`).
const POLICY_CHANGES: [&str; 4] = [
    "iam:createpolicyversion",
    "iam:deletepolicy",
    "iam:deletepolicyversion",
    "iam:setdefaultpolicyversion",
];

/// Bucket policy operations that the bucket's root user keeps even if the bucket policy denies them
/// (S3 API reference, `PutBucketPolicy`, `GetBucketPolicy`, `DeleteBucketPolicy`).
const ROOT_BUCKET_ACTIONS: [&str; 3] =
    ["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"];

impl Rule {
    pub(crate) fn of(request: &Request) -> Self {
        let action = request.action().folded();
        // Whoever does not sign, or has no AWS identity, is turned away before any policy is read.
        if FREE_ACTIONS.contains(&action) && request.caller().has_identity() {
            return Self::NeedsNoPermission;
        }
        if is_trust_decision(request) || is_key_decision(request) {
            return Self::ResourceDecides;
        }
        let aws_owned = request.resource().arn_parts().is_some_and(|arn| arn.account == "aws");
        if aws_owned && POLICY_CHANGES.contains(&action) {
            return Self::OwnedByAws;
        }
        Self::Usual
    }
}

/// Whether a role's trust policy decides. Session tags and source identities are also passed to
/// `GetFederationToken` and `GetSessionToken`, where no role is involved; what is not a role cannot be
/// assumed, whatever the caller's policies say.
pub(crate) fn is_trust_decision(request: &Request) -> bool {
    let action = request.action().folded();
    let of_role =
        || request.resource().arn_parts().is_none_or(|arn| arn.resource.starts_with("role/"));
    TRUST_ACTIONS.contains(&action) && (action.starts_with("sts:assumerole") || of_role())
}

/// Whether root asks to assume a role: "You cannot use AWS account root user credentials to call
/// AssumeRole" (STS API reference), whomever the role trusts.
pub(crate) fn is_root_assuming(request: &Request) -> bool {
    request.caller().kind() == CallerKind::Root && request.action().folded() == "sts:assumerole"
}

/// Whether the caller's own policies must allow even where the role trusts it by name: a role that
/// sets a source identity when it assumes the next one (user guide, "Monitor and control actions
/// taken with assumed roles").
pub(crate) fn both_sides_must_allow(request: &Request) -> bool {
    matches!(request.caller().kind(), CallerKind::Role | CallerKind::RoleSession)
        && request.action().folded() == "sts:setsourceidentity"
}

/// Whether RCPs bind the action: that of a service that supports them, but never `kms:RetireGrant`
/// (KMS developer guide, "Resource control policies in AWS KMS").
pub(crate) fn is_bound_by_rcps(action: &Action) -> bool {
    catalog::rcp_supported(action.service()) && action.folded() != "kms:retiregrant"
}

/// Whether a key policy decides: actions on keys, not on aliases or on no resource at all.
fn is_key_decision(request: &Request) -> bool {
    request.action().service() == "kms"
        && request
            .resource()
            .arn_parts()
            .is_some_and(|arn| arn.service == "kms" && arn.resource.starts_with("key/"))
}

/// Whether the request is one that a bucket policy's `Deny` cannot take from the bucket's root user.
pub(crate) fn root_overrides_bucket_policy(request: &Request) -> bool {
    request.caller().kind() == CallerKind::Root
        && !request.crosses_accounts()
        && ROOT_BUCKET_ACTIONS.contains(&request.action().folded())
}
