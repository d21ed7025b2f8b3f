//! Making, showing and deleting external locations.

use serde::Deserialize;
use serde_json::Value;

use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Read, Write};
use crate::permit::Need;
use crate::unity::access::{self, Hold};
use crate::unity::external_location::{
    ExternalLocationRow, already_exists, check_overlap, validate,
};
use crate::unity::place::Place;
use crate::unity::storage_credential::{self, StorageCredentialRow};
use crate::unity::{self, Isolation, binding, external_location, grant};

pub(super) const ALL: &str = "/api/2.1/unity-catalog/external-locations";
pub(super) const ONE: &str = "/api/2.1/unity-catalog/external-locations/{name}";
/// What lets one make a location, on the metastore and on the credential.
pub(super) const CREATE: Hold = Hold::Privilege("CREATE_EXTERNAL_LOCATION");

/// The location called `name` in the workspace's metastore.
pub(super) fn find<'v>(ask: &Ask<'v>, name: &str) -> Result<&'v ExternalLocationRow, Fault> {
    let metastore_id = unity::metastore_id(ask)?;
    external_location::find(ask.view, &ask.host.account_id, &metastore_id, name)
}

/// The credential called `name`, for a workspace that may use it.
pub(super) fn credential<'v>(ask: &Ask<'v>, name: &str) -> Result<&'v StorageCredentialRow, Fault> {
    let metastore_id = unity::metastore_id(ask)?;
    let row = storage_credential::find(ask.view, &ask.host.account_id, &metastore_id, name)?;
    row.check_usable(ask)?;
    Ok(row)
}

/// Makes one.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateExternalLocation {
    name: String,
    url: String,
    credential_name: String,
    comment: Option<String>,
    #[serde(default)]
    read_only: bool,
    #[serde(default)]
    fallback: bool,
    enable_file_events: Option<bool>,
    #[serde(default)]
    skip_validation: bool,
    encryption_details: Option<Value>,
    file_event_queue: Option<Value>,
}

/// Refuses what is not modelled.
pub(super) fn check_absent(parts: &[(&str, &Option<Value>)]) -> Result<(), Fault> {
    match parts.iter().find(|(_, value)| value.is_some()) {
        Some((name, _)) => Err(Fault::not_modelled(format!(
            "rolecall does not model `{name}` of external locations"
        ))),
        None => Ok(()),
    }
}

impl Operation for CreateExternalLocation {
    const NAME: &'static str = "CreateExternalLocation";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &[ALL];
    type Output = Value;

    fn check(&self) -> Result<(), Fault> {
        check_absent(&[
            ("encryption_details", &self.encryption_details),
            ("file_event_queue", &self.file_event_queue),
        ])?;
        unity::check_name(&self.name)?;
        Place::parse(&self.url).map(drop)
    }

    /// "The caller must be a metastore admin or have the CREATE_EXTERNAL_LOCATION privilege on both the metastore
    /// and the associated storage credential" (API reference).
    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let metastore = access::metastore(ask)?;
        let credential = credential(ask, &self.credential_name)?.securable();
        Ok(Need::AnyOf(vec![
            Need::AllOf(vec![Need::Has(metastore.clone(), CREATE), Need::Has(credential, CREATE)]),
            Need::Has(metastore, Hold::Owner),
        ]))
    }
}

impl Write for CreateExternalLocation {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let metastore_id = unity::metastore_id(&act.ask())?;
        if find(&act.ask(), &self.name).is_ok() {
            return Err(already_exists(&self.name));
        }
        let credential = credential(&act.ask(), &self.credential_name)?.clone();
        let place = Place::parse(&self.url)?;
        check_overlap(&act.ask(), &metastore_id, &place, None)?;
        if !self.skip_validation {
            validate(act, &credential, &place, self.read_only)?;
        }
        let creator = act.caller.name().to_owned();
        let row = ExternalLocationRow {
            account_id: act.host.account_id.clone(),
            key: unity::name_key(&metastore_id, &self.name),
            metastore_id,
            id: act.entropy().uuid(),
            name: self.name.clone(),
            url: self.url.clone(),
            credential_id: credential.id,
            comment: self.comment.clone(),
            read_only: self.read_only,
            fallback: self.fallback,
            enable_file_events: self.enable_file_events,
            owner: creator.clone(),
            isolation: Isolation::Open,
            creator: creator.clone(),
            created: act.now(),
            updater: creator,
            updated: act.now(),
        };
        act.tx().insert(row.clone())?;
        Ok(row.show(act.aws.tx))
    }
}

/// Shows one.
#[derive(Debug, Clone, Deserialize)]
pub struct GetExternalLocation {
    name: String,
}

impl Operation for GetExternalLocation {
    const NAME: &'static str = "GetExternalLocation";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &[ONE];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        Ok(Need::Has(find(ask, &self.name)?.securable(), Hold::Any))
    }
}

impl Read for GetExternalLocation {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let row = find(ask, &self.name)?;
        row.check_usable(ask)?;
        Ok(row.show(ask.view))
    }
}

/// Lists those that the caller has anything of.
#[derive(Debug, Clone, Deserialize)]
pub struct ListExternalLocations {
    max_results: Option<i64>,
    page_token: Option<String>,
}

operation! { ListExternalLocations, Get [ALL] -> Value, Need::Anyone }

impl Read for ListExternalLocations {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let metastore_id = unity::metastore_id(ask)?;
        let account_id = &ask.host.account_id;
        let rows = unity::rows_of::<ExternalLocationRow>(ask.view, account_id, &metastore_id);
        let seen = rows.filter(|row| {
            let securable = row.securable();
            access::has(ask, &securable, Hold::Any)
                && binding::is_usable(ask, &securable, row.isolation)
        });
        let all = seen.map(|row| row.show(ask.view)).collect();
        unity::page("external_locations", all, self.max_results, self.page_token.as_deref())
    }
}

/// Deletes one. Tables and volumes, which would be in the way, are not modelled.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteExternalLocation {
    name: String,
}

impl Operation for DeleteExternalLocation {
    const NAME: &'static str = "DeleteExternalLocation";
    const METHOD: Method = Method::Delete;
    const PATHS: &'static [&'static str] = &[ONE];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        Ok(Need::Has(find(ask, &self.name)?.securable(), Hold::Owner))
    }
}

impl Write for DeleteExternalLocation {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let row = find(&act.ask(), &self.name)?.clone();
        binding::forget(act, &row.id)?;
        grant::forget(act, &row.id)?;
        act.tx().delete::<ExternalLocationRow>(&row.account_id, &row.key)?;
        Ok(Empty {})
    }
}
