//! The operations of S3: what a request for each looks like, and what its answer does.
//!
//! Source: the public API model (botocore 1.44). Every operation is here, so that one which a server does not
//! have can be refused by its name.

use Answer::{Bytes, Empty, Leaf, Members, Payload, Text};
use Body::{None as NoBody, Stream, Text as TextBody, Xml};
use Level::{Bucket, Object, Root};

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing: `/`.
    Root,
    /// A bucket.
    Bucket,
    /// An object.
    Object,
}

/// What an operation's request body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing that is looked at.
    None,
    /// A document: the member that it becomes.
    Xml(&'static str),
    /// Text: the member that it becomes.
    Text(&'static str),
    /// Bytes of any number, which are no member.
    Stream,
}

/// How an operation's output is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// All members are headers.
    Empty,
    /// The members are elements in a root element, but for those that are headers.
    Members(&'static str, &'static [&'static str]),
    /// One member is a root element of this name, all others are headers.
    Payload(&'static str, &'static str),
    /// One member is the text of a root element of the same name.
    Leaf(&'static str),
    /// One member is the whole body.
    Text(&'static str),
    /// All members are headers; bytes follow that are no member.
    Bytes,
}

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Its name.
    pub operation: &'static str,
    /// Its method.
    pub method: &'static str,
    /// What its path names.
    pub level: Level,
    /// The query parameter that tells it from others, such as `policy`; or none.
    pub marker: &'static str,
    /// The header that tells it from others; or none.
    pub header: &'static str,
    /// Its request's body.
    pub body: Body,
    /// Its answer.
    pub answer: Answer,
    /// The status of its answer.
    pub status: u16,
}

const fn shape(
    operation: &'static str,
    method: &'static str,
    level: Level,
    marker: &'static str,
    body: Body,
    answer: Answer,
) -> Shape {
    Shape { operation, method, level, marker, header: "", body, answer, status: 200 }
}

const fn get(operation: &'static str, level: Level, marker: &'static str, answer: Answer) -> Shape {
    shape(operation, "GET", level, marker, NoBody, answer)
}

const fn put(operation: &'static str, level: Level, marker: &'static str, body: Body) -> Shape {
    shape(operation, "PUT", level, marker, body, Empty)
}

const fn delete(operation: &'static str, level: Level, marker: &'static str) -> Shape {
    with_status(204, shape(operation, "DELETE", level, marker, NoBody, Empty))
}

const fn with_status(status: u16, shape: Shape) -> Shape {
    Shape { status, ..shape }
}

const fn with_header(header: &'static str, shape: Shape) -> Shape {
    Shape { header, ..shape }
}

const LIFECYCLE: &[&str] = &["TransitionDefaultMinimumObjectSize"];
const COPY: &str = "x-amz-copy-source";
/// What tells the encryption of an object, which is never in a body.
const SSE: &[&str] =
    &["VersionId", "ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "Expiration"];
const SSE_AND_CHECKSUM: &[&str] = &[
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "BucketKeyEnabled",
    "ChecksumAlgorithm",
    "ChecksumType",
    "AbortDate",
];

/// Every operation; the first that fits a request is meant.
pub static SHAPES: &[Shape] = &[
    // The service.
    get("ListBuckets", Root, "", Members("ListAllMyBucketsResult", &[])),
    // Buckets.
    get(
        "GetBucketAccelerateConfiguration",
        Bucket,
        "accelerate",
        Members("AccelerateConfiguration", &[]),
    ),
    get("GetBucketAcl", Bucket, "acl", Members("AccessControlPolicy", &[])),
    get("GetBucketAbac", Bucket, "abac", Empty),
    get("GetBucketAnalyticsConfiguration", Bucket, "analytics", Empty),
    get("GetBucketCors", Bucket, "cors", Members("CORSConfiguration", &[])),
    get(
        "GetBucketEncryption",
        Bucket,
        "encryption",
        Payload("ServerSideEncryptionConfiguration", "ServerSideEncryptionConfiguration"),
    ),
    get("GetBucketIntelligentTieringConfiguration", Bucket, "intelligent-tiering", Empty),
    get("GetBucketInventoryConfiguration", Bucket, "inventory", Empty),
    get(
        "GetBucketLifecycleConfiguration",
        Bucket,
        "lifecycle",
        Members("LifecycleConfiguration", LIFECYCLE),
    ),
    get("GetBucketLocation", Bucket, "location", Leaf("LocationConstraint")),
    get("GetBucketLogging", Bucket, "logging", Members("BucketLoggingStatus", &[])),
    get("GetBucketMetadataConfiguration", Bucket, "metadataConfiguration", Empty),
    get("GetBucketMetadataTableConfiguration", Bucket, "metadataTable", Empty),
    get("GetBucketMetricsConfiguration", Bucket, "metrics", Empty),
    get(
        "GetBucketNotificationConfiguration",
        Bucket,
        "notification",
        Members("NotificationConfiguration", &[]),
    ),
    get(
        "GetObjectLockConfiguration",
        Bucket,
        "object-lock",
        Payload("ObjectLockConfiguration", "ObjectLockConfiguration"),
    ),
    get(
        "GetBucketOwnershipControls",
        Bucket,
        "ownershipControls",
        Payload("OwnershipControls", "OwnershipControls"),
    ),
    get("GetBucketPolicy", Bucket, "policy", Text("Policy")),
    get("GetBucketPolicyStatus", Bucket, "policyStatus", Payload("PolicyStatus", "PolicyStatus")),
    get(
        "GetPublicAccessBlock",
        Bucket,
        "publicAccessBlock",
        Payload("PublicAccessBlockConfiguration", "PublicAccessBlockConfiguration"),
    ),
    get("GetBucketReplication", Bucket, "replication", Empty),
    get(
        "GetBucketRequestPayment",
        Bucket,
        "requestPayment",
        Members("RequestPaymentConfiguration", &[]),
    ),
    get("CreateSession", Bucket, "session", Empty),
    get("GetBucketTagging", Bucket, "tagging", Members("Tagging", &[])),
    get("ListMultipartUploads", Bucket, "uploads", Members("ListMultipartUploadsResult", &[])),
    get("GetBucketVersioning", Bucket, "versioning", Members("VersioningConfiguration", &[])),
    get("ListObjectVersions", Bucket, "versions", Members("ListVersionsResult", &[])),
    get("GetBucketWebsite", Bucket, "website", Members("WebsiteConfiguration", &[])),
    get("ListObjectsV2", Bucket, "list-type", Members("ListBucketResult", &[])),
    get("ListObjects", Bucket, "", Members("ListBucketResult", &[])),
    shape("HeadBucket", "HEAD", Bucket, "", NoBody, Empty),
    put("PutBucketAccelerateConfiguration", Bucket, "accelerate", Xml("AccelerateConfiguration")),
    put("PutBucketAbac", Bucket, "abac", NoBody),
    put("PutBucketAcl", Bucket, "acl", Xml("AccessControlPolicy")),
    put("PutBucketAnalyticsConfiguration", Bucket, "analytics", NoBody),
    put("PutBucketCors", Bucket, "cors", Xml("CORSConfiguration")),
    put("PutBucketEncryption", Bucket, "encryption", Xml("ServerSideEncryptionConfiguration")),
    put("PutBucketIntelligentTieringConfiguration", Bucket, "intelligent-tiering", NoBody),
    put("PutBucketInventoryConfiguration", Bucket, "inventory", NoBody),
    put("PutBucketLifecycleConfiguration", Bucket, "lifecycle", Xml("LifecycleConfiguration")),
    put("PutBucketLogging", Bucket, "logging", Xml("BucketLoggingStatus")),
    put("PutBucketMetricsConfiguration", Bucket, "metrics", NoBody),
    put(
        "UpdateBucketMetadataInventoryTableConfiguration",
        Bucket,
        "metadataInventoryTable",
        NoBody,
    ),
    put(
        "UpdateBucketMetadataAnnotationTableConfiguration",
        Bucket,
        "metadataAnnotationTable",
        NoBody,
    ),
    put("UpdateBucketMetadataJournalTableConfiguration", Bucket, "metadataJournalTable", NoBody),
    put(
        "PutBucketNotificationConfiguration",
        Bucket,
        "notification",
        Xml("NotificationConfiguration"),
    ),
    put("PutObjectLockConfiguration", Bucket, "object-lock", NoBody),
    put("PutBucketOwnershipControls", Bucket, "ownershipControls", Xml("OwnershipControls")),
    with_status(204, put("PutBucketPolicy", Bucket, "policy", TextBody("Policy"))),
    put("PutPublicAccessBlock", Bucket, "publicAccessBlock", Xml("PublicAccessBlockConfiguration")),
    put("PutBucketReplication", Bucket, "replication", NoBody),
    put("PutBucketRequestPayment", Bucket, "requestPayment", Xml("RequestPaymentConfiguration")),
    with_status(204, put("PutBucketTagging", Bucket, "tagging", Xml("Tagging"))),
    put("PutBucketVersioning", Bucket, "versioning", Xml("VersioningConfiguration")),
    put("PutBucketWebsite", Bucket, "website", NoBody),
    put("CreateBucket", Bucket, "", Xml("CreateBucketConfiguration")),
    shape("DeleteObjects", "POST", Bucket, "delete", Xml("Delete"), Members("DeleteResult", &[])),
    shape(
        "CreateBucketMetadataConfiguration",
        "POST",
        Bucket,
        "metadataConfiguration",
        NoBody,
        Empty,
    ),
    shape("CreateBucketMetadataTableConfiguration", "POST", Bucket, "metadataTable", NoBody, Empty),
    shape("PostObject", "POST", Bucket, "", NoBody, Empty),
    delete("DeleteBucketAnalyticsConfiguration", Bucket, "analytics"),
    delete("DeleteBucketCors", Bucket, "cors"),
    delete("DeleteBucketEncryption", Bucket, "encryption"),
    delete("DeleteBucketIntelligentTieringConfiguration", Bucket, "intelligent-tiering"),
    delete("DeleteBucketInventoryConfiguration", Bucket, "inventory"),
    delete("DeleteBucketLifecycle", Bucket, "lifecycle"),
    delete("DeleteBucketMetadataConfiguration", Bucket, "metadataConfiguration"),
    delete("DeleteBucketMetadataTableConfiguration", Bucket, "metadataTable"),
    delete("DeleteBucketMetricsConfiguration", Bucket, "metrics"),
    delete("DeleteBucketOwnershipControls", Bucket, "ownershipControls"),
    delete("DeleteBucketPolicy", Bucket, "policy"),
    delete("DeletePublicAccessBlock", Bucket, "publicAccessBlock"),
    delete("DeleteBucketReplication", Bucket, "replication"),
    delete("DeleteBucketTagging", Bucket, "tagging"),
    delete("DeleteBucketWebsite", Bucket, "website"),
    delete("DeleteBucket", Bucket, ""),
    shape("OptionsBucket", "OPTIONS", Bucket, "", NoBody, Empty),
    // Objects.
    get("GetObjectAcl", Object, "acl", Members("AccessControlPolicy", &[])),
    get(
        "GetObjectAttributes",
        Object,
        "attributes",
        Members("GetObjectAttributesResponse", &["VersionId", "LastModified", "DeleteMarker"]),
    ),
    get("GetObjectAnnotation", Object, "annotation", Empty),
    get("GetObjectLegalHold", Object, "legal-hold", Empty),
    get("GetObjectRetention", Object, "retention", Empty),
    get("GetObjectTagging", Object, "tagging", Members("Tagging", &["VersionId"])),
    get("GetObjectTorrent", Object, "torrent", Empty),
    get("ListParts", Object, "uploadId", Members("ListPartsResult", &["AbortDate"])),
    get("GetObject", Object, "", Bytes),
    shape("HeadObject", "HEAD", Object, "", NoBody, Empty),
    put("PutObjectAcl", Object, "acl", Xml("AccessControlPolicy")),
    put("PutObjectAnnotation", Object, "annotation", NoBody),
    put("UpdateObjectEncryption", Object, "encryption", NoBody),
    put("PutObjectLegalHold", Object, "legal-hold", NoBody),
    put("RenameObject", Object, "renameObject", NoBody),
    put("PutObjectRetention", Object, "retention", NoBody),
    put("PutObjectTagging", Object, "tagging", Xml("Tagging")),
    with_header(
        COPY,
        shape(
            "UploadPartCopy",
            "PUT",
            Object,
            "uploadId",
            NoBody,
            Payload("CopyPartResult", "CopyPartResult"),
        ),
    ),
    put("UploadPart", Object, "uploadId", Stream),
    with_header(
        COPY,
        shape(
            "CopyObject",
            "PUT",
            Object,
            "",
            NoBody,
            Payload("CopyObjectResult", "CopyObjectResult"),
        ),
    ),
    put("PutObject", Object, "", Stream),
    shape("RestoreObject", "POST", Object, "restore", NoBody, Empty),
    shape("SelectObjectContent", "POST", Object, "select", NoBody, Empty),
    shape(
        "CreateMultipartUpload",
        "POST",
        Object,
        "uploads",
        NoBody,
        Members("InitiateMultipartUploadResult", SSE_AND_CHECKSUM),
    ),
    shape(
        "CompleteMultipartUpload",
        "POST",
        Object,
        "uploadId",
        Xml("MultipartUpload"),
        Members("CompleteMultipartUploadResult", SSE),
    ),
    delete("DeleteObjectAnnotation", Object, "annotation"),
    delete("DeleteObjectTagging", Object, "tagging"),
    delete("AbortMultipartUpload", Object, "uploadId"),
    delete("DeleteObject", Object, ""),
    shape("OptionsObject", "OPTIONS", Object, "", NoBody, Empty),
];

/// The operation of this name.
#[must_use]
pub fn named(operation: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.operation == operation)
}
