//! The policy documents that Databricks asks for: `databricks_aws_…_policy`. They ask nobody.

use databricks_policy::{CrossAccount, Partition, PolicyError, PolicyType, UnityCatalog};

use crate::client::Client;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::resource::{DataSource, Failure, flag, some_text, text};
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

/// Makes a document of the arguments; its id comes with it.
type Make = fn(Partition, &Members) -> Result<(String, String), PolicyError>;

/// A document's data source.
pub(super) struct Policy {
    name: &'static str,
    description: &'static str,
    arguments: fn() -> Vec<Attribute>,
    make: Make,
}

/// All of them.
pub(super) const ALL: [Policy; 5] = [
    Policy {
        name: "databricks_aws_assume_role_policy",
        description: "The trust policy of the cross-account role.",
        arguments: || {
            vec![
                Attribute::required(
                    "external_id",
                    Type::Text,
                    "The Databricks account's id, which Databricks gives as the external id.",
                ),
                Attribute::optional("databricks_account_id", Type::Text, "No longer used."),
                Attribute::optional(
                    "for_log_delivery",
                    Type::Bool,
                    "Trust the role that delivers logs instead.",
                ),
            ]
        },
        make: |partition, config| {
            let id = text(config, "external_id");
            let logs = flag(config, "for_log_delivery");
            Ok((id.to_owned(), databricks_policy::assume_role(partition, id, logs)))
        },
    },
    Policy {
        name: "databricks_aws_crossaccount_policy",
        description: "The access policy of the cross-account role.",
        arguments: || {
            vec![
                Attribute::optional(
                    "policy_type",
                    Type::Text,
                    "`managed` (the default), `customer` or `restricted`: who makes the VPC, and whether \
                     Databricks stays within it.",
                ),
                Attribute::optional(
                    "pass_roles",
                    Type::list(Type::Text),
                    "The ARNs of the roles whose instance profiles clusters may have.",
                ),
                Attribute::optional(
                    "aws_account_id",
                    Type::Text,
                    "The AWS account (`restricted`).",
                ),
                Attribute::optional("vpc_id", Type::Text, "The VPC (`restricted`)."),
                Attribute::optional("region", Type::Text, "The region (`restricted`)."),
                Attribute::optional(
                    "security_group_id",
                    Type::Text,
                    "The workspace's security group (`restricted`).",
                ),
            ]
        },
        make: cross_account,
    },
    Policy {
        name: "databricks_aws_bucket_policy",
        description: "The policy of a workspace's root bucket.",
        arguments: || {
            vec![
                Attribute::required("bucket", Type::Text, "The bucket's name."),
                Attribute::optional("databricks_account_id", Type::Text, "No longer used."),
                Attribute::optional(
                    "databricks_e2_account_id",
                    Type::Text,
                    "The Databricks account that alone may use it.",
                ),
                Attribute::optional(
                    "full_access_role",
                    Type::Text,
                    "The role that may use it in place of Databricks' account.",
                ),
            ]
        },
        make: |partition, config| {
            let bucket = text(config, "bucket");
            let account = some_text(config, "databricks_e2_account_id");
            let role = some_text(config, "full_access_role");
            let document = databricks_policy::bucket(partition, bucket, account, role)?;
            Ok((bucket.to_owned(), document))
        },
    },
    Policy {
        name: "databricks_aws_unity_catalog_policy",
        description: "The access policy of a role that Unity Catalog reaches a bucket with.",
        arguments: || {
            let mut arguments = role();
            arguments.push(Attribute::required("bucket_name", Type::Text, "The bucket."));
            arguments.push(Attribute::optional("kms_name", Type::Text, "The bucket's key."));
            arguments
        },
        make: |partition, config| {
            let wanted = UnityCatalog {
                partition,
                bucket_name: text(config, "bucket_name").to_owned(),
                role_name: text(config, "role_name").to_owned(),
                aws_account_id: text(config, "aws_account_id").to_owned(),
                kms_name: some_text(config, "kms_name").map(str::to_owned),
            };
            let UnityCatalog { bucket_name, aws_account_id, role_name, .. } = &wanted;
            let id = format!("{bucket_name}-{aws_account_id}-{role_name}");
            Ok((id, databricks_policy::unity_catalog(&wanted)))
        },
    },
    Policy {
        name: "databricks_aws_unity_catalog_assume_role_policy",
        description: "The trust policy of a role that Unity Catalog reaches a bucket with.",
        arguments: || {
            let mut arguments = role();
            arguments.push(Attribute::required(
                "external_id",
                Type::Text,
                "The external id that the storage credential has.",
            ));
            arguments.push(Attribute::optional(
                "unity_catalog_iam_arn",
                Type::Text,
                "The role of Unity Catalog, if it is another than the partition's usual one.",
            ));
            arguments
        },
        make: |partition, config| {
            let (role, account) = (text(config, "role_name"), text(config, "aws_account_id"));
            let external_id = text(config, "external_id");
            let master = some_text(config, "unity_catalog_iam_arn");
            let document = databricks_policy::unity_catalog_assume_role(
                partition,
                role,
                account,
                external_id,
                master,
            );
            Ok((format!("{account}-{role}-{external_id}"), document))
        },
    },
];

