//! What a person is told: errors and warnings, each with the place in the configuration that it is about.

use crate::protocol as p;

/// An error or a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub is_error: bool,
    /// In one line.
    pub summary: String,
    /// Why, and what to do next.
    pub detail: String,
    /// The attribute or block, from the outside in.
    pub path: Vec<String>,
}

/// What a call has found so far.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { is_error: true, summary: summary.into(), detail: detail.into(), path: Vec::new() }
    }

    /// A warning.
    #[must_use]
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { is_error: false, ..Self::error(summary, detail) }
    }

    /// About an attribute.
    #[must_use]
    pub fn at(mut self, attribute: &str) -> Self {
        self.path.push(attribute.to_owned());
        self
    }

    fn wire(self) -> p::Diagnostic {
        let severity = if self.is_error { p::Severity::Error } else { p::Severity::Warning };
        let steps = self.path.into_iter().map(step);
        let attribute = p::AttributePath { steps: steps.collect() };
        p::Diagnostic {
            severity: severity as i32,
            summary: self.summary,
            detail: self.detail,
            attribute: (!attribute.steps.is_empty()).then_some(attribute),
        }
    }
}

/// A step to an attribute or, if it is a number, to a list's element.
#[must_use]
pub fn step(name: String) -> p::Step {
    let selector = match name.parse() {
        Ok(index) => p::Selector::ElementKeyInt(index),
        Err(_) => p::Selector::AttributeName(name),
    };
    p::Step { selector: Some(selector) }
}

impl Diagnostics {
    /// Adds one.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds an error about an attribute.
    pub fn error_at(
        &mut self,
        attribute: &str,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.add(Diagnostic::error(summary, detail).at(attribute));
    }

    /// Whether anything stops the run.
    #[must_use]
    pub fn has_error(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.is_error)
    }

    /// What was found.
    #[must_use]
    pub fn all(&self) -> &[Diagnostic] {
        &self.found
    }

    /// As Terraform is told.
    #[must_use]
    pub fn wire(self) -> Vec<p::Diagnostic> {
        self.found.into_iter().map(Diagnostic::wire).collect()
    }
}
