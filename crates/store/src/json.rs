//! Values as JSON, without growing a text again and again on the way.

use std::cell::Cell;
use std::io;

use serde::Serialize;

/// Bytes that a thread keeps between two texts, at most.
const MAX_SCRATCH_BYTES: usize = 64 * 1024;

thread_local! {
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The JSON of a value, which takes no more memory than it has bytes.
///
/// # Errors
/// If the value cannot be written as JSON.
pub fn json<T: Serialize>(value: &T) -> serde_json::Result<String> {
    let mut scratch = SCRATCH.take();
    let written = serde_json::to_writer(&mut scratch, value);
    // JSON is text; if it were not, that must not pass for an empty one.
    let text = std::str::from_utf8(&scratch).map(str::to_owned).map_err(serde::ser::Error::custom);
    scratch.clear();
    if scratch.capacity() <= MAX_SCRATCH_BYTES {
        SCRATCH.set(scratch);
    }
    written.and(text)
}

/// How many bytes the JSON of a value has.
pub(crate) fn json_bytes<T: Serialize>(value: &T) -> serde_json::Result<usize> {
    let mut count = Count(0);
    serde_json::to_writer(&mut count, value)?;
    Ok(count.0)
}

/// Takes bytes in and keeps their number alone.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serializer;

    use super::*;

    /// A value whose JSON holds the JSON of another.
    struct Nested;

    impl Serialize for Nested {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&json(&["é"]).unwrap())
        }
    }

    #[test]
    fn it_is_what_serde_writes() {
        let large = "x".repeat(2 * MAX_SCRATCH_BYTES);
        for _ in 0..2 {
            assert_eq!(
                json(&("a\"b", 1, large.as_str())).unwrap(),
                format!("[\"a\\\"b\",1,\"{large}\"]")
            );
            assert_eq!(json(&[Nested, Nested]).unwrap(), r#"["[\"é\"]","[\"é\"]"]"#);
        }
        assert_eq!(json_bytes(&[Nested]).unwrap(), json(&[Nested]).unwrap().len());
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing() {
        let no_key = BTreeMap::from([((1, 2), 3)]);
        assert!(json(&no_key).is_err());
        assert!(json_bytes(&no_key).is_err());
        assert_eq!(json(&1).unwrap(), "1");
    }
}
