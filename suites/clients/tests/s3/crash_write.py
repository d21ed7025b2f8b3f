"""Writes objects, copies them and completes uploads until the server is gone. Each is noted when it is acknowledged."""

import hashlib
import os
import sys
import threading

import boto3
from botocore.config import Config

log, round_ = sys.argv[1], sys.argv[2]
s3 = boto3.client("s3", config=Config(retries={"max_attempts": 0}, read_timeout=5, connect_timeout=2))
MIB = 1 << 20
lock = threading.Lock()


def acknowledged(key, data):
    with lock, open(log, "a") as file:
        file.write(f"{key} {hashlib.sha256(data).hexdigest()}\n")


def write(worker):
    for at in range(10_000):
        key = f"{round_}/{worker}/{at}"
        # In the row, in a file at once, and in a file as it comes.
        data = os.urandom([1_000, 100_000, 3 * MIB][at % 3])
        s3.put_object(Bucket="crash", Key=key, Body=data)
        acknowledged(key, data)
        s3.copy_object(Bucket="crash", Key=key + "/copy", CopySource=f"crash/{key}")
        acknowledged(key + "/copy", data)
        # The same key again and again: one or the other, and nothing between.
        s3.put_object(Bucket="crash", Key=f"same/{worker}", Body=data)
        parts = [os.urandom(5 * MIB), os.urandom(10)]
        key += "/parts"
        upload = s3.create_multipart_upload(Bucket="crash", Key=key)["UploadId"]
        tags = [s3.upload_part(Bucket="crash", Key=key, UploadId=upload, PartNumber=number, Body=part)["ETag"]
                for number, part in enumerate(parts, 1)]
        s3.complete_multipart_upload(Bucket="crash", Key=key, UploadId=upload, MultipartUpload={"Parts": [
            {"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]})
        acknowledged(key, b"".join(parts))


def until_the_cut(worker):
    try:
        write(worker)
    except Exception:
        pass


s3.create_bucket(Bucket="crash")
workers = [threading.Thread(target=until_the_cut, args=(worker,)) for worker in range(3)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
