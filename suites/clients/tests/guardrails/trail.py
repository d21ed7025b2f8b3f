"""CloudTrail's events, and when keys and roles were last used."""

import json
import time

from rolecall import client, equal, refused, trust, user

iam, trail = client("iam"), client("cloudtrail")
anna = user("anna", ("Allow", ["iam:GetUser", "sts:AssumeRole"], "*"))
iam.create_role(
    RoleName="etl",
    AssumeRolePolicyDocument=trust({"AWS": "arn:aws:iam::000000000000:user/anna"}),
)
equal("LastUsedDate" in iam.get_access_key_last_used(AccessKeyId=anna[0])["AccessKeyLastUsed"], False)
equal(iam.get_role(RoleName="etl")["Role"].get("RoleLastUsed"), {})
client("iam", anna).get_user(UserName="anna")
refused("AccessDenied", client("iam", anna).delete_role, RoleName="etl")
given = client("sts", anna).assume_role(RoleArn="arn:aws:iam::000000000000:role/etl", RoleSessionName="run")
given = given["Credentials"]
session = ((given["AccessKeyId"], given["SecretAccessKey"]), given["SessionToken"])
client("sts", *session).get_caller_identity()

# Uses are noted beside the requests, so they are there a moment later. IAM has no region.
while "LastUsedDate" not in iam.get_access_key_last_used(AccessKeyId=anna[0])["AccessKeyLastUsed"]:
    time.sleep(0.01)
used = iam.get_access_key_last_used(AccessKeyId=anna[0])
equal((used["UserName"], used["AccessKeyLastUsed"]["ServiceName"]), ("anna", "iam"))
equal(used["AccessKeyLastUsed"]["Region"], "N/A")
while "LastUsedDate" not in iam.get_role(RoleName="etl")["Role"]["RoleLastUsed"]:
    time.sleep(0.01)
equal(iam.get_role(RoleName="etl")["Role"]["RoleLastUsed"]["Region"], "us-east-1")


def events(key, value, **more):
    attributes = [{"AttributeKey": key, "AttributeValue": value}]
    pages = trail.get_paginator("lookup_events").paginate(LookupAttributes=attributes, **more)
    return pages.build_full_result()["Events"]


created, = events("EventName", "CreateRole")
equal((created["EventSource"], created["Username"], created["ReadOnly"]), ("iam.amazonaws.com", "root", "false"))
body = json.loads(created["CloudTrailEvent"])
equal(body["requestParameters"]["roleName"], "etl")
equal(body["userIdentity"]["type"], "Root")
assert "errorCode" not in body, body
# The call that was denied is there, too, with its reason.
denied, = events("EventName", "DeleteRole")
body = json.loads(denied["CloudTrailEvent"])
equal((body["errorCode"], body["userIdentity"]["userName"]), ("AccessDenied", "anna"))
assert "no identity-based policy allows the iam:DeleteRole action" in body["errorMessage"], body
assumed, = events("EventName", "AssumeRole")
assert {"ResourceType": "AWS::IAM::Role", "ResourceName": "etl"} in assumed["Resources"]
equal({one["EventName"] for one in events("Username", "anna")} >= {"DeleteRole", "AssumeRole"}, True)
equal([one["EventName"] for one in events("EventId", denied["EventId"])], ["DeleteRole"])
# No secret is in any of them.
everything = trail.lookup_events()["Events"]
for secret in (anna[1], given["SecretAccessKey"], given["SessionToken"]):
    assert all(secret not in one["CloudTrailEvent"] for one in everything)
# Newest first, page by page.
found = events("Username", "anna", PaginationConfig={"PageSize": 1})
equal([one["EventId"] for one in found], [one["EventId"] for one in events("Username", "anna")])
times = [one["EventTime"] for one in found]
equal(times, sorted(times, reverse=True))
refused("InvalidMaxResultsException", trail.lookup_events, MaxResults=51)
refused("InvalidNextTokenException", trail.lookup_events, NextToken="none")
refused("AccessDeniedException", client("cloudtrail", anna).lookup_events)
