"""Requests that no client makes: malformed, mendacious, cut off. Each gets S3's own error, and leaves nothing."""

import base64
import hashlib
import hmac
import http.client
import os
import socket
import zlib
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit

from rolecall import client, equal

ENDPOINT = urlsplit(os.environ["ROLECALL_AWS"])
s3 = client("s3")
s3.create_bucket(Bucket="data")
EMPTY = hashlib.sha256(b"").hexdigest()


def sign(method, path, query, headers, payload, secret="test", access="test"):
    """Adds a signature of version 4 and gives what chunks are signed with."""
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers.update({"host": ENDPOINT.netloc, "x-amz-date": now, "x-amz-content-sha256": payload})
    names = sorted(name.lower() for name in headers)
    lower = {name.lower(): value for name, value in headers.items()}
    canonical = "\n".join([method, path, query, *(f"{name}:{lower[name]}" for name in names), "", ";".join(names), payload])
    scope = f"{now[:8]}/us-east-1/s3/aws4_request"
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={access}/{scope},SignedHeaders={';'.join(names)},"
                                f"Signature={signature}")
    return key, now, scope, signature


def send(method, path, query="", body=b"", headers=None, payload=None, **more):
    headers = dict(headers or {})
    sign(method, path, query, headers, payload or hashlib.sha256(body).hexdigest(), **more)
    connection = http.client.HTTPConnection(ENDPOINT.netloc)
    connection.request(method, path + ("?" + query if query else ""), body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    code = text.split("<Code>")[1].split("</Code>")[0] if "<Code>" in text else ""
    return answer.status, code


def check(expected, *arguments, **more):
    found = send(*arguments, **more)
    assert found == expected, f"{arguments} {more}: {found} and not {expected}"


# Documents.
check((400, "MalformedXML"), "PUT", "/data", "versioning=", b"<Versioning")
check((400, "MalformedXML"), "PUT", "/data", "versioning=", b"<Other/>")
check((400, "MalformedXML"), "PUT", "/data", "versioning=",
      b'<!DOCTYPE a [<!ENTITY b "c">]><VersioningConfiguration><Status>&b;</Status></VersioningConfiguration>')
check((400, "MalformedXML"), "PUT", "/data", "versioning=", b"<VersioningConfiguration><Status>On</Status></VersioningConfiguration>")
check((400, "MalformedXML"), "PUT", "/data", "tagging=", b"\xff\xfe")
check((400, "MalformedXML"), "POST", "/data", "delete=", b"<a>" * 1000)
check((400, "MalformedXML"), "PUT", "/data", "versioning=", b"")
check((400, "MaxMessageLengthExceeded"), "POST", "/data", "delete=", b" " * (4 * 1024 * 1024 + 1))
check((400, "MalformedPolicy"), "PUT", "/data", "policy=", b"{")
check((400, "BadDigest"), "PUT", "/data", "versioning=", b"<VersioningConfiguration/>",
      headers={"content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="})

# Numbers, ids, ranges.
check((400, "InvalidArgument"), "GET", "/data", "list-type=2&max-keys=many")
check((400, "InvalidArgument"), "GET", "/data", "list-type=2&max-keys=-1")
check((400, "InvalidArgument"), "PUT", "/data/k", "partNumber=0&uploadId=x")
check((400, "InvalidArgument"), "PUT", "/data/k", "partNumber=10001&uploadId=x")
check((400, "InvalidArgument"), "PUT", "/data/k", "partNumber=one&uploadId=x")
check((404, "NoSuchUpload"), "PUT", "/data/k", "partNumber=1&uploadId=x", b"x")
check((400, "InvalidArgument"), "GET", "/data/k", "versionId=..%2F..")
check((404, "NoSuchKey"), "GET", "/data/none", headers={"range": "bytes=0-0"})

# Paths and methods.
check((400, "InvalidURI"), "GET", "/data/%ff")
check((400, "InvalidURI"), "GET", "/data/%zz")
check((405, "MethodNotAllowed"), "PATCH", "/data/k")
check((405, "MethodNotAllowed"), "POST", "/")
# What is asked of a part is not done to the whole.
check((200, ""), "PUT", "/data/part", body=b"part")
for method, path, query, code in [
    ("DELETE", "/data", "logging=", (405, "MethodNotAllowed")),
    ("DELETE", "/data/part", "acl=", (405, "MethodNotAllowed")),
    ("PUT", "/data", "versions=", (405, "MethodNotAllowed")),
    ("DELETE", "/data/part", "annotation=", (501, "NotImplemented")),
    ("PUT", "/data/part", "annotation=", (501, "NotImplemented")),
    ("PUT", "/data/part", "new-part=", (501, "NotImplemented")),
    ("DELETE", "/data", "new-part=", (501, "NotImplemented")),
]:
    check(code, method, path, query)
equal(s3.get_object(Bucket="data", Key="part")["Body"].read(), b"part")
# Nor is a header that would change it left out of account.
for method, path, query, name, value in [
    ("PUT", "/data", "acl=", "x-amz-grant-read", "uri=http://acs.amazonaws.com/groups/global/AllUsers"),
    ("PUT", "/granted", "", "x-amz-grant-full-control", "id=1"),
    ("DELETE", "/data/part", "", "x-amz-if-match-size", "5"),
    ("PUT", "/data/part", "", "x-amz-write-offset-bytes", "4"),
]:
    check((501, "NotImplemented"), method, path, query, headers={name: value})
equal(s3.get_object(Bucket="data", Key="part")["Body"].read(), b"part")
check((404, "NoSuchBucket"), "GET", "/none/k")
check((400, "InvalidBucketName"), "GET", "/..")
check((400, "InvalidBucketName"), "PUT", "/..%2F..")
check((501, "NotImplemented"), "PUT", "/data", "website=", b"<WebsiteConfiguration/>")
check((400, "MalformedXML"), "PUT", "/data", "lifecycle=", b"<LifecycleConfiguration/>")
for key in ["%00", "a%00b", "..%2F..%2Fx", "%01%02%F0%9F%98%80", quote("ü" * 512)]:
    check((200, ""), "PUT", f"/data/{key}", body=b"here")
    check((200, ""), "GET", f"/data/{key}")
check((400, "KeyTooLongError"), "PUT", "/data/" + quote("ü" * 512) + "x")

# Who signs, and what.
check((403, "SignatureDoesNotMatch"), "GET", "/data/k", secret="wrong")
check((403, "InvalidAccessKeyId"), "GET", "/data/k", access="AKIAIOSFODNN7EXAMPLE")
check((400, "InvalidToken"), "GET", "/data/k", headers={"x-amz-security-token": "nonsense"})
check((400, "XAmzContentSHA256Mismatch"), "PUT", "/data/hash", body=b"abc", payload=EMPTY)
check((400, "InvalidArgument"), "PUT", "/data/hash", body=b"abc", payload="nonsense")
check((404, "NoSuchKey"), "GET", "/data/hash")
check((200, ""), "PUT", "/data/unsigned", body=b"abc", payload="UNSIGNED-PAYLOAD")


# Chunks.
def chunks(kind, data=b"x" * 70_000, size=65_536, trailer=None, damage=lambda body: body, length=None, check_value=None):
    """A body in chunks, as SDKs send them, and its answer."""
    signed = kind.startswith("STREAMING-AWS4")
    headers = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": str(len(data) if length is None else length)}
    if trailer:
        headers["x-amz-trailer"] = trailer
    path = "/data/chunked"
    key, now, scope, previous = sign("PUT", path, "", headers, kind)
    body = b""
    for at in [*range(0, len(data), size), None]:
        piece = b"" if at is None else data[at:at + size]
        if signed:
            text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", now, scope, previous, EMPTY, hashlib.sha256(piece).hexdigest()])
            previous = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
            body += f"{len(piece):x};chunk-signature={previous}\r\n".encode()
        else:
            body += f"{len(piece):x}\r\n".encode()
        body += piece + (b"\r\n" if at is not None else b"")
    if trailer:
        value = check_value or base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
        line = f"{trailer}:{value}"
        body += line.encode() + b"\r\n"
        if signed:
            text = "\n".join(["AWS4-HMAC-SHA256-TRAILER", now, scope, previous, hashlib.sha256((line + "\n").encode()).hexdigest()])
            body += f"x-amz-trailer-signature:{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}\r\n".encode()
    body += b"\r\n"
    body = damage(body)
    connection = http.client.HTTPConnection(ENDPOINT.netloc)
    connection.request("PUT", path, body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    return answer.status, text.split("<Code>")[1].split("</Code>")[0] if "<Code>" in text else ""


CRC = "x-amz-checksum-crc32"
SIGNED, TRAILER, UNSIGNED = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
                             "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
for kind, trailer in [(SIGNED, None), (TRAILER, CRC), (UNSIGNED, CRC)]:
    equal(chunks(kind, trailer=trailer), (200, ""))
    equal(s3.get_object(Bucket="data", Key="chunked")["Body"].read(), b"x" * 70_000)
    s3.delete_object(Bucket="data", Key="chunked")
    for damage, code in [
        (lambda body: body.replace(b"xxxx", b"xxxy", 1), "SignatureDoesNotMatch" if kind != UNSIGNED else "BadDigest"),
        (lambda body: body[:50_000], "IncompleteBody"),
        (lambda body: body + b"more", "IncompleteBody"),
        (lambda body: b"zz" + body, "IncompleteBody"),
    ]:
        equal(chunks(kind, trailer=trailer, damage=damage), (403 if code == "SignatureDoesNotMatch" else 400, code))
    equal(chunks(kind, trailer=trailer, length=69_999), (400, "IncompleteBody"))
    equal(chunks(kind, trailer=trailer, length=70_001), (400, "IncompleteBody"))
    equal(chunks(kind, trailer=trailer, size=100), (400, "InvalidChunkSizeError"))
    check((404, "NoSuchKey"), "GET", "/data/chunked")
equal(chunks(UNSIGNED, trailer=CRC, check_value="AAAAAA=="), (400, "BadDigest"))
equal(chunks(UNSIGNED, trailer="x-amz-meta-a"), (400, "InvalidRequest"))


# Cut off: the sender goes away in the middle.
def cut_off(path, query=""):
    headers = {"content-length": "1000000"}
    sign("PUT", path, query, headers, "UNSIGNED-PAYLOAD")
    with socket.create_connection((ENDPOINT.hostname, ENDPOINT.port)) as connection:
        lines = [f"PUT {path}{'?' + query if query else ''} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + b"x" * 500_000)


cut_off("/data/cut")
upload = s3.create_multipart_upload(Bucket="data", Key="cut")["UploadId"]
cut_off("/data/cut", f"partNumber=1&uploadId={quote(upload, safe='')}")
check((404, "NoSuchKey"), "GET", "/data/cut")
assert "Parts" not in s3.list_parts(Bucket="data", Key="cut", UploadId=upload)

# More than one upload may have.
headers = {"content-length": str((5 << 30) + 1)}
sign("PUT", "/data/huge", "", headers, "UNSIGNED-PAYLOAD")
connection = http.client.HTTPConnection(ENDPOINT.netloc)
connection.putrequest("PUT", "/data/huge", skip_host=True, skip_accept_encoding=True)
for name, value in headers.items():
    connection.putheader(name, value)
connection.endheaders()
answer = connection.getresponse()
assert (answer.status, b"<Code>EntityTooLarge</Code>" in answer.read()) == (400, True)
