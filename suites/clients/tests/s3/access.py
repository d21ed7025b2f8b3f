"""Who may read what. Each half of a permission is missing in turn; the denial's text is S3's; and what `why` says
would help does help."""

import json
import os
import urllib.request

from rolecall import client, equal, policy, refused, trust

s3, iam = client("s3"), client("iam")
BUCKET, OBJECT = "arn:aws:s3:::data", "arn:aws:s3:::data/k"
OWN, OTHER = "000000000000", "222222222222"
s3.create_bucket(Bucket="data")
s3.put_object(Bucket="data", Key="k", Body=b"k")


def role(name, statements, iam=iam, account=OWN, **more):
    trusted = trust({"AWS": f"arn:aws:iam::{account}:root"})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, **more)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))


def session(name, account=OWN, key=None, **more):
    """S3 as a session of a role of this account, assumed by a user who may do nothing else."""
    sts = client("sts", key=key or users[account])
    got = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{name}", RoleSessionName="session", **more)["Credentials"]
    return client("s3", key=(got["AccessKeyId"], got["SecretAccessKey"]), token=got["SessionToken"])


def user(iam, name):
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(("Allow", "sts:AssumeRole", "*")))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


other_root = (OTHER, "test")
other_iam = client("iam", key=other_root)
users = {OWN: user(iam, "assumer"), OTHER: user(other_iam, "assumer")}


# A denial goes before what is wrong with the bytes, be they few or many.
stranger = client("s3", key=users[OWN])
for size in [10, 5000]:
    wrong = {"Bucket": "data", "Key": "n", "Body": b"x" * size, "ContentMD5": "AAAAAAAAAAAAAAAAAAAAAA=="}
    refused("AccessDenied", stranger.put_object, **wrong)
    refused("BadDigest", s3.put_object, **wrong)
    refused("NoSuchKey", s3.get_object, Bucket="data", Key="n")


def read(caller):
    return caller.get_object(Bucket="data", Key="k")["Body"].read()


def why(error):
    """The changes that would allow it, by what they concern."""
    request = error["ResponseMetadata"]["RequestId"]
    with urllib.request.urlopen(f"{os.environ['ROLECALL_AWS']}/_rolecall/decisions/{request}") as answer:
        told = json.load(answer)
    return told["story"]["remedies"][0]["changes"]


def statement(change):
    return policy(change["json"])


def denied(name, because, account=OWN, action="s3:GetObject", resource=OBJECT):
    return (f"User: arn:aws:sts::{account}:assumed-role/{name}/session is not authorized to perform: {action} on resource: "
            f'"{resource}" {because}')


NO_IDENTITY = "because no identity-based policy allows the s3:GetObject action"

# The same account: the role's own policy is missing.
role("none", [])
error = refused("AccessDenied", read, session("none"), message=denied("none", NO_IDENTITY))
change, = why(error)
equal((change["kind"], change["gate"]), ("add-statement", "identity"))
iam.put_role_policy(RoleName="none", PolicyName="mend", PolicyDocument=statement(change))
equal(read(session("none")), b"k")

# The bucket's policy alone is enough, too, once it names the role.
role("named", [])
grant = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/named"}, "Action": "s3:GetObject", "Resource": OBJECT}
s3.put_bucket_policy(Bucket="data", Policy=policy(grant))
equal(read(session("named")), b"k")

# The bucket denies.
role("able", [("Allow", "s3:*", "*")])
deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECT,
        "Condition": {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/able"}}}
s3.put_bucket_policy(Bucket="data", Policy=policy(grant, deny))
error = refused("AccessDenied", read, session("able"),
                message=denied("able", "with an explicit deny in a resource-based policy"))
equal([change["gate"] for change in why(error)], ["resource"])
s3.put_bucket_policy(Bucket="data", Policy=policy(grant))
equal(read(session("able")), b"k")

# A boundary without it.
boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=policy(("Allow", "s3:ListBucket", "*")))["Policy"]["Arn"]
role("bounded", [("Allow", "s3:*", "*")], PermissionsBoundary=boundary)
error = refused("AccessDenied", read, session("bounded"), message=denied(
    "bounded", "because no permissions boundary allows the s3:GetObject action"))
change, = why(error)
equal(change["gate"], "boundary")
mended = json.loads(policy(("Allow", "s3:ListBucket", "*")))
mended["Statement"].append(change["json"])
iam.create_policy_version(PolicyArn=boundary, PolicyDocument=json.dumps(mended), SetAsDefault=True)
equal(read(session("bounded")), b"k")

# A session policy without it.
narrow = policy(("Allow", "s3:ListBucket", "*"))
error = refused("AccessDenied", read, session("able", Policy=narrow), message=denied(
    "able", "because no session policy allows the s3:GetObject action"))
equal([change["gate"] for change in why(error)], ["session"])
equal(read(session("able", Policy=policy(("Allow", "s3:GetObject", OBJECT)))), b"k")

