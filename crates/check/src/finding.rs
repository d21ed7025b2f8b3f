//! What a rule found, as plain data.

use template::Place;

use crate::rule::Rule;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Likely to fail, or dangerous.
    Warning,
    /// Fails for certain.
    Error,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in lower case, names in backticks.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to say right at that place.
    pub label: Option<String>,
    /// Why, sentence by sentence.
    pub reasons: Vec<String>,
    /// The way from resource to resource that leads here.
    pub chain: Vec<Step>,
    /// What to do about it.
    pub fix: Option<Fix>,
}

/// One resource on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is to the next one.
    pub what: String,
    /// Where.
    pub place: Place,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// In words.
    pub text: String,
    /// What to write, in the language of the file.
    pub code: Option<String>,
    /// Changes of files, if they are certain to be right.
    pub edits: Vec<Edit>,
}

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub place: Place,
    /// By what.
    pub text: String,
}

impl Severity {
    /// `note`, `warning` or `error`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Finding {
    /// A finding without reasons, chain and fix.
    #[must_use]
    pub fn new(rule: &'static Rule, severity: Severity, place: Place, message: String) -> Self {
        Self {
            rule,
            severity,
            message,
            place,
            label: None,
            reasons: Vec::new(),
            chain: Vec::new(),
            fix: None,
        }
    }

    /// The same with a word at its place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The same with one more reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reasons.push(reason.into());
        self
    }

    /// The same with one more resource on the way.
    #[must_use]
    pub fn step(mut self, what: impl Into<String>, place: Place) -> Self {
        self.chain.push(Step { what: what.into(), place });
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn advise(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { text: text.into(), code: None, edits: Vec::new() });
        self
    }

    /// The same with advice and what to write.
    #[must_use]
    pub fn write(mut self, text: impl Into<String>, code: impl Into<String>) -> Self {
        self.fix = Some(Fix { text: text.into(), code: Some(code.into()), edits: Vec::new() });
        self
    }

    /// The same with a change of a file that is certain.
    #[must_use]
    pub fn edit(mut self, place: Place, text: impl Into<String>) -> Self {
        if let Some(fix) = &mut self.fix {
            fix.edits.push(Edit { place, text: text.into() });
        }
        self
    }
}
