"""Unity Catalog: metastores, credentials, locations, each half of what they need missing in turn."""

import json
import os
import urllib.request

import boto3
from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound, PermissionDenied
from databricks.sdk.service import catalog, provisioning

from rolecall import client, equal, policy

ACCOUNT = "11111111-2222-4333-8444-555555555555"
WORKSPACE = 1234567890123456
UC = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL"
login = dict(client_id="rolecall-admin", client_secret="rolecall-secret")
a = AccountClient(host=os.environ["ROLECALL_ACCOUNT"], account_id=ACCOUNT, **login)
w = WorkspaceClient(host=os.environ["ROLECALL_WORKSPACE"], token="dapi-rolecall-admin")
admin = WorkspaceClient(host=os.environ["ROLECALL_WORKSPACE"], **login)
iam, s3 = boto3.client("iam"), boto3.client("s3")


def refused(error, code, call, *arguments, **parameters):
    """`call` must be refused so; the answer is the text."""
    try:
        answer = call(*arguments, **parameters)
    except error as refusal:
        equal(refusal.error_code, code)
        return str(refusal).split(" Config: host=")[0].removesuffix(".")  # What the SDK adds to some, after a full stop.
    raise AssertionError(f"not refused with {code}: {answer}")


# The first workspace has a metastore of Databricks' making, whose owner is nobody.
summary = w.metastores.summary()
equal((summary.name, summary.owner, summary.region), ("metastore_aws_us_east_1", "System user", "us-east-1"))
current = w.metastores.current()
equal((current.metastore_id, current.workspace_id), (summary.metastore_id, WORKSPACE))
text = refused(PermissionDenied, "PERMISSION_DENIED", lambda: list(w.metastores.list()))
equal(text, "Only account admin can list metastores")
equal([one.metastore_id for one in admin.metastores.list()], [summary.metastore_id])
equal([one.metastore_id for one in a.metastores.list()], [summary.metastore_id])
equal(a.metastores.get(summary.metastore_id).metastore_info.name, summary.name)
equal(list(a.metastore_assignments.list(summary.metastore_id)), [WORKSPACE])
equal(a.metastore_assignments.get(WORKSPACE).metastore_assignment.metastore_id, summary.metastore_id)
text = refused(BadRequest, "QUOTA_EXCEEDED", admin.metastores.create, name="second", region="us-east-1")
equal(text, f"This account with id {ACCOUNT} has reached the limit for metastores in region us-east-1")

# A metastore of one's own in its place.
a.metastore_assignments.delete(WORKSPACE, summary.metastore_id)
text = refused(NotFound, "METASTORE_DOES_NOT_EXIST", w.metastores.current)
equal(text, "No metastore assigned for the current workspace")
try:
    a.metastore_assignments.get(WORKSPACE)
    raise AssertionError("it has none")
except NotFound:
    pass
a.metastores.delete(summary.metastore_id, force=True)
info = catalog.CreateAccountsMetastore(name="primary", region="us-east-1", storage_root="s3://primary-root/a")
own = a.metastores.create(metastore_info=info).metastore_info
equal(own.storage_root, f"s3://primary-root/a/{own.metastore_id}")
admin.metastores.assign(WORKSPACE, own.metastore_id, "main")
equal(w.metastores.current().default_catalog_name, "main")
w.metastores.update_assignment(WORKSPACE, default_catalog_name="other")
equal(w.metastores.current().default_catalog_name, "other")
sharing = catalog.DeltaSharingScopeEnum.INTERNAL_AND_EXTERNAL
admin.metastores.update(
    own.metastore_id,
    new_name="renamed",
    delta_sharing_scope=sharing,
    delta_sharing_recipient_token_lifetime_in_seconds=3600,
)
shown = admin.metastores.get(own.metastore_id)
equal((shown.name, shown.delta_sharing_scope), ("renamed", sharing))
equal(shown.delta_sharing_recipient_token_lifetime_in_seconds, 3600)

