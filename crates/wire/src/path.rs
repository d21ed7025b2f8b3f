//! Where in a request something is.

use std::fmt;

/// One step down into a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// A named member of a structure.
    Field(String),
    /// A member of a list, counted from 1 (or as the client numbered it).
    Item(u32),
    /// An entry of a map in a form, counted from 1; its key and value are fields below it.
    Entry(u32),
}

/// How a protocol spells a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// `Tags.member.1.Key`, `Attributes.entry.1.value`.
    Query,
    /// `Tag.1.Key`.
    Ec2,
    /// `Tags[0].Key`; also for XML documents.
    Document,
}

/// Where in a request something is: the steps from its top, and how its protocol spells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// How [`fmt::Display`] writes it.
    pub spelling: Spelling,
    /// The steps; none is the request as a whole.
    pub segments: Vec<Segment>,
}

impl Path {
    /// The name by which AWS's validation messages call it: `tags.1.member.key` for what awsQuery
    /// spells `Tags.member.1.Key` (recorded answers of IAM). For an entry of a map nothing is known;
    /// it is written as a list's member would be (unverified).
    #[must_use]
    pub fn constraint(&self) -> String {
        let mut text = String::new();
        for segment in &self.segments {
            if !text.is_empty() {
                text.push('.');
            }
            match segment {
                Segment::Field(name) => text.push_str(&lower_first(name)),
                Segment::Item(number) | Segment::Entry(number) => {
                    text.push_str(&format!("{number}.member"));
                }
            }
        }
        text
    }

    /// The last step's name, if it is a field.
    #[must_use]
    pub fn last_field(&self) -> Option<&str> {
        match self.segments.last()? {
            Segment::Field(name) => Some(name),
            Segment::Item(_) | Segment::Entry(_) => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments.iter().enumerate() {
            let dot = if position == 0 { "" } else { "." };
            match (segment, self.spelling) {
                (Segment::Field(name), _) => write!(formatter, "{dot}{name}")?,
                (Segment::Item(number), Spelling::Query) => {
                    write!(formatter, "{dot}member.{number}")?;
                }
                (Segment::Item(number) | Segment::Entry(number), Spelling::Ec2) => {
                    write!(formatter, "{dot}{number}")?;
                }
                (Segment::Entry(number), Spelling::Query) => {
                    write!(formatter, "{dot}entry.{number}")?;
                }
                (Segment::Item(number) | Segment::Entry(number), Spelling::Document) => {
                    write!(formatter, "[{}]", number.saturating_sub(1))?;
                }
            }
        }
        Ok(())
    }
}

/// `RoleName` → `roleName`; `SAMLAssertion` → `sAMLAssertion`, as AWS writes that one too.
pub(crate) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let field = |name: &str| Segment::Field(name.to_owned());
        let tag_key = vec![field("Tags"), Segment::Item(1), field("Key")];
        let entry = vec![field("Attributes"), Segment::Entry(2), field("value")];
        for (spelling, segments, shown) in [
            (Spelling::Query, &tag_key, "Tags.member.1.Key"),
            (Spelling::Ec2, &tag_key, "Tags.1.Key"),
            (Spelling::Document, &tag_key, "Tags[0].Key"),
            (Spelling::Query, &entry, "Attributes.entry.2.value"),
            (Spelling::Query, &Vec::new(), ""),
        ] {
            let path = Path { spelling, segments: segments.clone() };
            assert_eq!(path.to_string(), shown);
        }
        let path = Path { spelling: Spelling::Query, segments: tag_key };
        assert_eq!(path.constraint(), "tags.1.member.key");
        assert_eq!(path.last_field(), Some("Key"));
        assert_eq!(lower_first("SAMLAssertion"), "sAMLAssertion");
    }
}
