//! A JSON value seen as what the decoder reads.

use serde_json::{Map, Value};

use crate::decode::{Context, Entry, Error, Scalar, Source};
use crate::path::Segment;
use crate::problem::{Kind, Problem};

#[derive(Clone, Copy)]
pub(super) struct Node<'de>(pub(super) &'de Value);

impl<'de> Node<'de> {
    fn wrong_kind(self, wanted: Kind) -> Problem {
        Problem::WrongKind { wanted, found: self.describe() }
    }

    fn object(self, wanted: Kind) -> Result<&'de Map<String, Value>, Problem> {
        self.0.as_object().ok_or_else(|| self.wrong_kind(wanted))
    }
}

impl<'de> Source<'de> for Node<'de> {
    type Fields = Members<'de>;

    fn scalar(self) -> Result<Scalar<'de>, Problem> {
        match self.0 {
            Value::Null => Ok(Scalar::Null),
            Value::Bool(boolean) => Ok(Scalar::Boolean(*boolean)),
            Value::Number(number) => Ok(Scalar::Number(number)),
            Value::String(text) => Ok(Scalar::Text(text)),
            Value::Array(_) | Value::Object(_) => Err(self.wrong_kind(Kind::Text)),
        }
    }

    fn fields(self) -> Result<Members<'de>, Problem> {
        self.object(Kind::Structure).map(|members| Members(members.iter()))
    }

    fn items(self, context: &mut Context<'de>) -> Result<Vec<(u32, Self)>, Error> {
        let items = self.0.as_array().ok_or_else(|| context.error(self.wrong_kind(Kind::List)))?;
        Ok((1..).zip(items.iter().map(Self)).collect())
    }

    fn entries(self, context: &mut Context<'de>) -> Result<Vec<Entry<'de, Self>>, Error> {
        let members = self.object(Kind::Map).map_err(|problem| context.error(problem))?;
        let entries = Members(members.iter()).map(|(key, value)| Entry {
            place: Segment::Field(key.to_owned()),
            key: Some(key),
            value: Some(value),
        });
        Ok(entries.collect())
    }

    fn is_null(self) -> bool {
        self.0.is_null()
    }

    fn describe(self) -> Kind {
        match self.0 {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(number) if number.is_f64() => Kind::Double,
            Value::Number(_) => Kind::Long,
            Value::String(_) => Kind::Text,
            Value::Array(_) => Kind::List,
            Value::Object(_) => Kind::Structure,
        }
    }
}

/// The members of an object; those that are `null` count as absent, as AWS takes them.
pub(super) struct Members<'de>(serde_json::map::Iter<'de>);

impl<'de> Iterator for Members<'de> {
    type Item = (&'de str, Node<'de>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.0.find(|(_, value)| !value.is_null())?;
        Some((name, Node(value)))
    }
}
