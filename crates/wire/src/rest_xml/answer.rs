//! An operation's output as S3's answer: members that are headers, and members in a document.

use serde::ser::{Impossible, Serialize, SerializeStruct, Serializer};
use serde_json::Value;

use super::members::{self, METADATA_PREFIX};
use super::table::{Answer as Kind, Shape};
use crate::timestamp::Timestamp;
use crate::xml::encode::{EncodeError, Format, Place, encode_into};
use crate::xml::writer::Writer;

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
/// S3 repeats an element for each member of a list.
const FORMAT: Format = Format { item: None, milliseconds: true };

/// An answer on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The document, or other text.
    pub body: Vec<u8>,
    /// The body's media type, if there is a body.
    pub content_type: Option<&'static str>,
}

/// Writes an operation's output.
///
/// # Errors
/// The output has a shape that S3 has no way to write: the operation's type is at fault.
pub fn answer<T: Serialize + ?Sized>(shape: &Shape, output: &T) -> Result<Answer, EncodeError> {
    let mut answer = Answer { status: shape.status, ..Answer::default() };
    let mut writer = Writer::new(0);
    writer.declaration();
    match shape.answer {
        Kind::Members(root, _) => {
            let mark = writer.open_in(root, NAMESPACE);
            output.serialize(Split { shape, answer: &mut answer, writer: &mut writer })?;
            writer.close(root, mark);
            answer.set_document(writer);
        }
        Kind::Payload(..) | Kind::Leaf(_) => {
            output.serialize(Split { shape, answer: &mut answer, writer: &mut writer })?;
            answer.set_document(writer);
        }
        Kind::Empty | Kind::Bytes | Kind::Text(_) => {
            output.serialize(Split { shape, answer: &mut answer, writer: &mut writer })?;
        }
    }
    Ok(answer)
}

impl Answer {
    fn set_document(&mut self, writer: Writer) {
        self.body = writer.finish();
        self.content_type = Some(super::CONTENT_TYPE);
    }

    fn add_header<T: Serialize + ?Sized>(
        &mut self,
        member: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let value = to_value(value)?;
        if member == "Metadata" {
            for (key, value) in value.as_object().into_iter().flatten() {
                let text = value.as_str().unwrap_or_default();
                self.headers.push((format!("{METADATA_PREFIX}{key}"), text.to_owned()));
            }
            return Ok(());
        }
        let header = members::header_of(member)
            .ok_or_else(|| EncodeError(format!("`{member}` is no header of S3's")))?;
        let text = match value {
            Value::Null => return Ok(()),
            Value::String(text) => text,
            Value::Bool(flag) => flag.to_string(),
            Value::Number(millis) if matches!(member, "LastModified" | "AbortDate") => {
                Timestamp::from_unix_millis(millis.as_i64().unwrap_or_default()).to_http_text()
            }
            Value::Number(number) => number.to_string(),
            _ => return Err(EncodeError(format!("`{member}` has no form as a header"))),
        };
        self.headers.push((header.to_owned(), text));
        Ok(())
    }
}

fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, EncodeError> {
    serde_json::to_value(value).map_err(|error| EncodeError(error.to_string()))
}

/// Takes the output apart: a structure, or the unit for none.
struct Split<'s, 'a> {
    shape: &'s Shape,
    answer: &'a mut Answer,
    writer: &'a mut Writer,
}

impl SerializeStruct for Split<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        match self.shape.answer {
            Kind::Members(_, headers) if !headers.contains(&name) => {
                encode_into(self.writer, Place::Inside(name), FORMAT, value)
            }
            Kind::Payload(member, root) if member == name => {
                let mark = self.writer.open_in(root, NAMESPACE);
                encode_into(self.writer, Place::Beside, FORMAT, value)?;
                self.writer.close(root, mark);
                Ok(())
            }
            Kind::Leaf(member) if member == name => {
                let mark = self.writer.open_in(member, NAMESPACE);
                self.writer.text(to_value(value)?.as_str().unwrap_or_default());
                self.writer.close(member, mark);
                Ok(())
            }
            Kind::Text(member) if member == name => {
                self.answer.body = to_value(value)?.as_str().unwrap_or_default().into();
                self.answer.content_type = Some("application/json");
                Ok(())
            }
            _ => self.answer.add_header(name, value),
        }
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

fn no_output<T>() -> Result<T, EncodeError> {
    Err(EncodeError("an output of S3 is a structure, or the unit".to_owned()))
}

/// `serialize_x` for what no output is.
macro_rules! refuse {
    ($($serialize:ident $kind:ty;)*) => {$(
        fn $serialize(self, _: $kind) -> Result<(), EncodeError> {
            no_output()
        }
    )*};
}

impl<'s, 'a> Serializer for Split<'s, 'a> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Impossible<(), EncodeError>;
    type SerializeTuple = Impossible<(), EncodeError>;
    type SerializeTupleStruct = Impossible<(), EncodeError>;
    type SerializeTupleVariant = Impossible<(), EncodeError>;
    type SerializeMap = Impossible<(), EncodeError>;
    type SerializeStruct = Split<'s, 'a>;
    type SerializeStructVariant = Impossible<(), EncodeError>;

    refuse! {
        serialize_bool bool; serialize_i8 i8; serialize_i16 i16; serialize_i32 i32; serialize_i64 i64;
        serialize_u8 u8; serialize_u16 u16; serialize_u32 u32; serialize_u64 u64;
        serialize_f32 f32; serialize_f64 f64; serialize_char char; serialize_str &str;
        serialize_bytes &[u8]; serialize_unit_struct &'static str;
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        no_output()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), EncodeError> {
        no_output()
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<(), EncodeError> {
        no_output()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), EncodeError> {
        no_output()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, EncodeError> {
        no_output()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, EncodeError> {
        no_output()
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, EncodeError> {
        no_output()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        no_output()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, EncodeError> {
        no_output()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, EncodeError> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        no_output()
    }
}
