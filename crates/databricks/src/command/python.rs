//! As much of Python as it takes to find texts in a script: literals and the arguments of a call.

/// The first literal of a text that begins with one: its value, and what follows it.
fn first(text: &str) -> Option<(String, &str)> {
    let mut rest = text.chars();
    let quote = rest.next().filter(|first| matches!(first, '"' | '\''))?;
    let mut value = String::new();
    loop {
        match rest.next()? {
            '\n' => return None,
            '\\' => value.push(unescaped(&mut rest)?),
            end if end == quote => break,
            other => value.push(other),
        }
    }
    // Three quotes begin another kind of literal.
    let rest = rest.as_str();
    (!value.is_empty() || !rest.starts_with(quote)).then_some((value, rest))
}

fn unescaped(rest: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match rest.next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        plain @ ('\\' | '"' | '\'') => plain,
        'u' => {
            let digits: String = rest.by_ref().take(4).collect();
            char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
        }
        _ => return None,
    })
}

/// The value of a text that is one literal.
#[must_use]
pub fn literal(text: &str) -> Option<String> {
    first(text.trim()).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

/// The values of all literals in a script.
#[must_use]
pub fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '\'']) {
        let Some((value, behind)) = rest.get(at..).and_then(first) else { break };
        found.push(value);
        rest = behind;
    }
    found
}

/// The arguments of a call, of which `text` is what follows its opening bracket, and what follows the call.
#[must_use]
pub fn arguments(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut found = Vec::new();
    let (mut rest, mut begin, mut depth) = (text, text, 0_usize);
    loop {
        let argument = |end: &str| begin.get(..begin.len() - end.len()).map(str::trim);
        let character = rest.chars().next()?;
        let behind = rest.get(character.len_utf8()..)?;
        match character {
            '"' | '\'' => {
                rest = first(rest)?.1;
                continue;
            }
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                let last = argument(rest)?;
                found.extend(Some(last).filter(|last| !last.is_empty()));
                return Some((found, behind));
            }
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                found.push(argument(rest)?);
                begin = behind;
            }
            _ => {}
        }
        rest = behind;
    }
}

/// A text as Python shows it.
#[must_use]
pub fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            same if same == quote => out.extend(['\\', same]),
            control if control.is_control() && u32::from(control) < 0x100 => {
                out.push_str(&format!("\\x{:02x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_one_and_nothing_else() {
        let check = |text: &str, value: Option<&str>| {
            assert_eq!(literal(text).as_deref(), value, "{text}");
        };
        check(r#" "s3a://b/k" "#, Some("s3a://b/k"));
        check("'it''s'", None);
        check(r#"'say \'\\\n\u00e9'"#, Some("say '\\\né"));
        check(r#""" "#, Some(""));
        check(r#""""text""""#, None);
        check("\"a\nb\"", None);
        check("f\"{x}\"", None);
        check("\"a\" + \"b\"", None);
        check("\"\\q\"", None);
        check("\"open", None);
        check("", None);
    }

    #[test]
    fn arguments_end_where_the_call_does() {
        let check = |text: &str, found: Option<(Vec<&str>, &str)>| {
            assert_eq!(arguments(text), found, "{text}");
        };
        check(")", Some((vec![], "")));
        check(
            "\"a,)\", {\"b\": [1, 2]}, True)\nx",
            Some((vec!["\"a,)\"", "{\"b\": [1, 2]}", "True"], "\nx")),
        );
        check("a", None);
        check("]", None);
        check("\"a)", None);
    }

    #[test]
    fn texts_are_shown_as_python_shows_them() {
        for (text, shown) in [
            ("a", "'a'"),
            ("it's", "\"it's\""),
            ("'\"", "'\\'\"'"),
            ("a\n\t\\\u{1}é", "'a\\n\\t\\\\\\x01é'"),
        ] {
            assert_eq!(repr(text), shown);
        }
    }
}
