//! What no policy says: rules of AWS for single actions and resources.

use crate::support::*;

/// STS API reference: `GetCallerIdentity` needs no permission and works despite an explicit deny;
/// guide: "Permissions for GetSessionToken": policies cannot control it.
#[test]
fn actions_that_need_no_permission() {
    for action in ["sts:GetCallerIdentity", "sts:GetSessionToken", "STS:getcalleridentity"] {
        for who in [ANNA, ROOT, OTHER_USER] {
            let ask = || Ask::new(who, action, "*");
            check([
                (action, ask(), "Allowed"),
                (action, ask().identity(DENY_ALL), "Allowed"),
                (action, ask().identity(DENY_ALL).boundary(DENY_ALL).scps(&[DENY_ALL]), "Allowed"),
            ]);
        }
        // Whoever does not sign has no identity to tell.
        Ask::new(ANONYMOUS, action, "*").gives("ImplicitlyDenied by resource");
    }
    Ask::new(ANNA, "sts:GetFederationToken", ANNA_FEDERATED).gives("ImplicitlyDenied by identity");
}

/// guide: "AWS managed policies": "You cannot change the permissions defined in AWS managed
/// policies." They can be read.
#[test]
fn managed_policies_of_aws_cannot_be_changed() {
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
    for action in [
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
    ] {
        let ask = |who: &str, arn: &str| Ask::new(who, action, arn).identity(ALLOW_ALL);
        check([
            (action, ask(ANNA, policy), "ImplicitlyDenied by resource"),
            (action, ask(ROOT, policy), "ImplicitlyDenied by resource"),
            (action, ask(ANNA, "arn:aws:iam::111122223333:policy/own"), "Allowed"),
        ]);
    }
    Ask::new(ANNA, "iam:GetPolicyVersion", policy).identity(ALLOW_ALL).gives("Allowed");
    Ask::new(ANNA, "iam:AttachUserPolicy", ANNA).identity(ALLOW_ALL).gives("Allowed");
}

/// S3 API reference, `PutBucketPolicy`: root of the bucket's account can always read, replace and
/// delete the bucket policy, "even if their bucket policy explicitly denies the root principal's
/// access"; only VPC endpoint policies and Organizations policies block it.
#[test]
fn root_keeps_its_bucket_policy() {
    let denied = |who: &str, action: &str| {
        Ask::new(who, action, BUCKET)
            .owned_by(ACCOUNT)
            .identity(ALLOW_ALL)
            .resource_policy(DENY_EVERYONE)
    };
    for action in ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"] {
        check([
            (action, denied(ROOT, action), "Allowed"),
            (action, denied(ANNA, action), "ExplicitlyDenied by resource"),
            (action, denied(OTHER_ROOT, action), "ExplicitlyDenied by resource"),
            (action, denied(ROOT, action).scps(&[DENY_ALL]), "ExplicitlyDenied by scp"),
            (
                action,
                denied(ROOT, action).rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]),
                "ExplicitlyDenied by rcp",
            ),
            (action, denied(ROOT, action).endpoint(DENY_EVERYONE), "ExplicitlyDenied by vpce"),
        ]);
    }
    denied(ROOT, "s3:ListBucket").gives("ExplicitlyDenied by resource");
}
