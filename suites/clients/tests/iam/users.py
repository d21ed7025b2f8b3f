"""Users, access keys, and what a user without policies may not do."""

from rolecall import client, equal, refused, user

iam = client("iam")
key = user("anna")
sts = client("sts", key)
equal(sts.get_caller_identity()["Arn"], "arn:aws:iam::000000000000:user/anna")

refused(
    "AccessDenied",
    client("iam", key).get_user,
    UserName="anna",
    message="User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:GetUser on resource: "
    "arn:aws:iam::000000000000:user/anna because no identity-based policy allows the iam:GetUser action",
)
