"""Requests byte by byte, as no client sends them: no HTTP, lies about lengths, what is there twice, half of it, several at
once. Each is answered in the form of the service that it seems to be for, or as what it is."""

import hashlib
import hmac
import os
import socket
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit

from rolecall import client

ENDPOINT = urlsplit(os.environ["ROLECALL_AWS"])
FORM, JSON = "application/x-www-form-urlencoded", "application/x-amz-json-1.1"
LATER = {"connection": "close"}
HOST = f"host: {ENDPOINT.netloc}\r\n".encode()
WHO = b"Action=GetCallerIdentity&Version=2011-06-15"
client("s3").create_bucket(Bucket="odd")
client("s3").put_object(Bucket="odd", Key="k", Body=b"hello")


def now():
    return datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def signature(scope, time, canonical):
    key = b"AWS4test"
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def signed(method, path, query="", body=b"", service="s3", headers=None, payload=None, more=LATER, length=True, version="1.1"):
    """A request with a good signature; headers in `more` are not signed."""
    time, payload = now(), payload or hashlib.sha256(body).hexdigest()
    headers = {**(headers or {}), "host": ENDPOINT.netloc, "x-amz-date": time, "x-amz-content-sha256": payload}
    names = sorted(headers)
    canonical = "\n".join([method, path, query, *(f"{name}:{headers[name]}" for name in names), "", ";".join(names), payload])
    scope = f"{time[:8]}/us-east-1/{service}/aws4_request"
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential=test/{scope},SignedHeaders={';'.join(names)},"
                                f"Signature={signature(scope, time, canonical)}")
    if length:
        headers["content-length"] = str(len(body))
    return raw(method, path + ("?" + query if query else ""), {**headers, **more}, body, version)


def presigned(path, expires="60", time=None, algorithm="AWS4-HMAC-SHA256", more=""):
    time = time or now()
    scope = f"{time[:8]}/us-east-1/s3/aws4_request"
    fields = {"X-Amz-Algorithm": algorithm, "X-Amz-Credential": f"test/{scope}", "X-Amz-Date": time,
              "X-Amz-Expires": expires, "X-Amz-SignedHeaders": "host"}
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(fields.items()))
    canonical = "\n".join(["GET", path, query, f"host:{ENDPOINT.netloc}", "", "host", "UNSIGNED-PAYLOAD"])
    return f"{path}?{query}&X-Amz-Signature={signature(scope, time, canonical)}{more}"


def raw(method, target, headers, body=b"", version="1.1"):
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def form(body, service="iam", more=LATER):
    return signed("POST", "/", body=body, service=service, headers={"content-type": FORM}, more=more)


def json(body, target):
    return signed("POST", "/", body=body, service="organizations", headers={"content-type": JSON, "x-amz-target": target})


def get(target, method="GET", headers=None):
    return raw(method, target, {"host": ENDPOINT.netloc, **(headers or {}), **LATER})


def chunked(body):
    more = {"transfer-encoding": "chunked", **LATER}
    return signed("POST", "/", service="sts", headers={"content-type": FORM}, more=more, length=False) + body


def ask(data, is_whole):
    """What comes back until the server hangs up."""
    with socket.create_connection((ENDPOINT.hostname, ENDPOINT.port), timeout=5) as connection:
        try:
            connection.sendall(data)
            if not is_whole:
                # Nothing more will come.
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        answer = b""
        try:
            while piece := connection.recv(1 << 16):
                answer += piece
        except (ConnectionResetError, TimeoutError) as error:
            answer += f" ({error})".encode()
    return answer.decode(errors="replace")


