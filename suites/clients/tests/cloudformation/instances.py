"""An instance that takes a profile, and every way to get it wrong, each with the event that a person sees."""

import json
import os
import pathlib

from rolecall import client, equal, trust, user

cloudformation, ec2, iam = client("cloudformation"), client("ec2"), client("iam")
NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
EXAMPLE = pathlib.Path(os.environ["EXAMPLES"], "instance-profile.yaml").read_text()
images = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-2023*-x86_64"]}])
IMAGE = [{"ParameterKey": "ImageId", "ParameterValue": images["Images"][0]["ImageId"]}]


def status(name):
    return cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def failure(name, body, caller=cloudformation, at="Instance"):
    """The event of the resource that fails; nothing is left."""
    before = (iam.list_roles()["Roles"], iam.list_instance_profiles()["InstanceProfiles"])
    caller.create_stack(StackName=name, TemplateBody=body, Parameters=IMAGE, **NAMED)
    equal(status(name), "ROLLBACK_COMPLETE")
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [it for it in events if it["ResourceStatus"] == "CREATE_FAILED" and it["LogicalResourceId"] == at]
    equal((iam.list_roles()["Roles"], iam.list_instance_profiles()["InstanceProfiles"]), before)
    equal(running(), 0)
    return failed[0]["ResourceStatusReason"]


def running():
    found = ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
    return len(found["Reservations"])


def without(body, start, end):
    """A template without the lines from the one that starts so up to the one that starts so."""
    lines = body.splitlines(keepends=True)
    first = next(index for index, line in enumerate(lines) if line.startswith(start))
    last = next(index for index, line in enumerate(lines) if index > first and line.startswith(end))
    return "".join(lines[:first] + lines[last:])


# As it should be.
cloudformation.create_stack(StackName="good", TemplateBody=EXAMPLE, Parameters=IMAGE, **NAMED)
cloudformation.get_waiter("stack_create_complete").wait(StackName="good", WaiterConfig={"Delay": 1, "MaxAttempts": 10})
equal(running(), 1)
instance = cloudformation.describe_stack_resource(StackName="good", LogicalResourceId="Instance")["StackResourceDetail"]["PhysicalResourceId"]
found = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
profile = cloudformation.describe_stack_resource(StackName="good", LogicalResourceId="InstanceProfile")["StackResourceDetail"]["PhysicalResourceId"]
equal(found["IamInstanceProfile"]["Arn"].rsplit("/")[-1], profile)
cloudformation.delete_stack(StackName="good")
cloudformation.get_waiter("stack_delete_complete").wait(StackName="good", WaiterConfig={"Delay": 1, "MaxAttempts": 10})
equal(running(), 0)

# The profile is missing, and its name is given all the same.
named = EXAMPLE.replace("IamInstanceProfile: !Ref InstanceProfile", "IamInstanceProfile: nobody")
told = failure("no-profile", without(named, "  InstanceProfile:", "  Role:"))
text = 'Resource handler returned message: "Value (nobody) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name (Service: Ec2, Status Code: 400, Request ID: '
assert told.startswith(text) and told.endswith("HandlerErrorCode: InvalidRequest)"), told

# A role's name where a profile's belongs.
role_for_profile = EXAMPLE.replace("IamInstanceProfile: !Ref InstanceProfile", "IamInstanceProfile: !Ref Role")
told = failure("role-name", without(role_for_profile, "  InstanceProfile:", "  Role:"))
assert "for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name (Service: Ec2" in told, told

# Who deploys may not pass the role: IAM asks for that where the role goes into the profile, EC2 where the instance
# takes a profile that is there already.
statements = [("Allow", ["cloudformation:*", "ec2:*", "iam:*"], "*"), ("Deny", "iam:PassRole", "*")]
deployer = client("cloudformation", key=user("deployer", *statements))
told = failure("no-pass-role", EXAMPLE, deployer, at="InstanceProfile")
assert "is not authorized to perform: iam:PassRole on resource: arn:aws:iam::000000000000:role/no-pass-role-Role-" in told, told
assert told.endswith("HandlerErrorCode: AccessDenied)"), told
iam.create_role(RoleName="ready", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
iam.create_instance_profile(InstanceProfileName="ready")
iam.add_role_to_instance_profile(InstanceProfileName="ready", RoleName="ready")
ready = EXAMPLE.replace("IamInstanceProfile: !Ref InstanceProfile", "IamInstanceProfile: ready")
told = failure("no-pass-ready", without(ready, "  InstanceProfile:", "  Role:"), deployer)
assert "You are not authorized to perform this operation." in told and "iam:PassRole on resource: arn:aws:iam::000000000000:role/ready" in told, told
assert told.endswith("HandlerErrorCode: AccessDenied)"), told

# Nobody may be EC2: the trust policy names another service. No call asks for that, so the stack is made, as on AWS;
# it is the instance that gets no credentials.
lambdas = EXAMPLE.replace("Service: ec2.amazonaws.com", "Service: lambda.amazonaws.com")
cloudformation.create_stack(StackName="no-trust", TemplateBody=lambdas, Parameters=IMAGE, **NAMED)
equal(status("no-trust"), "CREATE_COMPLETE")
