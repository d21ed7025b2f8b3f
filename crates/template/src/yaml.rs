//! Reads YAML and JSON into [`Syntax`]. Size, depth and number of nodes are bounded, aliases included.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::place::{FileId, Place, Problem};
use crate::syntax::{Entry, Kind, Syntax};

/// The largest template that is read, in bytes. CloudFormation itself stops at 1 MB.
pub const MAX_TEMPLATE_BYTES: usize = 4 << 20;

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// The most nodes that are made of one text.
pub const MAX_NODES: usize = 1_000_000;

/// Reads the first document of `text`.
///
/// # Errors
/// The first problem: not YAML, a key that occurs twice, or more than the limits of this module.
pub fn read(text: &str, file: FileId) -> Result<Syntax, Problem> {
    if text.len() > MAX_TEMPLATE_BYTES {
        let message = format!(
            "the template has {} bytes, more than the {MAX_TEMPLATE_BYTES} that are read",
            text.len()
        );
        return Err(Problem::new(Place::new(file, 0, 0), message));
    }
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        text,
        file,
        offsets: offsets(text),
        anchors: HashMap::new(),
        nodes: 0,
    };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd | Event::DocumentEnd => {
                return Err(Problem::new(reader.place(span), "the template is empty"));
            }
            event => return reader.node(event, span, 0),
        }
    }
}

/// The first place where an alias stands, which CloudFormation refuses though it is YAML.
#[must_use]
pub fn first_alias(text: &str, file: FileId) -> Option<Place> {
    // Most templates have a `*`, and few a `&`, without which there is nothing to be an alias of.
    if !text.contains('*') || !text.contains('&') {
        return None;
    }
    let offsets = offsets(text);
    let byte = |at: usize| {
        if offsets.is_empty() { at } else { offsets.get(at).map_or(text.len(), |at| *at as usize) }
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(Ok((event, span))) = parser.next_event() {
        if matches!(event, Event::Alias(_)) {
            return Some(Place::new(file, byte(span.start.index()), byte(span.end.index())));
        }
        if matches!(event, Event::StreamEnd) {
            break;
        }
    }
    None
}

/// The parser counts characters. Where each of them begins, in bytes; empty for plain ASCII.
fn offsets(text: &str) -> Vec<u32> {
    if text.is_ascii() {
        return Vec::new();
    }
    text.char_indices().map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect()
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    text: &'t str,
    file: FileId,
    offsets: Vec<u32>,
    anchors: HashMap<usize, Syntax>,
    nodes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Problem> {
        match self.parser.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => {
                let at = self.byte(error.marker().index());
                let place = Place::new(self.file, at, (at + 1).min(self.text.len()));
                let problem = Problem::new(place, format!("not YAML: {}", error.info()));
                Err(self.with_hint(problem))
            }
            None => Err(Problem::new(Place::new(self.file, 0, 0), "the template ends early")),
        }
    }

    /// The commonest slip of all, and the one that the parser's message tells least about.
    fn with_hint(&self, mut problem: Problem) -> Problem {
        let end = problem.place.start as usize;
        let before = self.text.get(..end).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let first = before.get(..line_start.saturating_sub(1)).and_then(|text| text.rfind('\n'));
        let from = first.map_or(0, |at| at + 1);
        let rest = self.text.get(from..).unwrap_or_default();
        let mut at = from;
        for line in rest.lines().take(2) {
            // The first key of an element stands behind its dash.
            let entry = line.trim_start().trim_start_matches("- ").trim_start();
            let glued = entry.split_once(':').filter(|(key, value)| {
                !key.is_empty()
                    && key.chars().all(|c| c.is_ascii_alphanumeric())
                    && value.starts_with(|c: char| c.is_ascii_alphanumeric() || "'\"".contains(c))
            });
            if let Some((key, _)) = glued {
                let indent = line.len() - entry.len();
                problem.place = Place::new(self.file, at + indent, at + line.trim_end().len());
                return problem
                    .help(format!("a space is missing after the colon: write `{key}: …`"));
            }
            at += line.len() + 1;
        }
        problem
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Syntax, Problem> {
        let place = self.place(span);
        self.nodes += 1;
        if depth > MAX_DEPTH {
            return Err(Problem::new(place, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        if self.nodes > MAX_NODES {
            return Err(Problem::new(place, format!("more than {MAX_NODES} values")));
        }
        let (syntax, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let kind = scalar(&text, style, tag.as_deref());
                (tagged(Syntax { kind, place }, tag.as_deref()), anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                let syntax = self.list(place, depth)?;
                (tagged(syntax, tag.as_deref()), anchor)
            }
            Event::MappingStart(anchor, tag) => {
                let syntax = self.map(place, depth)?;
                (tagged(syntax, tag.as_deref()), anchor)
            }
            Event::Alias(anchor) => return self.alias(anchor, place),
            _ => return Err(Problem::new(place, "not YAML: a value is missing")),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, syntax.clone());
        }
        Ok(syntax)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<Syntax, Problem> {
        let Some(syntax) = self.anchors.get(&anchor) else {
            return Err(Problem::new(place, "the alias names no anchor before it"));
        };
        self.nodes += count(syntax);
        if self.nodes > MAX_NODES {
            return Err(Problem::new(place, format!("more than {MAX_NODES} values")));
        }
        Ok(syntax.clone())
    }

    fn list(&mut self, start: Place, depth: usize) -> Result<Syntax, Problem> {
        let mut elements = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                let place =
                    self.to_end(start, span, elements.last().map(|last: &Syntax| last.place));
                return Ok(Syntax { kind: Kind::List(elements), place });
            }
            elements.push(self.node(event, span, depth + 1)?);
        }
    }

    fn map(&mut self, start: Place, depth: usize) -> Result<Syntax, Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let last = entries.last().map(|last| last.value.place);
                let place = self.to_end(start, span, last);
                return Ok(Syntax { kind: in_long_form(entries), place });
            }
            let key_place = self.place(span);
            let Event::Scalar(key, ..) = event else {
                return Err(Problem::new(key_place, "a key must be a string"));
            };
            if !seen.insert(key.clone()) {
                return Err(Problem::new(key_place, format!("the key `{key}` occurs twice")));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            entries.push(Entry { key: key.as_ref().into(), key_place, value });
        }
    }

    /// From `start` to the end of a collection: of block collections the parser tells the place where the next
    /// thing begins, which may be lines away.
    fn to_end(&self, start: Place, span: Span, last: Option<Place>) -> Place {
        let told = self.place(span).end;
        let flow =
            self.text.as_bytes().get(start.start as usize).is_some_and(|b| b"[{".contains(b));
        let end = match last {
            Some(last) if !flow => last.end.min(told.max(last.end)),
            _ => told,
        };
        Place { end: end.max(start.start), ..start }
    }

    fn place(&self, span: Span) -> Place {
        let start = self.byte(span.start.index());
        Place::new(self.file, start, self.byte(span.end.index()).max(start))
    }

    fn byte(&self, character: usize) -> usize {
        if self.offsets.is_empty() {
            return character.min(self.text.len());
        }
        self.offsets.get(character).map_or(self.text.len(), |at| *at as usize)
    }
}

