//! Trying a role on a path of S3, as Unity Catalog does before it trusts either. Every step is a call in the
//! customer's account, decided there.

use cloud::Fault as AwsFault;
use serde_json::{Value, json};

use crate::aws::{Principal, Session, list, text};
use crate::fault::Fault;
use crate::operation::Act;
use crate::unity::place::Place;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Reading: an object of its own, or one that is there.
    Read,
    /// Listing.
    List,
    /// Writing an object of its own.
    Write,
    /// Deleting that object.
    Delete,
    /// Whether there is anything at the path.
    PathExists,
}

impl Probe {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::List => "LIST",
            Self::Write => "WRITE",
            Self::Delete => "DELETE",
            Self::PathExists => "PATH_EXISTS",
        }
    }

    /// What is tried of a place.
    fn all(read_only: bool) -> &'static [Self] {
        if read_only {
            &[Self::Read, Self::List, Self::PathExists]
        } else {
            &[Self::Read, Self::List, Self::Write, Self::Delete, Self::PathExists]
        }
    }
}

/// How a probe went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It worked.
    Pass,
    /// There was nothing to try it on.
    Skip(String),
    /// It did not.
    Fail(String),
}

/// How all went, in the order in which the API tells it.
pub type Outcomes = Vec<(Probe, Outcome)>;

/// A session of a credential's role, or why there is none: how all probes fail.
///
/// The role must be assumable by Unity Catalog and by itself, each with the external id: "found to be non
/// self-assuming" is what users report (terraform-provider-databricks issues 4596, 4755). What is said of a role
/// that Unity Catalog cannot assume is unverified.
///
/// # Errors
/// What Databricks says.
pub fn session(act: &mut Act<'_, '_>, role_arn: &str, external_id: &str) -> Result<Session, Fault> {
    let region = act.aws.region.to_owned();
    let session = act
        .assume(Principal::UnityCatalog, role_arn, external_id, &region)
        .map_err(|fault| {
            Fault::denied(format!(
                "Failed to get credentials: the AWS IAM role {role_arn} cannot be assumed by Unity Catalog \
                 ({}) with external ID {external_id}. Please check the role's trust policy. Cause: {}",
                Principal::UnityCatalog.arn(),
                fault.message
            ))
        })?;
    let own = session.caller.clone();
    match act.assume_as(&own, role_arn, Some(external_id), &region) {
        Ok(_) => Ok(session),
        Err(_) => Err(Fault::invalid(
            "The IAM role for this storage credential was found to be non self-assuming. Please check \
             your role's trust and IAM policies to ensure that your IAM role can assume itself according \
             to the Unity Catalog storage credential documentation.",
        )),
    }
}

/// How all go where there is no session.
#[must_use]
pub fn all_fail(read_only: bool, why: &Fault) -> Outcomes {
    let fail = |probe: &Probe| (*probe, Outcome::Fail(why.message.clone()));
    Probe::all(read_only).iter().map(fail).collect()
}

/// Tries everything that is to work at `place`.
pub fn run(act: &mut Act<'_, '_>, session: &Session, place: &Place, read_only: bool) -> Outcomes {
    let input = json!({"Bucket": place.bucket, "Prefix": place.prefix, "MaxKeys": 1});
    let listed = act.s3(session, "ListObjectsV2", input);
    let first = listed.as_ref().ok().and_then(first_key);
    let exists = first.is_some() || listed.is_ok() && place.prefix.is_empty();
    let own = format!("{}databricks-validation-{}", place.prefix, act.entropy().uuid());
    let written = (!read_only)
        .then(|| act.put_object(session, &place.bucket, &own, b"written to validate access"));
    let key = if matches!(written, Some(Ok(()))) { Some(own.clone()) } else { first };
    let read = key.map(|key| act.get_object(session, &place.bucket, &key));
    let deleted = (!read_only)
        .then(|| act.s3(session, "DeleteObject", json!({"Bucket": place.bucket, "Key": own})));
    let outcome = |probe: Probe| match probe {
        // A path that is not there can be written, but there is nothing to be read: as users report it.
        Probe::List if listed.is_ok() && read_only && !exists => {
            Outcome::Fail(format!("No such file or directory: {}", place.url()))
        }
        Probe::List => of(&listed),
        Probe::Read => match &read {
            Some(read) => of(read),
            // In a location that is only read this is a failure (terraform-provider-databricks issue 3843).
            None if read_only && exists => Outcome::Fail(NOTHING_TO_READ.to_owned()),
            None => Outcome::Skip(NOTHING_TO_READ.to_owned()),
        },
        Probe::Write => written.as_ref().map_or(Outcome::Pass, of),
        Probe::Delete => deleted.as_ref().map_or(Outcome::Pass, of),
        Probe::PathExists => match &listed {
            Ok(_) if exists => Outcome::Pass,
            Ok(_) => Outcome::Skip(format!("No such file or directory: {}", place.url())),
            Err(_) => of(&listed),
        },
    };
    Probe::all(read_only).iter().map(|probe| (*probe, outcome(*probe))).collect()
}

const NOTHING_TO_READ: &str = "No file available under the location to read.";

fn first_key(listed: &Value) -> Option<String> {
    list(listed, "/Contents").first().map(|object| text(object, "/Key"))
}

/// S3's own words, behind those that users report of failures to read.
fn of<T>(result: &Result<T, AwsFault>) -> Outcome {
    match result {
        Ok(_) => Outcome::Pass,
        Err(fault) if fault.code == "AccessDenied" => Outcome::Fail(format!(
            "PERMISSION_DENIED: Access denied. Cause: AccessDeniedException error from cloud storage \
             provider: {}",
            fault.message
        )),
        Err(fault) => Outcome::Fail(format!("{}: {}", fault.code, fault.message)),
    }
}

/// Refuses a place where something failed, in the words that users report: the operations, then the cause.
///
/// # Errors
/// `PERMISSION_DENIED`
pub fn check(place: &Place, outcomes: &Outcomes) -> Result<(), Fault> {
    let tried = |probe: Probe| probe != Probe::PathExists;
    let failed: Vec<(Probe, &str)> = outcomes
        .iter()
        .filter_map(|(probe, outcome)| match outcome {
            Outcome::Fail(cause) if tried(*probe) => Some((*probe, cause.as_str())),
            _ => None,
        })
        .collect();
    let Some((_, cause)) = failed.first() else { return Ok(()) };
    let names: Vec<&str> = failed.iter().map(|(probe, _)| probe.name()).collect();
    Err(Fault::denied(format!(
        "AWS IAM role does not have {} permissions on url {}. Please contact your account admin to update \
         the storage credential. {cause}",
        names.join(", "),
        place.url()
    )))
}
