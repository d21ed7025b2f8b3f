"""A cluster reads a bucket of another AWS account, with each half of the permission missing in turn: what the role may
do, and whom the bucket's owner lets in."""

from lakehouse import cluster, error, let_pass, may, mount_script, role_with_profile, text, why, workspace
from rolecall import client, equal, policy

OWNER = ("111122223333", "test")
w, theirs = workspace(), client("s3", key=OWNER)
theirs.create_bucket(Bucket="partner-data")
theirs.put_object(Bucket="partner-data", Key="events/1.json", Body="{}")

role, profile = role_with_profile("partner-reader")
let_pass(role)
w.instance_profiles.add(profile)
reader = cluster(w, profile)
MOUNT = mount_script("partner", "s3a://partner-data")
HEAD = 'dbutils.fs.head("s3a://partner-data/events/1.json")'
BUCKET, OBJECTS = "arn:aws:s3:::partner-data", "arn:aws:s3:::partner-data/*"


def of_role(*actions):
    """What the role may do."""
    grants = {"s3:ListBucket": BUCKET, "s3:GetObject": OBJECTS}
    may("partner-reader", *[("Allow", action, grants[action]) for action in actions])


def of_bucket(*actions, principal=role):
    """What the bucket's owner lets the role do."""
    grants = {"s3:ListBucket": BUCKET, "s3:GetObject": OBJECTS}
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": grants[action]}
        for action in actions
    ]
    if statements:
        theirs.put_bucket_policy(Bucket="partner-data", Policy=policy(*statements))
    else:
        theirs.delete_bucket_policy(Bucket="partner-data")


def refused(command, action, *remedies):
    """The command must be refused. S3 tells another account nothing more; `rolecall why last` tells what is missing."""
    cause = error(w, reader, command)
    assert "AmazonS3Exception: Access Denied; request: GET https://partner-data.s3." in cause, cause
    told = why()
    for words in [f"  {action} on {BUCKET}", *remedies]:
        assert words in told, f"`{words}` is not in\n{told}"
    equal(told.count("\n  1. ") + told.count("\n  2. ") + told.count("     and add to"), len(remedies))


TO_ROLE = f"add to the policies of {role}:"
TO_BUCKET = f"add to the policy of {BUCKET}"
BOTH = ("s3:ListBucket", "s3:GetObject")
cases = [
    # (the role's half, the bucket's half, the command, the action that is refused, the remedies)
    ((), (), MOUNT, "s3:ListBucket", [TO_ROLE, TO_BUCKET]),
    (BOTH, (), MOUNT, "s3:ListBucket", [TO_BUCKET]),
    ((), BOTH, MOUNT, "s3:ListBucket", [TO_ROLE]),
    (BOTH, ("s3:ListBucket",), HEAD, "s3:GetObject", [TO_BUCKET]),
    (("s3:ListBucket",), BOTH, HEAD, "s3:GetObject", [TO_ROLE]),
]
for mine, owners, command, action, remedies in cases:
    of_role(*mine)
    of_bucket(*owners)
    refused(command, action, *remedies)

# The root of the account is not enough by itself, but lets the account's own policies decide.
of_role(*BOTH)
of_bucket(*BOTH, principal="arn:aws:iam::000000000000:root")
equal(text(w, reader, MOUNT), "s3a://partner-data")
of_bucket(*BOTH)
equal(text(w, reader, MOUNT), "s3a://partner-data")
equal(text(w, reader, HEAD), "Out[1]: '{}'")
assert "name='events/'" in text(w, reader, 'dbutils.fs.ls("/mnt/partner")')

# A mount stays when the permission goes: it is the reading that is refused.
of_bucket()
refused('dbutils.fs.ls("/mnt/partner")', "s3:ListBucket", TO_BUCKET)
