//! `DeleteKeyPair`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::key_pair::{self, KeyPairRow};
use crate::kind::Kind;
use crate::regional;

/// `DeleteKeyPair`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteKeyPair {
    /// The key pair, by its name.
    pub key_name: Option<String>,
    /// The key pair, by its id.
    pub key_pair_id: Option<String>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedOutput {
    r#return: bool,
    key_pair_id: Option<String>,
}

impl DeleteKeyPair {
    fn key(&self, ask: &Ask<'_>) -> Option<Arc<KeyPairRow>> {
        match (&self.key_name, &self.key_pair_id) {
            (Some(name), _) => key_pair::named(ask, name),
            (None, Some(id)) => regional::get(ask, id),
            (None, None) => None,
        }
    }
}

impl Operation for DeleteKeyPair {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteKeyPair";
    type Output = DeletedOutput;

    fn check(&self) -> Result<(), Fault> {
        if self.key_name.is_some() || self.key_pair_id.is_some() {
            return Ok(());
        }
        let text = "The request must contain the parameter KeyName";
        Err(Fault::new("MissingParameter", text))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let key = self.key(ask);
        let id = key.as_ref().map_or("*", |key| key.id.as_str());
        let demand = demand::on(ask, "ec2:DeleteKeyPair", Kind::KeyPair, id);
        // A key pair is named in its ARN, not numbered (service authorization reference).
        let name = self.key_name.as_deref().or(key.as_ref().map(|key| key.name.as_str()));
        let resource = Kind::KeyPair.arn(ask.region, ask.account(), name.unwrap_or("*"));
        Ok(vec![Demand { resource, ..demand }])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for DeleteKeyPair {
    /// One that is not there counts as deleted.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeletedOutput, Fault> {
        let key = self.key(&act.ask());
        if let Some(key) = &key {
            regional::delete::<KeyPairRow>(act, &key.id)?;
        }
        Ok(DeletedOutput { r#return: true, key_pair_id: key.map(|key| key.id.clone()) })
    }
}
