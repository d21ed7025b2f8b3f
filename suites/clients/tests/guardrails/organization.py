"""An organization whose policies bind a member account, wherever they are attached."""

from rolecall import client, equal, policy, refused, user

organizations = client("organizations")
made = organizations.create_organization(FeatureSet="ALL")["Organization"]
equal(made["MasterAccountId"], "000000000000")
refused("AlreadyInOrganizationException", organizations.create_organization)
equal(organizations.describe_organization()["Organization"]["Id"], made["Id"])
root = organizations.list_roots()["Roots"][0]["Id"]
organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
organizations.enable_policy_type(RootId=root, PolicyType="RESOURCE_CONTROL_POLICY")
refused(
    "PolicyTypeAlreadyEnabledException",
    organizations.enable_policy_type,
    RootId=root,
    PolicyType="SERVICE_CONTROL_POLICY",
)
# Services that are trusted are kept by name.
organizations.enable_aws_service_access(ServicePrincipal="config.amazonaws.com")
trusted = organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
equal([one["ServicePrincipal"] for one in trusted], ["config.amazonaws.com"])
organizations.disable_aws_service_access(ServicePrincipal="config.amazonaws.com")
equal(organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"], [])
refused("InvalidInputException", organizations.enable_aws_service_access, ServicePrincipal="config")

unit = organizations.create_organizational_unit(ParentId=root, Name="lakehouse")["OrganizationalUnit"]
refused(
    "DuplicateOrganizationalUnitException",
    organizations.create_organizational_unit,
    ParentId=root,
    Name="lakehouse",
)
status = organizations.create_account(Email="data@example.com", AccountName="data")["CreateAccountStatus"]
status = organizations.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
equal(status["State"], "SUCCEEDED")
member = status["AccountId"]
equal([one["Id"] for one in organizations.list_parents(ChildId=member)["Parents"]], [root])
organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit["Id"])
found = organizations.get_paginator("list_accounts_for_parent").paginate(ParentId=unit["Id"]).build_full_result()
equal([one["Id"] for one in found["Accounts"]], [member])

# An administrator of the management account works in the member account.
admin = user("admin", ("Allow", "*", "*"))
role = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
given = client("sts", admin).assume_role(RoleArn=role, RoleSessionName="admin")["Credentials"]
session = ((given["AccessKeyId"], given["SecretAccessKey"]), given["SessionToken"])
iam, s3 = client("iam", *session), client("s3", *session)
caller = f"arn:aws:sts::{member}:assumed-role/OrganizationAccountAccessRole/admin"
iam.create_user(UserName="before")


def guardrail(name, kind, *statements):
    made = organizations.create_policy(
        Name=name, Type=kind, Description=name, Content=policy(*statements)
    )
    return made["Policy"]["PolicySummary"]["Id"]


no_users = guardrail("no-users", "SERVICE_CONTROL_POLICY", ("Deny", "iam:CreateUser", "*"))
denied = (
    f"User: {caller} is not authorized to perform: iam:CreateUser on resource: "
    f"arn:aws:iam::{member}:user/after with an explicit deny in a service control policy"
)
for target in [root, unit["Id"], member]:
    organizations.attach_policy(PolicyId=no_users, TargetId=target)
    refused("DuplicatePolicyAttachmentException", organizations.attach_policy, PolicyId=no_users, TargetId=target)
    told = refused("AccessDenied", iam.create_user, UserName="after")["Error"]["Message"]
    assert told.startswith(denied), told
    # The management account is exempt.
    client("iam", admin).create_user(UserName=f"exempt-{target}")
    refused("PolicyInUseException", organizations.delete_policy, PolicyId=no_users)
    organizations.detach_policy(PolicyId=no_users, TargetId=target)
iam.create_user(UserName="after")

# Without the policy that allows everything, a level allows nothing.
full = "p-FullAWSAccess"
only_s3 = guardrail("only-s3", "SERVICE_CONTROL_POLICY", ("Allow", "s3:*", "*"))
organizations.attach_policy(PolicyId=only_s3, TargetId=member)
organizations.detach_policy(PolicyId=full, TargetId=member)
told = refused("AccessDenied", iam.list_roles)["Error"]["Message"]
assert "because no service control policy allows the iam:ListRoles action" in told, told
s3.create_bucket(Bucket="lakehouse-of-the-member")
refused("ConstraintViolationException", organizations.detach_policy, PolicyId=only_s3, TargetId=member)
organizations.attach_policy(PolicyId=full, TargetId=member)
iam.list_roles()

# What a resource's own account does not let anybody do.
no_reads = guardrail(
    "no-reads",
    "RESOURCE_CONTROL_POLICY",
    {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
)
s3.put_object(Bucket="lakehouse-of-the-member", Key="part-0", Body=b"rows")
organizations.attach_policy(PolicyId=no_reads, TargetId=unit["Id"])
told = refused("AccessDenied", s3.get_object, Bucket="lakehouse-of-the-member", Key="part-0")["Error"]["Message"]
assert "with an explicit deny in a resource control policy" in told, told
organizations.detach_policy(PolicyId=no_reads, TargetId=unit["Id"])
equal(s3.get_object(Bucket="lakehouse-of-the-member", Key="part-0")["Body"].read(), b"rows")

# A policy is attached where it says, and goes when it is attached nowhere.
listed = organizations.list_policies_for_target(TargetId=member, Filter="SERVICE_CONTROL_POLICY")["Policies"]
equal(sorted(one["Name"] for one in listed), ["FullAWSAccess", "only-s3"])
equal([one["TargetId"] for one in organizations.list_targets_for_policy(PolicyId=only_s3)["Targets"]], [member])
organizations.delete_policy(PolicyId=no_users)
refused("PolicyNotFoundException", organizations.describe_policy, PolicyId=no_users)
refused("MalformedPolicyDocumentException", guardrail, "broken", "SERVICE_CONTROL_POLICY", {"Effect": "Maybe"})
refused("AccountNotFoundException", organizations.describe_account, AccountId="999999999999")
refused("OrganizationalUnitNotEmptyException", organizations.delete_organizational_unit, OrganizationalUnitId=unit["Id"])
refused("OrganizationNotEmptyException", organizations.delete_organization)
# A member is not the management account.
refused("AccessDeniedException", client("organizations", *session).create_policy, Name="own", Type="SERVICE_CONTROL_POLICY", Description="", Content=policy(("Allow", "*", "*")))
