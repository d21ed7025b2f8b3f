//! `/api/2.0/permissions/…`

use serde::{Deserialize, Serialize};

use crate::acl::{self, Level, Object, ObjectKind, Principal};
use crate::caller::ADMINS;
use crate::fault::Fault;
use crate::identity::{self, Kind};
use crate::operation::{Act, Ask, Method, Operation, Read, Write};
use crate::permit::Need;
use crate::{cluster, cluster_policy, instance_pool, warehouse};

const PATHS: &[&str] = &[
    "/api/2.0/permissions/{object_type}/{object_id}",
    "/api/2.0/permissions/sql/warehouses/{object_id}",
];

/// One entry as clients send it.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    user_name: Option<String>,
    group_name: Option<String>,
    service_principal_name: Option<String>,
    permission_level: Level,
}

/// What an object's permissions are.
#[derive(Debug, Serialize)]
pub struct Permissions {
    object_id: String,
    object_type: &'static str,
    access_control_list: Vec<ShownEntry>,
}

#[derive(Debug, Serialize)]
struct ShownEntry {
    #[serde(flatten)]
    principal: Principal,
    display_name: String,
    all_permissions: Vec<ShownLevel>,
}

#[derive(Debug, Serialize)]
struct ShownLevel {
    permission_level: Level,
    inherited: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inherited_from_object: Vec<String>,
}

/// The object of a request, which exists.
fn object(ask: &Ask<'_>, kind: Option<&str>, id: &str) -> Result<Object, Fault> {
    let word = kind.unwrap_or("sql/warehouses");
    let Some(kind) = ObjectKind::of_path(word) else {
        let text = format!("rolecall does not model permissions on `{word}`");
        return Err(Fault::not_modelled(text));
    };
    match kind {
        ObjectKind::Cluster => cluster::find(ask, id).map(|_| ()),
        ObjectKind::ClusterPolicy => cluster_policy::find(ask, id).map(|_| ()),
        ObjectKind::InstancePool => instance_pool::find(ask, id).map(|_| ()),
        ObjectKind::Warehouse => warehouse::find(ask, id).map(|_| ()),
    }?;
    Ok(Object::new(kind, id))
}

fn show(ask: &Ask<'_>, object: &Object) -> Permissions {
    let mut entries = acl::entries(ask.view, &ask.host.partition(), object);
    let level =
        if object.kind == ObjectKind::ClusterPolicy { Level::CanUse } else { Level::CanManage };
    let admins = Principal::GroupName(ADMINS.to_owned());
    let mut shown: Vec<ShownEntry> = Vec::new();
    let inherited = ShownLevel {
        permission_level: level,
        inherited: true,
        inherited_from_object: vec![format!("/{}/", object.kind.path())],
    };
    shown.push(entry(ask, &admins, inherited));
    entries.sort();
    for (principal, level) in &entries {
        let level = ShownLevel {
            permission_level: *level,
            inherited: false,
            inherited_from_object: Vec::new(),
        };
        match shown.iter_mut().find(|known| known.principal == *principal) {
            Some(known) => known.all_permissions.push(level),
            None => shown.push(entry(ask, principal, level)),
        }
    }
    Permissions {
        object_id: object.path(),
        object_type: object.kind.name(),
        access_control_list: shown,
    }
}

fn entry(ask: &Ask<'_>, principal: &Principal, level: ShownLevel) -> ShownEntry {
    let (kind, name) = identity_of(principal);
    let known = identity::named(ask.view, &ask.host.partition(), kind, name);
    ShownEntry {
        principal: principal.clone(),
        display_name: known.map_or(name, |known| known.display()).to_owned(),
        all_permissions: vec![level],
    }
}

fn identity_of(principal: &Principal) -> (Kind, &str) {
    match principal {
        Principal::UserName(name) => (Kind::User, name),
        Principal::GroupName(name) => (Kind::Group, name),
        Principal::ServicePrincipalName(name) => (Kind::ServicePrincipal, name),
    }
}

/// Reads entries: each has one principal that exists and a level that the kind of object knows.
fn read_entries(
    ask: &Ask<'_>,
    kind: ObjectKind,
    sent: &[Entry],
) -> Result<Vec<(Principal, Level)>, Fault> {
    let mut entries = Vec::new();
    for one in sent {
        let named = [
            one.user_name.clone().map(Principal::UserName),
            one.group_name.clone().map(Principal::GroupName),
            one.service_principal_name.clone().map(Principal::ServicePrincipalName),
        ];
        let mut named = named.into_iter().flatten();
        let (Some(principal), None) = (named.next(), named.next()) else {
            let text =
                "Exactly one of user_name, group_name or service_principal_name must be given.";
            return Err(Fault::invalid(text));
        };
        let (identity_kind, name) = identity_of(&principal);
        if identity::named(ask.view, &ask.host.partition(), identity_kind, name).is_none() {
            let text = match identity_kind {
                Kind::User => format!("Principal: UserName({name}) does not exist"),
                Kind::Group => format!("Principal: GroupName({name}) does not exist"),
                Kind::ServicePrincipal => {
                    format!("Principal: ServicePrincipalName({name}) does not exist")
                }
            };
            return Err(Fault::missing(text));
        }
        let admins = matches!(&principal, Principal::GroupName(name) if name == ADMINS);
        let of_admins = admins && one.permission_level == Level::CanManage;
        if !of_admins && !kind.levels().contains(&one.permission_level) {
            let (level, kind) = (one.permission_level.name(), kind.name());
            return Err(Fault::invalid(format!("{level} is not a permission level of {kind}.")));
        }
        entries.push((principal, one.permission_level));
    }
    Ok(entries)
}

