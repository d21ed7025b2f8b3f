"""Begins to make a stack of many roles, or one that will fail, and goes."""

import json
import sys

from rolecall import client, trust

number = int(sys.argv[1])
role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": json.loads(trust({"Service": "ec2.amazonaws.com"}))}}
resources = {f"Role{index}": role for index in range(120)}
if number % 2:
    last = {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": ["nobody"]}}
    resources["Last"] = {**last, "DependsOn": [f"Role{index}" for index in range(120)]}
client("cloudformation").create_stack(
    StackName=f"s{number}", TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_IAM"]
)
