//! Creating, showing and deleting OpenID Connect providers.

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::exact_tag;
use crate::iam::oidc_provider::{self, MAX_PROVIDERS, OidcProviderRow};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// Characters of an address.
const MAX_URL: usize = 255;

/// What every client id must satisfy.
const CLIENT_IDS: Check = Check::Members(
    "Member must have length less than or equal to 255, Member must have length greater than or equal \
     to 1",
    |text| (1..=255).contains(&text.chars().count()),
);
/// What every thumbprint must satisfy.
pub(super) const THUMBPRINTS: Check = Check::Members(
    "Member must have length less than or equal to 40, Member must have length greater than or equal \
     to 40",
    |text| text.chars().count() == 40,
);

/// `CreateOpenIDConnectProvider`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateOpenIDConnectProvider {
    url: String,
    #[serde(rename = "ClientIDList", default)]
    client_ids: Vec<String>,
    #[serde(rename = "ThumbprintList", default)]
    thumbprints: Vec<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateOutput {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl CreateOpenIDConnectProvider {
    /// The address without its scheme.
    fn bare_url(&self) -> Result<&str, Fault> {
        let wrong = || Fault::new("ValidationError", "Invalid Open ID Connect Provider URL");
        let url = self.url.strip_prefix("https://").ok_or_else(wrong)?;
        let host = url.split('/').next().unwrap_or_default();
        let host_is_good = !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
        let rest_is_good = url.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
            && !url.contains(['?', '#', '@', '*']);
        if host_is_good && rest_is_good { Ok(url) } else { Err(wrong()) }
    }

    fn arn(&self, account: AccountId) -> Result<String, Fault> {
        Ok(format!("arn:aws:iam::{account}:oidc-provider/{}", self.bare_url()?))
    }
}

impl Operation for CreateOpenIDConnectProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateOpenIDConnectProvider";
    type Output = CreateOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        constraints.members("clientIDList", &self.client_ids, CLIENT_IDS);
        tag::check(&self.tags, &mut constraints);
        constraints.members("thumbprintList", &self.thumbprints, THUMBPRINTS);
        constraints.hidden("url", &self.url, Check::MaxLength(MAX_URL));
        constraints.hidden("url", &self.url, Check::MinLength(1));
        constraints.finish()?;
        self.bare_url()?;
        exact_tag::check_keys(&self.tags)?;
        oidc_provider::check_thumbprints(&self.thumbprints)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let arn = self.arn(ask.account())?;
        let demand = |action| Demand::new(action, arn.as_str()).with_request_tags(&self.tags);
        let mut demands = vec![demand("iam:CreateOpenIDConnectProvider")];
        if !self.tags.is_empty() {
            demands.push(demand("iam:TagOpenIDConnectProvider"));
        }
        Ok(demands)
    }
}

impl Write for CreateOpenIDConnectProvider {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateOutput, Fault> {
        let account = act.account();
        oidc_provider::check_client_ids(&self.client_ids)?;
        let url = self.bare_url()?;
        if act.tx.get::<OidcProviderRow>(account.as_str(), url).is_some() {
            let text = format!("Provider with url {} already exists.", self.url);
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        if act.tx.count::<OidcProviderRow>(account.as_str()) >= MAX_PROVIDERS {
            // Unverified.
            let text = format!(
                "Cannot exceed quota for OpenIdConnectProvidersPerAccount: {MAX_PROVIDERS}"
            );
            return Err(Fault::new("LimitExceeded", text));
        }
        let arn = self.arn(account)?;
        act.tx.insert(OidcProviderRow {
            account,
            url: url.to_owned(),
            arn: arn.clone(),
            created: act.now,
            client_ids: self.client_ids.clone(),
            thumbprints: self.thumbprints.clone(),
            tags: self.tags.clone(),
            keys: Vec::new(),
        })?;
        Ok(CreateOutput { arn, tags: self.tags.clone() })
    }
}

/// `GetOpenIDConnectProvider`
#[derive(Debug, Clone, Deserialize)]
pub struct GetOpenIDConnectProvider {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProviderOutput {
    url: String,
    #[serde(rename = "ClientIDList")]
    client_ids: Vec<String>,
    #[serde(rename = "ThumbprintList")]
    thumbprints: Vec<String>,
    create_date: Timestamp,
    tags: Vec<Tag>,
}

impl Operation for GetOpenIDConnectProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetOpenIDConnectProvider";
    type Output = ProviderOutput;

    fn check(&self) -> Result<(), Fault> {
        oidc_provider::check_arn(Constraints::new(), &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![oidc_provider::demand(ask, "iam:GetOpenIDConnectProvider", &self.arn)])
    }
}

impl Read for GetOpenIDConnectProvider {
    fn read(self, ask: &Ask<'_>) -> Result<ProviderOutput, Fault> {
        let row = oidc_provider::find(ask.view, &self.arn)?;
        Ok(ProviderOutput {
            url: row.url.clone(),
            client_ids: row.client_ids.clone(),
            thumbprints: row.thumbprints.clone(),
            create_date: row.created,
            tags: row.tags.clone(),
        })
    }
}

/// `ListOpenIDConnectProviders`
#[derive(Debug, Clone, Deserialize)]
pub struct ListOpenIDConnectProviders {}

/// Its answer.
#[derive(Debug, Serialize)]
pub struct ProvidersOutput {
    #[serde(rename = "OpenIDConnectProviderList")]
    providers: Vec<ProviderEntry>,
}

/// A provider in the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProviderEntry {
    arn: String,
}

impl Operation for ListOpenIDConnectProviders {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListOpenIDConnectProviders";
    type Output = ProvidersOutput;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:ListOpenIDConnectProviders", "*")])
    }
}

impl Read for ListOpenIDConnectProviders {
    fn read(self, ask: &Ask<'_>) -> Result<ProvidersOutput, Fault> {
        let rows = ask.view.range::<OidcProviderRow>(ask.account().as_str(), ..);
        let providers = rows.map(|row| ProviderEntry { arn: row.arn.clone() }).collect();
        Ok(ProvidersOutput { providers })
    }
}

/// `DeleteOpenIDConnectProvider`
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteOpenIDConnectProvider {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
}

impl Operation for DeleteOpenIDConnectProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteOpenIDConnectProvider";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        oidc_provider::check_arn(Constraints::new(), &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![oidc_provider::demand(ask, "iam:DeleteOpenIDConnectProvider", &self.arn)])
    }
}

impl Write for DeleteOpenIDConnectProvider {
    /// Deleting what is not there is no mistake (recorded by LocalStack).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        if let Ok(row) = oidc_provider::find(act.tx, &self.arn) {
            let (account, url) = (row.account, row.url.clone());
            act.tx.delete::<OidcProviderRow>(account.as_str(), &url)?;
        }
        Ok(())
    }
}
