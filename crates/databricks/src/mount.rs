//! Mounts: paths of a workspace's file system that stand for buckets. They are made and unmade by code on a
//! cluster, and read and written with the credentials of whichever cluster does it.

pub mod file;
pub mod place;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::View;

use crate::cluster::ClusterRow;
use crate::command::result::Exception;
use crate::fault::Fault;
use crate::mount::place::Place;
use crate::operation::Act;

/// The most mounts of a workspace. Databricks' own limit is unverified.
pub const MAX_MOUNTS: usize = 1_000;

/// Bytes of the longest mount point. Databricks' own limit is unverified.
pub const MAX_POINT_BYTES: usize = 1_024;

/// A mount.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MountRow {
    /// The workspace.
    pub workspace: String,
    /// Where, such as `/mnt/data`.
    pub point: String,
    /// What, such as `s3a://bucket`.
    pub source: String,
    /// How objects are encrypted that are written by way of it.
    pub encryption: Encryption,
}

row!(MountRow, "databricks_mount", workspace, point);

/// The encryption that `dbutils.fs.mount` can be told (Databricks guide, "Mounting cloud object storage",
/// "Encrypt data in S3 buckets").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encryption {
    /// As the bucket has it.
    #[default]
    OfBucket,
    /// `sse-s3`
    SseS3,
    /// `sse-kms`, or `sse-kms:KEY`
    SseKms(Option<String>),
}

/// A mount that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// Where.
    pub point: &'w str,
    /// What.
    pub source: &'w str,
    /// Its settings.
    pub configs: &'w str,
    /// `encryption_type`
    pub encryption: &'w str,
}

/// The mount at a point.
#[must_use]
pub fn find<'v>(view: &'v View, workspace: &str, point: &str) -> Option<&'v Arc<MountRow>> {
    view.get::<MountRow>(workspace, point)
}

/// The mount that a path is in: of several, the one that says most of it.
#[must_use]
pub fn of_path<'v>(view: &'v View, workspace: &str, path: &str) -> Option<&'v Arc<MountRow>> {
    let mut point = path.trim_end_matches('/');
    loop {
        if let Some(row) = find(view, workspace, point) {
            return Some(row);
        }
        point = point.rsplit_once('/')?.0;
    }
}

/// Mounts: what is mounted then, or why not. What the cluster cannot look into is not mounted; that an absent
/// bucket is refused at once is unverified.
///
/// # Errors
/// A limit of the store.
pub fn mount(
    act: &mut Act<'_, '_>,
    cluster: &ClusterRow,
    wanted: &Wanted<'_>,
) -> Result<Result<String, Exception>, Fault> {
    let workspace = cluster.workspace.clone();
    if let Some(known) = find(act.aws.tx, &workspace, wanted.point) {
        return Ok(if known.source == wanted.source {
            Ok(known.source.clone())
        } else {
            Err(taken(wanted.point))
        });
    }
    let limit = if wanted.point.len() > MAX_POINT_BYTES {
        Some(format!("a mount point has up to {MAX_POINT_BYTES} bytes in rolecall"))
    } else if act.aws.tx.count::<MountRow>(&workspace) >= MAX_MOUNTS {
        Some(format!("the workspace has {MAX_MOUNTS} mounts, the most that rolecall keeps"))
    } else {
        None
    };
    if let Some(text) = limit {
        return Ok(Err(Exception::NotModelled(text)));
    }
    let (place, encryption) = match read(wanted) {
        Ok(read) => read,
        Err(exception) => return Ok(Err(exception)),
    };
    if let Err(exception) = file::look(act, cluster, &place) {
        return Ok(Err(exception));
    }
    let (point, source) = (wanted.point.to_owned(), wanted.source.to_owned());
    act.tx().put(MountRow { workspace, point, source: source.clone(), encryption })?;
    Ok(Ok(source))
}

fn read(wanted: &Wanted<'_>) -> Result<(Place, Encryption), Exception> {
    let place = Place::of_url(wanted.source)?;
    let configs: String = wanted.configs.split_whitespace().collect();
    if configs != "{}" {
        let text =
            "mounts have the cluster's own credentials in rolecall: extra_configs are not modelled";
        return Err(Exception::NotModelled(text.to_owned()));
    }
    Ok((place, Encryption::read(wanted.encryption)?))
}

/// As users report it.
fn taken(point: &str) -> Exception {
    let text = format!("requirement failed: Directory already mounted: {point}");
    let class = "java.lang.IllegalArgumentException";
    let told = format!("{class}: {text}; nested exception is: \n\t{class}: {text}");
    Exception::jvm("java.rmi.RemoteException", &told)
}

/// Unmounts what is mounted, if anything is.
///
/// # Errors
/// A limit of the store.
pub fn unmount(act: &mut Act<'_, '_>, point: &str) -> Result<(), Fault> {
    let workspace = act.host.partition();
    act.tx().delete::<MountRow>(&workspace, point)?;
    Ok(())
}

impl Encryption {
    /// The text is unverified.
    fn read(text: &str) -> Result<Self, Exception> {
        match text.split_once(':') {
            None if text.is_empty() => Ok(Self::OfBucket),
            None if text == "sse-s3" => Ok(Self::SseS3),
            None if text == "sse-kms" => Ok(Self::SseKms(None)),
            Some(("sse-kms", key)) if !key.is_empty() => Ok(Self::SseKms(Some(key.to_owned()))),
            _ => {
                let text = format!("Unsupported encryption type: {text}");
                Err(Exception::jvm("java.lang.IllegalArgumentException", &text))
            }
        }
    }
}