fn count(syntax: &Syntax) -> usize {
    1 + match &syntax.kind {
        Kind::List(elements) => elements.iter().map(count).sum(),
        Kind::Map(entries) => entries.iter().map(|entry| count(&entry.value)).sum(),
        Kind::Call(_, argument) => count(argument),
        _ => 0,
    }
}

/// The core schema's plain scalars; quoted ones are strings.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    if style != ScalarStyle::Plain || tag.is_some() {
        return Kind::Text(text.into());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ if is_number(text) => Kind::Number(text.into()),
        _ => Kind::Text(text.into()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.chars().all(|c| c.is_ascii_digit() || ".eE+-".contains(c))
        && text.parse::<f64>().is_ok()
}

/// `!Sub x` is `{"Fn::Sub": "x"}`.
fn tagged(syntax: Syntax, tag: Option<&Tag>) -> Syntax {
    let Some(tag) = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()) else {
        return syntax;
    };
    let name = match tag.suffix.as_str() {
        "Ref" | "Condition" => tag.suffix.clone(),
        other => format!("Fn::{other}"),
    };
    let place = syntax.place;
    let argument = match (tag.suffix.as_str(), &syntax.kind) {
        // `!GetAtt Role.Arn`: the first dot ends the logical id.
        ("GetAtt", Kind::Text(text)) => match text.split_once('.') {
            Some((id, attribute)) => {
                let part = |text: &str| Syntax { kind: Kind::Text(text.into()), place };
                Syntax { kind: Kind::List(vec![part(id), part(attribute)]), place }
            }
            None => syntax,
        },
        _ => syntax,
    };
    Syntax { kind: Kind::Call(name.into(), Box::new(argument)), place }
}

