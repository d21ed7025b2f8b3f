//! The name that was most likely meant.

/// Letters that may differ in a name, at most, and per letters of the name.
const DIFFERENCES_MAX: usize = 3;
const LETTERS_PER_DIFFERENCE: usize = 4;

/// The candidate that is spelled most like `name`, if one is close enough.
pub(crate) fn nearest<'c>(
    name: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<&'c str> {
    let allowed = (name.len() / LETTERS_PER_DIFFERENCE).clamp(1, DIFFERENCES_MAX);
    let name = name.to_ascii_lowercase();
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= allowed)
        .map(|candidate| (differences(&name, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(differences, _)| *differences <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters inserted, left out or replaced on the way from one name to the other.
fn differences(one: &str, two: &str) -> usize {
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (i, left) in one.bytes().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, right) in row.iter_mut().skip(1).zip(two.bytes()) {
            let replaced = diagonal + usize::from(left != right);
            diagonal = *cell;
            before = replaced.min(diagonal + 1).min(before + 1);
            *cell = before;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_wins() {
        let names = ["aws:SourceVpc", "aws:SourceVpce", "aws:SourceArn", "aws:username"];
        for (name, expected) in [
            ("aws:sourcevpx", Some("aws:SourceVpc")),
            ("aws:SourceVpcee", Some("aws:SourceVpce")),
            ("aws:user", None),
            ("aws:usernames", Some("aws:username")),
            ("", None),
        ] {
            assert_eq!(nearest(name, names.into_iter()), expected, "{name}");
        }
    }
}
