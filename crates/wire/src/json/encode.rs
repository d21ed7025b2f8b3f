//! A serde serializer that writes JSON as AWS does: without members that are `None`, and with times
//! as seconds.

mod compound;

use serde::ser::{Impossible, Serialize, Serializer};

use crate::blob::to_base64;
use crate::timestamp::Timestamp;
use crate::xml::EncodeError;
use compound::{Items, Members};

/// Whether a value wrote anything; `None` does not, and its member is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Something,
    Nothing,
}

pub(super) struct Output<'o> {
    body: &'o mut Vec<u8>,
    /// Whether the number to come is a [`Timestamp`]'s milliseconds.
    is_time: bool,
}

impl<'o> Output<'o> {
    pub(super) fn new(body: &'o mut Vec<u8>) -> Self {
        Self { body, is_time: false }
    }

    /// Writes a value that JSON itself knows.
    fn plain<T: Serialize + ?Sized>(self, value: &T) -> Result<Written, EncodeError> {
        write_plain(self.body, value)?;
        Ok(Written::Something)
    }
}

/// Writes text or a number as JSON does.
pub(super) fn write_plain<T: Serialize + ?Sized>(
    body: &mut Vec<u8>,
    value: &T,
) -> Result<(), EncodeError> {
    serde_json::to_writer(body, value).map_err(|error| EncodeError(error.to_string()))
}

/// `serialize_x` for what JSON itself knows.
macro_rules! plain {
    ($($serialize:ident $value:ty;)*) => {$(
        fn $serialize(self, value: $value) -> Result<Written, EncodeError> {
            self.plain(&value)
        }
    )*};
}

impl<'o> Serializer for Output<'o> {
    type Ok = Written;
    type Error = EncodeError;
    type SerializeSeq = Items<'o>;
    type SerializeTuple = Items<'o>;
    type SerializeTupleStruct = Items<'o>;
    type SerializeTupleVariant = Impossible<Written, EncodeError>;
    type SerializeMap = Members<'o>;
    type SerializeStruct = Members<'o>;
    type SerializeStructVariant = Impossible<Written, EncodeError>;

    plain! {
        serialize_bool bool;
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_f32 f32;
        serialize_f64 f64;
        serialize_char char;
        serialize_str &str;
    }

    fn serialize_i64(self, value: i64) -> Result<Written, EncodeError> {
        if !self.is_time {
            return self.plain(&value);
        }
        if value.rem_euclid(1000) == 0 {
            return self.plain(&value.div_euclid(1000));
        }
        // Exact: a year below 10000 in milliseconds has 48 bits, a double's fraction 52.
        #[allow(clippy::cast_precision_loss, reason = "see the line above")]
        self.plain(&(value as f64 / 1000.0))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Written, EncodeError> {
        self.plain(&to_base64(bytes))
    }

    fn serialize_none(self) -> Result<Written, EncodeError> {
        Ok(Written::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Written, EncodeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Written, EncodeError> {
        self.body.extend_from_slice(b"{}");
        Ok(Written::Something)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Written, EncodeError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Written, EncodeError> {
        self.plain(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Written, EncodeError> {
        let is_time = name == Timestamp::WIRE_NAME;
        value.serialize(Self { is_time, ..self })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Written, EncodeError> {
        // A union of AWS: an object with the one member that is set.
        let mut members = Members::open(self.body);
        members.member(variant, value)?;
        members.close()
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Items<'o>, EncodeError> {
        Ok(Items::open(self.body))
    }

    fn serialize_tuple(self, _length: usize) -> Result<Items<'o>, EncodeError> {
        Ok(Items::open(self.body))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Items<'o>, EncodeError> {
        Ok(Items::open(self.body))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        Err(unsupported(&format!("the enumeration `{name}` with several values in a variant")))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Members<'o>, EncodeError> {
        Ok(Members::open(self.body))
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Members<'o>, EncodeError> {
        Ok(Members::open(self.body))
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

pub(super) fn unsupported(what: &str) -> EncodeError {
    EncodeError(format!("this protocol has no way to write {what}"))
}
