//! A bucket of the code: its key, its account, its policy.

use iam::PolicyKind;
use source::Resource;
use template::{Node, Value};

use super::RULE;
use crate::answer::{Answer, Question};
use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::role::Role;
use crate::world::World;

/// A bucket that the code makes.
#[derive(Debug, Clone)]
pub(super) struct Bucket<'g> {
    pub(super) resource: &'g Resource,
    pub(super) name: String,
}

/// The key that a bucket is encrypted with.
#[derive(Debug)]
pub(super) struct Key<'g> {
    pub(super) resource: &'g Resource,
    /// Where the bucket is said to be encrypted with it.
    encryption: &'g Resource,
    policy: Document,
}

const KINDS: [&str; 2] = ["aws_s3_bucket", "AWS::S3::Bucket"];

/// Where encryption is written: in a resource of its own, in the bucket, in CloudFormation's bucket.
const KEYS: [&str; 3] = [
    "rule.apply_server_side_encryption_by_default.kms_master_key_id",
    "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
    "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.KMSMasterKeyID",
];

impl<'g> Bucket<'g> {
    /// Every bucket of the code.
    pub(super) fn all(world: &World<'g>) -> Vec<Self> {
        let buckets = KINDS.iter().flat_map(|kind| world.of_kind(kind));
        let named = |resource: &'g Resource| Self {
            resource,
            name: world.name_of(resource, &["bucket", "BucketName"]),
        };
        buckets.map(named).collect()
    }

    /// The only bucket of the code with this name.
    pub(super) fn named(world: &World<'g>, name: &str) -> Option<Self> {
        let mut found = Self::all(world).into_iter().filter(|bucket| bucket.name == name);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    pub(super) fn arn(&self, world: &World<'_>) -> String {
        format!("arn:{}:s3:::{}", world.partition, self.name)
    }

    /// Whether a resource says of itself that it belongs to this bucket.
    fn owns(&self, world: &World<'_>, resource: &Resource, argument: &str) -> bool {
        let named = resource.get(argument).and_then(Node::as_text);
        named.is_some_and(|text| world.filled(&text) == self.name)
    }

    /// Its key, if it is one of this code.
    pub(super) fn key(&self, world: &World<'g>) -> Option<Key<'g>> {
        let mut separate = world.of_kind("aws_s3_bucket_server_side_encryption_configuration");
        let separate = separate.find(|it| self.owns(world, it, "bucket"));
        let encryption = separate.unwrap_or(self.resource);
        let id = KEYS.iter().find_map(|path| encryption.get(path))?;
        let resource = key_of(world, id)?;
        let mut policies = world.of_kind("aws_kms_key_policy");
        let separate = policies.find(|it| {
            let named = it.get("key_id").and_then(|node| world.graph.origin(node));
            named.is_some_and(|(it, _)| it.address == resource.address)
        });
        let own = separate.and_then(|it| Some((it, it.get("policy")?)));
        let own = own.or_else(|| {
            let written = ["policy", "KeyPolicy"].iter().find_map(|name| resource.get(name));
            written.filter(|node| is_written(resource, node)).map(|node| (resource, node))
        });
        let policy = match own {
            Some((owner, node)) => world.document(owner, node, PolicyKind::Resource),
            // Without a policy of its own a key leaves it to the account's policies.
            None => of_account(world),
        };
        Some(Key { resource, encryption, policy })
    }

    /// What a role meets at a bucket of another account: no policy, or one that does not let it in.
    pub(super) fn barred(
        &self,
        world: &World<'_>,
        role: &Role<'_>,
        certain: bool,
    ) -> Option<Finding> {
        let (own, other) = (account_of(world, self.resource)?, account_of(world, role.resource)?);
        if own == other {
            return None;
        }
        let mut policies = world.of_kind("aws_s3_bucket_policy");
        let separate = policies.find(|it| self.owns(world, it, "bucket"));
        let written = separate
            .map_or((self.resource, self.resource.get("policy")), |it| (it, it.get("policy")));
        let (owner, node) = written;
        let finding = |severity, message: String| {
            Finding::new(&RULE, severity, self.resource.place, message)
                .because("between accounts the bucket's policy has to allow it as well as the role's")
                .step(format!("`{}` is in account {own}", self.resource.address), self.resource.place)
                .step(format!("`{}` is in account {other}", role.resource.address), role.resource.place)
                .write(
                    "let the role in",
                    format!(
                        "{{ Effect = \"Allow\", Principal = {{ AWS = \"{}\" }}, Action = [\"s3:GetObject\", \"s3:ListBucket\"], Resource = [\"{}\", \"{}/*\"] }}",
                        role.arn,
                        self.arn(world),
                        self.arn(world)
                    ),
                )
        };
        let Some(node) = node else {
            let message = format!(
                "no policy of `{}` is seen that lets `{}` in, which is of another account",
                self.resource.address, role.resource.address
            );
            return Some(finding(Severity::Warning, message));
        };
        let policy = world.document(owner, node, PolicyKind::Resource);
        let question = Question::new(role, "s3:GetObject", format!("{}/probe", self.arn(world)));
        let question = question.held_by(Some(&policy)).in_account(ELSEWHERE);
        if world.ask(&question) != Answer::Refused {
            return None;
        }
        let severity = if certain { Severity::Error } else { Severity::Warning };
        let message = format!(
            "the policy of `{}` does not let `{}` in, which is of another account",
            self.resource.address, role.resource.address
        );
        Some(
            finding(severity, message)
                .step(format!("`{}` is its policy", owner.address), owner.place),
        )
    }
}

/// An account that is nobody's here: who owns a bucket matters only as it is not the role's account.
const ELSEWHERE: &str = "000000000001";

impl Key<'_> {
    /// The first of these actions that a role is refused.
    pub(super) fn refuses(
        &self,
        world: &World<'_>,
        role: &Role<'_>,
        actions: &[&'static str],
    ) -> Option<&'static str> {
        let arn = world.arn_of_key(self.resource);
        actions.iter().copied().find(|action| {
            let question = Question::new(role, action, arn.clone()).held_by(Some(&self.policy));
            world.ask(&question) == Answer::Refused
        })
    }

    /// The finding with the way to the key, and what to write.
    pub(super) fn told(&self, world: &World<'_>, role: &Role<'_>, finding: Finding) -> Finding {
        let name = world.local_name(self.resource);
        finding
            .step(format!("`{}` says how it is encrypted", self.encryption.address), self.encryption.place)
            .step(format!("`{}` is the key", self.resource.address), self.resource.place)
            .step(format!("`{}` is the role", role.resource.address), role.resource.place)
            .write(
                "allow it in a policy of the role",
                world.written_as(
                    format!(
                        "{{ Effect = \"Allow\", Action = [\"kms:Decrypt\", \"kms:Encrypt\", \"kms:GenerateDataKey*\"], Resource = {name}.arn }}"
                    ),
                    format!(
                        "- Effect: Allow\n  Action: [\"kms:Decrypt\", \"kms:Encrypt\", \"kms:GenerateDataKey*\"]\n  Resource: !GetAtt {name}.Arn"
                    ),
                ),
            )
    }
}

