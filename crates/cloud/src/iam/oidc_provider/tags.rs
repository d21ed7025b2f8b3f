//! The tags of an OpenID Connect provider.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::oidc_provider::{self, OidcProviderRow};
use crate::iam::tags::{self, Tags};
use crate::iam::{exact_tag, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// `TagOpenIDConnectProvider`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagOpenIDConnectProvider {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    tags: Vec<Tag>,
}

impl Operation for TagOpenIDConnectProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "TagOpenIDConnectProvider";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        tag::check(&self.tags, &mut constraints);
        oidc_provider::check_arn(constraints, &self.arn)?;
        exact_tag::check_keys(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = oidc_provider::demand(ask, "iam:TagOpenIDConnectProvider", &self.arn);
        Ok(vec![demand.with_request_tags(&self.tags)])
    }
}

impl Write for TagOpenIDConnectProvider {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = OidcProviderRow::clone(oidc_provider::find(act.tx, &self.arn)?);
        exact_tag::merge(&mut row.tags, &self.tags)?;
        act.tx.update(row)?;
        Ok(())
    }
}

/// `UntagOpenIDConnectProvider`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagOpenIDConnectProvider {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagOpenIDConnectProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UntagOpenIDConnectProvider";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        tag::check_keys(&self.tag_keys, &mut constraints);
        oidc_provider::check_arn(constraints, &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand = oidc_provider::demand(ask, "iam:UntagOpenIDConnectProvider", &self.arn);
        Ok(vec![demand.with_tag_keys(self.tag_keys.iter().map(String::as_str))])
    }
}

impl Write for UntagOpenIDConnectProvider {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = OidcProviderRow::clone(oidc_provider::find(act.tx, &self.arn)?);
        exact_tag::remove(&mut row.tags, &self.tag_keys);
        act.tx.update(row)?;
        Ok(())
    }
}

/// `ListOpenIDConnectProviderTags`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListOpenIDConnectProviderTags {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListOpenIDConnectProviderTags {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListOpenIDConnectProviderTags";
    type Output = Tags;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        oidc_provider::check_arn(constraints, &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![oidc_provider::demand(ask, "iam:ListOpenIDConnectProviderTags", &self.arn)])
    }
}

impl Read for ListOpenIDConnectProviderTags {
    fn read(self, ask: &Ask<'_>) -> Result<Tags, Fault> {
        let row = oidc_provider::find(ask.view, &self.arn)?;
        tags::list(&row.tags, self.marker.as_deref(), self.max_items)
    }
}
