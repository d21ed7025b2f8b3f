//! Creating, showing and deleting SAML providers.

use names::{AccountId, Entropy, Timestamp};
use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::saml_provider::{
    self, DEFAULT_ENCRYPTION_MODE, ENCRYPTION_MODES, MAX_PROVIDERS, PrivateKey, SamlProviderRow,
    metadata,
};
use crate::iam::{exact_tag, name};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::tag::{self, Tag};

/// `[\w._-]+`
const NAME: Check = Check::Pattern("[\\w._-]+", |text| {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
});
/// `[\u0009\u000A\u000D\u0020-\u00FF]+`
pub(super) const PRIVATE_KEY: Check =
    Check::Pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", |text| {
        text.chars().all(|letter| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{ff}'))
    });

/// Letters of ids; their number is within what the API model allows, else unverified.
const ID_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const ID_CHARACTERS: usize = 26;

/// `CreateSAMLProvider`
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateSAMLProvider {
    #[serde(rename = "SAMLMetadataDocument")]
    metadata: String,
    name: String,
    #[serde(default)]
    tags: Vec<Tag>,
    assertion_encryption_mode: Option<String>,
    add_private_key: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateOutput {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl CreateSAMLProvider {
    fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:saml-provider/{}", self.name)
    }
}

impl Operation for CreateSAMLProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateSAMLProvider";
    type Output = CreateOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_private_key(&mut constraints, self.add_private_key.as_deref());
        let mode = self.assertion_encryption_mode.as_deref();
        constraints.optional_hidden("assertionEncryptionMode", mode, &[ENCRYPTION_MODES]);
        let name = [NAME, Check::MaxLength(128), Check::MinLength(1)];
        constraints.optional_hidden("name", Some(&self.name), &name);
        metadata::check_length(&mut constraints, &self.metadata);
        tag::check(&self.tags, &mut constraints);
        constraints.finish()?;
        exact_tag::check_keys(&self.tags)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand =
            |action| Demand::new(action, self.arn(ask.account())).with_request_tags(&self.tags);
        let mut demands = vec![demand("iam:CreateSAMLProvider")];
        if !self.tags.is_empty() {
            demands.push(demand("iam:TagSAMLProvider"));
        }
        Ok(demands)
    }
}

impl Write for CreateSAMLProvider {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateOutput, Fault> {
        let account = act.account();
        let valid_until = metadata::valid_until(&self.metadata)?;
        let key = name::key(&self.name);
        if act.tx.get::<SamlProviderRow>(account.as_str(), &key).is_some() {
            // Reported in org-formation/aws-resource-providers issue 59.
            let text = format!("Provider with name {} already exists.", self.name);
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        if act.tx.count::<SamlProviderRow>(account.as_str()) >= MAX_PROVIDERS {
            // Unverified.
            let text = format!("Cannot exceed quota for SAMLProvidersPerAccount: {MAX_PROVIDERS}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let keys = self.add_private_key.iter().map(|_| new_private_key(act.now, act.entropy));
        let private_keys = keys.collect();
        let mode = self.assertion_encryption_mode.as_deref().unwrap_or(DEFAULT_ENCRYPTION_MODE);
        let arn = self.arn(account);
        act.tx.insert(SamlProviderRow {
            account,
            name: self.name.clone(),
            arn: arn.clone(),
            uuid: act.entropy.text(ID_ALPHABET, ID_CHARACTERS),
            created: act.now,
            valid_until,
            metadata: self.metadata.clone(),
            encryption_mode: mode.to_owned(),
            private_keys,
            tags: self.tags.clone(),
        })?;
        Ok(CreateOutput { arn, tags: self.tags.clone() })
    }
}

/// `GetSAMLProvider`
#[derive(Debug, Clone, Deserialize)]
pub struct GetSAMLProvider {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProviderOutput {
    #[serde(rename = "SAMLProviderUUID")]
    uuid: String,
    #[serde(rename = "SAMLMetadataDocument")]
    metadata: String,
    create_date: Timestamp,
    valid_until: Timestamp,
    tags: Vec<Tag>,
    assertion_encryption_mode: String,
    private_key_list: Vec<PrivateKey>,
}

impl Operation for GetSAMLProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetSAMLProvider";
    type Output = ProviderOutput;

    fn check(&self) -> Result<(), Fault> {
        saml_provider::check_arn(Constraints::new(), &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![saml_provider::demand(ask, "iam:GetSAMLProvider", &self.arn)])
    }
}

impl Read for GetSAMLProvider {
    fn read(self, ask: &Ask<'_>) -> Result<ProviderOutput, Fault> {
        let row = saml_provider::find(ask.view, &self.arn)?;
        Ok(ProviderOutput {
            uuid: row.uuid.clone(),
            metadata: row.metadata.clone(),
            create_date: row.created,
            valid_until: row.valid_until,
            tags: row.tags.clone(),
            assertion_encryption_mode: row.encryption_mode.clone(),
            private_key_list: row.private_keys.clone(),
        })
    }
}

/// `ListSAMLProviders`
#[derive(Debug, Clone, Deserialize)]
pub struct ListSAMLProviders {}

/// Its answer.
#[derive(Debug, Serialize)]
pub struct ProvidersOutput {
    #[serde(rename = "SAMLProviderList")]
    providers: Vec<ProviderEntry>,
}

/// A provider in the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProviderEntry {
    arn: String,
    valid_until: Timestamp,
    create_date: Timestamp,
}

impl Operation for ListSAMLProviders {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListSAMLProviders";
    type Output = ProvidersOutput;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:ListSAMLProviders", "*")])
    }
}

impl Read for ListSAMLProviders {
    fn read(self, ask: &Ask<'_>) -> Result<ProvidersOutput, Fault> {
        let rows = ask.view.range::<SamlProviderRow>(ask.account().as_str(), ..);
        let providers = rows.map(|row| ProviderEntry {
            arn: row.arn.clone(),
            valid_until: row.valid_until,
            create_date: row.created,
        });
        Ok(ProvidersOutput { providers: providers.collect() })
    }
}

/// `DeleteSAMLProvider`
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteSAMLProvider {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
}

impl Operation for DeleteSAMLProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteSAMLProvider";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        saml_provider::check_arn(Constraints::new(), &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![saml_provider::demand(ask, "iam:DeleteSAMLProvider", &self.arn)])
    }
}

impl Write for DeleteSAMLProvider {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let row = saml_provider::find(act.tx, &self.arn)?;
        let (account, key) = (row.account, name::key(&row.name));
        act.tx.delete::<SamlProviderRow>(account.as_str(), &key)?;
        Ok(())
    }
}

/// What is kept of a private key.
pub(super) fn new_private_key(now: Timestamp, entropy: &mut dyn Entropy) -> PrivateKey {
    PrivateKey { key_id: entropy.text(ID_ALPHABET, ID_CHARACTERS), timestamp: now }
}

/// Checks the form of a private key.
pub(super) fn check_private_key(constraints: &mut Constraints, key: Option<&str>) {
    let checks = [PRIVATE_KEY, Check::MaxLength(16_384), Check::MinLength(1)];
    constraints.optional_hidden("addPrivateKey", key, &checks);
}
