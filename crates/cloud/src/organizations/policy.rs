//! Service control and resource control policies: the row, AWS's own two, and the operations on them.

mod create;
mod list;
mod update;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use names::AccountId;
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::operation::Ask;
use crate::organizations::input::violation;
use crate::organizations::node::NodeRow;
use crate::organizations::organization::OrganizationRow;
use crate::organizations::policy_type::PolicyType;
use crate::tag::Tag;

pub use create::CreatePolicy;
pub use list::{DescribePolicy, ListPolicies, Policies};
pub use update::{DeletePolicy, UpdatePolicy};

/// Characters of a policy, white space included as the API keeps it (user guide, "quotas and service
/// limits").
pub const MAX_POLICY: usize = 5_120;

/// A policy of an organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyRow {
    /// The management account.
    pub account: AccountId,
    /// `p-…`
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Its type.
    pub r#type: PolicyType,
    /// Its text.
    pub document: Document,
    /// Its tags.
    pub tags: Vec<Tag>,
}

impl Row for PolicyRow {
    const TABLE: &'static str = "organizations_policy";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }
}

/// A policy that is attached or can be: the organization's own, or AWS's.
#[derive(Debug, Clone)]
pub enum Found {
    /// The organization's own.
    Own(Arc<PolicyRow>),
    /// AWS's.
    Aws(&'static AwsPolicy),
}

/// A policy that AWS keeps for every organization.
#[derive(Debug)]
pub struct AwsPolicy {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub r#type: PolicyType,
    text: &'static str,
    document: OnceLock<Document>,
}

static AWS_POLICIES: [AwsPolicy; 2] = [
    AwsPolicy {
        id: "p-FullAWSAccess",
        name: "FullAWSAccess",
        r#type: PolicyType::ServiceControlPolicy,
        text: r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#,
        document: OnceLock::new(),
    },
    AwsPolicy {
        id: "p-RCPFullAWSAccess",
        name: "RCPFullAWSAccess",
        r#type: PolicyType::ResourceControlPolicy,
        text: r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#,
        document: OnceLock::new(),
    },
];

/// What AWS says of both (of `RCPFullAWSAccess` unverified).
const AWS_DESCRIPTION: &str = "Allows access to every operation";

impl Found {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Own(row) => &row.id,
            Self::Aws(policy) => policy.id,
        }
    }

    /// Its type.
    #[must_use]
    pub fn r#type(&self) -> PolicyType {
        match self {
            Self::Own(row) => row.r#type,
            Self::Aws(policy) => policy.r#type,
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        match self {
            Self::Own(row) => row.arn.clone(),
            Self::Aws(AwsPolicy { r#type, id, .. }) => {
                format!("arn:aws:organizations::aws:policy/{}/{id}", r#type.arn_name())
            }
        }
    }

    /// Its text.
    #[must_use]
    pub fn document(&self) -> &Document {
        match self {
            Self::Own(row) => &row.document,
            Self::Aws(policy) => policy.document.get_or_init(|| Document::new(policy.text)),
        }
    }

    /// Whether both are the same version of the same policy.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Own(one), Self::Own(other)) => Arc::ptr_eq(one, other),
            (Self::Aws(one), Self::Aws(other)) => std::ptr::eq(*one, *other),
            _ => false,
        }
    }

    fn tags(&self) -> &[Tag] {
        match self {
            Self::Own(row) => &row.tags,
            Self::Aws(_) => &[],
        }
    }
}

/// The policy with this id.
#[must_use]
pub fn find(view: &View, organization: &OrganizationRow, id: &str) -> Option<Found> {
    if let Some(policy) = AWS_POLICIES.iter().find(|policy| policy.id == id) {
        return Some(Found::Aws(policy));
    }
    view.get::<PolicyRow>(organization.account.as_str(), id).cloned().map(Found::Own)
}

pub(super) fn require(
    view: &View,
    organization: &OrganizationRow,
    id: &str,
) -> Result<Found, Fault> {
    find(view, organization, id).ok_or_else(|| {
        Fault::new("PolicyNotFoundException", "You specified a policy that doesn't exist.")
    })
}

