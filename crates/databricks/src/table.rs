//! The table of operations: the router, the support table of the docs and the coverage tests read it.

use serde_json::{Map, Value};

use crate::operation::{Method, Operation, Read, Write};

/// One operation of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub method: Method,
    /// Where it is called.
    pub paths: &'static [&'static str],
    /// Whether it changes state.
    pub writes: bool,
}

/// What is done with an operation once it is found; its type is known then.
pub trait Visitor {
    /// What comes out.
    type Out;
    /// For an operation that reads.
    fn read<O: Read>(self) -> Self::Out;
    /// For an operation that writes.
    fn write<O: Write>(self) -> Self::Out;
}

/// An operation that a request means, and the parts of its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The operation.
    pub entry: &'static Entry,
    /// The parts of the path that the template names.
    pub parts: Map<String, Value>,
}

const fn entry<O: Operation>(writes: bool) -> Entry {
    Entry { name: O::NAME, method: O::METHOD, paths: O::PATHS, writes }
}

macro_rules! operations {
    ($($kind:ident $operation:path;)*) => {
        /// Every operation.
        pub const OPERATIONS: &[Entry] = &[$(
            entry::<$operation>(operations!(@writes $kind)),
        )*];

        /// Hands the operation called `name` to `visitor`; `None` if there is none.
        pub fn visit<V: Visitor>(name: &str, visitor: V) -> Option<V::Out> {
            match name {
                $(<$operation as Operation>::NAME => Some(visitor.$kind::<$operation>()),)*
                _ => None,
            }
        }
    };
    (@writes read) => { false };
    (@writes write) => { true };
}

