//! One write: the caller's closure, executed on the state, and who waits for its result.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::error::{StoreError, WriteError};
use crate::tx::{Effects, Tx};
use crate::view::View;

/// A write that waits for its flush and can be executed again until then.
pub(crate) trait Job: Send {
    /// Executes the write on `view`.
    fn run(&mut self, view: &mut View) -> Effects;
    /// Gives the result of the last execution to whoever waits for it.
    fn acknowledge(self: Box<Self>);
    /// Tells whoever waits that the write was not kept.
    fn fail(self: Box<Self>, failure: Failure);
}

/// Why a batch of writes was given up.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    Store(StoreError),
    Contended,
}

/// A write's closure with the sender that its caller listens to.
pub(crate) struct Closure<F, T, E> {
    pub(crate) account: Box<str>,
    pub(crate) body: F,
    pub(crate) result: Option<Result<T, WriteError<E>>>,
    pub(crate) reply: oneshot::Sender<Result<T, WriteError<E>>>,
}

impl<F, T, E> Job for Closure<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    fn run(&mut self, view: &mut View) -> Effects {
        let (result, effects) = execute(view, &self.account, true, &mut self.body);
        self.result = Some(result);
        effects
    }

    fn acknowledge(self: Box<Self>) {
        let result = self.result.unwrap_or(Err(WriteError::Store(StoreError::Closed)));
        // A caller that is gone does not mind: its write is kept.
        drop(self.reply.send(result));
    }

    fn fail(self: Box<Self>, failure: Failure) {
        let error = match failure {
            Failure::Store(error) => WriteError::Store(error),
            Failure::Contended => WriteError::Contended,
        };
        drop(self.reply.send(Err(error)));
    }
}

/// Executes a closure on `view`. Unless it returns `Ok`, `view` is as before.
pub(crate) fn execute<T, E>(
    view: &mut View,
    account: &str,
    keeps_bodies: bool,
    body: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
) -> (Result<T, WriteError<E>>, Effects) {
    view.look_at(account);
    let mut tx = Tx::begin(view, keeps_bodies);
    // Rows and indexes are changed only after all of the row's own code has run, so a panic leaves them
    // and the record of what to undo in step.
    match catch_unwind(AssertUnwindSafe(|| body(&mut tx))) {
        Ok(Ok(value)) => (Ok(value), tx.keep()),
        Ok(Err(error)) => {
            tx.undo();
            (Err(WriteError::Refused(error)), Effects::default())
        }
        Err(panic) => {
            tx.undo();
            (Err(WriteError::Panicked(panic_text(&*panic))), Effects::default())
        }
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
