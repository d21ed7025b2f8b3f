//! The hosts that answer: the account's, and one for each workspace.

/// A host that was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The Databricks account that all hosts of a server belong to.
    pub account_id: String,
    /// The workspace; none on the account's host.
    pub workspace_id: Option<u64>,
    /// The AWS account that the server's own access key belongs to.
    pub aws_account: names::AccountId,
}

impl Host {
    /// What parts the rows: the account's from each workspace's.
    #[must_use]
    pub fn partition(&self) -> String {
        match self.workspace_id {
            Some(workspace) => workspace_partition(workspace),
            None => self.account_id.clone(),
        }
    }

    /// Whether it is the account's.
    #[must_use]
    pub fn is_account(&self) -> bool {
        self.workspace_id.is_none()
    }
}

/// What parts a workspace's rows from others.
#[must_use]
pub fn workspace_partition(workspace_id: u64) -> String {
    workspace_id.to_string()
}