operations! {
    // Who there is.
    read crate::scim::me::GetMe;
    read crate::scim::user::ListUsers;
    read crate::scim::user::GetUser;
    write crate::scim::user::CreateUser;
    write crate::scim::user::ReplaceUser;
    write crate::scim::user::UpdateUser;
    write crate::scim::user::DeleteUser;
    read crate::scim::group::ListGroups;
    read crate::scim::group::GetGroup;
    write crate::scim::group::CreateGroup;
    write crate::scim::group::ReplaceGroup;
    write crate::scim::group::UpdateGroup;
    write crate::scim::group::DeleteGroup;
    read crate::scim::service_principal::ListServicePrincipals;
    read crate::scim::service_principal::GetServicePrincipal;
    write crate::scim::service_principal::CreateServicePrincipal;
    write crate::scim::service_principal::ReplaceServicePrincipal;
    write crate::scim::service_principal::UpdateServicePrincipal;
    write crate::scim::service_principal::DeleteServicePrincipal;

    // What they log in with.
    write crate::token::operations::CreateToken;
    read crate::token::operations::ListTokens;
    write crate::token::operations::DeleteToken;
    read crate::token::management::ListManagedTokens;
    read crate::token::management::GetManagedToken;
    write crate::token::management::DeleteManagedToken;
    write crate::token::management::CreateOboToken;
    write crate::token::secret::CreateServicePrincipalSecret;
    read crate::token::secret::ListServicePrincipalSecrets;
    write crate::token::secret::DeleteServicePrincipalSecret;

    // The account's objects.
    write crate::credential::CreateCredentials;
    read crate::credential::GetCredentials;
    read crate::credential::ListCredentials;
    write crate::credential::DeleteCredentials;
    write crate::storage_configuration::CreateStorageConfiguration;
    read crate::storage_configuration::GetStorageConfiguration;
    read crate::storage_configuration::ListStorageConfigurations;
    write crate::storage_configuration::DeleteStorageConfiguration;
    write crate::network::CreateNetwork;
    read crate::network::GetNetwork;
    read crate::network::ListNetworks;
    write crate::network::DeleteNetwork;
    write crate::vpc_endpoint::CreateVpcEndpointRegistration;
    read crate::vpc_endpoint::GetVpcEndpointRegistration;
    read crate::vpc_endpoint::ListVpcEndpointRegistrations;
    write crate::vpc_endpoint::DeleteVpcEndpointRegistration;
    write crate::private_access::CreatePrivateAccessSettings;
    read crate::private_access::GetPrivateAccessSettings;
    read crate::private_access::ListPrivateAccessSettings;
    write crate::private_access::ReplacePrivateAccessSettings;
    write crate::private_access::DeletePrivateAccessSettings;
    write crate::workspace::create::CreateWorkspace;
    read crate::workspace::show::GetWorkspace;
    read crate::workspace::show::ListWorkspaces;
    write crate::workspace::update::UpdateWorkspace;
    write crate::workspace::delete::DeleteWorkspace;
    read crate::workspace::assignment::ListWorkspaceAssignments;
    write crate::workspace::assignment::SetWorkspaceAssignment;
    write crate::workspace::assignment::DeleteWorkspaceAssignment;

    // Instance profiles.
    write crate::instance_profile::add::AddInstanceProfile;
    write crate::instance_profile::edit::EditInstanceProfile;
    read crate::instance_profile::list::ListInstanceProfiles;
    write crate::instance_profile::remove::RemoveInstanceProfile;

    // Clusters.
    write crate::cluster::create::CreateCluster;
    read crate::cluster::show::GetCluster;
    read crate::cluster::show::ListClusters;
    write crate::cluster::edit::EditCluster;
    write crate::cluster::edit::UpdateCluster;
    write crate::cluster::resize::ResizeCluster;
    write crate::cluster::life::StartCluster;
    write crate::cluster::life::RestartCluster;
    write crate::cluster::life::DeleteCluster;
    write crate::cluster::life::PermanentDeleteCluster;
    write crate::cluster::pin::PinCluster;
    write crate::cluster::pin::UnpinCluster;
    read crate::cluster::event::ListClusterEvents;
    read crate::cluster::catalogue::ListNodeTypes;
    read crate::cluster::catalogue::ListSparkVersions;
    read crate::cluster::catalogue::ListZones;
    write crate::command::context::CreateContext;
    read crate::command::context::GetContextStatus;
    write crate::command::context::DestroyContext;
    write crate::command::execute::ExecuteCommand;
    read crate::command::execute::GetCommandStatus;
    write crate::command::execute::CancelCommand;
    write crate::cluster_policy::operations::CreateClusterPolicy;
    write crate::cluster_policy::operations::EditClusterPolicy;
    write crate::cluster_policy::operations::DeleteClusterPolicy;
    read crate::cluster_policy::operations::GetClusterPolicy;
    read crate::cluster_policy::operations::ListClusterPolicies;
    write crate::instance_pool::operations::CreateInstancePool;
    write crate::instance_pool::operations::EditInstancePool;
    write crate::instance_pool::operations::DeleteInstancePool;
    read crate::instance_pool::operations::GetInstancePool;
    read crate::instance_pool::operations::ListInstancePools;
    write crate::library::InstallLibraries;
    write crate::library::UninstallLibraries;
    read crate::library::GetClusterLibraries;
    read crate::library::ListClusterLibraries;
    read crate::acl::permissions::GetPermissions;
    write crate::acl::permissions::SetPermissions;
    write crate::acl::permissions::UpdatePermissions;
    read crate::acl::permissions::GetPermissionLevels;

    // SQL.
    write crate::warehouse::operations::CreateWarehouse;
    read crate::warehouse::operations::GetWarehouse;
    read crate::warehouse::operations::ListWarehouses;
    write crate::warehouse::operations::EditWarehouse;
    write crate::warehouse::operations::DeleteWarehouse;
    write crate::warehouse::operations::StartWarehouse;
    write crate::warehouse::operations::StopWarehouse;
    read crate::warehouse::config::GetWarehouseConfig;
    write crate::warehouse::config::SetWarehouseConfig;
    read crate::warehouse::data_source::ListDataSources;

    // Unity Catalog.
    write crate::unity::metastore::operations::CreateMetastore;
    read crate::unity::metastore::operations::GetMetastore;
    read crate::unity::metastore::operations::ListMetastores;
    write crate::unity::metastore::operations::UpdateMetastore;
    write crate::unity::metastore::operations::UpdateAccountMetastore;
    write crate::unity::metastore::operations::DeleteMetastore;
    write crate::unity::assignment::CreateMetastoreAssignment;
    write crate::unity::assignment::UpdateAccountMetastoreAssignment;
    write crate::unity::assignment::AssignMetastore;
    write crate::unity::assignment::UpdateMetastoreAssignment;
    write crate::unity::assignment::UnassignMetastore;
    read crate::unity::assignment::GetMetastoreAssignment;
    read crate::unity::assignment::ListMetastoreWorkspaces;
    read crate::unity::assignment::GetCurrentMetastoreAssignment;
    read crate::unity::assignment::GetMetastoreSummary;
    write crate::unity::storage_credential::operations::CreateStorageCredential;
    read crate::unity::storage_credential::operations::GetStorageCredential;
    read crate::unity::storage_credential::operations::ListStorageCredentials;
    write crate::unity::storage_credential::operations::UpdateStorageCredential;
    write crate::unity::storage_credential::operations::DeleteStorageCredential;
    write crate::unity::account_credential::CreateAccountStorageCredential;
    read crate::unity::account_credential::GetAccountStorageCredential;
    read crate::unity::account_credential::ListAccountStorageCredentials;
    write crate::unity::account_credential::UpdateAccountStorageCredential;
    write crate::unity::account_credential::DeleteAccountStorageCredential;
    write crate::unity::external_location::operations::CreateExternalLocation;
    read crate::unity::external_location::operations::GetExternalLocation;
    read crate::unity::external_location::operations::ListExternalLocations;
    write crate::unity::external_location::change::UpdateExternalLocation;
    write crate::unity::external_location::operations::DeleteExternalLocation;
    write crate::unity::validate::ValidateStorageCredential;
    read crate::unity::binding::GetBindings;
    write crate::unity::binding::UpdateBindings;
    read crate::unity::grant::GetGrants;
    read crate::unity::grant::GetEffectiveGrants;
    write crate::unity::grant::UpdateGrants;
}

