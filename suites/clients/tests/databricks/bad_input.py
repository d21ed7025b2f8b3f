"""Input that is wrong, on every endpoint of commands, mounts and private access: Databricks' own shape of error, a code
that clients know, and nothing changed."""

import json
import os
import urllib.error
import urllib.request

from databricks.sdk.service import compute, iam

from lakehouse import DATABRICKS_ACCOUNT, account, cluster, let_pass, role_with_profile, text, workspace
from rolecall import client, equal

w, a = workspace(), account()
role, profile = role_with_profile("reader", ("Allow", ["s3:ListBucket", "s3:PutObject"], "*"))
let_pass(role)
w.instance_profiles.add(profile)
client("s3").create_bucket(Bucket="lake")
runs = cluster(w, profile)
ended = cluster(w)
w.clusters.delete_and_wait(ended)
robot = w.service_principals.create(display_name="robot")
robots = w.token_management.create_obo_token(application_id=robot.application_id, lifetime_seconds=3600).token_value

CONTEXTS, COMMANDS = "/api/1.2/contexts", "/api/1.2/commands"
SETTINGS = f"/api/2.0/accounts/{DATABRICKS_ACCOUNT}/private-access-settings"
ENDPOINTS = f"/api/2.0/accounts/{DATABRICKS_ACCOUNT}/vpc-endpoints"
HOST, ACCOUNT = os.environ["ROLECALL_WORKSPACE"], os.environ["ROLECALL_ACCOUNT"]
context = w.command_execution.create_and_wait(cluster_id=runs, language=compute.Language.PYTHON).id


