//! Text with wildcards and policy variables, matched without being expanded.
//!
//! Texts are what Java takes them for, in units of 16 bits: `?` matches half of a letter such as `𐐀`, and
//! such letters have no case (recorded from AWS by radkawar/stackd, testdata/aws/iam/condition_strings.json).

use crate::catalog;
use crate::context::Context;
use crate::key::Key;

/// A compiled pattern such as `home/${aws:username}/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Box<[Piece]>,
    shape: Shape,
}

/// What in a text has a meaning beyond its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syntax {
    /// `*` and `?` match any run and any one character.
    pub wildcards: bool,
    /// `${key}` stands for the request's value; `${*}`, `${?}`, `${$}` for the characters. Only in
    /// policies of version 2012-10-17.
    pub variables: bool,
}

/// How a text stands to a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// It matches.
    Yes,
    /// It does not.
    No,
    /// The template holds a variable that has no value in this request: it matches nothing, and is
    /// unlike everything (user guide, "policy variables with no value").
    NoValue,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(Box<str>),
    AnyRun,
    AnyOne,
    Variable(Box<Variable>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    key: Key,
    default: Option<Box<str>>,
    /// The key's values are a list: it has no text to stand for, nor does the default stand in for
    /// it (recorded from AWS by radkawar/stackd, testdata/aws/iam/condition_sets.json).
    is_list: bool,
}

/// The common shapes, matched without a walk over the pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Anything,
    Exact,
    Prefix,
    General { variables: bool },
}

impl Syntax {
    /// Letters only.
    pub const LITERAL: Self = Self { wildcards: false, variables: false };
    /// Wildcards, no variables.
    pub const WILDCARDS: Self = Self { wildcards: true, variables: false };
}

impl Template {
    /// Compiles `text`.
    #[must_use]
    pub fn new(text: &str, syntax: Syntax) -> Self {
        let pieces = pieces(text, syntax);
        let shape = match &*pieces {
            [] | [Piece::Literal(_)] => Shape::Exact,
            [Piece::AnyRun] => Shape::Anything,
            [Piece::Literal(_), Piece::AnyRun] => Shape::Prefix,
            other => Shape::General {
                variables: other.iter().any(|piece| matches!(piece, Piece::Variable(_))),
            },
        };
        Self { pieces: pieces.into(), shape }
    }

    /// Whether `text` as a whole matches. Letters are compared exactly; a variable's value is
    /// compared letter for letter, wildcards in it included.
    #[must_use]
    pub fn matches(&self, text: &str, context: &Context) -> Matched {
        let yes = match (self.shape, &*self.pieces) {
            (Shape::Anything, _) => true,
            (Shape::Exact, [Piece::Literal(literal)]) => **literal == *text,
            (Shape::Exact, _) => text.is_empty(),
            (Shape::Prefix, [Piece::Literal(literal), ..]) => text.starts_with(&**literal),
            (Shape::General { variables: true }, _) if self.lacks_value(context) => {
                return Matched::NoValue;
            }
            _ => self.walk(text, context),
        };
        if yes { Matched::Yes } else { Matched::No }
    }

    /// As [`Self::matches`], ignoring case; for templates without wildcards.
    #[must_use]
    pub fn matches_ignoring_case(&self, text: &str, context: &Context) -> Matched {
        if self.lacks_value(context) {
            return Matched::NoValue;
        }
        let pieces = || self.pieces.iter().filter_map(|piece| piece.text(context));
        let same = if text.contains(SIGMA) || pieces().any(|piece| piece.contains(SIGMA)) {
            lowered(&pieces().collect::<String>()) == lowered(text)
        } else {
            let left = pieces().flat_map(str::chars).flat_map(lower);
            left.eq(text.chars().flat_map(lower))
        };
        if same { Matched::Yes } else { Matched::No }
    }

