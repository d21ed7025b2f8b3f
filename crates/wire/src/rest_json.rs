//! restJson: Lambda. Operations are named by method and path, inputs come in path, query string and body;
//! outputs are JSON objects with times as the service writes them.

use crate::fault::Fault;

/// The media type of every answer.
pub const CONTENT_TYPE: &str = "application/json";
/// The header that names an error's code.
pub const ERROR_HEADER: &str = "x-amzn-errortype";

/// Writes an error as Lambda does (answers quoted in public reports): its code is in [`ERROR_HEADER`].
#[must_use]
pub fn error(fault: &Fault) -> Vec<u8> {
    let side = if fault.status < 500 { "User" } else { "Service" };
    let message = fault.message.as_deref().unwrap_or_default();
    serde_json::json!({"Type": side, "Message": message}).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error() {
        let text = |status| {
            let fault =
                Fault::new(status, "ResourceNotFoundException", "Function not found: \"f\"");
            String::from_utf8(error(&fault)).unwrap()
        };
        assert_eq!(text(404), r#"{"Message":"Function not found: \"f\"","Type":"User"}"#);
        assert!(text(500).contains(r#""Type":"Service""#));
    }
}
