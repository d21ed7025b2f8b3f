//! Services that the organization trusts. They are records: no service here does anything in its members' accounts
//! because of one.

use names::Timestamp;
use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::organizations::input::invalid;
use crate::organizations::organization::{FeatureSet, OrganizationRow};
use crate::organizations::{membership, page};

/// Characters of a service principal (API reference).
const MAX_PRINCIPAL: usize = 128;

/// `ListAWSServiceAccessForOrganization`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAWSServiceAccessForOrganization {
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// One page of trusted services.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrustedServices {
    enabled_service_principals: Vec<TrustedService>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TrustedService {
    service_principal: String,
    date_enabled: Timestamp,
}

impl Operation for ListAWSServiceAccessForOrganization {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "ListAWSServiceAccessForOrganization";
    type Output = TrustedServices;

    fn check(&self) -> Result<(), Fault> {
        page::check(self.max_results)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(membership::demand_on_all("organizations:ListAWSServiceAccessForOrganization"))
    }
}

impl Read for ListAWSServiceAccessForOrganization {
    fn read(self, ask: &Ask<'_>) -> Result<TrustedServices, Fault> {
        let organization = membership::managed_by(ask)?;
        let items = organization.trusted.iter().map(|(principal, since)| {
            let shape =
                TrustedService { service_principal: principal.clone(), date_enabled: *since };
            (principal.clone(), shape)
        });
        let page = page::cut(items, self.next_token.as_deref(), self.max_results)?;
        Ok(TrustedServices { enabled_service_principals: page.items, next_token: page.marker })
    }
}

/// `EnableAWSServiceAccess`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnableAWSServiceAccess {
    service_principal: String,
}

/// `DisableAWSServiceAccess`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisableAWSServiceAccess {
    service_principal: String,
}

/// A name such as `config.amazonaws.com`; which services there are is not known here.
fn check(principal: &str) -> Result<(), Fault> {
    let named = principal.len() <= MAX_PRINCIPAL
        && principal.strip_suffix(".amazonaws.com").is_some_and(|name| !name.is_empty())
        && principal.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if named {
        return Ok(());
    }
    // The reason is the API reference's, the text is unverified.
    let text = "You specified an unrecognized service principal.";
    Err(invalid("UNRECOGNIZED_SERVICE_PRINCIPAL", text))
}

fn demands(action: &'static str, principal: &str) -> Vec<Demand> {
    vec![Demand::new(action, "*").with("organizations:ServicePrincipal", principal)]
}

/// Changes the services that the organization of the caller trusts.
fn change(act: &mut Act<'_, '_>, change: impl FnOnce(&mut OrganizationRow)) -> Result<(), Fault> {
    let mut row = OrganizationRow::clone(membership::managed_by(&act.ask())?);
    if row.feature_set != FeatureSet::All {
        let text = "You can't perform this operation on an organization without all features.";
        return Err(Fault::new("ConstraintViolationException", text));
    }
    change(&mut row);
    Ok(act.tx.update(row)?)
}

impl Operation for EnableAWSServiceAccess {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "EnableAWSServiceAccess";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.service_principal)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(demands("organizations:EnableAWSServiceAccess", &self.service_principal))
    }
}

impl Write for EnableAWSServiceAccess {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let now = act.now;
        change(act, |row| {
            row.trusted.entry(self.service_principal.clone()).or_insert(now);
        })
    }
}

impl Operation for DisableAWSServiceAccess {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DisableAWSServiceAccess";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.service_principal)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(demands("organizations:DisableAWSServiceAccess", &self.service_principal))
    }
}

impl Write for DisableAWSServiceAccess {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        change(act, |row| {
            row.trusted.remove(&self.service_principal);
        })
    }
}
