//! Resources whose JSON has the names of their blocks: made, read, changed and deleted by one call each.

use serde_json::{Map, Value as Json};

use crate::api;
use crate::client::{ApiError, Client};
use crate::resource::{Failure, text};
use crate::schema::Block;
use crate::value::{Members, Value};

/// How such a resource is spoken of and found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// In errors, as in `cannot create the cluster policy`.
    pub(super) called: &'static str,
    /// The member that holds the id, in answers and requests.
    pub(super) id: &'static str,
}

impl Kind {
    /// Sends what was planned, and gives back the state with the id that was answered.
    pub(super) fn create(
        &self,
        client: &Client,
        path: &str,
        body: Map<String, Json>,
        planned: &Members,
    ) -> Result<Members, Failure> {
        let answer =
            client.post(path, &body.into()).map_err(|error| self.cannot("create", &error))?;
        let id = match answer.get(self.id) {
            Some(Json::String(id)) => id.clone(),
            Some(Json::Number(id)) => id.to_string(),
            _ => String::new(),
        };
        let mut state = planned.clone();
        state.insert("id".to_owned(), Value::Text(id));
        Ok(state)
    }

    /// The answer to `GET`; `None` if there is no such thing.
    pub(super) fn get(
        &self,
        client: &Client,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Option<Map<String, Json>>, Failure> {
        match client.get(path, query) {
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(self.cannot("read", &error)),
            Ok(Json::Object(answer)) => Ok(Some(answer)),
            Ok(_) => Ok(Some(Map::new())),
        }
    }

    /// The state as an answer tells it; the id stays.
    pub(super) fn state(block: &Block, answer: &Map<String, Json>, before: &Members) -> Members {
        let mut state = api::from_json(block, answer, before);
        state.insert("id".to_owned(), Value::text(text(before, "id")));
        state
    }

    /// Sends anything that has no answer of interest.
    pub(super) fn send(
        &self,
        client: &Client,
        verb: &str,
        (method, path): (&str, &str),
        body: Map<String, Json>,
    ) -> Result<(), Failure> {
        let sent = client.send(method, path, Some(&body.into()));
        sent.map(drop).map_err(|error| self.cannot(verb, &error))
    }

    /// Deletes; that it is gone already is fine.
    pub(super) fn delete(
        &self,
        client: &Client,
        (method, path): (&str, &str),
        body: Option<Json>,
    ) -> Result<(), Failure> {
        match client.send(method, path, body.as_ref()) {
            Err(error) if !error.is_missing() => Err(self.cannot("delete", &error)),
            _ => Ok(()),
        }
    }

    pub(super) fn cannot(&self, verb: &str, error: &ApiError) -> Failure {
        error.diagnostic(&format!("{verb} the {}", self.called)).into()
    }
}
