//! Headers and query parameters, and the members that they are. Of all operations of S3 no two mean different
//! members by one name (API model, botocore 1.43), so one table serves them all.

use crate::path::{Path, Segment};

/// What stands before the name of a user's own metadata.
pub(super) const METADATA_PREFIX: &str = "x-amz-meta-";

/// Headers in requests and answers.
const HEADERS: &[(&str, &str)] = &[
    ("accept-ranges", "AcceptRanges"),
    ("cache-control", "CacheControl"),
    ("content-disposition", "ContentDisposition"),
    ("content-encoding", "ContentEncoding"),
    ("content-language", "ContentLanguage"),
    ("content-length", "ContentLength"),
    ("content-md5", "ContentMD5"),
    ("content-range", "ContentRange"),
    ("content-type", "ContentType"),
    ("etag", "ETag"),
    ("expires", "Expires"),
    ("if-match", "IfMatch"),
    ("if-modified-since", "IfModifiedSince"),
    ("if-none-match", "IfNoneMatch"),
    ("if-unmodified-since", "IfUnmodifiedSince"),
    ("last-modified", "LastModified"),
    ("location", "Location"),
    ("range", "Range"),
    ("x-amz-abort-date", "AbortDate"),
    ("x-amz-access-point-alias", "AccessPointAlias"),
    ("x-amz-acl", "ACL"),
    ("x-amz-bucket-arn", "BucketArn"),
    ("x-amz-bucket-object-lock-enabled", "ObjectLockEnabledForBucket"),
    ("x-amz-bucket-region", "BucketRegion"),
    ("x-amz-bypass-governance-retention", "BypassGovernanceRetention"),
    ("x-amz-checksum-algorithm", "ChecksumAlgorithm"),
    ("x-amz-checksum-crc32", "ChecksumCRC32"),
    ("x-amz-checksum-crc32c", "ChecksumCRC32C"),
    ("x-amz-checksum-crc64nvme", "ChecksumCRC64NVME"),
    ("x-amz-checksum-mode", "ChecksumMode"),
    ("x-amz-checksum-sha1", "ChecksumSHA1"),
    ("x-amz-checksum-sha256", "ChecksumSHA256"),
    ("x-amz-checksum-type", "ChecksumType"),
    ("x-amz-copy-source", "CopySource"),
    ("x-amz-copy-source-if-match", "CopySourceIfMatch"),
    ("x-amz-copy-source-if-modified-since", "CopySourceIfModifiedSince"),
    ("x-amz-copy-source-if-none-match", "CopySourceIfNoneMatch"),
    ("x-amz-copy-source-if-unmodified-since", "CopySourceIfUnmodifiedSince"),
    ("x-amz-copy-source-range", "CopySourceRange"),
    ("x-amz-copy-source-version-id", "CopySourceVersionId"),
    ("x-amz-delete-marker", "DeleteMarker"),
    ("x-amz-expected-bucket-owner", "ExpectedBucketOwner"),
    ("x-amz-expiration", "Expiration"),
    ("x-amz-grant-full-control", "GrantFullControl"),
    ("x-amz-grant-read", "GrantRead"),
    ("x-amz-grant-read-acp", "GrantReadACP"),
    ("x-amz-grant-write", "GrantWrite"),
    ("x-amz-grant-write-acp", "GrantWriteACP"),
    ("x-amz-if-match-initiated-time", "IfMatchInitiatedTime"),
    ("x-amz-if-match-last-modified-time", "IfMatchLastModifiedTime"),
    ("x-amz-if-match-size", "IfMatchSize"),
    ("x-amz-max-parts", "MaxParts"),
    ("x-amz-metadata-directive", "MetadataDirective"),
    ("x-amz-mfa", "MFA"),
    ("x-amz-missing-meta", "MissingMeta"),
    ("x-amz-mp-object-size", "MpuObjectSize"),
    ("x-amz-mp-parts-count", "PartsCount"),
    ("x-amz-object-attributes", "ObjectAttributes"),
    ("x-amz-object-lock-legal-hold", "ObjectLockLegalHoldStatus"),
    ("x-amz-object-lock-mode", "ObjectLockMode"),
    ("x-amz-object-lock-retain-until-date", "ObjectLockRetainUntilDate"),
    ("x-amz-object-ownership", "ObjectOwnership"),
    ("x-amz-object-size", "Size"),
    ("x-amz-part-number-marker", "PartNumberMarker"),
    ("x-amz-request-payer", "RequestPayer"),
    ("x-amz-sdk-checksum-algorithm", "SdkChecksumAlgorithm"),
    ("x-amz-server-side-encryption", "ServerSideEncryption"),
    ("x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"),
    ("x-amz-server-side-encryption-bucket-key-enabled", "BucketKeyEnabled"),
    ("x-amz-server-side-encryption-context", "SSEKMSEncryptionContext"),
    ("x-amz-server-side-encryption-customer-algorithm", "SSECustomerAlgorithm"),
    ("x-amz-server-side-encryption-customer-key", "SSECustomerKey"),
    ("x-amz-server-side-encryption-customer-key-md5", "SSECustomerKeyMD5"),
    ("x-amz-source-expected-bucket-owner", "ExpectedSourceBucketOwner"),
    ("x-amz-storage-class", "StorageClass"),
    ("x-amz-tagging", "Tagging"),
    ("x-amz-tagging-count", "TagCount"),
    ("x-amz-tagging-directive", "TaggingDirective"),
    ("x-amz-transition-default-minimum-object-size", "TransitionDefaultMinimumObjectSize"),
    ("x-amz-version-id", "VersionId"),
    ("x-amz-website-redirect-location", "WebsiteRedirectLocation"),
    ("x-amz-write-offset-bytes", "WriteOffsetBytes"),
];

