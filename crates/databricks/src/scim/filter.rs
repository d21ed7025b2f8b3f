//! SCIM filters (RFC 7644, section 3.4.2.2), read into a tree and held against rows.

use std::borrow::Cow;

use crate::fault::Fault;
use crate::identity::{IdentityRow, Kind};

/// Characters of the longest filter that is read.
pub const MAX_FILTER_CHARACTERS: usize = 8192;
/// How deep parentheses may go.
pub const MAX_DEPTH: usize = 32;
/// Comparisons, and what joins and negates them, that a filter may have (account SCIM API reference, "Limits").
pub const MAX_NODES: usize = 200;
/// What filters can ask for, in lower case. Each kind of identity has some of it.
const ATTRIBUTES: [&str; 16] = [
    "id",
    "username",
    "applicationid",
    "displayname",
    "externalid",
    "active",
    "emails",
    "emails.value",
    "name.givenname",
    "name.familyname",
    "roles",
    "roles.value",
    "entitlements",
    "entitlements.value",
    "members",
    "members.value",
];

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// Either.
    Or(Box<Filter>, Box<Filter>),
    /// Not.
    Not(Box<Filter>),
    /// The attribute is there.
    Present(String),
    /// The attribute compares with a value.
    Compare(String, Operator, String),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `co`
    Contains,
    /// `sw`
    StartsWith,
    /// `ew`
    EndsWith,
}

impl Operator {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "co" => Self::Contains,
            "sw" => Self::StartsWith,
            "ew" => Self::EndsWith,
            _ => return None,
        })
    }

    /// Text compares without regard to letter case, as the attributes of identities do in SCIM.
    fn holds(self, value: &str, wanted: &str) -> bool {
        let (value, wanted) = (value.to_lowercase(), wanted.to_lowercase());
        match self {
            Self::Equal => value == wanted,
            Self::NotEqual => value != wanted,
            Self::Contains => value.contains(&wanted),
            Self::StartsWith => value.starts_with(&wanted),
            Self::EndsWith => value.ends_with(&wanted),
        }
    }
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// `invalidFilter`, as SCIM calls it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let wrong = || {
            Fault::new("INVALID_FILTER", format!("Given filter operator is not supported: {text}"))
        };
        if text.chars().count() > MAX_FILTER_CHARACTERS {
            return Err(Fault::new("INVALID_FILTER", "The filter is too long."));
        }
        let words = words(text).ok_or_else(wrong)?;
        let mut parser = Parser { words: &words, at: 0 };
        let filter = parser.either(0).ok_or_else(wrong)?;
        if parser.at != words.len() {
            return Err(wrong());
        }
        if filter.nodes() > MAX_NODES {
            let text = format!("A filter has at most {MAX_NODES} nodes.");
            return Err(Fault::new("INVALID_FILTER", text));
        }
        Ok(filter)
    }

    /// Reads the filter of a list, which can ask for what identities have and for nothing else.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn of_list(text: &str) -> Result<Self, Fault> {
        let filter = Self::parse(text)?;
        match filter.unknown() {
            Some(name) => {
                let text = format!("Given filter attribute is not supported: {name}");
                Err(Fault::new("INVALID_FILTER", text))
            }
            None => Ok(filter),
        }
    }

    fn nodes(&self) -> usize {
        1 + match self {
            Self::And(one, other) | Self::Or(one, other) => one.nodes() + other.nodes(),
            Self::Not(inner) => inner.nodes(),
            Self::Present(_) | Self::Compare(..) => 0,
        }
    }

    /// An attribute that no identity has.
    fn unknown(&self) -> Option<&str> {
        match self {
            Self::And(one, other) | Self::Or(one, other) => {
                one.unknown().or_else(|| other.unknown())
            }
            Self::Not(inner) => inner.unknown(),
            Self::Present(name) | Self::Compare(name, ..) => {
                (!is_attribute(name)).then_some(name.as_str())
            }
        }
    }

    /// Whether `row` is meant.
    #[must_use]
    pub fn matches(&self, row: &IdentityRow) -> bool {
        match self {
            Self::And(one, other) => one.matches(row) && other.matches(row),
            Self::Or(one, other) => one.matches(row) || other.matches(row),
            Self::Not(inner) => !inner.matches(row),
            Self::Present(attribute) => !values(row, attribute).is_empty(),
            Self::Compare(attribute, Operator::NotEqual, wanted) => {
                let values = values(row, attribute);
                values.iter().all(|value| Operator::NotEqual.holds(value, wanted))
            }
            Self::Compare(attribute, operator, wanted) => {
                values(row, attribute).iter().any(|value| operator.holds(value, wanted))
            }
        }
    }
}

