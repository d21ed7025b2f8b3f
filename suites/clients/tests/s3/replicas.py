"""Two servers of one database: what one acknowledged, the other has and enforces with its next request."""

import os
import sys

from rolecall import client, equal, policy, refused, user

MIB = 1 << 20
endpoints = sys.argv[1:3]
one, other = (client("s3", endpoint_url=endpoint) for endpoint in endpoints)
one.create_bucket(Bucket="data")

# In the row, in one piece, in several.
for number, size in enumerate([0, 1_000, 100_000, 3 * MIB]):
    writer, reader = (one, other) if number % 2 else (other, one)
    data = os.urandom(size)
    writer.put_object(Bucket="data", Key="k", Body=data)
    equal(reader.get_object(Bucket="data", Key="k")["Body"].read(), data)
    equal(reader.head_object(Bucket="data", Key="k")["ContentLength"], size)
    if size > 1_000:
        part = reader.get_object(Bucket="data", Key="k", Range="bytes=500-999")
        equal(part["Body"].read(), data[500:1000])
    equal([item["Size"] for item in reader.list_objects_v2(Bucket="data")["Contents"]], [size])
    reader.copy_object(Bucket="data", Key="copy", CopySource="data/k")
    equal(writer.get_object(Bucket="data", Key="copy")["Body"].read(), data)
    reader.delete_object(Bucket="data", Key="copy")
    refused("NoSuchKey", writer.get_object, Bucket="data", Key="copy")

# An upload that wanders.
upload = one.create_multipart_upload(Bucket="data", Key="parts")["UploadId"]
parts = [os.urandom(5 * MIB), os.urandom(5 * MIB), os.urandom(10)]
tags = [
    through.upload_part(Bucket="data", Key="parts", UploadId=upload, PartNumber=number, Body=part)["ETag"]
    for number, (through, part) in enumerate(zip([one, other, one], parts), 1)
]
equal(len(other.list_parts(Bucket="data", Key="parts", UploadId=upload)["Parts"]), 3)
other.complete_multipart_upload(Bucket="data", Key="parts", UploadId=upload, MultipartUpload={"Parts": [
    {"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]})
equal(one.get_object(Bucket="data", Key="parts")["Body"].read(), b"".join(parts))
refused("NoSuchUpload", one.list_parts, Bucket="data", Key="parts", UploadId=upload)

# A bucket's policy, and what else decides who may read.
key = user("anna")
annas = [client("s3", key=key, endpoint_url=endpoint) for endpoint in endpoints]
allow = policy({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:user/anna"},
                "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"})
for number in range(20):
    writer, anna = (one, annas[1]) if number % 2 else (other, annas[0])
    refused("AccessDenied", anna.get_object, Bucket="data", Key="k")
    writer.put_bucket_policy(Bucket="data", Policy=allow)
    anna.get_object(Bucket="data", Key="k")["Body"].read()
    writer.delete_bucket_policy(Bucket="data")
refused("AccessDenied", annas[1].get_object, Bucket="data", Key="k")

# A bucket that is gone through one is gone.
for item in ["k", "parts"]:
    one.delete_object(Bucket="data", Key=item)
other.delete_bucket(Bucket="data")
refused("NoSuchBucket", one.list_objects_v2, Bucket="data")
