//! Session tags: passed, and inherited from the session that assumes a role.

use iam::Values;

use crate::caller::Caller;
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::tag::{self, MAX_TAGS, Tag};

/// The code of STS for tags that do not fit together.
const CODE: &str = "InvalidParameterValue";

/// The tags that a session gets.
#[derive(Debug, Clone, Default)]
pub struct SessionTags {
    /// All of them.
    pub tags: Vec<Tag>,
    /// The keys of those that go on when the session assumes a role.
    pub transitive_keys: Vec<String>,
}

/// Checks what is passed, on its own. Texts as recorded from AWS by LocalStack; that for the keys which AWS keeps
/// for itself ("Rules for tagging in IAM and AWS STS", IAM user guide) is IAM's, and unverified here.
///
/// # Errors
/// `ValidationError` or `InvalidParameterValue` with STS's texts.
pub fn check(tags: &[Tag], transitive_keys: &[String]) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    tag::check(tags, &mut constraints);
    if transitive_keys.len() > MAX_TAGS {
        constraints.fail_unshown("transitiveTagKeys", Check::MaxLength(MAX_TAGS));
    }
    constraints.finish()?;
    tag::check_duplicates(tags, CODE)?;
    tag::check_not_reserved(tags).map_err(|fault| Fault::new(CODE, fault.message))?;
    let known = |key: &String| tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(key));
    if transitive_keys.iter().all(known) {
        return Ok(());
    }
    let text = "The specified transitive tag key must be included in the requested tags.";
    Err(Fault::new(CODE, text))
}

/// Joins what is passed with what the calling session hands on: inherited tags stay transitive and
/// cannot be set anew (user guide, "chaining roles with session tags").
///
/// # Errors
/// `InvalidParameterValue` for a tag that is inherited.
pub fn join(
    caller: &Caller,
    tags: &[Tag],
    transitive_keys: &[String],
) -> Result<SessionTags, Fault> {
    let inherited: Vec<Tag> = caller
        .session()
        .into_iter()
        .flat_map(|session| session.transitive_tags())
        .cloned()
        .collect();
    let conflicts =
        |tag: &Tag| inherited.iter().any(|known| known.key.eq_ignore_ascii_case(&tag.key));
    if tags.iter().any(conflicts) {
        let text = "One of the specified transitive tag keys can't be set because it conflicts \
                    with a transitive tag key from the calling session.";
        return Err(Fault::new(CODE, text));
    }
    let keys = inherited.iter().map(|tag| tag.key.clone()).chain(transitive_keys.iter().cloned());
    let transitive_keys = keys.collect();
    Ok(SessionTags {
        tags: inherited.into_iter().chain(tags.iter().cloned()).collect(),
        transitive_keys,
    })
}

impl SessionTags {
    /// The condition keys that tell of the tags. Inherited ones are among them: the trust policies that
    /// EKS's user guide shows for target roles of Pod Identity match them by `aws:RequestTag`.
    #[must_use]
    pub fn describe(&self, mut demand: Demand) -> Demand {
        if !self.transitive_keys.is_empty() {
            let keys = self.transitive_keys.iter().map(String::as_str);
            demand.context.push(("sts:TransitiveTagKeys".to_owned(), Values::many(keys)));
        }
        demand.with_request_tags(&self.tags)
    }
}