# Whoever administers the workspace alone holds nothing in it, until it is granted.
role = "arn:aws:iam::000000000000:role/uc"
make = dict(name="uc", aws_iam_role=catalog.AwsIamRoleRequest(role_arn=role), comment="ours")
text = refused(PermissionDenied, "PERMISSION_DENIED", w.storage_credentials.create, **make)
equal(text, "User does not have CREATE STORAGE CREDENTIAL on Metastore 'renamed'")
both = [catalog.Privilege.CREATE_STORAGE_CREDENTIAL, catalog.Privilege.CREATE_EXTERNAL_LOCATION]
change = catalog.PermissionsChange(principal="admin@example.com", add=both)
admin.grants.update("metastore", own.metastore_id, changes=[change])
(held,) = admin.grants.get("metastore", own.metastore_id).privilege_assignments
equal((held.principal, set(held.privileges)), ("admin@example.com", set(both)))
(held,) = admin.grants.get_effective("metastore", own.metastore_id).privilege_assignments
equal({one.privilege for one in held.privileges}, set(both))
nobody = catalog.PermissionsChange(principal="nobody", add=both)
text = refused(NotFound, "PRINCIPAL_DOES_NOT_EXIST", admin.grants.update, "metastore", own.metastore_id, changes=[nobody])
equal(text, "Could not find principal with name nobody")

made = w.storage_credentials.create(**make)
equal((made.owner, made.full_name), ("admin@example.com", "uc"))
equal(made.aws_iam_role.unity_catalog_iam_arn, UC)
external_id = made.aws_iam_role.external_id
assert external_id != ACCOUNT
equal(w.storage_credentials.get("UC"), made)
equal(list(w.storage_credentials.list()), [made])
text = refused(BadRequest, "STORAGE_CREDENTIAL_ALREADY_EXISTS", w.storage_credentials.create, **make)
equal(text, "Storage Credential 'uc' already exists")
text = refused(NotFound, "STORAGE_CREDENTIAL_DOES_NOT_EXIST", w.storage_credentials.get, "none")
equal(text, "Storage Credential 'none' does not exist")

# The role, from nothing to enough.
s3.create_bucket(Bucket="lake")
s3.put_object(Bucket="lake", Key="raw/part-0", Body=b"1")
BUCKET = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]


def trust(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def assume(principal, **condition):
    more = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **more}


