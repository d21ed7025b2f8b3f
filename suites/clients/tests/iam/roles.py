"""Roles, instance profiles and PassRole."""

import botocore.exceptions
from rolecall import client, equal, policy, refused, trust, user

iam = client("iam")
ec2 = {"Service": "ec2.amazonaws.com"}
role = iam.create_role(
    RoleName="lakehouse", Path="/databricks/", AssumeRolePolicyDocument=trust(ec2), MaxSessionDuration=7200
)["Role"]
equal(role["Arn"], "arn:aws:iam::000000000000:role/databricks/lakehouse")
assert role["RoleId"].startswith("AROA"), role
# boto3 decodes the document that travels URL-encoded.
equal(role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], ec2)

profile = iam.create_instance_profile(InstanceProfileName="lakehouse", Path="/databricks/")["InstanceProfile"]
assert profile["InstanceProfileId"].startswith("AIPA"), profile

# Adding the role to the profile passes it: the full path counts.
almost = user("almost", ("Allow", "iam:AddRoleToInstanceProfile", "*"), ("Allow", "iam:PassRole", "arn:aws:iam::000000000000:role/lakehouse"))
refused(
    "AccessDenied",
    client("iam", almost).add_role_to_instance_profile,
    InstanceProfileName="lakehouse",
    RoleName="lakehouse",
    message="User: arn:aws:iam::000000000000:user/almost is not authorized to perform: iam:PassRole on resource: "
    "arn:aws:iam::000000000000:role/databricks/lakehouse because no identity-based policy allows the "
    "iam:PassRole action",
)
exactly = user("exactly", ("Allow", "iam:AddRoleToInstanceProfile", "*"), ("Allow", "iam:PassRole", role["Arn"]))
client("iam", exactly).add_role_to_instance_profile(InstanceProfileName="lakehouse", RoleName="lakehouse")
equal(iam.get_instance_profile(InstanceProfileName="lakehouse")["InstanceProfile"]["Roles"][0]["RoleName"], "lakehouse")

# One role a profile; a role in a profile is not deleted.
iam.create_role(RoleName="other", AssumeRolePolicyDocument=trust(ec2))
refused(
    "LimitExceeded",
    iam.add_role_to_instance_profile,
    InstanceProfileName="lakehouse",
    RoleName="other",
    message="Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
)
refused(
    "DeleteConflict",
    iam.delete_role,
    RoleName="lakehouse",
    message="Cannot delete entity, must remove roles from instance profile first.",
)
refused(
    "DeleteConflict",
    iam.delete_instance_profile,
    InstanceProfileName="lakehouse",
    message="Cannot delete entity, must remove roles from instance profile first.",
)
listed = iam.list_instance_profiles_for_role(RoleName="lakehouse")["InstanceProfiles"]
equal([one["InstanceProfileName"] for one in listed], ["lakehouse"])

# Policies of AWS's own and of one's own; versions, five at most.
iam.attach_role_policy(RoleName="lakehouse", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
refused("NoSuchEntity", iam.attach_role_policy, RoleName="lakehouse", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")
own = iam.create_policy(PolicyName="own", PolicyDocument=policy(("Allow", "s3:GetObject", "*")))["Policy"]["Arn"]
iam.attach_role_policy(RoleName="lakehouse", PolicyArn=own)
for _ in range(4):
    iam.create_policy_version(PolicyArn=own, PolicyDocument=policy(("Allow", "s3:*", "*")), SetAsDefault=True)
refused("LimitExceeded", iam.create_policy_version, PolicyArn=own, PolicyDocument=policy(("Allow", "s3:*", "*")))
equal(iam.get_policy(PolicyArn=own)["Policy"]["DefaultVersionId"], "v5")
refused("DeleteConflict", iam.delete_policy, PolicyArn=own)
iam.put_role_policy(RoleName="lakehouse", PolicyName="inline", PolicyDocument=policy(("Allow", "s3:*", "*")))
equal(iam.list_role_policies(RoleName="lakehouse")["PolicyNames"], ["inline"])

# The waiters of the SDK find both.
iam.get_waiter("role_exists").wait(RoleName="lakehouse")
iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="lakehouse")

# Service-linked roles have names, paths and policies of their service's.
linked = iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")["Role"]
equal(linked["Arn"], "arn:aws:iam::000000000000:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot")
refused("InvalidInput", iam.create_service_linked_role, AWSServiceName="spot.amazonaws.com")
try:
    iam.put_role_policy(RoleName="AWSServiceRoleForEC2Spot", PolicyName="x", PolicyDocument=policy(("Allow", "s3:*", "*")))
    raise AssertionError("a service-linked role was changed")
except botocore.exceptions.ClientError as error:
    equal(error.response["Error"]["Code"], "UnmodifiableEntity")
