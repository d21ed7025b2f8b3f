//! Structures, lists and maps of an XML answer.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
};

use super::{EncodeError, Format, Place, encode_into};
use crate::xml::writer::{Mark, Writer};

/// The one attribute that a member may be, as in S3's grantees; it comes before all others.
const TYPE_ATTRIBUTE: &str = "xsi:type";
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// `<Name><Member>…</Member>…</Name>`, or the members alone.
pub(crate) struct Fields<'w, 'n> {
    pub(super) writer: &'w mut Writer,
    /// The element to close, if the structure has one of its own.
    pub(super) element: Option<(&'n str, Mark)>,
    pub(super) format: Format,
}

impl SerializeStruct for Fields<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        if name == TYPE_ATTRIBUTE
            && let Some((_, mark)) = &mut self.element
        {
            let value = serde_json::to_value(value).unwrap_or_default();
            let text = value.as_str().unwrap_or_default();
            self.writer.attribute(mark, "xmlns:xsi", SCHEMA_INSTANCE);
            self.writer.attribute(mark, TYPE_ATTRIBUTE, text);
            return Ok(());
        }
        encode_into(self.writer, Place::Inside(name), self.format, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        if let Some((name, mark)) = self.element {
            self.writer.close(name, mark);
        }
        Ok(())
    }
}

/// `<Name><member>…</member>…</Name>`, or `<Name>…</Name><Name>…</Name>`.
pub(crate) struct Items<'w, 'n> {
    pub(super) writer: &'w mut Writer,
    pub(super) name: &'n str,
    /// The list's own element, if it has one.
    pub(super) mark: Option<Mark>,
    pub(super) format: Format,
}

impl SerializeSeq for Items<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        encode_into(
            self.writer,
            Place::Inside(self.format.item.unwrap_or(self.name)),
            self.format,
            value,
        )
    }

    fn end(self) -> Result<(), EncodeError> {
        if let Some(mark) = self.mark {
            self.writer.close(self.name, mark);
        }
        Ok(())
    }
}

impl SerializeTuple for Items<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        SerializeSeq::end(self)
    }
}

impl SerializeTupleStruct for Items<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        SerializeSeq::end(self)
    }
}

/// `<Name><entry><key>…</key><value>…</value></entry>…</Name>`.
pub(crate) struct Entries<'w, 'n> {
    pub(super) writer: &'w mut Writer,
    pub(super) name: &'n str,
    pub(super) mark: Mark,
    /// The entry that has its key and waits for its value.
    pub(super) entry: Option<Mark>,
    pub(super) format: Format,
}

impl SerializeMap for Entries<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.entry = Some(self.writer.open("entry"));
        encode_into(self.writer, Place::Inside("key"), self.format, key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        encode_into(self.writer, Place::Inside("value"), self.format, value)?;
        if let Some(mark) = self.entry.take() {
            self.writer.close("entry", mark);
        }
        Ok(())
    }

    fn end(self) -> Result<(), EncodeError> {
        self.writer.close(self.name, self.mark);
        Ok(())
    }
}
