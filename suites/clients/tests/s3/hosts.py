"""Buckets that are addressed by host, `BUCKET.localhost`, as boto3 does it unless it is told otherwise."""

import os
import socket
import urllib.request
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from rolecall import equal, refused

# Not every system resolves all names below `localhost` (RFC 6761 says that it may).
resolve = socket.getaddrinfo


def local(host, *more, **named):
    name = host.decode() if isinstance(host, bytes) else host
    return resolve("127.0.0.1" if name.endswith("localhost") else host, *more, **named)


socket.getaddrinfo = local
port = urlsplit(os.environ["ROLECALL_AWS"]).port
for endpoint in (f"http://localhost:{port}", f"http://s3.localhost:{port}"):
    config = Config(s3={"addressing_style": "virtual"})
    s3 = boto3.client("s3", endpoint_url=endpoint, config=config)
    hosts = []
    s3.meta.events.register("before-send.s3", lambda request, **_: hosts.append(urlsplit(request.url).hostname))
    name = "lake-of-" + ("s3" if "s3." in endpoint else "localhost")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="a/ü b", Body=b"bytes")
    equal(s3.get_object(Bucket=name, Key="a/ü b")["Body"].read(), b"bytes")
    equal([item["Key"] for item in s3.list_objects_v2(Bucket=name)["Contents"]], ["a/ü b"])
    assert set(hosts) == {f"{name}.{urlsplit(endpoint).hostname}"}, hosts
    url = s3.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "a/ü b"})
    assert urlsplit(url).hostname.startswith(name), url
    with urllib.request.urlopen(url) as answer:
        equal(answer.read(), b"bytes")
    refused("NoSuchKey", s3.get_object, Bucket=name, Key="b")
    refused("NoSuchBucket", s3.get_object, Bucket="none", Key="b")
    s3.delete_object(Bucket=name, Key="a/ü b")
    s3.delete_bucket(Bucket=name)
