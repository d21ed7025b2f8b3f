//! User data: base64 on the wire, and limited in what it stands for.

use base64ct::{Base64, Encoding};
use cloud::Fault;

/// Bytes of user data, before they are encoded (EC2 user guide, "Run commands when you launch an EC2
/// instance").
pub const MAX_USER_DATA: usize = 16_384;

/// Checks user data.
///
/// # Errors
/// `code` with EC2's texts (github.com/runs-on/runs-on issue 9; unverified: the one for a bad encoding).
pub fn check(user_data: &str, code: &'static str) -> Result<(), Fault> {
    let text: String = user_data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let padded = match text.len() % 4 {
        2 => text + "==",
        3 => text + "=",
        _ => text,
    };
    // Longer text cannot be short enough: it need not be decoded.
    let longest = MAX_USER_DATA.div_ceil(3) * 4;
    if padded.len() > longest {
        return Err(too_long(code));
    }
    match Base64::decode_vec(&padded) {
        Ok(bytes) if bytes.len() > MAX_USER_DATA => Err(too_long(code)),
        Ok(_) => Ok(()),
        Err(_) => Err(Fault::new(code, "Invalid BASE64 encoding of user data.")),
    }
}

fn too_long(code: &'static str) -> Fault {
    Fault::new(code, format!("User data is limited to {MAX_USER_DATA} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let message = |text: &str| check(text, "C").err().map(|fault| fault.message);
        let encoded = |bytes: usize| Base64::encode_string(&vec![b'x'; bytes]);
        assert_eq!(message(&encoded(MAX_USER_DATA)), None);
        let limit = Some("User data is limited to 16384 bytes".to_owned());
        assert_eq!(message(&encoded(MAX_USER_DATA + 1)), limit);
        assert_eq!(message(&"A".repeat(1_000_000)), limit);
        assert_eq!(message("aGVsbG8="), None);
        assert_eq!(message("aGVs\nbG8"), None);
        assert_eq!(message("aGVs!").as_deref(), Some("Invalid BASE64 encoding of user data."));
        assert_eq!(message(""), None);
    }
}
