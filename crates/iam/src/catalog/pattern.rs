//! Patterns that may meet: is there a text that both of two patterns mean?
//!
//! Templates of ARNs and keys, and the wildcards of policies, are all sequences of single characters
//! and runs, so one question answers them all. Nothing backtracks: the cost is the product of the
//! two lengths.

/// A sequence of characters and runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Pattern(Vec<Step>);

/// A pattern for each of the six parts of an ARN.
#[derive(Debug, Clone)]
pub(super) struct Parts(Vec<Pattern>);

/// Parts of an ARN.
const PARTS: usize = 6;

#[derive(Debug, Clone, Copy)]
struct Step {
    characters: Characters,
    /// Any number of such characters, none included, instead of exactly one.
    run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Characters {
    Exactly(char),
    AnyButSlash,
    Any,
}

impl Pattern {
    /// The text itself and nothing else.
    pub(super) fn literal(text: &str) -> Self {
        let mut pattern = Self::default();
        pattern.text(text);
        pattern
    }

    /// `*` is any text, `?` any one character.
    pub(super) fn glob(text: &str) -> Self {
        let mut pattern = Self::default();
        text.chars().for_each(|character| pattern.wildcard(character));
        pattern
    }

    /// A condition key's template: `${TagKey}` and `<key>` are any text but an empty one.
    pub(super) fn key_template(text: &str) -> Self {
        let mut pattern = Self::default();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '<']) {
            let (before, name) = rest.split_at(at);
            let close = if name.starts_with('$') { '}' } else { '>' };
            let Some((_, after)) = name.split_once(close) else { break };
            pattern.text(before);
            pattern.name(Characters::Any);
            rest = after;
        }
        pattern.text(rest);
        pattern
    }

    /// Whether some text is meant by both patterns.
    pub(super) fn meets(&self, other: &Self) -> bool {
        // `here[j]`: this pattern's steps so far and the other's first `j` can mean the same text.
        let mut here = vec![false; other.0.len() + 1];
        open(&mut here, 0);
        other.skip_runs(&mut here);
        for step in &self.0 {
            let mut next = if step.run { here.clone() } else { vec![false; here.len()] };
            for (j, against) in other.0.iter().enumerate() {
                // Reached from the step before, or, inside a run, from this one.
                let from = if step.run { &next } else { &here };
                let together = step.characters.share_one(against.characters);
                if together && from.get(j).copied().unwrap_or_default() {
                    open(&mut next, j + 1);
                    if against.run {
                        open(&mut next, j);
                    }
                }
                if against.run && next.get(j).copied().unwrap_or_default() {
                    open(&mut next, j + 1);
                }
            }
            here = next;
        }
        here.last().copied().unwrap_or_default()
    }

    /// Runs may be empty: what is reached before one is reached behind it.
    fn skip_runs(&self, reached: &mut [bool]) {
        for (j, step) in self.0.iter().enumerate() {
            if step.run && reached.get(j).copied().unwrap_or_default() {
                open(reached, j + 1);
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.0.extend(text.chars().map(|character| Step::one(Characters::Exactly(character))));
    }

    /// At least one of these characters.
    fn name(&mut self, characters: Characters) {
        self.0.push(Step::one(characters));
        self.0.push(Step { characters, run: true });
    }

    fn wildcard(&mut self, character: char) {
        self.0.push(match character {
            '*' => Step { characters: Characters::Any, run: true },
            '?' => Step::one(Characters::Any),
            other => Step::one(Characters::Exactly(other)),
        });
    }

    /// Cuts at the first five colons; parts that are missing may be anything.
    fn into_parts(self) -> Parts {
        let colon = |step: &Step| step.characters == Characters::Exactly(':');
        let cuts = self.0.splitn(PARTS, colon);
        let mut parts: Vec<Self> = cuts.map(|part| Self(part.to_vec())).collect();
        parts.resize(PARTS, Self::glob("*"));
        Parts(parts)
    }
}

/// The pattern of a policy's `Resource` element. A variable such as `${aws:username}` may turn out
/// to be any text; `${*}`, `${?}` and `${$}` are the characters themselves.
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
pub(super) fn policy_arn(text: &str) -> Parts {
    let mut pattern = Pattern::default();
    let mut rest = text;
    while let Some((before, variable)) = rest.split_once("${") {
        let Some((name, after)) = variable.split_once('}') else { break };
        before.chars().for_each(|character| pattern.wildcard(character));
        match name {
            "*" | "?" | "$" => pattern.text(name),
            _ => pattern.wildcard('*'),
        }
        rest = after;
    }
    rest.chars().for_each(|character| pattern.wildcard(character));
    pattern.into_parts()
}

/// The template of a resource type's ARNs: `${Name}` is any text but an empty one. A `*` or `?` in a
/// template means what it means in a policy. With `ends_at_slash` the last name holds no `/`.
pub(super) fn arn_template(text: &str, ends_at_slash: bool) -> Parts {
    let mut pattern = Pattern::default();
    let mut rest = text;
    while let Some((before, name)) = rest.split_once("${") {
        let Some((_, after)) = name.split_once('}') else { break };
        before.chars().for_each(|character| pattern.wildcard(character));
        let last = after.is_empty();
        let closed = last && ends_at_slash;
        pattern.name(if closed { Characters::AnyButSlash } else { Characters::Any });
        rest = after;
    }
    rest.chars().for_each(|character| pattern.wildcard(character));
    pattern.into_parts()
}

impl Parts {
    /// Whether some ARN is meant by both: each part is looked at by itself.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(part, against)| part.meets(against))
    }
}

