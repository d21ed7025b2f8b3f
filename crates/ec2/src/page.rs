//! Lists of resources: by ids, by filters, page by page.

use std::sync::Arc;

use base64ct::{Base64Url, Encoding};
use cloud::{Ask, Fault};

use crate::filter::{Field, Filter, Filters};
use crate::regional::{self, Regional};

/// The most items of one answer, whatever the client asks for.
pub const MAX_PAGE: usize = 1000;
/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 512;

/// What a request for a list wants.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// These, or all if there are none.
    pub ids: &'a [String],
    /// Those that match.
    pub filters: &'a [Filter],
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last page ended.
    pub next_token: Option<&'a str>,
}

/// The smallest `MaxResults` of most operations.
pub const LEAST: i32 = 5;

/// Part of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What gives the next part.
    pub next_token: Option<String>,
}

/// Checks `MaxResults` against the least that the operation takes. What is above the most is taken as the
/// most (API reference of `DescribeInstances`: "if MaxResults is given a value larger than 1000, only 1000
/// results are returned").
///
/// # Errors
/// `InvalidParameterValue` with EC2's text (github.com/aws/aws-sdk-ruby pull 2575).
pub fn check_max_results(max_results: Option<i32>, least: i32) -> Result<(), Fault> {
    match max_results {
        Some(number) if number < least => {
            let text = format!(
                "Value ( {number} ) for parameter maxResults is invalid. Expecting a value greater than \
                 {least}."
            );
            Err(Fault::new("InvalidParameterValue", text))
        }
        _ => Ok(()),
    }
}

/// Refuses pages of what is named by ids (EC2's API reference, "Query requests", "Pagination"). `parameter` is
/// EC2's name for the ids: `instancesSet`, or `VpcIds` where parameters have their names of today.
///
/// Recorded with `MaxResults` for instances, VPCs, volumes and images (github.com/aws/aws-cli issues 1600 and
/// 1976, and programs that quote EC2), with `NextToken` for subnets (radkawar/stackd,
/// testdata/aws/ec2/pagination.json); the texts of others are unverified.
///
/// # Errors
/// `InvalidParameterCombination`
pub fn check_no_pages(
    parameter: &str,
    ids: &[String],
    max_results: Option<i32>,
    next_token: Option<&str>,
) -> Result<(), Fault> {
    let given = match (max_results, next_token) {
        _ if ids.is_empty() => return Ok(()),
        (Some(_), _) => "MaxResults",
        (None, Some(token)) if !token.is_empty() => "NextToken",
        _ => return Ok(()),
    };
    let other = match (given, parameter.starts_with(char::is_uppercase)) {
        ("MaxResults", false) => "maxResults",
        ("NextToken", false) => "nextToken",
        _ => given,
    };
    let text = format!("The parameter {parameter} cannot be used with the parameter {other}");
    Err(Fault::new("InvalidParameterCombination", text))
}

/// `vpc_id` → `VpcIds`: what errors call the ids of most kinds.
#[must_use]
pub fn name_of_ids(field: &str) -> String {
    let words = field.split('_').filter_map(|word| Some((word.get(..1)?, word.get(1..)?)));
    let name: String =
        words.flat_map(|(first, rest)| [first.to_ascii_uppercase(), rest.to_owned()]).collect();
    name + "s"
}

/// The caller's resources that are wanted.
///
/// # Errors
/// For ids that are malformed or nobody's, unknown filters and bad tokens.
pub fn list<R: Regional>(
    ask: &Ask<'_>,
    wanted: Wanted<'_>,
    fields: &[Field<R>],
) -> Result<Page<Arc<R>>, Fault> {
    let filters = Filters::new(wanted.filters, fields, true)?;
    let from = wanted.next_token.map(read_token).transpose()?.unwrap_or_default();
    let mut rows = if wanted.ids.is_empty() {
        regional::after::<R>(ask, &from)
    } else {
        by_ids(ask, wanted.ids)?
    };
    rows.retain(|row| row.id() > from.as_str() && filters.match_all(ask, row, row.id()));
    Ok(cut(rows, wanted.max_results, |row| row.id().to_owned()))
}

