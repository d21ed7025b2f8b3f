//! A request's parameters: kept without secrets, told in CloudTrail's form.
//!
//! What a form service was sent is kept as pairs, and made into objects and lists only when an event is looked
//! up. What a JSON service was sent is kept as it is.

use serde_json::{Map, Value};

/// Bytes of the parameters that are kept of one request; CloudTrail itself leaves out more than 100 KB.
pub const MAX_PARAMETERS_BYTES: usize = 4096;

/// What stands for a secret.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Members that are secrets, at whatever depth.
const SECRETS: [&str; 16] = [
    "AuthenticationCode1",
    "AuthenticationCode2",
    "CertificateBody",
    "EncodedMessage",
    "NewPassword",
    "OldPassword",
    "Password",
    "PrivateKey",
    "PublicKeyMaterial",
    "SAMLAssertion",
    "SecretAccessKey",
    "SecretString",
    "SessionToken",
    "TokenCode",
    "UserData",
    "WebIdentityToken",
];

/// Members that are numbers; forms have text alone.
const NUMBERS: [&str; 9] = [
    "DurationSeconds",
    "MaxCount",
    "MaxItems",
    "MaxPasswordAge",
    "MaxResults",
    "MaxSessionDuration",
    "MinCount",
    "MinimumPasswordLength",
    "PasswordReusePrevention",
];

fn is_secret(name: &str) -> bool {
    SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

/// The parameters of a form as JSON text. Names that every request has, and signatures, are left out.
#[must_use]
pub fn of_form<'p>(pairs: impl Iterator<Item = (&'p str, &'p str)>) -> String {
    let mut kept = String::from("{");
    for (name, value) in pairs {
        if matches!(name, "Action" | "Version" | "AWSAccessKeyId") || name.starts_with("X-Amz-") {
            continue;
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        let value = if is_secret(last) { HIDDEN } else { value };
        if kept.len() + name.len() + value.len() > MAX_PARAMETERS_BYTES {
            return omitted();
        }
        if kept.len() > 1 {
            kept.push(',');
        }
        push_text(&mut kept, name);
        kept.push(':');
        push_text(&mut kept, value);
    }
    kept.push('}');
    kept
}

/// The parameters of a JSON service, likewise; none if the body is no JSON.
#[must_use]
pub fn of_json(body: &[u8]) -> Option<String> {
    if body.len() > MAX_PARAMETERS_BYTES {
        return Some(omitted());
    }
    serde_json::from_slice(body).ok().as_ref().map(of_value)
}

/// The same of parameters that are a value already.
#[must_use]
pub fn of_value(value: &Value) -> String {
    let mut value = value.clone();
    hide(&mut value);
    let kept = value.to_string();
    if kept.len() > MAX_PARAMETERS_BYTES { omitted() } else { kept }
}

/// CloudTrail's form of what [`of_form`] or [`of_json`] kept: names start in lower case, lists are lists.
#[must_use]
pub fn shape(kept: &str) -> Value {
    let Ok(Value::Object(kept)) = serde_json::from_str(kept) else { return Value::Null };
    if kept.is_empty() {
        return Value::Null;
    }
    let mut root = Node::default();
    for (name, value) in kept {
        root.set(&name, value);
    }
    root.value()
}

/// A parameter that is made of others, whose names have its own and a dot before them.
#[derive(Default)]
struct Node {
    leaf: Option<Value>,
    children: Vec<(String, Node)>,
}

impl Node {
    fn set(&mut self, name: &str, value: Value) {
        let (first, rest) = match name.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (name, None),
        };
        let at = match self.children.iter().position(|(known, _)| known == first) {
            Some(at) => at,
            None => {
                self.children.push((first.to_owned(), Self::default()));
                self.children.len() - 1
            }
        };
        let Some((_, child)) = self.children.get_mut(at) else { return };
        match rest {
            Some(rest) => child.set(rest, value),
            None => child.leaf = Some(told(first, value)),
        }
    }

    fn value(self) -> Value {
        if let Some(leaf) = self.leaf {
            return leaf;
        }
        let is_list = |children: &[(String, Self)]| {
            children.iter().all(|(name, _)| name.bytes().all(|byte| byte.is_ascii_digit()))
        };
        // `Tags.member.1.Key`
        let mut children = self.children;
        if let [(name, member)] = children.as_mut_slice()
            && name == "member"
            && is_list(&member.children)
        {
            children = std::mem::take(&mut member.children);
        }
        if is_list(&children) {
            return children.into_iter().map(|(_, child)| child.value()).collect();
        }
        let members = children.into_iter().map(|(name, child)| (lower_first(&name), child.value()));
        Value::Object(members.collect())
    }
}

/// A value in CloudTrail's form.
fn told(name: &str, value: Value) -> Value {
    match value {
        Value::String(text) if NUMBERS.contains(&name) => {
            text.parse::<i64>().map_or(Value::String(text), Value::from)
        }
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = told(&name, value);
                (lower_first(&name), value)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(|item| told("", item)).collect(),
        other => other,
    }
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if is_secret(name) { *value = HIDDEN.into() } else { hide(value) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

/// As CloudTrail says that it left something out (user guide, "record contents", field `omitted`).
fn omitted() -> String {
    format!(r#"{{"omitted":true,"reason":"size greater than {MAX_PARAMETERS_BYTES} bytes"}}"#)
}

/// `aWSServiceName`, as CloudTrail writes it.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn push_text(out: &mut String, text: &str) {
    // Text always is JSON text.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_are_told_as_objects_and_lists() {
        let pairs = [
            ("Action", "CreateUser"),
            ("Version", "2010-05-08"),
            ("X-Amz-Signature", "s"),
            ("UserName", "anna"),
            ("MaxItems", "7"),
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", "1"),
            ("Tags.member.2.Key", "b"),
            ("InstanceId.1", "i-1"),
            ("AWSServiceName", "x"),
        ];
        assert_eq!(
            shape(&of_form(pairs.into_iter())),
            json!({
                "userName": "anna", "maxItems": 7,
                "tags": [{"key": "a", "value": "1"}, {"key": "b"}],
                "instanceId": ["i-1"], "aWSServiceName": "x",
            })
        );
        assert_eq!(shape(&of_form(std::iter::empty())), Value::Null);
    }

    #[test]
    fn secrets_are_hidden_wherever_they_are() {
        for name in SECRETS {
            let nested = format!("LaunchTemplateData.{}", name.to_lowercase());
            for name in [name, &nested] {
                let kept = of_form([(name, "hunter2")].into_iter());
                assert!(!kept.contains("hunter2") && kept.contains(HIDDEN), "{kept}");
            }
            let body = json!({"A": [{name: "hunter2"}]}).to_string();
            let kept = of_json(body.as_bytes()).unwrap();
            assert!(!kept.contains("hunter2") && kept.contains(HIDDEN), "{kept}");
        }
    }

    #[test]
    fn much_is_left_out() {
        let longest = "x".repeat(MAX_PARAMETERS_BYTES - 2);
        assert!(!of_form([("A", longest.as_str())].into_iter()).contains("omitted"));
        let longer = "x".repeat(MAX_PARAMETERS_BYTES - 1);
        let told = shape(&of_form([("A", longer.as_str())].into_iter()));
        assert_eq!(told["omitted"], true);
        let body = json!({"Content": longer}).to_string();
        assert!(of_json(body.as_bytes()).unwrap().contains("omitted"));
        assert_eq!(of_json(b"{"), None);
    }
}
