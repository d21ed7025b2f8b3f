//! The versions of a managed policy. Texts as recorded from AWS by LocalStack.

use serde::{Deserialize, Serialize};

use crate::aws_managed;
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::policy::{self, MAX_VERSIONS, PolicyRow, PolicyVersion, VersionShape};
use crate::iam::{document, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`
const VERSION_ID: Check = Check::Pattern("v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?", is_version_id);

/// `CreatePolicyVersion`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatePolicyVersion {
    policy_arn: String,
    policy_document: String,
    #[serde(default)]
    set_as_default: bool,
}

/// A version, in the answers of `CreatePolicyVersion` and `GetPolicyVersion`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionOutput {
    policy_version: VersionShape,
}

impl Operation for CreatePolicyVersion {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreatePolicyVersion";
    type Output = VersionOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        document::check_parameter(&mut constraints, "policyDocument", &self.policy_document);
        policy::check_arn(constraints, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:CreatePolicyVersion", &self.policy_arn)])
    }
}

impl Write for CreatePolicyVersion {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<VersionOutput, Fault> {
        let document = policy::accept(&self.policy_document)?;
        let mut policy = PolicyRow::clone(policy::find(act.tx, &self.policy_arn)?);
        if policy.versions.len() >= MAX_VERSIONS {
            let text = format!(
                "A managed policy can have up to {MAX_VERSIONS} versions. Before you create a new \
                 version, you must delete an existing version."
            );
            return Err(Fault::new("LimitExceeded", text));
        }
        policy.newest_version += 1;
        policy.updated = act.now;
        if self.set_as_default {
            policy.default_version = policy.newest_version;
        }
        let version = PolicyVersion { number: policy.newest_version, document, created: act.now };
        let policy_version = VersionShape::brief(&policy, &version);
        policy.versions.push(version);
        act.tx.update(policy)?;
        Ok(VersionOutput { policy_version })
    }
}

/// `GetPolicyVersion`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPolicyVersion {
    policy_arn: String,
    version_id: String,
}

impl Operation for GetPolicyVersion {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetPolicyVersion";
    type Output = VersionOutput;

    fn check(&self) -> Result<(), Fault> {
        check(&self.policy_arn, &self.version_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:GetPolicyVersion", &self.policy_arn)])
    }
}

impl Read for GetPolicyVersion {
    fn read(self, ask: &Ask<'_>) -> Result<VersionOutput, Fault> {
        let missing = || missing(&self.policy_arn, &self.version_id);
        if let Some(managed) = aws_managed::find(&self.policy_arn) {
            let shape = VersionShape::of_aws(managed);
            let known = shape.version_id == self.version_id;
            return known.then_some(VersionOutput { policy_version: shape }).ok_or_else(missing);
        }
        let policy = policy::find(ask.view, &self.policy_arn).map_err(|_| missing())?;
        let version = version(policy, &self.version_id).ok_or_else(missing)?;
        Ok(VersionOutput { policy_version: VersionShape::full(policy, version) })
    }
}

/// `ListPolicyVersions`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPolicyVersions {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// Its answer: newest first, without documents.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionsOutput {
    versions: Vec<VersionShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListPolicyVersions {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListPolicyVersions";
    type Output = VersionsOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        policy::check_arn(constraints, &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:ListPolicyVersions", &self.policy_arn)])
    }
}

impl Read for ListPolicyVersions {
    fn read(self, ask: &Ask<'_>) -> Result<VersionsOutput, Fault> {
        let versions: Vec<VersionShape> = match aws_managed::find(&self.policy_arn) {
            Some(managed) => vec![VersionShape { document: None, ..VersionShape::of_aws(managed) }],
            None => {
                let policy = policy::find(ask.view, &self.policy_arn)?;
                let newest_first = policy.versions.iter().rev();
                newest_first.map(|version| VersionShape::brief(policy, version)).collect()
            }
        };
        let page = page::cut_list(versions, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        Ok(VersionsOutput { versions: page.items, is_truncated, marker: page.marker })
    }
}

/// `DeletePolicyVersion`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletePolicyVersion {
    policy_arn: String,
    version_id: String,
}

impl Operation for DeletePolicyVersion {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeletePolicyVersion";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.policy_arn, &self.version_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:DeletePolicyVersion", &self.policy_arn)])
    }
}

impl Write for DeletePolicyVersion {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let (mut policy, number) = find(act, &self.policy_arn, &self.version_id)?;
        if number == policy.default_version {
            let text = "Cannot delete the default version of a policy.";
            return Err(Fault::new("DeleteConflict", text));
        }
        policy.versions.retain(|version| version.number != number);
        act.tx.update(policy)?;
        Ok(())
    }
}

/// `SetDefaultPolicyVersion`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetDefaultPolicyVersion {
    policy_arn: String,
    version_id: String,
}

impl Operation for SetDefaultPolicyVersion {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "SetDefaultPolicyVersion";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.policy_arn, &self.version_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:SetDefaultPolicyVersion", &self.policy_arn)])
    }
}

impl Write for SetDefaultPolicyVersion {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let (mut policy, number) = find(act, &self.policy_arn, &self.version_id)?;
        policy.default_version = number;
        policy.updated = act.now;
        act.tx.update(policy)?;
        Ok(())
    }
}

fn check(policy_arn: &str, version_id: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    constraints.hidden("versionId", version_id, VERSION_ID);
    policy::check_arn(constraints, policy_arn)
}

/// The policy, to be changed, and the number of one of its versions.
fn find(act: &Act<'_, '_>, arn: &str, version_id: &str) -> Result<(PolicyRow, u32), Fault> {
    let missing = || missing(arn, version_id);
    let policy = policy::find(act.tx, arn).map_err(|_| missing())?;
    let number = version(policy, version_id).ok_or_else(missing)?.number;
    Ok((PolicyRow::clone(policy), number))
}

fn version<'p>(policy: &'p PolicyRow, version_id: &str) -> Option<&'p PolicyVersion> {
    policy.version(version_id.strip_prefix('v')?.parse().ok()?)
}

fn missing(arn: &str, version_id: &str) -> Fault {
    let text = format!("Policy {arn} version {version_id} does not exist or is not attachable.");
    Fault::new("NoSuchEntity", text)
}

fn is_version_id(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('v') else { return false };
    let (number, suffix) = rest.split_once('.').unwrap_or((rest, ""));
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    digits
        && !number.is_empty()
        && !number.starts_with('0')
        && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
