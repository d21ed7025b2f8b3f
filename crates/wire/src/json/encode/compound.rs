//! Objects and arrays of a JSON answer.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
};

use super::{Output, Written, unsupported, write_plain};
use crate::xml::EncodeError;

/// `{"Name":…,…}`, for structures and maps.
pub(crate) struct Members<'o> {
    body: &'o mut Vec<u8>,
    /// The length before the key of the map entry that waits for its value.
    entry: Option<usize>,
    is_empty: bool,
}

impl<'o> Members<'o> {
    pub(super) fn open(body: &'o mut Vec<u8>) -> Self {
        body.push(b'{');
        Self { body, entry: None, is_empty: true }
    }

    pub(super) fn member<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let start = self.key(name)?;
        self.value(start, value)
    }

    pub(super) fn close(self) -> Result<Written, EncodeError> {
        self.body.push(b'}');
        Ok(Written::Something)
    }

    /// Writes a key; the length before it.
    fn key(&mut self, name: &str) -> Result<usize, EncodeError> {
        let start = self.body.len();
        if !self.is_empty {
            self.body.push(b',');
        }
        write_plain(self.body, name)?;
        self.body.push(b':');
        Ok(start)
    }

    /// Writes a value, or takes its key back if there is none.
    fn value<T: Serialize + ?Sized>(&mut self, start: usize, value: &T) -> Result<(), EncodeError> {
        match value.serialize(Output::new(self.body))? {
            Written::Something => self.is_empty = false,
            Written::Nothing => self.body.truncate(start),
        }
        Ok(())
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = Written;
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.member(name, value)
    }

    fn end(self) -> Result<Written, EncodeError> {
        self.close()
    }
}

impl SerializeMap for Members<'_> {
    type Ok = Written;
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        let mut name = Vec::new();
        key.serialize(Output::new(&mut name))?;
        let name: String = serde_json::from_slice(&name)
            .map_err(|_| unsupported("a map with keys that are not text"))?;
        self.entry = Some(self.key(&name)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let start = self.entry.take().ok_or_else(|| unsupported("a map's value before its key"))?;
        self.value(start, value)
    }

    fn end(self) -> Result<Written, EncodeError> {
        self.close()
    }
}

/// `[…,…]`.
pub(crate) struct Items<'o> {
    body: &'o mut Vec<u8>,
    is_empty: bool,
}

impl<'o> Items<'o> {
    pub(super) fn open(body: &'o mut Vec<u8>) -> Self {
        body.push(b'[');
        Self { body, is_empty: true }
    }
}

impl SerializeSeq for Items<'_> {
    type Ok = Written;
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        if !self.is_empty {
            self.body.push(b',');
        }
        self.is_empty = false;
        if value.serialize(Output::new(self.body))? == Written::Nothing {
            // A list keeps its count.
            self.body.extend_from_slice(b"null");
        }
        Ok(())
    }

    fn end(self) -> Result<Written, EncodeError> {
        self.body.push(b']');
        Ok(Written::Something)
    }
}

impl SerializeTuple for Items<'_> {
    type Ok = Written;
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Written, EncodeError> {
        SerializeSeq::end(self)
    }
}

impl SerializeTupleStruct for Items<'_> {
    type Ok = Written;
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Written, EncodeError> {
        SerializeSeq::end(self)
    }
}
