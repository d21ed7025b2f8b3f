"""boto3's transfers, which split what is large; parts by hand; and copies of parts."""

import io
import os

from boto3.s3.transfer import TransferConfig
from rolecall import client, equal, refused

MIB = 1 << 20
s3 = client("s3")
s3.create_bucket(Bucket="data")
large = os.urandom(23 * MIB + 5)
config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
s3.upload_fileobj(io.BytesIO(large), "data", "large", Config=config, ExtraArgs={"Metadata": {"a": "b"}})
got = io.BytesIO()
s3.download_fileobj("data", "large", got, Config=config)
assert got.getvalue() == large, "what came back is another"
head = s3.head_object(Bucket="data", Key="large", ChecksumMode="ENABLED")
equal((head["ETag"][-3:], head["ContentLength"], head["Metadata"]), ('-5"', len(large), {"a": "b"}))
# A range over the border of two parts, and a part by its number.
piece = s3.get_object(Bucket="data", Key="large", Range=f"bytes={5 * MIB - 3}-{5 * MIB + 2}")["Body"].read()
equal(piece, large[5 * MIB - 3:5 * MIB + 3])
part = s3.get_object(Bucket="data", Key="large", PartNumber=5)
equal((part["PartsCount"], part["Body"].read()), (5, large[20 * MIB:]))

# Copied at once, and in parts.
s3.copy_object(Bucket="data", Key="copy", CopySource="data/large")
assert s3.get_object(Bucket="data", Key="copy")["Body"].read() == large
s3.copy({"Bucket": "data", "Key": "large"}, "data", "copy in parts", Config=config)
assert s3.get_object(Bucket="data", Key="copy in parts")["Body"].read() == large

# By hand.
upload = s3.create_multipart_upload(Bucket="data", Key="hand", ChecksumAlgorithm="SHA256")["UploadId"]


def part(number, data, **more):
    answer = s3.upload_part(Bucket="data", Key="hand", UploadId=upload, PartNumber=number, Body=data,
                            ChecksumAlgorithm="SHA256", **more)
    return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": answer["ChecksumSHA256"]}


def complete(*parts, **more):
    return s3.complete_multipart_upload(Bucket="data", Key="hand", UploadId=upload,
                                        MultipartUpload={"Parts": list(parts)}, **more)


one, two, small = part(1, b"1" * 5 * MIB), part(3, b"3" * 7), part(2, b"2" * 3)
part(3, b"x")
two = part(3, b"3" * 7)
listed = s3.list_parts(Bucket="data", Key="hand", UploadId=upload)["Parts"]
equal([(item["PartNumber"], item["Size"]) for item in listed], [(1, 5 * MIB), (2, 3), (3, 7)])
equal([item["UploadId"] for item in s3.list_multipart_uploads(Bucket="data")["Uploads"]], [upload])
refused("InvalidPartOrder", complete, two, one)
refused("InvalidPart", complete, one, {**two, "ETag": '"0"'})
refused("EntityTooSmall", complete, one, small, two)
refused("404", s3.head_object, Bucket="data", Key="hand")
done = complete(one, two)
assert done["ChecksumSHA256"].endswith("-2"), done
equal(s3.get_object(Bucket="data", Key="hand")["Body"].read(), b"1" * 5 * MIB + b"3" * 7)
refused("NoSuchUpload", complete, one, two)
attributes = s3.get_object_attributes(Bucket="data", Key="hand", ObjectAttributes=["ObjectParts", "Checksum", "ObjectSize"])
equal((attributes["ObjectParts"]["TotalPartsCount"], attributes["ObjectSize"]), (2, 5 * MIB + 7))
equal([item["Size"] for item in attributes["ObjectParts"]["Parts"]], [5 * MIB, 7])
upload = s3.create_multipart_upload(Bucket="data", Key="hand")["UploadId"]
s3.abort_multipart_upload(Bucket="data", Key="hand", UploadId=upload)
refused("NoSuchUpload", s3.list_parts, Bucket="data", Key="hand", UploadId=upload)

# A copied part must be within its source.
upload = s3.create_multipart_upload(Bucket="data", Key="part of a copy")["UploadId"]
refused("InvalidArgument", s3.upload_part_copy, Bucket="data", Key="part of a copy", UploadId=upload, PartNumber=1,
        CopySource="data/hand", CopySourceRange="bytes=0-99999999")
copied = s3.upload_part_copy(Bucket="data", Key="part of a copy", UploadId=upload, PartNumber=1,
                             CopySource="data/hand", CopySourceRange=f"bytes={5 * MIB}-{5 * MIB + 6}")
s3.complete_multipart_upload(Bucket="data", Key="part of a copy", UploadId=upload, MultipartUpload={"Parts": [
    {"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}]})
equal(s3.get_object(Bucket="data", Key="part of a copy")["Body"].read(), b"3" * 7)

# Many at once.
for at in range(250):
    s3.put_object(Bucket="data", Key=f"many/{at:03}", Body=b"")
keys = [item["Key"] for page in s3.get_paginator("list_objects").paginate(Bucket="data", Prefix="many/", PaginationConfig={"PageSize": 99})
        for item in page["Contents"]]
equal(len(keys), 250)
answer = s3.delete_objects(Bucket="data", Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True})
assert "Errors" not in answer and "Deleted" not in answer, answer
equal(s3.list_objects_v2(Bucket="data", Prefix="many/")["KeyCount"], 0)