S3_BAD, QUERY_BAD = "<Error><Code>BadRequest</Code>", "<ErrorResponse"
BOMB = b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Tagging><TagSet><Tag><Key>&b;</Key><Value/></Tag></TagSet></Tagging>'
TABLE = [
    # No HTTP, or bad HTTP: hyper's own answers, in a form that clients read.
    ("no HTTP", b"hello there\r\n\r\n", 400, S3_BAD),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100, 400, S3_BAD),
    ("HTTP/0.9", b"GET /\r\n\r\n", 400, S3_BAD),
    ("NUL in the path", b"GET /odd/\0k HTTP/1.1\r\n" + HOST + b"\r\n", 400, S3_BAD),
    ("NUL in a header", b"GET /odd/k HTTP/1.1\r\n" + HOST + b"x-a: a\0b\r\n\r\n", 400, S3_BAD),
    ("a header without a colon", b"GET /odd/k HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n", 400, S3_BAD),
    ("a folded header", b"GET /odd/k HTTP/1.1\r\n" + HOST + b"x-a: a\r\n b\r\n\r\n", 400, S3_BAD),
    ("a space in the path", b"GET /odd/a b HTTP/1.1\r\n" + HOST + b"\r\n", 400, S3_BAD),
    ("a form with a bad head", b"POST / HTTP/1.1\r\nnonsense\r\n\r\n", 400, QUERY_BAD),
    ("JSON with a bad head", b"POST / HTTP/1.1\r\nX-Amz-Target: a.b\r\nnonsense\r\n\r\n", 400, '{"__type":"BadRequest"'),
    # Lengths.
    ("two lengths", b"PUT /odd/x HTTP/1.1\r\n" + HOST + b"content-length: 5\r\ncontent-length: 6\r\n\r\nhello!", 400, S3_BAD),
    ("a negative length", b"PUT /odd/x HTTP/1.1\r\n" + HOST + b"content-length: -5\r\n\r\n", 400, S3_BAD),
    ("a length of 23 digits", b"PUT /odd/x HTTP/1.1\r\n" + HOST + b"content-length: " + b"9" * 23 + b"\r\n\r\n", 400, S3_BAD),
    ("an unknown encoding", b"PUT /odd/x HTTP/1.1\r\n" + HOST + b"transfer-encoding: gzip\r\n\r\n", 400, S3_BAD),
    ("no length", signed("PUT", "/odd/x", length=False), 411, "<Code>MissingContentLength<"),
    ("half a body", signed("PUT", "/odd/half", body=b"hello")[:-2], 400, "<Code>IncompleteBody<"),
    ("half a form", form(WHO, "sts")[:-2], 400, "<Code>IncompleteBody<"),
    ("a chunk that is too short", chunked(b"ff\r\n" + WHO), 400, "<Code>IncompleteBody<"),
    ("a chunk of no number", chunked(b"zz\r\n" + WHO), 400, "<Code>IncompleteBody<"),
    ("a chunk of 18 digits", chunked(b"f" * 18 + b"\r\n" + WHO), 400, "<Code>IncompleteBody<"),
    ("a chunk without an end", chunked(b"5\r\nhelloXX0\r\n\r\n"), 400, "<Code>IncompleteBody<"),
    ("a chunk's endless extension", chunked(b"5;" + b"a" * 200_000 + b"\r\nhello\r\n0\r\n\r\n"), 400, "<Code>IncompleteBody<"),
    # What is there twice.
    ("two hosts", b"GET /odd/k HTTP/1.1\r\n" + HOST + b"host: other.localhost\r\nconnection: close\r\n\r\n", 400, S3_BAD),
    ("two signatures", signed("GET", "/odd/k", more={"Authorization": "AWS4-HMAC-SHA256 x", **LATER}), 400, S3_BAD),
    ("two dates", signed("GET", "/odd/k", more={"X-Amz-Date": "20200101T000000Z", **LATER}), 403, "<Code>SignatureDoesNotMatch<"),
    ("two numbers", signed("GET", "/odd", "list-type=2&max-keys=1&max-keys=2"), 400, "<Code>InvalidArgument<"),
    # Methods and targets.
    ("TRACE", get("/odd/k", "TRACE"), 405, "<Code>MethodNotAllowed<"),
    ("CONNECT", get("example.com:443", "CONNECT"), 405, "<Code>MethodNotAllowed<"),
    ("a method of its own", get("/odd/k", "FROB"), 405, "<Code>MethodNotAllowed<"),
    ("a page's preflight", get("/odd/k", "OPTIONS", {"origin": "https://a.example"}), 403, "<Error><Code>AccessDenied<"),
    ("a page's form", raw("POST", "/", {"host": "a.example", "content-type": FORM, **LATER}), 403, QUERY_BAD),
    ("a long query", get("/odd?prefix=" + "a" * 60_000), 403, "<Code>AccessDenied<"),
    ("101 headers", get("/odd/k", headers={f"x-{n}": "y" for n in range(101)}), 400, "<Error><Code>RequestHeaderSectionTooLarge<"),
    ("a page's host of Databricks' name", raw("POST", "/", {"host": "a.example", "x-amz-target": "a.b", **LATER}), 403, '"__type":"AccessDenied"'),
    # HTTP that is right, if unusual.
    ("HTTP/1.0", signed("GET", "/odd/k", version="1.0"), 200, "hello"),
    ("100-continue", signed("PUT", "/odd/x", body=b"hello", more={"expect": "100-continue", **LATER}), 100, "HTTP/1.1 200 OK"),
    ("a body that nobody wants", signed("GET", "/odd/k", body=b"hello"), 200, "hello"),
    ("several at once", signed("GET", "/odd/k", more={}) + form(WHO, "sts", {}) + signed("GET", "/odd/none"), 200, "<Code>NoSuchKey<"),
    ("one behind a refused body", raw("PUT", "/odd/x", {"host": ENDPOINT.netloc, "content-length": 5}, b"hello")
     + signed("GET", "/odd/k"), 403, "hello"),
    ("half of a second one", signed("GET", "/odd/k", more={}) + b"GET /odd/k HT", 200, "hello"),
    # Documents.
    ("a bomb", signed("PUT", "/odd", "tagging=", BOMB), 400, "<Code>MalformedXML<"),
    ("100,000 levels", signed("PUT", "/odd", "tagging=", b"<Tagging>" + b"<a>" * 100_000), 400, "<Code>MalformedXML<"),
    ("UTF-16", signed("PUT", "/odd", "tagging=", "<Tagging/>".encode("utf-16")), 400, "<Code>MalformedXML<"),
    ("no JSON", json(b"{", "AWSOrganizationsV20161128.ListAccounts"), 400, "SerializationException"),
    ("JSON of 100,000 levels", json(b"[" * 100_000, "AWSOrganizationsV20161128.ListAccounts"), 400, "SerializationException"),
    ("a target that is none", json(b"{}", "AWSOrganizationsV20161128.Frob"), 400, "UnknownOperationException"),
    ("a form of no text", form(b"\xff\xfe\0=%zz&&&Action=GetUser"), 404, "<Code>MalformedQueryString<"),
    ("NUL in a name", form(b"Action=CreateUser&Version=2010-05-08&UserName=a%00b"), 400, "<Code>ValidationError<"),
    ("a number of 24 digits", form(b"Action=ListUsers&Version=2010-05-08&MaxItems=" + b"9" * 24), 400, "<Code>MalformedInput<"),
    ("an index of 11 digits", form(b"Action=TagUser&Version=2010-05-08&Tags.member.99999999999.Key=a"), 400, "<Code>MalformedInput<"),
    # Signatures.
    ("presigned", get(presigned("/odd/k")), 200, "hello"),
    ("presigned and signed", signed("GET", presigned("/odd/k")), 400, "<Code>InvalidArgument<"),
    ("presigned long ago", get(presigned("/odd/k", time="20200101T000000Z")), 403, "Request has expired"),
    ("presigned ahead", get(presigned("/odd/k", time="20990101T000000Z")), 403, "Request is not yet valid"),
    ("presigned for no time", get(presigned("/odd/k", expires="-1")), 400, "must be non-negative"),
    ("presigned for too long", get(presigned("/odd/k", expires="604801")), 400, "must be less than a week"),
    ("presigned for 1e3", get(presigned("/odd/k", expires="1e3")), 400, "should be a number"),
    ("presigned by SHA-1", get(presigned("/odd/k", algorithm="AWS4-HMAC-SHA1")), 400, "AuthorizationQueryParametersError"),
    ("presigned, with more", get(presigned("/odd/k", more="&x=y")), 403, "<Code>SignatureDoesNotMatch<"),
    ("a bearer", get("/odd/k", headers={"authorization": "Bearer x"}), 400, "Unsupported Authorization Type"),
    ("a signature of nonsense", get("/odd/k", headers={"authorization": "AWS4-HMAC-SHA256 ;;;==="}), 400, "AuthorizationHeaderMalformed"),
    ("a signature of no text", get("/odd/k", headers={"authorization": "\u00ff"}), 400, "<Code>InvalidArgument<"),
]
wrong = []
for name, data, status, text in TABLE:
    answer = ask(data, is_whole="half" not in name and "Incomplete" not in text)
    first = answer.split("\r\n")[0]
    if f" {status} " not in first + " " or text not in answer:
        wrong.append(f"{name}: {first}: {answer[-400:]!r} and not {status} with {text}")
# Whoever says nothing that is a request is hung up on, and the server goes on.
for data in [b"", b"GET /odd/k HTTP/1.1\r\nhost"]:
    if ask(data, is_whole=False):
        wrong.append(f"{data} was answered")
assert client("sts").get_caller_identity()["Account"] == "000000000000"
assert client("s3").get_object(Bucket="odd", Key="k")["Body"].read() == b"hello"
assert not wrong, f"{len(wrong)} of {len(TABLE)}:\n" + "\n".join(wrong)
