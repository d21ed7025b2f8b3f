//! Reads numbers and texts from bytes that may be anything.

/// The bytes are not what `cargo xtask iamdata` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the catalogue is damaged: {0}; run `cargo xtask iamdata`")]
pub(super) struct Damage(pub(super) &'static str);

/// Bytes not read yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (read, rest) = self.0.split_at_checked(count).ok_or(Damage("it ends too soon"))?;
        self.0 = rest;
        Ok(read)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Damage> {
        let (byte, rest) = self.0.split_first().ok_or(Damage("it ends too soon"))?;
        self.0 = rest;
        Ok(*byte)
    }

    /// Seven bits a byte, the lowest first; the eighth bit says that more follow.
    pub(super) fn number(&mut self) -> Result<usize, Damage> {
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damage("a number has more than four bytes"))
    }

    /// A number of things that take at least a byte each, so that a wrong one asks for no more
    /// memory than the file is long.
    pub(super) fn count(&mut self) -> Result<usize, Damage> {
        let count = self.number()?;
        if count <= self.0.len() { Ok(count) } else { Err(Damage("it counts more than it holds")) }
    }

    /// `count` numbers.
    pub(super) fn numbers(&mut self, count: usize) -> Result<Vec<usize>, Damage> {
        if count > self.0.len() {
            return Err(Damage("it counts more than it holds"));
        }
        (0..count).map(|_| self.number()).collect()
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Damage> {
        let bytes = self.number()?;
        std::str::from_utf8(self.bytes(bytes)?).map_err(|_| Damage("a text is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_up_to_four_bytes() {
        let check = |bytes: &[u8], expected: Option<usize>| {
            assert_eq!(Reader(bytes).number().ok(), expected, "{bytes:?}");
        };
        check(&[0], Some(0));
        check(&[0x7f], Some(127));
        check(&[0x80, 0x01], Some(128));
        check(&[0xff, 0xff, 0xff, 0x7f], Some((1 << 28) - 1));
        check(&[0xff, 0xff, 0xff, 0xff, 0x01], None);
        check(&[0x80], None);
        check(&[], None);
    }

    #[test]
    fn counts_are_no_more_than_the_bytes_behind_them() {
        assert_eq!(Reader(&[2, 0, 0]).count(), Ok(2));
        assert!(Reader(&[2, 0]).count().is_err());
        assert_eq!(Reader(&[1, 2]).numbers(2), Ok(vec![1, 2]));
        assert!(Reader(&[1, 2]).numbers(3).is_err());
        assert_eq!(Reader(b"\x02ab").text(), Ok("ab"));
        assert!(Reader(b"\x03ab").text().is_err());
        assert!(Reader(b"\x01\xff").text().is_err());
    }
}
