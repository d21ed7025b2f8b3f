//! Roles that are linked to a service: the service says what they may do, and only it can be trusted
//! to assume them.
//!
//! On AWS a role is deleted when its service has agreed, some time after it was asked. Here it is gone
//! at once: no service holds on to its role.

use std::borrow::Cow;
use std::collections::BTreeMap;

use names::{AccountId, IdKind, Timestamp, unique_id};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::attachment::{self, AttachmentRow, Holder, Usage};
use crate::iam::name::{self, MAX_NAME};
use crate::iam::principal::TrustPolicy;
use crate::iam::role::create::check_quota;
use crate::iam::role::{
    self, DEFAULT_MAX_SESSION_SECONDS, RoleOutput, RoleRow, RoleShape, SERVICE_LINKED_PATH, delete,
};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::service_linked::{self, ServiceLinkedRole};

/// Characters of a custom suffix.
const MAX_SUFFIX: usize = 64;
/// Characters of the id of a deletion.
const MAX_TASK_ID: usize = 1000;

/// The deletion of a service-linked role, which succeeded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeletionTaskRow {
    /// Its account.
    pub account: AccountId,
    /// Its id: `task/aws-service-role/SERVICE/ROLE/UUID`.
    pub id: String,
    /// When it was asked for.
    pub created: Timestamp,
}

impl Row for DeletionTaskRow {
    const TABLE: &'static str = "iam_role_deletion";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }
}

/// `CreateServiceLinkedRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateServiceLinkedRole {
    #[serde(rename = "AWSServiceName")]
    aws_service_name: String,
    description: Option<String>,
    custom_suffix: Option<String>,
}

impl CreateServiceLinkedRole {
    /// The role of `service`, as a service asks for it in the name of who uses it first.
    #[must_use]
    pub fn of(service: impl Into<String>) -> Self {
        Self { aws_service_name: service.into(), description: None, custom_suffix: None }
    }

    fn known(&self) -> Option<&'static ServiceLinkedRole> {
        service_linked::find(&self.aws_service_name)
    }

    fn role_name(&self, known: &ServiceLinkedRole) -> String {
        match &self.custom_suffix {
            Some(suffix) => known.suffixed_name(suffix),
            None => known.role_name.to_owned(),
        }
    }
}

impl Operation for CreateServiceLinkedRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateServiceLinkedRole";
    type Output = RoleOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_name(&mut constraints, "aWSServiceName", &self.aws_service_name, MAX_NAME);
        if let Some(description) = &self.description {
            role::check_description(&mut constraints, description);
        }
        let suffix = self.custom_suffix.as_deref();
        name::check_some_name(&mut constraints, "customSuffix", suffix, MAX_SUFFIX);
        constraints.finish()
    }

    /// For a service that is not known, any of its roles.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (account, service) = (ask.account(), &self.aws_service_name);
        let name = self.known().map_or_else(|| "*".to_owned(), |known| self.role_name(known));
        let arn = format!("arn:aws:iam::{account}:role{SERVICE_LINKED_PATH}{service}/{name}");
        let demand = Demand::new("iam:CreateServiceLinkedRole", arn);
        Ok(vec![demand.with("iam:AWSServiceName", service.as_str())])
    }
}

impl Write for CreateServiceLinkedRole {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RoleOutput, Fault> {
        let account = act.account();
        let service = &self.aws_service_name;
        let invalid = |text: String| Err(Fault::new("InvalidInput", text));
        let Some(known) = self.known() else {
            return invalid(format!(
                "rolecall does not know what the service-linked role of `{service}` is called and \
                 may do: check the name of the service, or create an ordinary role that trusts it"
            ));
        };
        if self.custom_suffix.is_some() && !known.custom_suffix {
            return invalid(format!("Custom suffix is not allowed for {service}"));
        }
        let name = self.role_name(known);
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &name);
        constraints.finish()?;
        if role::find(act.tx, account, &name).is_ok() {
            return invalid(format!(
                "Service role name {name} has been taken in this account, please try a different \
                 suffix."
            ));
        }
        check_quota(act)?;
        let role = self.row(act, known, name);
        for arn in &role.attached {
            let (policy_arn, name) = (arn.clone(), role.name.clone());
            let (usage, holder) = (Usage::Policy, Holder::Role);
            attachment::add(act.tx, AttachmentRow { account, policy_arn, usage, holder, name })?;
        }
        let shape = RoleShape::created(act.tx, &role);
        act.tx.insert(role)?;
        Ok(RoleOutput { role: shape })
    }
}

