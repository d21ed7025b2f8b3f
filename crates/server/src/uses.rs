//! When access keys and roles were last used: noted beside the requests, not in them.
//!
//! IAM notes a use only if the last that it noted is a quarter of an hour old, so a request nearly always finds
//! out, from memory, that there is nothing to do. What is due is gathered and written by one task.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use cloud::Caller;
use cloud::caller::SessionKind;
use cloud::iam::access_key::{self, AccessKeyUseRow};
use cloud::iam::role::last_used::{self, RoleUseRow};
use names::{AccountId, Timestamp};
use store::{RowError, Store, View};

/// Uses that wait to be written; one more waits for the next request of its key or role.
const MAX_WAITING: usize = 10_000;

/// Services that have no region, of which IAM says `N/A` (recorded by LocalStack for IAM).
const REGIONLESS: [&str; 2] = ["iam", "organizations"];

/// The uses that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    uses: BTreeMap<(AccountId, String), Use>,
    /// Whether a task is about to write them.
    is_on_its_way: bool,
}

#[derive(Debug, Clone)]
enum Use {
    Key(AccessKeyUseRow),
    Role(RoleUseRow),
}

impl Uses {
    /// Notes that `caller` called `service`, signed with `access_key_id`.
    pub(crate) fn note(
        self: &Arc<Self>,
        store: &Store,
        view: &View,
        caller: &Caller,
        access_key_id: Option<&str>,
        (service, region, now): (&'static str, &str, Timestamp),
    ) {
        let account = caller.account();
        let found = match caller {
            Caller::Session(session) => match &session.kind {
                SessionKind::Role { role_id, .. }
                    if last_used::is_due(view, account, role_id, now) =>
                {
                    let (id, region) = (role_id.clone(), region.to_owned());
                    Some((id.clone(), Use::Role(RoleUseRow { account, id, used: now, region })))
                }
                _ => None,
            },
            Caller::User(_) | Caller::Root(_) => {
                access_key_id.filter(|id| access_key::is_due(view, account, id, now)).map(|id| {
                    let region = if REGIONLESS.contains(&service) { "N/A" } else { region };
                    let (id, service, region) =
                        (id.to_owned(), service.to_owned(), region.to_owned());
                    let row =
                        AccessKeyUseRow { account, id: id.clone(), used: now, service, region };
                    (id, Use::Key(row))
                })
            }
            _ => None,
        };
        if let Some((id, noted)) = found {
            self.wait(store, (account, id), noted);
        }
    }

    fn wait(self: &Arc<Self>, store: &Store, key: (AccountId, String), noted: Use) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.uses.len() >= MAX_WAITING {
            return;
        }
        waiting.uses.insert(key, noted);
        if std::mem::replace(&mut waiting.is_on_its_way, true) {
            return;
        }
        let (uses, store) = (Arc::clone(self), store.clone());
        tokio::spawn(async move { uses.write(&store).await });
    }

    /// Writes what waits, an account at a time, until nothing does.
    async fn write(&self, store: &Store) {
        while let Some((account, uses)) = self.next() {
            let written = store.write(account.as_str(), move |tx| {
                uses.iter().try_for_each(|noted| -> Result<(), RowError> {
                    match noted.clone() {
                        Use::Key(row) => access_key::note_use(tx, row),
                        Use::Role(row) => last_used::note_use(tx, row),
                    }
                })
            });
            if let Err(error) = written.await {
                tracing::warn!("when keys were last used was not noted: {error}");
            }
        }
    }

    /// All that waits of one account.
    fn next(&self) -> Option<(AccountId, Vec<Use>)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(((account, _), _)) = waiting.uses.first_key_value() else {
            waiting.is_on_its_way = false;
            return None;
        };
        let account = *account;
        let all = std::mem::take(&mut waiting.uses);
        let (own, rest) = all.into_iter().partition(|((of, _), _)| *of == account);
        waiting.uses = rest;
        let own: BTreeMap<(AccountId, String), Use> = own;
        Some((account, own.into_values().collect()))
    }
}
