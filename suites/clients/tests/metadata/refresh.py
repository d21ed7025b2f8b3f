"""boto3 takes credentials from the metadata endpoint by itself, and new ones when they rotate."""

import datetime

import boto3
from instance import become, control, launch, profile, role
from rolecall import client, equal, refused

role("etl", ("Allow", "iam:ListRoles", "*"))
role("reader", ("Allow", "iam:ListUsers", "*"))
profile("wear", "etl")
instance = launch("wear")
iam = client("iam")

become(instance)
session = boto3.Session()
credentials = session.get_credentials()
equal(credentials.method, "iam-role")
first = credentials.get_frozen_credentials()
arn = f"arn:aws:sts::000000000000:assumed-role/etl/{instance}"
equal(session.client("sts").get_caller_identity()["Arn"], arn)
session.client("iam").list_roles()
refused("AccessDenied", session.client("iam").list_users)

# Another role comes to the instance when its credentials are made anew.
iam.remove_role_from_instance_profile(InstanceProfileName="wear", RoleName="etl")
iam.add_role_to_instance_profile(InstanceProfileName="wear", RoleName="reader")
equal(session.client("sts").get_caller_identity()["Arn"], arn)

# Ten minutes before the end, by its own clock, botocore asks for new ones.
passed = 6 * 3600 - 599
control("clock/advance", {"seconds": passed})
usual = credentials._time_fetcher
credentials._time_fetcher = lambda: usual() + datetime.timedelta(seconds=passed)
equal(session.client("sts").get_caller_identity()["Arn"], arn.replace("/etl/", "/reader/"))
assert credentials.get_frozen_credentials().access_key != first.access_key
session.client("iam").list_users()
refused("AccessDenied", session.client("iam").list_roles)

# The old ones are good until they end, which the clock decides.
old = dict(aws_access_key_id=first.access_key, aws_secret_access_key=first.secret_key, aws_session_token=first.token)
equal(boto3.client("sts", **old).get_caller_identity()["Arn"], arn)
control("clock/advance", {"seconds": 600})
refused("ExpiredToken", boto3.client("sts", **old).get_caller_identity)

# What somebody shortened ends soon, in the client's own time.
control(f"instances/{instance}/credentials", {"lifetime_seconds": 1800})
short = boto3.Session().get_credentials()
equal(short.get_frozen_credentials().access_key[:4], "ASIA")
left = short._expiry_time - datetime.datetime.now(datetime.timezone.utc)
assert datetime.timedelta(minutes=29) < left <= datetime.timedelta(minutes=30), left
