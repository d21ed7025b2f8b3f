//! The path of a canonical request.

use crate::request::Dialect;
use crate::text::{escaped, push_encoded, push_escaped};

/// Appends the canonical form of `path`, which is still percent-encoded.
///
/// S3: each character is encoded once, whether it came encoded or not, and nothing is normalised. An
/// encoded slash stays encoded, as the official SDKs leave it; what S3 does with it is unverified.
/// Every other service: the path as sent is normalised and encoded once more, so that `%20` becomes
/// `%2520`.
///
/// Source: "Create a signed AWS API request", `CanonicalUri`, IAM User Guide.
pub(crate) fn write_path(text: &mut Vec<u8>, path: &str, dialect: Dialect) {
    match dialect {
        _ if matches!(path, "" | "/") => text.push(b'/'),
        Dialect::S3 => write_once(text, path.as_bytes()),
        Dialect::Standard => write_twice(text, path),
    }
}

fn write_once(text: &mut Vec<u8>, path: &[u8]) {
    let mut bytes = path.iter();
    while let Some(byte) = bytes.next() {
        match (*byte, escaped(bytes.as_slice())) {
            (b'/', _) => text.push(b'/'),
            (b'%', Some(byte)) => {
                bytes.nth(1);
                if byte == b'/' { push_escaped(text, byte) } else { push_encoded(text, byte) }
            }
            (byte, _) => push_encoded(text, byte),
        }
    }
}

fn write_twice(text: &mut Vec<u8>, path: &str) {
    let is_normal = path.starts_with('/')
        && !path.contains("//")
        && !path.split('/').any(|segment| matches!(segment, "." | ".."));
    if is_normal {
        write_segments(text, path);
    } else {
        write_segments(text, &normalised(path));
    }
}

fn write_segments(text: &mut Vec<u8>, path: &str) {
    for byte in path.bytes() {
        if byte == b'/' { text.push(byte) } else { push_encoded(text, byte) }
    }
}

/// `path` without empty and dot segments (RFC 3986, section 5.2.4, and no empty segments).
///
/// A path that ends with a dot segment ends with a slash then, as in the RFC and the SDK for Rust;
/// botocore leaves the slash out after `..`. Which of them AWS follows is unverified.
fn normalised(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let mut normal = format!("/{}", kept.join("/"));
    let last = path.rsplit('/').next();
    if !kept.is_empty() && matches!(last, Some("" | "." | "..")) {
        normal.push('/');
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_both_dialects() {
        for (path, standard, s3) in [
            ("", "/", "/"),
            ("/", "/", "/"),
            ("/a", "/a", "/a"),
            ("/a/", "/a/", "/a/"),
            ("//", "/", "//"),
            ("//a//b//", "/a/b/", "//a//b//"),
            ("/./", "/", "/./"),
            ("/./a", "/a", "/./a"),
            ("/a/.", "/a/", "/a/."),
            ("/a/b/..", "/a/", "/a/b/.."),
            ("/a/..", "/", "/a/.."),
            ("/a/../..", "/", "/a/../.."),
            ("/../a", "/a", "/../a"),
            ("/...", "/...", "/..."),
            ("/a%20b", "/a%2520b", "/a%20b"),
            ("/a b", "/a%20b", "/a%20b"),
            ("/a%2fb", "/a%252fb", "/a%2Fb"),
            ("/%41%7e", "/%2541%257e", "/A~"),
            ("/ሴ", "/%E1%88%B4", "/%E1%88%B4"),
            ("/a+$@:", "/a%2B%24%40%3A", "/a%2B%24%40%3A"),
            ("/-._~09AZaz", "/-._~09AZaz", "/-._~09AZaz"),
        ] {
            for (dialect, expected) in [(Dialect::Standard, standard), (Dialect::S3, s3)] {
                let mut text = Vec::new();
                write_path(&mut text, path, dialect);
                assert_eq!(String::from_utf8(text).unwrap(), expected, "{path} {dialect:?}");
            }
        }
    }
}