# What is missing is only told to whom may list.
role("reader", [("Allow", "s3:GetObject", "*")])
reader = session("reader")
refused("AccessDenied", reader.get_object, Bucket="data", Key="none", message=denied(
    "reader", "because no identity-based policy allows the s3:ListBucket action", action="s3:ListBucket", resource=BUCKET))
refused("403", reader.head_object, Bucket="data", Key="none")
refused("NoSuchKey", session("able").get_object, Bucket="data", Key="none")

# Another account: each half in turn.
role("guest", [], iam=other_iam, account=OTHER)
guest = f"arn:aws:iam::{OTHER}:role/guest"
refused("AccessDenied", read, session("guest", OTHER), message="Access Denied")
other_iam.put_role_policy(RoleName="guest", PolicyName="own", PolicyDocument=policy(("Allow", "s3:GetObject", OBJECT)))
error = refused("AccessDenied", read, session("guest", OTHER), message="Access Denied")
equal([change["gate"] for change in why(error)], ["resource"])
to_guest = {"Effect": "Allow", "Principal": {"AWS": guest}, "Action": "s3:GetObject", "Resource": OBJECT}
s3.put_bucket_policy(Bucket="data", Policy=policy(to_guest))
equal(read(session("guest", OTHER)), b"k")
other_iam.delete_role_policy(RoleName="guest", PolicyName="own")
error = refused("AccessDenied", read, session("guest", OTHER), message="Access Denied")
change, = why(error)
equal(change["gate"], "identity")
other_iam.put_role_policy(RoleName="guest", PolicyName="mend", PolicyDocument=statement(change))
equal(read(session("guest", OTHER)), b"k")
# A role that was made anew is another one.
other_iam.delete_role_policy(RoleName="guest", PolicyName="mend")
other_iam.delete_role(RoleName="guest")
assert "AROA" in s3.get_bucket_policy(Bucket="data")["Policy"]
role("guest", [("Allow", "s3:*", "*")], iam=other_iam, account=OTHER)
refused("AccessDenied", read, session("guest", OTHER), message="Access Denied")
error = refused("MalformedPolicy", s3.put_bucket_policy, Bucket="data", message="Invalid principal in policy",
                Policy=policy({**to_guest, "Principal": {"AWS": f"arn:aws:iam::{OTHER}:role/nobody"}}))
assert "nobody" in error["Error"]["Detail"], error
refused("AccessDenied", s3.get_object, Bucket="data", Key="k", ExpectedBucketOwner=OTHER, message="Access Denied")

# Nobody at all.
endpoint = os.environ["ROLECALL_AWS"]


def anonymous():
    try:
        return urllib.request.urlopen(f"{endpoint}/data/k").read()
    except urllib.error.HTTPError as error:
        assert b"<Code>AccessDenied</Code><Message>Access Denied</Message>" in error.read()
        return error.code


public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECT}
error = refused("AccessDenied", s3.put_bucket_policy, Bucket="data", Policy=policy(public))
assert error["Error"]["Message"].endswith("because public policies are prevented by the BlockPublicPolicy setting "
                                          "in S3 Block Public Access."), error
equal(anonymous(), 403)
s3.delete_public_access_block(Bucket="data")
s3.put_bucket_policy(Bucket="data", Policy=policy(public))
equal(anonymous(), b"k")
s3.put_public_access_block(Bucket="data", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
equal(anonymous(), 403)
s3.delete_bucket_policy(Bucket="data")

# Guardrails of an organization: of the caller's account, and of the resource's.
organizations = client("organizations")
organizations.create_organization(FeatureSet="ALL")
root = organizations.list_roots()["Roots"][0]["Id"]
made = organizations.create_account(Email="a@example.com", AccountName="a")["CreateAccountStatus"]
account = organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])["CreateAccountStatus"]["AccountId"]
member = (account, "test")
member_s3, member_iam = client("s3", key=member), client("iam", key=member)
member_s3.create_bucket(Bucket="members")
member_s3.put_object(Bucket="members", Key="k", Body=b"m")
users[account] = user(member_iam, "assumer")
role("able", [("Allow", "s3:*", "*")], iam=member_iam, account=account)


def read_members():
    return session("able", account).get_object(Bucket="members", Key="k")["Body"].read()


equal(read_members(), b"m")
for kind, gate, name in [("SERVICE_CONTROL_POLICY", "scp", "a service control policy"),
                         ("RESOURCE_CONTROL_POLICY", "rcp", "a resource control policy")]:
    organizations.enable_policy_type(RootId=root, PolicyType=kind)
    shut = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    if kind == "RESOURCE_CONTROL_POLICY":
        shut["Principal"] = "*"
    guardrail = organizations.create_policy(Name=kind, Description="", Type=kind, Content=policy(shut))["Policy"]["PolicySummary"]
    organizations.attach_policy(PolicyId=guardrail["Id"], TargetId=account)
    error = refused("AccessDenied", read_members)
    assert f"with an explicit deny in {name}" in error["Error"]["Message"], error["Error"]
    equal([change["gate"] for change in why(error)], [gate])
    organizations.detach_policy(PolicyId=guardrail["Id"], TargetId=account)
    equal(read_members(), b"m")