    /// The text of a template that is one piece without wildcards; `None` if it has no value.
    pub(crate) fn only_text<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        if let [piece] = &*self.pieces { piece.text(context) } else { None }
    }

    /// Whether the template is nothing but `*`.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        !self.pieces.is_empty() && self.pieces.iter().all(|piece| *piece == Piece::AnyRun)
    }

    /// The template's text if it has neither wildcards nor variables.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match &*self.pieces {
            [] => Some(""),
            [Piece::Literal(literal)] => Some(literal),
            _ => None,
        }
    }

    /// The template with what is known filled in, for people: variables show their value.
    #[must_use]
    pub fn expand(&self, context: &Context) -> String {
        let mut out = String::new();
        for piece in &*self.pieces {
            match piece {
                Piece::AnyRun => out.push('*'),
                Piece::AnyOne => out.push('?'),
                other => out.push_str(other.text(context).unwrap_or("<no value>")),
            }
        }
        out
    }

    /// The keys of the variables in the template.
    pub fn variables(&self) -> impl Iterator<Item = &Key> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(&variable.key),
            _ => None,
        })
    }

    fn lacks_value(&self, context: &Context) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Variable(_)) && piece.text(context).is_none())
    }

    /// Greedy matching that goes back to the last `*` only: enough, since an earlier `*` could not
    /// match more than the later one does.
    fn walk(&self, text: &str, context: &Context) -> bool {
        let mut rest = Rest { text, inside: false };
        let mut next = 0;
        let mut retry: Option<(usize, Rest<'_>)> = None;
        loop {
            let step = match self.pieces.get(next) {
                None if rest.text.is_empty() => return true,
                None => None,
                Some(Piece::AnyRun) => {
                    if next + 1 == self.pieces.len() {
                        return true;
                    }
                    retry = Some((next + 1, rest));
                    Some(rest)
                }
                Some(Piece::AnyOne) => rest.behind_unit(),
                Some(piece) => piece.text(context).and_then(|piece| rest.behind(piece)),
            };
            if let Some(remaining) = step {
                rest = remaining;
                next += 1;
                continue;
            }
            let Some((after_star, from)) = retry else { return false };
            let Some(from) = from.behind_unit() else { return false };
            retry = Some((after_star, from));
            rest = from;
            next = after_star;
        }
    }
}

/// What of a text is not matched yet.
#[derive(Debug, Clone, Copy)]
struct Rest<'t> {
    text: &'t str,
    /// The first of the two units of `text`'s first character is matched.
    inside: bool,
}

impl Rest<'_> {
    fn behind_unit(self) -> Option<Self> {
        let mut characters = self.text.chars();
        let first = characters.next()?;
        let inside = first.len_utf16() == 2 && !self.inside;
        Some(Self { text: if inside { self.text } else { characters.as_str() }, inside })
    }

    fn behind(self, start: &str) -> Option<Self> {
        if self.inside {
            return start.is_empty().then_some(self);
        }
        Some(Self { text: self.text.strip_prefix(start)?, inside: false })
    }
}

impl Piece {
    /// What the piece stands for, unless it is a wildcard or has no value.
    fn text<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match self {
            Self::Literal(literal) => Some(literal),
            Self::Variable(variable) => {
                // Only single-valued keys can be used as variables (user guide).
                let values = context.get(&variable.key);
                if variable.is_list && values.is_some_and(|values| !values.is_empty()) {
                    return None;
                }
                values.and_then(|values| values.single()).or(variable.default.as_deref())
            }
            Self::AnyRun | Self::AnyOne => None,
        }
    }
}

