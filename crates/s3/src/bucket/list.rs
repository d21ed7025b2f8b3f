//! `ListBuckets`

use std::ops::Bound;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::BucketRow;
use crate::list::token;
use crate::name;
use crate::owner::Owner;
use crate::stamp::Stamp;

/// Buckets on one page ("ListBuckets", S3 API reference).
pub const MAX_PAGE: i64 = 10_000;

/// Lists the caller's buckets.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListBuckets {
    max_buckets: Option<i64>,
    continuation_token: Option<String>,
    prefix: Option<String>,
    bucket_region: Option<String>,
}

/// What `ListBuckets` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListBucketsOutput {
    buckets: Buckets,
    owner: Owner,
    continuation_token: Option<String>,
    prefix: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Buckets {
    bucket: Vec<Bucket>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Bucket {
    name: String,
    creation_date: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket_region: Option<String>,
    bucket_arn: String,
}

impl Operation for ListBuckets {
    const SERVICE: Service = Service::S3;
    const NAME: &'static str = "ListBuckets";
    type Output = ListBucketsOutput;

    fn check(&self) -> Result<(), Fault> {
        let max = self.max_buckets;
        if max.is_some_and(|max| !(1..=MAX_PAGE).contains(&max)) {
            let text = "Argument max-buckets must be an integer between 1 and 10000";
            return Err(Fault::new("InvalidArgument", text)
                .with_detail("ArgumentName", "max-buckets")
                .with_detail("ArgumentValue", max.unwrap_or_default().to_string()));
        }
        Ok(())
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("s3:ListAllMyBuckets", "*")])
    }
}

impl Read for ListBuckets {
    fn read(self, ask: &Ask<'_>) -> Result<ListBucketsOutput, Fault> {
        let after = self.continuation_token.as_deref().map(token::read).transpose()?;
        let start = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let account = ask.account();
        let fits = |bucket: &&std::sync::Arc<BucketRow>| {
            self.prefix.as_ref().is_none_or(|prefix| bucket.name.starts_with(prefix))
                && self.bucket_region.as_ref().is_none_or(|region| bucket.region == *region)
        };
        let mut rows =
            ask.view.range::<BucketRow>(account.as_str(), (start, Bound::Unbounded)).filter(fits);
        let max = usize::try_from(self.max_buckets.unwrap_or(MAX_PAGE)).unwrap_or_default();
        // Regions are answered to who asks for pages (same reference).
        let pages =
            self.max_buckets.is_some() || self.bucket_region.is_some() || self.prefix.is_some();
        let bucket: Vec<Bucket> = rows
            .by_ref()
            .take(max)
            .map(|row| Bucket {
                name: row.name.clone(),
                creation_date: Stamp(row.created),
                bucket_region: pages.then(|| row.region.clone()),
                bucket_arn: name::bucket_arn(&row.name),
            })
            .collect();
        let last = bucket.last().filter(|_| rows.next().is_some());
        let continuation_token = last.map(|bucket| token::write(&bucket.name));
        Ok(ListBucketsOutput {
            buckets: Buckets { bucket },
            owner: Owner::of(account),
            continuation_token,
            prefix: self.prefix,
        })
    }
}
