//! How functions are named: by name, by ARN or by a part of it, each with a version or alias behind it.

use cloud::Fault;
use cloud::constraint::{Check, Constraints};
use names::AccountId;

/// The newest state of a function, which can still be changed.
pub const LATEST: &str = "$LATEST";

const NAME_PATTERN: &str = "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";
const MAX_NAME: usize = 140;

/// A function as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The account in the ARN, if there is one.
    pub account: Option<AccountId>,
    /// The name.
    pub name: String,
    /// The version or alias behind it.
    pub qualifier: Option<String>,
}

impl Named {
    /// Reads a `FunctionName`, with the `Qualifier` that may come beside it.
    ///
    /// # Errors
    /// `ValidationException` for what no name looks like, `InvalidParameterValueException` for two qualifiers
    /// that differ (the text is unverified).
    pub fn read(text: &str, qualifier: Option<&str>) -> Result<Self, Fault> {
        let mut named = Self::parse(text).ok_or_else(|| refuse(text))?;
        match (&named.qualifier, qualifier) {
            (Some(inner), Some(outer)) if inner != outer => {
                let text = "The derived qualifier from the function name does not match the specified qualifier.";
                return Err(Fault::new("InvalidParameterValueException", text));
            }
            (None, Some(outer)) => named.qualifier = Some(outer.to_owned()),
            _ => {}
        }
        Ok(named)
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_NAME {
            return None;
        }
        let mut rest = text;
        let mut account = None;
        if let Some(after) = rest.strip_prefix("arn:") {
            let (_, after) = after.split_once(":lambda:")?;
            rest = after.split_once(':')?.1;
        }
        if let Some((digits, after)) = rest.split_once(':')
            && let Ok(id) = digits.parse()
        {
            account = Some(id);
            rest = after;
        }
        rest = rest.strip_prefix("function:").unwrap_or(rest);
        let (name, qualifier) = match rest.split_once(':') {
            Some((name, qualifier)) => (name, Some(qualifier)),
            None => (rest, None),
        };
        let word = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it))
        };
        let fits = word(name) && qualifier.is_none_or(|it| it == LATEST || word(it));
        fits.then(|| Self {
            account,
            name: name.to_owned(),
            qualifier: qualifier.map(str::to_owned),
        })
    }
}

fn refuse(text: &str) -> Fault {
    let mut constraints = Constraints::new();
    constraints.text(
        "functionName",
        text,
        &[
            Check::MaxLength(MAX_NAME),
            Check::MinLength(1),
            Check::Pattern(NAME_PATTERN, |text| Named::parse(text).is_some()),
        ],
    );
    finish(&constraints).err().unwrap_or_else(|| Fault::new("ValidationException", text))
}

/// The verdict of constraints, under the code that Lambda gives it.
///
/// # Errors
/// `ValidationException`
pub fn finish(constraints: &Constraints) -> Result<(), Fault> {
    let rename = |fault: Fault| Fault { code: "ValidationException", ..fault };
    constraints.finish().map_err(rename)
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn names() {
        let named = |text: &str| {
            Named::parse(text)
                .map(|it| (it.account.map(|id| id.to_string()), it.name, it.qualifier))
        };
        let account = Some("123456789012".to_owned());
        let of = |account: Option<String>, qualifier: Option<&str>| {
            Some((account, "f".to_owned(), qualifier.map(str::to_owned)))
        };
        assert_eq!(named("f"), of(None, None));
        assert_eq!(named("f:7"), of(None, Some("7")));
        assert_eq!(named("function:f:live"), of(None, Some("live")));
        assert_eq!(named("123456789012:function:f"), of(account.clone(), None));
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
        assert_eq!(named(arn), of(account.clone(), None));
        assert_eq!(named(&format!("{arn}:$LATEST")), of(account, Some("$LATEST")));
        for bad in ["", "a b", "f:", "f:a b", "a/b", "arn:aws:s3:::b", &"f".repeat(141)] {
            assert_eq!(named(bad), None, "{bad}");
        }
        let fault = Named::read("a b", None).unwrap_err();
        assert!(
            fault.message.starts_with("1 validation error detected: Value 'a b' at 'functionName'")
        );
        assert!(Named::read("f:1", Some("2")).is_err());
        assert_eq!(Named::read("f", Some("2")).unwrap().qualifier.as_deref(), Some("2"));
    }
}
