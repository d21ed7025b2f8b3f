"""Malformed documents, invalid principals, conflicts and wrong input."""

import json

from rolecall import client, policy, refused, trust

iam = client("iam")
ec2 = trust({"Service": "ec2.amazonaws.com"})


def malformed(document, message):
    refused("MalformedPolicyDocument", iam.create_role, RoleName="r", AssumeRolePolicyDocument=document, message=message)


refused(
    "MalformedPolicyDocument",
    iam.create_policy,
    PolicyName="p",
    PolicyDocument="{",
    message="Syntax errors in policy.",
)
malformed(
    trust({"AWS": "arn:aws:iam::000000000000:user/nobody"}),
    'Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:user/nobody"',
)
malformed(
    trust({"Service": "ec2.amazonaws.com"}, action="s3:GetObject"),
    "Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML, and "
    "sts:AssumeRoleWithWebIdentity",
)
with_resource = json.loads(ec2)
with_resource["Statement"][0]["Resource"] = "*"
malformed(json.dumps(with_resource), "Has prohibited field Resource")
refused(
    "MalformedPolicyDocument",
    iam.create_policy,
    PolicyName="p",
    PolicyDocument=policy({"Effect": "Allow", "Action": "s3:*"}),
    message="Policy statement must contain resources.",
)
refused(
    "MalformedPolicyDocument",
    iam.create_policy,
    PolicyName="p",
    PolicyDocument=policy({"Effect": "Allow", "Action": "s3", "Resource": "*"}),
    message="Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
)

iam.create_role(RoleName="etl", AssumeRolePolicyDocument=ec2)
refused(
    "EntityAlreadyExists",
    iam.create_role,
    RoleName="ETL",
    AssumeRolePolicyDocument=ec2,
    message="Role with name ETL already exists.",
)
refused("ValidationError", iam.create_role, RoleName="no spaces", AssumeRolePolicyDocument=ec2)
refused("ValidationError", iam.create_role, RoleName="x" * 65, AssumeRolePolicyDocument=ec2)
iam.create_role(RoleName="x" * 64, AssumeRolePolicyDocument=ec2)
refused("ValidationError", iam.create_role, RoleName="p", Path="no-slash", AssumeRolePolicyDocument=ec2)
refused("NoSuchEntity", iam.get_role, RoleName="none", message="The role with name none cannot be found.")
refused("NoSuchEntity", iam.get_instance_profile, InstanceProfileName="none")

# An inline policy's size is counted without white space: 10,240 characters for a role.
empty = len(policy(("Allow", "s3:*", [""])).replace(" ", ""))


def of_size(characters):
    return policy(("Allow", "s3:*", ["x" * (characters - empty)]))


def arn_of_size(characters):
    return policy(("Allow", "s3:*", ["arn:aws:s3:::" + "x" * (characters - empty - 13)]))


iam.put_role_policy(RoleName="etl", PolicyName="big", PolicyDocument=arn_of_size(10240))
refused(
    "LimitExceeded",
    iam.put_role_policy,
    RoleName="etl",
    PolicyName="big",
    PolicyDocument=arn_of_size(10241),
    message="Maximum policy size of 10240 bytes exceeded for role etl",
)
