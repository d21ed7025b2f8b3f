//! A signed request that was changed by a single character is refused, unless it still means the same.

use proptest::prelude::*;
use proptest::sample::Index;
use sigv4::{Dialect, Presented};

use crate::official;
use crate::request::{ACCESS_KEY_ID, Cover, Plan, Sent, plans};

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    Method,
    Path,
    Query,
    HeaderName,
    HeaderValue,
    Authorization,
    Body,
}

/// How a text is changed.
#[derive(Debug, Clone, Copy)]
enum How {
    Replace,
    Insert,
    Remove,
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        max_global_rejects: 400_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_changed_is_refused(
        plan in plans(),
        spot in spots(),
        how in prop_oneof![Just(How::Replace), Just(How::Insert), Just(How::Remove)],
        at in any::<Index>(),
        which in any::<Index>(),
        letter in "[A-Za-z0-9]",
    ) {
        let sent = official::signed(&plan);
        let changed = change(&plan, &sent, spot, |text| changed(text, how, at, &letter), which);
        prop_assume!(changed.as_ref().is_some_and(|changed| {
            *changed != sent && meaning(&plan, changed) != meaning(&plan, &sent)
        }));
        let changed = changed.unwrap();
        let accepted = plan.verify(&changed).is_ok_and(|verified| {
            let mut body = verified.into_body();
            body.push(&changed.body, |_| ()).is_ok() && body.finish().is_ok()
        });
        // The plan's key stands for any key; a server would have looked up the key of the other id.
        let same_key = changed.with(|request| {
            Presented::read(request, plan.dialect)
                .is_ok_and(|claim| claim.access_key_id() == ACCESS_KEY_ID)
        });
        prop_assert!(!accepted || !same_key, "{:?}\n{:?}\n{:?}", plan, sent, changed);
    }
}

fn spots() -> impl Strategy<Value = Spot> {
    prop_oneof![
        1 => Just(Spot::Method),
        3 => Just(Spot::Path),
        3 => Just(Spot::Query),
        1 => Just(Spot::HeaderName),
        4 => Just(Spot::HeaderValue),
        4 => Just(Spot::Authorization),
        1 => Just(Spot::Body),
    ]
}

/// `text` with a letter replaced, inserted or removed; `None` if that cannot be done.
fn changed(text: &str, how: How, at: Index, letter: &str) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    let new = letter.chars().next()?;
    match how {
        How::Insert => letters.insert(at.index(letters.len() + 1), new),
        _ if letters.is_empty() => return None,
        How::Replace => *letters.get_mut(at.index(text.chars().count()))? = new,
        How::Remove => {
            letters.remove(at.index(text.chars().count()));
        }
    }
    Some(letters.into_iter().collect())
}

fn change(
    plan: &Plan,
    sent: &Sent,
    spot: Spot,
    change: impl Fn(&str) -> Option<String>,
    which: Index,
) -> Option<Sent> {
    let mut new = sent.clone();
    let headers: Vec<usize> = (0..sent.headers.len())
        .filter(|at| {
            let name = sent.headers[*at].0.as_str();
            (name == "authorization") == (spot == Spot::Authorization)
                && (plan.token_signed || name != "x-amz-security-token")
        })
        .collect();
    let header = || (!headers.is_empty()).then(|| headers[which.index(headers.len())]);
    match spot {
        Spot::Method => new.method = change(&sent.method)?,
        Spot::Path => new.path = format!("/{}", change(sent.path.strip_prefix('/')?)?),
        Spot::Query => new.query = change(&sent.query)?,
        Spot::HeaderName => {
            let at = header()?;
            new.headers[at].0 = change(&sent.headers[at].0)?;
        }
        Spot::HeaderValue | Spot::Authorization => {
            let at = header()?;
            new.headers[at].1 = change(&sent.headers[at].1)?;
        }
        Spot::Body if plan.cover == Cover::Hash => {
            let byte = new.body.get_mut(which.index(sent.body.len().max(1)))?;
            *byte ^= 1;
        }
        Spot::Body => return None,
    }
    Some(new)
}

/// What a request says, whatever the form: method, path, parameters, headers and body.
type Meaning = (String, Vec<String>, Vec<(Vec<u8>, Vec<u8>)>, Vec<(String, String)>, Vec<u8>);

fn meaning(plan: &Plan, sent: &Sent) -> Meaning {
    let path = match plan.dialect {
        // An encoded slash is no slash.
        Dialect::S3 => {
            sent.path.split('/').map(|part| format!("{:?}", decode(part, false))).collect()
        }
        Dialect::Standard => normal(&sent.path),
    };
    let mut parameters: Vec<_> = sent
        .query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .map(|(name, value)| (decode(name, true), decode(value, true)))
        .collect();
    parameters.sort();
    let mut headers: Vec<(String, String)> = sent
        .headers
        .iter()
        .map(|(name, value)| {
            // Outside S3 a space separates the parts of an Authorization header as a comma does.
            let value = match (name.as_str(), plan.dialect) {
                ("authorization", Dialect::Standard) => value.replace(',', " "),
                ("authorization", Dialect::S3) => value.replace(", ", ","),
                _ => value.clone(),
            };
            let words: Vec<_> = value.split(' ').filter(|word| !word.is_empty()).collect();
            (name.to_ascii_lowercase(), words.join(" "))
        })
        // S3 takes a signed header that is absent for an empty one.
        .filter(|(_, value)| plan.dialect == Dialect::Standard || !value.is_empty())
        .collect();
    headers.sort_by(|(left, _), (right, _)| left.cmp(right));
    (sent.method.clone(), path, parameters, headers, sent.body.clone())
}

/// The segments that are left when dots are followed, and an empty one at the end for a slash there.
fn normal(path: &str) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment.to_owned()),
        }
    }
    if !kept.is_empty() && ["/", "/.", "/.."].iter().any(|end| path.ends_with(end)) {
        kept.push(String::new());
    }
    kept
}

fn decode(text: &str, plus_is_space: bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let escape = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], escape) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                at += 2;
            }
            (b'+', _) if plus_is_space => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
        at += 1;
    }
    decoded
}
