//! Parameters: how they are named, found and shown.

pub mod by_path;
pub mod get;

use cloud::constraint::{Check, Constraints};
use cloud::{Ask, Demand, Fault};
use ec2::image::parameter::{self as image, ImageParameter};
use names::Timestamp;
use serde::Serialize;

/// Characters of a name (API model).
pub const MAX_NAME: usize = 2048;

/// A parameter as it is answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `String`
    #[serde(rename = "Type")]
    pub kind: &'static str,
    /// Its value.
    pub value: String,
    /// How often it was changed, and one; AWS's number is not known.
    pub version: i64,
    /// When its image was made, in seconds since 1970.
    pub last_modified_date: i64,
    /// Its ARN.
    #[serde(rename = "ARN")]
    pub arn: String,
    /// `text` or `aws:ec2:image`.
    pub data_type: &'static str,
}

impl Parameter {
    fn new(ask: &Ask<'_>, found: ImageParameter) -> Self {
        // The catalogue knows the day: `2026-04-27T00:00:00.000Z`.
        let day = found.image.created.replace(".000Z", "Z");
        let created = day.parse::<Timestamp>().map_or(0, Timestamp::unix_seconds);
        Self {
            arn: image::arn(ask, &found.name),
            name: found.name,
            kind: "String",
            value: found.image.id.clone(),
            version: 1,
            last_modified_date: created,
            data_type: found.data_type,
        }
    }
}

/// The parameter of this name.
#[must_use]
pub fn find(ask: &Ask<'_>, name: &str) -> Option<Parameter> {
    image::find(ask.region, name).map(|found| Parameter::new(ask, found))
}

/// A demand on a parameter.
fn demand(ask: &Ask<'_>, action: &'static str, name: &str) -> Demand {
    Demand::new(action, image::arn(ask, name))
}

/// Checks a name, which stands at `at`; versions and labels of parameters are not modelled, and nor are those that
/// other accounts share.
fn check_name(name: &str, at: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    constraints.text(at, name, &[Check::MinLength(1), Check::MaxLength(MAX_NAME)]);
    constraints.finish().map_err(as_json)?;
    if name.contains(':') {
        let text = format!(
            "rolecall models no versions, labels and ARNs of parameters: ask for `{}`",
            name.split(':').next().unwrap_or_default()
        );
        return Err(Fault::new("NotImplemented", text));
    }
    Ok(())
}

/// Services that speak JSON call what the others call `ValidationError` so.
fn as_json(fault: Fault) -> Fault {
    Fault { code: "ValidationException", ..fault }
}
