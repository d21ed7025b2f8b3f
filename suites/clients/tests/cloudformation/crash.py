"""A stack of a hundred resources, in whose making, changing or deleting the server is killed.

`crash.py begin N` says `now` and begins; `crash.py check N`, with the next server, waits for the end: what there is in
the services is what the stack has. N says which operation it is, and whether it fails at last.
"""

import json
import sys
import time

from rolecall import client, equal, trust

KIND, NUMBER = sys.argv[1], int(sys.argv[2])
NAME = f"s{NUMBER}"
# How the operation ends; and how the stack was before, if the server was killed before it heard of it.
END = ["CREATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", None][NUMBER % 5]
BEFORE = "CREATE_COMPLETE" if NUMBER % 5 >= 2 else None
NAMED = {"StackName": NAME, "Capabilities": ["CAPABILITY_IAM"]}
TRUST = json.loads(trust({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}))

cloudformation = client("cloudformation")


def resources(changed):
    """A hundred resources. Changed ones: half of the roles are made anew, and the rest follows them."""
    made = {"Vpc": ("EC2::VPC", {"CidrBlock": "10.50.0.0/16"})}
    for n in range(18):
        role = {"AssumeRolePolicyDocument": TRUST, "Path": "/x/" if changed and n % 2 else "/"}
        made[f"Role{n}"] = ("IAM::Role", role)
        made[f"Profile{n}"] = ("IAM::InstanceProfile", {"Roles": [{"Ref": f"Role{n}"}]})
        subnet = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.50.{n}.0/24", "MapPublicIpOnLaunch": changed}
        made[f"Subnet{n}"] = ("EC2::Subnet", subnet)
        group = {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "new" if changed and n % 3 else "old"}
        made[f"Firewall{n}"] = ("EC2::SecurityGroup", group)
    for n in range(6, 12) if changed else range(8):
        made[f"Group{n}"] = ("IAM::Group", {})
        made[f"User{n}"] = ("IAM::User", {"Groups": [{"Ref": f"Group{n}"}]})
        volume = {"AvailabilityZone": "us-east-1a", "Size": 1}
        made[f"Volume{n}"] = ("EC2::Volume", volume)
    for n in range(3):
        made[f"Bucket{n}"] = ("S3::Bucket", {})
    code = {"Role": {"Fn::GetAtt": ["Role1", "Arn"]}, "Runtime": "python3.13", "Handler": "index.handler"}
    made["Function"] = ("Lambda::Function", {**code, "Code": {"ZipFile": "x = 2" if changed else "x = 1"}})
    return made


def template(changed=False, fails=False):
    made = {id: {"Type": f"AWS::{kind}", "Properties": it} for id, (kind, it) in resources(changed).items()}
    if fails:
        last = {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": ["nobody"]}}
        made["Last"] = {**last, "DependsOn": list(made)}
    return json.dumps({"Resources": made})


def begin():
    fails = NUMBER % 5 in (1, 3)
    if NUMBER % 5 < 2:
        operation, given = cloudformation.create_stack, {"TemplateBody": template(fails=fails), **NAMED}
    else:
        cloudformation.create_stack(TemplateBody=template(), **NAMED)
        equal(status(), BEFORE)
        operation, given = cloudformation.update_stack, {"TemplateBody": template(changed=True, fails=fails), **NAMED}
    if NUMBER % 5 == 4:
        operation, given = cloudformation.delete_stack, {"StackName": NAME}
    print("now", flush=True)
    operation(**given)


def status():
    """How the stack ended; nothing if it is gone."""
    while True:
        stacks = [it for it in cloudformation.describe_stacks()["Stacks"] if it["StackName"] == NAME]
        if not stacks or not stacks[0]["StackStatus"].endswith("_IN_PROGRESS"):
            return stacks[0]["StackStatus"] if stacks else None
        time.sleep(0.05)


def pages(service, operation, list, member, **parameters):
    found = client(service).get_paginator(operation).paginate(**parameters)
    return sorted(it[member] for page in found for it in page[list])


def there():
    """What there is in the services, by type."""
    def where(name, value):
        return {"Filters": [{"Name": name, "Values": [value]}]}

    ours, named = where("default-for-az", "false"), where("group-name", f"{NAME}-*")
    return {
        "EC2::SecurityGroup": pages("ec2", "describe_security_groups", "SecurityGroups", "GroupId", **named),
        "EC2::Subnet": pages("ec2", "describe_subnets", "Subnets", "SubnetId", **ours),
        "EC2::VPC": pages("ec2", "describe_vpcs", "Vpcs", "VpcId", **where("is-default", "false")),
        "EC2::Volume": pages("ec2", "describe_volumes", "Volumes", "VolumeId"),
        "IAM::Group": pages("iam", "list_groups", "Groups", "GroupName"),
        "IAM::InstanceProfile": pages("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
        "IAM::Role": pages("iam", "list_roles", "Roles", "RoleName"),
        "IAM::User": pages("iam", "list_users", "Users", "UserName"),
        "Lambda::Function": pages("lambda", "list_functions", "Functions", "FunctionName"),
        "S3::Bucket": sorted(it["Name"] for it in client("s3").list_buckets()["Buckets"]),
    }


def check():
    end = status()
    assert end in (END, BEFORE), end
    changes = {"CREATE_COMPLETE": False, "UPDATE_ROLLBACK_COMPLETE": False, "UPDATE_COMPLETE": True}
    expected = resources(changes[end]) if end in changes else {}
    found = {kind: [] for kind in there()}
    if expected:
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=NAME):
            for it in page["StackResourceSummaries"]:
                assert it["ResourceStatus"].endswith("E_COMPLETE"), it
                found[it["ResourceType"].removeprefix("AWS::")].append(it["PhysicalResourceId"])
    equal({kind: sorted(ids) for kind, ids in found.items()}, there())
    equal(sum(len(ids) for ids in found.values()), len(expected))
    if end:
        cloudformation.delete_stack(StackName=NAME)
        equal(status(), None)
    equal(there(), {kind: [] for kind in found})


begin() if KIND == "begin" else check()
