//! From JSON to an operation's input, as protocol buffers read JSON: numbers and booleans may be written as
//! strings (and always are in a query string), one value may stand for a list of one, `null` is absence.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, IntoDeserializer, Visitor};
use serde_json::{Map, Value};

use crate::fault::Fault;

/// Reads `T`.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE` for a required field that is missing, else `MALFORMED_REQUEST`. The texts are
/// those that users report for JSON bodies; for other places they are unverified.
pub fn decode<T: DeserializeOwned>(input: Map<String, Value>) -> Result<T, Fault> {
    T::deserialize(Lenient(without_nulls(Value::Object(input)))).map_err(|error| {
        let text = error.to_string();
        let field = text.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        match field {
            Some((field, _)) => Fault::invalid(format!("Missing required field: {field}")),
            None => Fault::malformed(format!("Could not parse request object: {text}")),
        }
    })
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

struct Lenient(Value);

impl IntoDeserializer<'_, serde_json::Error> for Lenient {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A number, which may be written as a string.
macro_rules! number {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            match &self.0 {
                Value::String(text) => match text.trim().parse::<$type>() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => self.0.$method(visitor),
                },
                _ => self.0.$method(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(items) => {
                visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Lenient)))
            }
            Value::Object(fields) => visitor.visit_map(MapDeserializer::new(
                fields.into_iter().map(|(name, value)| (name, Lenient(value))),
            )),
            other => other.deserialize_any(visitor),
        }
    }

    number! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
    }

    /// Python's clients write `True` in a query string.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match &self.0 {
            Value::String(text) if text.eq_ignore_ascii_case("true") => visitor.visit_bool(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => visitor.visit_bool(false),
            _ => self.0.deserialize_bool(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Number(number) => visitor.visit_string(number.to_string()),
            other => other.deserialize_str(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::String(_) | Value::Number(_) | Value::Bool(_) => {
                visitor.visit_seq(SeqDeserializer::new(std::iter::once(self)))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::String(_) => self.0.deserialize_enum(name, variants, visitor),
            _ => Err(Error::custom("expected one of the enumeration's names")),
        }
    }

    serde::forward_to_deserialize_any! {
        char bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Input {
        id: String,
        size: Option<i64>,
        #[serde(default)]
        pinned: bool,
        #[serde(default)]
        states: Vec<String>,
        inner: Option<Box<Input>>,
    }

    fn check(input: Value, expected: Result<Input, &str>) {
        let Value::Object(fields) = input else { panic!("an object") };
        let expected = expected.map_err(str::to_owned);
        assert_eq!(decode::<Input>(fields).map_err(|fault| fault.to_string()), expected);
    }

    fn input(id: &str) -> Input {
        Input { id: id.to_owned(), size: None, pinned: false, states: Vec::new(), inner: None }
    }

    #[test]
    fn strings_stand_for_numbers_and_lists() {
        check(json!({"id": "a"}), Ok(input("a")));
        check(json!({"id": 7, "size": null}), Ok(input("7")));
        check(json!({"id": "a", "size": "-3"}), Ok(Input { size: Some(-3), ..input("a") }));
        check(json!({"id": "a", "pinned": "True"}), Ok(Input { pinned: true, ..input("a") }));
        let states = vec!["RUNNING".to_owned()];
        check(json!({"id": "a", "states": "RUNNING"}), Ok(Input { states, ..input("a") }));
        let inner = Some(Box::new(Input { size: Some(1), ..input("b") }));
        check(
            json!({"id": "a", "inner": {"id": "b", "size": "1"}}),
            Ok(Input { inner, ..input("a") }),
        );
    }

    #[test]
    fn what_cannot_be_read() {
        check(json!({}), Err("INVALID_PARAMETER_VALUE: Missing required field: id"));
        check(
            json!({"id": "a", "size": "big"}),
            Err(
                "MALFORMED_REQUEST: Could not parse request object: invalid type: string \"big\", \
                 expected i64",
            ),
        );
        check(
            json!({"id": {}}),
            Err(
                "MALFORMED_REQUEST: Could not parse request object: invalid type: map, expected a string",
            ),
        );
    }
}
