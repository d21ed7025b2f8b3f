//! A form's parameters seen as the tree that their dotted names spell.

use super::{Form, Parameter};
use crate::decode::{Context, Entry, Error, Scalar, Source, Step};
use crate::path::Segment;
use crate::problem::{IndexProblem, Kind, Problem};

/// Digits of the largest list index; AWS answers more with `Index … is illegal`.
const MAX_INDEX_DIGITS: usize = 9;
/// Numbers that an awsQuery list may leave out before AWS calls it excessively sparse.
const MAX_INDICES_SKIPPED: u32 = 10;

/// How names spell lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `Tags.member.1`, maps `X.entry.1.key`.
    Query,
    /// `Tag.1`.
    Ec2,
}

/// All parameters at or below one name.
#[derive(Clone, Copy)]
pub(crate) struct Node<'de> {
    parameters: &'de [Parameter<'de>],
    /// Where in their names the part below this node starts: past the dot.
    start: usize,
    style: Style,
}

impl<'de> Node<'de> {
    /// The request as a whole.
    pub(crate) fn root(form: &'de Form<'de>, style: Style) -> Self {
        Self { parameters: form.parameters(), start: 0, style }
    }

    /// The node's own value, the first if there are several, and the parameters below it.
    fn value_and_members(self) -> (Option<&'de str>, &'de [Parameter<'de>]) {
        let own = |parameter: &Parameter<'de>| parameter.name.len() + 1 == self.start;
        let count = self.parameters.iter().take_while(|parameter| own(parameter)).count();
        let first = self.parameters.first().filter(|_| count > 0);
        let value = first.map(|first| first.value.as_ref());
        (value, self.parameters.get(count..).unwrap_or_default())
    }

    fn members(self) -> Members<'de> {
        let (_, parameters) = self.value_and_members();
        Members { parameters, start: self.start, style: self.style }
    }

    /// The members of a list in the order of their numbers; `name` is that of the list's part that
    /// holds the numbers, `member` or `entry`, if the style has one.
    fn numbered(
        self,
        name: Option<&str>,
        context: &mut Context<'de>,
    ) -> Result<Vec<(u32, Self)>, Error> {
        let list = match (self.value_and_members(), name) {
            ((Some(""), []), _) => return Ok(Vec::new()),
            ((Some(_), []), _) => {
                let (wanted, found) = (Kind::List, Kind::Text);
                return Err(context.error(Problem::WrongKind { wanted, found }));
            }
            ((Some(_), _), _) => return Err(context.error(Problem::ValueAndMembers)),
            ((None, _), None) => Some(self),
            ((None, _), Some(name)) => self.only(name, context)?,
        };
        let Some(list) = list else {
            return Ok(Vec::new());
        };
        let mut items = Vec::new();
        for (text, node) in list.members() {
            let number = index(text).map_err(|problem| context.error(Problem::Index(problem)))?;
            items.push((number, node));
        }
        if !items.is_sorted_by_key(|(number, _)| *number) {
            items.sort_unstable_by_key(|(number, _)| *number);
        }
        if self.style == Style::Query {
            check_gaps(items.iter().map(|(number, _)| *number), context)?;
        }
        Ok(items)
    }

    /// The member of this name, which a list in a form has alone.
    fn only(self, name: &str, context: &mut Context<'de>) -> Result<Option<Self>, Error> {
        let mut found = None;
        for (member, node) in self.members() {
            if member == name {
                let (value, members) = node.value_and_members();
                if value.is_some() || members.is_empty() {
                    let problem = IndexProblem::NotANumber(String::new());
                    return Err(context.error(Problem::Index(problem)));
                }
                found = Some(node);
            } else if member.parse::<u32>().is_ok() {
                let problem = if context.depth() == 1 {
                    IndexProblem::TopLevelList
                } else {
                    IndexProblem::NotANumber(member.to_owned())
                };
                return Err(context.error(Problem::Index(problem)));
            } else {
                context.note_unknown(member);
            }
        }
        Ok(found)
    }
}

