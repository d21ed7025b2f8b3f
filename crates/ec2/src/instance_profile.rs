//! Instance profiles, which are IAM's, as EC2 sees them: found by name or ARN, passed, worn by instances.

pub mod associate;
pub mod describe;
pub mod replace;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cloud::iam::instance_profile::{self, InstanceProfileRow};
use cloud::iam::role::{self, RoleRow};
use cloud::{Ask, Demand, Fault};
use serde::{Deserialize, Serialize};

use crate::instance::{InstanceRow, ProfileAssociation};
use crate::kind::{Kind, new_digits};

/// What the ids of associations start with.
const ASSOCIATION_PREFIX: &str = "iip-assoc-";
/// How long an association takes, in seconds, where time is taken (unverified).
const ASSOCIATING_SECONDS: i64 = 5;

/// `IamInstanceProfile`: a profile by its name or by its ARN.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProfileSpecification {
    /// Its ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A profile that can be worn.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The profile.
    pub row: Arc<InstanceProfileRow>,
    /// The role in it.
    pub role: Arc<RoleRow>,
}

/// A profile as EC2 answers it.
#[derive(Debug, Clone, Serialize)]
pub struct ProfileShape {
    arn: String,
    id: String,
}

/// An association as EC2 answers it, whatever the API reference says of a time stamp (recorded from AWS by
/// radkawar/stackd, `instance_profiles_transitions.json`).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationShape {
    /// `iip-assoc-…`
    pub association_id: String,
    /// The instance.
    pub instance_id: String,
    iam_instance_profile: ProfileShape,
    /// `associating`, `associated`, `disassociating`.
    pub state: &'static str,
}

/// An answer that is an association.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationOutput {
    /// The association.
    pub iam_instance_profile_association: AssociationShape,
}

impl ProfileSpecification {
    /// By name.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { arn: None, name: Some(name.into()) }
    }

    /// By ARN.
    #[must_use]
    pub fn with_arn(arn: impl Into<String>) -> Self {
        Self { arn: Some(arn.into()), name: None }
    }

    /// The profile that is meant. All that EC2 reads of IAM is read here.
    ///
    /// # Errors
    /// EC2's codes and texts: for both (github.com/aws/aws-sdk-java issue 647), for a profile that is not
    /// there (the two differ), and for one without a role.
    pub fn find(&self, ask: &Ask<'_>) -> Result<Profile, Fault> {
        let invalid = |text: String| Err(Fault::new("InvalidParameterValue", text));
        let row = match (self.given_name(), self.given_arn()) {
            (Some(_), Some(_)) => {
                let text = "The parameter 'iamInstanceProfile.name' may not be used in combination with \
                            'iamInstanceProfile.arn'";
                return Err(Fault::new("InvalidParameterCombination", text));
            }
            (Some(name), None) => match instance_profile::find_as(ask.sight(), ask.account(), name)
            {
                Ok(row) => Arc::clone(row),
                Err(_) => {
                    let text = format!(
                        "Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM \
                         Instance Profile name"
                    );
                    return invalid(text).map_err(|fault| with_role_hint(fault, ask, name));
                }
            },
            (None, Some(arn)) => match by_arn(ask, arn) {
                Some(row) => row,
                None => {
                    let text = format!(
                        "Value ({arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM \
                         Instance Profile ARN"
                    );
                    let name = arn.rsplit('/').next().unwrap_or(arn);
                    return invalid(text).map_err(|fault| with_role_hint(fault, ask, name));
                }
            },
            (None, None) => {
                // unverified: the text for neither.
                let text = "The request must contain the parameter iamInstanceProfile.name or \
                            iamInstanceProfile.arn";
                return Err(Fault::new("MissingParameter", text));
            }
        };
        let role =
            row.role.as_ref().and_then(|name| role::find_as(ask.sight(), ask.account(), name).ok());
        match role {
            Some(role) => Ok(Profile { role: Arc::clone(role), row }),
            None => {
                invalid(format!("IAM Instance Profile \"{}\" has no associated IAM Roles", row.arn))
            }
        }
    }

    /// As associations take it, of which the ARN counts where there is a name, too (recorded from AWS by
    /// radkawar/stackd, `instance_profiles_transitions.json`, of `AssociateIamInstanceProfile`).
    ///
    /// # Errors
    /// As [`ProfileSpecification::find`].
    pub fn find_to_associate(&self, ask: &Ask<'_>) -> Result<Profile, Fault> {
        match self.given_arn() {
            Some(arn) => Self::with_arn(arn).find(ask),
            None => self.find(ask),
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.given_name().is_none() && self.given_arn().is_none()
    }

    fn given_name(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| !name.is_empty())
    }

    fn given_arn(&self) -> Option<&str> {
        self.arn.as_deref().filter(|arn| !arn.is_empty())
    }
}

