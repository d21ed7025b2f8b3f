"""Pagination and tags."""

from rolecall import client, equal, refused, trust, user

iam = client("iam")
ec2 = trust({"Service": "ec2.amazonaws.com"})
names = [f"role-{number:03}" for number in range(105)]
for number, name in enumerate(reversed(names)):
    path = "/odd/" if number % 2 else "/even/"
    iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=ec2)

pages = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 50}))
equal([len(page["Roles"]) for page in pages], [50, 50, 5])
equal(sorted(role["RoleName"] for page in pages for role in page["Roles"]), names)
first = iam.list_roles()
equal((len(first["Roles"]), first["IsTruncated"]), (100, True))
refused("ValidationError", iam.list_roles, Marker="nonsense")
under = list(iam.get_paginator("list_roles").paginate(PathPrefix="/odd/").search("Roles[]"))
equal(len(under), 52)

# Tags: up to 50, keys unique without regard to case, the request's and the resource's as condition keys.
iam.tag_role(RoleName="role-000", Tags=[{"Key": "Team", "Value": "data"}, {"Key": "stage", "Value": ""}])
iam.tag_role(RoleName="role-000", Tags=[{"Key": "Team", "Value": "lake"}])
tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName="role-000")["Tags"]}
equal(tags, {"Team": "lake", "stage": ""})
many = [{"Key": f"k{number}", "Value": "v"} for number in range(49)]
refused("LimitExceeded", iam.tag_role, RoleName="role-000", Tags=many)
refused("InvalidInput", iam.tag_role, RoleName="role-000", Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}])
iam.untag_role(RoleName="role-000", TagKeys=["stage", "not there"])
equal(iam.list_role_tags(RoleName="role-000")["Tags"], [{"Key": "Team", "Value": "lake"}])

lake = user(
    "lake",
    {"Effect": "Allow", "Action": "iam:GetRole", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/Team": "lake"}}},
    {"Effect": "Allow", "Action": "iam:TagRole", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["stage"]}}},
)
lake = client("iam", lake)
lake.get_role(RoleName="role-000")
refused("AccessDenied", lake.get_role, RoleName="role-001")
lake.tag_role(RoleName="role-001", Tags=[{"Key": "stage", "Value": "test"}])
refused("AccessDenied", lake.tag_role, RoleName="role-001", Tags=[{"Key": "Team", "Value": "lake"}])
