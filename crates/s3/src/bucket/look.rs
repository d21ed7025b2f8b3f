//! `HeadBucket` and `GetBucketLocation`.

use cloud::{Ask, Fault, Read};
use serde::Serialize;

use super::create::DEFAULT_REGION;
use crate::bucket;
use crate::setting::bucket_operation;

bucket_operation! {
    /// Tells whether a bucket exists and can be used.
    HeadBucket, "s3:ListBucket", HeadBucketOutput
}

/// What `HeadBucket` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HeadBucketOutput {
    bucket_region: String,
    access_point_alias: bool,
}

impl Read for HeadBucket {
    fn read(self, ask: &Ask<'_>) -> Result<HeadBucketOutput, Fault> {
        let bucket_region = bucket::find(ask.view, &self.bucket)?.region.clone();
        Ok(HeadBucketOutput { bucket_region, access_point_alias: false })
    }
}

bucket_operation! {
    /// Tells where a bucket is.
    GetBucketLocation, "s3:GetBucketLocation", GetBucketLocationOutput
}

/// What `GetBucketLocation` answers: nothing for us-east-1.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetBucketLocationOutput {
    location_constraint: Option<String>,
}

impl Read for GetBucketLocation {
    fn read(self, ask: &Ask<'_>) -> Result<GetBucketLocationOutput, Fault> {
        let region = Some(bucket::find(ask.view, &self.bucket)?.region.clone());
        let location_constraint = region.filter(|region| region != DEFAULT_REGION);
        Ok(GetBucketLocationOutput { location_constraint })
    }
}
