//! What a server finds at its first start: an account with an admin and, unless it is to be empty, one deployed
//! workspace, so that guides can be followed at once. All of it is made by the operations that anybody would
//! call: the role and the bucket as the root user of the AWS account, the rest as the account's admin.

use std::sync::Arc;

use cloud::{Caller as AwsCaller, Service};
use databricks_policy::Partition;
use s3::bucket::create::DEFAULT_REGION;
use serde_json::{Value, json};

use crate::aws::Session;
use crate::caller::{ACCOUNT_ADMIN, Caller};
use crate::fault::Fault;
use crate::host::{Host, workspace_partition};
use crate::identity::{self, IdentityRow, Kind, change};
use crate::operation::{Act, Operation, Write};
use crate::permit::permit;
use crate::token::{self, TokenRow, secret};
use crate::workspace::create::CreateWorkspace;
use crate::workspace::{self, State};

/// The Databricks account.
pub const ACCOUNT_ID: &str = "11111111-2222-4333-8444-555555555555";
/// The first workspace.
pub const WORKSPACE_ID: u64 = 1_234_567_890_123_456;
/// The workspace admin's token.
pub const ADMIN_TOKEN: &str = "dapi-rolecall-admin";
/// The account admin's OAuth client.
pub const CLIENT_ID: &str = "rolecall-admin";
/// Its secret.
pub const CLIENT_SECRET: &str = "rolecall-secret";
/// The workspace admin.
pub const ADMIN_NAME: &str = "admin@example.com";
/// The role that the first workspace is made with.
pub const ROLE_NAME: &str = "databricks-cross-account";

/// Whether there has been a first start. Who or what it made may be gone since.
#[must_use]
pub fn has_been(view: &store::View, account_id: &str) -> bool {
    Kind::ALL.into_iter().any(|kind| identity::all(view, account_id, kind).next().is_some())
        || workspace::all(view, account_id).next().is_some()
}

/// The account's admin: called before there is anybody who could call.
///
/// # Errors
/// A limit of the store.
pub fn make_admin(act: &mut Act<'_, '_>) -> Result<IdentityRow, Fault> {
    let account_id = act.host.account_id.clone();
    let id = identity::new_id(act.entropy());
    let mut row = IdentityRow::new(account_id, Kind::ServicePrincipal, id, CLIENT_ID);
    row.display_name = Some("rolecall admin".to_owned());
    row.roles.insert(ACCOUNT_ADMIN.to_owned());
    act.tx().insert(row.clone())?;
    secret::keep(act, &row.id, CLIENT_SECRET, None)?;
    Ok(row)
}

/// Somebody to make the account's admin for; it is nobody that a token could stand for.
#[must_use]
pub fn maker(host: &Host) -> Caller {
    let row = IdentityRow::new(
        host.account_id.clone(),
        Kind::ServicePrincipal,
        String::new(),
        "rolecall",
    );
    Caller {
        identity: Arc::new(row),
        is_admin: false,
        is_account_admin: true,
        entitlements: Default::default(),
        roles: Default::default(),
        groups: Default::default(),
    }
}

/// The first workspace, made by the account's admin, who calls.
///
/// # Errors
/// What the operations say; AWS's refusals in words. A workspace that cannot be deployed is none.
pub fn make_workspace(act: &mut Act<'_, '_>, region: &str) -> Result<(), Fault> {
    let root = Session { caller: AwsCaller::Root(act.host.aws_account), region: region.to_owned() };
    let role_arn = make_role(act, &root)?;
    let credentials = run::<crate::credential::CreateCredentials>(
        act,
        json!({
            "credentials_name": ROLE_NAME,
            "aws_credentials": {"sts_role": {"role_arn": role_arn}},
        }),
    )?;
    let bucket = make_bucket(act, &root)?;
    let storage = run::<crate::storage_configuration::CreateStorageConfiguration>(
        act,
        json!({
            "storage_configuration_name": bucket,
            "root_bucket_info": {"bucket_name": bucket},
        }),
    )?;
    let id = |value: &Value, name: &str| crate::aws::text(value, name);
    let create = CreateWorkspace::first(
        WORKSPACE_ID,
        "rolecall",
        region,
        id(&credentials, "/credentials_id"),
        id(&storage, "/storage_configuration_id"),
    );
    permit(create, &act.ask())?.write(act)?;
    let made = workspace::find(act.aws.tx, &act.host.account_id, WORKSPACE_ID)?;
    if let State::Failed(message) = &made.state {
        return Err(Fault::state(message.clone()));
    }
    make_workspace_admin(act)
}

fn run<O: Write>(act: &mut Act<'_, '_>, input: Value) -> Result<Value, Fault> {
    let fields = input.as_object().cloned().unwrap_or_default();
    let operation: O = crate::lenient::decode(fields)?;
    let output = permit(operation, &act.ask())?.write(act)?;
    let failed = |error: serde_json::Error| {
        Fault::new("INTERNAL_ERROR", format!("{}: {error}", <O as Operation>::NAME))
    };
    serde_json::to_value(output).map_err(failed)
}

