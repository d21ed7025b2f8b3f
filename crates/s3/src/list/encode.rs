//! Keys in answers: as they are, or encoded as in URLs where the client asks for it, because XML cannot hold all
//! characters.

use cloud::Fault;

/// How keys are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    pub(crate) fn parse(asked: Option<&str>) -> Result<Self, Fault> {
        match asked {
            None | Some("") => Ok(Self::Plain),
            Some(word) if word.eq_ignore_ascii_case("url") => Ok(Self::Url),
            Some(other) => {
                let text = "Invalid Encoding Method specified in Request";
                Err(Fault::new("InvalidArgument", text)
                    .with_detail("ArgumentName", "encoding-type")
                    .with_detail("ArgumentValue", other))
            }
        }
    }

    pub(crate) fn name(self) -> Option<&'static str> {
        (self == Self::Url).then_some("url")
    }

    /// A space becomes a plus, a slash stays ("ListObjectsV2", S3 API reference, `EncodingType`).
    pub(crate) fn write(self, text: &str) -> String {
        if self == Self::Plain {
            return text.to_owned();
        }
        let mut encoded = String::with_capacity(text.len());
        for byte in text.bytes() {
            match byte {
                b' ' => encoded.push('+'),
                b'-' | b'.' | b'_' | b'*' | b'/' => encoded.push(char::from(byte)),
                other if other.is_ascii_alphanumeric() => encoded.push(char::from(other)),
                other => encoded.push_str(&format!("%{other:02X}")),
            }
        }
        encoded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let url = Encoding::parse(Some("url")).unwrap();
        assert_eq!(url.write("a b+c/(ü)\0"), "a+b%2Bc/%28%C3%BC%29%00");
        assert_eq!(Encoding::parse(None).unwrap().write("a b"), "a b");
        assert!(Encoding::parse(Some("base64")).is_err());
    }
}
