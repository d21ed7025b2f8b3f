//! Access control lists, as far as they can be used where a bucket's owner owns all: read, and set to what gives
//! nobody else anything (user guide, "Controlling ownership of objects and disabling ACLs for your bucket").
//!
//! Grants to others are refused by name, whatever the bucket's ownership: what they allow is not modelled.

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::name::canonical_id;
use crate::object;
use crate::owner::Owner;
use crate::ownership::Ownership;
use crate::setting::bucket_operation;
use crate::{bucket, demand};

/// The canned lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canned {
    /// The owner alone.
    Private,
    /// The bucket's owner alone, whoever writes.
    BucketOwnerFullControl,
    /// Anything that gives others rights.
    Others,
}

impl Canned {
    /// Reads `x-amz-acl`.
    ///
    /// # Errors
    /// `InvalidArgument`
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "private" => Ok(Self::Private),
            "bucket-owner-full-control" => Ok(Self::BucketOwnerFullControl),
            "public-read" | "public-read-write" | "authenticated-read" | "aws-exec-read"
            | "bucket-owner-read" | "log-delivery-write" => Ok(Self::Others),
            _ => Err(Fault::new("InvalidArgument", "")
                .with_detail("ArgumentName", "x-amz-acl")
                .with_detail("ArgumentValue", text)),
        }
    }

    /// Refuses what gives others rights.
    ///
    /// # Errors
    /// `NotImplemented`
    pub fn check_modelled(self) -> Result<(), Fault> {
        if self == Self::Others { Err(grants_not_modelled()) } else { Ok(()) }
    }
}

fn grants_not_modelled() -> Fault {
    let text = "rolecall does not model ACLs that grant rights to others: use a bucket policy";
    Fault::new("NotImplemented", text)
}

/// Whether a request may carry this canned list, by the bucket's ownership.
///
/// # Errors
/// `AccessControlListNotSupported`, `NotImplemented`.
pub fn check_allowed(acl: Option<&str>, ownership: Option<Ownership>) -> Result<(), Fault> {
    let Some(acl) = acl else { return Ok(()) };
    match (Canned::parse(acl)?, ownership) {
        (Canned::BucketOwnerFullControl | Canned::Private, _) => Ok(()),
        (Canned::Others, Some(Ownership::BucketOwnerEnforced)) => Err(not_supported()),
        (Canned::Others, _) => Err(grants_not_modelled()),
    }
}

fn not_supported() -> Fault {
    Fault::new("AccessControlListNotSupported", "The bucket does not allow ACLs")
}

