//! The committing thread's life: from opening the database to letting go of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::batch::Batch;
use crate::commit::Committer;
use crate::desk::Shared;
use crate::engine::Engine;
use crate::error::StoreError;
use crate::view::View;
use crate::write::panic_text;

/// What a store's users share, and the thread that commits what they write. Dropped, it finishes what waits
/// and ends the thread; without a database there is none.
pub(crate) struct Running {
    stopper: Stopper,
    committer: Mutex<Option<JoinHandle<()>>>,
}

/// Dropped, it tells the thread to end: also on the way to an opener that does not wait any more.
struct Stopper(Arc<Shared>);

impl Running {
    /// A store without a database.
    pub(crate) fn alone(shared: Arc<Shared>) -> Self {
        Self { stopper: Stopper(shared), committer: Mutex::default() }
    }

    /// Starts the committing thread, which opens its database itself.
    pub(crate) async fn start(
        watched: bool,
        open: impl FnOnce() -> Result<(Box<dyn Engine>, View), StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (ready, opened) = oneshot::channel();
        let work = move || {
            let (engine, view) = match open() {
                Ok(opened) => opened,
                Err(error) => return drop(ready.send(Err(error))),
            };
            let shared = Arc::new(Shared::new(view, watched));
            shared.set_committer(thread::current());
            // If nobody waits any more, the stopper comes back, is dropped, and the work ends at once.
            drop(ready.send(Ok(Stopper(Arc::clone(&shared)))));
            work_until_closed(&shared, engine);
        };
        let thread = thread::Builder::new()
            .name("store-commit".to_owned())
            .spawn(work)
            .map_err(|error| StoreError::Database(format!("no thread for it: {error}")))?;
        let stopper = opened.await.unwrap_or(Err(StoreError::Closed))?;
        Ok(Self { stopper, committer: Mutex::new(Some(thread)) })
    }

    /// What the store's users share.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.stopper.0
    }

    /// Takes no more writes, and ends the thread when it has finished what waits.
    pub(crate) fn stop(&self) {
        self.stopper.stop();
    }

    /// The thread, for the one who waits for its end.
    pub(crate) fn take_committer(&self) -> Option<JoinHandle<()>> {
        self.committer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn work_until_closed(shared: &Arc<Shared>, engine: Box<dyn Engine>) {
    let mut committer = Committer::new(Arc::clone(shared), engine);
    let worked = catch_unwind(AssertUnwindSafe(|| committer.run()));
    if let Err(panic) = worked {
        let why =
            format!("internal error: the committing thread panicked: {}", panic_text(&*panic));
        let mut desk = shared.desk();
        desk.broken = Some(StoreError::Database(why));
        // Dropping what waits tells whoever waits for it.
        let base = desk.open.base();
        let open = std::mem::replace(&mut desk.open, Batch::on(base));
        let commands = std::mem::take(&mut desk.commands);
        drop(desk);
        drop((open, commands));
    }
}

impl Stopper {
    fn stop(&self) {
        self.0.desk().closing = true;
        self.0.ring();
    }
}

impl Drop for Stopper {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        if let Some(committer) = self.take_committer()
            // A write's closure may own the last clone, which then goes on the committing thread itself.
            && committer.thread().id() != thread::current().id()
        {
            drop(committer.join());
        }
    }
}
