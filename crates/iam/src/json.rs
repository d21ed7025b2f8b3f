//! JSON with the position of every value, as policies need it.
//!
//! Stricter than most parsers: a duplicate key is an error, because IAM refuses it and because
//! whichever of two `Effect`s a reader sees, an evaluator might see the other. Depth and size are
//! bounded. No value is interpreted here: numbers keep their digits.

use std::collections::HashSet;

use crate::span::{Position, Span};

/// Largest document that is read, in bytes. IAM itself stops at 131,072 characters.
pub const MAX_DOCUMENT_BYTES: usize = 1 << 20;

/// Deepest nesting of arrays and objects. A policy needs 6 levels.
pub const MAX_NESTING_DEPTH: usize = 32;

/// Members of an object that are looked through one by one.
const FEW_MEMBERS: usize = 16;

/// A JSON value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From its first byte to one past its last.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, with its digits as written.
    Number(Box<str>),
    /// A string, unescaped.
    String(Box<str>),
    /// An array.
    Array(Vec<Node>),
    /// An object, in the order written, without duplicate keys.
    Object(Vec<Member>),
}

/// One `"key": value` of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key, unescaped.
    pub key: Box<str>,
    /// Where the key stands, quotes included.
    pub key_span: Span,
    /// Its value.
    pub value: Node,
}

/// Why a text is not JSON that this module reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at line {}, column {}", position.line, position.column)]
pub struct JsonError {
    /// What is wrong.
    pub problem: JsonProblem,
    /// Where.
    pub span: Span,
    /// The same, for people.
    pub position: Position,
}

/// The ways in which a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// Not UTF-8.
    #[error("invalid UTF-8")]
    NotUtf8,
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// Larger than [`MAX_DOCUMENT_BYTES`].
    #[error("the document has {0} bytes, more than the {MAX_DOCUMENT_BYTES} that are read")]
    TooLarge(usize),
    /// Deeper than [`MAX_NESTING_DEPTH`].
    #[error("nested deeper than {MAX_NESTING_DEPTH} levels")]
    TooDeep,
    /// Two members of one object have the same key.
    #[error("the key `{0}` occurs twice in one object")]
    DuplicateKey(String),
    /// Something else was needed.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A string holds a raw control character.
    #[error("a control character in a string must be written as an escape")]
    ControlCharacter,
    /// A backslash and something that JSON does not know.
    #[error("unknown escape in a string")]
    BadEscape,
    /// The document goes on after its value.
    #[error("unexpected text after the document's end")]
    Trailing,
}

impl Value {
    /// `string`, `array`, … for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The same with its article.
    #[must_use]
    pub fn kind_with_article(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl Node {
    /// The member `key` of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().find(|member| &*member.key == key).map(|member| &member.value)
    }

    /// The members of an object; none for any other value.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        if let Value::Object(members) = &self.value { members } else { &[] }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(text) = &self.value { Some(text) } else { None }
    }

    /// The elements of an array, or the value itself as the only one: IAM lets the brackets of a
    /// single element be left out everywhere.
    #[must_use]
    pub fn one_or_many(&self) -> &[Node] {
        if let Value::Array(nodes) = &self.value { nodes } else { std::slice::from_ref(self) }
    }
}

/// Reads one JSON document.
///
/// # Errors
/// The first problem, with its place.
pub fn parse(bytes: &[u8]) -> Result<Node, JsonError> {
    let text = utf8(bytes)?;
    let mut reader = Reader { text, at: 0, depth: 0 };
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(reader.error(JsonProblem::TooLarge(text.len()), Span::default()));
    }
    reader.skip_space();
    if reader.at == text.len() {
        return Err(reader.error_here(JsonProblem::Empty));
    }
    let node = reader.node()?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.error_here(JsonProblem::Trailing));
    }
    Ok(node)
}

/// `bytes` as text.
///
/// # Errors
/// [`JsonProblem::NotUtf8`] at the first byte that is not.
pub fn utf8(bytes: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let valid = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
        JsonError {
            problem: JsonProblem::NotUtf8,
            span: Span::new(at, at),
            position: Position::of(&valid, at),
        }
    })
}

