//! A serde serializer that writes XML elements as awsQuery and ec2 do.

mod compound;

use serde::ser::{Serialize, Serializer};

use super::writer::Writer;
use crate::blob::to_base64;
use crate::timestamp::Timestamp;
use compound::{Entries, Fields, Items};

/// An output has a shape that the protocol cannot write; the operation's type is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the output cannot be written: {0}")]
pub struct EncodeError(pub(crate) String);

/// What differs between the protocols.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    /// The element around each member of a list; none if the list's own is repeated.
    pub(crate) item: Option<&'static str>,
    /// Whether times have milliseconds.
    pub(crate) milliseconds: bool,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'n> {
    /// In an element of this name that is left out for the unit.
    Root(&'n str),
    /// Among the members of the element that is open; the unit becomes `<return>true</return>`.
    Beside,
    /// In an element of this name.
    Inside(&'n str),
}

/// Writes one value.
pub(crate) fn encode_into<T: Serialize + ?Sized>(
    writer: &mut Writer,
    place: Place<'_>,
    format: Format,
    value: &T,
) -> Result<(), EncodeError> {
    value.serialize(Element { writer, place, format, is_time: false })
}

struct Element<'w, 'n> {
    writer: &'w mut Writer,
    place: Place<'n>,
    format: Format,
    /// Whether the number to come is a [`Timestamp`]'s milliseconds.
    is_time: bool,
}

impl<'n> Element<'_, 'n> {
    fn leaf(self, text: &str) -> Result<(), EncodeError> {
        self.writer.leaf(self.name()?, text);
        Ok(())
    }

    fn name(&self) -> Result<&'n str, EncodeError> {
        match self.place {
            Place::Root(name) | Place::Inside(name) => Ok(name),
            Place::Beside => Err(unsupported("anything but a structure as an ec2 output")),
        }
    }
}

/// `serialize_x` for numbers.
macro_rules! numbers {
    ($($serialize:ident $number:ty;)*) => {$(
        fn $serialize(self, value: $number) -> Result<(), EncodeError> {
            self.leaf(&value.to_string())
        }
    )*};
}

impl<'w, 'n> Serializer for Element<'w, 'n> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Items<'w, 'n>;
    type SerializeTuple = Items<'w, 'n>;
    type SerializeTupleStruct = Items<'w, 'n>;
    type SerializeTupleVariant = serde::ser::Impossible<(), EncodeError>;
    type SerializeMap = Entries<'w, 'n>;
    type SerializeStruct = Fields<'w, 'n>;
    type SerializeStructVariant = serde::ser::Impossible<(), EncodeError>;

    numbers! {
        serialize_bool bool;
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_char char;
    }

    fn serialize_i64(self, value: i64) -> Result<(), EncodeError> {
        if !self.is_time {
            return self.leaf(&value.to_string());
        }
        let time = Timestamp::from_unix_millis(value);
        let milliseconds = self.format.milliseconds;
        self.leaf(&if milliseconds { time.to_millis_text() } else { time.to_seconds_text() })
    }

    fn serialize_f32(self, value: f32) -> Result<(), EncodeError> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), EncodeError> {
        // Java's spelling, which the parsers of AWS's clients know (awsQuery of the Smithy
        // specification: `NaN`, `Infinity`, `-Infinity`).
        let text = match value {
            _ if value.is_nan() => "NaN".to_owned(),
            f64::INFINITY => "Infinity".to_owned(),
            f64::NEG_INFINITY => "-Infinity".to_owned(),
            _ => format!("{value:?}"),
        };
        self.leaf(&text)
    }

    fn serialize_str(self, text: &str) -> Result<(), EncodeError> {
        self.leaf(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.leaf(&to_base64(bytes))
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        match self.place {
            Place::Root(_) => {}
            Place::Beside => self.writer.leaf("return", "true"),
            Place::Inside(name) => self.writer.leaf(name, ""),
        }
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), EncodeError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.leaf(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let is_time = name == Timestamp::WIRE_NAME;
        value.serialize(Self { is_time, ..self })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), EncodeError> {
        Err(unsupported(&format!("the enumeration `{name}` with a value in a variant")))
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Items<'w, 'n>, EncodeError> {
        let name = self.name()?;
        let mark = self.format.item.map(|_| self.writer.open(name));
        Ok(Items { writer: self.writer, name, mark, format: self.format })
    }

    fn serialize_tuple(self, length: usize) -> Result<Items<'w, 'n>, EncodeError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Items<'w, 'n>, EncodeError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        Err(unsupported(&format!("the enumeration `{name}` with values in a variant")))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Entries<'w, 'n>, EncodeError> {
        let name = self.name()?;
        let mark = self.writer.open(name);
        Ok(Entries { writer: self.writer, name, mark, entry: None, format: self.format })
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Fields<'w, 'n>, EncodeError> {
        let element = match self.place {
            Place::Beside => None,
            Place::Root(name) | Place::Inside(name) => Some((name, self.writer.open(name))),
        };
        Ok(Fields { writer: self.writer, element, format: self.format })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        Err(unsupported(&format!("the enumeration `{name}` with members in a variant")))
    }
}

fn unsupported(what: &str) -> EncodeError {
    EncodeError(format!("this protocol has no way to write {what}"))
}

impl serde::ser::Error for EncodeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}
