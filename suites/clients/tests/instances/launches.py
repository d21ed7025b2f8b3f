"""Launches, profiles, templates, spot and fleets, as boto3 sees them."""

from rolecall import client, equal, policy, refused, trust

ec2 = client("ec2")
iam = client("iam")

for name in ("one", "two"):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)

images = ec2.describe_images(
    Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-2023*-x86_64"]}])["Images"]
image = max(images, key=lambda one: one["CreationDate"])["ImageId"]
launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}

# An instance lives, and its states settle before the next poll.
made = ec2.run_instances(**launch, IamInstanceProfile={"Name": "one"})["Instances"][0]
equal(made["State"]["Name"], "pending")
instance = made["InstanceId"]
ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[instance])


def worn():
    shown = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    return shown.get("IamInstanceProfile", {}).get("Arn", "").rpartition("/")[2]


# Its profile is changed, taken off and put on.
equal(worn(), "one")
listed = ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"][0]
equal(listed["State"], "associated")
replaced = ec2.replace_iam_instance_profile_association(
    AssociationId=listed["AssociationId"], IamInstanceProfile={"Name": "two"})
replaced = replaced["IamInstanceProfileAssociation"]
assert replaced["AssociationId"] != listed["AssociationId"]
equal(worn(), "two")
refused("IncorrectState", ec2.associate_iam_instance_profile,
        IamInstanceProfile={"Name": "one"}, InstanceId=instance,
        message=f"There is an existing association for instance {instance}")
ec2.disassociate_iam_instance_profile(AssociationId=replaced["AssociationId"])
equal(worn(), "")

# Who may launch, and pass the role.
iam.create_user(UserName="anna")
key = iam.create_access_key(UserName="anna")["AccessKey"]
anna = client("ec2", (key["AccessKeyId"], key["SecretAccessKey"]))
iam.put_user_policy(UserName="anna", PolicyName="own", PolicyDocument=policy(("Allow", "ec2:RunInstances", "*")))
dry = {**launch, "DryRun": True}
answer = refused("DryRunOperation", anna.run_instances, **dry)
equal(answer["ResponseMetadata"]["HTTPStatusCode"], 412)
answer = refused("UnauthorizedOperation", anna.run_instances, **dry, IamInstanceProfile={"Name": "one"})
equal(answer["ResponseMetadata"]["HTTPStatusCode"], 403)
encoded = answer["Error"]["Message"].partition("failure message: ")[2]
decoded = client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"]
assert '"action":"iam:PassRole"' in decoded.replace(" ", ""), decoded

# Spot Instances: the caller makes the service-linked role, or is told that it may not.
spot = {"MarketType": "spot"}
answer = refused("AuthFailure.ServiceLinkedRoleCreationNotPermitted", anna.run_instances,
                 **launch, InstanceMarketOptions=spot)
equal(answer["ResponseMetadata"]["HTTPStatusCode"], 403)
request = ec2.request_spot_instances(
    LaunchSpecification={"ImageId": image, "InstanceType": "m5.large"})["SpotInstanceRequests"][0]
ec2.get_waiter("spot_instance_request_fulfilled").wait(SpotInstanceRequestIds=[request["SpotInstanceRequestId"]])
ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=[request["SpotInstanceRequestId"]])

# A launch template, and fleets of it.
template = ec2.create_launch_template(
    LaunchTemplateName="pool",
    LaunchTemplateData={"ImageId": image, "InstanceType": "m5.large", "IamInstanceProfile": {"Name": "one"}})
template = template["LaunchTemplate"]["LaunchTemplateId"]
version = ec2.describe_launch_template_versions(LaunchTemplateId=template)["LaunchTemplateVersions"][0]
equal(version["LaunchTemplateData"]["IamInstanceProfile"], {"Name": "one"})
config = {"LaunchTemplateSpecification": {"LaunchTemplateId": template, "Version": "$Latest"}}
target = {"TotalTargetCapacity": 2, "DefaultTargetCapacityType": "spot"}
fleet = ec2.create_fleet(Type="instant", LaunchTemplateConfigs=[config], TargetCapacitySpecification=target)
equal(len(fleet["Instances"][0]["InstanceIds"]), 2)
equal(fleet["Errors"], [])
shown = ec2.describe_fleets(FleetIds=[fleet["FleetId"]])["Fleets"][0]
equal((shown["FulfilledCapacity"], shown["ActivityStatus"]), (2.0, "fulfilled"))
ec2.delete_fleets(FleetIds=[fleet["FleetId"]], TerminateInstances=True)

# What EC2 says to a zone that does not offer a type, and to parameters that it does not have.
refused("Unsupported", ec2.run_instances, **launch, Placement={"AvailabilityZone": "us-east-1e"})
prices = ec2.describe_spot_price_history(
    InstanceTypes=["m5.large"], ProductDescriptions=["Linux/UNIX"], MaxResults=5)["SpotPriceHistory"]
assert all(0 < float(price["SpotPrice"]) < 0.1 for price in prices), prices
kinds = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"]
equal(kinds[0]["MemoryInfo"]["SizeInMiB"], 1024)

ec2.terminate_instances(InstanceIds=[instance])
ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance])
