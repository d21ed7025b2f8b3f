//! `DescribeInstanceCreditSpecifications` and `ModifyInstanceCreditSpecification`

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::instance::InstanceRow;
use crate::instance::describe::{check_listed, listed};
use crate::kind::Kind;
use crate::page;
use crate::regional;

/// `DescribeInstanceCreditSpecifications`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceCreditSpecifications {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// These instances; otherwise the unlimited ones.
    #[serde(default)]
    pub instance_id: Vec<String>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditSpecificationsOutput {
    instance_credit_specification_set: Vec<CreditShape>,
    next_token: Option<String>,
}

/// How an instance spends CPU credits.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditShape {
    instance_id: String,
    cpu_credits: &'static str,
}

const FIELDS: &[Field<CreditShape>] =
    &[("instance-id", |_, shape| vec![shape.instance_id.clone()])];

impl Operation for DescribeInstanceCreditSpecifications {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeInstanceCreditSpecifications";
    type Output = CreditSpecificationsOutput;

    fn check(&self) -> Result<(), Fault> {
        check_listed(&self.instance_id, self.max_results, self.next_token.as_deref())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeInstanceCreditSpecifications")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeInstanceCreditSpecifications {
    /// "If you do not specify an instance ID, Amazon EC2 returns burstable performance instances with the
    /// unlimited credit option" (API reference).
    fn read(self, ask: &Ask<'_>) -> Result<CreditSpecificationsOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let rows = listed(ask, &self.instance_id, self.next_token.as_deref())?;
        let shapes = rows.iter().filter(|row| !row.life.is_over()).filter_map(|row| {
            let unlimited = row.attributes.unlimited_credits?;
            let cpu_credits = credits(unlimited);
            (unlimited || !self.instance_id.is_empty())
                .then(|| CreditShape { instance_id: row.id.clone(), cpu_credits })
        });
        let wanted = shapes.filter(|shape| filters.match_all(ask, shape, "")).collect();
        let page =
            page::cut(wanted, self.max_results, |shape: &CreditShape| shape.instance_id.clone());
        Ok(CreditSpecificationsOutput {
            instance_credit_specification_set: page.items,
            next_token: page.next_token,
        })
    }
}

fn credits(unlimited: bool) -> &'static str {
    if unlimited { "unlimited" } else { "standard" }
}

/// `ModifyInstanceCreditSpecification`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyInstanceCreditSpecification {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// A second request with the same token changes nothing, as it would not without.
    pub client_token: Option<String>,
    /// The instances.
    pub instance_credit_specification: Vec<CreditChange>,
}

/// How an instance is to spend CPU credits.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreditChange {
    /// The instance.
    pub instance_id: String,
    /// `standard` or `unlimited`.
    pub cpu_credits: Option<String>,
}

/// Its answer.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedCreditsOutput {
    successful_instance_credit_specification_set: Vec<Changed>,
    unsuccessful_instance_credit_specification_set: Vec<Unchanged>,
}

/// An instance that was changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    instance_id: String,
}

/// An instance that was not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unchanged {
    instance_id: String,
    error: Why,
}

/// Why not.
#[derive(Debug, Serialize)]
pub struct Why {
    code: &'static str,
    message: String,
}

impl Operation for ModifyInstanceCreditSpecification {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyInstanceCreditSpecification";
    type Output = ChangedCreditsOutput;

    fn check(&self) -> Result<(), Fault> {
        for change in &self.instance_credit_specification {
            Kind::Instance.check(&change.instance_id)?;
            let word = change.cpu_credits.as_deref().unwrap_or_default();
            if !matches!(word, "standard" | "unlimited") {
                let text = format!("Value ({word}) for parameter cpuCredits is invalid.");
                return Err(Fault::new("InvalidParameterValue", text));
            }
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyInstanceCreditSpecification";
        let changes = self.instance_credit_specification.iter();
        Ok(changes.map(|one| demand::on(ask, action, Kind::Instance, &one.instance_id)).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ModifyInstanceCreditSpecification {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ChangedCreditsOutput, Fault> {
        let mut output = ChangedCreditsOutput::default();
        for change in &self.instance_credit_specification {
            let instance_id = change.instance_id.clone();
            let found = regional::get::<InstanceRow>(&act.ask(), &instance_id);
            let refused = match &found {
                None => Some((
                    "InvalidInstanceID.NotFound",
                    Kind::Instance.not_found(&instance_id).message,
                )),
                Some(row) if row.attributes.unlimited_credits.is_none() => {
                    let kind = &row.instance_type;
                    let message = format!("{kind} is not a burstable performance instance type.");
                    Some(("InstanceCreditSpecification.NotSupported", message))
                }
                Some(_) => None,
            };
            if let Some((code, message)) = refused {
                let set = &mut output.unsuccessful_instance_credit_specification_set;
                set.push(Unchanged { instance_id, error: Why { code, message } });
                continue;
            }
            if let Some(row) = found {
                let mut row = InstanceRow::clone(&row);
                let unlimited = change.cpu_credits.as_deref() == Some("unlimited");
                row.attributes.unlimited_credits = Some(unlimited);
                regional::put(act, row)?;
            }
            output.successful_instance_credit_specification_set.push(Changed { instance_id });
        }
        Ok(output)
    }
}
