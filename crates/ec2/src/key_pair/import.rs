//! `ImportKeyPair`. Key pairs that EC2 makes itself (`CreateKeyPair`) are not modelled: nothing here could be
//! reached with one.

use base64ct::{Base64, Base64Unpadded, Encoding};
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::demand;
use crate::key_pair::{self, KeyPairRow};
use crate::kind::Kind;
use crate::regional;
use crate::tag::{self, TagShape, TagSpecification};

/// The longest name, in characters (API reference).
pub const MAX_NAME: usize = 255;

/// `ImportKeyPair`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ImportKeyPair {
    /// The name.
    pub key_name: String,
    /// The public key, as OpenSSH writes it, in base64.
    pub public_key_material: String,
    /// The tags.
    #[serde(default)]
    pub tag_specification: Vec<TagSpecification>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportedOutput {
    key_pair_id: String,
    key_name: String,
    key_fingerprint: String,
    tag_set: Vec<TagShape>,
}

/// A public key.
struct PublicKey {
    text: String,
    kind: &'static str,
    fingerprint: String,
}

impl ImportKeyPair {
    /// The fingerprint is SHA-256 for both kinds. AWS's of an imported RSA key is the MD5 of the key in DER
    /// ("Verify the fingerprint of your key pair"), which is not modelled.
    fn key(&self) -> Result<PublicKey, Fault> {
        let invalid =
            || Fault::new("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
        let material: String = self.public_key_material.split_ascii_whitespace().collect();
        let bytes = Base64::decode_vec(&material).map_err(|_| invalid())?;
        let text = String::from_utf8(bytes).map_err(|_| invalid())?;
        let text = text.trim().to_owned();
        let mut parts = text.split_ascii_whitespace();
        let kind = match parts.next() {
            Some("ssh-rsa") => "rsa",
            Some("ssh-ed25519") => "ed25519",
            _ => return Err(invalid()),
        };
        let blob =
            parts.next().and_then(|blob| Base64::decode_vec(blob).ok()).ok_or_else(invalid)?;
        let fingerprint = Base64Unpadded::encode_string(&Sha256::digest(&blob));
        Ok(PublicKey { kind, fingerprint, text })
    }
}

impl Operation for ImportKeyPair {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ImportKeyPair";
    type Output = ImportedOutput;

    fn check(&self) -> Result<(), Fault> {
        if self.key_name.is_empty() || self.key_name.chars().count() > MAX_NAME {
            let text = format!("Value ({}) for parameter keyName is invalid.", self.key_name);
            return Err(Fault::new("InvalidParameterValue", text));
        }
        self.key()?;
        tag::check_specifications(&self.tag_specification, &[Kind::KeyPair])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let tags = tag::specified(&self.tag_specification, Kind::KeyPair);
        // A key pair is named in its ARN, not numbered (service authorization reference).
        let resource = Kind::KeyPair.arn(ask.region, ask.account(), &self.key_name);
        let demands = demand::create(ask, "ec2:ImportKeyPair", Kind::KeyPair, Vec::new(), &tags);
        Ok(demands.into_iter().map(|one| Demand { resource: resource.clone(), ..one }).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ImportKeyPair {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ImportedOutput, Fault> {
        if key_pair::named(&act.ask(), &self.key_name).is_some() {
            let text = format!("The keypair already exists: {}", self.key_name);
            return Err(Fault::new("InvalidKeyPair.Duplicate", text));
        }
        let key = self.key()?;
        let row = KeyPairRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::KeyPair.new_id(act.entropy),
            name: self.key_name.clone(),
            kind: key.kind.to_owned(),
            fingerprint: key.fingerprint,
            public_key: key.text,
            created: act.now,
        };
        let tags = tag::specified(&self.tag_specification, Kind::KeyPair);
        regional::put(act, row.clone())?;
        tag::set(act, &row.id, &tags)?;
        Ok(ImportedOutput {
            key_name: row.name,
            key_fingerprint: row.fingerprint,
            tag_set: tag::shown(&act.ask(), &row.id),
            key_pair_id: row.id,
        })
    }
}
