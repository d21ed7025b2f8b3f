"""What the official Terraform provider asks for metastores, credentials and locations, in its order: create, read,
nothing to change, update, import, delete."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request

import boto3

from rolecall import equal, policy

ACCOUNT = "11111111-2222-4333-8444-555555555555"
WORKSPACE = 1234567890123456
UC = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL"
ROLE = "arn:aws:iam::000000000000:role/uc"
API = "/api/2.1/unity-catalog"


def token():
    """The account admin's, as the provider gets it."""
    base = f"{os.environ['ROLECALL_ACCOUNT']}/oidc/accounts/{ACCOUNT}/v1/token"
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "all-apis"}).encode()
    request = urllib.request.Request(base, data=form)
    request.add_header("Authorization", "Basic cm9sZWNhbGwtYWRtaW46cm9sZWNhbGwtc2VjcmV0")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]


HOSTS = {
    "account": (os.environ["ROLECALL_ACCOUNT"], token()),
    "workspace": (os.environ["ROLECALL_WORKSPACE"], "dapi-rolecall-admin"),
}


def ask(host, method, path, body=None):
    """Status and answer."""
    base, bearer = HOSTS[host]
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, method=method)
    request.add_header("Authorization", f"Bearer {bearer}")
    request.add_header("Content-Type", "application/json")
    request.add_header("X-Databricks-Workspace-Id", str(WORKSPACE))
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def must(*arguments):
    status, answer = ask(*arguments)
    equal((status, answer if status != 200 else None), (200, None))
    return answer


def same(state, configuration):
    """Nothing to change: what was configured reads back."""
    equal({name: state.get(name) for name in configuration}, configuration)


# databricks_metastore and databricks_metastore_assignment, on the account's host.
OF_ACCOUNT = f"/api/2.0/accounts/{ACCOUNT}/metastores"
first = must("workspace", "GET", f"{API}/metastore_summary")["metastore_id"]
must("account", "DELETE", f"{OF_ACCOUNT}/{first}?force=true")
configured = {"name": "primary", "region": "us-east-1", "storage_root": "s3://primary-root/metastore"}
made = must("account", "POST", OF_ACCOUNT, {"metastore_info": configured})["metastore_info"]
metastore = made["metastore_id"]
one = f"{OF_ACCOUNT}/{metastore}"
change = {"owner": "admin@example.com", "delta_sharing_scope": "INTERNAL_AND_EXTERNAL",
          "delta_sharing_recipient_token_lifetime_in_seconds": 0}
must("account", "PUT", one, {"metastore_info": {"id": metastore, **change}})
read = must("account", "GET", one)["metastore_info"]
same(read, {"name": "primary", "region": "us-east-1", **change})
assert read["storage_root"].startswith(configured["storage_root"])  # The provider takes this for the same.
must("account", "PUT", one, {"metastore_info": {"id": metastore, "owner": "rolecall-admin"}})
must("account", "PUT", one, {"metastore_info": {"id": metastore, "delta_sharing_organization_name": "us"}})
same(must("account", "GET", one)["metastore_info"], {"owner": "rolecall-admin", "delta_sharing_organization_name": "us"})

assignment = f"/api/2.0/accounts/{ACCOUNT}/workspaces/{WORKSPACE}/metastores/{metastore}"
body = {"workspace_id": WORKSPACE, "metastore_id": metastore, "default_catalog_name": "hive_metastore"}
must("account", "POST", assignment, {"metastore_assignment": body})
read_assignment = f"/api/2.0/accounts/{ACCOUNT}/workspaces/{WORKSPACE}/metastore"
same(must("account", "GET", read_assignment)["metastore_assignment"], body)
must("account", "PUT", assignment, {"metastore_assignment": {**body, "default_catalog_name": "main"}})
same(must("account", "GET", read_assignment)["metastore_assignment"], {**body, "default_catalog_name": "main"})
must("account", "PUT", one, {"metastore_info": {"id": metastore, "owner": "admin@example.com"}})

