//! Operations that differ in little but their noun: those that list resources of one kind, and those that
//! delete one.

/// An operation that lists resources of one kind by ids and filters, page by page. How a resource is shown is
/// a function of `Ask` and row.
///
/// ```ignore
/// describe_operation!(DescribeVpcs { vpc_id } of VpcRow by FIELDS
///     -> DescribeVpcsOutput { vpc_set: VpcShape = VpcShape::new });
/// ```
macro_rules! describe_operation {
    ($operation:ident { $ids:ident } of $row:ty, $fields:ident
        => $output:ident { $set:ident: $shape:ty = $show:expr }) => {
        #[doc = concat!("`", stringify!($operation), "`")]
        #[derive(Debug, Clone, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $operation {
            #[serde(default)]
            $ids: Vec<String>,
            #[serde(default)]
            filter: Vec<$crate::filter::Filter>,
            max_results: Option<i32>,
            next_token: Option<String>,
            #[serde(default)]
            dry_run: bool,
        }

        #[doc = concat!("What `", stringify!($operation), "` answers.")]
        #[derive(Debug, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $output {
            $set: Vec<$shape>,
            next_token: Option<String>,
        }

        impl cloud::Operation for $operation {
            const SERVICE: cloud::Service = cloud::Service::Ec2;
            const NAME: &'static str = stringify!($operation);
            type Output = $output;

            fn check(&self) -> Result<(), cloud::Fault> {
                $crate::page::check_max_results(self.max_results, $crate::page::LEAST)?;
                $crate::page::check_no_pages(
                    &$crate::page::name_of_ids(stringify!($ids)),
                    &self.$ids,
                    self.max_results,
                    self.next_token.as_deref(),
                )
            }

            fn demands(&self, ask: &cloud::Ask<'_>) -> Result<Vec<cloud::Demand>, cloud::Fault> {
                let action = concat!("ec2:", stringify!($operation));
                Ok(vec![$crate::demand::on_all(ask, action)])
            }

            fn is_dry_run(&self) -> bool {
                self.dry_run
            }
        }

        impl cloud::Read for $operation {
            fn read(self, ask: &cloud::Ask<'_>) -> Result<$output, cloud::Fault> {
                let wanted = $crate::page::Wanted {
                    ids: &self.$ids,
                    filters: &self.filter,
                    max_results: self.max_results,
                    next_token: self.next_token.as_deref(),
                };
                let page = $crate::page::list::<$row>(ask, wanted, $fields)?;
                let show: fn(&cloud::Ask<'_>, &$row) -> $shape = $show;
                let $set = page.items.iter().map(|row| show(ask, row)).collect();
                Ok($output { $set, next_token: page.next_token })
            }
        }
    };
}
pub(crate) use describe_operation;

/// An operation that deletes the resource of one id: `delete` is a function of `Act` and row.
macro_rules! delete_operation {
    ($operation:ident { $id:ident } of $row:ty = $delete:expr) => {
        #[doc = concat!("`", stringify!($operation), "`")]
        #[derive(Debug, Clone, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $operation {
            $id: String,
            #[serde(default)]
            dry_run: bool,
        }

        impl cloud::Operation for $operation {
            const SERVICE: cloud::Service = cloud::Service::Ec2;
            const NAME: &'static str = stringify!($operation);
            type Output = ();

            fn check(&self) -> Result<(), cloud::Fault> {
                <$row as $crate::regional::Regional>::KIND.check(&self.$id)
            }

            fn demands(&self, ask: &cloud::Ask<'_>) -> Result<Vec<cloud::Demand>, cloud::Fault> {
                let kind = <$row as $crate::regional::Regional>::KIND;
                let action = concat!("ec2:", stringify!($operation));
                Ok(vec![$crate::demand::on(ask, action, kind, &self.$id)])
            }

            fn is_dry_run(&self) -> bool {
                self.dry_run
            }
        }

        impl cloud::Write for $operation {
            fn write(&self, act: &mut cloud::Act<'_, '_>) -> Result<(), cloud::Fault> {
                let row = $crate::regional::find::<$row>(&act.ask(), &self.$id)?;
                let delete: fn(&mut cloud::Act<'_, '_>, &$row) -> Result<(), cloud::Fault> =
                    $delete;
                delete(act, &row)
            }
        }
    };
}
pub(crate) use delete_operation;

/// What EC2 says to whoever deletes what others need.
pub(crate) fn has_dependencies(noun: &str, id: &str) -> cloud::Fault {
    let text = format!("The {noun} '{id}' has dependencies and cannot be deleted.");
    cloud::Fault::new("DependencyViolation", text)
}
