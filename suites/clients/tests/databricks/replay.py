"""The requests of the official Terraform provider, resource by resource, in the order in which it sends them.

A file of the folder `replays` is a resource: its steps are requests, the status that must come, and of the answer the
fields that the provider reads back. After a change they are what was sent, so that there is nothing left to plan.

    {"host": "workspace", "steps": [
        {"ask": "POST /api/2.0/…", "body": {…}, "status": 200, "answer": {…}, "keep": {"id": "group_id"}}
    ]}

`status` is 200 unless it is said. Of an object the fields that are named must be there, and `null` stands for one that
must not be; each item of a list must be there, and `[]` is an empty list. `keep` gives a field of the answer a name,
which `${name}` stands for from then on. `is` says what the provider is about.
"""

import json
import os
import pathlib
import re
import sys
import urllib.error
import urllib.request

from lakehouse import DATABRICKS_ACCOUNT, let_pass, mount_script, role_with_profile, source_script, unmount_script, workspace
from rolecall import client, policy

TOKEN = "dapi-rolecall-admin"


def account_token():
    form = b"grant_type=client_credentials&scope=all-apis"
    url = f"{os.environ['ROLECALL_ACCOUNT']}/oidc/accounts/{DATABRICKS_ACCOUNT}/v1/token"
    request = urllib.request.Request(url, data=form)
    # rolecall-admin:rolecall-secret
    request.add_header("Authorization", "Basic cm9sZWNhbGwtYWRtaW46cm9sZWNhbGwtc2VjcmV0")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]


def filled(value, names):
    if isinstance(value, dict):
        return {key: filled(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, names) for inner in value]
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"\$\{(\w+)\}", value)
    if whole:
        return names[whole[1]]
    return re.sub(r"\$\{(\w+)\}", lambda found: str(names[found[1]]), value)


def ask(host, token, line, body):
    method, path = line.split(" ", 1)
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(host + path, data=data, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    scim = "application/scim+json; charset=utf-8" if "/scim/" in path else "application/json"
    request.add_header("Content-Type", scim)
    request.add_header("User-Agent", "databricks-tf-provider/1.128.0 databricks-sdk-go/0.175.0 terraform/1.9.0")
    try:
        with urllib.request.urlopen(request) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text) if text else {}


def differs(found, expected, where="answer"):
    """What is not as expected, or nothing."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return f"{where} is {found!r}"
        for key, inner in expected.items():
            if inner is None:
                if found.get(key) is not None:
                    return f"{where}.{key} is there"
            elif problem := differs(found.get(key), inner, f"{where}.{key}"):
                return problem
        return None
    if isinstance(expected, list):
        items = found or []
        if not expected and items:
            return f"{where} is {found!r}"
        for inner in expected:
            if all(differs(item, inner) for item in items):
                return f"{where} has no {inner!r}: {found!r}"
        return None
    return None if found == expected else f"{where} is {found!r} and not {expected!r}"


def setting():
    """What the resources refer to."""
    role, profile = role_with_profile("reader", ("Allow", "s3:ListBucket", "arn:aws:s3:::replayed"))
    other_role, other = role_with_profile("other")
    let_pass(role, other_role)
    s3, bucket = client("s3"), "arn:aws:s3:::replayed"
    s3.create_bucket(Bucket="replayed")
    databricks = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::414351767826:root"},
        "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketLocation"],
        "Resource": [bucket, f"{bucket}/*"],
    }
    s3.put_bucket_policy(Bucket="replayed", Policy=policy(databricks))
    w = workspace()
    (users,) = w.groups.list(filter='displayName eq "users"')
    return {
        "role": role,
        "profile": profile,
        "other": other,
        "account": DATABRICKS_ACCOUNT,
        "cross_account": "arn:aws:iam::000000000000:role/databricks-cross-account",
        "users": users.id,
        "user": w.users.create(user_name="somebody@example.com").id,
        "service_principal": w.service_principals.create(display_name="robot").id,
        "group": w.groups.create(display_name="team").id,
        "node_type": w.clusters.select_node_type(local_disk=True),
        "version": w.clusters.select_spark_version(long_term_support=True),
        "mount": mount_script("replayed", "s3a://replayed"),
        "source": source_script("replayed"),
        "unmount": unmount_script("replayed"),
    }


def replay(path, names, tokens):
    told = json.loads(path.read_text())
    host = told["host"]
    for number, step in enumerate(told["steps"], 1):
        step = filled(step, names)
        address = os.environ[f"ROLECALL_{host.upper()}"]
        status, answer = ask(address, tokens[host], step["ask"], step.get("body"))
        where = f"{path.name}, step {number}, {step['ask']}"
        assert status == step.get("status", 200), f"{where}: {status} {answer}"
        problem = differs(answer, step["answer"]) if "answer" in step else None
        assert not problem, f"{where}: {problem}"
        for field, name in step.get("keep", {}).items():
            names[name] = answer[field]
    return len(told["steps"])


files = sorted((pathlib.Path(__file__).parent / "replays").glob("*.json"))
names, tokens = setting(), {"workspace": TOKEN, "account": account_token()}
assert differs({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]}) is None
assert differs({"a": [{"b": 1}]}, {"a": []}) and differs({"a": 1}, {"a": None}) and differs({}, {"a": 1})
done = [(path.stem, replay(path, dict(names), tokens)) for path in files]
assert len(done) >= 18, done
print(f"{len(done)} resources, {sum(count for _, count in done)} requests", file=sys.stderr)
