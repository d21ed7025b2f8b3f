//! JSON as [`Node`]s with places. Holes in strings are kept, so that encoded text can be decoded again.

use std::collections::BTreeMap;

use template::{FileId, Node, Place, Text, Value};

/// The deepest nesting that is read.
const MAX_DEPTH: usize = 64;
/// The most values of one text: they are held in memory all at once.
pub(crate) const MAX_VALUES: usize = 4_000_000;

/// Why a text is not JSON, and where: a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Lower case.
    pub message: String,
    /// The byte.
    pub at: usize,
}

/// Reads one value. With `file`, places are those in the text; else everything stands at `place`.
///
/// # Errors
/// The first [`Flaw`]. A key that occurs twice is one.
pub fn parse(text: &str, file: Option<FileId>, place: Place) -> Result<Node, Flaw> {
    let mut reader = Reader { text, at: 0, file, place, values: 0 };
    let node = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.flaw("unexpected text after the value"));
    }
    Ok(node)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    file: Option<FileId>,
    place: Place,
    values: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Node, Flaw> {
        if depth > MAX_DEPTH {
            return Err(self.flaw(&format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.flaw(&format!("more than the {MAX_VALUES} values that are read")));
        }
        self.space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node::new(value, self.from(start)))
    }

    fn object(&mut self, depth: usize) -> Result<Value, Flaw> {
        let mut map = BTreeMap::new();
        self.at += 1;
        self.space();
        if self.take(b'}') {
            return Ok(Value::Map(map.into()));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.flaw("expected a key in double quotes"));
            }
            let start = self.at;
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return Err(self.flaw("expected `:` after the key"));
            }
            let value = self.value(depth + 1)?;
            if map.insert(key, value).is_some() {
                return Err(Flaw { message: "the key occurs twice".to_owned(), at: start });
            }
            self.space();
            if self.take(b'}') {
                return Ok(Value::Map(map.into()));
            }
            if !self.take(b',') {
                return Err(self.flaw("expected `,` or `}`"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Flaw> {
        let mut nodes = Vec::new();
        self.at += 1;
        self.space();
        if self.take(b']') {
            return Ok(Value::List(nodes.into()));
        }
        loop {
            nodes.push(self.value(depth + 1)?);
            self.space();
            if self.take(b']') {
                return Ok(Value::List(nodes.into()));
            }
            if !self.take(b',') {
                return Err(self.flaw("expected `,` or `]`"));
            }
        }
    }

    fn string(&mut self) -> Result<Text, Flaw> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    // Text of a file cannot bring marks of its own; encoded text keeps them.
                    let outside = self.file.is_some();
                    return Ok(if outside { Text::literal(&out) } else { Text::from_marked(out) });
                }
                Some(_) => {
                    let escape = self.escape(start)?;
                    out.push(escape);
                }
                None => {
                    return Err(Flaw { message: "the string never ends".to_owned(), at: start });
                }
            }
        }
    }

    fn escape(&mut self, start: usize) -> Result<char, Flaw> {
        let wrong = || Flaw { message: "unknown escape in a string".to_owned(), at: start };
        self.at += 1;
        let escaped = self.peek().ok_or_else(wrong)?;
        self.at += 1;
        Ok(match escaped {
            b'"' | b'\\' | b'/' => char::from(escaped),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex4().ok_or_else(wrong)?;
                if (0xd800..0xdc00).contains(&high) {
                    let low = (self.take(b'\\') && self.take(b'u')).then(|| self.hex4()).flatten();
                    let low = low.filter(|low| (0xdc00..0xe000).contains(low)).ok_or_else(wrong)?;
                    let joined = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    return char::from_u32(joined).ok_or_else(wrong);
                }
                char::from_u32(high).ok_or_else(wrong)?
            }
            _ => return Err(wrong()),
        })
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) -> Result<Value, Flaw> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'));
        let digits = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        match digits.parse::<f64>() {
            Ok(number) => {
                self.at += digits.len();
                Ok(Value::Number(number))
            }
            Err(_) => Err(self.flaw("not a number")),
        }
    }

    fn word(&mut self) -> Result<Value, Flaw> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, value) in
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
        {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.flaw("expected a value"))
    }

    fn from(&self, start: usize) -> Place {
        match self.file {
            Some(file) => Place::new(file, start, self.at),
            None => self.place,
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn flaw(&self, message: &str) -> Flaw {
        Flaw { message: message.to_owned(), at: self.at }
    }
}
