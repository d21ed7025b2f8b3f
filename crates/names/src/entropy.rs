//! Where random bytes come from.

/// A source of random bytes: the operating system's in a server, a seeded one in tests.
pub trait Entropy {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);

    /// A random UUID of version 4, in lower case, as AWS's request ids are.
    fn uuid(&mut self) -> String {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes);
        let mut value = u128::from_be_bytes(bytes);
        // Version 4, variant 1 (RFC 9562, section 5.4).
        value = (value & !(0xf << 76)) | (0x4 << 76);
        value = (value & !(0x3 << 62)) | (0x2 << 62);
        let mut text = String::with_capacity(36);
        for (position, byte) in value.to_be_bytes().into_iter().enumerate() {
            if matches!(position, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            let digit =
                |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
            text.extend([digit(byte >> 4), digit(byte & 0xf)]);
        }
        text
    }

    /// `length` characters of `alphabet` (at most 256 of them), each as likely as any other.
    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut out = String::with_capacity(length);
        if alphabet.is_empty() {
            return out;
        }
        // Values that would favour the alphabet's first letters are thrown away.
        let fair = 256 - 256 % alphabet.len();
        while out.len() < length {
            let mut bytes = [0_u8; 32];
            self.fill(&mut bytes);
            let letters = bytes.iter().map(|byte| usize::from(*byte)).filter(|value| *value < fair);
            for value in letters.take(length - out.len()) {
                out.extend(alphabet.get(value % alphabet.len()).map(|letter| char::from(*letter)));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0;
                self.0 = self.0.wrapping_add(37);
            }
        }
    }

    #[test]
    fn uuids_have_version_and_variant() {
        assert_eq!(Counting(0).uuid(), "00254a6f-94b9-4e03-a84d-7297bce1062b");
    }

    #[test]
    fn texts_have_their_length_and_letters() {
        let text = Counting(3).text(b"abc", 100);
        assert_eq!(text.len(), 100);
        assert!(text.bytes().all(|byte| b"abc".contains(&byte)));
        assert_eq!(Counting(3).text(b"", 5), "");
    }
}
