//! Constraints on parameters, refused with AWS's `ValidationError` sentence.
//!
//! `1 validation error detected: Value 'x' at 'roleName' failed to satisfy constraint: Member must …`;
//! several failures are counted and joined by `; `.

use std::fmt;

use crate::fault::Fault;

/// What a value must satisfy.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// At least this many characters.
    MinLength(usize),
    /// At most this many characters.
    MaxLength(usize),
    /// At least this number.
    AtLeast(i64),
    /// At most this number.
    AtMost(i64),
    /// Only characters that a class of the API model allows: its pattern, and the class.
    Pattern(&'static str, fn(&str) -> bool),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// What the members of a list must satisfy, which AWS says of the list as a whole.
    Members(&'static str, fn(&str) -> bool),
}

/// The failures of one request.
#[derive(Debug, Default)]
pub struct Constraints {
    failures: Vec<String>,
    /// What the service says in a sentence of its own, once the constraints are met.
    said: Option<Fault>,
}

impl Check {
    fn accepts(self, value: &str) -> bool {
        let length = || value.chars().count();
        match self {
            Self::MinLength(least) => length() >= least,
            Self::MaxLength(most) => length() <= most,
            Self::Pattern(_, matches) | Self::Members(_, matches) => matches(value),
            Self::OneOf(words) => words.contains(&value),
            Self::AtLeast(least) => value.parse().is_ok_and(|number: i64| number >= least),
            Self::AtMost(most) => value.parse().is_ok_and(|number: i64| number <= most),
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinLength(least) => {
                write!(formatter, "Member must have length greater than or equal to {least}")
            }
            Self::MaxLength(most) => {
                write!(formatter, "Member must have length less than or equal to {most}")
            }
            Self::AtLeast(least) => {
                write!(formatter, "Member must have value greater than or equal to {least}")
            }
            Self::AtMost(most) => {
                write!(formatter, "Member must have value less than or equal to {most}")
            }
            Self::Pattern(pattern, _) => {
                write!(formatter, "Member must satisfy regular expression pattern: {pattern}")
            }
            Self::OneOf(words) => {
                write!(formatter, "Member must satisfy enum value set: [{}]", words.join(", "))
            }
            Self::Members(each, _) => {
                write!(formatter, "Member must satisfy constraint: [{each}]")
            }
        }
    }
}

impl Constraints {
    /// No failure yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Holds `value` against `checks`; a failure shows the value.
    pub fn text(&mut self, parameter: &str, value: &str, checks: &[Check]) -> &mut Self {
        for check in checks.iter().filter(|check| !check.accepts(value)) {
            self.failures.push(format!(
                "Value '{value}' at '{parameter}' failed to satisfy constraint: {check}"
            ));
        }
        self
    }

    /// As [`Self::text`], if there is a value.
    pub fn optional(
        &mut self,
        parameter: &str,
        value: Option<&str>,
        checks: &[Check],
    ) -> &mut Self {
        value.into_iter().for_each(|value| {
            self.text(parameter, value, checks);
        });
        self
    }

    /// Holds a number against `checks`.
    pub fn number(&mut self, parameter: &str, value: Option<i64>, checks: &[Check]) -> &mut Self {
        let text = value.map(|value| value.to_string());
        self.optional(parameter, text.as_deref(), checks)
    }

    /// Holds a value against a check whose failure does not show the value: documents, tags.
    pub fn hidden(&mut self, parameter: &str, value: &str, check: Check) -> &mut Self {
        if !check.accepts(value) {
            self.fail_unshown(parameter, check);
        }
        self
    }

    /// Holds every item of a list against a check; the list fails once, without a value.
    pub fn members(&mut self, parameter: &str, values: &[String], check: Check) -> &mut Self {
        if !values.iter().all(|value| check.accepts(value)) {
            self.fail_unshown(parameter, check);
        }
        self
    }

    /// As [`Self::hidden`] for several checks, if there is a value.
    pub fn optional_hidden(
        &mut self,
        parameter: &str,
        value: Option<&str>,
        checks: &[Check],
    ) -> &mut Self {
        if let Some(value) = value {
            for check in checks {
                self.hidden(parameter, value, *check);
            }
        }
        self
    }

    /// Notes a failure without a value.
    pub fn fail_unshown(&mut self, parameter: &str, check: Check) {
        self.failures.push(format!("Value at '{parameter}' failed to satisfy constraint: {check}"));
    }

    /// Refuses a value in a sentence of the service's own, which is said only if all constraints are met;
    /// the first such sentence counts.
    pub fn refuse(&mut self, sentence: impl Into<String>) {
        self.said.get_or_insert_with(|| Fault::new("ValidationError", sentence));
    }

    /// The verdict.
    ///
    /// # Errors
    /// `ValidationError` with all failures in AWS's sentence.
    pub fn finish(&self) -> Result<(), Fault> {
        if self.failures.is_empty() {
            return self.said.clone().map_or(Ok(()), Err);
        }
        let count = self.failures.len();
        let noun = if count == 1 { "error" } else { "errors" };
        let text = format!("{count} validation {noun} detected: {}", self.failures.join("; "));
        Err(Fault::new("ValidationError", text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let mut constraints = Constraints::new();
        constraints.text(
            "roleName",
            "a b",
            &[Check::Pattern("[\\w+=,.@-]+", |text| !text.contains(' '))],
        );
        assert_eq!(
            constraints.finish().unwrap_err().message,
            "1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\w+=,.@-]+"
        );
        constraints.hidden("policyDocument", "", Check::MinLength(1));
        constraints.number("maxItems", Some(0), &[Check::AtLeast(1), Check::AtMost(1000)]);
        let message = constraints.finish().unwrap_err().message;
        assert!(message.starts_with("3 validation errors detected: "), "{message}");
        assert!(message.ends_with(
            "; Value at 'policyDocument' failed to satisfy constraint: Member must have length greater \
             than or equal to 1; Value '0' at 'maxItems' failed to satisfy constraint: Member must have \
             value greater than or equal to 1"
        ), "{message}");
    }

    #[test]
    fn the_services_own_sentences_come_last() {
        let mut constraints = Constraints::new();
        constraints.refuse("first");
        constraints.refuse("second");
        assert_eq!(constraints.finish(), Err(Fault::new("ValidationError", "first")));
        constraints.hidden("status", "On", Check::OneOf(&["Active", "Inactive"]));
        assert_eq!(
            constraints.finish().unwrap_err().message,
            "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must \
             satisfy enum value set: [Active, Inactive]"
        );
    }
}
