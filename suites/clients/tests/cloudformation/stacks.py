"""Stacks with boto3: made, waited for, changed, rolled back, deleted; what is refused."""

import json

from rolecall import client, equal, refused, trust, user

cloudformation = client("cloudformation")
iam = client("iam")


def role(**properties):
    properties.setdefault("AssumeRolePolicyDocument", json.loads(trust({"Service": "ec2.amazonaws.com"})))
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def template(outputs=None, **resources):
    return json.dumps({"Resources": resources, **({"Outputs": outputs} if outputs else {})})


def events(name, status):
    found = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [(it["LogicalResourceId"], it.get("ResourceStatusReason", "")) for it in found if it["ResourceStatus"] == status]


NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}

# Made, with the waiter of boto3, which asks once.
body = template(
    {"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}, "Export": {"Name": "role-arn"}}},
    Role=role(RoleName="etl"),
    Profile={"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
)
message = "Requires capabilities : [CAPABILITY_NAMED_IAM]"
refused("InsufficientCapabilitiesException", cloudformation.create_stack, StackName="s", TemplateBody=body, message=message)
made = cloudformation.create_stack(StackName="s", TemplateBody=body, Tags=[{"Key": "team", "Value": "data"}], **NAMED)
cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1, "MaxAttempts": 1})
stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
equal(stack["StackId"], made["StackId"])
arn = iam.get_role(RoleName="etl")["Role"]["Arn"]
equal(stack["Outputs"], [{"OutputKey": "Arn", "OutputValue": arn, "ExportName": "role-arn"}])
equal(iam.list_role_tags(RoleName="etl")["Tags"], [{"Key": "team", "Value": "data"}])
equal({it["LogicalResourceId"] for it in cloudformation.list_stack_resources(StackName="s")["StackResourceSummaries"]}, {"Role", "Profile"})
profile = cloudformation.describe_stack_resource(StackName="s", LogicalResourceId="Profile")["StackResourceDetail"]
assert profile["PhysicalResourceId"].startswith("s-Profile-"), profile
equal(iam.get_instance_profile(InstanceProfileName=profile["PhysicalResourceId"])["InstanceProfile"]["Roles"][0]["RoleName"], "etl")
refused("AlreadyExistsException", cloudformation.create_stack, StackName="s", TemplateBody=body, message="Stack [s] already exists", **NAMED)
refused("ValidationError", cloudformation.describe_stacks, StackName="other", message="Stack with id other does not exist")
refused("ValidationError", cloudformation.describe_stack_events, StackName="other", message="Stack [other] does not exist")
equal(cloudformation.get_template(StackName="s")["TemplateBody"], json.loads(body))

