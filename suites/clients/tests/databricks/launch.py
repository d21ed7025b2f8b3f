"""An instance profile registered, granted, fixed in a policy, worn by a cluster that reads data with it, and used by
a serverless warehouse; each step refused first. The steps are those of the reference page of `databricks_instance_profile`."""

import json
import os

import boto3
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, DatabricksError, OperationFailed
from databricks.sdk.service import compute, iam as scim, sql

from lakehouse import error, may, mount_script, text, why
from rolecall import trust as trust_in

w = WorkspaceClient(host=os.environ["ROLECALL_WORKSPACE"], token="dapi-rolecall-admin")
iam, ec2 = boto3.client("iam"), boto3.client("ec2")

trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
role = iam.create_role(
    RoleName="shared-ec2-role-for-s3", AssumeRolePolicyDocument=json.dumps(trust)
)["Role"]["Arn"]
profile = iam.create_instance_profile(InstanceProfileName="shared-instance-profile")
arn = profile["InstanceProfile"]["Arn"]


def refusal():
    try:
        w.instance_profiles.add(arn)
    except BadRequest as error:
        assert error.error_code == "DRY_RUN_FAILED", error
        assert "Verification of the instance profile failed. AWS error: " in str(error), error
        return str(error)
    raise AssertionError("refused")


# Without a role in it, and then without permission to pass that role.
refusal()
iam.add_role_to_instance_profile(
    InstanceProfileName="shared-instance-profile", RoleName="shared-ec2-role-for-s3"
)
assert "You are not authorized to perform this operation." in refusal()
assert list(w.instance_profiles.list()) == []
grant = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": role}],
}
policy = iam.create_policy(
    PolicyName="shared-pass-role-for-s3-access", PolicyDocument=json.dumps(grant)
)["Policy"]["Arn"]
iam.attach_role_policy(RoleName="databricks-cross-account", PolicyArn=policy)
w.instance_profiles.add(arn)
(listed,) = w.instance_profiles.list()
assert (listed.instance_profile_arn, listed.iam_role_arn) == (arn, None)

# Granted to everybody, fixed in a policy.
(users,) = w.groups.list(filter='displayName eq "users"')
add = scim.Patch(op=scim.PatchOp.ADD, path="roles", value=[{"value": arn}])
schemas = [scim.PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP]
w.groups.patch(users.id, schemas=schemas, operations=[add])
definition = {"aws_attributes.instance_profile_arn": {"type": "fixed", "value": arn}}
fixed = w.cluster_policies.create(name="profile", definition=json.dumps(definition)).policy_id

node_type = w.clusters.select_node_type(local_disk=True)
version = w.clusters.select_spark_version(long_term_support=True)
cluster = w.clusters.create(
    cluster_name="Shared Autoscaling",
    spark_version=version,
    node_type_id=node_type,
    policy_id=fixed,
    autotermination_minutes=20,
    autoscale=compute.AutoScale(min_workers=1, max_workers=50),
    aws_attributes=compute.AwsAttributes(
        availability=compute.AwsAvailability.SPOT,
        zone_id="us-east-1",
        first_on_demand=1,
        spot_bid_price_percent=100,
    ),
).result()
assert cluster.state == compute.State.RUNNING, cluster.state_message
assert cluster.aws_attributes.zone_id == "us-east-1"
assert cluster.aws_attributes.instance_profile_arn == arn
worn = {}
for reservation in ec2.describe_instances()["Reservations"]:
    for instance in reservation["Instances"]:
        worn[instance["InstanceId"]] = instance
assert set(worn) == {cluster.driver.instance_id, cluster.executors[0].instance_id}
for instance in worn.values():
    assert instance["IamInstanceProfile"]["Arn"] == arn
    tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert tags["Vendor"] == "Databricks" and tags["ClusterId"] == cluster.cluster_id, tags
assert "InstanceLifecycle" not in worn[cluster.driver.instance_id]
assert worn[cluster.executors[0].instance_id]["InstanceLifecycle"] == "spot"

