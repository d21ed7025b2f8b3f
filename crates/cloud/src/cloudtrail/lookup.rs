//! `LookupEvents`: pages of events, newest first, by time and one attribute.

use std::sync::Arc;

use names::AccountId;
use serde::{Deserialize, Serialize};
use store::limits::MAX_AUDIT_PAGE;
use store::{AuditFilter, AuditRow};

use crate::cloudtrail::event::{Event, EventShape};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Operation, Read, Service};

/// Events of a page, at most and unless the request says otherwise (API reference).
pub const MAX_RESULTS: i64 = 50;
/// How far back events can be looked up, in days (user guide, "event history").
const HISTORY_DAYS: i64 = 90;
/// Rows that one request looks at; a page that ends there says how to go on, full or not.
const MAX_ROWS_SEEN: usize = 20_000;
/// By what events can be looked up (API reference).
const ATTRIBUTES: [&str; 8] = [
    "EventId",
    "EventName",
    "ReadOnly",
    "Username",
    "ResourceType",
    "ResourceName",
    "EventSource",
    "AccessKeyId",
];

/// `LookupEvents`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupEvents {
    #[serde(default)]
    lookup_attributes: Vec<LookupAttribute>,
    start_time: Option<f64>,
    end_time: Option<f64>,
    event_category: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
    #[serde(skip)]
    seen: Seen,
}

/// What an event must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupAttribute {
    /// By what.
    pub attribute_key: String,
    /// The value.
    pub attribute_value: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Events {
    events: Vec<EventShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// How far the request has looked.
#[derive(Debug, Clone, Default)]
struct Seen {
    found: Vec<Arc<AuditRow>>,
    /// Where it is; none before the first look.
    at: Option<Position>,
    rows: usize,
    is_at_end: bool,
}

/// A place in the history that stays where it is while events are added: so many rows below a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Position {
    before_ms: i64,
    passed: usize,
}

impl Position {
    fn read(token: &str) -> Option<Self> {
        let (before, passed) = token.split_once('.')?;
        Some(Self { before_ms: before.parse().ok()?, passed: passed.parse().ok()? })
    }

    fn token(self) -> String {
        format!("{}.{}", self.before_ms, self.passed)
    }
}

impl LookupEvents {
    fn page(&self) -> usize {
        usize::try_from(self.max_results.unwrap_or(MAX_RESULTS)).unwrap_or_default()
    }

    fn wants(&self, row: &AuditRow) -> bool {
        Event::read(row)
            .is_some_and(|event| self.lookup_attributes.iter().all(|wanted| event.has(wanted)))
    }
}

/// Whole milliseconds; times far off are as far as they can be.
#[expect(clippy::cast_possible_truncation, reason = "it saturates")]
fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0) as i64
}

impl Operation for LookupEvents {
    const SERVICE: Service = Service::CloudTrail;
    const NAME: &'static str = "LookupEvents";
    type Output = Events;

    /// The codes are the API model's; the texts are unverified.
    fn check(&self) -> Result<(), Fault> {
        if self.max_results.is_some_and(|results| !(1..=MAX_RESULTS).contains(&results)) {
            let text = format!("Max results must be between 1 and {MAX_RESULTS}.");
            return Err(Fault::new("InvalidMaxResultsException", text));
        }
        if self.start_time.zip(self.end_time).is_some_and(|(start, end)| start > end) {
            let text = "The start time must be before or equal to the end time.";
            return Err(Fault::new("InvalidTimeRangeException", text));
        }
        let attributes = &self.lookup_attributes;
        let known = |attribute: &LookupAttribute| {
            let length = attribute.attribute_value.chars().count();
            ATTRIBUTES.contains(&attribute.attribute_key.as_str()) && (1..=2000).contains(&length)
        };
        if attributes.len() > 1 || !attributes.iter().all(known) {
            let text = "You can specify one lookup attribute, of a key that CloudTrail knows.";
            return Err(Fault::new("InvalidLookupAttributesException", text));
        }
        if let Some(category) = &self.event_category {
            let text = format!("rolecall models no events of the category `{category}`");
            return Err(match category.as_str() {
                "insight" => Fault::new("NotImplemented", text),
                _ => Fault::new("InvalidEventCategoryException", text),
            });
        }
        if self.next_token.as_deref().is_some_and(|token| Position::read(token).is_none()) {
            return Err(Fault::new("InvalidNextTokenException", "The next token is not valid."));
        }
        Ok(())
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("cloudtrail:LookupEvents", "*")])
    }

    fn wanted_audit(&self, account: AccountId) -> Option<AuditFilter> {
        let seen = &self.seen;
        let is_full = seen.found.len() >= self.page() || seen.rows >= MAX_ROWS_SEEN;
        if is_full || seen.is_at_end || self.check().is_err() {
            return None;
        }
        let given = self.next_token.as_deref().and_then(Position::read);
        let position = seen.at.or(given);
        let end = self.end_time.map(|end| milliseconds(end).saturating_add(1));
        Some(AuditFilter {
            account: Some(account.to_string()),
            from_ms: self.start_time.map(milliseconds),
            until_ms: position.map(|position| position.before_ms).or(end),
            skip: position.map_or(0, |position| position.passed),
            limit: MAX_AUDIT_PAGE,
            ..AuditFilter::all()
        })
    }

    fn see_audit(&mut self, rows: &[Arc<AuditRow>]) {
        let given = self.next_token.as_deref().and_then(Position::read);
        let newest = rows.first().map_or(0, |row| row.time_ms.saturating_add(1));
        let mut position =
            self.seen.at.or(given).unwrap_or(Position { before_ms: newest, passed: 0 });
        for row in rows {
            if self.seen.found.len() >= self.page() {
                break;
            }
            position.passed += 1;
            self.seen.rows += 1;
            if self.wants(row) {
                self.seen.found.push(Arc::clone(row));
            }
        }
        self.seen.at = Some(position);
        self.seen.is_at_end = rows.len() < MAX_AUDIT_PAGE && self.seen.found.len() < self.page();
    }
}

impl Read for LookupEvents {
    fn read(self, ask: &Ask<'_>) -> Result<Events, Fault> {
        let oldest_ms = (ask.now.unix_seconds() - HISTORY_DAYS * 86_400).saturating_mul(1000);
        let recent = self.seen.found.iter().filter(|row| row.time_ms >= oldest_ms);
        let events = recent.filter_map(|row| Some(Event::read(row)?.shape())).collect();
        let next_token = self.seen.at.filter(|_| !self.seen.is_at_end).map(Position::token);
        Ok(Events { events, next_token })
    }
}