/// The resources of these ids, in the order of the ids.
///
/// # Errors
/// For ids that are malformed or nobody's.
pub fn by_ids<R: Regional>(ask: &Ask<'_>, ids: &[String]) -> Result<Vec<Arc<R>>, Fault> {
    for id in ids {
        R::KIND.check(id)?;
    }
    let unknown: Vec<&str> =
        ids.iter().map(String::as_str).filter(|id| regional::get::<R>(ask, id).is_none()).collect();
    if !unknown.is_empty() {
        return Err(R::KIND.none_of(&unknown));
    }
    let mut rows: Vec<Arc<R>> = ids.iter().filter_map(|id| regional::get(ask, id)).collect();
    rows.sort_by(|one, other| one.id().cmp(other.id()));
    rows.dedup_by(|one, other| one.id() == other.id());
    Ok(rows)
}

/// The first of `items`, which are in the order of their keys, with a token for the rest.
#[must_use]
pub fn cut<T>(mut items: Vec<T>, max_results: Option<i32>, key: impl Fn(&T) -> String) -> Page<T> {
    let wanted = max_results.and_then(|number| usize::try_from(number).ok());
    let most = wanted.map_or(usize::MAX, |number| number.min(MAX_PAGE));
    let rest = items.len() > most;
    items.truncate(most);
    let last = items.last().filter(|_| rest);
    let next_token = last.map(|item| token(&key(item)));
    Page { items, next_token }
}

/// The token that stands for a key.
#[must_use]
pub fn token(key: &str) -> String {
    Base64Url::encode_string(key.as_bytes())
}

/// The key that a token stands for: the last one of the page before.
///
/// # Errors
/// `InvalidNextToken`
pub fn read_token(token: &str) -> Result<String, Fault> {
    let bytes = (token.len() <= MAX_TOKEN).then(|| Base64Url::decode_vec(token).ok()).flatten();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|key| !key.is_empty())
        .ok_or_else(|| Fault::new("InvalidNextToken", format!("The token '{token}' is invalid")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        assert_eq!(check_max_results(Some(5), LEAST), Ok(()));
        assert_eq!(check_max_results(None, LEAST), Ok(()));
        let fault = check_max_results(Some(4), LEAST).unwrap_err();
        assert_eq!(
            fault.message,
            "Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5."
        );
    }

    #[test]
    fn ids_have_no_pages() {
        let ids = ["x".to_owned()];
        for (parameter, ids, max_results, next_token, expected) in [
            ("instancesSet", &ids[..], Some(5), None, "instancesSet … maxResults"),
            ("instancesSet", &ids, None, Some("t"), "instancesSet … nextToken"),
            ("VpcIds", &ids, Some(5), Some("t"), "VpcIds … MaxResults"),
            ("SubnetIds", &ids, None, Some("t"), "SubnetIds … NextToken"),
            ("SubnetIds", &ids, None, Some(""), ""),
            ("SubnetIds", &ids, None, None, ""),
            ("SubnetIds", &[], Some(5), Some("t"), ""),
        ] {
            let fault = check_no_pages(parameter, ids, max_results, next_token).err();
            let text = fault.map(|fault| fault.message).unwrap_or_default();
            let short = text.replace("The parameter ", "");
            assert_eq!(short.replace("cannot be used with the parameter", "…"), expected);
        }
        assert_eq!(name_of_ids("vpc_id"), "VpcIds");
        assert_eq!(name_of_ids("network_interface_id"), "NetworkInterfaceIds");
    }

    #[test]
    fn pages_follow_each_other() {
        let items: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        let page = cut(items.clone(), Some(2), Clone::clone);
        assert_eq!(page.items, ["a", "b"]);
        assert_eq!(read_token(&page.next_token.unwrap()).unwrap(), "b");
        assert_eq!(cut(items.clone(), Some(3), Clone::clone).next_token, None);
        assert_eq!(cut(items, None, Clone::clone).items.len(), 3);
        for bad in ["", "!", "é", &"A".repeat(1000)] {
            assert_eq!(read_token(bad).unwrap_err().code, "InvalidNextToken", "{bad}");
        }
    }
}