/// Query parameters in requests.
const PARAMETERS: &[(&str, &str)] = &[
    ("bucket-region", "BucketRegion"),
    ("continuation-token", "ContinuationToken"),
    ("delimiter", "Delimiter"),
    ("encoding-type", "EncodingType"),
    ("fetch-owner", "FetchOwner"),
    ("key-marker", "KeyMarker"),
    ("marker", "Marker"),
    ("max-buckets", "MaxBuckets"),
    ("max-keys", "MaxKeys"),
    ("max-parts", "MaxParts"),
    ("max-uploads", "MaxUploads"),
    ("part-number-marker", "PartNumberMarker"),
    ("partNumber", "PartNumber"),
    ("prefix", "Prefix"),
    ("response-cache-control", "ResponseCacheControl"),
    ("response-content-disposition", "ResponseContentDisposition"),
    ("response-content-encoding", "ResponseContentEncoding"),
    ("response-content-language", "ResponseContentLanguage"),
    ("response-content-type", "ResponseContentType"),
    ("response-expires", "ResponseExpires"),
    ("start-after", "StartAfter"),
    ("upload-id-marker", "UploadIdMarker"),
    ("uploadId", "UploadId"),
    ("version-id-marker", "VersionIdMarker"),
    ("versionId", "VersionId"),
];

/// Members that change what an operation does: one that does not have them must not do without them in silence.
const MEANINGFUL: &[&str] = &[
    "GrantFullControl",
    "GrantRead",
    "GrantReadACP",
    "GrantWrite",
    "GrantWriteACP",
    "IfMatchInitiatedTime",
    "IfMatchLastModifiedTime",
    "IfMatchSize",
    "ObjectLockEnabledForBucket",
    "ObjectLockLegalHoldStatus",
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "SSECustomerAlgorithm",
    "WriteOffsetBytes",
];

/// What an operation does not have and must not do without in silence: a header, or an element of its document.
#[must_use]
pub fn not_to_be_ignored(unknown: &[Path]) -> Option<String> {
    unknown.iter().find_map(|path| match path.segments.as_slice() {
        [Segment::Field(member)] if MEANINGFUL.contains(&member.as_str()) => {
            header_of(member).map(str::to_owned)
        }
        [_, _, ..] => Some(path.to_string()),
        _ => None,
    })
}

/// The member that a request's header is; the name in lower case.
pub(crate) fn of_header(name: &str) -> Option<&'static str> {
    let at = HEADERS.binary_search_by(|(header, _)| (*header).cmp(name)).ok()?;
    HEADERS.get(at).map(|(_, member)| *member)
}

/// The header that a member is.
pub(crate) fn header_of(member: &str) -> Option<&'static str> {
    HEADERS.iter().find(|(_, known)| *known == member).map(|(header, _)| *header)
}

/// The member that a query parameter is.
pub(crate) fn of_parameter(name: &str) -> Option<&'static str> {
    PARAMETERS.iter().find(|(parameter, _)| *parameter == name).map(|(_, member)| *member)
}

/// The query parameter that a member is.
pub(crate) fn parameter_of(member: &str) -> Option<&'static str> {
    PARAMETERS.iter().find(|(_, known)| *known == member).map(|(parameter, _)| *parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_in_order() {
        assert!(HEADERS.is_sorted());
        assert_eq!(of_header("x-amz-acl"), Some("ACL"));
        assert_eq!(of_header("x-amz-unknown"), None);
    }
}