# databricks_storage_credential, on the workspace's host: the metastore is asked for first if it is configured.
current = must("workspace", "GET", f"{API}/current-metastore-assignment")
equal(current["metastore_id"], metastore)
configured = {"name": "uc", "comment": "managed", "aws_iam_role": {"role_arn": ROLE}}
made = must("workspace", "POST", f"{API}/storage-credentials", {**configured, "metastore_id": metastore})
credential = f"{API}/storage-credentials/uc"
must("workspace", "PATCH", credential, {**configured, "owner": "admin@example.com",
     "isolation_mode": "ISOLATION_MODE_ISOLATED"})
workspace = must("workspace", "GET", f"{API}/current-metastore-assignment")["workspace_id"]
bind = {"add": [{"workspace_id": workspace, "binding_type": "BINDING_TYPE_READ_WRITE"}]}
must("workspace", "PATCH", f"{API}/bindings/storage_credential/uc", bind)
state = must("workspace", "GET", credential)
same(state, {"name": "uc", "comment": "managed", "owner": "admin@example.com",
             "isolation_mode": "ISOLATION_MODE_ISOLATED", "metastore_id": metastore, "id": made["id"]})
role = state["aws_iam_role"]
equal((role["role_arn"], role["unity_catalog_iam_arn"]), (ROLE, UC))
assert role["external_id"]
# Sent back with every update, as the state has it.
must("workspace", "PATCH", credential, {"aws_iam_role": role, "comment": "changed", "isolation_mode": "ISOLATION_MODE_OPEN"})
same(must("workspace", "GET", credential), {"comment": "changed", "aws_iam_role": role})
same(must("workspace", "GET", f"{API}/storage-credentials/UC"), {"name": "uc"})  # Import, in another case.

# databricks_external_location.
iam, s3 = boto3.client("iam"), boto3.client("s3")
trust = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": [UC]}, "Action": "sts:AssumeRole",
     "Condition": {"StringEquals": {"sts:ExternalId": role["external_id"]}}},
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole",
     "Condition": {"ArnLike": {"aws:PrincipalArn": ROLE}, "StringEquals": {"sts:ExternalId": role["external_id"]}}},
]}
iam.create_role(RoleName="uc", AssumeRolePolicyDocument=json.dumps(trust))
reach = policy(("Allow", "s3:*", ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"]), ("Allow", "sts:AssumeRole", ROLE))
iam.put_role_policy(RoleName="uc", PolicyName="reach", PolicyDocument=reach)
s3.create_bucket(Bucket="lake")
configured = {"name": "raw", "url": "s3://lake/raw/", "credential_name": "uc", "comment": "landing",
              "read_only": False, "fallback": True, "enable_file_events": False}
must("workspace", "POST", f"{API}/external-locations", configured)
location = f"{API}/external-locations/raw"
state = must("workspace", "GET", location)
same(state, {**configured, "metastore_id": metastore, "owner": "admin@example.com", "isolation_mode": "ISOLATION_MODE_OPEN",
             "credential_id": made["id"], "browse_only": False, "effective_enable_file_events": False})
must("workspace", "PATCH", location, {"owner": "account users"})
must("workspace", "PATCH", location, {**{name: value for name, value in configured.items() if name != "name"},
                                      "url": "s3://lake/moved", "force": True})
same(must("workspace", "GET", location), {"url": "s3://lake/moved", "owner": "account users"})

# Deleted in the other direction; what is gone is gone, in the way that drops it from a state.
must("workspace", "DELETE", f"{location}?force=false")
must("workspace", "DELETE", f"{credential}?force=false")
must("account", "DELETE", assignment)
must("account", "DELETE", f"{one}?force=true")
for host, path in [
    ("account", read_assignment),
    ("account", one),
    ("workspace", location),
    ("workspace", credential),
    ("workspace", f"{API}/current-metastore-assignment"),
]:
    status, answer = ask(host, "GET", path)
    equal((path, status), (path, 404))
    assert answer["error_code"].endswith("_DOES_NOT_EXIST"), answer
