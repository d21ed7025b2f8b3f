//! How large policies may be. To IAM this is a matter of quota (error code `LimitExceeded`), asked
//! after a policy was found to be well formed.
//!
//! Source of the limits: IAM user guide, "IAM and AWS STS quotas"; AWS Organizations user guide,
//! "Quotas"; Amazon S3 and AWS KMS guides. White space does not count.

/// Longest policy document that IAM reads at all, in characters (IAM API reference, `PolicyDocument`).
/// Longer ones are refused with a `ValidationError`, before anything in them is looked at.
pub const MAX_DOCUMENT_CHARACTERS: usize = 131_072;

/// What a policy's size is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SizeQuota {
    /// One managed policy.
    Managed,
    /// All inline policies of a user together.
    UserInline,
    /// All inline policies of a group together.
    GroupInline,
    /// All inline policies of a role together.
    RoleInline,
    /// A role's trust policy. Adjustable up to 8,192 (unverified).
    Trust,
    /// A session policy. STS packs it as well, which is not modelled here.
    Session,
    /// A service control policy. Some documentation of 2026 says 10,240 (unverified).
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The policy of an S3 bucket, white space included.
    Bucket,
    /// The policy of a KMS key, white space included.
    Key,
}

/// A policy, or a holder's policies together, of more characters than fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QuotaExceeded {
    /// IAM's own sentence, where it is known.
    pub message: String,
    /// Characters counted.
    pub characters: usize,
    /// Characters that fit.
    pub limit: usize,
}

impl SizeQuota {
    /// Characters that fit.
    #[must_use]
    pub fn limit_characters(self) -> usize {
        match self {
            Self::Managed => 6_144,
            Self::UserInline | Self::Trust | Self::Session => 2_048,
            Self::RoleInline => 10_240,
            Self::GroupInline | Self::ServiceControl | Self::ResourceControl => 5_120,
            Self::Bucket => 20_480,
            Self::Key => 32_768,
        }
    }

    /// IAM's sentences for its own quotas; for other services, unverified.
    fn message(self, holder: &str) -> String {
        let limit = self.limit_characters();
        let inline = |kind: &str| {
            format!("Maximum policy size of {limit} bytes exceeded for {kind} {holder}")
        };
        match self {
            Self::Managed => format!("Cannot exceed quota for PolicySize: {limit}"),
            Self::Trust => format!("Cannot exceed quota for ACLSizePerRole: {limit}"),
            Self::UserInline => inline("user"),
            Self::GroupInline => inline("group"),
            Self::RoleInline => inline("role"),
            _ => format!("the policy is larger than {limit} characters"),
        }
    }

    fn counts_white_space(self) -> bool {
        matches!(self, Self::Bucket | Self::Key)
    }
}

/// Characters of a policy that count: all but white space, which IAM ignores inside strings too
/// (unverified: the guide says "IAM doesn't count white space").
#[must_use]
pub fn counted_characters(text: &str) -> usize {
    text.chars().filter(|character| !character.is_ascii_whitespace()).count()
}

/// Whether `policies` together fit into `quota`; `holder` is the name of the user, group or role that
/// IAM's sentence on inline policies ends with.
///
/// # Errors
/// [`QuotaExceeded`] if they do not.
pub fn check_size<'t>(
    quota: SizeQuota,
    policies: impl IntoIterator<Item = &'t str>,
    holder: &str,
) -> Result<(), QuotaExceeded> {
    let count = |text: &str| match quota.counts_white_space() {
        true => text.len(),
        false => counted_characters(text),
    };
    let characters = policies.into_iter().map(count).sum();
    let limit = quota.limit_characters();
    if characters <= limit {
        return Ok(());
    }
    Err(QuotaExceeded { message: quota.message(holder), characters, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quota_at_its_limit_and_one_past() {
        use SizeQuota::*;
        for (quota, limit, message) in [
            (Managed, 6144, "Cannot exceed quota for PolicySize: 6144"),
            (UserInline, 2048, "Maximum policy size of 2048 bytes exceeded for user ann"),
            (GroupInline, 5120, "Maximum policy size of 5120 bytes exceeded for group ann"),
            (RoleInline, 10240, "Maximum policy size of 10240 bytes exceeded for role ann"),
            (Trust, 2048, "Cannot exceed quota for ACLSizePerRole: 2048"),
            (Session, 2048, "the policy is larger than 2048 characters"),
            (ServiceControl, 5120, "the policy is larger than 5120 characters"),
            (ResourceControl, 5120, "the policy is larger than 5120 characters"),
            (Bucket, 20480, "the policy is larger than 20480 characters"),
            (Key, 32768, "the policy is larger than 32768 characters"),
        ] {
            let full = "x".repeat(limit);
            assert_eq!(check_size(quota, [full.as_str()], "ann"), Ok(()), "{quota:?}");
            let error = check_size(quota, [full.as_str(), "x"], "ann").unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!((error.characters, error.limit), (limit + 1, limit));
        }
    }

    #[test]
    fn white_space_counts_in_buckets_and_keys_only() {
        assert_eq!(counted_characters("{ \"a\" :\n\t\"é b\"\r}"), 10);
        let padded = " ".repeat(40_000);
        assert!(check_size(SizeQuota::Managed, [padded.as_str()], "").is_ok());
        assert!(check_size(SizeQuota::Bucket, [padded.as_str()], "").is_err());
    }
}