/// A map with one key that is a function's name is a call.
fn in_long_form(mut entries: Vec<Entry>) -> Kind {
    let is_call = match entries.as_slice() {
        [only] => &*only.key == "Ref" || only.key.starts_with("Fn::"),
        _ => false,
    };
    match entries.pop() {
        Some(Entry { key, value, .. }) if is_call => {
            let value = match (&*key, &value.kind) {
                ("Fn::GetAtt", Kind::Text(text)) if text.contains('.') => {
                    let place = value.place;
                    let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                    let part = |text: &str| Syntax { kind: Kind::Text(text.into()), place };
                    Syntax { kind: Kind::List(vec![part(id), part(attribute)]), place }
                }
                _ => value,
            };
            Kind::Call(key, Box::new(value))
        }
        Some(last) => {
            entries.push(last);
            Kind::Map(entries)
        }
        None => Kind::Map(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, syntax: &Syntax) -> String {
        text[syntax.place.start as usize..syntax.place.end as usize].to_owned()
    }

    #[test]
    fn places_are_bytes_and_functions_have_one_form() {
        let text = "# é\nA:\n  B: !GetAtt Role.Arn\n  C: {\"Fn::Sub\": \"é${X}\"}\n  D: [1, yes]\n";
        let tree = read(text, FileId(0)).unwrap();
        let a = tree.get("A").unwrap();
        let Kind::Call(name, argument) = &a.get("B").unwrap().kind else { panic!() };
        assert_eq!((&**name, argument.elements().len()), ("Fn::GetAtt", 2));
        assert_eq!(of(text, argument), "!GetAtt Role.Arn");
        let Kind::Call(name, argument) = &a.get("C").unwrap().kind else { panic!() };
        assert_eq!((&**name, of(text, argument)), ("Fn::Sub", "\"é${X}\"".to_owned()));
        assert_eq!(a.get("D").unwrap().elements()[1].as_str(), Some("yes"));
    }

    #[test]
    fn json_is_read_too() {
        let tree =
            read("{\n\t\"A\": {\"Ref\": \"B\"},\n\t\"C\": [1, true, null]}", FileId(0)).unwrap();
        assert!(matches!(&tree.get("A").unwrap().kind, Kind::Call(name, _) if &**name == "Ref"));
        assert!(matches!(tree.get("C").unwrap().elements()[2].kind, Kind::Null));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, expected) in [
            ("A: 1\nA: 2", "the key `A` occurs twice"),
            ("", "the template is empty"),
            ("{a: [", "not YAML"),
            ("A: *b", "not YAML"),
        ] {
            let problem = read(text, FileId(0)).unwrap_err();
            assert!(problem.message.contains(expected), "{text}: {}", problem.message);
        }
        let glued = "A:\n  Version:'2012-10-17'\n  Statement:\n    - Effect: Allow\n";
        let problem = read(glued, FileId(0)).unwrap_err();
        assert!(problem.help.unwrap().contains("`Version: …`"));
        let behind_a_dash = "A:\n  - Effect:Allow\n    Principal:\n      AWS: x\n";
        let problem = read(behind_a_dash, FileId(0)).unwrap_err();
        assert!(problem.help.unwrap().contains("`Effect: …`"));
        assert_eq!(&behind_a_dash[problem.place.start as usize..][..12], "Effect:Allow");
    }

    #[test]
    fn limits_hold() {
        let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(MAX_DEPTH), FileId(0)).is_ok());
        assert!(read(&deep(MAX_DEPTH + 1), FileId(0)).unwrap_err().message.contains("deeper"));
        let mut bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
        for level in 1..9 {
            let list = vec![format!("*a{}", level - 1); 10].join(",");
            bomb.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        assert!(read(&bomb, FileId(0)).unwrap_err().message.contains("values"));
        let big = " ".repeat(MAX_TEMPLATE_BYTES + 1);
        assert!(read(&big, FileId(0)).unwrap_err().message.contains("bytes"));
    }
}
