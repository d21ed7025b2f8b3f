//! Texts of which there are many copies.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Words below which the pool is not looked through for those that nobody uses any more.
const MIN_SWEEP: usize = 1024;

/// A text that is kept once in the process however often it occurs, such as a region's name in every row.
///
/// Made from a text it costs a look into the pool; a clone costs a count. Two words compare as their texts do. A word
/// that nobody uses any more goes when the pool has grown to twice its size.
///
/// ```
/// use names::Word;
///
/// let (here, there) = (Word::from("us-east-1"), Word::from("us-east-1".to_owned()));
/// assert_eq!(here, there);
/// assert!(std::ptr::eq(&*here, &*there));
/// assert!(here.starts_with("us-"));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(Arc<str>);

#[derive(Default)]
struct Pool {
    words: HashSet<Arc<str>>,
    /// How many words there may be before those that are not used are taken out.
    sweep_at: usize,
}

static POOL: LazyLock<Mutex<Pool>> = LazyLock::new(Mutex::default);

impl Pool {
    fn word(&mut self, text: &str) -> Word {
        if let Some(known) = self.words.get(text) {
            return Word(Arc::clone(known));
        }
        if self.words.len() >= self.sweep_at {
            self.words.retain(|word| Arc::strong_count(word) > 1);
            self.sweep_at = (2 * self.words.len()).max(MIN_SWEEP);
        }
        let word: Arc<str> = text.into();
        self.words.insert(Arc::clone(&word));
        Word(word)
    }
}

impl Word {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        POOL.lock().unwrap_or_else(PoisonError::into_inner).word(text)
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&String> for Word {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.as_str().to_owned()
    }
}

impl Default for Word {
    fn default() -> Self {
        "".into()
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Word {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Word {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl PartialEq<String> for Word {
    fn eq(&self, other: &String) -> bool {
        &*self.0 == other.as_str()
    }
}

impl PartialEq<Word> for String {
    fn eq(&self, other: &Word) -> bool {
        self.as_str() == &*other.0
    }
}

impl PartialEq<Word> for str {
    fn eq(&self, other: &Word) -> bool {
        self == &*other.0
    }
}

impl PartialEq<Word> for &str {
    fn eq(&self, other: &Word) -> bool {
        *self == &*other.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, formatter)
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_nobody_uses_go() {
        let mut pool = Pool::default();
        let kept: Vec<Word> = (0..10).map(|number| pool.word(&format!("kept-{number}"))).collect();
        for number in 0..3 * MIN_SWEEP {
            assert_eq!(pool.word(&format!("gone-{number}")), format!("gone-{number}"));
            assert!(pool.words.len() <= MIN_SWEEP);
        }
        for (number, word) in kept.iter().enumerate() {
            assert!(Arc::ptr_eq(&pool.word(&format!("kept-{number}")).0, &word.0));
        }
    }

    #[test]
    fn a_word_is_json_text() {
        let word: Word = serde_json::from_str("\"a\\u0062\"").unwrap();
        assert_eq!(word, "ab");
        assert_eq!(serde_json::to_string(&word).unwrap(), "\"ab\"");
    }
}