/// The cross-account role with the default deployment policy of Databricks' guide "Create a cross-account IAM
/// role": it cannot pass roles.
fn make_role(act: &mut Act<'_, '_>, root: &Session) -> Result<String, Fault> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": "414351767826"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": act.host.account_id}},
    }]});
    let mut iam = |operation: &str, input: Value| {
        act.call(root, Service::Iam, operation, input)
            .map_err(|fault| Fault::state(format!("{operation}: {fault}")))
    };
    let made = iam(
        "CreateRole",
        json!({"RoleName": ROLE_NAME, "AssumeRolePolicyDocument": trust.to_string()}),
    )?;
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": DEFAULT_DEPLOYMENT, "Resource": ["*"]},
        {
            "Effect": "Allow",
            "Action": ["iam:CreateServiceLinkedRole", "iam:PutRolePolicy"],
            "Resource":
                "arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
            "Condition": {"StringLike": {"iam:AWSServiceName": "spot.amazonaws.com"}},
        },
    ]});
    iam(
        "PutRolePolicy",
        json!({
            "RoleName": ROLE_NAME,
            "PolicyName": "databricks-deployment",
            "PolicyDocument": policy.to_string(),
        }),
    )?;
    Ok(crate::aws::text(&made, "/Role/Arn"))
}

/// The root bucket, with the policy that Databricks asks for.
fn make_bucket(act: &mut Act<'_, '_>, root: &Session) -> Result<String, Fault> {
    let bucket = format!("databricks-root-{}", act.host.aws_account);
    let account_id = act.host.account_id.as_str();
    let policy = databricks_policy::bucket(Partition::Aws, &bucket, Some(account_id), None)
        .map_err(|error| Fault::state(format!("the root bucket's policy: {error}")))?;
    let mut s3 = |operation: &str, input: Value| {
        act.s3(root, operation, input)
            .map_err(|fault| Fault::state(format!("{operation}: {fault}")))
    };
    let mut create = json!({"Bucket": bucket});
    if let (true, Some(fields)) = (root.region != DEFAULT_REGION, create.as_object_mut()) {
        let place = json!({"LocationConstraint": root.region});
        fields.insert("CreateBucketConfiguration".to_owned(), place);
    }
    s3("CreateBucket", create)?;
    s3("PutBucketPolicy", json!({"Bucket": bucket, "Policy": policy}))?;
    Ok(bucket)
}

/// The workspace's admin, with the token that scripts know.
fn make_workspace_admin(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    let account_id = act.host.account_id.clone();
    let id = identity::new_id(act.entropy());
    let mut row = IdentityRow::new(account_id, Kind::User, id, ADMIN_NAME);
    row.display_name = Some("rolecall admin".to_owned());
    row.emails.push(ADMIN_NAME.to_owned());
    act.tx().insert(row.clone())?;
    change::assign(act, WORKSPACE_ID, &row.id, true)?;
    let created = act.now();
    act.tx().insert(TokenRow {
        workspace: workspace_partition(WORKSPACE_ID),
        id: token::hash(ADMIN_TOKEN),
        owner: row.id.clone(),
        creator: row.id,
        comment: "the well-known token of a local server".to_owned(),
        created,
        expires: None,
    })?;
    Ok(())
}

/// The actions of the default deployment policy.
const DEFAULT_DEPLOYMENT: &[&str] = &[
    "ec2:AllocateAddress",
    "ec2:AssignPrivateIpAddresses",
    "ec2:AssociateDhcpOptions",
    "ec2:AssociateIamInstanceProfile",
    "ec2:AssociateRouteTable",
    "ec2:AttachInternetGateway",
    "ec2:AttachVolume",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CancelSpotInstanceRequests",
    "ec2:CreateDhcpOptions",
    "ec2:CreateFleet",
    "ec2:CreateInternetGateway",
    "ec2:CreateLaunchTemplate",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:CreateNatGateway",
    "ec2:CreateRoute",
    "ec2:CreateRouteTable",
    "ec2:CreateSecurityGroup",
    "ec2:CreateSubnet",
    "ec2:CreateTags",
    "ec2:CreateVolume",
    "ec2:CreateVpc",
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteDhcpOptions",
    "ec2:DeleteFleets",
    "ec2:DeleteInternetGateway",
    "ec2:DeleteLaunchTemplate",
    "ec2:DeleteLaunchTemplateVersions",
    "ec2:DeleteNatGateway",
    "ec2:DeleteRoute",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteSubnet",
    "ec2:DeleteTags",
    "ec2:DeleteVolume",
    "ec2:DeleteVpc",
    "ec2:DeleteVpcEndpoints",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeFleetHistory",
    "ec2:DescribeFleetInstances",
    "ec2:DescribeFleets",
    "ec2:DescribeIamInstanceProfileAssociations",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeNatGateways",
    "ec2:DescribePrefixLists",
    "ec2:DescribeReservedInstancesOfferings",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotInstanceRequests",
    "ec2:DescribeSpotPriceHistory",
    "ec2:DescribeSubnets",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcs",
    "ec2:DetachInternetGateway",
    "ec2:DisassociateIamInstanceProfile",
    "ec2:DisassociateRouteTable",
    "ec2:GetLaunchTemplateData",
    "ec2:GetSpotPlacementScores",
    "ec2:ModifyFleet",
    "ec2:ModifyLaunchTemplate",
    "ec2:ModifyVpcAttribute",
    "ec2:ReleaseAddress",
    "ec2:ReplaceIamInstanceProfileAssociation",
    "ec2:RequestSpotInstances",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
];
