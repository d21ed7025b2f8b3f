//! Single values, and numbers and booleans read from them.

use serde::de::Visitor;

use super::Error;
use crate::problem::{Kind, Problem};

/// A single value of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scalar<'de> {
    /// Text of a form or XML document, where everything is text.
    Lexical(&'de str),
    /// JSON text, which is nothing but text.
    Text(&'de str),
    /// JSON's `true` or `false`.
    Boolean(bool),
    /// A JSON number.
    Number(&'de serde_json::Number),
    /// JSON's `null`.
    Null,
}

impl<'de> Scalar<'de> {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Lexical(_) | Self::Text(_) => Kind::Text,
            Self::Boolean(_) => Kind::Boolean,
            Self::Number(number) if number.is_f64() => Kind::Double,
            Self::Number(_) => Kind::Long,
            Self::Null => Kind::Null,
        }
    }

    /// Shows the value as what it is.
    pub(super) fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Lexical(text) | Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Boolean(boolean) => visitor.visit_bool(boolean),
            Self::Null => visitor.visit_unit(),
            Self::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_i64(number),
                (None, Some(number), _) => visitor.visit_u64(number),
                (None, None, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
        }
    }
}

/// A number or boolean that can be read from a scalar.
///
/// From text as AWS reads it: whole numbers with an optional sign and leading zeros, within their
/// bits (`+900` and `0900` are 900; STS, live probe reported in github.com/justincormack/argmin);
/// booleans as `true`, `false`, `1` or `0` and in no other case (SES, live probe reported in
/// github.com/floci-io/floci).
pub(super) trait Numeral: Sized {
    /// What it is called where it is missing.
    const KIND: Kind;

    fn from_text(text: &str) -> Option<Self>;
    fn from_json(scalar: Scalar<'_>) -> Option<Self>;

    fn read(scalar: Scalar<'_>) -> Result<Self, Problem> {
        if let Scalar::Lexical(text) = scalar {
            return Self::from_text(text)
                .ok_or_else(|| Problem::NotA { wanted: Self::KIND, value: text.to_owned() });
        }
        Self::from_json(scalar).ok_or_else(|| match scalar {
            // The kind is right, the size is not.
            Scalar::Number(number) if Self::KIND != Kind::Boolean => {
                Problem::NotA { wanted: Self::KIND, value: number.to_string() }
            }
            other => Problem::WrongKind { wanted: Self::KIND, found: other.kind() },
        })
    }
}

impl Numeral for bool {
    const KIND: Kind = Kind::Boolean;

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn from_json(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Boolean(boolean) => Some(boolean),
            _ => None,
        }
    }
}

/// Whole numbers.
macro_rules! whole_numbers {
    ($($number:ty = $kind:expr;)*) => {$(
        impl Numeral for $number {
            const KIND: Kind = $kind;

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn from_json(scalar: Scalar<'_>) -> Option<Self> {
                let Scalar::Number(number) = scalar else { return None };
                let signed = number.as_i64().map(i128::from);
                signed.or_else(|| number.as_u64().map(i128::from))?.try_into().ok()
            }
        }
    )*};
}

whole_numbers! {
    i8 = Kind::Integer;
    i16 = Kind::Integer;
    i32 = Kind::Integer;
    i64 = Kind::Long;
    u8 = Kind::Integer;
    u16 = Kind::Integer;
    u32 = Kind::Integer;
    u64 = Kind::Long;
}

/// Numbers with a fraction.
macro_rules! fractions {
    ($($number:ty = $narrow:expr;)*) => {$(
        impl Numeral for $number {
            const KIND: Kind = Kind::Double;

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn from_json(scalar: Scalar<'_>) -> Option<Self> {
                let Scalar::Number(number) = scalar else { return None };
                number.as_f64().map($narrow)
            }
        }
    )*};
}

#[allow(clippy::cast_possible_truncation, reason = "fewer digits are what an `f32` is for")]
fn narrow(number: f64) -> f32 {
    number as f32
}

fractions! {
    f32 = narrow;
    f64 = std::convert::identity;
}