/// Whether identities have an attribute, whichever kind of them.
#[must_use]
pub fn is_attribute(name: &str) -> bool {
    ATTRIBUTES.contains(&name.to_ascii_lowercase().as_str())
}

/// The values that a row has for an attribute.
#[must_use]
pub fn values<'r>(row: &'r IdentityRow, attribute: &str) -> Vec<Cow<'r, str>> {
    let own = |text: &'r str| vec![Cow::Borrowed(text)];
    let some = |text: Option<&'r String>| {
        text.map(|text| Cow::Borrowed(text.as_str())).into_iter().collect()
    };
    let many = |texts: &'r std::collections::BTreeSet<String>| {
        texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect()
    };
    match attribute.to_ascii_lowercase().as_str() {
        "id" => own(&row.id),
        "username" if row.kind == Kind::User => own(&row.name),
        "applicationid" if row.kind == Kind::ServicePrincipal => own(&row.name),
        "displayname" => own(row.display()),
        "externalid" => some(row.external_id.as_ref()),
        "active" => vec![Cow::Owned(row.active.to_string())],
        "emails" | "emails.value" => {
            row.emails.iter().map(|text| Cow::Borrowed(text.as_str())).collect()
        }
        "name.givenname" => some(row.person.as_ref().and_then(|(given, _)| given.as_ref())),
        "name.familyname" => some(row.person.as_ref().and_then(|(_, family)| family.as_ref())),
        "roles" | "roles.value" => many(&row.roles),
        "entitlements" | "entitlements.value" => many(&row.entitlements),
        "members" | "members.value" => many(&row.members),
        _ => Vec::new(),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Open,
    Close,
    Text(String),
    Quoted(String),
}

/// `None` for a quotation that does not end.
fn words(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..)?;
        rest = match first {
            '(' | ')' => {
                words.push(if first == '(' { Word::Open } else { Word::Close });
                after
            }
            // RFC 7644 has double quotes; clients send single ones, too (terraform-provider-databricks issue 2788).
            '"' | '\'' => {
                let (quoted, after) = quoted(after, first)?;
                words.push(Word::Quoted(quoted));
                after
            }
            _ => {
                let end = rest.find([' ', '(', ')', '"']).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end)?;
                words.push(Word::Text(word.to_owned()));
                after
            }
        }
        .trim_start();
    }
    Some(words)
}

fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            end if end == quote => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

struct Parser<'w> {
    words: &'w [Word],
    at: usize,
}

