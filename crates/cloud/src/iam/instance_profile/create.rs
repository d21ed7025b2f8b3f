//! `CreateInstanceProfile`, `GetInstanceProfile` and `DeleteInstanceProfile`.

use names::{AccountId, IdKind, unique_id};
use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::instance_profile::{
    self, InstanceProfileRow, InstanceProfileShape, MAX_INSTANCE_PROFILES,
};
use crate::iam::{exact_tag, name};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// `CreateInstanceProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateInstanceProfile {
    instance_profile_name: String,
    path: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// An answer that is an instance profile.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfileOutput {
    instance_profile: InstanceProfileShape,
}

impl CreateInstanceProfile {
    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or(name::DEFAULT_PATH)
    }

    fn arn(&self, account: AccountId) -> String {
        let name = &self.instance_profile_name;
        format!("arn:aws:iam::{account}:instance-profile{}{name}", self.path())
    }
}

impl Operation for CreateInstanceProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateInstanceProfile";
    type Output = InstanceProfileOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        instance_profile::check_name(&mut constraints, &self.instance_profile_name);
        name::check_path(&mut constraints, self.path.as_deref());
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        exact_tag::check_keys(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let arn = self.arn(ask.account());
        let demand = |action| Demand::new(action, arn.as_str()).with_request_tags(&self.tags);
        let mut demands = vec![demand("iam:CreateInstanceProfile")];
        if !self.tags.is_empty() {
            demands.push(demand("iam:TagInstanceProfile"));
        }
        Ok(demands)
    }
}

impl Write for CreateInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<InstanceProfileOutput, Fault> {
        let account = act.account();
        let name = &self.instance_profile_name;
        if instance_profile::find(act.tx, account, name).is_ok() {
            let text = format!("Instance Profile {name} already exists.");
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        if act.tx.count::<InstanceProfileRow>(account.as_str()) >= MAX_INSTANCE_PROFILES {
            let text = format!(
                "Cannot exceed quota for InstanceProfilesPerAccount: {MAX_INSTANCE_PROFILES}"
            );
            return Err(Fault::new("LimitExceeded", text));
        }
        let profile = InstanceProfileRow {
            account,
            name: name.clone(),
            path: self.path().to_owned(),
            id: unique_id(IdKind::InstanceProfile, account, act.entropy),
            arn: self.arn(account),
            created: act.now,
            role: None,
            tags: self.tags.clone(),
        };
        let shape = InstanceProfileShape::full(act.tx, &profile);
        act.tx.insert(profile)?;
        Ok(InstanceProfileOutput { instance_profile: shape })
    }
}

/// `GetInstanceProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetInstanceProfile {
    instance_profile_name: String,
}

impl Operation for GetInstanceProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetInstanceProfile";
    type Output = InstanceProfileOutput;

    fn check(&self) -> Result<(), Fault> {
        instance_profile::check_name_alone(&self.instance_profile_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = &self.instance_profile_name;
        Ok(vec![instance_profile::demand(ask, "iam:GetInstanceProfile", name)])
    }
}

impl Read for GetInstanceProfile {
    fn read(self, ask: &Ask<'_>) -> Result<InstanceProfileOutput, Fault> {
        let profile = instance_profile::find(ask.view, ask.account(), &self.instance_profile_name)?;
        let shape = InstanceProfileShape::full(ask.view, profile);
        Ok(InstanceProfileOutput { instance_profile: shape })
    }
}

/// `DeleteInstanceProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteInstanceProfile {
    instance_profile_name: String,
}

impl Operation for DeleteInstanceProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteInstanceProfile";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        instance_profile::check_name_alone(&self.instance_profile_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = &self.instance_profile_name;
        Ok(vec![instance_profile::demand(ask, "iam:DeleteInstanceProfile", name)])
    }
}

impl Write for DeleteInstanceProfile {
    /// Instances that use the profile do not stand in the way (unverified: the API reference only
    /// warns of it).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let profile = instance_profile::find(act.tx, account, &self.instance_profile_name)?;
        if profile.role.is_some() {
            let text = "Cannot delete entity, must remove roles from instance profile first.";
            return Err(Fault::new("DeleteConflict", text));
        }
        let key = name::key(&profile.name);
        act.tx.delete::<InstanceProfileRow>(account.as_str(), &key)?;
        Ok(())
    }
}