/// The operation that a request for `path` means.
#[must_use]
pub fn find(method: &str, path: &str) -> Option<Found> {
    let mut best: Option<(usize, Found)> = None;
    for entry in OPERATIONS.iter().filter(|entry| entry.method.name() == method) {
        for template in entry.paths {
            let Some(parts) = parts(template, path) else { continue };
            // Of two templates that fit, the one that says more is meant.
            if best.as_ref().is_none_or(|(known, _)| parts.len() < *known) {
                best = Some((parts.len(), Found { entry, parts }));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// The parts that `template` names in `path`, if it fits.
fn parts(template: &str, path: &str) -> Option<Map<String, Value>> {
    let mut parts = Map::new();
    let mut rest = path.split('/');
    for wanted in template.split('/') {
        let given = rest.next()?;
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !given.is_empty() => {
                parts.insert(name.to_owned(), decoded(given).into());
            }
            Some(_) => return None,
            None if wanted == given => {}
            None => return None,
        }
    }
    rest.next().is_none().then_some(parts)
}

/// A part of a path without its percent signs.
#[must_use]
pub fn decoded(part: &str) -> String {
    let mut out = Vec::with_capacity(part.len());
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let pair = (ahead.next().and_then(hex), ahead.next().and_then(hex));
        match (byte, pair) {
            (b'%', (Some(high), Some(low))) => {
                out.push(high * 16 + low);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// What the account's host has, by how its paths begin (Databricks SDKs).
const OF_ACCOUNT: [&str; 6] = [
    "/api/2.0/accounts/",
    "/api/2.1/accounts/",
    "/api/2.0/preview/accounts/",
    "/api/2.0/identity/accounts/",
    "/api/networking/v1/accounts/",
    "/api/disaster-recovery/v1/accounts/",
];
/// What begins likewise and is a workspace's own, as there is no account in it.
const OF_WORKSPACES: [&str; 2] =
    ["/api/2.0/accounts/servicePrincipals/", "/api/2.0/preview/accounts/access-control/"];

/// Whether a path is one of the account's host.
#[must_use]
pub fn is_of_account(path: &str) -> bool {
    let begins = |known: &[&str]| known.iter().any(|known| path.starts_with(known));
    begins(&OF_ACCOUNT) && !begins(&OF_WORKSPACES)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_routes_are_unique() {
        let mut names = HashSet::new();
        let mut routes = HashSet::new();
        for entry in OPERATIONS {
            assert!(names.insert(entry.name), "{} occurs twice", entry.name);
            for path in entry.paths {
                assert!(path.starts_with("/api/"), "{path}");
                assert!(routes.insert((entry.method.name(), *path)), "{path} occurs twice");
            }
        }
    }

    #[test]
    fn routes() {
        let check = |method, path, name: Option<&str>, parts: &[(&str, &str)]| {
            let found = find(method, path);
            assert_eq!(found.as_ref().map(|found| found.entry.name), name, "{path}");
            for (part, value) in parts {
                let given = found.as_ref().and_then(|found| found.parts.get(*part));
                assert_eq!(given.and_then(Value::as_str), Some(*value), "{path}");
            }
        };
        check("POST", "/api/2.0/token/create", Some("CreateToken"), &[]);
        check("GET", "/api/2.0/token/create", None, &[]);
        check("POST", "/api/2.0/token/create/", None, &[]);
        check("GET", "/api/2.0/preview/scim/v2/Users/", None, &[]);
        let users = "/api/2.0/accounts/a-b/scim/v2/Users/a%20b";
        check("GET", users, Some("GetUser"), &[("account_id", "a-b"), ("id", "a b")]);
    }
}
