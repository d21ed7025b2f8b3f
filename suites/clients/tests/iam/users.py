"""Users, access keys, groups, and what each of them permits."""

from rolecall import client, equal, policy, refused, user

iam = client("iam")
key = user("anna")
sts = client("sts", key)
equal(sts.get_caller_identity()["Arn"], "arn:aws:iam::000000000000:user/anna")

refused(
    "AccessDenied",
    client("iam", key).get_user,
    UserName="anna",
    message="User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:GetUser on resource: "
    "user anna because no identity-based policy allows the iam:GetUser action",
)

# A group's policy works for its members at once, a deny of the user's own wins over it.
iam.create_group(GroupName="readers", Path="/data/")
iam.put_group_policy(
    GroupName="readers", PolicyName="read", PolicyDocument=policy(("Allow", "iam:Get*", "*"))
)
iam.add_user_to_group(GroupName="readers", UserName="anna")
equal(client("iam", key).get_user(UserName="anna")["User"]["UserName"], "anna")
iam.put_user_policy(
    UserName="anna", PolicyName="not", PolicyDocument=policy(("Deny", "iam:GetUser", "*"))
)
refused(
    "AccessDenied",
    client("iam", key).get_user,
    UserName="anna",
    message="User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:GetUser on resource: "
    "user anna with an explicit deny in an identity-based policy",
)
iam.delete_user_policy(UserName="anna", PolicyName="not")

# A boundary limits what the group grants.
boundary = iam.create_policy(
    PolicyName="boundary", PolicyDocument=policy(("Allow", "s3:*", "*"))
)["Policy"]["Arn"]
iam.put_user_permissions_boundary(UserName="anna", PermissionsBoundary=boundary)
refused("AccessDenied", client("iam", key).get_user, UserName="anna")
iam.delete_user_permissions_boundary(UserName="anna")
client("iam", key).get_user(UserName="anna")

# Keys: two at most; an inactive one is unknown; a wrong secret is told apart.
second = iam.create_access_key(UserName="anna")["AccessKey"]
refused(
    "LimitExceeded",
    iam.create_access_key,
    UserName="anna",
    message="Cannot exceed quota for AccessKeysPerUser: 2",
)
iam.update_access_key(UserName="anna", AccessKeyId=second["AccessKeyId"], Status="Inactive")
inactive = client("sts", (second["AccessKeyId"], second["SecretAccessKey"]))
refused("InvalidClientTokenId", inactive.get_caller_identity)
refused("SignatureDoesNotMatch", client("sts", (key[0], "wrong")).get_caller_identity)
refused("InvalidClientTokenId", client("sts", ("AKIAAAAAAAAAAAAAAAAA", "x")).get_caller_identity)
listed = iam.list_access_keys(UserName="anna")["AccessKeyMetadata"]
equal({one["AccessKeyId"]: one["Status"] for one in listed}, {key[0]: "Active", second["AccessKeyId"]: "Inactive"})

# Names are unique without regard to case; a user that holds things is not deleted.
refused(
    "EntityAlreadyExists",
    iam.create_user,
    UserName="ANNA",
    message="User with name ANNA already exists.",
)
refused("DeleteConflict", iam.delete_user, UserName="anna")
for one in listed:
    iam.delete_access_key(UserName="anna", AccessKeyId=one["AccessKeyId"])
iam.remove_user_from_group(GroupName="readers", UserName="anna")
iam.delete_user(UserName="anna")
refused(
    "NoSuchEntity",
    iam.get_user,
    UserName="anna",
    message="The user with name anna cannot be found.",
)
