//! `CreatePolicy`

use std::sync::Arc;

use serde::Deserialize;

use super::{Found, PolicyOutput, PolicyRow, accept, check_name_is_free, not_available};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Service, Write};
use crate::organizations::input::{LOWER, check_length, check_tags, violation};
use crate::organizations::membership;
use crate::organizations::organization::{FeatureSet, OrganizationRow};
use crate::organizations::policy_type::PolicyType;
use crate::tag::Tag;

/// `CreatePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatePolicy {
    content: String,
    description: String,
    name: String,
    r#type: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl Operation for CreatePolicy {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "CreatePolicy";
    type Output = PolicyOutput;

    fn check(&self) -> Result<(), Fault> {
        PolicyType::parse(&self.r#type)?;
        check_length(&self.content, 1, usize::MAX)?;
        check_length(&self.description, 0, 512)?;
        check_length(&self.name, 1, 128)?;
        check_tags(&self.tags)
    }

    /// On any policy of the type, as it has no id yet (unverified).
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let kind = PolicyType::parse(&self.r#type)?;
        let any = format!("{}/p-*", kind.arn_name());
        let arn = membership::managed_by(ask)?.arn_of("policy", &any);
        let demand = Demand::new("organizations:CreatePolicy", arn)
            .with("organizations:PolicyType", kind.name())
            .with_request_tags(&self.tags);
        Ok(vec![demand])
    }
}

impl Write for CreatePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<PolicyOutput, Fault> {
        let kind = PolicyType::parse(&self.r#type)?;
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        if organization.feature_set != FeatureSet::All {
            return Err(not_available());
        }
        let document = accept(&self.content, kind)?;
        check_name_is_free(act.tx, &organization, &self.name)?;
        let known = act.tx.range::<PolicyRow>(organization.account.as_str(), ..);
        if known.filter(|row| row.r#type == kind).count() >= kind.most_policies() {
            // The text is unverified.
            let text =
                "You have exceeded the number of policies that you can have in an organization.";
            return Err(violation("POLICY_NUMBER_LIMIT_EXCEEDED", text));
        }
        let id = format!("p-{}", act.entropy.text(LOWER, 8));
        let row = Arc::new(PolicyRow {
            account: organization.account,
            arn: organization.arn_of("policy", &format!("{}/{id}", kind.arn_name())),
            id,
            name: self.name.clone(),
            description: self.description.clone(),
            r#type: kind,
            document,
            tags: self.tags.clone(),
        });
        act.tx.insert(PolicyRow::clone(&row))?;
        Ok(PolicyOutput::new(&Found::Own(row)))
    }
}
