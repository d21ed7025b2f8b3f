"""AssumeRole: trust, external id, sessions and their limits."""

import time

from rolecall import client, equal, policy, refused, trust, user

iam, sts = client("iam"), client("sts")
databricks = user("databricks", ("Allow", "sts:AssumeRole", "*"), ("Allow", "sts:TagSession", "*"))
iam.create_role(
    RoleName="cross-account",
    AssumeRolePolicyDocument=trust(
        {"AWS": "arn:aws:iam::000000000000:user/databricks"}, {"StringEquals": {"sts:ExternalId": "414351"}}
    ),
)
role = "arn:aws:iam::000000000000:role/cross-account"
iam.put_role_policy(
    RoleName="cross-account",
    PolicyName="inline",
    PolicyDocument=policy(("Allow", ["iam:GetRole", "iam:ListRoles"], "*")),
)

caller = client("sts", databricks)
refused(
    "AccessDenied",
    caller.assume_role,
    RoleArn=role,
    RoleSessionName="cluster",
    message="User: arn:aws:iam::000000000000:user/databricks is not authorized to perform: sts:AssumeRole on "
    f"resource: {role}",
)
refused("AccessDenied", caller.assume_role, RoleArn=role, RoleSessionName="cluster", ExternalId="wrong")
refused("AccessDenied", caller.assume_role, RoleArn=role + "-none", RoleSessionName="cluster")
# Root may not assume roles, whatever they trust.
refused(
    "AccessDenied",
    sts.assume_role,
    RoleArn=role,
    RoleSessionName="cluster",
    message="Roles may not be assumed by root accounts.",
)

answer = caller.assume_role(RoleArn=role, RoleSessionName="cluster", ExternalId="414351", DurationSeconds=900)
equal(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::000000000000:assumed-role/cross-account/cluster")
given = answer["Credentials"]
assert 0 < given["Expiration"].timestamp() - time.time() <= 900, given["Expiration"]
session = ((given["AccessKeyId"], given["SecretAccessKey"]), given["SessionToken"])
equal(client("sts", *session).get_caller_identity()["Arn"], answer["AssumedRoleUser"]["Arn"])
client("iam", *session).get_role(RoleName="cross-account")
refused(
    "AccessDenied",
    client("iam", *session).delete_role,
    RoleName="cross-account",
    message="User: arn:aws:sts::000000000000:assumed-role/cross-account/cluster is not authorized to perform: "
    "iam:DeleteRole on resource: role cross-account because no identity-based policy allows the iam:DeleteRole action",
)

# A changed token, a token without its key.
refused("InvalidClientTokenId", client("sts", session[0], session[1][:-4] + "AAAA").get_caller_identity)
refused("InvalidClientTokenId", client("sts", session[0]).get_caller_identity)

# A session policy narrows.
narrow = caller.assume_role(
    RoleArn=role, RoleSessionName="narrow", ExternalId="414351", Policy=policy(("Allow", "iam:ListRoles", "*"))
)["Credentials"]
narrow = client("iam", (narrow["AccessKeyId"], narrow["SecretAccessKey"]), narrow["SessionToken"])
narrow.list_roles()
refused("AccessDenied", narrow.get_role, RoleName="cross-account")

# A policy that is put on the role takes effect for sessions that exist.
iam.put_role_policy(RoleName="cross-account", PolicyName="not", PolicyDocument=policy(("Deny", "iam:*", "*")))
refused("AccessDenied", client("iam", *session).get_role, RoleName="cross-account")
iam.delete_role_policy(RoleName="cross-account", PolicyName="not")

# Durations: the role's own limit, and an hour for a role assumed from a role.
refused("ValidationError", caller.assume_role, RoleArn=role, RoleSessionName="x", ExternalId="414351")
refused("ValidationError", caller.assume_role, RoleArn=role, RoleSessionName="xy", ExternalId="414351", DurationSeconds=899)
refused("ValidationError", caller.assume_role, RoleArn=role, RoleSessionName="xy", ExternalId="414351", DurationSeconds=3601)
iam.create_role(RoleName="next", AssumeRolePolicyDocument=trust({"AWS": role}), MaxSessionDuration=43200)
iam.put_role_policy(RoleName="cross-account", PolicyName="on", PolicyDocument=policy(("Allow", "sts:AssumeRole", "*")))
chained = client("sts", *session)
following = role.replace("cross-account", "next")
refused("ValidationError", chained.assume_role, RoleArn=following, RoleSessionName="xy", DurationSeconds=3601)
equal(
    chained.assume_role(RoleArn=following, RoleSessionName="xy")["AssumedRoleUser"]["Arn"],
    "arn:aws:sts::000000000000:assumed-role/next/xy",
)

# A principal that is deleted is dead, even if one of the same name comes again.
iam.delete_user_policy(UserName="databricks", PolicyName="inline")
iam.delete_access_key(UserName="databricks", AccessKeyId=databricks[0])
dead = iam.get_user(UserName="databricks")["User"]["UserId"]
iam.delete_user(UserName="databricks")
again = user("databricks", ("Allow", "sts:AssumeRole", "*"))
refused("AccessDenied", client("sts", again).assume_role, RoleArn=role, RoleSessionName="xy", ExternalId="414351")
shown = iam.get_role(RoleName="cross-account")["Role"]["AssumeRolePolicyDocument"]
equal(shown["Statement"][0]["Principal"]["AWS"], dead)

# The other kinds of session.
helper = user("helper", ("Allow", "*", "*"))
token = client("sts", helper).get_session_token()["Credentials"]
as_session = client("sts", (token["AccessKeyId"], token["SecretAccessKey"]), token["SessionToken"])
equal(as_session.get_caller_identity()["Arn"], "arn:aws:iam::000000000000:user/helper")
federated = client("sts", helper).get_federation_token(Name="guest", Policy=policy(("Allow", "*", "*")))
equal(federated["FederatedUser"]["Arn"], "arn:aws:sts::000000000000:federated-user/guest")

# Without a second factor it does not open IAM (API reference of GetSessionToken).
session = ((token["AccessKeyId"], token["SecretAccessKey"]), token["SessionToken"])
answer = refused("InvalidClientTokenId", client("iam", *session).list_roles)
equal(answer["ResponseMetadata"]["HTTPStatusCode"], 403)
