//! Writes XML, escaping all text.

/// Bytes that are looked at together.
const BLOCK_BYTES: usize = 32;

/// An XML document in the making.
///
/// Text is escaped as AWS does: `&`, `<` and `>` as entities, quotes and apostrophes as they are
/// (STS and SES answers, live probes reported in github.com/justincormack/argmin and
/// github.com/floci-io/floci). A carriage return is written as `&#xD;`, or parsers would drop it; the
/// control characters that XML 1.0 cannot carry in any form become U+FFFD.
pub struct Writer {
    text: String,
    indent: usize,
    depth: usize,
}

/// Where an element's content starts; [`Writer::close`] wants it back.
#[derive(Debug, Clone, Copy)]
pub struct Mark(usize);

impl Writer {
    /// An empty document; `indent` spaces per level, or everything on one line for 0.
    #[must_use]
    pub fn new(indent: usize) -> Self {
        Self { text: String::with_capacity(1024), indent, depth: 0 }
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>` and a line feed.
    pub fn declaration(&mut self) {
        self.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    }

    /// Starts an element. `name` must be a valid name; names are not escaped.
    pub fn open(&mut self, name: &str) -> Mark {
        self.start(name);
        self.text.push('>');
        Mark(self.text.len())
    }

    /// Starts an element that declares the default namespace.
    pub fn open_in(&mut self, name: &str, namespace: &str) -> Mark {
        self.start(name);
        self.text.push_str(" xmlns=\"");
        for (position, part) in namespace.split('"').enumerate() {
            self.text.push_str(if position == 0 { "" } else { "&quot;" });
            self.escape(part);
        }
        self.text.push_str("\">");
        Mark(self.text.len())
    }

    /// Ends the element that `mark` came from; one without content becomes `<name/>`.
    pub fn close(&mut self, name: &str, mark: Mark) {
        self.depth = self.depth.saturating_sub(1);
        if self.text.len() == mark.0 {
            self.text.truncate(mark.0 - 1);
            self.text.push_str("/>");
        } else {
            self.new_line();
            self.end_tag(name);
        }
    }

    /// An element that holds text alone.
    pub fn leaf(&mut self, name: &str, text: &str) {
        self.new_line();
        self.text.push('<');
        self.text.push_str(name);
        if text.is_empty() {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        self.escape(text);
        self.end_tag(name);
    }

    /// Text of the element that is open.
    pub fn text(&mut self, text: &str) {
        self.escape(text);
    }

    /// Gives the element that was just opened an attribute.
    pub fn attribute(&mut self, mark: &mut Mark, name: &str, value: &str) {
        self.text.truncate(mark.0 - 1);
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        self.escape(&value.replace('"', ""));
        self.text.push_str("\">");
        *mark = Mark(self.text.len());
    }

    /// The document.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        if self.indent > 0 {
            self.text.push('\n');
        }
        self.text.into_bytes()
    }

    fn start(&mut self, name: &str) {
        self.new_line();
        self.depth += 1;
        self.text.push('<');
        self.text.push_str(name);
    }

    fn end_tag(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    fn new_line(&mut self) {
        if self.indent > 0 && !self.text.is_empty() {
            if !self.text.ends_with('\n') {
                self.text.push('\n');
            }
            self.text.extend(std::iter::repeat_n(' ', self.indent * self.depth));
        }
    }

    fn escape(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = next_escaped(rest) {
            let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.text.push_str(plain);
            let mut letters = special.chars();
            match letters.next() {
                Some('&') => self.text.push_str("&amp;"),
                Some('<') => self.text.push_str("&lt;"),
                Some('>') => self.text.push_str("&gt;"),
                Some('\r') => self.text.push_str("&#xD;"),
                _ => self.text.push(char::REPLACEMENT_CHARACTER),
            }
            rest = letters.as_str();
        }
        self.text.push_str(rest);
    }
}

/// Where the first character stands that is escaped. Bytes tell that of most texts, many at a time.
fn next_escaped(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (blocks, _) = bytes.as_chunks::<BLOCK_BYTES>();
    let is_plain = |block: &&[u8; BLOCK_BYTES]| {
        !block.iter().fold(false, |found, byte| found | may_need_escape(*byte))
    };
    let mut from = blocks.iter().take_while(is_plain).count() * BLOCK_BYTES;
    loop {
        let at = from + bytes.iter().skip(from).position(|byte| may_need_escape(*byte))?;
        // The first byte of U+FFFE and U+FFFF begins many other characters.
        match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(letter) if !needs_escape(letter) => from = at + letter.len_utf8(),
            _ => return Some(at),
        }
    }
}

/// Whether the byte begins a character that may be escaped.
fn may_need_escape(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | 0xef) || byte < b' ' && !matches!(byte, b'\t' | b'\n')
}

/// The characters that XML 1.0 cannot hold at all are, besides these, lone surrogates, which a
/// `char` never is.
fn needs_escape(letter: char) -> bool {
    matches!(
        letter,
        '&' | '<' | '>' | '\0'..='\x08' | '\x0b'..='\x1f' | '\u{fffe}' | '\u{ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(text: &str) -> String {
        let mut writer = Writer::new(0);
        writer.leaf("a", text);
        String::from_utf8(writer.finish()).unwrap()
    }

    #[test]
    fn escaping() {
        for (text, expected) in [
            ("", "<a/>"),
            ("plain é😀", "<a>plain é😀</a>"),
            ("<&>\"'", "<a>&lt;&amp;&gt;\"'</a>"),
            ("]]>", "<a>]]&gt;</a>"),
            ("a\r\n\tb", "<a>a&#xD;\n\tb</a>"),
            ("ｆｕｌｌ", "<a>ｆｕｌｌ</a>"),
            (
                "a text that is longer than what is looked at together, and <then",
                "<a>a text that is longer than what is looked at together, and &lt;then</a>",
            ),
            ("\u{fffd}&\u{ffff}", "<a>\u{fffd}&amp;\u{fffd}</a>"),
            ("\0\u{b}\u{1f}\u{fffe}", "<a>\u{fffd}\u{fffd}\u{fffd}\u{fffd}</a>"),
            ("&", "<a>&amp;</a>"),
        ] {
            assert_eq!(leaf(text), expected, "{text:?}");
        }
    }

    #[test]
    fn layout() {
        let mut writer = Writer::new(2);
        let root = writer.open_in("R", "urn:\"&");
        let empty = writer.open("Empty");
        writer.close("Empty", empty);
        let inner = writer.open("Inner");
        writer.leaf("L", "1");
        writer.close("Inner", inner);
        writer.close("R", root);
        let text = String::from_utf8(writer.finish()).unwrap();
        let expected = "<R xmlns=\"urn:&quot;&amp;\">\n  <Empty/>\n  <Inner>\n    <L>1</L>\n  </Inner>\n</R>\n";
        assert_eq!(text, expected);
    }
}
