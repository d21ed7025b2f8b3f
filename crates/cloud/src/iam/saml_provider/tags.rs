//! The tags of a SAML provider.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::saml_provider::{self, SamlProviderRow};
use crate::iam::tags::{self, Tags};
use crate::iam::{exact_tag, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// `TagSAMLProvider`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagSAMLProvider {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    tags: Vec<Tag>,
}

impl Operation for TagSAMLProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "TagSAMLProvider";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        tag::check(&self.tags, &mut constraints);
        saml_provider::check_arn(constraints, &self.arn)?;
        exact_tag::check_keys(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = saml_provider::demand(ask, "iam:TagSAMLProvider", &self.arn);
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for TagSAMLProvider {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = SamlProviderRow::clone(saml_provider::find(act.tx, &self.arn)?);
        exact_tag::merge(&mut row.tags, &self.tags)?;
        act.tx.update(row)?;
        Ok(())
    }
}

/// `UntagSAMLProvider`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagSAMLProvider {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagSAMLProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UntagSAMLProvider";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        tag::check_keys(&self.tag_keys, &mut constraints);
        saml_provider::check_arn(constraints, &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = saml_provider::demand(ask, "iam:UntagSAMLProvider", &self.arn);
        Ok(vec![demand.with_tag_keys(self.tag_keys.iter().map(String::as_str))])
    }
}

impl Write for UntagSAMLProvider {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = SamlProviderRow::clone(saml_provider::find(act.tx, &self.arn)?);
        exact_tag::remove(&mut row.tags, &self.tag_keys);
        act.tx.update(row)?;
        Ok(())
    }
}

/// `ListSAMLProviderTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSAMLProviderTags {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListSAMLProviderTags {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListSAMLProviderTags";
    type Output = Tags;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        saml_provider::check_arn(constraints, &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![saml_provider::demand(ask, "iam:ListSAMLProviderTags", &self.arn)])
    }
}

impl Read for ListSAMLProviderTags {
    fn read(self, ask: &Ask<'_>) -> Result<Tags, Fault> {
        let row = saml_provider::find(ask.view, &self.arn)?;
        tags::list(&row.tags, self.marker.as_deref(), self.max_items)
    }
}
