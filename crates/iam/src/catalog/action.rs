//! An action of a service, such as `s3:GetObject`.

use std::fmt;

use super::{ConditionKey, Resource};

/// An action that policies can allow or deny.
#[derive(Debug)]
pub struct Action {
    /// The prefix of its service, such as `s3`.
    pub service: &'static str,
    /// Its name as AWS writes it, without the prefix: `GetObject`.
    pub name: &'static str,
    /// How AWS classifies it.
    pub access: Access,
    /// The resource types that its statements can name, in the order of their names.
    pub resources: &'static [ResourceUse],
    /// The condition keys that it supplies whatever the resource.
    pub condition_keys: &'static [&'static ConditionKey],
    /// Other actions, by full name, that the caller needs besides. Empty throughout in the present
    /// data: the package stopped carrying them ([`pass_role`](super::pass_role) has the chain's own).
    pub dependent_actions: &'static [&'static str],
}

/// AWS's five levels of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Names what exists.
    List,
    /// Reads what is inside.
    Read,
    /// Creates, changes or deletes.
    Write,
    /// Changes tags alone.
    Tagging,
    /// Changes who may do what.
    PermissionsManagement,
}

/// What an action says of one resource type.
#[derive(Debug)]
pub struct ResourceUse {
    /// The type.
    pub resource: &'static Resource,
    /// Every call names a resource of this type, so a statement that names ARNs must name one too.
    pub required: bool,
    /// The keys that the action lists for this type; empty if it leaves them to the type: ask
    /// [`keys`](Self::keys).
    pub condition_keys: &'static [&'static ConditionKey],
    /// Other actions, by full name, that are needed besides when a resource of this type is used.
    pub dependent_actions: &'static [&'static str],
}

impl Action {
    /// No statement with an ARN ever matches this action: only `"Resource": "*"` does.
    #[must_use]
    pub fn is_wildcard_only(&self) -> bool {
        self.resources.is_empty()
    }

    /// What the action says of the resource type of this name, in any case.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&'static ResourceUse> {
        self.resources.iter().find(|used| used.resource.name.eq_ignore_ascii_case(name))
    }
}

impl ResourceUse {
    /// The keys that requests of the action supply for resources of this type: those that the action
    /// lists for it or, where it lists none, those of the type.
    ///
    /// EC2 lists them action by action (`RunInstances` supplies no tags of the instance that does not
    /// exist yet), most services leave them to the type. That a list takes the place of the type's
    /// keys instead of adding to them is unverified.
    #[must_use]
    pub fn keys(&self) -> &'static [&'static ConditionKey] {
        if self.condition_keys.is_empty() {
            self.resource.condition_keys
        } else {
            self.condition_keys
        }
    }
}

/// The full name: `s3:GetObject`.
impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service, self.name)
    }
}

/// As AWS's tables write it: `Permissions management`.
impl fmt::Display for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Tagging => "Tagging",
            Self::PermissionsManagement => "Permissions management",
        })
    }
}