/// The part of `text` before its first wildcard or variable: what every match starts with.
pub(crate) fn literal_prefix(text: &str, syntax: Syntax) -> &str {
    let end = text
        .char_indices()
        .find(|(at, character)| match character {
            '*' | '?' => syntax.wildcards,
            '$' => syntax.variables && text.get(at + 1..).unwrap_or_default().starts_with('{'),
            _ => false,
        })
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// The capital letter whose small form depends on what stands around it.
const SIGMA: char = 'Σ';

/// `text` in small letters, a sigma at the end of a word as `ς`.
///
/// In place of a comparison letter by letter, since what decides spans several pieces; no other text is
/// worth the memory.
fn lowered(text: &str) -> String {
    let in_context = text.to_lowercase();
    let mut sigmas = in_context.chars().filter(|letter| matches!(letter, 'σ' | 'ς'));
    let mut out = String::with_capacity(in_context.len());
    for letter in text.chars() {
        match letter {
            SIGMA | 'σ' | 'ς' => out.extend(sigmas.next()),
            other => out.extend(lower(other)),
        }
    }
    out
}

/// Lower case, not Unicode's case folding: `ſ` is no `s`.
fn lower(letter: char) -> impl Iterator<Item = char> {
    let one_unit = letter.len_utf16() == 1;
    let kept = (!one_unit).then_some(letter);
    kept.into_iter().chain(one_unit.then(|| letter.to_lowercase()).into_iter().flatten())
}

fn pieces(text: &str, syntax: Syntax) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    let last_brace = text.rfind('}').unwrap_or(0);
    while let Some(character) = rest.chars().next() {
        // Behind the last brace no variable ends: it is not looked for, lest a text of nothing but
        // `${` cost its length squared.
        if syntax.variables
            && text.len() - rest.len() < last_brace
            && let Some((body, after)) = variable_body(rest)
        {
            rest = after;
            match body {
                "*" | "?" | "$" => literal.push_str(body),
                _ => {
                    flush(&mut literal, &mut pieces);
                    pieces.push(Piece::Variable(Box::new(variable(body))));
                }
            }
            continue;
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            '*' if syntax.wildcards => {
                flush(&mut literal, &mut pieces);
                if pieces.last() != Some(&Piece::AnyRun) {
                    pieces.push(Piece::AnyRun);
                }
            }
            '?' if syntax.wildcards => {
                flush(&mut literal, &mut pieces);
                pieces.push(Piece::AnyOne);
            }
            other => literal.push(other),
        }
    }
    flush(&mut literal, &mut pieces);
    pieces
}

fn flush(literal: &mut String, pieces: &mut Vec<Piece>) {
    if !literal.is_empty() {
        pieces.push(Piece::Literal(std::mem::take(literal).into()));
    }
}

/// `${body}rest` → `(body, rest)`. An unclosed brace is plain text.
pub(crate) fn variable_body(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("${")?.split_once('}')
}

