"""Guardrails that stop the probe of a registration: alone, or clusters as well. `rolecall why` tells which."""

import json
import os
import urllib.request

import boto3
from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import BadRequest
from databricks.sdk.service import compute, provisioning

from rolecall import client, equal, policy, trust

ACCOUNT = "11111111-2222-4333-8444-555555555555"
login = dict(client_id="rolecall-admin", client_secret="rolecall-secret")
a = AccountClient(host=os.environ["ROLECALL_ACCOUNT"], account_id=ACCOUNT, **login)

# Guardrails do not concern the management account: the workspace is in a member.
organizations = boto3.client("organizations")
organizations.create_organization(FeatureSet="ALL")
root = organizations.list_roots()["Roots"][0]["Id"]
organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
made = organizations.create_account(Email="a@example.com", AccountName="a")["CreateAccountStatus"]
status = organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])
member = status["CreateAccountStatus"]["AccountId"]
iam = client("iam", key=(member, "test"))

databricks = trust({"AWS": "414351767826"}, {"StringEquals": {"sts:ExternalId": ACCOUNT}})
role = iam.create_role(RoleName="cross", AssumeRolePolicyDocument=databricks)["Role"]["Arn"]
iam.put_role_policy(RoleName="cross", PolicyName="p", PolicyDocument=policy(("Allow", ["ec2:*", "iam:*"], "*")))
instances = trust({"Service": "ec2.amazonaws.com"})
iam.create_role(RoleName="data", AssumeRolePolicyDocument=instances)
arn = iam.create_instance_profile(InstanceProfileName="data")["InstanceProfile"]["Arn"]
iam.add_role_to_instance_profile(InstanceProfileName="data", RoleName="data")

cross = provisioning.CreateCredentialAwsCredentials(
    sts_role=provisioning.CreateCredentialStsRole(role_arn=role)
)
made = a.workspaces.create(
    workspace_name="member",
    aws_region="us-east-1",
    credentials_id=a.credentials.create(credentials_name="member", aws_credentials=cross).credentials_id,
    storage_configuration_id=next(iter(a.storage.list())).storage_configuration_id,
).result()
shown = a.api_client.do("GET", f"/api/2.0/accounts/{ACCOUNT}/workspaces/{made.workspace_id}")
w = WorkspaceClient(host=shown["workspace_url"], **login)
version = w.clusters.select_spark_version(long_term_support=True)


def told():
    """What `rolecall why last` hints at."""
    base = os.environ["ROLECALL_AWS"] + "/_rolecall/decisions"
    with urllib.request.urlopen(base) as answer:
        newest = json.load(answer)[0]["requestId"]
    with urllib.request.urlopen(f"{base}/{newest}") as answer:
        record = json.load(answer)
    equal(record["operation"], "databricks:AddInstanceProfile")
    launches = [call for call in record["calls"] if call["operation"] == "ec2:RunInstances"]
    equal(len(launches), 1)  # What was decided on besides, Databricks did not ask.
    return " ".join(record["hints"])


def launches(node_type="m5d.large", **tags):
    cluster = w.clusters.create(
        cluster_name="etl",
        spark_version=version,
        node_type_id=node_type,
        num_workers=1,
        custom_tags=tags,
        aws_attributes=compute.AwsAttributes(
            instance_profile_arn=arn, availability=compute.AwsAvailability.ON_DEMAND
        ),
    )
    ended = w.clusters.get(cluster.response.cluster_id)
    w.clusters.permanent_delete(ended.cluster_id)
    return ended.state.value == "RUNNING"


def guarded(condition, check, resource="arn:aws:ec2:*:*:instance/*", action="ec2:RunInstances"):
    deny = {"Effect": "Deny", "Action": action, "Resource": resource}
    if condition:
        deny["Condition"] = condition
    made = organizations.create_policy(
        Name="g", Description="", Type="SERVICE_CONTROL_POLICY", Content=policy(deny)
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=made, TargetId=member)
    try:
        w.instance_profiles.add(arn)
        raise AssertionError("the probe is refused")
    except BadRequest as error:
        equal(error.error_code, "DRY_RUN_FAILED")
        assert "with an explicit deny in a service control policy" in str(error), error
    hint = told()
    # As the hint has it.
    w.instance_profiles.add(arn, skip_validation=True)
    check(hint)
    w.instance_profiles.remove(arn)
    organizations.detach_policy(PolicyId=made, TargetId=member)
    organizations.delete_policy(PolicyId=made)


ALONE, BOTH = "only the probe is denied", "it is no matter of the probe"


def cost_center(hint):
    assert ALONE in hint and "a tag `CostCenter`" in hint and "`skip_validation`" in hint, hint
    assert launches(CostCenter="42") and not launches()


def cost_centers(hint):
    assert ALONE in hint and "the tag `CostCenter` = `42`" in hint, hint
    assert launches(CostCenter="42") and not launches(CostCenter="44")


def node_type(hint):
    assert ALONE in hint and "the node type `i3." in hint, hint
    assert launches("i3.xlarge") and not launches("m5d.large")


def both_at_once(hint):
    assert ALONE in hint and "the node type `i3." in hint and "a tag `Owner`" in hint, hint
    assert launches("i3.xlarge", Owner="x") and not launches("i3.xlarge")


def fake_values(hint):
    assert ALONE in hint and "its usual tags" in hint, hint
    assert launches()


def every_launch(hint):
    assert BOTH in hint and "ec2:RunInstances on arn:aws:ec2:" in hint, hint
    assert not launches(CostCenter="42")


def pass_role(hint):
    assert BOTH in hint and f"iam:PassRole on arn:aws:iam::{member}:role/data" in hint, hint
    assert not launches(CostCenter="42")


guarded({"Null": {"aws:RequestTag/CostCenter": "true"}}, cost_center)
guarded({"StringNotEquals": {"aws:RequestTag/CostCenter": ["42", "43"]}}, cost_centers)
guarded({"StringNotLike": {"ec2:InstanceType": "i3.*"}}, node_type)
owner_or_type = {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*"}
second = organizations.create_policy(
    Name="owner",
    Description="",
    Type="SERVICE_CONTROL_POLICY",
    Content=policy({**owner_or_type, "Condition": {"Null": {"aws:RequestTag/Owner": "true"}}}),
)["Policy"]["PolicySummary"]["Id"]
organizations.attach_policy(PolicyId=second, TargetId=member)
guarded({"StringNotLike": {"ec2:InstanceType": "i3.*"}}, both_at_once)
organizations.detach_policy(PolicyId=second, TargetId=member)
guarded({"StringEquals": {"aws:RequestTag/Creator": "fake creator"}}, fake_values)
guarded({"StringEquals": {"aws:RequestTag/Vendor": "Databricks"}}, every_launch)
guarded(None, pass_role, resource="*", action="iam:PassRole")

# Nothing in the way: nothing to say, and the profile is registered.
w.instance_profiles.add(arn)
assert launches()
