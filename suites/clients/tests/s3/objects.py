"""Objects and their versions, in every way in which clients write and read them."""

import base64
import hashlib
import urllib.error
import urllib.request

import boto3
import botocore
from botocore.config import Config
from rolecall import client, equal, refused

s3 = client("s3")
s3.create_bucket(Bucket="data")


def body(answer):
    return answer["Body"].read()


# Keys are names, whatever is in them.
keys = ["plain", "a b+c&d=e", "ü/ñ/日本", "..", "../../etc/passwd", "//", "a//b", "%41", "q?x#y", "~*'()!", "x" * 1024]
for key in keys:
    s3.put_object(Bucket="data", Key=key, Body=key.encode())
    equal(body(s3.get_object(Bucket="data", Key=key)), key.encode())
listed = [item["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="data", PaginationConfig={"PageSize": 3})
          for item in page.get("Contents", [])]
equal(listed, sorted(keys, key=lambda key: key.encode()))
refused("KeyTooLongError", s3.put_object, Bucket="data", Key="x" * 1025, Body=b"")

# Buckets as parts of the host's name. Names below `localhost` are this machine.
port = s3.meta.endpoint_url.rsplit(":", 1)[1]
virtual = boto3.client("s3", endpoint_url=f"http://localhost:{port}",
                       config=Config(s3={"addressing_style": "virtual"}))
try:
    equal(body(virtual.get_object(Bucket="data", Key="a b+c&d=e")), b"a b+c&d=e")
    hosts = ["data.localhost"]
except botocore.exceptions.EndpointConnectionError:
    # A system whose resolver does not know names below `localhost`; the name still counts in a request.
    pass
request = urllib.request.Request(f"{s3.meta.endpoint_url}/plain", headers={"Host": "data.s3.us-east-1.amazonaws.com"})
try:
    urllib.request.urlopen(request)
    raise AssertionError("anonymous reading must be refused")
except urllib.error.HTTPError as error:
    equal((error.code, b"<Code>AccessDenied</Code>" in error.read()), (403, True))

# Checksums of every kind, in headers and in trailers, kept and answered.
for algorithm in ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]:
    try:
        s3.put_object(Bucket="data", Key="sum", Body=b"abc", ChecksumAlgorithm=algorithm)
    except botocore.exceptions.MissingDependencyException:
        continue
    answer = s3.head_object(Bucket="data", Key="sum", ChecksumMode="ENABLED")
    assert answer[f"Checksum{algorithm}"], answer
    equal(answer["ChecksumType"], "FULL_OBJECT")