/// Shows the permissions on an object.
#[derive(Debug, Clone, Deserialize)]
pub struct GetPermissions {
    object_type: Option<String>,
    object_id: String,
}

impl Operation for GetPermissions {
    const NAME: &'static str = "GetPermissions";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = PATHS;
    type Output = Permissions;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let object = object(ask, self.object_type.as_deref(), &self.object_id)?;
        let least = object.kind.levels().first().copied().unwrap_or(Level::CanManage);
        Ok(Need::On(object, least))
    }
}

impl Read for GetPermissions {
    fn read(self, ask: &Ask<'_>) -> Result<Permissions, Fault> {
        Ok(show(ask, &object(ask, self.object_type.as_deref(), &self.object_id)?))
    }
}

/// What `PUT` and `PATCH` share.
#[derive(Debug, Clone, Deserialize)]
pub struct SetPermissions {
    object_type: Option<String>,
    object_id: String,
    #[serde(default)]
    access_control_list: Vec<Entry>,
}

impl Operation for SetPermissions {
    const NAME: &'static str = "SetPermissions";
    const METHOD: Method = Method::Put;
    const PATHS: &'static [&'static str] = PATHS;
    type Output = Permissions;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let object = object(ask, self.object_type.as_deref(), &self.object_id)?;
        Ok(Need::On(object, Level::CanManage))
    }
}

impl Write for SetPermissions {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Permissions, Fault> {
        let object = object(&act.ask(), self.object_type.as_deref(), &self.object_id)?;
        let entries = read_entries(&act.ask(), object.kind, &self.access_control_list)?;
        acl::set(act, &object, entries)?;
        Ok(show(&act.ask(), &object))
    }
}

/// Adds permissions to those that an object has.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdatePermissions(SetPermissions);

impl Operation for UpdatePermissions {
    const NAME: &'static str = "UpdatePermissions";
    const METHOD: Method = Method::Patch;
    const PATHS: &'static [&'static str] = PATHS;
    type Output = Permissions;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        self.0.need(ask)
    }
}

impl Write for UpdatePermissions {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Permissions, Fault> {
        let Self(sent) = self;
        let object = object(&act.ask(), sent.object_type.as_deref(), &sent.object_id)?;
        let added = read_entries(&act.ask(), object.kind, &sent.access_control_list)?;
        let mut entries = acl::entries(act.aws.tx, &act.host.partition(), &object);
        entries.retain(|(known, _)| !added.iter().any(|(principal, _)| principal == known));
        entries.extend(added);
        acl::set(act, &object, entries)?;
        Ok(show(&act.ask(), &object))
    }
}

/// Tells which levels can be given.
#[derive(Debug, Clone, Deserialize)]
pub struct GetPermissionLevels {
    object_type: Option<String>,
    object_id: String,
}

/// Levels.
#[derive(Debug, Serialize)]
pub struct PermissionLevels {
    permission_levels: Vec<LevelInfo>,
}

#[derive(Debug, Serialize)]
struct LevelInfo {
    permission_level: Level,
    description: String,
}

impl Operation for GetPermissionLevels {
    const NAME: &'static str = "GetPermissionLevels";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &[
        "/api/2.0/permissions/{object_type}/{object_id}/permissionLevels",
        "/api/2.0/permissions/sql/warehouses/{object_id}/permissionLevels",
    ];
    type Output = PermissionLevels;

    fn need(&self, _ask: &Ask<'_>) -> Result<Need, Fault> {
        Ok(Need::Anyone)
    }
}

impl Read for GetPermissionLevels {
    fn read(self, ask: &Ask<'_>) -> Result<PermissionLevels, Fault> {
        let object = object(ask, self.object_type.as_deref(), &self.object_id)?;
        let name = object.kind.name();
        let info = |level: &Level| LevelInfo {
            permission_level: *level,
            description: format!("{} on {name}", level.name()),
        };
        Ok(PermissionLevels { permission_levels: object.kind.levels().iter().map(info).collect() })
    }
}