# Exports and imports.
user_of = {"Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}, "Outputs": {"O": {"Value": {"Fn::ImportValue": "role-arn"}}}}
cloudformation.create_stack(StackName="user", TemplateBody=json.dumps(user_of))
equal(cloudformation.describe_stacks(StackName="user")["Stacks"][0]["Outputs"][0]["OutputValue"], arn)
equal(cloudformation.list_exports()["Exports"][0]["Value"], arn)
equal(cloudformation.list_imports(ExportName="role-arn")["Imports"], ["user"])
cloudformation.delete_stack(StackName="s")
found = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
equal((found["StackStatus"], found["StackStatusReason"]), ("DELETE_FAILED", "Delete canceled. Cannot delete export role-arn as it is in use by user."))
cloudformation.delete_stack(StackName="user")
cloudformation.get_waiter("stack_delete_complete").wait(StackName="user", WaiterConfig={"Delay": 1, "MaxAttempts": 1})
cloudformation.delete_stack(StackName="s")
refused("ValidationError", cloudformation.describe_stacks, StackName="s")
equal(cloudformation.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackStatus"], "DELETE_COMPLETE")
equal(iam.list_roles()["Roles"], [])

# Change sets: what they say, and what they do.
cloudformation.create_change_set(StackName="c", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=template(Role=role(Path="/a/")), **NAMED)
equal(cloudformation.describe_stacks(StackName="c")["Stacks"][0]["StackStatus"], "REVIEW_IN_PROGRESS")
first = cloudformation.describe_change_set(StackName="c", ChangeSetName="first")
equal([(it["ResourceChange"]["Action"], it["ResourceChange"]["LogicalResourceId"]) for it in first["Changes"]], [("Add", "Role")])
cloudformation.execute_change_set(StackName="c", ChangeSetName="first")
equal(cloudformation.describe_stacks(StackName="c")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
same = cloudformation.create_change_set(StackName="c", ChangeSetName="same", TemplateBody=template(Role=role(Path="/a/")), **NAMED)
found = cloudformation.describe_change_set(ChangeSetName=same["Id"])
equal(found["Status"], "FAILED")
assert found["StatusReason"].startswith("The submitted information didn't contain changes."), found
refused("InvalidChangeSetStatus", cloudformation.execute_change_set, ChangeSetName=same["Id"])
two = template(
    Role=role(Path="/b/"),
    Profile={"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
)
cloudformation.create_change_set(StackName="c", ChangeSetName="second", TemplateBody=two, **NAMED)
changes = [it["ResourceChange"] for it in cloudformation.describe_change_set(StackName="c", ChangeSetName="second")["Changes"]]
equal([(it["Action"], it["LogicalResourceId"], it.get("Replacement")) for it in changes], [("Add", "Profile", None), ("Modify", "Role", "True")])
detail = changes[1]["Details"][0]
equal(detail, {"Target": {"Attribute": "Properties", "Name": "Path", "RequiresRecreation": "Always"}, "Evaluation": "Static", "ChangeSource": "DirectModification"})
cloudformation.execute_change_set(StackName="c", ChangeSetName="second")
equal(cloudformation.describe_stacks(StackName="c")["Stacks"][0]["StackStatus"], "UPDATE_COMPLETE")
equal([it["Path"] for it in iam.list_roles()["Roles"]], ["/b/"])
refused("ChangeSetNotFound", cloudformation.describe_change_set, StackName="c", ChangeSetName="x", message="ChangeSet [x] does not exist")
refused("ValidationError", cloudformation.update_stack, StackName="c", TemplateBody=two, message="No updates are to be performed.", **NAMED)

# A failure is told where it happened, and leaves nothing.
before = iam.list_roles()["Roles"]
broken = template(One=role(RoleName="one"), Profile={"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "One"}, "two"]}})
cloudformation.create_stack(StackName="two-roles", TemplateBody=broken, **NAMED)
equal(cloudformation.describe_stacks(StackName="two-roles")["Stacks"][0]["StackStatus"], "ROLLBACK_COMPLETE")
equal(events("two-roles", "CREATE_FAILED"), [("Profile", "Properties validation failed for resource Profile with message:\n#/Roles: expected maximum item count: 1, found: 2")])
equal(events("two-roles", "ROLLBACK_IN_PROGRESS"), [("two-roles", "The following resource(s) failed to create: [Profile]. Rollback requested by user.")])
equal(iam.list_roles()["Roles"], before)

# Who may make stacks and not roles; and a stack's role that may.
anna = user("anna", ("Allow", ["cloudformation:*", "iam:PassRole"], "*"))
hers = client("cloudformation", key=anna)
hers.create_stack(StackName="hers", TemplateBody=template(Role=role(RoleName="hers")), **NAMED)
(failed,) = events("hers", "CREATE_FAILED")
assert failed[1].startswith('Resource handler returned message: "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::000000000000:role/hers because no identity-based policy allows the iam:CreateRole action (Service: Iam, Status Code: 403, Request ID: '), failed
assert failed[1].endswith("HandlerErrorCode: AccessDenied)"), failed
deployer = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust({"Service": "cloudformation.amazonaws.com"}))["Role"]["Arn"]
iam.put_role_policy(RoleName="deployer", PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}))
hers.create_stack(StackName="by-role", TemplateBody=template(Role=role(RoleName="hers")), RoleARN=deployer, **NAMED)
equal(cloudformation.describe_stacks(StackName="by-role")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
nobody = iam.create_role(RoleName="nobody", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))["Role"]["Arn"]
refused("ValidationError", hers.create_stack, StackName="x", TemplateBody=template(Role=role()), RoleARN=nobody, message=f"Role {nobody} is invalid or cannot be assumed", **NAMED)
hers.delete_stack(StackName="by-role")
refused("ValidationError", cloudformation.describe_stacks, StackName="by-role")

# A stack in a stack, with its template in a bucket.
s3 = client("s3")
s3.create_bucket(Bucket="templates")
s3.put_object(Bucket="templates", Key="inner.json", Body=template({"Name": {"Value": {"Ref": "Role"}}}, Role=role()))
nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://templates.s3.amazonaws.com/inner.json"}}
cloudformation.create_stack(StackName="outer", TemplateBody=template({"Name": {"Value": {"Fn::GetAtt": ["Inner", "Outputs.Name"]}}}, Inner=nested), **NAMED)
outer = cloudformation.describe_stacks(StackName="outer")["Stacks"][0]
equal(outer["StackStatus"], "CREATE_COMPLETE")
iam.get_role(RoleName=outer["Outputs"][0]["OutputValue"])
cloudformation.delete_stack(StackName="outer")
refused("ValidationError", cloudformation.describe_stacks, StackName="outer")
refused("NoSuchEntity", iam.get_role, RoleName=outer["Outputs"][0]["OutputValue"])
refused("ValidationError", cloudformation.create_stack, StackName="x", TemplateURL="https://templates.s3.amazonaws.com/none.json", message="S3 error: The specified key does not exist.")

# Protection, tokens.
cloudformation.create_stack(StackName="safe", TemplateBody=template(Role=role()), EnableTerminationProtection=True, ClientRequestToken="one", **NAMED)
again = cloudformation.create_stack(StackName="safe", TemplateBody=template(Role=role()), ClientRequestToken="one", **NAMED)
equal(again["StackId"], cloudformation.describe_stacks(StackName="safe")["Stacks"][0]["StackId"])
refused("ValidationError", cloudformation.delete_stack, StackName="safe", message="Stack [safe] cannot be deleted while TerminationProtection is enabled")
cloudformation.update_termination_protection(StackName="safe", EnableTerminationProtection=False)
cloudformation.delete_stack(StackName="safe")
refused("ValidationError", cloudformation.describe_stacks, StackName="safe")
