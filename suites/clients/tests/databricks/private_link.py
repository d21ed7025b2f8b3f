"""Registrations of VPC endpoints and private access settings, and workspaces that have them."""

from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import provisioning
from databricks.sdk.service.provisioning import PrivateAccessLevel, PrivateAccessSettings

from lakehouse import CROSS_ACCOUNT, account, fails, may
from rolecall import client, equal

a, ec2 = account(), client("ec2")
equal((list(a.vpc_endpoints.list()), list(a.private_access.list())), ([], []))
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-"
WORKSPACE, RELAY = SERVICE + "09143d1e626de2f04", SERVICE + "00018a8c3ff62ffdf"

vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    for number, zone in enumerate(["us-east-1a", "us-east-1b"])
]
group = ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=vpc)["GroupId"]


def endpoint(service):
    made = ec2.create_vpc_endpoint(
        VpcEndpointType="Interface", VpcId=vpc, ServiceName=service, SubnetIds=subnets[:1], SecurityGroupIds=[group]
    )
    return made["VpcEndpoint"]["VpcEndpointId"]


def state(id):
    (found,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"]
    return found["State"]


# An endpoint waits for its service's owner until it is registered.
rest, relay, s3 = endpoint(WORKSPACE), endpoint(RELAY), endpoint("com.amazonaws.us-east-1.s3")
equal(state(rest), "pendingAcceptance")
made = a.vpc_endpoints.create(vpc_endpoint_name="rest", aws_vpc_endpoint_id=rest, region="us-east-1")
equal((made.state, made.aws_account_id, made.aws_vpc_endpoint_id), ("available", "000000000000", rest))
equal((made.use_case.value, made.aws_endpoint_service_id), ("WORKSPACE_ACCESS", "vpce-svc-09143d1e626de2f04"))
equal(state(rest), "available")
equal(a.vpc_endpoints.get(made.vpc_endpoint_id), made)
equal(list(a.vpc_endpoints.list()), [made])
second = a.vpc_endpoints.create(vpc_endpoint_name="relay", aws_vpc_endpoint_id=relay, region="us-east-1")
equal(second.use_case.value, "DATAPLANE_RELAY_ACCESS")


def refused(words, name="other", id=relay, region="us-east-1", **more):
    create = a.vpc_endpoints.create
    fails(words, create, vpc_endpoint_name=name, aws_vpc_endpoint_id=id, region=region, **more)


refused("already registered")
refused("VPC endpoint with name rest already exists", name="rest", id=s3)
refused("between 4 and 256", name="abc")
refused("between 4 and 256", name="x" * 257)
refused("Invalid VPC endpoint ID: eni-1", id="eni-1")
refused("Invalid VPC endpoint ID: ", id=None)
refused("region is required", region=None)
refused("does not exist in region us-east-1", id="vpce-00000000000000000")
refused("does not exist in region eu-west-1", id=s3, region="eu-west-1")
refused("no service of Databricks'", id=s3)
refused("gcp_vpc_endpoint_info", gcp_vpc_endpoint_info=provisioning.GcpVpcEndpointInfo("p", "e", "r"))
fails("does not exist in account", a.vpc_endpoints.get, "none", code="RESOURCE_DOES_NOT_EXIST")
fails("does not exist in account", a.vpc_endpoints.delete, "none", code="RESOURCE_DOES_NOT_EXIST")
equal({one.vpc_endpoint_name for one in a.vpc_endpoints.list()}, {"rest", "relay"})

# Settings.
open_to_all = a.private_access.create(private_access_settings_name="everybody", region="us-east-1", public_access_enabled=True)
equal(open_to_all.private_access_level, PrivateAccessLevel.ACCOUNT)
closed = a.private_access.create(
    private_access_settings_name="endpoints",
    region="us-east-1",
    private_access_level=PrivateAccessLevel.ENDPOINT,
    allowed_vpc_endpoint_ids=[made.vpc_endpoint_id],
)
equal((closed.public_access_enabled, closed.allowed_vpc_endpoint_ids), (False, [made.vpc_endpoint_id]))
equal(a.private_access.get(closed.private_access_settings_id), closed)
equal(len(list(a.private_access.list())), 2)


def not_settings(words, name="settings", region="us-east-1", **more):
    fails(words, a.private_access.create, private_access_settings_name=name, region=region, **more)


not_settings("already exists", name="endpoints")
not_settings("between 4 and 256", name="abc")
not_settings("region is required", region=None)
not_settings("only be set with private_access_level ENDPOINT", allowed_vpc_endpoint_ids=[made.vpc_endpoint_id])
not_settings("VPC endpoint none does not exist", private_access_level=PrivateAccessLevel.ENDPOINT, allowed_vpc_endpoint_ids=["none"])
fails("does not exist in account", a.private_access.get, "none", code="RESOURCE_DOES_NOT_EXIST")
fails("Could not parse", a.api_client.do, "POST", f"/api/2.0/accounts/{a.config.account_id}/private-access-settings",
      body={"private_access_settings_name": "what", "region": "us-east-1", "private_access_level": "NOBODY"})


def replace(id=closed.private_access_settings_id, name="endpoints", **more):
    more.setdefault("region", "us-east-1")
    return a.private_access.replace(id, PrivateAccessSettings(private_access_settings_name=name, **more))


replaced = replace(name="renamed", public_access_enabled=True)
equal((replaced.private_access_settings_name, replaced.private_access_level), ("renamed", PrivateAccessLevel.ACCOUNT))
equal((replaced.public_access_enabled, replaced.allowed_vpc_endpoint_ids or []), (True, []))
fails("already exists", replace, name="everybody")
fails("does not exist in account", replace, id="none")

# A workspace has settings of its region, and a network whose endpoints are registered for what they lead to.
storage = next(iter(a.storage.list())).storage_configuration_id
credentials = next(iter(a.credentials.list())).credentials_id
settings = closed.private_access_settings_id


def network(name, rest_api, dataplane_relay):
    return a.networks.create(
        network_name=name,
        vpc_id=vpc,
        subnet_ids=subnets,
        security_group_ids=[group],
        vpc_endpoints=provisioning.NetworkVpcEndpoints(rest_api=rest_api, dataplane_relay=dataplane_relay),
    ).network_id


def deploy(name, **more):
    return a.workspaces.create(
        workspace_name=name,
        aws_region="us-east-1",
        credentials_id=credentials,
        storage_configuration_id=storage,
        **more,
    )


abroad = a.private_access.create(private_access_settings_name="abroad", region="eu-west-1").private_access_settings_id
fails("are for region eu-west-1 and not for us-east-1", deploy, "one", private_access_settings_id=abroad)
fails("Private access settings none does not exist", deploy, "one", private_access_settings_id="none")
wrong = network("wrong", [second.vpc_endpoint_id], ["none"])
failed = deploy("wrong", private_access_settings_id=settings, network_id=wrong)
found = a.workspaces.get(failed.workspace_id)
equal(found.workspace_status.value, "FAILED")
assert "leads to" in found.workspace_status_message, found.workspace_status_message
assert "VPC endpoint none does not exist" in found.workspace_status_message, found.workspace_status_message
a.workspaces.delete(failed.workspace_id)

# The default policy of the first workspace's role is for a VPC of Databricks' making.
may(CROSS_ACCOUNT, ("Allow", ["ec2:DescribeNetworkAcls", "ec2:DescribeVpcAttribute"], "*"), name="customer-managed-vpc")
right = network("right", [made.vpc_endpoint_id], [second.vpc_endpoint_id])
workspace = deploy("right", private_access_settings_id=settings, network_id=right).result()
equal((workspace.workspace_status.value, workspace.private_access_settings_id), ("RUNNING", settings))
fails("in use by workspace", a.private_access.delete, settings)
fails("in use by workspace", replace, name="renamed", region="eu-west-1")
fails("in use by workspace", a.vpc_endpoints.delete, made.vpc_endpoint_id)
update = f"/api/2.0/accounts/{a.config.account_id}/workspaces/{workspace.workspace_id}"
fails("are for region eu-west-1", a.api_client.do, "PATCH", update, body={"private_access_settings_id": abroad})
a.api_client.do("PATCH", update, body={"private_access_settings_id": open_to_all.private_access_settings_id})
a.private_access.delete(settings)
a.workspaces.delete(workspace.workspace_id)
equal(a.vpc_endpoints.delete(made.vpc_endpoint_id).vpc_endpoint_name, "rest")
equal(state(rest), "available")
ec2.delete_vpc_endpoints(VpcEndpointIds=[relay])
equal(a.vpc_endpoints.get(second.vpc_endpoint_id).state, "deleted")

# What else the account has at Databricks is refused by its name.
for path in ["customer-managed-keys", "log-delivery", "budget-policies", "network-connectivity-configs"]:
    try:
        a.api_client.do("GET", f"/api/2.0/accounts/{a.config.account_id}/{path}")
        raise AssertionError(path)
    except DatabricksError as refusal:
        equal(refusal.error_code, "NOT_IMPLEMENTED")
        assert path in str(refusal), refusal
