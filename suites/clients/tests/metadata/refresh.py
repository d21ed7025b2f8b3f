"""boto3 takes credentials from the metadata endpoint by itself, and new ones when they rotate."""

import boto3
from instance import become, control, launch, profile, role
from rolecall import client, equal, refused

role("etl", ("Allow", "iam:ListRoles", "*"))
role("reader", ("Allow", "iam:ListUsers", "*"))
profile("wear", "etl")
instance = launch("wear")
iam = client("iam")
rotate = f"instances/{instance}/credentials"

become(instance)
long = boto3.Session()
equal(long.get_credentials().method, "iam-role")
arn = f"arn:aws:sts::000000000000:assumed-role/etl/{instance}"
equal(long.client("sts").get_caller_identity()["Arn"], arn)
long.client("iam").list_roles()
refused("AccessDenied", long.client("iam").list_users)

# Ten minutes before the end botocore must have new ones: these it asks for at every call.
control(rotate, {"lifetime_seconds": 600})
short = boto3.Session()
first = short.get_credentials().get_frozen_credentials()
equal(short.client("sts").get_caller_identity()["Arn"], arn)
equal(short.get_credentials().get_frozen_credentials().access_key, first.access_key)
iam.remove_role_from_instance_profile(InstanceProfileName="wear", RoleName="etl")
iam.add_role_to_instance_profile(InstanceProfileName="wear", RoleName="reader")
equal(short.client("sts").get_caller_identity()["Arn"], arn)
control(rotate, {})
users = short.client("iam")
users.list_users()
refused("AccessDenied", users.list_roles)
second = short.get_credentials().get_frozen_credentials()
assert second.access_key != first.access_key
equal(short.client("sts").get_caller_identity()["Arn"], arn.replace("/etl/", "/reader/"))

# The old ones are good until they end, which the clock decides.
old = dict(aws_access_key_id=first.access_key, aws_secret_access_key=first.secret_key, aws_session_token=first.token)
equal(boto3.client("sts", **old).get_caller_identity()["Arn"], arn)
control("clock/advance", {"seconds": 600})
refused("ExpiredToken", boto3.client("sts", **old).get_caller_identity)
