//! The parameters of an awsQuery or ec2 request: an `application/x-www-form-urlencoded` body, the
//! query string of a GET, or both.
//!
//! A repeated name keeps its first value, as STS and SES do (live probes reported in
//! github.com/justincormack/argmin, `sts_oracle.rs`, and in the SES tests of github.com/floci-io/floci).

mod node;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use crate::percent::{BadText, decode_form_text};
pub(crate) use node::{Node, Style};

/// Bytes of query string and body together. STS takes 10,000,000 bytes of body, and answers one more
/// with an empty 413 (live probe reported in github.com/justincormack/argmin).
pub const MAX_FORM_BYTES: usize = 10_000_000;
/// Parameters of one form. AWS has no limit of its own; this one bounds memory.
pub const MAX_PARAMETERS: usize = 20_000;
/// Bytes of one parameter's decoded name. The longest that a service has are near 150.
pub const MAX_NAME_BYTES: usize = 512;
/// Segments of one name; `Tags.member.1.Key` has four. The deepest that a service has are near ten.
pub const MAX_NAME_SEGMENTS: usize = 32;

/// The parameters of one request, in an order that keeps together what belongs together.
pub struct Form<'a> {
    parameters: Vec<Parameter<'a>>,
}

/// One name and its value, decoded.
pub(crate) struct Parameter<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
}

/// The bytes are no form that this server reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// More than [`MAX_FORM_BYTES`].
    #[error("the request has {bytes} bytes of parameters: send at most {MAX_FORM_BYTES}")]
    TooLarge {
        /// How many there are.
        bytes: usize,
    },
    /// More than [`MAX_PARAMETERS`].
    #[error("the request has more than {MAX_PARAMETERS} parameters: send fewer")]
    TooManyParameters,
    /// A name of more than [`MAX_NAME_BYTES`].
    #[error("a parameter's name has {bytes} bytes: use at most {MAX_NAME_BYTES}")]
    NameTooLong {
        /// How many it has.
        bytes: usize,
    },
    /// A name of more than [`MAX_NAME_SEGMENTS`].
    #[error(
        "the parameter name `{name}` is nested too deeply: use at most {MAX_NAME_SEGMENTS} segments"
    )]
    NameTooDeep {
        /// The name.
        name: String,
    },
    /// A `%` without two hexadecimal digits; parameters count from 1.
    #[error(
        "parameter {number} has a `%` without two hexadecimal digits: write `%25` for a percent sign"
    )]
    BadEscape {
        /// Which parameter, counted from 1.
        number: usize,
    },
    /// Bytes that are not UTF-8; parameters count from 1.
    #[error("parameter {number} is not UTF-8: encode text as UTF-8 before percent-encoding it")]
    NotUtf8 {
        /// Which parameter, counted from 1.
        number: usize,
    },
}

impl<'a> Form<'a> {
    /// Reads the raw query string (without `?`) and the body, either of which may be empty. Where
    /// both have a name, the query string's value counts (unverified).
    ///
    /// # Errors
    /// What is malformed or over a limit.
    pub fn parse(query: &'a str, body: &'a [u8]) -> Result<Self, FormError> {
        let bytes = query.len() + body.len();
        if bytes > MAX_FORM_BYTES {
            return Err(FormError::TooLarge { bytes });
        }
        let mut parameters = Vec::with_capacity(16);
        let pairs =
            [query.as_bytes(), body].into_iter().flat_map(|part| part.split(|b| *b == b'&'));
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            if parameters.len() == MAX_PARAMETERS {
                return Err(FormError::TooManyParameters);
            }
            parameters.push(parse_parameter(pair, parameters.len() + 1)?);
        }
        // Stable, so that of equal names the first sent stays first.
        parameters.sort_by(|a, b| compare_names(&a.name, &b.name));
        Ok(Self { parameters })
    }

    /// The value of the parameter of exactly this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
            .map(|parameter| parameter.value.as_ref())
    }

    /// All names and values, repeated ones included.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|it| (it.name.as_ref(), it.value.as_ref()))
    }

    /// How many parameters there are, repeated ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parameters.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// The parameters, those below one name side by side.
    pub(crate) fn parameters(&self) -> &[Parameter<'a>] {
        &self.parameters
    }
}

/// Shows the names alone: values carry passwords and tokens.
impl fmt::Debug for Form<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Form ")?;
        formatter
            .debug_set()
            .entries(self.parameters.iter().map(|parameter| &parameter.name))
            .finish()
    }
}