/// The key of the code that an id, an ARN or an alias stands for.
fn key_of<'g>(world: &World<'g>, id: &Node) -> Option<&'g Resource> {
    let (resource, _) = world.graph.origin(id)?;
    match &*resource.kind {
        "aws_kms_key" | "AWS::KMS::Key" if !resource.is_data => {
            world.graph.resource(&resource.address)
        }
        "aws_kms_alias" => {
            let (key, _) = world.graph.origin(resource.get("target_key_id")?)?;
            (&*key.kind == "aws_kms_key").then(|| world.graph.resource(&key.address)).flatten()
        }
        _ => None,
    }
}

/// In a plan, what nobody wrote is an attribute of the key's own: the policy that KMS gives it.
fn is_written(key: &Resource, node: &Node) -> bool {
    !matches!(node.value, Value::Null | Value::Hole(_)) || key.dialect != source::Dialect::Plan
}

/// The account of a resource, if its provider says which: by the role that it takes on, or as the only one allowed.
fn account_of(world: &World<'_>, resource: &Resource) -> Option<String> {
    let provider = world.graph.providers.get(resource.provider.as_deref()?)?;
    let of_role = || {
        let block = provider.get("assume_role")?;
        let arn = block.one_or_many().first()?.get("role_arn")?.as_text()?;
        let account = arn.known()?.split(':').nth(4)?.to_owned();
        (account.len() == 12).then_some(account)
    };
    of_role().or_else(|| match provider.get("allowed_account_ids")?.elements() {
        [only] => only.as_text()?.known().map(str::to_owned),
        _ => None,
    })
}

/// The policy of a key that nobody wrote one for.
fn of_account(world: &World<'_>) -> Document {
    let text = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":\"arn:{}:iam::{}:root\"}},\"Action\":\"kms:*\",\"Resource\":\"*\"}}]}}",
        world.partition, world.account
    );
    let mut document = Document::everything(PolicyKind::Resource);
    if let Ok(tree) = source::parse_json(&text, None, document.place) {
        document.tree = tree;
    }
    document
}