def ask(method, path, body=None, token="dapi-rolecall-admin"):
    host = ACCOUNT if "/accounts/" in path else HOST
    if host == ACCOUNT and token == "dapi-rolecall-admin":
        token = a.config.authenticate()["Authorization"].removeprefix("Bearer ")
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(host + path, data=data, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def state():
    status, shown = ask("GET", f"{CONTEXTS}/status?clusterId={runs}&contextId={context}")
    equal((status, shown["status"]), (200, "Running"))
    return (
        [one.as_dict() for one in a.private_access.list()],
        [one.as_dict() for one in a.vpc_endpoints.list()],
        w.clusters.get(ended).state,
        text(w, runs, 'dbutils.fs.ls("s3a://lake")'),
    )


where = {"clusterId": runs, "contextId": context}
python = {"language": "python", **where}
settings = {"private_access_settings_name": "settings", "region": "us-east-1"}
endpoint = {"vpc_endpoint_name": "endpoint", "region": "us-east-1", "aws_vpc_endpoint_id": "vpce-0123456789abcdef0"}
deep = b'{"clusterId":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
CASES = [
    # (method, path, body, status, words of the error)
    ("POST", CONTEXTS + "/create", b"{", 400, "MALFORMED_REQUEST"),
    ("POST", CONTEXTS + "/create", b"[]", 400, "MALFORMED_REQUEST"),
    ("POST", CONTEXTS + "/create", b"\xff\xfe", 400, "MALFORMED_REQUEST"),
    ("POST", CONTEXTS + "/create", deep, 400, "MALFORMED_REQUEST"),
    ("POST", CONTEXTS + "/create", {}, 400, "Missing required field"),
    ("POST", CONTEXTS + "/create", {"clusterId": runs}, 400, "Missing required field: language"),
    ("POST", CONTEXTS + "/create", {"language": "python"}, 400, "Missing required field: clusterId"),
    ("POST", CONTEXTS + "/create", {"language": "cobol", "clusterId": runs}, 400, "Unsupported language: cobol"),
    ("POST", CONTEXTS + "/create", {"language": "python", "clusterId": "none"}, 400, "Cluster none does not exist"),
    ("POST", CONTEXTS + "/create", {"language": "python", "clusterId": "../x"}, 400, "does not exist"),
    ("POST", CONTEXTS + "/create", {"language": "python", "clusterId": ended}, 400, "INVALID_STATE"),
    ("POST", CONTEXTS + "/create", {"language": "python", "clusterId": {}}, 400, "MALFORMED_REQUEST"),
    ("GET", CONTEXTS + "/status", None, 400, "Missing required field"),
    ("GET", f"{CONTEXTS}/status?clusterId={runs}&contextId=1", None, 404, "ContextNotFound: 1"),
    ("GET", f"{CONTEXTS}/status?clusterId={runs}&contextId=", None, 404, "ContextNotFound"),
    ("POST", CONTEXTS + "/destroy", {"clusterId": runs, "contextId": "1"}, 404, "ContextNotFound: 1"),
    ("POST", COMMANDS + "/execute", {**where, "language": "python"}, 400, "Missing required field: command"),
    ("POST", COMMANDS + "/execute", {**python, "contextId": "1", "command": "1"}, 404, "ContextNotFound: 1"),
    ("POST", COMMANDS + "/execute", {**python, "clusterId": ended, "command": "1"}, 400, "INVALID_STATE"),
    ("POST", COMMANDS + "/execute", {**python, "command": ["1"]}, 400, "MALFORMED_REQUEST"),
    ("GET", f"{COMMANDS}/status?clusterId={runs}&contextId={context}&commandId=1", None, 404, "CommandNotFound: 1"),
    ("POST", COMMANDS + "/cancel", {**where, "commandId": "1"}, 404, "CommandNotFound: 1"),
    ("POST", "/api/1.2/libraries/upload", {}, 501, "/api/1.2/libraries/upload"),
    ("POST", SETTINGS, b"{", 400, "MALFORMED_REQUEST"),
    ("POST", SETTINGS, {}, 400, "private_access_settings_name"),
    ("POST", SETTINGS, {**settings, "private_access_level": "ALL"}, 400, "MALFORMED_REQUEST"),
    ("POST", SETTINGS, {**settings, "public_access_enabled": "perhaps"}, 400, "MALFORMED_REQUEST"),
    ("POST", SETTINGS, {**settings, "allowed_vpc_endpoint_ids": {"a": 1}}, 400, "MALFORMED_REQUEST"),
    ("PUT", SETTINGS + "/none", settings, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("PUT", SETTINGS + "/none", {}, 400, "private_access_settings_name"),
    ("GET", SETTINGS + "/none", None, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("DELETE", SETTINGS + "/%2e%2e", None, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("PATCH", SETTINGS + "/none", settings, 501, "private-access-settings/none"),
    ("POST", ENDPOINTS, b"nonsense", 400, "MALFORMED_REQUEST"),
    ("POST", ENDPOINTS, {**endpoint, "aws_vpc_endpoint_id": "vpce-*"}, 400, "Invalid VPC endpoint ID: vpce-*"),
    ("POST", ENDPOINTS, {**endpoint, "aws_vpc_endpoint_id": "vpce-"}, 400, "Invalid VPC endpoint ID: vpce-"),
    ("POST", ENDPOINTS, endpoint, 400, "does not exist in region us-east-1"),
    ("DELETE", ENDPOINTS + "/none", None, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("PUT", ENDPOINTS + "/none", endpoint, 501, "vpc-endpoints/none"),
]
before = state()
for method, path, body, status, words in CASES:
    found, answer = ask(method, path, body)
    shown = f"{method} {path} {str(body)[:80]}: {found} {str(answer)[:300]}"
    assert found == status, shown
    assert words in json.dumps(answer), shown
    shape = {"error"} if path.startswith("/api/1.2/") and found != 413 else {"error_code", "message"}
    assert shape <= set(answer), shown
equal(state(), before)

# Who may not attach to a cluster runs nothing on it; whose token is wrong or gone, neither.
for token, status in [(robots, 403), ("dapi-none", 403)]:
    for path, body in [
        (CONTEXTS + "/create", {"language": "python", "clusterId": runs}),
        (COMMANDS + "/execute", {**python, "command": 'dbutils.fs.put("s3a://lake/x", "x", True)'}),
        (CONTEXTS + "/destroy", where),
    ]:
        found, answer = ask("POST", path, body, token)
        assert found == status, (path, found, answer)
attach = iam.AccessControlRequest(
    service_principal_name=robot.application_id, permission_level=iam.PermissionLevel.CAN_ATTACH_TO
)
w.permissions.update("clusters", runs, access_control_list=[attach])
equal(ask("POST", CONTEXTS + "/create", {"language": "python", "clusterId": runs}, robots)[0], 200)
for method, path in [("GET", SETTINGS), ("POST", ENDPOINTS)]:
    found, answer = ask(method, path, None if method == "GET" else endpoint, "dapi-none")
    equal(found, 403)
equal(state(), before)