impl Parser<'_> {
    fn either(&mut self, depth: usize) -> Option<Filter> {
        let mut filter = self.both(depth)?;
        while self.keyword("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.both(depth)?));
        }
        Some(filter)
    }

    fn both(&mut self, depth: usize) -> Option<Filter> {
        let mut filter = self.one(depth)?;
        while self.keyword("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one(depth)?));
        }
        Some(filter)
    }

    fn one(&mut self, depth: usize) -> Option<Filter> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.keyword("not") {
            return Some(Filter::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.words.get(self.at) == Some(&Word::Open) {
            self.at += 1;
            let filter = self.either(depth + 1)?;
            if self.words.get(self.at) != Some(&Word::Close) {
                return None;
            }
            self.at += 1;
            return Some(filter);
        }
        let attribute = self.text()?;
        let operator = self.text()?;
        if operator.eq_ignore_ascii_case("pr") {
            return Some(Filter::Present(attribute));
        }
        let operator = Operator::parse(&operator)?;
        let value = match self.words.get(self.at)? {
            Word::Text(text) | Word::Quoted(text) => text.clone(),
            Word::Open | Word::Close => return None,
        };
        self.at += 1;
        Some(Filter::Compare(attribute, operator, value))
    }

    fn text(&mut self) -> Option<String> {
        let Word::Text(text) = self.words.get(self.at)? else { return None };
        self.at += 1;
        Some(text.clone())
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(
            self.words.get(self.at), Some(Word::Text(text)) if text.eq_ignore_ascii_case(keyword)
        );
        self.at += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann() -> IdentityRow {
        let mut row = IdentityRow::new("1".into(), Kind::User, "42".into(), "ann@example.com");
        row.display_name = Some("Ann (data) \"A\"".into());
        row.entitlements.insert("workspace-access".into());
        row
    }

    #[test]
    fn filters_hold_or_do_not() {
        for (filter, holds) in [
            (r#"userName eq "ANN@example.com""#, true),
            (r#"username EQ "ann@example.co""#, false),
            (r#"displayName co "data""#, true),
            (r#"displayName eq "Ann (data) \"A\"""#, true),
            (r#"displayName sw "Ann" and id eq "42""#, true),
            (r#"id eq "1" or (active eq true and not externalId pr)"#, true),
            (r#"id ne "42""#, false),
            (r#"externalId ne "x""#, true),
            (r#"entitlements.value eq "workspace-access""#, true),
            (r#"applicationId eq "ann@example.com""#, false),
            (r#"userName ew ".com""#, true),
            ("userName eq 'ann@example.com' and displayName co '\"A\"'", true),
            ("displayName eq 'it\\'s'", false),
        ] {
            assert_eq!(
                Filter::parse(filter).map(|read| read.matches(&ann())),
                Ok(holds),
                "{filter}"
            );
        }
    }

    #[test]
    fn lists_ask_for_what_there_is() {
        let check = |filter: &str, unknown: Option<&str>| {
            let told =
                unknown.map(|name| format!("Given filter attribute is not supported: {name}"));
            assert_eq!(Filter::of_list(filter).err().map(|fault| fault.message), told, "{filter}");
        };
        check(r#"USERNAME eq "a" and not (emails.value co "b" or members pr)"#, None);
        check(r#"userName eq "a" or nickName eq "b""#, Some("nickName"));
        check("not groups pr", Some("groups"));
    }

    #[test]
    fn what_is_no_filter() {
        let deep = format!("{}id pr{}", "(".repeat(MAX_DEPTH + 1), ")".repeat(MAX_DEPTH + 1));
        let long = format!("id eq \"{}\"", "x".repeat(MAX_FILTER_CHARACTERS));
        for filter in [
            "",
            "userName",
            "userName eq",
            r#"userName eq "a"#,
            r#"userName eq 'a""#,
            r#"userName like "a""#,
            "(id pr",
            "id pr)",
            r#"id eq "1" id eq "2""#,
            "\"id\" eq 1",
            &deep,
            &long,
        ] {
            let code = Filter::parse(filter).map_err(|fault| fault.code);
            assert_eq!(code, Err("INVALID_FILTER"), "{filter}");
        }
        let nested = format!("{}id pr{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
        assert!(Filter::parse(&nested).is_ok());
        // Comparisons and the words between them.
        let joined = |comparisons: usize| vec!["id pr"; comparisons].join(" or ");
        let many = |words: &str| Filter::parse(&format!("{words} {}", joined(MAX_NODES / 2)));
        assert!(many("not").is_ok());
        assert_eq!(many("not not").map_err(|fault| fault.code), Err("INVALID_FILTER"));
    }
}
