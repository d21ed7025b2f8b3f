//! `UpdateSAMLProvider`

use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::saml_provider::create::{check_private_key, new_private_key};
use crate::iam::saml_provider::{
    self, ENCRYPTION_MODES, MAX_PRIVATE_KEYS, SamlProviderRow, metadata,
};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `[A-Z0-9]+`
const KEY_ID: Check = Check::Pattern("[A-Z0-9]+", |text| {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
});

/// `UpdateSAMLProvider`
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateSAMLProvider {
    #[serde(rename = "SAMLMetadataDocument")]
    metadata: Option<String>,
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    assertion_encryption_mode: Option<String>,
    add_private_key: Option<String>,
    remove_private_key: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
pub struct UpdateOutput {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
}

impl Operation for UpdateSAMLProvider {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateSAMLProvider";
    type Output = UpdateOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_private_key(&mut constraints, self.add_private_key.as_deref());
        let mode = self.assertion_encryption_mode.as_deref();
        constraints.optional_hidden("assertionEncryptionMode", mode, &[ENCRYPTION_MODES]);
        let key_id = [KEY_ID, Check::MaxLength(64), Check::MinLength(22)];
        let removed = self.remove_private_key.as_deref();
        constraints.optional_hidden("removePrivateKey", removed, &key_id);
        if let Some(document) = &self.metadata {
            metadata::check_length(&mut constraints, document);
        }
        saml_provider::check_arn(constraints, &self.arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![saml_provider::demand(ask, "iam:UpdateSAMLProvider", &self.arn)])
    }
}

impl Write for UpdateSAMLProvider {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<UpdateOutput, Fault> {
        let mut row = SamlProviderRow::clone(saml_provider::find(act.tx, &self.arn)?);
        if let Some(document) = &self.metadata {
            row.valid_until = metadata::valid_until(document)?;
            row.metadata.clone_from(document);
        }
        if let Some(mode) = &self.assertion_encryption_mode {
            row.encryption_mode.clone_from(mode);
        }
        // What IAM says in both cases is unverified.
        if let Some(id) = &self.remove_private_key {
            let before = row.private_keys.len();
            row.private_keys.retain(|key| key.key_id != *id);
            if row.private_keys.len() == before {
                let text = format!("Private key {id} not found for arn {}", self.arn);
                return Err(Fault::new("NoSuchEntity", text));
            }
        }
        if self.add_private_key.is_some() {
            if row.private_keys.len() >= MAX_PRIVATE_KEYS {
                let text = format!(
                    "Cannot exceed quota for PrivateKeysPerSAMLProvider: {MAX_PRIVATE_KEYS}"
                );
                return Err(Fault::new("LimitExceeded", text));
            }
            row.private_keys.push(new_private_key(act.now, act.entropy));
        }
        act.tx.update(row)?;
        Ok(UpdateOutput { arn: self.arn.clone() })
    }
}
