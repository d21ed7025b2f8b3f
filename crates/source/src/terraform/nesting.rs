//! How deep a text nests, looked at before it is parsed: parsers of trees, and trees themselves, need stack for each
//! level.

/// The deepest that brackets and template sequences nest.
pub(super) const MAX_NESTING: usize = 100;
/// The most operators of one expression without brackets: each is a level of its tree.
pub(super) const MAX_OPERATORS: usize = 300;

/// What a text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file, or an expression.
    Code,
    /// The inside of a string.
    Template,
}

/// The byte at which a text nests too deep, and in what words.
pub(super) fn too_deep(text: &str, kind: Kind) -> Option<(usize, String)> {
    let mut scan =
        Scan { bytes: text.as_bytes(), at: 0, open: Vec::new(), operators: vec![0], heredoc: None };
    let is_template = kind == Kind::Template;
    while scan.at < scan.bytes.len() {
        let before = scan.at;
        let within = scan.open.last().map_or(is_template, |open| *open == b'"');
        if within {
            scan.template()
        } else {
            scan.code()
        }
        if scan.open.len() > MAX_NESTING {
            return Some((before, format!("nested deeper than {MAX_NESTING} levels")));
        }
        if scan.operators.last().is_some_and(|count| *count > MAX_OPERATORS) {
            let message = format!("nested operators: more than {MAX_OPERATORS} in one expression");
            return Some((before, message));
        }
    }
    None
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    /// What closes each that is open.
    open: Vec<u8>,
    /// Operators so far, in each that is open.
    operators: Vec<usize>,
    /// Start and end of a heredoc that has just been passed.
    heredoc: Option<(usize, usize)>,
}

impl Scan<'_> {
    fn starts(&self, with: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(with))
    }

    fn push(&mut self, close: u8, length: usize) {
        self.open.push(close);
        self.operators.push(0);
        self.at += length;
    }

    fn pop(&mut self) {
        self.open.pop();
        if self.operators.len() > 1 {
            self.operators.pop();
        }
        self.at += 1;
    }

    /// The inside of a string.
    fn template(&mut self) {
        if self.starts(b"\\") || self.starts(b"$${") || self.starts(b"%%{") {
            self.at += 2;
        } else if self.starts(b"${") || self.starts(b"%{") {
            self.push(b'}', 2);
        } else if self.starts(b"\"") && !self.open.is_empty() {
            self.pop();
        } else {
            self.at += 1;
        }
    }

    fn code(&mut self) {
        let Some(byte) = self.bytes.get(self.at).copied() else { return };
        match byte {
            b'"' => self.push(b'"', 1),
            b'(' => self.push(b')', 1),
            b'[' => self.push(b']', 1),
            b'{' => self.push(b'}', 1),
            b')' | b']' | b'}' => self.pop(),
            b'#' => self.skip_to(b"\n"),
            b'/' if self.starts(b"//") => self.skip_to(b"\n"),
            b'/' if self.starts(b"/*") => self.skip_to(b"*/"),
            b'<' if self.starts(b"<<") => self.heredoc(),
            b',' => self.ends(),
            b'\n' if self.open.last() != Some(&b')') => self.ends(),
            b'!' | b'-' | b'+' | b'*' | b'/' | b'%' | b'?' | b'&' | b'|' | b'<' | b'>' => {
                if let Some(count) = self.operators.last_mut() {
                    *count += 1;
                }
                self.at += 1;
            }
            _ => self.at += 1,
        }
    }

    fn ends(&mut self) {
        if let Some(count) = self.operators.last_mut() {
            *count = 0;
        }
        self.at += 1;
    }

    /// Passes `<<EOT` and all up to the line that ends it; what follows `<<` is a word, or this is none.
    fn heredoc(&mut self) {
        let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let marker = line.strip_prefix(b"-").unwrap_or(line).trim_ascii();
        if marker.is_empty() {
            self.at += 2;
            return;
        }
        let start = self.at + 2 + line.len() + 1;
        let mut end = start;
        for line in self.bytes.get(start..).unwrap_or_default().split(|byte| *byte == b'\n') {
            if line.trim_ascii() == marker {
                break;
            }
            end += line.len() + 1;
        }
        self.at = end.min(self.bytes.len()) + marker.len();
        self.heredoc = Some((start.min(self.bytes.len()), end.min(self.bytes.len())));
    }

    fn skip_to(&mut self, end: &[u8]) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = rest.windows(end.len()).position(|window| window == end);
        self.at += found.map_or(rest.len(), |found| found.max(1));
    }
}
