//! The rules.

use crate::finding::{Finding, Severity};
use crate::rules;
use crate::world::World;

/// One thing that is looked for.
#[derive(Debug)]
pub struct Rule {
    /// `IP001`
    pub id: &'static str,
    /// A name in kebab case.
    pub name: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// The worst that it reports.
    pub severity: Severity,
    /// What it looks for and when it is an error, a warning or nothing.
    pub what: &'static str,
    /// Why that fails.
    pub why: &'static str,
    /// What one reads otherwise: the error text of the real service.
    pub error: &'static str,
    /// Terraform code that fails.
    pub failing: &'static str,
    /// The same code, mended.
    pub passing: &'static str,
    /// Who says so.
    pub references: &'static [&'static str],
    /// What in rolecall itself shows that a finding is right.
    pub oracle: Oracle,
    /// Languages that it cannot be seen in, and why.
    pub unseen_in: &'static [(Language, &'static str)],
    pub(crate) check: fn(&World<'_>, &mut Vec<Finding>),
}

/// What code is written in, beside Terraform's own language, in which every rule is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `terraform show -json`
    Plan,
    /// Templates in YAML or JSON.
    CloudFormation,
}

/// What in rolecall itself shows that a finding is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oracle {
    /// Applying the code is refused.
    ApplyRefused,
    /// Applying the code is refused under `--propagation seed:N` for some N.
    ApplyRefusedWhilePropagating,
    /// What is applied cannot do what it is for: the request that is refused.
    RequestRefused(&'static str),
    /// Nothing is refused: the finding is about safety or about later.
    None(&'static str),
}

impl Rule {
    /// Why it is not seen in a language, if it is not.
    #[must_use]
    pub fn is_unseen_in(&self, language: Language) -> Option<&'static str> {
        self.unseen_in.iter().find(|(it, _)| *it == language).map(|(_, why)| *why)
    }
}

impl Language {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Plan, Self::CloudFormation];

    /// In words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Plan => "plans",
            Self::CloudFormation => "CloudFormation",
        }
    }
}

/// Every rule, in the order of their ids.
pub static RULES: &[&Rule] = &[
    &rules::ip000::RULE,
    &rules::ip001::RULE,
    &rules::ip002::RULE,
    &rules::ip003::RULE,
    &rules::ip004::RULE,
    &rules::ip005::RULE,
    &rules::ip006::RULE,
    &rules::ip007::RULE,
    &rules::ip008::RULE,
    &rules::ip009::RULE,
    &rules::ip010::RULE,
    &rules::ip011::RULE,
    &rules::ip012::RULE,
    &rules::ip013::RULE,
    &rules::ip014::RULE,
    &rules::ip015::RULE,
    &rules::ip101::RULE,
    &rules::ip102::RULE,
    &rules::ip103::RULE,
    &rules::ip104::RULE,
    &rules::ip105::RULE,
];

/// The rule with this id or name, in any letter case.
#[must_use]
pub fn find(text: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.id.eq_ignore_ascii_case(text) || rule.name.eq_ignore_ascii_case(text))
}

impl Oracle {
    /// In words.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::ApplyRefused => "`terraform apply` against rolecall is refused".to_owned(),
            Self::ApplyRefusedWhilePropagating => {
                "`terraform apply` against `rolecall serve --propagation seed:N` is refused for some N".to_owned()
            }
            Self::RequestRefused(request) => format!("after applying, rolecall refuses {request}"),
            Self::None(why) => format!("none: {why}"),
        }
    }
}
