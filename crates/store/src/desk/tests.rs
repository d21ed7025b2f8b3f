//! The bounds of what waits, with nobody to take it.

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::*;
use crate::limits::{MAX_ROW_BYTES, MAX_WAITING_BYTES, MAX_WAITING_WRITES};
use crate::row::Row;
use crate::tx::Tx;
use crate::write::Closure;

#[derive(Serialize, Deserialize)]
struct Note {
    name: String,
    text: String,
}

impl Row for Note {
    const TABLE: &'static str = "note";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        "account"
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }
}

fn shared() -> Shared {
    Shared::new(View::empty(Arc::new(Schema::new().with::<Note>())), false)
}

/// A write of a note with that many bytes.
fn note(bytes: usize) -> Box<dyn Job> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    let body =
        move |tx: &mut Tx<'_>| tx.insert(Note { name: name.clone(), text: "x".repeat(bytes) });
    let (reply, _) = oneshot::channel();
    Box::new(Closure { account: "account".into(), body, result: None, reply })
}

#[test]
fn waiting_writes_are_bounded_by_count() {
    let shared = shared();
    for _ in 0..MAX_WAITING_WRITES {
        assert_eq!(shared.enqueue(note(0)), Ok(true));
    }
    assert_eq!(shared.enqueue(note(0)), Ok(false));
    assert_eq!(shared.desk().working.count::<Note>("account"), MAX_WAITING_WRITES);
    assert_eq!(shared.snapshot().count::<Note>("account"), 0, "nothing of it is durable");
}

#[test]
fn waiting_writes_are_bounded_by_bytes() {
    let shared = shared();
    let bytes = MAX_ROW_BYTES - 100;
    let mut taken = 0;
    while shared.enqueue(note(bytes)) == Ok(true) {
        taken += 1;
    }
    assert_eq!(taken, MAX_WAITING_BYTES / bytes + 1, "one may go over the bound");
}

#[test]
fn commands_are_bounded() {
    let shared = shared();
    let command = || Command::SaveAudit { reply: oneshot::channel().0 };
    for _ in 0..MAX_COMMANDS {
        assert_eq!(shared.command(command()), Ok(()));
    }
    assert!(matches!(shared.command(command()), Err(StoreError::Database(_))));
}
