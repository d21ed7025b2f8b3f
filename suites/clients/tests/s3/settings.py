"""CORS and lifecycle configurations: kept, shown, taken away, and refused in S3's words."""

from rolecall import client, equal, refused

s3 = client("s3")
s3.create_bucket(Bucket="data")

rule = {"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://*.example.com"], "MaxAgeSeconds": 60}
refused("NoSuchCORSConfiguration", s3.get_bucket_cors, Bucket="data")
s3.put_bucket_cors(Bucket="data", CORSConfiguration={"CORSRules": [rule, {**rule, "ID": "second"}]})
equal(s3.get_bucket_cors(Bucket="data")["CORSRules"], [rule, {**rule, "ID": "second"}])
refused(
    "InvalidRequest", s3.put_bucket_cors, Bucket="data",
    CORSConfiguration={"CORSRules": [{**rule, "AllowedMethods": ["PATCH"]}]},
    message="Found unsupported HTTP method in CORS config. Unsupported method is PATCH",
)
refused("MalformedXML", s3.put_bucket_cors, Bucket="data", CORSConfiguration={"CORSRules": []})
s3.delete_bucket_cors(Bucket="data")
refused("NoSuchCORSConfiguration", s3.get_bucket_cors, Bucket="data")

rules = [
    {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}},
    {
        "ID": "rest", "Status": "Disabled",
        "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"}]}},
        "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 2},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    },
]
refused("NoSuchLifecycleConfiguration", s3.get_bucket_lifecycle_configuration, Bucket="data")
s3.put_bucket_lifecycle_configuration(Bucket="data", LifecycleConfiguration={"Rules": rules})
got = s3.get_bucket_lifecycle_configuration(Bucket="data")
equal(got["Rules"], rules)
equal(got["TransitionDefaultMinimumObjectSize"], "all_storage_classes_128K")
refused(
    "InvalidArgument", s3.put_bucket_lifecycle_configuration, Bucket="data",
    LifecycleConfiguration={"Rules": [rules[0], rules[0]]},
    message="Rule ID must be unique. Found same ID for more than one rule",
)
refused(
    "MalformedXML", s3.put_bucket_lifecycle_configuration, Bucket="data",
    LifecycleConfiguration={"Rules": [{**rules[0], "Status": "On"}]},
)
equal(s3.get_bucket_lifecycle_configuration(Bucket="data")["Rules"], rules)
s3.delete_bucket_lifecycle(Bucket="data")
refused("NoSuchLifecycleConfiguration", s3.get_bucket_lifecycle_configuration, Bucket="data")

# A list is set as it was read, where lists count; grants to others are refused.
s3.create_bucket(Bucket="lists", ObjectOwnership="BucketOwnerPreferred")
acl = s3.get_bucket_acl(Bucket="lists")
own = {"Owner": acl["Owner"], "Grants": acl["Grants"]}
s3.put_bucket_acl(Bucket="lists", AccessControlPolicy=own)
s3.put_bucket_acl(Bucket="lists", ACL="private")
everybody = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}
refused("NotImplemented", s3.put_bucket_acl, Bucket="lists",
        AccessControlPolicy={**own, "Grants": [{"Grantee": everybody, "Permission": "READ"}]},
        message="rolecall does not model ACLs that grant rights to others: use a bucket policy")
refused("AccessControlListNotSupported", s3.put_bucket_acl, Bucket="data", ACL="private")

logging = {"LoggingEnabled": {"TargetBucket": "lists", "TargetPrefix": "logs/"}}
s3.put_bucket_logging(Bucket="data", BucketLoggingStatus=logging)
equal(s3.get_bucket_logging(Bucket="data")["LoggingEnabled"], logging["LoggingEnabled"])
refused("InvalidTargetBucketForLogging", s3.put_bucket_logging, Bucket="data",
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "none", "TargetPrefix": ""}})
s3.put_bucket_logging(Bucket="data", BucketLoggingStatus={})
assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="data")

# What is newer than what is modelled is refused by name, and does nothing else.
s3.put_object(Bucket="lists", Key="k", Body=b"k")
refused("NotImplemented", s3.delete_object_annotation, Bucket="lists", Key="k", AnnotationName="a")
equal(s3.get_object(Bucket="lists", Key="k")["Body"].read(), b"k")