impl<'de> Source<'de> for Node<'de> {
    type Fields = Members<'de>;

    fn scalar(self) -> Result<Scalar<'de>, Problem> {
        match self.value_and_members() {
            (Some(value), []) => Ok(Scalar::Lexical(value)),
            (Some(_), _) => Err(Problem::ValueAndMembers),
            (None, _) => Err(Problem::WrongKind { wanted: Kind::Text, found: Kind::Structure }),
        }
    }

    fn fields(self) -> Result<Members<'de>, Problem> {
        match self.value_and_members() {
            (None, _) => Ok(self.members()),
            (Some(_), []) => Err(Problem::WrongKind { wanted: Kind::Structure, found: Kind::Text }),
            (Some(_), _) => Err(Problem::ValueAndMembers),
        }
    }

    fn items(self, context: &mut Context<'de>) -> Result<Vec<(u32, Self)>, Error> {
        let name = (self.style == Style::Query).then_some("member");
        self.numbered(name, context)
    }

    fn entries(self, context: &mut Context<'de>) -> Result<Vec<Entry<'de, Self>>, Error> {
        let name = (self.style == Style::Query).then_some("entry");
        let mut entries = Vec::new();
        for (number, entry) in self.numbered(name, context)? {
            let mut key = None;
            let mut value = None;
            for (name, node) in entry.members() {
                match name {
                    "key" => key = node.value_and_members().0,
                    "value" => value = Some(node),
                    unknown => {
                        context.enter(Step::Entry(number));
                        context.note_unknown(unknown);
                        context.leave();
                    }
                }
            }
            entries.push(Entry { place: Segment::Entry(number), key, value });
        }
        Ok(entries)
    }

    fn is_null(self) -> bool {
        false
    }

    fn describe(self) -> Kind {
        match self.value_and_members() {
            (Some(_), []) => Kind::Text,
            _ => Kind::Structure,
        }
    }
}

/// The members of a node by name.
pub(crate) struct Members<'de> {
    parameters: &'de [Parameter<'de>],
    start: usize,
    style: Style,
}

impl<'de> Iterator for Members<'de> {
    type Item = (&'de str, Node<'de>);

    fn next(&mut self) -> Option<Self::Item> {
        let first: &'de str = self.parameters.first()?.name.as_ref();
        let segment = first.get(self.start..)?.split('.').next()?;
        let end = self.start + segment.len();
        let prefix = first.get(..end)?;
        let below = |name: &str| {
            name.starts_with(prefix) && matches!(name.as_bytes().get(end), None | Some(b'.'))
        };
        let count = self.parameters.iter().take_while(|other| below(&other.name)).count();
        let (group, rest) = self.parameters.split_at_checked(count)?;
        self.parameters = rest;
        Some((segment, Node { parameters: group, start: end + 1, style: self.style }))
    }
}

/// A list's number, as AWS takes it: decimal, from 1, without leading zeros.
fn index(text: &str) -> Result<u32, IndexProblem> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IndexProblem::NotANumber(text.to_owned()));
    }
    if text == "0" {
        return Err(IndexProblem::Zero);
    }
    // SES takes `01` in a list of structures and refuses it in a list of texts; no client sends it.
    if text.starts_with('0') {
        return Err(IndexProblem::LeadingZero(text.to_owned()));
    }
    match text.parse() {
        Ok(number) if text.len() <= MAX_INDEX_DIGITS => Ok(number),
        _ => Err(IndexProblem::TooLarge(text.to_owned())),
    }
}

/// awsQuery services fill gaps with members that are absent; past [`MAX_INDICES_SKIPPED`] they refuse
/// the list itself (SES, live probes reported in github.com/floci-io/floci). SES's check of the list
/// then refuses the absent member; that IAM and STS do so in these words is unverified. EC2 takes lists
/// with gaps (unverified).
fn check_gaps(numbers: impl Iterator<Item = u32>, context: &Context<'_>) -> Result<(), Error> {
    let mut previous = 0;
    let mut first_gap = None;
    for number in numbers {
        let skipped = number.saturating_sub(u32::max(previous, 1));
        if skipped > MAX_INDICES_SKIPPED {
            return Err(context.error(Problem::Index(IndexProblem::TooSparse { skipped })));
        }
        if number > previous + 1 {
            first_gap = first_gap.or(Some(previous + 1));
        }
        previous = number;
    }
    match first_gap {
        Some(number) => Err(context.error_below(Segment::Item(number), Problem::Missing)),
        None => Ok(()),
    }
}