/// `key` or `key, 'default'`. The comma and the quotes are the documented form; a key with spaces
/// around it is a key that no request supplies.
fn variable(body: &str) -> Variable {
    let new = |key: &str, default: Option<&str>| Variable {
        key: Key::new(key),
        default: default.map(Into::into),
        is_list: catalog::is_global_list(key),
    };
    if let Some((key, default)) = body.split_once(',')
        && let Some(default) =
            default.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''))
    {
        return new(key, Some(default));
    }
    new(body, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Values;

    const ALL: Syntax = Syntax { wildcards: true, variables: true };

    fn check(pattern: &str, syntax: Syntax, text: &str, expected: Matched) {
        let mut context = Context::new();
        context.set("aws:username", Values::one("an*a"));
        context.set("aws:TagKeys", Values::many(["a", "b"]));
        let template = Template::new(pattern, syntax);
        assert_eq!(template.matches(text, &context), expected, "{pattern} against {text}");
    }

    #[test]
    fn wildcards() {
        for (pattern, text, yes) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a:b/c\n", true),
            ("a*", "abc", true),
            ("a*", "ba", false),
            ("*c", "abc", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("a**c", "abc", true),
            ("?", "", false),
            ("?", "é", true),
            ("??", "é", false),
            ("*?", "", false),
            ("*?", "x", true),
            ("*ab", "aab", true),
            ("*a?b", "aaxaab", true),
            ("a.c", "abc", false),
            ("[ab]", "a", false),
            ("?", "𐐀", false),
            ("??", "𐐀", true),
            ("a?b", "a𐐀b", false),
            ("a??b", "a𐐀b", true),
            ("a*?b", "a𐐀b", true),
            ("a?*b", "a𐐀b", true),
            ("𐐀?", "𐐀x", true),
            ("𐐀?", "𐐀𐐨", false),
            ("*𐐨", "𐐀𐐨", true),
            ("?*𐐀", "𐐀", false),
        ] {
            let expected = if yes { Matched::Yes } else { Matched::No };
            check(pattern, Syntax::WILDCARDS, text, expected);
            let exact = if pattern == text { Matched::Yes } else { Matched::No };
            check(pattern, Syntax::LITERAL, text, exact);
        }
    }

    #[test]
    fn variables() {
        for (pattern, text, expected) in [
            ("home/${aws:username}/*", "home/an*a/x", Matched::Yes),
            ("home/${AWS:UserName}/*", "home/anna/x", Matched::No),
            ("${aws:userid}", "", Matched::NoValue),
            ("${aws:TagKeys}", "a", Matched::NoValue),
            ("${aws:TagKeys, 'all'}", "all", Matched::NoValue),
            ("${aws:userid, 'all'}", "all", Matched::Yes),
            ("${aws:username, 'all'}", "all", Matched::No),
            ("${aws:username,'all'}", "an*a", Matched::Yes),
            ("${aws:userid, all}", "all", Matched::NoValue),
            ("${ aws:username }", "an*a", Matched::NoValue),
            ("a${*}b${?}${$}", "a*b?$", Matched::Yes),
            ("a${*}b", "axb", Matched::No),
            ("a${aws:username", "a${aws:username", Matched::Yes),
            ("*${aws:username}*", "--an*a--", Matched::Yes),
        ] {
            check(pattern, ALL, text, expected);
        }
        check("${aws:username}", Syntax::WILDCARDS, "${aws:username}", Matched::Yes);
        let all = Template::new("${aws:TagKeys, 'all'}", ALL);
        let mut one = Context::new();
        one.set("aws:TagKeys", Values::many(["a"]));
        for (context, text, expected) in [
            (&one, "a", Matched::NoValue),
            (&one, "all", Matched::NoValue),
            (&Context::new(), "all", Matched::Yes),
        ] {
            assert_eq!(all.matches(text, context), expected, "{text}");
        }
    }

    /// Recorded, as the module says; what compares equal does so either way round.
    #[test]
    fn ignoring_case() {
        for (one, other, same) in [
            ("STRASSE-É", "strasse-é", true),
            ("STRASSE-É", "strasse", false),
            ("prod", "PrOd", true),
            ("I", "ı", false),
            ("i", "İ", false),
            ("İ", "i\u{307}", true),
            ("K", "\u{212a}", true),
            ("s", "ſ", false),
            ("ß", "ẞ", true),
            ("ß", "SS", false),
            ("Σ", "σ", true),
            ("Σ", "ς", false),
            ("ΟΣ", "ος", true),
            ("ΟΣ", "οσ", false),
            ("ΟΣΑ", "οσα", true),
            ("É", "é", true),
            ("𐐀", "𐐨", false),
            ("𐐀", "𐐀", true),
            ("AΣ𐐀", "aσ𐐀", true),
            ("AΣ𐐀", "aς𐐀", false),
            ("𐐀Σ", "𐐀ς", true),
            ("𐐀Σ", "𐐀σ", false),
        ] {
            let expected = if same { Matched::Yes } else { Matched::No };
            for (pattern, text) in [(one, other), (other, one)] {
                let template = Template::new(pattern, Syntax::LITERAL);
                let got = template.matches_ignoring_case(text, &Context::new());
                assert_eq!(got, expected, "{pattern} against {text}");
                let mut context = Context::new();
                context.set("test:Key", Values::one(pattern));
                let template = Template::new("${test:Key}", ALL);
                let got = template.matches_ignoring_case(text, &context);
                assert_eq!(got, expected, "{pattern} as a variable against {text}");
            }
        }
    }

    #[test]
    fn prefixes() {
        assert_eq!(literal_prefix("ab*c", ALL), "ab");
        assert_eq!(literal_prefix("ab$c${x}", ALL), "ab$c");
        assert_eq!(literal_prefix("ab${x}", Syntax::WILDCARDS), "ab${x}");
        assert_eq!(literal_prefix("*", ALL), "");
    }
}
