//! What was found about one document.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use iam::accept::{self, MAX_DOCUMENT_CHARACTERS, Malformed};
use iam::diagnostic::{Diagnostic, Severity};
use iam::json::MAX_DOCUMENT_BYTES;
use iam::span::{Position, Span};
use iam::{Policy, PolicyKind, lint};

use super::guess::{self, Guess};
use crate::Outcome;

/// The name under which refusals stand beside the rules.
pub(super) const REFUSED: &str = "refused";
/// The name under which files that cannot be read stand beside the rules.
pub(super) const UNREADABLE: &str = "unreadable";

/// One document, and what there is to say about it.
#[derive(Debug)]
pub(super) struct Report {
    /// As the user named it; `<stdin>` for standard input.
    pub(super) name: String,
    /// As far as it is text.
    pub(super) text: String,
    /// `None` if the file could not be read and nobody said.
    pub(super) kind: Option<PolicyKind>,
    /// Why it was taken for this kind, unless the user said so.
    pub(super) guessed: Option<&'static str>,
    pub(super) verdict: Verdict,
}

/// What became of a document.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The file cannot be read.
    Unreadable(io::Error),
    /// Nobody would store it.
    Refused(Refusal),
    /// It would be stored.
    Stored(Vec<Diagnostic>),
}

/// Why nobody would store a document.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The service's error code, or [`REFUSED`].
    pub(super) code: &'static str,
    /// The service's own words, where it is known which service that is.
    pub(super) message: Option<String>,
    /// What is wrong, in rolecall's words.
    pub(super) hint: String,
    pub(super) span: Span,
}

/// Findings by severity.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) notes: usize,
}

impl Report {
    /// Reads a file, or standard input for `-`, and looks at it.
    pub(super) fn of_file(path: &Path, kind: Option<PolicyKind>) -> Self {
        let from_stdin = path == Path::new("-");
        let name = match from_stdin {
            true => "<stdin>".to_owned(),
            false => path.display().to_string(),
        };
        let bytes = match from_stdin {
            true => read(io::stdin().lock()),
            false => File::open(path).and_then(read),
        };
        match bytes {
            Ok(bytes) => Self::of_bytes(name, &bytes, kind),
            Err(error) => Self {
                name,
                text: String::new(),
                kind,
                guessed: None,
                verdict: Verdict::Unreadable(error),
            },
        }
    }

    /// Looks at a document.
    pub(super) fn of_bytes(name: String, bytes: &[u8], kind: Option<PolicyKind>) -> Self {
        let (kind, guessed) = match kind {
            Some(kind) => (kind, None),
            None => {
                let Guess { kind, reason } = guess::guess(bytes);
                (kind, Some(reason))
            }
        };
        let text = String::from_utf8_lossy(bytes).into_owned();
        let verdict = verdict(bytes, &text, kind);
        Self { name, text, kind: Some(kind), guessed, verdict }
    }

    /// What is found, most of it for people to look at.
    pub(super) fn findings(&self) -> &[Diagnostic] {
        if let Verdict::Stored(findings) = &self.verdict { findings } else { &[] }
    }

    pub(super) fn counts(&self) -> Counts {
        let count = |severity| {
            self.findings().iter().filter(|finding| finding.severity == severity).count()
        };
        Counts {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match &self.verdict {
            Verdict::Unreadable(_) | Verdict::Refused(_) => Outcome::BadInput,
            Verdict::Stored(findings) => {
                let bad = findings.iter().any(|finding| finding.severity >= Severity::Warning);
                if bad { Outcome::Bad } else { Outcome::Good }
            }
        }
    }

    /// Where a span starts and ends, for people.
    pub(super) fn positions(&self, span: Span) -> (Position, Position) {
        let at = |offset: u32| Position::of(&self.text, offset as usize);
        (at(span.start), at(span.end))
    }
}

/// Reads as much as is ever looked at, and one byte more.
fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_DOCUMENT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn verdict(bytes: &[u8], text: &str, kind: PolicyKind) -> Verdict {
    if let Some(refusal) = too_long(text) {
        return Verdict::Refused(refusal);
    }
    if let Err(malformed) = accept::check(bytes, kind) {
        return Verdict::Refused(refusal(malformed, kind));
    }
    match Policy::parse(bytes, kind) {
        Ok(policy) => Verdict::Stored(lint::check(&policy)),
        // Does not happen: what `accept` lets pass can be read.
        Err(findings) => Verdict::Stored(findings),
    }
}

/// Services of other resources word refusals in their own ways: for them, the hint has to do.
fn refusal(malformed: Malformed, kind: PolicyKind) -> Refusal {
    let Malformed { message, span, hint } = malformed;
    let code = match kind {
        PolicyKind::Resource | PolicyKind::Endpoint => REFUSED,
        PolicyKind::ServiceControl | PolicyKind::ResourceControl => {
            "MalformedPolicyDocumentException"
        }
        _ => "MalformedPolicyDocument",
    };
    Refusal { code, message: (code != REFUSED).then_some(message), hint, span }
}

fn too_long(text: &str) -> Option<Refusal> {
    let (start, character) = text.char_indices().nth(MAX_DOCUMENT_CHARACTERS)?;
    Some(Refusal {
        code: REFUSED,
        message: None,
        hint: format!(
            "the document goes on beyond the {MAX_DOCUMENT_CHARACTERS} characters that IAM reads"
        ),
        span: Span::new(start, start + character.len_utf8()),
    })
}
