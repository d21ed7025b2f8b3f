//! What a resource and a data source are.

use crate::client::Client;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::Plan;
use crate::schema::Block;
use crate::value::{Members, Value};

/// A kind of resource. Its methods may block: each call has a thread of its own.
pub trait Resource: Send + Sync {
    /// Its name in configurations.
    fn name(&self) -> &'static str;

    /// What its block may hold.
    fn schema(&self) -> Block;

    /// The version of its schema: the official provider's, so that Terraform takes a state of that one for
    /// one of this.
    fn version(&self) -> i64 {
        0
    }

    /// Finds fault with a configuration, in which values may be unknown.
    fn validate(&self, _config: &Members, _found: &mut Diagnostics) {}

    /// Adds to a plan what this resource knows beyond [`Plan::new`].
    fn plan(&self, _plan: &mut Plan, _found: &mut Diagnostics) {}

    /// Makes it.
    ///
    /// # Errors
    /// [`Failure`], with what was made if something was.
    fn create(
        &self,
        client: &Client,
        planned: &Members,
        found: &mut Diagnostics,
    ) -> Result<Members, Failure>;

    /// Looks at it; `None` if it is gone.
    ///
    /// # Errors
    /// [`Failure`]
    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure>;

    /// Changes it. The default is for resources of which everything forces a new one.
    ///
    /// # Errors
    /// [`Failure`]
    fn update(
        &self,
        _client: &Client,
        _prior: &Members,
        planned: &Members,
        _found: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        Ok(planned.clone())
    }

    /// Removes it; that it is gone already is fine.
    ///
    /// # Errors
    /// [`Failure`]
    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure>;

    /// The state with which [`Resource::read`] finds what `id` names.
    ///
    /// # Errors
    /// [`Failure`] if `id` has not the right form.
    fn import(&self, id: &str) -> Result<Members, Failure> {
        let mut state = self.schema().to_import();
        state.insert("id".to_owned(), Value::text(id));
        Ok(state)
    }
}

/// A kind of data source.
pub trait DataSource: Send + Sync {
    /// Its name in configurations.
    fn name(&self) -> &'static str;

    /// What its block may hold.
    fn schema(&self) -> Block;

    /// Finds fault with a configuration, in which values may be unknown.
    fn validate(&self, _config: &Members, _found: &mut Diagnostics) {}

    /// Whether it asks the workspace at all: the policy documents do not.
    fn asks(&self) -> bool {
        true
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`Failure`]
    fn read(&self, client: &Client, config: &Members) -> Result<Members, Failure>;
}

/// Why something did not happen.
#[derive(Debug)]
pub struct Failure {
    /// What a person is told.
    pub diagnostic: Diagnostic,
    /// What is there all the same, such as a cluster that was made and does not start.
    pub state: Option<Members>,
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, state: None }
    }
}

/// A text of a block; empty if it is absent.
#[must_use]
pub fn text<'m>(members: &'m Members, name: &str) -> &'m str {
    members.get(name).and_then(Value::as_text).unwrap_or_default()
}

/// A text of a block that is there and not empty.
#[must_use]
pub fn some_text<'m>(members: &'m Members, name: &str) -> Option<&'m str> {
    Some(text(members, name)).filter(|text| !text.is_empty())
}

/// A truth value of a block; false if it is absent.
#[must_use]
pub fn flag(members: &Members, name: &str) -> bool {
    members.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// The one block called `name`.
#[must_use]
pub fn block<'m>(members: &'m Members, name: &str) -> Option<&'m Members> {
    match members.get(name)? {
        Value::Map(members) => Some(members),
        other => other.as_list()?.first()?.as_map(),
    }
}
