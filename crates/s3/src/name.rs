//! Names: of buckets, of objects, of owners; and where object rows stand in order.

use cloud::Fault;
use names::AccountId;
use sha2::{Digest, Sha256};

/// Characters of a bucket's name.
pub const BUCKET_NAME_CHARACTERS: std::ops::RangeInclusive<usize> = 3..=63;
/// Bytes of a key in UTF-8 (user guide, "Naming Amazon S3 objects").
pub const MAX_KEY_BYTES: usize = 1024;

/// What stands between a key and what tells its versions apart: less than every character of an escaped key.
const END_OF_KEY: char = '\u{1}';

/// Whether `name` can be that of a new general purpose bucket (user guide, "General purpose bucket naming
/// rules").
#[must_use]
pub fn is_bucket_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let labels_fit = name.split('.').all(|label| {
        let bytes = label.as_bytes();
        let ends_fit = bytes.first().is_some_and(|byte| plain(*byte))
            && bytes.last().is_some_and(|byte| plain(*byte));
        ends_fit && bytes.iter().all(|byte| plain(*byte) || *byte == b'-')
    });
    BUCKET_NAME_CHARACTERS.contains(&name.len())
        && labels_fit
        && name.parse::<std::net::Ipv4Addr>().is_err()
        && !["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|taken| name.starts_with(taken))
        && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|taken| name.ends_with(taken))
}

/// Refuses a name that no bucket can have.
///
/// # Errors
/// `InvalidBucketName`
pub fn check_bucket(name: &str) -> Result<(), Fault> {
    if is_bucket_name(name) {
        return Ok(());
    }
    let fault = Fault::new("InvalidBucketName", "The specified bucket is not valid.");
    Err(fault.with_detail("BucketName", name))
}

/// Refuses a key that is too long.
///
/// # Errors
/// `KeyTooLongError`
pub fn check_key(key: &str) -> Result<(), Fault> {
    if key.len() <= MAX_KEY_BYTES {
        return Ok(());
    }
    Err(Fault::new("KeyTooLongError", "Your key is too long")
        .with_detail("Size", key.len().to_string())
        .with_detail("MaxSizeAllowed", MAX_KEY_BYTES.to_string()))
}

/// The ARN of a bucket.
#[must_use]
pub fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

/// The ARN of an object.
#[must_use]
pub fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

/// The canonical user id of an account: 64 digits that say nothing of it, and the same in every run.
#[must_use]
pub fn canonical_id(account: AccountId) -> String {
    let hash = Sha256::digest(format!("rolecall canonical user {account}"));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where what belongs to a key stands: in the order of keys, whatever characters they have. Rows cannot hold
/// NUL, so the three smallest characters are written as two each, which keeps their order.
#[must_use]
pub fn place(bucket: &str, key: &str) -> String {
    let mut place = String::with_capacity(bucket.len() + key.len() + 8);
    place.push_str(bucket);
    place.push('/');
    for character in key.chars() {
        match character {
            '\0'..='\u{2}' => {
                place.push('\u{2}');
                place.extend(char::from_u32(u32::from(character) + 1));
            }
            other => place.push(other),
        }
    }
    place
}

/// As [`place`], for one of the things that a key has, which are in the order of `rest`.
#[must_use]
pub fn place_of(bucket: &str, key: &str, rest: &str) -> String {
    let mut place = place(bucket, key);
    place.push(END_OF_KEY);
    place.push_str(rest);
    place
}

/// The smallest place after everything whose key starts with `prefix`; none if there is no such place.
#[must_use]
pub fn after_prefix(bucket: &str, prefix: &str) -> String {
    let mut place = place(bucket, prefix);
    // The largest character cannot be passed by a larger one, so what is before it grows.
    while let Some(last) = place.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            place.push(next);
            break;
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names() {
        let longest = "a".repeat(63);
        for good in ["abc", "a-b.c-d", "123", &longest, "my.bucket"] {
            assert!(is_bucket_name(good), "{good}");
        }
        let too_long = "a".repeat(64);
        for bad in [
            "",
            "ab",
            &too_long,
            "ABC",
            "a_b",
            "-ab",
            "ab-",
            "a..b",
            ".ab",
            "ab.",
            "192.168.0.1",
            "xn--abc",
            "sthree-abc",
            "abc-s3alias",
            "abc--ol-s3",
            "a b",
            "a/b",
            "..",
            "abc--x-s3",
        ] {
            assert!(!is_bucket_name(bad), "{bad}");
        }
    }

    #[test]
    fn places_are_in_the_order_of_keys() {
        let keys = [
            "",
            "\0",
            "\0\0",
            "\0a",
            "\u{1}",
            "\u{1}\u{1}",
            "\u{2}",
            "\u{2}\u{1}",
            "\u{3}",
            " ",
            "a",
            "a\0",
            "a\u{1}",
            "a\u{2}",
            "a/b",
            "aa",
            "b",
            "é",
            "\u{ffff}",
            "😀",
            "\u{10ffff}",
        ];
        assert!(keys.is_sorted());
        for pair in keys.windows(2) {
            let [less, more] = pair else { panic!("two") };
            assert!(place_of("b", less, "z") < place_of("b", more, ""), "{less:?} {more:?}");
        }
        for prefix in keys {
            let end = after_prefix("b", prefix);
            for key in keys {
                let inside = place_of("b", key, "0") < end && *key >= *prefix;
                assert_eq!(inside, key.starts_with(prefix), "{prefix:?} {key:?}");
            }
        }
    }

    #[test]
    fn keys_end_at_their_limit() {
        assert!(check_key(&"k".repeat(MAX_KEY_BYTES)).is_ok());
        assert_eq!(check_key(&"k".repeat(MAX_KEY_BYTES + 1)).unwrap_err().code, "KeyTooLongError");
    }
}