impl CreateServiceLinkedRole {
    fn row(&self, act: &mut Act<'_, '_>, known: &ServiceLinkedRole, name: String) -> RoleRow {
        let account = act.account();
        let path = known.path();
        RoleRow {
            account,
            arn: format!("arn:aws:iam::{account}:role{path}{name}"),
            name,
            path,
            id: unique_id(IdKind::Role, account, act.entropy),
            created: act.now,
            description: self.description.clone(),
            max_session_seconds: DEFAULT_MAX_SESSION_SECONDS,
            trust: TrustPolicy::without_ids(&known.trust_policy()),
            inline: BTreeMap::new(),
            attached: vec![known.policy_arn()],
            boundary: None,
            tags: Vec::new(),
        }
    }
}

/// `DeleteServiceLinkedRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteServiceLinkedRole {
    role_name: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletionTask {
    deletion_task_id: String,
}

impl Operation for DeleteServiceLinkedRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteServiceLinkedRole";
    type Output = DeletionTask;

    fn check(&self) -> Result<(), Fault> {
        role::check_name_alone(&self.role_name)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::demand(ask, "iam:DeleteServiceLinkedRole", &self.role_name)])
    }
}

impl Write for DeleteServiceLinkedRole {
    /// What AWS says to an ordinary role is unverified: of the operation's documented errors only
    /// `NoSuchEntity` fits.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeletionTask, Fault> {
        let role = RoleRow::clone(role::find(act.tx, act.account(), &self.role_name)?);
        if !role.is_service_linked() {
            let text = format!("The service-linked role with name {} cannot be found.", role.name);
            return Err(Fault::new("NoSuchEntity", text));
        }
        delete::remove(act, &role)?;
        let id = format!("task{}{}/{}", role.path, role.name, act.entropy.uuid());
        let task = DeletionTaskRow { account: role.account, id: id.clone(), created: act.now };
        act.tx.insert(task)?;
        Ok(DeletionTask { deletion_task_id: id })
    }
}

/// `GetServiceLinkedRoleDeletionStatus`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetServiceLinkedRoleDeletionStatus {
    deletion_task_id: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletionStatus {
    status: &'static str,
}

impl Operation for GetServiceLinkedRoleDeletionStatus {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetServiceLinkedRoleDeletionStatus";
    type Output = DeletionStatus;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        for check in [Check::MaxLength(MAX_TASK_ID), Check::MinLength(1)] {
            constraints.hidden("deletionTaskId", &self.deletion_task_id, check);
        }
        constraints.finish()
    }

    /// Asked on the role that the id tells of, which is gone.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let id = &self.deletion_task_id;
        let role = id.strip_prefix("task").and_then(|rest| rest.rsplit_once('/'));
        let Some((role, _)) = role.filter(|(role, _)| role.starts_with(SERVICE_LINKED_PATH)) else {
            // The text is unverified.
            return Err(Fault::new("InvalidInput", format!("Invalid deletion task id: {id}")));
        };
        let arn = format!("arn:aws:iam::{}:role{role}", ask.account());
        Ok(vec![Demand::new("iam:GetServiceLinkedRoleDeletionStatus", arn)])
    }
}

impl Read for GetServiceLinkedRoleDeletionStatus {
    fn read(self, ask: &Ask<'_>) -> Result<DeletionStatus, Fault> {
        let id = &self.deletion_task_id;
        match ask.view.get::<DeletionTaskRow>(ask.account().as_str(), id) {
            Some(_) => Ok(DeletionStatus { status: "SUCCEEDED" }),
            // The text is unverified.
            None => {
                let text = format!("The deletion task with id {id} cannot be found.");
                Err(Fault::new("NoSuchEntity", text))
            }
        }
    }
}
