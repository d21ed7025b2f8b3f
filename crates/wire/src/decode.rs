//! One serde deserializer for every protocol: over a form, a JSON value or an XML element, whatever
//! can say what it holds ([`Source`]).

mod access;
mod context;
mod error;
mod placeholder;
mod scalar;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserialize, IntoDeserializer, Visitor};

use crate::blob::from_base64;
use crate::path::{Path, Segment, Spelling};
use crate::problem::{DecodeError, Kind, Located, Problem};
use access::{EntryAccess, FieldAccess, ItemAccess};
pub(crate) use context::{Context, Step};
pub(crate) use error::Error;
use scalar::Numeral;
pub(crate) use scalar::Scalar;

/// Members of one list. AWS's own limits on lists are far below.
pub const MAX_LIST_ITEMS: usize = 10_000;
/// Unknown members that a decoding names; more are not listed, so that a hostile request costs little.
pub const MAX_UNKNOWN_NAMED: usize = 100;
/// Missing members that one error names.
const MAX_MISSING_NAMED: usize = 32;

/// A decoded request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<T> {
    /// The operation's input.
    pub input: T,
    /// What the client sent and the operation does not have, in wire spelling. awsQuery services
    /// ignore such parameters (STS: live probe reported in github.com/justincormack/argmin), EC2
    /// refuses them with `UnknownParameter`; here the caller chooses. At most [`MAX_UNKNOWN_NAMED`].
    pub unknown: Vec<Path>,
}

/// Something in a request that can be read as a value.
pub(crate) trait Source<'de>: Copy {
    /// The members of a structure.
    type Fields: Iterator<Item = (&'de str, Self)>;

    /// The value, if it is a single one.
    fn scalar(self) -> Result<Scalar<'de>, Problem>;
    /// The members, if it is a structure.
    fn fields(self) -> Result<Self::Fields, Problem>;
    /// The members with their numbers, if it is a list, in order.
    fn items(self, context: &mut Context<'de>) -> Result<Vec<(u32, Self)>, Error>;
    /// The entries, if it is a map, in order.
    fn entries(self, context: &mut Context<'de>) -> Result<Vec<Entry<'de, Self>>, Error>;
    /// Whether it is JSON's `null`.
    fn is_null(self) -> bool;
    /// Reads it as what it looks like.
    fn describe(self) -> Kind;
}

/// One entry of a map.
pub(crate) struct Entry<'de, S> {
    /// The step to it.
    pub(crate) place: Segment,
    pub(crate) key: Option<&'de str>,
    pub(crate) value: Option<S>,
}

/// Decodes a request's input from its source.
pub(crate) fn decode<'de, S, T>(source: S, spelling: Spelling) -> Result<Decoded<T>, DecodeError>
where
    S: Source<'de>,
    T: Deserialize<'de>,
{
    let mut input = None;
    let unknown = attempts(spelling, &mut |context| {
        input = Some(T::deserialize(Deserializer { source, context })?);
        Ok(())
    })?;
    match input {
        Some(input) => Ok(Decoded { input, unknown }),
        None => Err(DecodeError { problems: Vec::new() }),
    }
}

/// Attempts to read an input until it is read, or it is known what is wrong with it; gives what it does not have. Not
/// generic: there are a thousand inputs.
fn attempts<'de>(
    spelling: Spelling,
    attempt: &mut dyn FnMut(&mut Context<'de>) -> Result<(), Error>,
) -> Result<Vec<Path>, DecodeError> {
    let mut missing: Vec<Located> = Vec::new();
    loop {
        let supplied = missing.iter().map(|located| located.path.clone()).collect();
        let mut context = Context::new(spelling, supplied);
        let error = match attempt(&mut context) {
            Ok(()) if missing.is_empty() => return Ok(context.into_unknown()),
            Ok(()) => return Err(DecodeError { problems: missing }),
            Err(error) => error.into_located(&context),
        };
        // serde stops at the first member that is missing, but AWS names them all: go on with a
        // stand-in for each that is known. A stand-in may itself be refused; then there is no
        // telling what comes after it.
        let is_stand_in =
            missing.iter().any(|known| error.path.segments.starts_with(&known.path.segments));
        if is_stand_in || missing.len() == MAX_MISSING_NAMED {
            return Err(DecodeError { problems: missing });
        }
        if error.problem != Problem::Missing {
            return Err(DecodeError { problems: vec![error] });
        }
        missing.push(error);
    }
}

/// Reads one place of a request.
pub(crate) struct Deserializer<'c, 'de, S> {
    pub(crate) source: S,
    pub(crate) context: &'c mut Context<'de>,
}

impl<'de, S: Source<'de>> Deserializer<'_, 'de, S> {
    /// The text, or the problem in its place.
    fn text(&self) -> Result<&'de str, Error> {
        match self.source.scalar().map_err(|problem| self.context.error(problem))? {
            Scalar::Lexical(text) | Scalar::Text(text) => Ok(text),
            other => Err(self.wrong_kind(Kind::Text, other.kind())),
        }
    }

    fn number<N: Numeral>(&self) -> Result<N, Error> {
        let scalar = self.source.scalar().map_err(|problem| match problem {
            Problem::WrongKind { found, .. } => self.wrong_kind(N::KIND, found),
            other => self.context.error(other),
        })?;
        N::read(scalar).map_err(|problem| self.context.error(problem))
    }

    fn wrong_kind(&self, wanted: Kind, found: Kind) -> Error {
        self.context.error(Problem::WrongKind { wanted, found })
    }

    fn visit_structure<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let fields = self.source.fields().map_err(|problem| self.context.error(problem))?;
        let supplied = self.context.supplied_here();
        let result = visitor.visit_map(FieldAccess::<S>::new(fields, supplied, self.context));
        result.map_err(|error| error.at(self.context))
    }
}

