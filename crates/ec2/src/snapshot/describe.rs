//! `DescribeSnapshots`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::{SnapshotRow, SnapshotShape};
use crate::demand;
use crate::filter::{Field, Filter};
use crate::page::{self, LEAST, Wanted};
use crate::volume::shape::time;

/// `DescribeSnapshots`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeSnapshots {
    #[serde(default)]
    snapshot_id: Vec<String>,
    /// Accounts, `self` or `amazon`.
    #[serde(default)]
    owner: Vec<String>,
    #[serde(default)]
    restorable_by: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeSnapshots` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeSnapshotsOutput {
    snapshot_set: Vec<SnapshotShape>,
    next_token: Option<String>,
}

const FIELDS: &[Field<SnapshotRow>] = &[
    ("description", |_, row| vec![row.description.clone()]),
    ("encrypted", |_, row| vec![row.encrypted.to_string()]),
    ("owner-id", |_, row| vec![row.account.to_string()]),
    ("progress", |_, _| vec!["100%".to_owned()]),
    ("snapshot-id", |_, row| vec![row.id.clone()]),
    ("start-time", |_, row| vec![time(row.started)]),
    ("status", |_, _| vec!["completed".to_owned()]),
    ("storage-tier", |_, _| vec!["standard".to_owned()]),
    ("volume-id", |_, row| vec![row.volume_id.clone()]),
    ("volume-size", |_, row| vec![row.size.to_string()]),
];

impl Operation for DescribeSnapshots {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeSnapshots";
    type Output = DescribeSnapshotsOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)?;
        page::check_no_pages(
            "snapshotSet",
            &self.snapshot_id,
            self.max_results,
            self.next_token.as_deref(),
        )
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeSnapshots")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeSnapshots {
    /// Snapshots are not shared: an account sees and can use its own.
    fn read(self, ask: &Ask<'_>) -> Result<DescribeSnapshotsOutput, Fault> {
        let account = ask.account();
        let means_own = |names: &[String]| {
            names.is_empty() || names.iter().any(|it| it == "self" || it == account.as_str())
        };
        let wanted = Wanted {
            ids: &self.snapshot_id,
            filters: &self.filter,
            max_results: self.max_results,
            next_token: self.next_token.as_deref(),
        };
        let mut page = page::list::<SnapshotRow>(ask, wanted, FIELDS)?;
        if !means_own(&self.owner) || !means_own(&self.restorable_by) {
            page.items.clear();
        }
        let shapes = page.items.iter().map(|row| SnapshotShape::new(ask, row, true));
        Ok(DescribeSnapshotsOutput { snapshot_set: shapes.collect(), next_token: page.next_token })
    }
}
