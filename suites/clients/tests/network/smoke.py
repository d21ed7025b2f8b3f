"""Every operation on networks, volumes and tags through boto3, whose own models read the answers."""

import datetime

from rolecall import client, equal, refused, user

ec2 = client("ec2")


def tags(kind, **pairs):
    listed = [{"Key": key, "Value": value} for key, value in pairs.items()]
    return [{"ResourceType": kind, "Tags": listed}]


def only(items):
    equal(len(items), 1)
    return items[0]


# Regions and the account.
equal(len(ec2.describe_availability_zones()["AvailabilityZones"]), 6)
equal(only(ec2.describe_regions(RegionNames=["eu-west-1"])["Regions"])["OptInStatus"], "opt-in-not-required")
attributes = ec2.describe_account_attributes(AttributeNames=["default-vpc"])["AccountAttributes"]
default_vpc = attributes[0]["AttributeValues"][0]["AttributeValue"]
offering = ec2.describe_reserved_instances_offerings(
    InstanceType="m5.large", OfferingType="No Upfront", OfferingClass="standard",
    ProductDescription="Linux/UNIX")["ReservedInstancesOfferings"][0]
assert offering["RecurringCharges"][0]["Amount"] > 0
equal(only(ec2.describe_vpcs(VpcIds=[default_vpc])["Vpcs"])["IsDefault"], True)
equal(len(ec2.describe_subnets()["Subnets"]), 6)

# A VPC with its furniture.
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags("vpc", Name="w"))["Vpc"]
vpc_id = vpc["VpcId"]
equal(vpc["Tags"], [{"Key": "Name", "Value": "w"}])
ec2.get_waiter("vpc_available").wait(VpcIds=[vpc_id])
ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
attribute = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsHostnames")
equal(attribute["EnableDnsHostnames"], {"Value": True})
in_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
equal(only(ec2.describe_network_acls(Filters=in_vpc)["NetworkAcls"])["IsDefault"], True)
main_table = only(ec2.describe_route_tables(Filters=in_vpc)["RouteTables"])
equal(main_table["Associations"][0]["Main"], True)

options = ec2.create_dhcp_options(
    DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.com"]}])["DhcpOptions"]
ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"], VpcId=vpc_id)
shown = only(ec2.describe_dhcp_options(DhcpOptionsIds=[options["DhcpOptionsId"]])["DhcpOptions"])
equal(shown["DhcpConfigurations"], [{"Key": "domain-name", "Values": [{"Value": "example.com"}]}])

# Subnets and interfaces.
subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24")["Subnet"]
subnet_id = subnet["SubnetId"]
ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": True})
equal(only(ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"])["MapPublicIpOnLaunch"], True)
interface = ec2.create_network_interface(SubnetId=subnet_id, Description="x")["NetworkInterface"]
eni = interface["NetworkInterfaceId"]
assigned = ec2.assign_private_ip_addresses(NetworkInterfaceId=eni, SecondaryPrivateIpAddressCount=1)
second = assigned["AssignedPrivateIpAddresses"][0]["PrivateIpAddress"]
ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni, PrivateIpAddresses=[second])
ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, SourceDestCheck={"Value": False})
equal(only(ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"])["SourceDestCheck"], False)

# Gateways, routes, addresses.
igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc_id)
attached = ec2.describe_internet_gateways(InternetGatewayIds=[igw])["InternetGateways"]
equal(only(attached)["Attachments"], [{"State": "available", "VpcId": vpc_id}])
table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)
address = ec2.allocate_address(Domain="vpc")
association = ec2.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=eni)["AssociationId"]
equal(only(ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"])["NetworkInterfaceId"], eni)
refused("DependencyViolation", ec2.detach_internet_gateway, InternetGatewayId=igw, VpcId=vpc_id)
ec2.disassociate_address(AssociationId=association)
equal(len(ec2.describe_addresses_attribute()["Addresses"]), 1)
nat = ec2.create_nat_gateway(SubnetId=subnet_id, AllocationId=address["AllocationId"])["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat])
ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
joined = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_id)["AssociationId"]
joined = ec2.replace_route_table_association(
    AssociationId=joined, RouteTableId=main_table["RouteTableId"])["NewAssociationId"]
ec2.disassociate_route_table(AssociationId=joined)

# Security groups.
group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc_id)["GroupId"]
ssh = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=ssh)["SecurityGroupRules"]
rule = only(made)["SecurityGroupRuleId"]
refused(
    "InvalidPermission.Duplicate", ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=ssh,
    message='the specified rule "peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW" already exists')
ec2.authorize_security_group_egress(GroupId=group, IpPermissions=ssh)
ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[{
    "SecurityGroupRuleId": rule,
    "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "10.0.0.0/8"}}])
described = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
equal(only(described)["FromPort"], 443)
ec2.revoke_security_group_egress(GroupId=group, IpPermissions=ssh)
ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule])
found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["g"]}])["SecurityGroups"]
equal(only(found)["IpPermissions"], [])

