//! Who may do what with an object: the rows behind the permissions API.

pub mod permissions;

use serde::{Deserialize, Serialize};
use store::View;

use crate::fault::Fault;
use crate::operation::{Act, Ask};

/// A kind of object that has permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ObjectKind {
    /// A cluster.
    Cluster,
    /// A cluster policy.
    ClusterPolicy,
    /// An instance pool.
    InstancePool,
    /// An SQL warehouse.
    Warehouse,
}

/// An object that has permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Of what kind.
    pub kind: ObjectKind,
    /// Its id.
    pub id: String,
}

/// How much somebody may do, from little to much. The names differ from kind to kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// Look at it.
    CanView,
    /// Look at how it is used.
    CanMonitor,
    /// Use it.
    CanUse,
    /// Run on it.
    CanAttachTo,
    /// Start and stop it.
    CanRestart,
    /// Everything.
    CanManage,
    /// Everything, as its owner.
    IsOwner,
}

/// Whom a permission is given to, in the fields of the API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// A user, by name.
    UserName(String),
    /// A group, by name.
    GroupName(String),
    /// A service principal, by application id.
    ServicePrincipalName(String),
}

/// The permissions on one object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AclRow {
    /// The workspace.
    pub workspace: String,
    /// The object's path, by which permissions are found.
    pub path: String,
    /// Who has what.
    pub entries: Vec<(Principal, Level)>,
}

row!(AclRow, "databricks_acl", workspace, path);

impl ObjectKind {
    /// The first part of its objects' paths, which is also what requests call it.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Cluster => "clusters",
            Self::ClusterPolicy => "cluster-policies",
            Self::InstancePool => "instance-pools",
            Self::Warehouse => "sql/warehouses",
        }
    }

    /// What answers call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::ClusterPolicy => "cluster-policy",
            Self::InstancePool => "instance-pool",
            Self::Warehouse => "warehouses",
        }
    }

    /// The kind that a request's path speaks of.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        match path {
            "warehouses" => Some(Self::Warehouse),
            _ => [Self::Cluster, Self::ClusterPolicy, Self::InstancePool, Self::Warehouse]
                .into_iter()
                .find(|kind| kind.path() == path),
        }
    }

    /// The levels that can be given, from little to much.
    #[must_use]
    pub fn levels(self) -> &'static [Level] {
        match self {
            Self::Cluster => &[Level::CanAttachTo, Level::CanRestart, Level::CanManage],
            Self::ClusterPolicy => &[Level::CanUse],
            Self::InstancePool => &[Level::CanAttachTo, Level::CanManage],
            Self::Warehouse => &[
                Level::CanView,
                Level::CanMonitor,
                Level::CanUse,
                Level::CanManage,
                Level::IsOwner,
            ],
        }
    }

    /// What whoever makes one has on it.
    #[must_use]
    pub fn of_creator(self) -> Level {
        match self {
            Self::Warehouse => Level::IsOwner,
            Self::ClusterPolicy => Level::CanUse,
            Self::Cluster | Self::InstancePool => Level::CanManage,
        }
    }
}

impl Object {
    /// The object of `kind` with `id`.
    #[must_use]
    pub fn new(kind: ObjectKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// Its path, such as `/clusters/1126-101010-abcdefgh`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{}/{}", self.kind.path(), self.id)
    }
}

impl Level {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CanView => "CAN_VIEW",
            Self::CanMonitor => "CAN_MONITOR",
            Self::CanUse => "CAN_USE",
            Self::CanAttachTo => "CAN_ATTACH_TO",
            Self::CanRestart => "CAN_RESTART",
            Self::CanManage => "CAN_MANAGE",
            Self::IsOwner => "IS_OWNER",
        }
    }
}

/// The permissions on `object`; none at all is an empty list.
#[must_use]
pub fn entries(view: &View, workspace: &str, object: &Object) -> Vec<(Principal, Level)> {
    let row = view.get::<AclRow>(workspace, &object.path());
    row.map(|row| row.entries.clone()).unwrap_or_default()
}

/// The caller's level on `object`, given directly or to a group that the caller is in.
#[must_use]
pub fn level_of(ask: &Ask<'_>, object: &Object) -> Option<Level> {
    let caller = ask.caller;
    let is_caller = |principal: &Principal| match principal {
        Principal::UserName(name) => caller.is_user() && caller.name().eq_ignore_ascii_case(name),
        Principal::ServicePrincipalName(id) => !caller.is_user() && caller.name() == id,
        Principal::GroupName(name) => caller.groups.contains(name),
    };
    let entries = entries(ask.view, &ask.host.partition(), object);
    entries.iter().filter(|(who, _)| is_caller(who)).map(|(_, level)| *level).max()
}

/// Gives `object`, which the caller made, its first permissions.
///
/// # Errors
/// A limit of the store.
pub fn create(act: &mut Act<'_, '_>, object: &Object) -> Result<(), Fault> {
    let caller = act.caller;
    let name = caller.name().to_owned();
    let creator = if caller.is_user() {
        Principal::UserName(name)
    } else {
        Principal::ServicePrincipalName(name)
    };
    let entries = vec![(creator, object.kind.of_creator())];
    set(act, object, entries)
}

/// Sets the permissions on `object`.
///
/// # Errors
/// A limit of the store.
pub fn set(
    act: &mut Act<'_, '_>,
    object: &Object,
    entries: Vec<(Principal, Level)>,
) -> Result<(), Fault> {
    let workspace = act.host.partition();
    Ok(act.tx().put(AclRow { workspace, path: object.path(), entries })?)
}

/// Forgets the permissions on an object that is gone.
///
/// # Errors
/// A limit of the store.
pub fn forget(act: &mut Act<'_, '_>, object: &Object) -> Result<(), Fault> {
    let workspace = act.host.partition();
    act.tx().delete::<AclRow>(&workspace, &object.path())?;
    Ok(())
}
