//! The operations of S3, noun by noun.

cloud::operations! { S3;
    write crate::bucket::create::CreateBucket;
    write crate::bucket::create::DeleteBucket;
    read crate::bucket::look::HeadBucket;
    read crate::bucket::look::GetBucketLocation;
    read crate::bucket::list::ListBuckets;

    read crate::list::objects::ListObjects;
    read crate::list::objects::ListObjectsV2;
    read crate::list::versions::ListObjectVersions;

    write crate::object::put::PutObject;
    read crate::object::get::GetObject;
    read crate::object::get::HeadObject;
    read crate::object::describe::GetObjectAttributes;
    write crate::object::copy::CopyObject;
    write crate::object::delete::DeleteObject;
    write crate::object::delete_many::DeleteObjects;

    write crate::multipart::create::CreateMultipartUpload;
    write crate::multipart::part::UploadPart;
    write crate::multipart::copy::UploadPartCopy;
    write crate::multipart::complete::CompleteMultipartUpload;
    write crate::multipart::create::AbortMultipartUpload;
    read crate::multipart::list::ListParts;
    read crate::multipart::list::ListMultipartUploads;

    read crate::versioning::GetBucketVersioning;
    write crate::versioning::PutBucketVersioning;
    read crate::policy::GetBucketPolicy;
    read crate::policy::GetBucketPolicyStatus;
    write crate::policy::PutBucketPolicy;
    write crate::policy::DeleteBucketPolicy;
    read crate::public_access::GetPublicAccessBlock;
    write crate::public_access::PutPublicAccessBlock;
    write crate::public_access::DeletePublicAccessBlock;
    read crate::ownership::GetBucketOwnershipControls;
    write crate::ownership::PutBucketOwnershipControls;
    write crate::ownership::DeleteBucketOwnershipControls;
    read crate::acl::GetBucketAcl;
    write crate::acl::PutBucketAcl;
    read crate::acl::GetObjectAcl;
    write crate::acl::PutObjectAcl;
    read crate::tagging::GetBucketTagging;
    write crate::tagging::PutBucketTagging;
    write crate::tagging::DeleteBucketTagging;
    read crate::tagging::GetObjectTagging;
    write crate::tagging::PutObjectTagging;
    write crate::tagging::DeleteObjectTagging;
    read crate::encryption::GetBucketEncryption;
    write crate::encryption::PutBucketEncryption;
    write crate::encryption::DeleteBucketEncryption;
    read crate::notification::GetBucketNotificationConfiguration;
    write crate::notification::PutBucketNotificationConfiguration;

    read crate::cors::GetBucketCors;
    write crate::cors::PutBucketCors;
    write crate::cors::DeleteBucketCors;
    read crate::absent::GetBucketWebsite;
    write crate::absent::DeleteBucketWebsite;
    read crate::lifecycle::GetBucketLifecycleConfiguration;
    write crate::lifecycle::PutBucketLifecycleConfiguration;
    write crate::lifecycle::DeleteBucketLifecycle;
    read crate::logging::GetBucketLogging;
    write crate::logging::PutBucketLogging;
    read crate::absent::GetBucketReplication;
    write crate::absent::DeleteBucketReplication;
    read crate::absent::GetObjectLockConfiguration;
    read crate::absent::GetBucketAccelerateConfiguration;
    read crate::absent::GetBucketRequestPayment;
}
