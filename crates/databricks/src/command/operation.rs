//! How the operations on contexts and commands are called: by whoever may attach to the cluster that they name.

/// Says how an operation with the field `cluster_id` is called, and what is checked of its input.
macro_rules! of_cluster {
    ($operation:ident, $method:ident $path:literal) => {
        of_cluster! { $operation, $method $path, |_| Ok(()) }
    };
    ($operation:ident, $method:ident $path:literal, $check:expr) => {
        impl crate::operation::Operation for $operation {
            const NAME: &'static str = stringify!($operation);
            const METHOD: crate::operation::Method = crate::operation::Method::$method;
            const PATHS: &'static [&'static str] = &[concat!("/api/1.2/", $path)];
            type Output = serde_json::Value;

            fn check(&self) -> Result<(), crate::fault::Fault> {
                let check: fn(&Self) -> Result<(), crate::fault::Fault> = $check;
                check(self)
            }

            fn need(
                &self,
                ask: &crate::operation::Ask<'_>,
            ) -> Result<crate::permit::Need, crate::fault::Fault> {
                crate::cluster::need(ask, &self.cluster_id, crate::acl::Level::CanAttachTo)
            }
        }
    };
}
