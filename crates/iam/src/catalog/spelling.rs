//! What a name that is no action was meant to be.

use super::archive::archive;
use super::{Action, Service, action, service};

/// Answers given for one name.
const SUGGESTIONS_MAX: usize = 3;
/// Slips allowed for each this many characters of a name, at least one.
const CHARACTERS_PER_SLIP: usize = 4;
/// Slips allowed in one name.
const SLIPS_MAX: usize = 3;

/// Slips more than in the best answer that another may have.
const FARTHER_THAN_BEST_MAX: usize = 1;

/// API operations of S3 whose permission has another name.
/// Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
const RENAMED: [(&str, &str); 15] = [
    ("s3:CompleteMultipartUpload", "s3:PutObject"),
    ("s3:CopyObject", "s3:PutObject"),
    ("s3:CreateMultipartUpload", "s3:PutObject"),
    ("s3:DeleteObjects", "s3:DeleteObject"),
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("s3:HeadBucket", "s3:ListBucket"),
    ("s3:HeadObject", "s3:GetObject"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets"),
    ("s3:ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("s3:ListObjectVersions", "s3:ListBucketVersions"),
    ("s3:ListObjects", "s3:ListBucket"),
    ("s3:ListObjectsV2", "s3:ListBucket"),
    ("s3:ListParts", "s3:ListMultipartUploadParts"),
    ("s3:UploadPart", "s3:PutObject"),
];

/// The likeliest actions first, then in the order of their names.
pub(super) fn suggest(wrong: &str) -> Vec<&'static Action> {
    if let Some((_, renamed)) = RENAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(wrong)) {
        return action(renamed).into_iter().collect();
    }
    let Some((prefix, name)) = wrong.split_once(':') else { return Vec::new() };
    let mut found: Vec<(usize, &Action)> = services_near(prefix)
        .flat_map(|(slips, service)| {
            near(service, name).map(move |(more, action)| (slips + more, action))
        })
        .collect();
    found.sort_by_key(|(slips, action)| (*slips, action.name));
    let least = found.first().map_or(0, |(slips, _)| *slips);
    let likely = found.into_iter().take_while(|(slips, _)| *slips <= least + FARTHER_THAN_BEST_MAX);
    likely.map(|(_, action)| action).take(SUGGESTIONS_MAX).collect()
}

/// The service of the prefix or, if there is none, those whose prefixes are nearest.
fn services_near(prefix: &str) -> impl Iterator<Item = (usize, &'static Service)> {
    let exact = service(prefix);
    let near = archive().entries.iter().filter(move |_| exact.is_none());
    let near = near.filter_map(move |entry| {
        Some((distance(entry.prefix, prefix, allowed(prefix))?, entry.service()?))
    });
    exact.map(|service| (0, service)).into_iter().chain(near)
}

fn near(service: &'static Service, name: &str) -> impl Iterator<Item = (usize, &'static Action)> {
    let limit = allowed(name);
    let slips = move |action: &'static Action| Some((distance(action.name, name, limit)?, action));
    service.actions.iter().filter_map(slips)
}

fn allowed(name: &str) -> usize {
    (name.len() / CHARACTERS_PER_SLIP).clamp(1, SLIPS_MAX)
}

/// Letters inserted, left out, replaced or swapped with their neighbour on the way from one name to
/// the other, without regard to case; `None` beyond `limit`.
fn distance(one: &str, two: &str, limit: usize) -> Option<usize> {
    if one.len().abs_diff(two.len()) > limit {
        return None;
    }
    let (one, two) = (one.to_ascii_lowercase(), two.to_ascii_lowercase());
    let (one, two) = (one.as_bytes(), two.as_bytes());
    // `row[j]`: from the first letters of `one` so far to the first `j` of `two`.
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=two.len()).collect();
    for i in 0..one.len() {
        let mut row = vec![i + 1];
        for j in 0..two.len() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let changed = usize::from(one.get(i) != two.get(j));
            let mut least = (at(&last, j) + changed).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped =
                i > 0 && j > 0 && one.get(i) == two.get(j - 1) && one.get(i - 1) == two.get(j);
            if swapped {
                least = least.min(at(&before_last, j - 1) + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wrong: &str, expected: &[&str]) {
        let found: Vec<String> = suggest(wrong).iter().map(|action| action.to_string()).collect();
        assert_eq!(found, expected, "{wrong}");
    }

    #[test]
    fn slips_get_the_name_that_was_meant() {
        check("s3:GetObjcet", &["s3:GetObject"]);
        check("s3:GetObjects", &["s3:GetObject"]);
        check("s3:PutObjectAc", &["s3:PutObjectAcl", "s3:PutObject"]);
        check("ec2:DescribeVpcss", &["ec2:DescribeVpcs"]);
        check("ec2:RunInstance", &["ec2:RunInstances"]);
        check("EC2:runinstanecs", &["ec2:RunInstances"]);
        check("iam:PassRoles", &["iam:PassRole"]);
        check("ce2:RunInstances", &["ec2:RunInstances"]);
        check("s3:ListBuckets", &["s3:ListAllMyBuckets"]);
        check("s3:headobject", &["s3:GetObject"]);
        check("sts:AssumeRoleWithWebIdentitiy", &["sts:AssumeRoleWithWebIdentity"]);
        for hopeless in
            ["", "s3", "s3:", "s3:CompletelyDifferent", "nosuchservice:GetObject", "é:é"]
        {
            check(hopeless, &[]);
        }
    }

    #[test]
    fn renamed_operations_are_none_and_their_permissions_exist() {
        for (operation, permission) in RENAMED {
            assert!(action(operation).is_none(), "{operation}");
            assert!(action(permission).is_some(), "{permission}");
        }
    }

    /// acm, aps, ecs and pcs are all as near, and all have the action.
    #[test]
    fn there_are_at_most_three() {
        check("acs:TagResource", &["acm:TagResource", "aps:TagResource", "ecs:TagResource"]);
    }

    #[test]
    fn slips_are_counted() {
        let check = |one: &str, two: &str, expected: Option<usize>| {
            assert_eq!(distance(one, two, 2), expected, "{one} {two}");
            assert_eq!(distance(two, one, 2), expected, "{two} {one}");
        };
        check("role", "ROLE", Some(0));
        check("role", "roles", Some(1));
        check("role", "rloe", Some(1));
        check("role", "rule", Some(1));
        check("role", "rules", Some(2));
        check("role", "policy", None);
        check("", "ab", Some(2));
        check("", "abc", None);
        check("", "", Some(0));
    }
}
