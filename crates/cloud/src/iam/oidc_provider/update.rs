//! Client ids and thumbprints of an OpenID Connect provider.

use serde::Deserialize;

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::oidc_provider::create::THUMBPRINTS;
use crate::iam::oidc_provider::{self, OidcProviderRow};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `AddClientIDToOpenIDConnectProvider`
#[derive(Debug, Clone, Deserialize)]
pub struct AddClientIDToOpenIDConnectProvider {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "ClientID")]
    client_id: String,
}

impl Operation for AddClientIDToOpenIDConnectProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "AddClientIDToOpenIDConnectProvider";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.arn, &self.client_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "iam:AddClientIDToOpenIDConnectProvider";
        Ok(vec![oidc_provider::demand(ask, action, &self.arn)])
    }
}

impl Write for AddClientIDToOpenIDConnectProvider {
    /// Adding what is there is no mistake (API reference).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = OidcProviderRow::clone(oidc_provider::find(act.tx, &self.arn)?);
        if !row.client_ids.contains(&self.client_id) {
            row.client_ids.push(self.client_id.clone());
            oidc_provider::check_client_ids(&row.client_ids)?;
            act.tx.update(row)?;
        }
        Ok(())
    }
}

/// `RemoveClientIDFromOpenIDConnectProvider`
#[derive(Debug, Clone, Deserialize)]
pub struct RemoveClientIDFromOpenIDConnectProvider {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "ClientID")]
    client_id: String,
}

impl Operation for RemoveClientIDFromOpenIDConnectProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "RemoveClientIDFromOpenIDConnectProvider";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.arn, &self.client_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "iam:RemoveClientIDFromOpenIDConnectProvider";
        Ok(vec![oidc_provider::demand(ask, action, &self.arn)])
    }
}

impl Write for RemoveClientIDFromOpenIDConnectProvider {
    /// Removing what is not there is no mistake (API reference).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = OidcProviderRow::clone(oidc_provider::find(act.tx, &self.arn)?);
        row.client_ids.retain(|known| *known != self.client_id);
        act.tx.update(row)?;
        Ok(())
    }
}

/// `UpdateOpenIDConnectProviderThumbprint`
#[derive(Debug, Clone, Deserialize)]
pub struct UpdateOpenIDConnectProviderThumbprint {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "ThumbprintList")]
    thumbprints: Vec<String>,
}

impl Operation for UpdateOpenIDConnectProviderThumbprint {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateOpenIDConnectProviderThumbprint";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        constraints.members("thumbprintList", &self.thumbprints, THUMBPRINTS);
        oidc_provider::check_arn(constraints, &self.arn)?;
        oidc_provider::check_thumbprints(&self.thumbprints)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "iam:UpdateOpenIDConnectProviderThumbprint";
        Ok(vec![oidc_provider::demand(ask, action, &self.arn)])
    }
}

impl Write for UpdateOpenIDConnectProviderThumbprint {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = OidcProviderRow::clone(oidc_provider::find(act.tx, &self.arn)?);
        row.thumbprints.clone_from(&self.thumbprints);
        act.tx.update(row)?;
        Ok(())
    }
}

fn check(arn: &str, client_id: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    let lengths = [Check::MaxLength(255), Check::MinLength(1)];
    constraints.optional_hidden("clientID", Some(client_id), &lengths);
    oidc_provider::check_arn(constraints, arn)
}
