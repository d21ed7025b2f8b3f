//! Settings of buckets: operations that read, set or take away one thing of a bucket differ in little, and what
//! they share is here.

/// Declares an operation on a bucket: its input beside `Bucket`, its demand, and nothing else.
macro_rules! bucket_operation {
    ($(#[$about:meta])* $name:ident, $action:literal, $output:ty $(, { $($fields:tt)* })?) => {
        $(#[$about])*
        #[derive(Debug, Clone, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $name {
            bucket: String,
            $($($fields)*)?
        }

        impl cloud::Operation for $name {
            const SERVICE: cloud::Service = cloud::Service::S3;
            const NAME: &'static str = stringify!($name);
            type Output = $output;

            fn demands(&self, ask: &cloud::Ask<'_>) -> Result<Vec<cloud::Demand>, cloud::Fault> {
                let bucket = crate::bucket::find(ask.view, &self.bucket)?;
                Ok(vec![crate::demand::on_bucket(ask, bucket, $action)])
            }
        }
    };
}

pub(crate) use bucket_operation;