sha256 = base64.b64encode(hashlib.sha256(b"abc").digest()).decode()
s3.put_object(Bucket="data", Key="sum", Body=b"abc", ChecksumSHA256=sha256)
equal(s3.head_object(Bucket="data", Key="sum", ChecksumMode="ENABLED")["ChecksumSHA256"], sha256)
refused("BadDigest", s3.put_object, Bucket="data", Key="sum", Body=b"abd", ChecksumSHA256=sha256)
refused("BadDigest", s3.put_object, Bucket="data", Key="sum", Body=b"abc", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
refused("InvalidDigest", s3.put_object, Bucket="data", Key="sum", Body=b"abc", ContentMD5="x")

# Ranges, conditions, and headers that the answer shall have.
s3.put_object(Bucket="data", Key="digits", Body=b"0123456789", ContentType="text/plain", Metadata={"colour": "blue"})
answer = s3.get_object(Bucket="data", Key="digits", Range="bytes=2-4")
equal((body(answer), answer["ContentRange"], answer["ResponseMetadata"]["HTTPStatusCode"]), (b"234", "bytes 2-4/10", 206))
equal(body(s3.get_object(Bucket="data", Key="digits", Range="bytes=-3")), b"789")
refused("InvalidRange", s3.get_object, Bucket="data", Key="digits", Range="bytes=10-")
etag = answer["ETag"]
refused("304", s3.get_object, Bucket="data", Key="digits", IfNoneMatch=etag)
refused("PreconditionFailed", s3.get_object, Bucket="data", Key="digits", IfMatch='"other"')
refused("304", s3.head_object, Bucket="data", Key="digits", IfModifiedSince=answer["LastModified"])
refused("404", s3.head_object, Bucket="data", Key="none")
refused("404", s3.head_bucket, Bucket="none")
answer = s3.get_object(Bucket="data", Key="digits", ResponseContentType="x/y", ResponseCacheControl="no-cache")
equal((answer["ContentType"], answer["CacheControl"], answer["Metadata"]), ("x/y", "no-cache", {"colour": "blue"}))
refused("PreconditionFailed", s3.put_object, Bucket="data", Key="digits", Body=b"", IfNoneMatch="*")
s3.put_object(Bucket="data", Key="digits", Body=b"new", IfMatch=etag)
refused("PreconditionFailed", s3.put_object, Bucket="data", Key="digits", Body=b"", IfMatch=etag)

# URLs that are signed beforehand, in both versions, for reading and writing.
for version in ["s3v4", "s3"]:
    signer = boto3.client("s3", config=Config(signature_version=version))
    url = signer.generate_presigned_url("put_object", Params={"Bucket": "data", "Key": "url"}, ExpiresIn=60)
    request = urllib.request.Request(url, data=b"by url", method="PUT", headers={"Content-Type": ""})
    equal(urllib.request.urlopen(request).status, 200)
    url = signer.generate_presigned_url("get_object", Params={"Bucket": "data", "Key": "url", "ResponseContentType": "x/z"}, ExpiresIn=60)
    answer = urllib.request.urlopen(url)
    equal((answer.read(), answer.headers["Content-Type"]), (b"by url", "x/z"))
    for changed in [url.replace("url?", "digits?"), url.replace("Signature=", "Signature=x")]:
        try:
            urllib.request.urlopen(changed)
            raise AssertionError(f"{changed} was answered")
        except urllib.error.HTTPError as error:
            assert b"SignatureDoesNotMatch" in error.read(), version
    url = signer.generate_presigned_url("get_object", Params={"Bucket": "data", "Key": "url"}, ExpiresIn=-5)
    try:
        urllib.request.urlopen(url)
        raise AssertionError("an expired URL was answered")
    except urllib.error.HTTPError as error:
        assert error.code in (400, 403), error.code

# Versions.
s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
ids = [s3.put_object(Bucket="data", Key="v", Body=text)["VersionId"] for text in (b"1", b"2")]
marker = s3.delete_object(Bucket="data", Key="v")
assert marker["DeleteMarker"]
error = refused("NoSuchKey", s3.get_object, Bucket="data", Key="v")
equal(error["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"], "true")
equal(body(s3.get_object(Bucket="data", Key="v", VersionId=ids[0])), b"1")
refused("MethodNotAllowed", s3.get_object, Bucket="data", Key="v", VersionId=marker["VersionId"])
refused("NoSuchVersion", s3.get_object, Bucket="data", Key="v", VersionId="x" * 32)
pages = s3.get_paginator("list_object_versions").paginate(Bucket="data", Prefix="v", PaginationConfig={"PageSize": 1})
found = [(item["VersionId"], item["IsLatest"]) for page in pages for item in page.get("Versions", []) + page.get("DeleteMarkers", [])]
equal(found, [(marker["VersionId"], True), (ids[1], False), (ids[0], False)])
s3.delete_object(Bucket="data", Key="v", VersionId=marker["VersionId"])
equal(body(s3.get_object(Bucket="data", Key="v")), b"2")
copied = s3.copy_object(Bucket="data", Key="w", CopySource={"Bucket": "data", "Key": "v", "VersionId": ids[0]})
equal(copied["CopySourceVersionId"], ids[0])
equal(body(s3.get_object(Bucket="data", Key="w")), b"1")

# Regions: a bucket is asked in its own.
far = boto3.client("s3", region_name="eu-west-1")
refused("IllegalLocationConstraintException", far.create_bucket, Bucket="far")
far.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
equal(s3.get_bucket_location(Bucket="far")["LocationConstraint"], "eu-west-1")
equal(far.head_bucket(Bucket="far")["BucketRegion"], "eu-west-1")
# Clients that are told the right region ask again there.
s3.put_object(Bucket="far", Key="k", Body=b"k")
equal(body(far.get_object(Bucket="far", Key="k")), b"k")

# What is not modelled is refused by its name.
error = refused("NotImplemented", s3.put_bucket_website, Bucket="data", WebsiteConfiguration={
    "IndexDocument": {"Suffix": "index.html"}})
assert "s3:PutBucketWebsite" in error["Error"]["Message"], error
refused("NotImplemented", s3.put_object, Bucket="data", Key="k", StorageClass="GLACIER")
