//! Why something that Databricks launches did not start: all of Databricks' own words, but nothing twice, and what to
//! do.

use serde_json::Value as Json;

use crate::aws::Environment;
use crate::refusal;

/// A message and a reason (`code`, `type`, `parameters`) in words.
pub(super) fn told(message: &str, reason: Option<&Json>, aws: Option<&Environment>) -> String {
    let mut advice = refusal::launch_advice(message, aws);
    let mut told = refusal::without_encoded(message).to_owned();
    if let Some(reason) = reason {
        let text = |name: &str| reason.get(name).and_then(Json::as_str);
        told.push_str(&format!("\n\nTermination reason: {}", text("code").unwrap_or_default()));
        if let Some(kind) = text("type") {
            told.push_str(&format!(" ({kind})"));
        }
        let parameters = reason.get("parameters").and_then(Json::as_object);
        for (name, value) in parameters.into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if message.contains(&value) {
                continue;
            }
            advice = advice.or_else(|| refusal::launch_advice(&value, aws));
            told.push_str(&format!("\n  {name}: {}", refusal::without_encoded(&value)));
        }
    }
    if let Some(advice) = advice {
        told.push_str(&format!("\n\n{advice}"));
    }
    told.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_that_are_said_once() {
        let refused = "You are not authorized to perform this operation. Encoded authorization failure message: BLOB";
        let reason = json!({
            "code": "AWS_AUTHORIZATION_FAILURE", "type": "CLIENT_ERROR",
            "parameters": {"aws_error_message": refused, "aws_api_error_code": "UnauthorizedOperation"},
        });
        let all = told(&format!("AWS error: {refused}"), Some(&reason), None);
        assert_eq!(all.matches("not authorized").count(), 1, "{all}");
        assert_eq!(all.matches("BLOB").count(), 1, "only in the command: {all}");
        assert!(all.contains("--encoded-message BLOB"), "{all}");
        let code = "Termination reason: AWS_AUTHORIZATION_FAILURE (CLIENT_ERROR)\n  aws_api_error_code: Unauth";
        assert!(all.contains(code), "{all}");
        let untold = told("It did not start.", Some(&reason), None);
        assert!(untold.contains("\n  aws_error_message: You are not authorized"), "{untold}");
        assert!(untold.contains("--encoded-message BLOB"), "{untold}");
        assert_eq!(told("No capacity.", None, None), "No capacity.");
    }
}
