//! Trying a credential or a location on demand: `validate-storage-credentials`.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::operation::{Act, Ask, Method, Operation, Write};
use crate::permit::Need;
use crate::unity;
use crate::unity::access::{self, Hold};
use crate::unity::external_location::{self, ExternalLocationRow};
use crate::unity::place::Place;
use crate::unity::probe::{self, Outcome, Outcomes};
use crate::unity::storage_credential::{self, Role, StorageCredentialRow};

const CREATE: Hold = Hold::Privilege("CREATE_EXTERNAL_LOCATION");

/// Tries a credential on a path.
#[derive(Debug, Clone, Deserialize)]
pub struct ValidateStorageCredential {
    storage_credential_name: Option<String>,
    aws_iam_role: Option<Role>,
    external_location_name: Option<String>,
    url: Option<String>,
    read_only: Option<bool>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Validation {
    #[serde(rename = "isDir")]
    is_dir: bool,
    results: Vec<ProbeResult>,
}

#[derive(Debug, Serialize)]
struct ProbeResult {
    operation: &'static str,
    result: &'static str,
    message: String,
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

impl ValidateStorageCredential {
    fn location<'v>(&self, ask: &Ask<'v>) -> Result<Option<&'v ExternalLocationRow>, Fault> {
        let metastore_id = unity::metastore_id(ask)?;
        let find = |name| {
            let account_id = &ask.host.account_id;
            let row = external_location::find(ask.view, account_id, &metastore_id, name)?;
            row.check_usable(ask)?;
            Ok(row)
        };
        given(&self.external_location_name).map(find).transpose()
    }

    /// The credential: the one that is named, else the location's; none for a role that is none yet.
    fn credential<'v>(&self, ask: &Ask<'v>) -> Result<Option<&'v StorageCredentialRow>, Fault> {
        let metastore_id = unity::metastore_id(ask)?;
        if let Some(name) = given(&self.storage_credential_name) {
            let account_id = &ask.host.account_id;
            let row = storage_credential::find(ask.view, account_id, &metastore_id, name)?;
            row.check_usable(ask)?;
            return Ok(Some(row));
        }
        if self.aws_iam_role.is_some() {
            return Ok(None);
        }
        let location = self.location(ask)?;
        match location.and_then(|location| location.credential(ask.view)) {
            Some(row) => Ok(Some(row)),
            None => Err(Fault::invalid(
                "Either storage_credential_name or a cloud-specific credential must be provided.",
            )),
        }
    }
}

impl Operation for ValidateStorageCredential {
    const NAME: &'static str = "ValidateStorageCredential";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.1/unity-catalog/validate-storage-credentials"];
    type Output = Validation;

    /// The texts are unverified.
    fn check(&self) -> Result<(), Fault> {
        if given(&self.url).or(given(&self.external_location_name)).is_none() {
            let text = "At least one of external_location_name and url must be provided.";
            return Err(Fault::invalid(text));
        }
        self.aws_iam_role.as_ref().map_or(Ok(()), Role::check)
    }

    /// "The caller must be a metastore admin or the storage credential owner or have the CREATE_EXTERNAL_LOCATION
    /// privilege on the metastore and the storage credential" (API reference).
    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        let metastore = access::metastore(ask)?;
        let on_metastore = Need::Has(metastore.clone(), CREATE);
        let Some(credential) = self.credential(ask)?.map(StorageCredentialRow::securable) else {
            return Ok(on_metastore);
        };
        Ok(Need::AnyOf(vec![
            Need::AllOf(vec![on_metastore, Need::Has(credential.clone(), CREATE)]),
            Need::Has(credential, Hold::Owner),
            Need::Has(metastore, Hold::Owner),
        ]))
    }
}

impl Write for ValidateStorageCredential {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Validation, Fault> {
        let ask = act.ask();
        let metastore_id = unity::metastore_id(&ask)?;
        let location = self.location(&ask)?.cloned();
        let credential = self.credential(&ask)?.cloned();
        // With both, the URL is meant and the location only left out of the search for overlaps (API reference).
        let place = match given(&self.url) {
            Some(url) => {
                let place = Place::parse(url)?;
                let but = location.as_ref().map(|location| location.id.as_str());
                external_location::check_overlap(&ask, &metastore_id, &place, but)?;
                place
            }
            None => Place::parse(location.as_ref().map(|it| &*it.url).unwrap_or_default())?,
        };
        let is_read_only = credential.as_ref().is_some_and(|row| row.read_only)
            || location.is_some_and(|location| location.read_only);
        let read_only = self.read_only.unwrap_or_default() || is_read_only;
        let (role_arn, external_id) = match (credential, &self.aws_iam_role) {
            (Some(row), _) => (row.role_arn, row.external_id),
            // A role that is no credential yet has no external id of its own: the account's.
            (None, Some(role)) => (role.role_arn.clone(), act.host.account_id.clone()),
            (None, None) => return Err(Fault::invalid("No credential was provided.")),
        };
        let outcomes = match probe::session(act, &role_arn, &external_id) {
            Ok(session) => probe::run(act, &session, &place, read_only),
            Err(fault) => probe::all_fail(read_only, &fault),
        };
        Ok(Validation { is_dir: true, results: shown(outcomes) })
    }
}

fn shown(outcomes: Outcomes) -> Vec<ProbeResult> {
    let one = |(probe, outcome): (probe::Probe, Outcome)| {
        let (result, message) = match outcome {
            Outcome::Pass => ("PASS", String::new()),
            Outcome::Skip(text) => ("SKIP", text),
            Outcome::Fail(text) => ("FAIL", text),
        };
        ProbeResult { operation: probe.name(), result, message }
    };
    outcomes.into_iter().map(one).collect()
}