/// What `GetBucketAcl` and `GetObjectAcl` answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAclOutput {
    owner: Owner,
    access_control_list: Grants,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Grants {
    #[serde(default)]
    grant: Vec<Grant>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Grant {
    grantee: Grantee,
    permission: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Grantee {
    #[serde(rename = "xsi:type", skip_deserializing, default)]
    kind: &'static str,
    #[serde(rename = "ID", default)]
    id: Option<String>,
    // Whoever is named so is somebody else, as no id says otherwise.
    #[serde(rename = "DisplayName", default, skip_serializing)]
    _display_name: Option<String>,
    #[serde(rename = "EmailAddress", default, skip_serializing)]
    _email: Option<String>,
    #[serde(rename = "URI", default, skip_serializing)]
    _uri: Option<String>,
}

impl GetAclOutput {
    fn of(account: AccountId) -> Self {
        let id = Some(canonical_id(account));
        let grantee = Grantee { kind: "CanonicalUser", id, ..Grantee::default() };
        let grant = vec![Grant { grantee, permission: "FULL_CONTROL".to_owned() }];
        Self { owner: Owner::of(account), access_control_list: Grants { grant } }
    }
}

bucket_operation! {
    /// Shows a bucket's list: its owner has full control.
    GetBucketAcl, "s3:GetBucketAcl", GetAclOutput
}

impl Read for GetBucketAcl {
    fn read(self, ask: &Ask<'_>) -> Result<GetAclOutput, Fault> {
        Ok(GetAclOutput::of(bucket::find(ask.view, &self.bucket)?.account))
    }
}

/// A list as a request has it.
#[derive(Debug, Clone, Deserialize)]
struct Policy {
    #[serde(rename = "Owner")]
    owner: Option<PolicyOwner>,
    #[serde(rename = "AccessControlList", default)]
    grants: Grants,
}

#[derive(Debug, Clone, Deserialize)]
struct PolicyOwner {
    #[serde(rename = "ID")]
    id: Option<String>,
    #[serde(rename = "DisplayName")]
    _display_name: Option<String>,
}

/// Whether a request to set a list asks for what gives nobody but the owner anything.
fn check_put(
    acl: Option<&str>,
    policy: Option<&Policy>,
    account: AccountId,
    ownership: Option<Ownership>,
) -> Result<(), Fault> {
    let own = canonical_id(account);
    let is_own = |grant: &Grant| {
        grant.grantee.id.as_ref() == Some(&own) && grant.permission == "FULL_CONTROL"
    };
    let gives_nothing = match (acl.map(Canned::parse).transpose()?, policy) {
        (Some(canned), _) => canned != Canned::Others,
        (None, Some(policy)) => {
            let owner = policy.owner.as_ref().and_then(|owner| owner.id.as_ref());
            owner.is_none_or(|owner| *owner == own) && policy.grants.grant.iter().all(is_own)
        }
        (None, None) => {
            let text = "Your request was missing a required header";
            let fault = Fault::new("MissingSecurityHeader", text);
            return Err(fault.with_detail("MissingHeaderName", "x-amz-acl"));
        }
    };
    match ownership {
        // Even a private list is refused, but for the one that says what is the case anyway.
        Some(Ownership::BucketOwnerEnforced)
            if acl.is_some_and(|acl| acl != "bucket-owner-full-control") || !gives_nothing =>
        {
            Err(not_supported())
        }
        _ if !gives_nothing => Err(grants_not_modelled()),
        _ => Ok(()),
    }
}

bucket_operation! {
    /// Sets a bucket's list.
    PutBucketAcl, "s3:PutBucketAcl", (), {
        #[serde(rename = "ACL")]
        acl: Option<String>,
        access_control_policy: Option<Policy>,
    }
}

impl Write for PutBucketAcl {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let bucket = bucket::find(act.tx, &self.bucket)?;
        let policy = self.access_control_policy.as_ref();
        check_put(self.acl.as_deref(), policy, bucket.account, bucket.ownership)
    }
}

/// Shows an object's list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetObjectAcl {
    bucket: String,
    key: String,
    version_id: Option<String>,
}

impl Operation for GetObjectAcl {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "GetObjectAcl";
    type Output = GetAclOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let version_id = self.version_id.as_deref();
        let found = object::look(ask.view, bucket, &self.key, version_id);
        let actions = ("s3:GetObjectAcl", "s3:GetObjectVersionAcl");
        let found = found.map(AsRef::as_ref);
        Ok(demand::to_read(ask, bucket, &self.key, version_id, found, actions))
    }
}

impl Read for GetObjectAcl {
    fn read(self, ask: &Ask<'_>) -> Result<GetAclOutput, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        object::find(ask.view, bucket, &self.key, self.version_id.as_deref())?;
        Ok(GetAclOutput::of(bucket.account))
    }
}

/// Sets an object's list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutObjectAcl {
    bucket: String,
    key: String,
    version_id: Option<String>,
    #[serde(rename = "ACL")]
    acl: Option<String>,
    access_control_policy: Option<Policy>,
}

impl Operation for PutObjectAcl {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "PutObjectAcl";
    type Output = ();

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let bucket = bucket::find(ask.view, &self.bucket)?;
        let found = object::look(ask.view, bucket, &self.key, self.version_id.as_deref());
        let demand = match &self.version_id {
            None => demand::on_object(ask, bucket, &self.key, "s3:PutObjectAcl"),
            Some(id) => demand::on_object(ask, bucket, &self.key, "s3:PutObjectVersionAcl")
                .with("s3:versionid", id.as_str()),
        };
        let demand = demand.with_some("s3:x-amz-acl", self.acl.as_deref());
        let tags = found.map_or(&[][..], |object| &object.tags);
        Ok(vec![demand::with_existing_tags(demand, tags)])
    }
}

impl Write for PutObjectAcl {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let bucket = bucket::find(act.tx, &self.bucket)?;
        object::find(act.tx, bucket, &self.key, self.version_id.as_deref())?;
        let policy = self.access_control_policy.as_ref();
        check_put(self.acl.as_deref(), policy, bucket.account, bucket.ownership)
    }
}