fn role() -> Vec<Attribute> {
    vec![
        Attribute::required("role_name", Type::Text, "The role's name."),
        Attribute::required("aws_account_id", Type::Text, "The role's AWS account."),
    ]
}

fn cross_account(partition: Partition, config: &Members) -> Result<(String, String), PolicyError> {
    let name = some_text(config, "policy_type").unwrap_or("managed");
    let policy_type = match name {
        "managed" => PolicyType::Managed,
        "customer" => PolicyType::Customer,
        "restricted" => PolicyType::Restricted,
        other => {
            let why = format!("is `managed`, `customer` or `restricted`, not `{other}`");
            return Err(PolicyError { argument: "policy_type", why });
        }
    };
    let roles = config.get("pass_roles").and_then(Value::as_list).unwrap_or_default();
    let given = |name| text(config, name).to_owned();
    let document = databricks_policy::cross_account(&CrossAccount {
        partition,
        policy_type,
        pass_roles: roles.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
        aws_account_id: given("aws_account_id"),
        vpc_id: given("vpc_id"),
        region: given("region"),
        security_group_id: given("security_group_id"),
    })?;
    Ok((name.to_owned(), document))
}

impl Policy {
    fn partition(config: &Members) -> Result<Partition, PolicyError> {
        let Some(name) = some_text(config, "aws_partition") else { return Ok(Partition::Aws) };
        Partition::named(name).ok_or_else(|| PolicyError {
            argument: "aws_partition",
            why: format!("is `aws`, `aws-us-gov` or `aws-us-gov-dod`, not `{name}`"),
        })
    }

    fn document(&self, config: &Members) -> Result<(String, String), Diagnostic> {
        let partition = Self::partition(config);
        let made = partition.and_then(|partition| (self.make)(partition, config));
        made.map_err(|error| {
            Diagnostic::error("The policy cannot be made", error.to_string()).at(error.argument)
        })
    }
}

impl DataSource for Policy {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> Block {
        let mut attributes = (self.arguments)();
        attributes.push(Attribute::optional(
            "aws_partition",
            Type::Text,
            "`aws` (the default), `aws-us-gov` or `aws-us-gov-dod`.",
        ));
        attributes.push(Attribute::computed("id", Type::Text, "What tells it from others."));
        attributes.push(Attribute::computed("json", Type::Text, "The policy document."));
        Block::new(self.description, attributes)
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        if !config.values().any(Value::has_unknown)
            && let Err(diagnostic) = self.document(config)
        {
            found.add(diagnostic);
        }
    }

    fn asks(&self) -> bool {
        false
    }

    fn read(&self, _: &Client, config: &Members) -> Result<Members, Failure> {
        let (id, document) = self.document(config)?;
        let mut state = config.clone();
        state.insert("id".to_owned(), Value::Text(id));
        state.insert("json".to_owned(), Value::Text(document));
        Ok(state)
    }
}
