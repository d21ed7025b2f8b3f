//! `CreatePolicy` and `GetPolicy`

use names::{AccountId, IdKind, unique_id};
use serde::{Deserialize, Serialize};

use crate::aws_managed;
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::policy::{self, MAX_POLICIES, PolicyRow, PolicyShape, PolicyVersion};
use crate::iam::{document, exact_tag, name};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// Characters of a description.
const MAX_DESCRIPTION: usize = 1000;

/// `CreatePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatePolicy {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// A policy, in the answers of `CreatePolicy` and `GetPolicy`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyOutput {
    policy: PolicyShape,
}

impl CreatePolicy {
    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or(name::DEFAULT_PATH)
    }

    fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:policy{}{}", self.path(), self.policy_name)
    }
}

impl Operation for CreatePolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreatePolicy";
    type Output = PolicyOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_path(&mut constraints, self.path.as_deref());
        name::check_name(&mut constraints, "policyName", &self.policy_name, name::MAX_NAME);
        document::check_parameter(&mut constraints, "policyDocument", &self.policy_document);
        let lengths = [Check::MaxLength(MAX_DESCRIPTION)];
        constraints.optional_hidden("description", self.description.as_deref(), &lengths);
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        exact_tag::check_keys(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand =
            |action| Demand::new(action, self.arn(ask.account())).with_request_tags(&self.tags);
        let mut demands = vec![demand("iam:CreatePolicy")];
        if !self.tags.is_empty() {
            // A policy that is not there yet has a name alone (many reports, such as of Terraform's; that an old
            // one's ARN is shown: ministryofjustice/modernisation-platform pull request 9946).
            let called = Some(format!("policy {}", self.policy_name));
            demands.push(Demand { called, ..demand("iam:TagPolicy") });
        }
        Ok(demands)
    }
}

impl Write for CreatePolicy {
    /// In which order IAM makes these checks is unverified.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<PolicyOutput, Fault> {
        let account = act.account();
        let document = policy::accept(&self.policy_document)?;
        let key = name::key(&self.policy_name);
        if act.tx.get::<PolicyRow>(account.as_str(), &key).is_some() {
            let text = format!(
                "A policy called {} already exists. Duplicate names are not allowed.",
                self.policy_name
            );
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        if act.tx.count::<PolicyRow>(account.as_str()) >= MAX_POLICIES {
            let text = format!("Cannot exceed quota for PoliciesPerAccount: {MAX_POLICIES}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let row = PolicyRow {
            account,
            name: self.policy_name.clone(),
            path: self.path().to_owned(),
            id: unique_id(IdKind::ManagedPolicy, account, act.entropy),
            arn: self.arn(account),
            description: self.description.clone(),
            created: act.now,
            updated: act.now,
            default_version: 1,
            newest_version: 1,
            versions: vec![PolicyVersion { number: 1, document, created: act.now }],
            tags: self.tags.clone(),
        };
        // CreatePolicy answers no description, and tags only if there are any (recorded by LocalStack).
        let tags = (!self.tags.is_empty()).then(|| self.tags.clone());
        let policy = PolicyShape { tags, ..PolicyShape::brief(act.tx, &row) };
        act.tx.insert(row)?;
        Ok(PolicyOutput { policy })
    }
}

/// `GetPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPolicy {
    policy_arn: String,
}

impl Operation for GetPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetPolicy";
    type Output = PolicyOutput;

    fn check(&self) -> Result<(), Fault> {
        policy::check_arn(Constraints::new(), &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:GetPolicy", &self.policy_arn)])
    }
}

impl Read for GetPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<PolicyOutput, Fault> {
        let policy = match aws_managed::find(&self.policy_arn) {
            Some(managed) => {
                let shape = PolicyShape::of_aws(ask.view, ask.account(), managed);
                PolicyShape { tags: Some(Vec::new()), ..shape }
            }
            None => PolicyShape::full(ask.view, policy::find(ask.view, &self.policy_arn)?),
        };
        Ok(PolicyOutput { policy })
    }
}

/// Checks the path of a policy, which can have fewer characters than that of a role. That IAM refuses it
/// in the same words is unverified.
fn check_path(constraints: &mut Constraints, path: Option<&str>) {
    let lengths = [Check::MaxLength(name::MAX_PATH), Check::MinLength(1)];
    constraints.optional_hidden("path", path, &lengths);
    if path.is_some_and(|path| !is_path(path)) {
        constraints.refuse(
            "The specified value for path is invalid. It must begin and end with / and contain only \
             alphanumeric characters and/or / characters.",
        );
    }
}

/// `((/[A-Za-z0-9\.,\+@=_-]+)*)/`
fn is_path(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".,+@=_-".contains(&byte);
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(plain);
    let inner = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    text == "/" || inner.is_some_and(|inner| inner.split('/').all(is_part))
}
