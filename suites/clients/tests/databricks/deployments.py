"""Workspaces in a VPC of Databricks' making and in a customer's own, with a policy that has too little in turn."""

import json
import os

import boto3
from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import provisioning

ACCOUNT = "11111111-2222-4333-8444-555555555555"
login = dict(client_id="rolecall-admin", client_secret="rolecall-secret")
a = AccountClient(host=os.environ["ROLECALL_ACCOUNT"], account_id=ACCOUNT, **login)
iam, ec2 = boto3.client("iam"), boto3.client("ec2")
storage = next(iter(a.storage.list())).storage_configuration_id
managed = next(iter(a.credentials.list())).credentials_id

# Databricks' own VPC: made, and taken away again.
before = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
made = a.workspaces.create(
    workspace_name="managed",
    aws_region="us-east-1",
    credentials_id=managed,
    storage_configuration_id=storage,
).result()
assert made.workspace_status.value == "RUNNING", made.workspace_status_message
shown = a.api_client.do("GET", f"/api/2.0/accounts/{ACCOUNT}/workspaces/{made.workspace_id}")
own = WorkspaceClient(host=shown["workspace_url"], **login)
assert own.current_user.me().user_name == "rolecall-admin"
assert len(ec2.describe_vpcs()["Vpcs"]) == len(before) + 1
a.workspaces.delete(made.workspace_id)
assert {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]} == before

# A customer's own.
vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=zone)["Subnet"]
    for number, zone in enumerate(["us-east-1a", "us-east-1b"])
]
groups = [
    ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    for name in ["one", "two"]
]
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "414351767826"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": ACCOUNT}},
        }
    ],
}
ACTIONS = """AssociateIamInstanceProfile AttachVolume AuthorizeSecurityGroupEgress
AuthorizeSecurityGroupIngress CancelSpotInstanceRequests CreateTags CreateVolume DeleteTags DeleteVolume
DescribeAvailabilityZones DescribeIamInstanceProfileAssociations DescribeInstanceStatus DescribeInstances
DescribeInternetGateways DescribeNatGateways DescribeNetworkAcls DescribePrefixLists
DescribeReservedInstancesOfferings DescribeRouteTables DescribeSecurityGroups DescribeSpotInstanceRequests
DescribeSpotPriceHistory DescribeSubnets DescribeVolumes DescribeVpcAttribute DescribeVpcs DetachVolume
DisassociateIamInstanceProfile ReplaceIamInstanceProfileAssociation RequestSpotInstances
RevokeSecurityGroupEgress RevokeSecurityGroupIngress RunInstances TerminateInstances""".split()

role = iam.create_role(RoleName="customer", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def allow(*but):
    spot = "arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
    actions = [f"ec2:{name}" for name in ACTIONS if name not in but]
    linked = {
        "Effect": "Allow",
        "Action": ["iam:CreateServiceLinkedRole", "iam:PutRolePolicy"],
        "Resource": spot,
        "Condition": {"StringLike": {"iam:AWSServiceName": "spot.amazonaws.com"}},
    }
    statements = [{"Effect": "Allow", "Action": actions, "Resource": "*"}, linked]
    document = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName="customer", PolicyName="p", PolicyDocument=json.dumps(document))


allow()
credentials = a.credentials.create(
    credentials_name="customer",
    aws_credentials=provisioning.CreateCredentialAwsCredentials(
        sts_role=provisioning.CreateCredentialStsRole(role_arn=role)
    ),
).credentials_id
number = 0


def deploy():
    """What becomes of a workspace: its status with the message, or the refusal."""
    global number
    number += 1
    network = a.networks.create(
        network_name=f"network-{number}",
        vpc_id=vpc,
        subnet_ids=[subnet["SubnetId"] for subnet in subnets],
        security_group_ids=[groups[0]],
    ).network_id
    try:
        made = a.workspaces.create(
            workspace_name=f"workspace-{number}",
            aws_region="us-east-1",
            credentials_id=credentials,
            storage_configuration_id=storage,
            network_id=network,
        )
    except DatabricksError as error:
        return "REFUSED", str(error), None
    shown = a.api_client.do("GET", f"/api/2.0/accounts/{ACCOUNT}/workspaces/{made.workspace_id}")
    return shown["workspace_status"], shown["workspace_status_message"], shown


# Each action and what becomes of a deployment without it is in `deployments.rs`; here, how an SDK sees it.
TABLE = {
    "CancelSpotInstanceRequests": ("REFUSED", "Failed credentials validation checks: Spot Cancellation"),
    "AuthorizeSecurityGroupEgress": ("FAILED", "ec2:AuthorizeSecurityGroupEgress"),
}
for action, (status, text) in TABLE.items():
    allow(action)
    found = deploy()
    assert found[0] == status and text in found[1], (action, found)

# With all of it the workspace runs, and launches if it may.
allow()
status, message, shown = deploy()
assert status == "RUNNING", message
w = WorkspaceClient(host=shown["workspace_url"], **login)
version = w.clusters.select_spark_version(long_term_support=True)


def launch():
    made = w.clusters.create(spark_version=version, node_type_id="m5d.large", num_workers=1)
    return w.clusters.get(made.response.cluster_id)


for action in ["RunInstances", "CreateTags"]:
    allow(action)
    ended = launch()
    assert ended.state.value == "TERMINATED", action
    assert ended.termination_reason.code.value == "AWS_AUTHORIZATION_FAILURE", action
    message = ended.termination_reason.parameters["aws_error_message"]
    assert f"ec2:{action}" in message, message
allow()
running = launch()
assert running.state.value == "RUNNING", running.state_message
allow("TerminateInstances")
w.clusters.delete(running.cluster_id).result()
instance = ec2.describe_instances(InstanceIds=[running.driver.instance_id])
assert instance["Reservations"][0]["Instances"][0]["State"]["Name"] == "running"

# Without its trust the role is nobody's.
iam.update_assume_role_policy(
    RoleName="customer",
    PolicyDocument=json.dumps(trust).replace(ACCOUNT, "another"),
)
status, message, _ = deploy()
assert status == "REFUSED" and "Spot Cancellation" in message and "Describe Vpcs" in message, message
assert launch().termination_reason.code.value == "STS_CLIENT_SETUP_FAILURE"