fn parse_parameter(pair: &[u8], number: usize) -> Result<Parameter<'_>, FormError> {
    let mut parts = pair.splitn(2, |byte| *byte == b'=');
    let decode = |text| {
        decode_form_text(text).map_err(|bad| match bad {
            BadText::Escape => FormError::BadEscape { number },
            BadText::NotUtf8 => FormError::NotUtf8 { number },
        })
    };
    let name = decode(parts.next().unwrap_or_default())?;
    let value = decode(parts.next().unwrap_or_default())?;
    if name.len() > MAX_NAME_BYTES {
        return Err(FormError::NameTooLong { bytes: name.len() });
    }
    if name.split('.').count() > MAX_NAME_SEGMENTS {
        return Err(FormError::NameTooDeep { name: name.into_owned() });
    }
    Ok(Parameter { name, value })
}

/// Byte order with the dot before every other byte, which puts a name right before the names below it
/// and keeps those together: `A`, `A.b`, `A-b`.
fn compare_names(a: &str, b: &str) -> Ordering {
    let rank = |byte: u8| if byte == b'.' { 0 } else { u16::from(byte) + 1 };
    a.bytes().map(rank).cmp(b.bytes().map(rank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading() {
        let form = Form::parse(
            "Action=ListRoles&Version=2010-05-08",
            b"&&PathPrefix=%2Fa+b%2F&Empty=&Bare&Eq=a=b&Version=other&=x",
        )
        .unwrap();
        for (name, expected) in [
            ("Action", Some("ListRoles")),
            ("Version", Some("2010-05-08")),
            ("PathPrefix", Some("/a b/")),
            ("Empty", Some("")),
            ("Bare", Some("")),
            ("Eq", Some("a=b")),
            ("", Some("x")),
            ("action", None),
        ] {
            assert_eq!(form.get(name), expected, "{name}");
        }
        assert_eq!(form.len(), 8);
        assert!(Form::parse("", b"").unwrap().is_empty());
    }

    #[test]
    fn names_below_a_name_stay_together() {
        let form = Form::parse("", b"T.a=&T-b=&T=&T.%00=&T%00=&T.a.b=&T.a-b=").unwrap();
        let names: Vec<&str> = form.parameters().iter().map(|p| p.name.as_ref()).collect();
        assert_eq!(names, ["T", "T.\0", "T.a", "T.a.b", "T.a-b", "T\0", "T-b"]);
    }

    #[test]
    fn refusals() {
        for (body, expected) in [
            (&b"A=1&B=%4"[..], FormError::BadEscape { number: 2 }),
            (b"A=%ff", FormError::NotUtf8 { number: 1 }),
        ] {
            assert_eq!(Form::parse("", body).unwrap_err(), expected);
        }
    }

    #[test]
    fn limits_hold_at_the_limit_and_one_past_it() {
        let long = "a".repeat(MAX_NAME_BYTES);
        assert!(Form::parse(&long, b"").is_ok());
        let error = Form::parse("", &[b'a'; MAX_NAME_BYTES + 1]).unwrap_err();
        assert_eq!(error, FormError::NameTooLong { bytes: MAX_NAME_BYTES + 1 });

        let deep = vec!["a"; MAX_NAME_SEGMENTS].join(".");
        assert!(Form::parse(&deep, b"").is_ok());
        let name = deep + ".a";
        assert_eq!(Form::parse(&name, b"").unwrap_err(), FormError::NameTooDeep { name });

        let many = "a&".repeat(MAX_PARAMETERS);
        assert_eq!(Form::parse(&many, b"").unwrap().len(), MAX_PARAMETERS);
        assert_eq!(Form::parse(&many, b"a").unwrap_err(), FormError::TooManyParameters);

        let large = "a=".to_owned() + &"x".repeat(MAX_FORM_BYTES - 2);
        assert!(Form::parse(&large, b"").is_ok());
        let error = Form::parse(&large, b"x").unwrap_err();
        assert_eq!(error, FormError::TooLarge { bytes: MAX_FORM_BYTES + 1 });
    }

    #[test]
    fn values_are_not_shown() {
        let form = Form::parse("Password=hunter2", b"").unwrap();
        assert_eq!(format!("{form:?}"), "Form {\"Password\"}");
    }
}