/// The ids of all policies of a type.
pub(super) fn ids_of_type(
    view: &View,
    organization: &OrganizationRow,
    wanted: PolicyType,
) -> Vec<String> {
    let own = view.range::<PolicyRow>(organization.account.as_str(), ..);
    let own = own.filter(|row| row.r#type == wanted).map(|row| row.id.clone());
    own.chain([wanted.default_policy().to_owned()]).collect()
}

/// The policies of a type that are attached to a node.
pub(super) fn attached(
    view: &View,
    organization: &OrganizationRow,
    node: &NodeRow,
    wanted: PolicyType,
) -> Vec<Found> {
    let found = node.policies.iter().filter_map(|id| find(view, organization, id));
    found.filter(|policy| policy.r#type() == wanted).collect()
}

/// A demand on a policy, whether it exists or not, with its type and tags. AWS's own count as the
/// organization's, as the service authorization reference lists no type of theirs for these actions
/// (unverified).
pub(super) fn demand(
    ask: &Ask<'_>,
    action: &'static str,
    organization: &OrganizationRow,
    id: &str,
) -> Demand {
    let found = find(ask.view, organization, id);
    // Of which type a missing one would be nobody knows.
    let kind = found.as_ref().map_or(PolicyType::ServiceControlPolicy, Found::r#type);
    let arn = organization.arn_of("policy", &format!("{}/{id}", kind.arn_name()));
    let demand = Demand::new(action, arn);
    match found {
        Some(found) => demand
            .with_resource_tags(&["aws"], found.tags())
            .with("organizations:PolicyType", kind.name()),
        None => demand,
    }
}

/// Refuses a type that is not enabled.
pub(super) fn check_enabled(
    organization: &OrganizationRow,
    wanted: PolicyType,
) -> Result<(), Fault> {
    if organization.enabled.contains(&wanted) {
        return Ok(());
    }
    let text = "This operation can be performed only for enabled policy types.";
    Err(Fault::new("PolicyTypeNotEnabledException", text))
}

/// What an organization for bills alone says (API reference).
pub(super) fn not_available() -> Fault {
    Fault::new(
        "PolicyTypeNotAvailableForOrganizationException",
        "You can't use the specified policy type with the feature set currently enabled for this \
         organization.",
    )
}

/// Reads the text of a policy.
fn accept(text: &str, kind: PolicyType) -> Result<Document, Fault> {
    if text.chars().count() > MAX_POLICY {
        // The text is unverified.
        let text = "You have exceeded the maximum policy size.";
        return Err(violation("POLICY_CONTENT_LIMIT_EXCEEDED", text));
    }
    iam::accept::check(text.as_bytes(), kind.kind())
        .map_err(|malformed| Fault::new("MalformedPolicyDocumentException", malformed.message))?;
    Ok(Document::new(text))
}

fn check_name_is_free(
    view: &View,
    organization: &OrganizationRow,
    name: &str,
) -> Result<(), Fault> {
    let mut own = view.range::<PolicyRow>(organization.account.as_str(), ..);
    let taken =
        own.any(|row| row.name == name) || AWS_POLICIES.iter().any(|policy| policy.name == name);
    let text = "A policy with the same name already exists.";
    if taken { Err(Fault::new("DuplicatePolicyException", text)) } else { Ok(()) }
}

/// What lists show of a policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicySummary {
    id: String,
    arn: String,
    name: String,
    description: String,
    r#type: PolicyType,
    aws_managed: bool,
}

impl PolicySummary {
    /// Of a policy.
    #[must_use]
    pub fn new(found: &Found) -> Self {
        let (name, description, aws_managed) = match found {
            Found::Own(row) => (row.name.as_str(), row.description.as_str(), false),
            Found::Aws(policy) => (policy.name, AWS_DESCRIPTION, true),
        };
        Self {
            id: found.id().to_owned(),
            arn: found.arn(),
            name: name.to_owned(),
            description: description.to_owned(),
            r#type: found.r#type(),
            aws_managed,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyShape {
    policy_summary: PolicySummary,
    content: String,
}

/// A policy, in answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyOutput {
    policy: PolicyShape,
}

impl PolicyOutput {
    fn new(found: &Found) -> Self {
        let content = found.document().text().to_owned();
        Self { policy: PolicyShape { policy_summary: PolicySummary::new(found), content } }
    }
}
