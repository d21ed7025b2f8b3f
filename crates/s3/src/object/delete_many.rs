//! `DeleteObjects`: each object is asked for and taken away on its own, as if it were asked for alone.

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::delete::DeleteObject;
use crate::bucket;

/// Objects in one request.
pub const MAX_OBJECTS: usize = 1000;
/// Refused objects of one request that `why` can tell of.
const MAX_TOLD: usize = 20;

/// Takes many objects away.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteObjects {
    bucket: String,
    delete: Delete,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Delete {
    #[serde(default)]
    object: Vec<Identifier>,
    #[serde(default)]
    quiet: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identifier {
    key: String,
    version_id: Option<String>,
    #[serde(rename = "ETag")]
    etag: Option<String>,
}

/// What `DeleteObjects` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteObjectsOutput {
    deleted: Vec<Deleted>,
    error: Vec<Error>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Deleted {
    key: String,
    version_id: Option<String>,
    delete_marker: Option<bool>,
    delete_marker_version_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Error {
    key: String,
    version_id: Option<String>,
    code: &'static str,
    message: String,
}

impl Operation for DeleteObjects {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "DeleteObjects";
    type Output = DeleteObjectsOutput;

    fn check(&self) -> Result<(), Fault> {
        let count = self.delete.object.len();
        if count == 0 || count > MAX_OBJECTS { Err(crate::malformed_xml()) } else { Ok(()) }
    }

    /// None of its own: see [`Write::write`].
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        bucket::find(ask.view, &self.bucket).map(|_| Vec::new())
    }
}

impl Write for DeleteObjects {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeleteObjectsOutput, Fault> {
        let caller = act.caller;
        let (mut deleted, mut error) = (Vec::new(), Vec::new());
        for Identifier { key, version_id, etag } in self.delete.object.clone() {
            let operation = DeleteObject {
                bucket: self.bucket.clone(),
                key: key.clone(),
                version_id: version_id.clone(),
                if_match: etag,
            };
            match act.write_as(caller, operation) {
                Ok(output) => {
                    let marker =
                        output.version_id.clone().filter(|_| output.delete_marker.is_some());
                    deleted.push(Deleted {
                        key,
                        version_id,
                        delete_marker: output.delete_marker,
                        delete_marker_version_id: marker,
                    });
                }
                Err(Fault { code, message, .. }) => {
                    error.push(Error { key, version_id, code, message });
                }
            }
        }
        act.made.retain(cloud::Made::is_denied);
        act.made.truncate(MAX_TOLD);
        if self.delete.quiet {
            deleted.clear();
        }
        Ok(DeleteObjectsOutput { deleted, error })
    }
}