/// A role's name where a profile's is needed is the usual mistake: consoles make both with one name.
fn with_role_hint(fault: Fault, ask: &Ask<'_>, name: &str) -> Fault {
    let Ok(role) = role::find(ask.view, ask.account(), name) else { return fault };
    if instance_profile::find(ask.view, ask.account(), name).is_ok() {
        return fault;
    }
    let profiles = instance_profile::of_role(ask.view, ask.account(), &role.name);
    let profiles: Vec<String> = profiles.map(|profile| format!("`{}`", profile.name)).collect();
    let name = &role.name;
    fault.with_hint(match profiles.as_slice() {
        [] => format!(
            "`{name}` is a role, and no instance profile has it: make one and put the role into it"
        ),
        known => format!(
            "`{name}` is a role; EC2 takes instance profiles, which have roles: {} has it",
            known.join(" and ")
        ),
    })
}

/// The profile of this ARN, by the letter: path, account and all.
fn by_arn(ask: &Ask<'_>, arn: &str) -> Option<Arc<InstanceProfileRow>> {
    let name = arn.rsplit_once('/')?.1;
    let row = instance_profile::find_as(ask.sight(), ask.account(), name).ok()?;
    (row.arn == arn).then(|| Arc::clone(row))
}

impl Profile {
    /// That the caller may pass the role in the profile to EC2 for an instance. It is asked about those of the
    /// region, even where it is known which: a policy that names the one does not match (recorded from AWS by
    /// radkawar/stackd, `instance_profiles_authorization.json`).
    #[must_use]
    pub fn pass_role_to_instance(&self, ask: &Ask<'_>) -> Demand {
        self.pass_role(Kind::Instance.arn(ask.region, ask.account(), "*"))
    }

    /// That the caller may pass the role in the profile to EC2, for `instances`: an ARN.
    #[must_use]
    pub fn pass_role(&self, instances: String) -> Demand {
        Demand::new("iam:PassRole", self.role.arn.as_str())
            .with("iam:PassedToService", "ec2.amazonaws.com")
            .with("iam:AssociatedResourceArn", instances)
    }

    /// The bond of the profile with an instance that puts it on.
    pub(crate) fn association(&self, act: &mut cloud::Act<'_, '_>) -> ProfileAssociation {
        ProfileAssociation {
            id: format!("{ASSOCIATION_PREFIX}{}", new_digits(act.entropy)),
            profile_arn: self.row.arn.as_str().into(),
            profile_id: self.row.id.as_str().into(),
            since: act.now,
            settles: act.now.plus_seconds(act.secrets.latency.seconds(ASSOCIATING_SECONDS)),
        }
    }
}

impl ProfileShape {
    /// The profile of an association.
    #[must_use]
    pub fn of(association: &ProfileAssociation) -> Self {
        Self { arn: association.profile_arn.to_string(), id: association.profile_id.to_string() }
    }
}

impl AssociationShape {
    /// An association of `instance` in a state.
    #[must_use]
    pub fn new(
        instance: &InstanceRow,
        association: &ProfileAssociation,
        state: &'static str,
    ) -> Self {
        Self {
            association_id: association.id.clone(),
            instance_id: instance.id.clone(),
            iam_instance_profile: ProfileShape::of(association),
            state,
        }
    }
}