/// Appends `text` to `out` as a JSON string, quotes included.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                out.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    let digit = (control as u32 >> shift) & 0xf;
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Whether `key` is one of `members`. When they are many, `seen` holds them, so that each is not held against all.
fn is_repeated(key: &str, members: &[Member], seen: &mut HashSet<Box<str>>) -> bool {
    if members.len() < FEW_MEMBERS {
        return members.iter().any(|member| *member.key == *key);
    }
    if seen.is_empty() {
        seen.extend(members.iter().map(|member| member.key.clone()));
    }
    !seen.insert(key.into())
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn node(&mut self) -> Result<Node, JsonError> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return Err(self.error_here(JsonProblem::Expected("a value"))),
        };
        Ok(Node { span: Span::new(start, self.at), value })
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Value, JsonError>,
    ) -> Result<Value, JsonError> {
        if self.depth == MAX_NESTING_DEPTH {
            return Err(self.error_here(JsonProblem::TooDeep));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut members: Vec<Member> = Vec::new();
        let mut seen = HashSet::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.error_here(JsonProblem::Expected("a key in double quotes")));
            }
            let key = self.string()?;
            let key_span = Span::new(start, self.at);
            if is_repeated(&key, &members, &mut seen) {
                return Err(self.error(JsonProblem::DuplicateKey(key.into()), key_span));
            }
            self.skip_space();
            if !self.take(b':') {
                return Err(self.error_here(JsonProblem::Expected("`:` after the key")));
            }
            self.skip_space();
            let value = self.node()?;
            members.push(Member { key, key_span, value });
            self.skip_space();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(self.error_here(JsonProblem::Expected("`,` or `}`")));
            }
            self.skip_space();
        }
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let mut nodes = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(nodes));
        }
        loop {
            nodes.push(self.node()?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(nodes));
            }
            if !self.take(b',') {
                return Err(self.error_here(JsonProblem::Expected("`,` or `]`")));
            }
            self.skip_space();
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        if self.rest().starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.error_here(JsonProblem::Expected("a value")))
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Value::Number(self.text.get(start..self.at).unwrap_or_default().into()))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Err(self.error_here(JsonProblem::Expected("a digit")));
        }
        self.at += count;
        Ok(())
    }

    fn string(&mut self) -> Result<Box<str>, JsonError> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let plain = rest
                .bytes()
                .position(|byte| matches!(byte, b'"' | b'\\') || byte < b' ')
                .unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.error_here(JsonProblem::ControlCharacter)),
                None => {
                    let span = Span::new(start, self.at);
                    return Err(
                        self.error(JsonProblem::Expected("the string's closing `\"`"), span)
                    );
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        self.at += 1;
        let escaped = self.peek();
        self.at += 1;
        Ok(match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                self.at = start;
                return Err(self.error_here(JsonProblem::BadEscape));
            }
        })
    }

    /// The rest of `\uXXXX`, and of the second half of a surrogate pair.
    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        let high = self.hex4(start)?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high)
                .ok_or_else(|| self.error(JsonProblem::BadEscape, Span::new(start, self.at)));
        }
        if self.take(b'\\') && self.take(b'u') {
            let low = self.hex4(start)?;
            if (0xdc00..0xe000).contains(&low) {
                let joined = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                if let Some(character) = char::from_u32(joined) {
                    return Ok(character);
                }
            }
        }
        Err(self.error(JsonProblem::BadEscape, Span::new(start, self.at)))
    }

    fn hex4(&mut self, start: usize) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        if digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            self.at += 4;
            return Ok(u32::from_str_radix(digits, 16).unwrap_or_default());
        }
        Err(self.error(JsonProblem::BadEscape, Span::new(start, self.at)))
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn error_here(&self, problem: JsonProblem) -> JsonError {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.error(problem, Span::new(self.at, self.at + length))
    }

    fn error(&self, problem: JsonProblem, span: Span) -> JsonError {
        JsonError { problem, span, position: Position::of(self.text, span.start as usize) }
    }
}

#[cfg(test)]
mod tests;
