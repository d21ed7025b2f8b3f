//! A policy document as it was written: elements in their order, each with its place.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::json;
use crate::kind::PolicyKind;
use crate::operator::Operator;
use crate::parse;
use crate::span::{Position, Span, Spanned};

/// The most that is said about one document. To find the line of each costs a walk through the text.
pub const MAX_DIAGNOSTICS: usize = 100;

/// A policy document. Its text is kept byte for byte.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) kind: PolicyKind,
    pub(crate) text: Arc<str>,
    pub(crate) version: Version,
    pub(crate) id: Option<Spanned<Box<str>>>,
    pub(crate) statements: Vec<Statement>,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Version {
    /// `2008-10-17`, also when nothing is said: `${…}` is plain text.
    #[default]
    V2008,
    /// `2012-10-17`: with policy variables.
    V2012,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The whole object.
    pub span: Span,
    /// `Sid`
    pub sid: Option<Spanned<Box<str>>>,
    /// `Effect`
    pub effect: Spanned<Effect>,
    /// `Principal` or `NotPrincipal`
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`
    pub action: PatternElement,
    /// `Resource` or `NotResource`
    pub resource: Option<PatternElement>,
    /// `Condition`, one entry for each operator and key, in order.
    pub conditions: Vec<ConditionElement>,
}

/// `Allow` or `Deny`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// `Action`, `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq)]
pub struct PatternElement {
    /// The `Not…` form.
    pub negated: bool,
    /// The element's value, brackets included.
    pub span: Span,
    /// What it lists.
    pub patterns: Vec<Spanned<Box<str>>>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalElement {
    /// `NotPrincipal`
    pub negated: bool,
    /// The element's value.
    pub span: Span,
    /// Where it says `"*"` instead of naming kinds.
    pub everyone: Option<Span>,
    /// `"AWS": …`, `"Service": …`, …
    pub entries: Vec<PrincipalEntry>,
}

/// One kind of principal with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalEntry {
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`
    pub kind: Spanned<Box<str>>,
    /// The principals.
    pub values: Vec<Spanned<Box<str>>>,
}

/// One operator and key of a `Condition` block.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionElement {
    /// The operator, as written.
    pub operator_name: Spanned<Box<str>>,
    /// The operator.
    pub operator: Operator,
    /// The condition key, as written.
    pub key: Spanned<Box<str>>,
    /// The values, numbers and booleans as they were written.
    pub values: Vec<Spanned<Box<str>>>,
}

impl Policy {
    /// Reads a policy of `kind`.
    ///
    /// This is about the grammar alone: whether IAM would store the document is [`crate::accept`]'s
    /// to say, and whether it means what its author thinks, [`crate::lint`]'s.
    ///
    /// # Errors
    /// What keeps the document from being a policy of this kind, in the order in which it is read:
    /// at least one and at most [`MAX_DIAGNOSTICS`] errors.
    pub fn parse(bytes: &[u8], kind: PolicyKind) -> Result<Self, Vec<Diagnostic>> {
        parse::policy(bytes, kind)
    }

    /// The kind that the policy was read as.
    #[must_use]
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// The document, byte for byte.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `Version`
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// `Id`
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_ref().map(|id| &*id.value)
    }

    /// The statements.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Line and column of a byte of the document.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        Position::of(&self.text, offset as usize)
    }

    /// The same policy as compact JSON, elements in AWS's usual order. Reading it again gives the
    /// same policy, places aside.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"Version\":");
        json::write_string(&mut out, self.version.as_str());
        if let Some(id) = self.id() {
            out.push_str(",\"Id\":");
            json::write_string(&mut out, id);
        }
        out.push_str(",\"Statement\":[");
        for (index, statement) in self.statements.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            statement.write(&mut out);
        }
        out.push_str("]}");
        out
    }

    /// Whether two policies say the same, wherever their elements stand.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

impl Version {
    /// The date that the document states.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }

    /// Whether `${…}` stands for a value.
    #[must_use]
    pub fn has_variables(self) -> bool {
        self == Self::V2012
    }
}

impl Effect {
    /// `Allow` or `Deny`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl Statement {
    /// The `Sid`, if there is one that is not empty.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_ref().map(|sid| &*sid.value).filter(|sid| !sid.is_empty())
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        if let Some(sid) = &self.sid {
            out.push_str("\"Sid\":");
            json::write_string(out, &sid.value);
            out.push(',');
        }
        out.push_str("\"Effect\":");
        json::write_string(out, self.effect.value.as_str());
        if let Some(principal) = &self.principal {
            principal.write(out);
        }
        self.action.write(out, "Action");
        if let Some(resource) = &self.resource {
            resource.write(out, "Resource");
        }
        if !self.conditions.is_empty() {
            out.push_str(",\"Condition\":");
            write_conditions(out, &self.conditions);
        }
        out.push('}');
    }
}

impl PatternElement {
    fn write(&self, out: &mut String, name: &str) {
        out.push_str(if self.negated { ",\"Not" } else { ",\"" });
        out.push_str(name);
        out.push_str("\":");
        write_list(out, &self.patterns);
    }
}

impl PrincipalElement {
    fn write(&self, out: &mut String) {
        out.push_str(if self.negated { ",\"NotPrincipal\":" } else { ",\"Principal\":" });
        if self.everyone.is_some() {
            out.push_str("\"*\"");
            return;
        }
        out.push('{');
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            json::write_string(out, &entry.kind.value);
            out.push(':');
            write_list(out, &entry.values);
        }
        out.push('}');
    }
}

/// Operators in the order of their first occurrence; an operator's keys belong to one object.
fn write_conditions(out: &mut String, conditions: &[ConditionElement]) {
    out.push('{');
    let mut previous: Option<&str> = None;
    for condition in conditions {
        let name = &*condition.operator_name.value;
        if previous == Some(name) {
            out.push(',');
        } else {
            out.push_str(if previous.is_some() { "}," } else { "" });
            json::write_string(out, name);
            out.push_str(":{");
            previous = Some(name);
        }
        json::write_string(out, &condition.key.value);
        out.push(':');
        write_list(out, &condition.values);
    }
    out.push_str("}}");
}

fn write_list(out: &mut String, values: &[Spanned<Box<str>>]) {
    if let [value] = values {
        return json::write_string(out, &value.value);
    }
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        json::write_string(out, &value.value);
    }
    out.push(']');
}
