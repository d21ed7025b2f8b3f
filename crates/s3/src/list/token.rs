//! Continuation tokens: where the next page starts, in a form that nobody is tempted to write by hand.

use base64ct::{Base64UrlUnpadded, Encoding};
use cloud::Fault;

/// The token for the page after `last`.
#[must_use]
pub fn write(last: &str) -> String {
    Base64UrlUnpadded::encode_string(format!("1{last}").as_bytes())
}

/// What a token says.
///
/// # Errors
/// `InvalidArgument`
pub fn read(token: &str) -> Result<String, Fault> {
    let bytes = Base64UrlUnpadded::decode_vec(token).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| text.strip_prefix('1').map(str::to_owned)).ok_or_else(|| {
        Fault::new("InvalidArgument", "The continuation token provided is incorrect")
            .with_detail("ArgumentName", "continuation-token")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        for text in ["", "a/b", "ü\0"] {
            assert_eq!(read(&write(text)).unwrap(), text);
        }
        for bad in ["", "!", "AAAA", "a"] {
            assert_eq!(read(bad).unwrap_err().code, "InvalidArgument", "{bad}");
        }
    }
}
