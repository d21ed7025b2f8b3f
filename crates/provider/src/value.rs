//! Values of Terraform's type system, and their MessagePack form (Terraform's `object-wire-format.md`).

use std::collections::BTreeMap;

use rmpv::Value as Packed;
use serde_json::Number;

/// Levels of nesting that a value may have.
const MAX_DEPTH: usize = 64;

/// The members of an object or a block.
pub type Members = BTreeMap<String, Value>;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not there.
    Null,
    /// Known after apply.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// A list, set or tuple; several blocks.
    List(Vec<Value>),
    /// A map or object; one block.
    Map(Members),
}

/// A value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Terraform sent a value that cannot be read: {0}")]
pub struct ValueError(String);

impl Value {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A whole number.
    #[must_use]
    pub fn int(number: i64) -> Self {
        Self::Number(number.into())
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The truth value, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.as_i64() } else { None }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// The members, if it is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&Members> {
        if let Self::Map(members) = self { Some(members) } else { None }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// Whether it, or anything in it, is known only after apply.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::List(items) => items.iter().any(Self::has_unknown),
            Self::Map(members) => members.values().any(Self::has_unknown),
            _ => false,
        }
    }

    /// Reads MessagePack.
    ///
    /// # Errors
    /// [`ValueError`]
    pub fn unpack(bytes: &[u8]) -> Result<Self, ValueError> {
        let mut rest = bytes;
        let packed = rmpv::decode::read_value_with_max_depth(&mut rest, MAX_DEPTH)
            .map_err(|error| ValueError(error.to_string()))?;
        if rest.is_empty() {
            from_packed(packed)
        } else {
            Err(ValueError(format!("{} bytes follow it", rest.len())))
        }
    }

    /// Writes MessagePack.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _ = rmpv::encode::write_value(&mut bytes, &to_packed(self));
        bytes
    }

    /// From JSON, where nothing is unknown.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Number(number.clone()),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Array(items) => {
                Self::List(items.iter().map(Self::from_json).collect())
            }
            serde_json::Value::Object(members) => Self::Map(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::from_json(value)))
                    .collect(),
            ),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

fn from_packed(packed: Packed) -> Result<Value, ValueError> {
    let text = |text: rmpv::Utf8String| {
        text.into_str().ok_or_else(|| ValueError("a text is not UTF-8".to_owned()))
    };
    Ok(match packed {
        Packed::Nil => Value::Null,
        Packed::Boolean(value) => Value::Bool(value),
        Packed::Integer(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Number(number.into()),
            (None, Some(number)) => Value::Number(number.into()),
            (None, None) => return Err(ValueError("a number is out of range".to_owned())),
        },
        Packed::F32(number) => float(f64::from(number))?,
        Packed::F64(number) => float(number)?,
        Packed::String(string) => Value::Text(text(string)?),
        Packed::Binary(_) => return Err(ValueError("it holds bytes".to_owned())),
        Packed::Array(items) => {
            Value::List(items.into_iter().map(from_packed).collect::<Result<_, _>>()?)
        }
        Packed::Map(entries) => {
            let mut members = Members::new();
            for (name, value) in entries {
                let Packed::String(name) = name else {
                    return Err(ValueError("a member's name is no text".to_owned()));
                };
                members.insert(text(name)?, from_packed(value)?);
            }
            Value::Map(members)
        }
        // Whatever the extension's code: "any MessagePack extension code as representing an unknown value".
        Packed::Ext(..) => Value::Unknown,
    })
}

fn float(number: f64) -> Result<Value, ValueError> {
    Number::from_f64(number)
        .map(Value::Number)
        .ok_or_else(|| ValueError("a number is infinite".to_owned()))
}

fn to_packed(value: &Value) -> Packed {
    match value {
        Value::Null => Packed::Nil,
        // The old form, which every Terraform reads.
        Value::Unknown => Packed::Ext(0, vec![0]),
        Value::Bool(value) => Packed::Boolean(*value),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), ..) => Packed::from(number),
            (None, Some(number), _) => Packed::from(number),
            (.., number) => Packed::from(number.unwrap_or_default()),
        },
        Value::Text(text) => Packed::from(text.as_str()),
        Value::List(items) => Packed::Array(items.iter().map(to_packed).collect()),
        Value::Map(members) => Packed::Map(
            members
                .iter()
                .map(|(name, value)| (Packed::from(name.as_str()), to_packed(value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_is_the_identity() {
        let members = [
            ("null", Value::Null),
            ("unknown", Value::Unknown),
            ("bool", Value::Bool(true)),
            ("int", Value::int(-7)),
            ("large", Value::Number(u64::MAX.into())),
            ("float", Value::Number(Number::from_f64(0.5).unwrap())),
            ("list", Value::List(vec!["a".into(), Value::Unknown])),
        ];
        let value = Value::Map(members.map(|(name, value)| (name.to_owned(), value)).into());
        assert_eq!(Value::unpack(&value.pack()), Ok(value.clone()));
        assert!(value.has_unknown());
    }

    #[test]
    fn a_refined_unknown_is_an_unknown() {
        // Extension 12 with a map of refinements.
        let bytes = [0xc7, 3, 12, 0x81, 1, 0xc2];
        assert_eq!(Value::unpack(&bytes), Ok(Value::Unknown));
    }

    #[test]
    fn what_is_broken_is_refused() {
        for bytes in [&b""[..], &[0x91], &[0xc4, 1, 0], &[0xc0, 0xc0], &[0x81, 1, 1]] {
            assert!(Value::unpack(bytes).is_err(), "{bytes:?}");
        }
        let deep = [vec![0x91; 1000], vec![0xc0]].concat();
        assert!(Value::unpack(&deep).is_err());
    }
}
