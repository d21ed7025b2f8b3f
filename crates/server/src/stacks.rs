//! The worker that takes turns of stacks, until nothing can be done any more or only time can help.
//!
//! Everything that it does is in the store, so it needs to know nothing: at the start, after every write of
//! CloudFormation's and when the clock moves it looks which stacks have something to be done.

mod backoff;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud::propagation::Unseen;
use cloud::{Act, Caller, Fault, Service};
use cloudformation::stack::StackRow;
use cloudformation::stack::begin::{SERVICE, facts};
use cloudformation::turn::{self, Note, Objects, Outcome};
use names::{AccountId, Entropy};
use store::WriteError;
use tokio::sync::{Mutex, Notify, watch};

use crate::clock::OsEntropy;
use crate::decisions::Record;
use crate::perform::Job;
use crate::respond;
use crate::shared::Shared;
use crate::stacks::backoff::Backoff;

/// How often stacks are asked that wait for time to pass.
const PATIENCE: Duration = Duration::from_millis(200);
/// How long a read of CloudFormation's waits for what can be done at once.
const MAX_SETTLING: Duration = Duration::from_secs(2);

/// What wakes the worker, and says whether it works.
#[derive(Debug, Default)]
pub(crate) struct Stacks {
    wake: Notify,
    /// Held while turns are taken.
    turns: Mutex<Backoff>,
}

impl Stacks {
    /// There may be something to do.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}

/// Works until the server stops.
pub(crate) async fn work(shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let stop = async { drop(stopped.wait_for(|stop| *stop).await) };
    let work = async {
        loop {
            let waits = advance(&shared).await;
            let wake = shared.stacks.wake.notified();
            if waits {
                let _ = tokio::time::timeout(PATIENCE, wake).await;
            } else {
                wake.await;
            }
        }
    };
    tokio::select! {
        () = stop => {}
        () = work => {}
    }
}

/// Does what can be done at once, so that whoever asks sees the end of what takes no time.
pub(crate) async fn settle(shared: &Arc<Shared>) {
    let _ = tokio::time::timeout(MAX_SETTLING, advance(shared)).await;
}

fn unfinished(view: &store::View) -> Vec<(AccountId, String)> {
    let stacks = view.everywhere::<StackRow>();
    let unfinished = stacks.filter(|stack| stack.work.is_some());
    unfinished.map(|stack| (stack.account, stack.id.clone())).collect()
}

/// Takes turns until nothing can be done any more; says whether some stack waits for time.
async fn advance(shared: &Arc<Shared>) -> bool {
    let mut backoff = shared.stacks.turns.lock().await;
    loop {
        let (mut progressed, mut waits) = (false, false);
        for stack in unfinished(&shared.store.snapshot()) {
            let id = &stack.1;
            if backoff.is_paused(id, Instant::now()) {
                waits = true;
                continue;
            }
            match take_turn(shared, &stack).await {
                Ok((moved, must_wait)) => {
                    progressed |= moved;
                    waits |= must_wait;
                    if backoff.stored(id) {
                        tracing::info!("stack {id}: a turn is stored again");
                    }
                }
                Err(error) => {
                    let (failures, pause) = backoff.failed(id, Instant::now());
                    tracing::error!(
                        failures,
                        "stack {id}: a turn could not be stored: {error}; tried again in {pause:?}"
                    );
                    waits = true;
                }
            }
        }
        if !progressed {
            return waits;
        }
    }
}

/// One turn of one stack, and the objects that it needs: whether anything was done, and whether time must pass.
async fn take_turn(
    shared: &Arc<Shared>,
    stack: &(AccountId, String),
) -> Result<(bool, bool), String> {
    let outcome = write_turn(shared, stack, Objects::new()).await?;
    if outcome.wants.is_empty() {
        return Ok((outcome.progressed, outcome.waits));
    }
    let mut objects = Objects::new();
    for (logical_id, wanted, caller) in outcome.wants {
        let region = region_of(shared, stack);
        let mut job = Job {
            facts: facts(),
            moment: shared.moment(region),
            caller,
            shared: Arc::clone(shared),
            request_id: OsEntropy::new().uuid(),
            snapshot: shared.store.snapshot(),
            before: Vec::new(),
        };
        let (seen, made) = job.read_object(&wanted).await.map_err(|error| format!("{error:?}"))?;
        let fault = seen.as_ref().err().cloned();
        let request_id = job.request_id;
        keep(
            shared,
            Note { request_id, operation: "cloudformation:CreateStack", made: vec![made], fault },
        );
        objects.insert(logical_id, seen);
    }
    let outcome = write_turn(shared, stack, objects).await?;
    Ok((outcome.progressed, outcome.waits))
}

fn region_of(shared: &Shared, (account, id): &(AccountId, String)) -> String {
    let snapshot = shared.store.snapshot();
    let stack = snapshot.get::<StackRow>(account.as_str(), id);
    stack.map(|stack| stack.region.clone()).unwrap_or_default()
}

async fn write_turn(
    shared: &Arc<Shared>,
    stack: &(AccountId, String),
    objects: Objects,
) -> Result<Outcome, String> {
    let (account, id) = stack.clone();
    let moment = shared.moment(region_of(shared, stack));
    let (state, facts) = (Arc::clone(shared), facts());
    let written = shared.store.write(account.as_str(), move |tx| -> Result<Outcome, Fault> {
        let caller = Caller::Service { name: SERVICE, account };
        let (mut made, unseen, mut entropy) = (Vec::new(), Unseen::default(), OsEntropy::new());
        let mut act = Act {
            tx: &mut *tx,
            caller: &caller,
            now: moment.now,
            region: &moment.region,
            secrets: &state.secrets,
            entropy: &mut entropy,
            facts: &facts,
            policies: &state.policies,
            made: &mut made,
            standpoint: moment.standpoint(Service::CloudFormation, &unseen),
        };
        let outcome = turn::turn(&mut act, &id, &objects, respond::status_of_fault)?;
        cloud::propagation::record(tx, state.propagation.mode(), moment.now_ms)?;
        Ok(outcome)
    });
    let mut outcome = written.await.map_err(|error: WriteError<Fault>| error.to_string())?;
    for note in outcome.notes.drain(..) {
        keep(shared, note);
    }
    Ok(outcome)
}

/// Keeps the calls of a turn, for `why`.
fn keep(shared: &Shared, note: Note) {
    let Note { request_id, operation, made, fault } = note;
    shared.needs.note(&[], &made);
    let hint = fault.as_ref().and_then(|fault| fault.hint.as_deref()).map(str::to_owned);
    shared.decisions.keep(Record {
        request_id,
        time_ms: shared.clock.now_ms(),
        operation: operation.into(),
        decided: Vec::new(),
        made,
        fault,
        hints: hint.into_iter().collect(),
    });
}
