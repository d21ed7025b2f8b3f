//! `GET /api/2.0/preview/scim/v2/Me`

use serde::Deserialize;
use serde_json::Value;

use crate::fault::Fault;
use crate::operation::{Ask, Read};
use crate::permit::Need;
use crate::scim::resource::{Projection, show};

/// Shows whoever calls. A service principal has its application id as `userName` here.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetMe {
    attributes: Option<String>,
    excluded_attributes: Option<String>,
}

operation! { GetMe, Get ["/api/2.0/preview/scim/v2/Me"] -> Value, Need::Anyone }

impl Read for GetMe {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let shown =
            Projection::new(self.attributes.as_deref(), self.excluded_attributes.as_deref());
        let mut value = show(ask.view, &ask.caller.identity, &shown);
        if let Value::Object(fields) = &mut value
            && shown.shows("userName")
        {
            fields.insert("userName".to_owned(), ask.caller.name().into());
        }
        Ok(value)
    }
}