# Endpoints and the lists of addresses behind them.
lists = ec2.describe_prefix_lists(
    Filters=[{"Name": "prefix-list-name", "Values": ["com.amazonaws.us-east-1.s3"]}])["PrefixLists"]
list_id = only(lists)["PrefixListId"]
equal(only(ec2.describe_managed_prefix_lists(PrefixListIds=[list_id])["PrefixLists"])["OwnerId"], "AWS")
assert ec2.get_managed_prefix_list_entries(PrefixListId=list_id)["Entries"]
assert ec2.describe_vpc_endpoint_services(ServiceNames=["com.amazonaws.us-east-1.sts"])["ServiceDetails"]
gateway = ec2.create_vpc_endpoint(
    VpcId=vpc_id, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table])["VpcEndpoint"]
ec2.modify_vpc_endpoint(VpcEndpointId=gateway["VpcEndpointId"], RemoveRouteTableIds=[table])
endpoint = ec2.create_vpc_endpoint(
    VpcId=vpc_id, ServiceName="com.amazonaws.us-east-1.sts", VpcEndpointType="Interface",
    SubnetIds=[subnet_id], SecurityGroupIds=[group])["VpcEndpoint"]["VpcEndpointId"]
state = only(ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"])["State"]
equal(state, "available")

# Volumes and snapshots.
volume = ec2.create_volume(
    AvailabilityZone="us-east-1a", Size=10, TagSpecifications=tags("volume", Team="data"))
volume_id = volume["VolumeId"]
assert isinstance(volume["CreateTime"], datetime.datetime)
ec2.get_waiter("volume_available").wait(VolumeIds=[volume_id])
changed = ec2.modify_volume(VolumeId=volume_id, Size=20)["VolumeModification"]
equal((changed["OriginalSize"], changed["TargetSize"]), (10, 20))
modifications = ec2.describe_volumes_modifications(VolumeIds=[volume_id])["VolumesModifications"]
equal(only(modifications)["ModificationState"], "completed")
snapshot = ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
ec2.delete_snapshot(SnapshotId=snapshot)
refused("InvalidInstanceID.NotFound", ec2.attach_volume,
        VolumeId=volume_id, InstanceId="i-12345678", Device="/dev/sdf")
refused("IncorrectState", ec2.detach_volume, VolumeId=volume_id,
        message=f"Volume '{volume_id}' is in the 'available' state.")

# Tags: over pages, and taken away.
ec2.create_tags(Resources=[vpc_id, volume_id], Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(5)])
pages = ec2.get_paginator("describe_tags").paginate(PaginationConfig={"PageSize": 5})
found = [tag for page in pages for tag in page["Tags"]]
equal(len(found), 12)
equal({tag["ResourceType"] for tag in found}, {"vpc", "volume"})
ec2.delete_tags(Resources=[vpc_id])
equal(ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc_id]}])["Tags"], [])

# Refusals in EC2's own shape: codes, statuses, dry runs.
answer = refused("DryRunOperation", ec2.describe_vpcs, DryRun=True)
equal(answer["ResponseMetadata"]["HTTPStatusCode"], 412)
key = user("nobody")
nobody = client("ec2", key)
answer = refused("UnauthorizedOperation", nobody.delete_vpc, VpcId=vpc_id, DryRun=True)
equal(answer["ResponseMetadata"]["HTTPStatusCode"], 403)
answer = refused("AuthFailure", client("ec2", (key[0], "wrong")).describe_vpcs)
equal(answer["ResponseMetadata"]["HTTPStatusCode"], 401)
refused("InvalidParameterValue", ec2.describe_vpcs, Filters=[{"Name": "colour", "Values": ["red"]}],
        message="The filter 'colour' is invalid")

# Everything goes again, in the only order that works.
refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc_id)
ec2.delete_volume(VolumeId=volume_id)
equal(ec2.describe_volumes()["Volumes"], [])
ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint, gateway["VpcEndpointId"]])
ec2.delete_security_group(GroupId=group)
ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
ec2.delete_route_table(RouteTableId=table)
ec2.delete_nat_gateway(NatGatewayId=nat)
equal(only(ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"])["State"], "deleted")
ec2.release_address(AllocationId=address["AllocationId"])
ec2.delete_network_interface(NetworkInterfaceId=eni)
ec2.delete_subnet(SubnetId=subnet_id)
ec2.detach_internet_gateway(InternetGatewayId=igw, VpcId=vpc_id)
ec2.delete_internet_gateway(InternetGatewayId=igw)
ec2.delete_vpc(VpcId=vpc_id)
ec2.delete_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"])
refused("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=[vpc_id],
        message=f"The vpc ID '{vpc_id}' does not exist")