impl Step {
    fn one(characters: Characters) -> Self {
        Self { characters, run: false }
    }
}

impl Characters {
    fn share_one(self, other: Self) -> bool {
        match (self, other) {
            (Self::Exactly(one), Self::Exactly(two)) => one == two,
            (Self::Exactly('/'), Self::AnyButSlash) | (Self::AnyButSlash, Self::Exactly('/')) => {
                false
            }
            _ => true,
        }
    }
}

fn open(reached: &mut [bool], at: usize) {
    if let Some(place) = reached.get_mut(at) {
        *place = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn globs_meet_what_they_mean() {
        let check = |one: &str, two: &str, expected: bool| {
            let (one, two) = (Pattern::glob(one), Pattern::glob(two));
            assert_eq!(one.meets(&two), expected, "{one:?} {two:?}");
            assert_eq!(two.meets(&one), expected, "{two:?} {one:?}");
        };
        check("", "", true);
        check("", "*", true);
        check("", "?", false);
        check("ab", "ab", true);
        check("ab", "aB", false);
        check("a*", "ab", true);
        check("a*", "*b", true);
        check("a*c", "*b*", true);
        check("a*c", "b*", false);
        check("a?", "ab", true);
        check("a?", "a", false);
        check("?*", "", false);
        check("*a*b*", "*c*", true);
        check("*ab", "*ba", false);
        check("*é", "?é", true);
    }

    #[test]
    fn templates_leave_only_their_names_open() {
        let check = |template: &str, key: &str, expected: bool| {
            let found = Pattern::key_template(template).meets(&Pattern::literal(key));
            assert_eq!(found, expected, "{template} {key}");
        };
        check("tag/${Key}", "tag/a", true);
        check("tag/${Key}", "tag/a/b:c", true);
        check("tag/${Key}", "tag/", false);
        check("tag/${Key}", "tags/a", false);
        check("tag/<key>", "tag/a", true);
        check("a/${name}.value", "a/b.value", true);
        check("a/${name}.value", "a/.value", false);
        check("a/${name}.value", "a/b.valu", false);
        check("agent.${Domain}.dev", "agent.x.y.dev", true);
        // What is never closed is text.
        check("a${b", "a${b", true);
        check("a${b", "ab", false);
    }

    /// The plain definition, to compare with.
    fn glob_means(glob: &[char], text: &[char]) -> bool {
        match glob.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|at| glob_means(rest, &text[at..])),
            Some((one, rest)) => text.split_first().is_some_and(|(character, after)| {
                (*one == '?' || one == character) && glob_means(rest, after)
            }),
        }
    }

    proptest! {
        #[test]
        fn a_glob_meets_a_text_if_it_means_it(glob in "[ab/*?]{0,8}", text in "[ab/]{0,8}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = glob_means(&characters(&glob), &characters(&text));
            prop_assert_eq!(Pattern::glob(&glob).meets(&Pattern::literal(&text)), expected);
        }

        /// Two globs that mean one text meet; which one asks does not matter.
        #[test]
        fn globs_that_mean_one_text_meet(
            one in "[ab*?]{0,7}", two in "[ab*?]{0,7}", text in "[ab]{0,5}",
        ) {
            let (one, two) = (Pattern::glob(&one), Pattern::glob(&two));
            let text = Pattern::literal(&text);
            prop_assert_eq!(one.meets(&two), two.meets(&one));
            if one.meets(&text) && two.meets(&text) {
                prop_assert!(one.meets(&two));
            }
        }

        #[test]
        fn any_text_is_a_resource(text in ".{0,40}") {
            let role = arn_template("arn:${Partition}:iam::${Account}:role/${Name}", false);
            let found = role.meets(&policy_arn(&text));
            prop_assert!(!found || text.contains(['*', ':']), "{}", text);
        }
    }
}
