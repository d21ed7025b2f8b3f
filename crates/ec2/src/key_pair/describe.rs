//! `DescribeKeyPairs`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::key_pair::{self, KeyPairRow};
use crate::page;
use crate::regional;
use crate::tag::{self, TagShape};
use crate::time::Time;

/// `DescribeKeyPairs`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeKeyPairs {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// Those of these names.
    #[serde(default)]
    pub key_name: Vec<String>,
    /// Those of these ids.
    #[serde(default)]
    pub key_pair_id: Vec<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// Whether the public keys are told, too.
    pub include_public_key: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyPairsOutput {
    key_set: Vec<KeyPairShape>,
}

/// A key pair as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyPairShape {
    key_pair_id: String,
    key_name: String,
    key_type: String,
    key_fingerprint: String,
    create_time: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    tag_set: Vec<TagShape>,
}

const FIELDS: &[Field<KeyPairRow>] = &[
    ("fingerprint", |_, key| vec![key.fingerprint.clone()]),
    ("key-name", |_, key| vec![key.name.clone()]),
    ("key-pair-id", |_, key| vec![key.id.clone()]),
];

impl Operation for DescribeKeyPairs {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeKeyPairs";
    type Output = KeyPairsOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeKeyPairs")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeKeyPairs {
    fn read(self, ask: &Ask<'_>) -> Result<KeyPairsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, true)?;
        let mut rows = page::by_ids::<KeyPairRow>(ask, &self.key_pair_id)?;
        for name in &self.key_name {
            rows.push(key_pair::find(ask, name)?);
        }
        if self.key_name.is_empty() && self.key_pair_id.is_empty() {
            rows = regional::all(ask);
        }
        rows.sort_by(|one, other| one.id.cmp(&other.id));
        rows.dedup_by(|one, other| one.id == other.id);
        rows.retain(|row| filters.match_all(ask, row, &row.id));
        let public = self.include_public_key == Some(true);
        let shape = |row: &KeyPairRow| KeyPairShape {
            key_pair_id: row.id.clone(),
            key_name: row.name.clone(),
            key_type: row.kind.clone(),
            key_fingerprint: row.fingerprint.clone(),
            create_time: Time(row.created),
            public_key: public.then(|| row.public_key.clone()),
            tag_set: tag::shown(ask, &row.id),
        };
        Ok(KeyPairsOutput { key_set: rows.iter().map(|row| shape(row)).collect() })
    }
}
