"""Logins, identities, tokens and wrong levels, by the Databricks SDK for Python."""

import os

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import BadRequest, NotImplemented, PermissionDenied, ResourceConflict
from databricks.sdk.service import iam

account_host, workspace_host = os.environ["ROLECALL_ACCOUNT"], os.environ["ROLECALL_WORKSPACE"]
client = dict(client_id="rolecall-admin", client_secret="rolecall-secret")


def refused(kind, call):
    try:
        call()
    except kind as error:
        return str(error)
    raise AssertionError(f"{kind} expected")


w = WorkspaceClient(host=workspace_host, token="dapi-rolecall-admin")
assert w.get_workspace_id() == 1234567890123456
me = w.current_user.me()
assert me.user_name == "admin@example.com"
assert {group.display for group in me.groups} == {"admins", "users"}

a = AccountClient(
    host=account_host, account_id="11111111-2222-4333-8444-555555555555", **client
)
(first,) = a.workspaces.list()
assert first.workspace_status.value == "RUNNING", first.workspace_status_message
assert WorkspaceClient(host=workspace_host, **client).current_user.me().user_name == "rolecall-admin"

ann = w.users.create(user_name="ann@example.com", display_name="Ann")
group = w.groups.create(display_name="eng", members=[iam.ComplexValue(value=ann.id)])
assert w.groups.get(group.id).members[0].ref == f"Users/{ann.id}"
text = refused(ResourceConflict, lambda: w.groups.create(display_name="eng"))
assert "Group with name eng already exists." in text, text
assert [user.id for user in w.users.list(filter='userName eq "ANN@example.com"')] == [ann.id]
assert any(user.id == ann.id for user in a.users.list())
# As people write filters: joined, negated, with single quotes; what nobody has is refused and not just not found.
wanted = "displayName eq 'Ann' and (emails pr or not (userName sw 'b'))"
assert [user.id for user in w.users.list(filter=wanted)] == [ann.id]
text = refused(BadRequest, lambda: list(w.users.list(filter='nickName eq "Ann"')))
assert "invalidFilter Given filter attribute is not supported: nickName" in text, text

# A PUT without roles leaves roles alone.
schemas = [iam.PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP]
role = "arn:aws:iam::000000000000:instance-profile/any"
add = iam.Patch(op=iam.PatchOp.ADD, path="roles", value=[{"value": role}])
w.groups.patch(group.id, schemas=schemas, operations=[add])
w.groups.update(group.id, display_name="engineers")
after = w.groups.get(group.id)
assert (after.display_name, [item.value for item in after.roles]) == ("engineers", [role]), after
remove = iam.Patch(op=iam.PatchOp.REMOVE, path=f'roles[value eq "{role}"]')
w.groups.patch(group.id, schemas=schemas, operations=[remove])
assert not w.groups.get(group.id).roles

bob = w.users.create(user_name="bob@example.com")
add = iam.Patch(op=iam.PatchOp.ADD, path="members", value=[{"value": bob.id}])
remove = iam.Patch(op=iam.PatchOp.REMOVE, path=f'members[value eq "{ann.id}"]')
w.groups.patch(group.id, schemas=schemas, operations=[add, remove])
assert [member.value for member in w.groups.get(group.id).members] == [bob.id]
into = iam.Patch(op=iam.PatchOp.ADD, path="groups", value=[{"value": group.id}])
text = refused(NotImplemented, lambda: w.users.patch(ann.id, schemas=schemas, operations=[into]))
assert "`members` of the group" in text, text
w.users.delete(bob.id)

# Tokens, and those who are no admins.
robot = w.service_principals.create(display_name="robot")
token = w.token_management.create_obo_token(application_id=robot.application_id, lifetime_seconds=600)
r = WorkspaceClient(host=workspace_host, token=token.token_value)
assert r.current_user.me().user_name == robot.application_id
refused(PermissionDenied, lambda: r.users.create(user_name="bob@example.com"))
w.token_management.delete(token.token_info.token_id)
text = refused(PermissionDenied, lambda: r.current_user.me())
assert "Invalid access token" in text, text

# What is not modelled names itself.
text = refused(NotImplemented, lambda: list(w.jobs.list()))
assert "/jobs/list" in text, text
