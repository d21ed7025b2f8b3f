"""Everything acknowledged is whole, everything visible can be read, and nothing else is on the disk."""

import hashlib
import os
import sys

from rolecall import client, equal

log, data = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
s3 = client("s3")
acknowledged = dict(line.split() for line in open(log))
assert acknowledged, "nothing was acknowledged"
visible = set()
for page in s3.get_paginator("list_objects_v2").paginate(Bucket="crash"):
    for item in page.get("Contents", []):
        visible.add(item["Key"])
        body = s3.get_object(Bucket="crash", Key=item["Key"])["Body"].read()
        equal(len(body), item["Size"])
        known = acknowledged.get(item["Key"])
        found = hashlib.sha256(body).hexdigest()
        assert known in (None, found), item["Key"]
        if "-" not in item["ETag"]:
            equal(hashlib.md5(body).hexdigest(), item["ETag"].strip('"'))
assert set(acknowledged) <= visible, set(acknowledged) - visible
if data:
    # Files that no object or upload needs went at the start.
    equal(os.listdir(f"{data}/content/incoming"), [])
for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket="crash"):
    for upload in page.get("Uploads", []):
        s3.abort_multipart_upload(Bucket="crash", Key=upload["Key"], UploadId=upload["UploadId"])
for key in visible:
    s3.delete_object(Bucket="crash", Key=key)
s3.delete_bucket(Bucket="crash")
for _ in range(200 if data else 0):
    left = [name for folder, _, names in os.walk(f"{data}/content") for name in names]
    if not left:
        break
    import time
    time.sleep(0.02)
if data:
    equal(left, [])