# Data is read through it once the role may, by a mount.
s3 = boto3.client("s3")
s3.create_bucket(Bucket="shared-data")
s3.put_object(Bucket="shared-data", Key="orders/2023.csv", Body="order,total\n1,9\n")
mount, head = mount_script("orders", "s3a://shared-data"), 'dbutils.fs.head("/mnt/orders/orders/2023.csv")'
refused = error(w, cluster.cluster_id, mount)
assert "is not authorized to perform: s3:ListBucket" in refused, refused
told = why()
assert "s3:ListBucket" in told and "shared-ec2-role-for-s3" in told, told
may("shared-ec2-role-for-s3", ("Allow", "s3:ListBucket", "arn:aws:s3:::shared-data"))
assert text(w, cluster.cluster_id, mount) == "s3a://shared-data"
refused = error(w, cluster.cluster_id, head)
assert "is not authorized to perform: s3:GetObject" in refused, refused
may(
    "shared-ec2-role-for-s3",
    ("Allow", "s3:ListBucket", "arn:aws:s3:::shared-data"),
    ("Allow", "s3:GetObject", "arn:aws:s3:::shared-data/*"),
)
assert text(w, cluster.cluster_id, head) == "Out[1]: 'order,total\\n1,9\\n'"

# Serverless SQL assumes the role itself, from Databricks' own account: the role must trust it for this workspace,
# and must be named in the registration where profile and role have different names.
ec2_alone = trust_in({"Service": "ec2.amazonaws.com"})
own_role = iam.create_role(RoleName="my-sql-serverless-role", AssumeRolePolicyDocument=ec2_alone)["Role"]["Arn"]
own = iam.create_instance_profile(InstanceProfileName="my-sql-serverless-instance-profile")["InstanceProfile"]["Arn"]
iam.add_role_to_instance_profile(
    InstanceProfileName="my-sql-serverless-instance-profile", RoleName="my-sql-serverless-role"
)
may("databricks-cross-account", ("Allow", "iam:PassRole", own_role), name="pass-serverless")
w.instance_profiles.add(own)
w.warehouses.set_workspace_warehouse_config(
    instance_profile_arn=own,
    enable_serverless_compute=True,
    security_policy=sql.SetWorkspaceWarehouseConfigRequestSecurityPolicy.DATA_ACCESS_CONTROL,
)
warehouse = w.warehouses.create(
    name="serverless",
    cluster_size="2X-Small",
    max_num_clusters=1,
    warehouse_type=sql.CreateWarehouseRequestWarehouseType.PRO,
    enable_serverless_compute=True,
).id


def start():
    """Starts the warehouse: nothing if it runs, or why not."""
    try:
        assert w.warehouses.start(warehouse).result().state == sql.State.RUNNING
        return None
    except OperationFailed:
        found = w.warehouses.get(warehouse)
        assert found.state == sql.State.STOPPED, found
        reason = found.health.failure_reason
        assert reason.code.value == "STS_CLIENT_SETUP_FAILURE", found.health
        return reason.parameters["aws_error_message"]


# The role that is called as the profile is does not exist.
assert "role/my-sql-serverless-instance-profile" in start()
w.instance_profiles.edit(own, iam_role_arn=own_role)
refused = start()
assert "serverless-customer-resource-role" in refused and own_role in refused, refused
told = why()
assert "sts:AssumeRole" in told and own_role in told, told
databricks = {"AWS": "arn:aws:iam::790110701330:role/serverless-customer-resource-role"}
for workspace_id in ["999", "1234567890123456"]:
    only_for = {"StringEquals": {"sts:ExternalID": [f"databricks-serverless-{workspace_id}"]}}
    trusting = trust_in(databricks, only_for)
    iam.update_assume_role_policy(RoleName="my-sql-serverless-role", PolicyDocument=trusting)
    assert (start() is None) == (workspace_id == "1234567890123456")
w.warehouses.stop(warehouse).result()

# Without permission a launch ends in a reason, and says what AWS said.
w.clusters.delete(cluster.cluster_id).result()
iam.detach_role_policy(RoleName="databricks-cross-account", PolicyArn=policy)
w.clusters.start(cluster.cluster_id)
ended = w.clusters.get(cluster.cluster_id)
assert ended.state == compute.State.TERMINATED
assert ended.termination_reason.code.value == "AWS_AUTHORIZATION_FAILURE", ended.termination_reason
assert "not authorized" in ended.termination_reason.parameters["aws_error_message"]

# A zone that the workspace does not have.
try:
    w.clusters.create(
        spark_version=version,
        node_type_id=node_type,
        num_workers=1,
        aws_attributes=compute.AwsAttributes(zone_id="eu-west-1a"),
    )
    raise AssertionError("refused")
except DatabricksError as error:
    assert "zone_id" in str(error), error
