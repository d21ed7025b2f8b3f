//! The policy data sources of the Databricks provider: they call nobody, so they are computed here, by
//! `databricks_policy`. What is not known of their arguments goes through as it stands; arguments whose form is
//! checked get a stand-in of the right form, which is taken out again.

use databricks_policy::{CrossAccount, Partition, PolicyType, UnityCatalog};
use template::{HoleId, Node, Place, Text};

use crate::json;

/// Arguments whose form is checked, and what stands in for one that is not known.
const STAND_INS: [(&str, &str); 6] = [
    ("bucket", "stand-in-for-the-bucket"),
    ("bucket_name", "stand-in-for-the-bucket"),
    ("aws_account_id", "000000000001"),
    ("vpc_id", "vpc-0000000000000001"),
    ("region", "zz-standin-1"),
    ("security_group_id", "sg-0000000000000001"),
];

/// Whether a data source is one of these.
pub(crate) fn is_one(kind: &str) -> bool {
    matches!(
        kind,
        "databricks_aws_assume_role_policy"
            | "databricks_aws_crossaccount_policy"
            | "databricks_aws_bucket_policy"
            | "databricks_aws_unity_catalog_policy"
            | "databricks_aws_unity_catalog_assume_role_policy"
    )
}

/// Why there is no document.
pub(crate) enum Missing {
    /// What decides its form is not known.
    Unknown(HoleId),
    /// The provider would refuse the arguments.
    Refused(String),
}

/// The document of a data source. All of it stands at `place`.
pub(crate) fn document(kind: &str, body: &Node, place: Place) -> Result<Node, Missing> {
    let read = Arguments { body };
    let partition = read.choice("aws_partition")?;
    let partition = match &partition {
        Some(name) => Partition::named(name).ok_or_else(|| {
            Missing::Refused(format!("`{name}` is none of Databricks' partitions"))
        })?,
        None => Partition::default(),
    };
    let refused = |error: databricks_policy::PolicyError| Missing::Refused(error.to_string());
    let mut text = match kind {
        "databricks_aws_assume_role_policy" => {
            let for_logs = body.get("for_log_delivery").and_then(Node::as_bool) == Some(true);
            databricks_policy::assume_role(partition, &read.text("external_id"), for_logs)
        }
        "databricks_aws_bucket_policy" => {
            let account = read.optional("databricks_e2_account_id");
            let role = read.optional("full_access_role");
            databricks_policy::bucket(
                partition,
                &read.text("bucket"),
                account.as_deref(),
                role.as_deref(),
            )
            .map_err(refused)?
        }
        "databricks_aws_unity_catalog_policy" => databricks_policy::unity_catalog(&UnityCatalog {
            partition,
            bucket_name: read.text("bucket_name"),
            role_name: read.text("role_name"),
            aws_account_id: read.text("aws_account_id"),
            kms_name: read.optional("kms_name"),
        }),
        "databricks_aws_unity_catalog_assume_role_policy" => {
            databricks_policy::unity_catalog_assume_role(
                partition,
                &read.text("role_name"),
                &read.text("aws_account_id"),
                &read.text("external_id"),
                read.optional("unity_catalog_iam_arn").as_deref(),
            )
        }
        _ => read.cross_account(partition)?,
    };
    for (argument, stand_in) in STAND_INS {
        if let Some(marked) = read.marked(argument).filter(|text| text.known().is_none()) {
            text = text.replace(stand_in, marked.marked());
        }
    }
    json::parse(&text, None, place).map_err(|flaw| Missing::Refused(flaw.message))
}

struct Arguments<'n> {
    body: &'n Node,
}

impl Arguments<'_> {
    fn cross_account(&self, partition: Partition) -> Result<String, Missing> {
        let policy_type = match self.choice("policy_type")?.as_deref() {
            None | Some("managed") => PolicyType::Managed,
            Some("customer") => PolicyType::Customer,
            Some("restricted") => PolicyType::Restricted,
            Some(other) => {
                return Err(Missing::Refused(format!(
                    "`{other}` is no type of cross-account policy"
                )));
            }
        };
        let roles = self.body.get("pass_roles").map(Node::one_or_many).unwrap_or_default();
        let roles = roles.iter().filter_map(Node::as_text).map(|text| text.marked().to_owned());
        databricks_policy::cross_account(&CrossAccount {
            partition,
            policy_type,
            pass_roles: roles.collect(),
            aws_account_id: self.text("aws_account_id"),
            vpc_id: self.text("vpc_id"),
            region: self.text("region"),
            security_group_id: self.text("security_group_id"),
        })
        .map_err(|error| Missing::Refused(error.to_string()))
    }

    /// An argument that decides what the document looks like: it has to be known.
    fn choice(&self, name: &str) -> Result<Option<String>, Missing> {
        let Some(node) = self.body.get(name) else { return Ok(None) };
        match node.first_hole() {
            Some(id) => Err(Missing::Unknown(id)),
            None => Ok(node.as_str().map(str::to_owned)),
        }
    }

    fn marked(&self, name: &str) -> Option<Text> {
        self.body.get(name)?.as_text()
    }

    /// The argument as text, or its stand-in.
    fn optional(&self, name: &str) -> Option<String> {
        let text = self.marked(name)?;
        let stand_in = STAND_INS.iter().find(|(argument, _)| *argument == name);
        match (text.known(), stand_in) {
            (None, Some((_, stand_in))) => Some((*stand_in).to_owned()),
            _ => Some(text.marked().to_owned()),
        }
    }

    fn text(&self, name: &str) -> String {
        self.optional(name).unwrap_or_default()
    }
}
