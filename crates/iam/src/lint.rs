//! What IAM accepts and yet cannot mean what its author thinks.
//!
//! Every rule is a file of its own under `lint/` that says what it finds, why that matters, and who
//! says so. A finding is an error only if the thing found is certain to have no effect (or to be
//! refused by the service that the policy is for); what depends on AWS's tables of actions, which
//! lag behind and have gaps, is a warning.

mod action_without_resource;
mod allow_not_principal;
mod arn_part;
mod arn_place;
mod condition_key;
mod duplicate_sid;
mod empty_list;
mod for_all_values;
mod key_of_other_action;
mod key_of_other_resource;
mod missing_principal;
mod missing_set_operator;
mod no_resource_level;
mod null_modifier;
mod open_trust;
mod operator_type;
mod pass_role;
mod patience;
mod pattern_without_action;
mod private_source_ip;
mod redundant_pattern;
mod resource_control;
mod resource_without_action;
mod set_operator_on_single;
mod short_arn;
mod statement;
mod subject;
#[cfg(test)]
mod tests;
mod trust_action;
mod unknown_action;
mod unknown_service;
mod unknown_variable;
mod unreadable_value;
mod variable;
mod variable_form;
mod variable_place;
mod variable_version;
mod version;
mod wildcard_in_equals;

use crate::diagnostic::Diagnostic;
use crate::policy::Policy;
use subject::Subject;

/// One thing that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its stable name in kebab case: [`Diagnostic::code`].
    pub code: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Where AWS says that this matters.
    pub source: &'static str,
    check: fn(&Subject<'_>, &mut Vec<Diagnostic>),
}

/// Every rule, in the order of their names.
pub static RULES: [Rule; 34] = [
    action_without_resource::RULE,
    allow_not_principal::RULE,
    arn_part::RULE,
    arn_place::RULE,
    duplicate_sid::RULE,
    empty_list::RULE,
    for_all_values::RULE,
    key_of_other_action::RULE,
    key_of_other_resource::RULE,
    missing_principal::RULE,
    missing_set_operator::RULE,
    version::RULE,
    no_resource_level::RULE,
    null_modifier::RULE,
    open_trust::RULE,
    operator_type::RULE,
    pass_role::RULE,
    pattern_without_action::RULE,
    private_source_ip::RULE,
    redundant_pattern::RULE,
    resource_control::RULE,
    resource_without_action::RULE,
    set_operator_on_single::RULE,
    short_arn::RULE,
    trust_action::RULE,
    unknown_action::RULE,
    condition_key::RULE,
    unknown_service::RULE,
    unknown_variable::RULE,
    unreadable_value::RULE,
    variable_form::RULE,
    variable_version::RULE,
    variable_place::RULE,
    wildcard_in_equals::RULE,
];

/// Looks for all that the rules know, in the order of the document.
#[must_use]
pub fn check(policy: &Policy) -> Vec<Diagnostic> {
    let subject = Subject::new(policy);
    let mut found = Vec::new();
    for rule in &RULES {
        (rule.check)(&subject, &mut found);
    }
    found.sort_by_key(|finding| (finding.span.start, finding.span.end, finding.code));
    found
}

/// The rule of this name.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}
