//! The zone of clusters and pools.

use crate::value::{Members, Value};

const AUTO: &str = "auto";

/// Where Databricks was to choose the zone, the choice is not held against the configuration.
pub(super) fn keep_auto(before: &Members, read: &mut Members) {
    let asked = zone(before.get("aws_attributes"));
    if asked != Some(AUTO) {
        return;
    }
    let Some(Value::List(items)) = read.get_mut("aws_attributes") else { return };
    if let Some(Value::Map(aws)) = items.first_mut() {
        aws.insert("zone_id".to_owned(), AUTO.into());
    }
}

fn zone(aws_attributes: Option<&Value>) -> Option<&str> {
    aws_attributes?.as_list()?.first()?.as_map()?.get("zone_id")?.as_text()
}
