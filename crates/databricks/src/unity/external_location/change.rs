//! Changing an external location. One that moves is tried where it goes, unless that is to be left out.

use serde::Deserialize;
use serde_json::Value;

use crate::fault::Fault;
use crate::operation::{Act, Ask, Method, Operation, Write};
use crate::permit::Need;
use crate::unity::access::{self, Hold};
use crate::unity::external_location::operations::{CREATE, ONE, check_absent, credential, find};
use crate::unity::external_location::{
    ExternalLocationRow, already_exists, check_overlap, validate,
};
use crate::unity::place::Place;
use crate::unity::{self, Isolation, grant, storage_credential};

/// Changes one.
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateExternalLocation {
    name: String,
    new_name: Option<String>,
    url: Option<String>,
    credential_name: Option<String>,
    comment: Option<String>,
    read_only: Option<bool>,
    fallback: Option<bool>,
    enable_file_events: Option<bool>,
    owner: Option<String>,
    isolation_mode: Option<Isolation>,
    #[serde(default)]
    skip_validation: bool,
    encryption_details: Option<Value>,
    file_event_queue: Option<Value>,
}

impl Operation for UpdateExternalLocation {
    const NAME: &'static str = "UpdateExternalLocation";
    const METHOD: Method = Method::Patch;
    const PATHS: &'static [&'static str] = &[ONE];
    type Output = Value;

    fn check(&self) -> Result<(), Fault> {
        check_absent(&[
            ("encryption_details", &self.encryption_details),
            ("file_event_queue", &self.file_event_queue),
        ])?;
        self.url.as_deref().map_or(Ok(()), |url| Place::parse(url).map(drop))
    }

    /// Another credential must be one that the caller may make locations with; that is unverified.
    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let row = find(ask, &self.name)?;
        let known = row.credential(ask.view).map(|row| row.name.to_lowercase());
        let wanted = self.credential_name.as_deref().filter(|name| !name.is_empty());
        let other = wanted.filter(|name| Some(name.to_lowercase()) != known);
        if let Some(name) = other {
            let credential = credential(ask, name)?.securable();
            return Ok(Need::AllOf(vec![
                Need::Has(row.securable(), Hold::Owner),
                Need::Has(credential, CREATE),
            ]));
        }
        if self.is_of_owner_alone() {
            return grant::owner_or_metastore_admin(ask, row.securable());
        }
        Ok(Need::Has(row.securable(), Hold::Owner))
    }
}

impl UpdateExternalLocation {
    fn is_of_owner_alone(&self) -> bool {
        self.owner.is_some()
            && self.new_name.is_none()
            && self.url.is_none()
            && self.credential_name.is_none()
            && self.comment.is_none()
            && self.read_only.is_none()
            && self.fallback.is_none()
            && self.enable_file_events.is_none()
            && self.isolation_mode.is_none()
    }

    /// Takes over where it is and what reaches it, which is tried if any of it is another than before: clients
    /// send all of it with every change.
    fn go(&self, act: &mut Act<'_, '_>, row: &mut ExternalLocationRow) -> Result<(), Fault> {
        let before = (row.url.clone(), row.credential_id.clone(), row.read_only);
        row.url = self.url.clone().filter(|url| !url.is_empty()).unwrap_or(row.url.clone());
        row.read_only = self.read_only.unwrap_or(row.read_only);
        if let Some(name) = self.credential_name.as_deref().filter(|name| !name.is_empty()) {
            row.credential_id = credential(&act.ask(), name)?.id.clone();
        }
        if before == (row.url.clone(), row.credential_id.clone(), row.read_only) {
            return Ok(());
        }
        let place = Place::parse(&row.url)?;
        check_overlap(&act.ask(), &row.metastore_id, &place, Some(&row.id))?;
        if self.skip_validation {
            return Ok(());
        }
        let credential = row.credential(act.aws.tx).cloned();
        let credential = credential.ok_or_else(|| storage_credential::missing(&row.credential_id));
        validate(act, &credential?, &place, row.read_only)
    }
}

impl Write for UpdateExternalLocation {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let known = find(&act.ask(), &self.name)?.clone();
        let mut row = known.clone();
        self.go(act, &mut row)?;
        row.comment = self.comment.clone().or(row.comment);
        row.fallback = self.fallback.unwrap_or(row.fallback);
        row.enable_file_events = self.enable_file_events.or(row.enable_file_events);
        row.isolation = self.isolation_mode.unwrap_or(row.isolation);
        row.owner = access::new_owner(act, self.owner.as_deref())?.unwrap_or(row.owner);
        if let Some(name) = self.new_name.as_ref().filter(|name| **name != row.name) {
            let wanted = (row.metastore_id.as_str(), name.as_str());
            row.key =
                unity::rename::<ExternalLocationRow>(act, &known.key, wanted, already_exists)?;
            row.name.clone_from(name);
        }
        row.updater = act.caller.name().to_owned();
        row.updated = act.now();
        act.tx().put(row.clone())?;
        Ok(row.show(act.aws.tx))
    }
}
