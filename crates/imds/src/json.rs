//! JSON as the metadata service writes it: a field a line, a space before the colon.

use serde_json::Value;

/// An object with these fields, in this order.
pub(crate) fn object(fields: &[(&str, Value)]) -> String {
    let lines: Vec<String> =
        fields.iter().map(|(name, value)| format!("  \"{name}\" : {value}")).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}