/// `deserialize_x` for numbers.
macro_rules! numbers {
    ($($deserialize:ident $visit:ident $number:ty;)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let number: $number = self.number()?;
            visitor.$visit(number).map_err(|error: Error| error.at(self.context))
        }
    )*};
}

/// `deserialize_x` for what is text on the wire.
macro_rules! texts {
    ($($deserialize:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let text = self.text()?;
            visitor.visit_borrowed_str(text).map_err(|error: Error| error.at(self.context))
        }
    )*};
}

impl<'de, S: Source<'de>> serde::Deserializer<'de> for Deserializer<'_, 'de, S> {
    type Error = Error;

    texts! { deserialize_str deserialize_string deserialize_char deserialize_identifier }

    numbers! {
        deserialize_bool visit_bool bool;
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

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let result = match self.source.scalar() {
            Ok(scalar) => scalar.visit(visitor),
            Err(_) if self.source.describe() == Kind::List => return self.deserialize_seq(visitor),
            Err(Problem::WrongKind { .. }) => return self.visit_structure(visitor),
            Err(problem) => Err(self.context.error(problem)),
        };
        result.map_err(|error| error.at(self.context))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let bytes = from_base64(self.text()?).ok_or_else(|| {
            let (value, expected) = ("other text".to_owned(), "base64 text".to_owned());
            self.context.error(Problem::Refused { value, expected })
        })?;
        visitor.visit_byte_buf(bytes).map_err(|error: Error| error.at(self.context))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.source.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let fields = self.source.fields().map_err(|problem| self.context.error(problem))?;
        for (name, _) in fields {
            self.context.note_unknown(name);
        }
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = self.source.items(self.context)?;
        if items.len() > MAX_LIST_ITEMS {
            return Err(self.context.error(Problem::TooManyItems { limit: MAX_LIST_ITEMS }));
        }
        let result = visitor.visit_seq(ItemAccess::new(items, self.context));
        result.map_err(|error| error.at(self.context))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let entries = self.source.entries(self.context)?;
        if entries.len() > MAX_LIST_ITEMS {
            return Err(self.context.error(Problem::TooManyItems { limit: MAX_LIST_ITEMS }));
        }
        let result = visitor.visit_map(EntryAccess::new(entries, self.context));
        result.map_err(|error| error.at(self.context))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit_structure(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text = self.text()?;
        if !variants.contains(&text) {
            let value = text.to_owned();
            return Err(self.context.error(Problem::NotInEnumeration { value, allowed: variants }));
        }
        let deserializer: BorrowedStrDeserializer<'_, Error> = BorrowedStrDeserializer::new(text);
        visitor.visit_enum(deserializer.into_deserializer()).map_err(|error| error.at(self.context))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.context.note_unknown_here();
        visitor.visit_unit()
    }
}
