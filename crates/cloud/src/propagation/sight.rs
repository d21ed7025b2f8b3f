//! The state as a service sees it.

use std::sync::{Arc, Mutex, PoisonError};

use names::Timestamp;
use store::View;

use super::Reader;
use super::past::{Made, Past, Propagated, Seen};
use crate::iam::access_key::AccessKeyRow;
use crate::operation::Service;

/// Where a service stands when it looks at the state: in whose place, at what time.
#[derive(Debug, Clone, Copy)]
pub struct Standpoint<'a> {
    /// The service that looks.
    pub service: Service,
    /// The time in milliseconds since 1970: `now`, finer.
    pub now_ms: i64,
    /// Milliseconds by which the cloud's clock is ahead of its clients'.
    pub ahead_ms: i64,
    /// Takes down what it did not see.
    pub unseen: &'a Unseen,
}

/// The state as one reader sees it. Everything but IAM's rows is read from `view` itself.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    view: &'a View,
    /// Who looks; `None` for those who see everything at once.
    reader: Option<Reader>,
    now_ms: i64,
    unseen: &'a Unseen,
}

/// The changes that somebody looked for and did not see yet.
#[derive(Debug, Default)]
pub struct Unseen(Mutex<Vec<Hidden>>);

/// A change that a reader did not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// What was changed: `instance profile`.
    pub noun: &'static str,
    /// Its name or ARN.
    pub name: String,
    /// Whether it was made, changed or deleted.
    pub kind: HiddenKind,
    /// Who did not see it.
    pub reader: Reader,
    /// How long ago it was changed.
    pub age_ms: i64,
    /// How long after the change the reader sees it.
    pub delay_ms: i64,
}

/// What happened to what a reader did not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HiddenKind {
    /// It is new.
    Made,
    /// It was something else.
    Changed,
    /// It is gone.
    Deleted,
}

impl<'a> Standpoint<'a> {
    /// The same place and time for another service.
    #[must_use]
    pub fn of(self, service: Service) -> Self {
        Self { service, ..self }
    }

    /// The state as the service sees it.
    #[must_use]
    pub fn sight(self, view: &'a View) -> Sight<'a> {
        self.sight_as(view, Reader::of(self.service))
    }

    /// The state as another reader sees it.
    #[must_use]
    pub fn sight_as(self, view: &'a View, reader: Option<Reader>) -> Sight<'a> {
        Sight { view, reader, now_ms: self.now_ms, unseen: self.unseen }
    }

    /// The time that clients have now.
    #[must_use]
    pub fn client_time(self) -> Timestamp {
        Timestamp::from_unix_seconds((self.now_ms - self.ahead_ms).div_euclid(1000))
    }

    /// The whole seconds, rounded up, by which the cloud's clock is ahead of its clients': taken off a time
    /// of the cloud they give one that is not too late for a client.
    #[must_use]
    pub fn ahead_seconds(self) -> i64 {
        -(-self.ahead_ms).div_euclid(1000)
    }
}

impl<'a> Sight<'a> {
    /// The state behind.
    #[must_use]
    pub fn view(self) -> &'a View {
        self.view
    }

    /// The row of `key` in `account`, as the reader sees it.
    #[must_use]
    pub fn get<R: Propagated>(self, account: &str, key: &str) -> Option<&'a Arc<R>> {
        let now = self.view.get::<R>(account, key);
        let Some(reader) = self.reader else { return now };
        let Some(past) = self.view.get::<Past<R>>(account, key) else { return now };
        match past.seen(reader, self.now_ms) {
            Seen::Now => now,
            Seen::Before(change) => {
                self.note(change, now, reader);
                change.before.as_ref()
            }
        }
    }

    /// The access key with this id, as the reader sees it.
    #[must_use]
    pub fn access_key(self, id: &str) -> Option<&'a Arc<AccessKeyRow>> {
        if let Some(key) = self.view.by_index::<AccessKeyRow>("id", id) {
            return self.get(key.account.as_str(), id);
        }
        // A key that is gone may still open doors that have not heard of it.
        let account = names::access_key_account(id)?;
        self.get(account.as_str(), id)
    }

    fn note<R: Propagated>(self, change: &Made<R>, now: Option<&Arc<R>>, reader: Reader) {
        let (row, kind) = match (&change.before, now) {
            (Some(before), None) => (before, HiddenKind::Deleted),
            (Some(_), Some(now)) => (now, HiddenKind::Changed),
            (None, Some(now)) => (now, HiddenKind::Made),
            // It came and went, and the reader will never know.
            (None, None) => return,
        };
        self.unseen.add(Hidden {
            noun: R::NOUN,
            name: row.name().to_owned(),
            kind,
            reader,
            age_ms: self.now_ms - change.made_ms,
            delay_ms: change.visible_ms(reader) - change.made_ms,
        });
    }
}

impl Unseen {
    fn add(&self, hidden: Hidden) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&hidden) {
            all.push(hidden);
        }
    }

    /// What was not seen, told to people.
    #[must_use]
    pub fn tell(&self) -> Vec<String> {
        self.all().iter().map(Hidden::to_string).collect()
    }

    /// What was not seen.
    #[must_use]
    pub fn all(&self) -> Vec<Hidden> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl std::fmt::Display for Hidden {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { noun, name, kind, reader, age_ms, delay_ms } = self;
        let (age, delay, reader) = (Seconds(*age_ms), Seconds(*delay_ms), reader.name());
        match kind {
            HiddenKind::Made => write!(
                formatter,
                "the {noun} `{name}` exists since {age}, {reader} sees it at {delay}: a race, not a typo"
            ),
            HiddenKind::Changed => write!(
                formatter,
                "the {noun} `{name}` was changed {age} ago, {reader} sees the change at {delay}: a race"
            ),
            HiddenKind::Deleted => write!(
                formatter,
                "the {noun} `{name}` was deleted {age} ago, {reader} sees it until {delay}: a race"
            ),
        }
    }
}

/// Milliseconds written as seconds.
struct Seconds(i64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (self.0 + 50).div_euclid(100);
        match tenths % 10 {
            0 => write!(formatter, "{} s", tenths / 10),
            tenth => write!(formatter, "{}.{tenth} s", tenths / 10),
        }
    }
}