def allow(*but, assumes=True):
    actions = [action for action in BUCKET if action not in but]
    statements = [("Allow", actions, ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"])]
    if assumes:
        statements.append(("Allow", "sts:AssumeRole", role))
    iam.put_role_policy(RoleName="uc", PolicyName="reach", PolicyDocument=policy(*statements))


def validate(**more):
    answer = w.storage_credentials.validate(storage_credential_name="uc", url="s3://lake/raw", **more)
    assert answer.is_dir
    return {one.operation.value: (one.result.value, one.message) for one in answer.results}


def failed(**more):
    return [name for name, (result, _) in validate(**more).items() if result == "FAIL"]


def why():
    """The newest story: the operation, and the calls that it made."""
    base = os.environ["ROLECALL_AWS"] + "/_rolecall/decisions"
    with urllib.request.urlopen(base) as answer:
        newest = json.load(answer)[0]["requestId"]
    with urllib.request.urlopen(f"{base}/{newest}") as answer:
        record = json.load(answer)
    return record["operation"], [call["operation"] for call in record["calls"]], json.dumps(record)


ALL = ["READ", "LIST", "WRITE", "DELETE", "PATH_EXISTS"]
SELF = "found to be non self-assuming"
by_uc = assume(UC, StringEquals={"sts:ExternalId": external_id})
itself = assume("arn:aws:iam::000000000000:root", ArnLike={"aws:PrincipalArn": role})
equal(failed(), ALL)  # There is no role yet.
iam.create_role(RoleName="uc", AssumeRolePolicyDocument=trust(assume(UC, StringEquals={"sts:ExternalId": "0000"}), itself))
allow()
equal(failed(), ALL)
assert "cannot be assumed by Unity Catalog" in validate()["READ"][1]
equal(why()[:2], ("databricks:ValidateStorageCredential", ["sts:AssumeRole"]))
iam.update_assume_role_policy(RoleName="uc", PolicyDocument=trust(by_uc))
equal(failed(), ALL)
assert SELF in validate()["LIST"][1]
equal(why()[1], ["sts:AssumeRole", "sts:AssumeRole"])
iam.update_assume_role_policy(RoleName="uc", PolicyDocument=trust(by_uc, itself))
allow(assumes=False)
assert SELF in validate()["WRITE"][1]
for action, operations in [
    ("s3:GetObject", ["READ"]),
    ("s3:PutObject", ["WRITE"]),
    ("s3:DeleteObject", ["DELETE"]),
    ("s3:ListBucket", ["LIST", "PATH_EXISTS"]),
]:
    allow(action)
    equal(failed(), operations)
    assert f"because no identity-based policy allows the {action} action" in validate()[operations[0]][1]
    assert action in why()[2]
    text = refused(PermissionDenied, "PERMISSION_DENIED", w.external_locations.create, "raw", "s3://lake/raw", "uc")
    assert text.startswith(f"AWS IAM role does not have {operations[0]} permissions on url s3://lake/raw. Please contact"), text
allow("s3:PutObject", "s3:DeleteObject")
equal(failed(), ["WRITE", "DELETE"])
equal(failed(read_only=True), [])
allow()
equal(failed(), [])
equal(why()[1], ["sts:AssumeRole", "sts:AssumeRole", "s3:ListObjectsV2", "s3:PutObject", "s3:GetObject", "s3:DeleteObject"])
deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::lake/*"}
s3.put_bucket_policy(Bucket="lake", Policy=policy(deny))
equal(failed(), ["DELETE"])
s3.delete_bucket_policy(Bucket="lake")
equal([item["Key"] for item in s3.list_objects_v2(Bucket="lake")["Contents"] if "validation" not in item["Key"]], ["raw/part-0"])

# Locations.
raw = w.external_locations.create("raw", "s3://lake/raw", "uc", comment="landing", fallback=False)
equal((raw.credential_id, raw.read_only, raw.metastore_id), (made.id, False, own.metastore_id))
equal(w.external_locations.get("RAW"), raw)
equal(list(w.external_locations.list()), [raw])
text = refused(InvalidParameterValue, "INVALID_PARAMETER_VALUE", w.external_locations.create, "b", "s3://lake/raw/b", "uc")
assert "overlaps with other external locations. Conflicting location: raw" in text, text
text = refused(InvalidParameterValue, "INVALID_PARAMETER_VALUE", validate)
equal(w.storage_credentials.validate(external_location_name="raw").results[0].result, catalog.ValidationResultResult.PASS)
text = refused(PermissionDenied, "PERMISSION_DENIED", w.external_locations.create, "gone", "s3://lake/gone", "uc", read_only=True)
assert text.endswith("No such file or directory: s3://lake/gone"), text
moved = w.external_locations.update("raw", new_name="landing", url="s3://lake/new", comment="moved")
equal((moved.name, moved.url, moved.comment), ("landing", "s3://lake/new", "moved"))
text = refused(InvalidParameterValue, "INVALID_PARAMETER_VALUE", w.storage_credentials.delete, "uc")
assert "1 directly dependent external location(s)" in text, text

# Isolated, and bound.
isolated = catalog.IsolationMode.ISOLATION_MODE_ISOLATED
w.external_locations.update("landing", isolation_mode=isolated)
text = refused(PermissionDenied, "PERMISSION_DENIED", w.external_locations.get, "landing")
equal(text, "External Location 'landing' is not accessible in current workspace")
binding = catalog.WorkspaceBinding(workspace_id=WORKSPACE)
w.workspace_bindings.update_bindings("external_location", "landing", add=[binding])
(bound,) = w.workspace_bindings.get_bindings("external_location", "landing")
equal(bound.binding_type, catalog.WorkspaceBindingBindingType.BINDING_TYPE_READ_WRITE)
equal(w.external_locations.get("landing").isolation_mode, isolated)
# What was granted outlives a change of its name; a metastore's owner may take anything over.
files = catalog.PermissionsChange(principal="account users", add=[catalog.Privilege.READ_FILES])
w.grants.update("external_location", "landing", changes=[files])
admin.external_locations.update("landing", owner="rolecall-admin")
text = refused(PermissionDenied, "PERMISSION_DENIED", w.external_locations.delete, "landing")
equal(text, "User is not an owner of External Location 'landing'")
admin.external_locations.delete("landing")
w.storage_credentials.update("uc", new_name="uc2", read_only=True)
equal(w.storage_credentials.get("uc2").read_only, True)
w.storage_credentials.delete("uc2")
equal(list(w.storage_credentials.list()), [])

# The account's own view of credentials, where the external id is the account's.
create = catalog.CreateAccountsStorageCredential(name="root", aws_iam_role=catalog.AwsIamRoleRequest(role_arn=role))
root = a.storage_credentials.create(own.metastore_id, credential_info=create).credential_info
equal(root.aws_iam_role.external_id, ACCOUNT)
equal(a.storage_credentials.get(own.metastore_id, "root").credential_info, root)
update = catalog.UpdateAccountsStorageCredential(comment="managed", owner="admin@example.com")
changed = a.storage_credentials.update(own.metastore_id, "root", credential_info=update).credential_info
equal((changed.comment, changed.owner), ("managed", "admin@example.com"))
equal([one.name for one in a.storage_credentials.list(own.metastore_id)], ["root"])
uses = catalog.UpdateAccountsMetastore(storage_root_credential_id=root.id)
equal(a.metastores.update(own.metastore_id, metastore_info=uses).metastore_info.storage_root_credential_name, "root")
a.storage_credentials.delete(own.metastore_id, "root")

# A guardrail of the role's account counts: it is in a member.
organizations = boto3.client("organizations")
organizations.create_organization(FeatureSet="ALL")
ou = organizations.list_roots()["Roots"][0]["Id"]
organizations.enable_policy_type(RootId=ou, PolicyType="SERVICE_CONTROL_POLICY")
status = organizations.create_account(Email="a@example.com", AccountName="a")["CreateAccountStatus"]["Id"]
member = organizations.describe_create_account_status(CreateAccountRequestId=status)["CreateAccountStatus"]["AccountId"]
role = f"arn:aws:iam::{member}:role/uc"
make = dict(name="member", aws_iam_role=catalog.AwsIamRoleRequest(role_arn=role))
external_id = w.storage_credentials.create(**make).aws_iam_role.external_id
iam, s3 = client("iam", key=(member, "test")), client("s3", key=(member, "test"))
by_uc = assume(UC, StringEquals={"sts:ExternalId": external_id})
itself = assume(f"arn:aws:iam::{member}:root", ArnLike={"aws:PrincipalArn": role})
iam.create_role(RoleName="uc", AssumeRolePolicyDocument=trust(by_uc, itself))
iam.put_role_policy(RoleName="uc", PolicyName="reach", PolicyDocument=policy(("Allow", ["s3:*", "sts:*"], "*")))
s3.create_bucket(Bucket="members-lake")


def failed_of_member():
    answer = w.storage_credentials.validate(storage_credential_name="member", url="s3://members-lake")
    return [(one.operation.value, one.message) for one in answer.results if one.result.value == "FAIL"]


equal(failed_of_member(), [])
guardrail = policy({"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"})
scp = organizations.create_policy(
    Name="read", Description="read", Type="SERVICE_CONTROL_POLICY", Content=guardrail
)["Policy"]["PolicySummary"]["Id"]
organizations.attach_policy(PolicyId=scp, TargetId=member)
((operation, text),) = failed_of_member()
equal(operation, "WRITE")
assert "with an explicit deny in a service control policy" in text, text

# A workspace is not made with a root bucket that keeps Databricks out.
boto3.client("s3").create_bucket(Bucket="closed-root")
closed = a.storage.create(
    storage_configuration_name="closed-root",
    root_bucket_info=provisioning.RootBucketInfo(bucket_name="closed-root"),
).storage_configuration_id
text = refused(
    BadRequest,
    "MALFORMED_REQUEST",
    a.workspaces.create,
    workspace_name="closed",
    aws_region="us-east-1",
    credentials_id=next(iter(a.credentials.list())).credentials_id,
    storage_configuration_id=closed,
)
equal(text, "Failed storage configuration validation checks: List, Put, PutWithBucketOwnerFullControl, Delete")
operation, calls, story = why()
equal(operation, "databricks:CreateWorkspace")
assert calls[-4:] == ["s3:ListObjectsV2", "s3:PutObject", "s3:PutObject", "s3:DeleteObject"], calls
