//! What stands in the place of a hole when the engine is asked.
//!
//! An attribute of a resource of the code is the same wherever it occurs, so a name that is not known yet can be
//! any name, as long as it is the same one everywhere. What nobody can name stays open.

use source::Resource;
use template::{Hole, HoleId, Text};

use crate::trust::{DATABRICKS_ACCOUNTS, SERVERLESS_ACCOUNT};
use crate::world::World;

/// The account that code is applied in, where nothing says which one.
pub(crate) const SOME_ACCOUNT: &str = "999988887777";

/// The most references that are followed from one to the next.
pub(crate) const MAX_REFERENCES: usize = 16;

impl World<'_> {
    /// What a hole stands for; `None` if it may be anything. Names that refer to each other in a circle, as no plan of
    /// Terraform's has them, stand for nothing.
    pub(crate) fn resolve(&self, id: HoleId) -> Option<String> {
        let depth = self.depth.get();
        if depth >= MAX_REFERENCES {
            return None;
        }
        self.depth.set(depth + 1);
        let found = self.resolved(id);
        self.depth.set(depth);
        found
    }

    fn resolved(&self, id: HoleId) -> Option<String> {
        let Hole::Attribute { resource, path } = self.graph.holes.get(id)? else { return None };
        match (&**resource, &**path) {
            ("AWS", "AccountId") => return Some(self.account.clone()),
            ("AWS", "Partition") => return Some(self.partition.to_owned()),
            ("AWS", "Region") => return Some(self.region.clone()),
            ("AWS", "URLSuffix") => return Some("amazonaws.com".to_owned()),
            _ => {}
        }
        let found = self.graph.resource(resource)?;
        if found.is_data {
            return self.of_data(found, path);
        }
        self.of_resource(found, path)
    }

    fn of_data(&self, data: &Resource, path: &str) -> Option<String> {
        Some(match (&*data.kind, path) {
            ("aws_caller_identity", "account_id" | "id") => self.account.clone(),
            ("aws_partition", "partition" | "id") => self.partition.to_owned(),
            ("aws_partition", "dns_suffix") => "amazonaws.com".to_owned(),
            ("aws_region", "name" | "id" | "region") => self.region.clone(),
            ("aws_iam_role", "arn") => {
                format!("arn:{}:iam::{}:role/{}", self.partition, self.account, data.text("name")?)
            }
            ("aws_s3_bucket", "arn") => {
                format!("arn:{}:s3:::{}", self.partition, data.text("bucket")?)
            }
            _ => return None,
        })
    }

    fn of_resource(&self, resource: &Resource, path: &str) -> Option<String> {
        let (partition, account) = (self.partition, &self.account);
        let iam = |what: &str, at: &str, name: String| {
            format!("arn:{partition}:iam::{account}:{what}{at}{name}")
        };
        Some(match (&*resource.kind, path) {
            ("aws_iam_role", "arn") | ("AWS::IAM::Role", "Arn") => {
                let name = self.name_of(resource, &["name", "RoleName"]);
                iam("role", &self.path_of(resource), name)
            }
            ("aws_iam_role", "name" | "id") | ("AWS::IAM::Role", "Ref") => {
                self.name_of(resource, &["name", "RoleName"])
            }
            ("aws_iam_instance_profile", "arn") | ("AWS::IAM::InstanceProfile", "Arn") => {
                let name = self.name_of(resource, &["name", "InstanceProfileName"]);
                iam("instance-profile", &self.path_of(resource), name)
            }
            ("aws_iam_instance_profile", "name" | "id") | ("AWS::IAM::InstanceProfile", "Ref") => {
                self.name_of(resource, &["name", "InstanceProfileName"])
            }
            ("aws_iam_policy", "arn" | "id") | ("AWS::IAM::ManagedPolicy", "Ref" | "PolicyArn") => {
                let name = self.name_of(resource, &["name", "ManagedPolicyName"]);
                iam("policy", &self.path_of(resource), name)
            }
            ("aws_s3_bucket", "arn") | ("AWS::S3::Bucket", "Arn") => {
                format!(
                    "arn:{partition}:s3:::{}",
                    self.name_of(resource, &["bucket", "BucketName"])
                )
            }
            ("aws_s3_bucket", "id" | "bucket") | ("AWS::S3::Bucket", "Ref") => {
                self.name_of(resource, &["bucket", "BucketName"])
            }
            ("aws_kms_key", "arn") | ("AWS::KMS::Key", "Arn") => self.arn_of_key(resource),
            ("aws_kms_key", "key_id" | "id") | ("AWS::KMS::Key", "Ref") => slug(&resource.address),
            _ => return None,
        })
    }

    /// A key's ARN: its id is always made by KMS.
    pub(crate) fn arn_of_key(&self, key: &Resource) -> String {
        let id = slug(&key.address);
        format!("arn:{}:kms:{}:{}:key/{id}", self.partition, self.region, self.account)
    }

    /// The resource's name, or one that nothing else has.
    pub(crate) fn name_of(&self, resource: &Resource, arguments: &[&str]) -> String {
        let written = arguments.iter().find_map(|argument| resource.get(argument));
        match written.filter(|node| !self.is_own(resource, node)).and_then(template::Node::as_text)
        {
            Some(text) => self.filled(&text),
            None => slug(&resource.address),
        }
    }

    /// The path of a role, profile or policy, with both slashes.
    pub(crate) fn path_of(&self, resource: &Resource) -> String {
        let written = resource.get("path").or_else(|| resource.get("Path"));
        match written.filter(|node| !self.is_own(resource, node)).and_then(template::Node::as_text)
        {
            Some(text) => self.filled(&text),
            None => "/".to_owned(),
        }
    }

    /// Whether a value is an attribute of the resource itself: what a plan has where nobody wrote anything.
    fn is_own(&self, resource: &Resource, node: &template::Node) -> bool {
        let origin = node.as_hole().and_then(|id| self.graph.holes.as_attribute(id));
        origin.is_some_and(|(of, _)| *of == *resource.address)
    }

    /// What an ARN, or an account's id, means if its account is the one that is applied in: that may be so where nothing
    /// says which one that is. Databricks' own accounts are nobody else's.
    pub(crate) fn in_own_account(&self, text: &str) -> Option<String> {
        if self.account_is_known {
            return None;
        }
        let is_account = |it: &str| it.len() == 12 && it.bytes().all(|byte| byte.is_ascii_digit());
        let of_databricks =
            |it: &str| DATABRICKS_ACCOUNTS.contains(&it) || it == SERVERLESS_ACCOUNT;
        if is_account(text) {
            return (!of_databricks(text)).then(|| self.account.clone());
        }
        let named =
            text.split(':').nth(4).filter(|it| text.starts_with("arn:") && is_account(it))?;
        (!of_databricks(named)).then(|| text.replacen(named, &self.account, 1))
    }

    /// The text with every hole filled: by what it stands for, or by a word that nothing else has.
    pub(crate) fn filled(&self, text: &Text) -> String {
        text.fill(|id| self.resolve(id).unwrap_or_else(|| self.open(id))).into_owned()
    }

    /// A word for what may be anything: the same for the same hole.
    pub(crate) fn open(&self, id: HoleId) -> String {
        match self.graph.holes.get(id) {
            Some(Hole::Attribute { resource, path }) => slug(&format!("{resource}-{path}")),
            _ => "unknown".to_owned(),
        }
    }

    /// Whether every hole of a text stands for something.
    pub(crate) fn is_resolved(&self, text: &Text) -> bool {
        text.holes().all(|id| self.resolve(id).is_some())
    }
}

/// An address as a part of a name.
fn slug(address: &str) -> String {
    let mut out = String::from("unnamed-");
    for character in address.chars() {
        out.push(if character.is_ascii_alphanumeric() || character == '_' {
            character
        } else {
            '-'
        });
    }
    out
}
