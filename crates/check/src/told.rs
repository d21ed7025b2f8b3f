//! Findings as they are told: once for all instances of a block, and without what was made up to find them.

use crate::finding::Finding;
use crate::resolve::SOME_ACCOUNT;

/// What stands in texts for an account that nothing names.
const ACCOUNT: &str = "ACCOUNT";

/// One finding for all that say the same of instances of one block.
pub(crate) fn folded(found: Vec<Finding>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    let mut more = 0_usize;
    for finding in found {
        if out.last().is_some_and(|last| says_the_same(last, &finding)) {
            more += 1;
            continue;
        }
        note(&mut out, more);
        more = 0;
        out.push(finding);
    }
    note(&mut out, more);
    out
}

fn note(out: &mut [Finding], more: usize) {
    if let Some(last) = out.last_mut().filter(|_| more > 0) {
        let instances = if more == 1 { "instance" } else { "instances" };
        last.reasons.push(format!("the same holds for {more} more {instances} of this block"));
    }
}

/// The same rule at the same place, in the same words but for names.
fn says_the_same(one: &Finding, other: &Finding) -> bool {
    one.rule.id == other.rule.id
        && one.severity == other.severity
        && one.place == other.place
        && words(&one.message) == words(&other.message)
}

/// A message without what is in backticks.
fn words(message: &str) -> Vec<&str> {
    message.split('`').step_by(2).collect()
}

/// Takes the account out that the engine was asked with. A change that would write it is none.
pub(crate) fn without_account(finding: &mut Finding) {
    replace(&mut finding.message);
    finding.label.iter_mut().for_each(replace);
    finding.reasons.iter_mut().for_each(replace);
    finding.chain.iter_mut().for_each(|step| replace(&mut step.what));
    if let Some(fix) = &mut finding.fix {
        replace(&mut fix.text);
        fix.code.iter_mut().for_each(replace);
        fix.edits.retain(|edit| !edit.text.contains(SOME_ACCOUNT));
    }
}

fn replace(text: &mut String) {
    if text.contains(SOME_ACCOUNT) {
        *text = text.replace(SOME_ACCOUNT, ACCOUNT);
    }
}
