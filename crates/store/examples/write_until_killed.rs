//! Writes to a store and prints what was answered, until somebody kills it: the victim of the crash test.
//!
//! Usage: `write_until_killed PLACE FIRST`, where PLACE is a folder or a PostgreSQL URL and FIRST the number of
//! the first write. Every write makes an order, takes its item out of the stock, counts up and leaves an audit
//! row; `ID COUNT` is printed when it was answered.

use std::error::Error;
use std::io::Write;

use crash_rows::{ACCOUNT, Item, Order, Total, schema};
use store::{AuditRow, Options, Place, RowError, Store, Tx};

#[path = "../tests/crash_rows.rs"]
mod crash_rows;

/// Writers at the same time.
const WRITERS: u64 = 16;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let place = arguments.next().ok_or("say where")?;
    let first: u64 = arguments.next().ok_or("say from which number on")?.parse()?;
    let place = match place.starts_with("postgres://") {
        true => Place::Postgres(place),
        false => Place::Folder(place.into()),
    };
    let store = Store::open(place, schema(), Options::default()).await?;
    println!("open");
    let writers = (0..WRITERS).map(|writer| tokio::spawn(write(store.clone(), first + writer)));
    for writer in writers.collect::<Vec<_>>() {
        writer.await?;
    }
    Ok(())
}

/// Writes `first` and every `WRITERS`th number after it.
async fn write(store: Store, first: u64) {
    for number in (first..).step_by(WRITERS as usize) {
        match store.write(ACCOUNT, move |tx| order(tx, number)).await {
            // One call, so that no line is cut in the middle by another's.
            Ok(count) => {
                drop(std::io::stdout().write_all(format!("{number} {count}\n").as_bytes()))
            }
            Err(error) => eprintln!("{number}: {error}"),
        }
        if number % 3 == 0 {
            // Of reads, too, while writes go on.
            let _ = store.audit(audit(&format!("read {number}")));
        }
    }
}

fn order(tx: &mut Tx<'_>, number: u64) -> Result<u64, RowError> {
    let id = number.to_string();
    tx.insert(Order { account: ACCOUNT.into(), id: id.clone(), item: format!("item of {id}") })?;
    tx.insert(Item { account: ACCOUNT.into(), id: format!("next {id}") })?;
    if let Some(before) = number.checked_sub(WRITERS) {
        tx.delete::<Item>(ACCOUNT, &format!("next {before}"))?;
    }
    let count = tx.get::<Total>(ACCOUNT, "orders").map_or(0, |total| total.count) + 1;
    tx.put(Total { account: ACCOUNT.into(), name: "orders".into(), count })?;
    tx.audit(audit(&id))?;
    Ok(count)
}

fn audit(id: &str) -> AuditRow {
    AuditRow {
        id: id.into(),
        account: ACCOUNT.into(),
        time_ms: 0,
        caller: "nobody".into(),
        action: "order".into(),
        verdict: "allow".into(),
        body: "{}".into(),
    }
}
