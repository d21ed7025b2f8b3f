//! What an account wants the metadata services of its new instances to be like: the row;
//! `GetInstanceMetadataDefaults` and `ModifyInstanceMetadataDefaults`.

use std::borrow::Cow;

use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use names::AccountId;
use serde::{Deserialize, Serialize};
use store::Row;

use crate::demand;
use crate::instance::MetadataOptions;
use crate::launch::options;
use crate::launch::specification::MetadataOptionsSpecification;
use crate::regional;
use crate::unmodelled::Unmodelled;

/// The word that takes a default back.
const NO_PREFERENCE: &str = "no-preference";

/// An account's defaults in a region; what is not set is left to the image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MetadataDefaultsRow {
    account: AccountId,
    region: String,
    http_tokens: Option<String>,
    http_put_response_hop_limit: Option<i32>,
    http_endpoint: Option<String>,
    instance_metadata_tags: Option<String>,
}

impl Row for MetadataDefaultsRow {
    const TABLE: &'static str = "ec2_metadata_defaults";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.region.as_str().into()
    }
}

/// The defaults of the caller's account in the region.
#[must_use]
pub fn of(ask: &Ask<'_>) -> MetadataDefaultsRow {
    let row = ask.view.get::<MetadataDefaultsRow>(ask.account().as_str(), ask.region);
    row.map(|row| MetadataDefaultsRow::clone(row)).unwrap_or_else(|| MetadataDefaultsRow {
        account: ask.account(),
        region: ask.region.to_owned(),
        http_tokens: None,
        http_put_response_hop_limit: None,
        http_endpoint: None,
        instance_metadata_tags: None,
    })
}

impl MetadataDefaultsRow {
    /// Sets what the account has a default for; the values were checked when they were set.
    pub(crate) fn apply(&self, to: &mut MetadataOptions) {
        let changed = options::apply(&self.specification(), to);
        debug_assert!(changed.is_ok(), "defaults are checked");
    }

    fn specification(&self) -> MetadataOptionsSpecification {
        MetadataOptionsSpecification {
            http_tokens: self.http_tokens.clone(),
            http_put_response_hop_limit: self.http_put_response_hop_limit,
            http_endpoint: self.http_endpoint.clone(),
            http_protocol_ipv6: None,
            instance_metadata_tags: self.instance_metadata_tags.clone(),
        }
    }
}

/// `GetInstanceMetadataDefaults`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetInstanceMetadataDefaults {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataDefaultsOutput {
    account_level: AccountLevel,
}

/// The defaults as EC2 answers them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountLevel {
    http_tokens: Option<String>,
    http_put_response_hop_limit: Option<i32>,
    http_endpoint: Option<String>,
    instance_metadata_tags: Option<String>,
    managed_by: &'static str,
}

impl Operation for GetInstanceMetadataDefaults {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "GetInstanceMetadataDefaults";
    type Output = MetadataDefaultsOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:GetInstanceMetadataDefaults")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for GetInstanceMetadataDefaults {
    fn read(self, ask: &Ask<'_>) -> Result<MetadataDefaultsOutput, Fault> {
        let row = of(ask);
        Ok(MetadataDefaultsOutput {
            account_level: AccountLevel {
                http_tokens: row.http_tokens,
                http_put_response_hop_limit: row.http_put_response_hop_limit,
                http_endpoint: row.http_endpoint,
                instance_metadata_tags: row.instance_metadata_tags,
                managed_by: "account",
            },
        })
    }
}

/// `ModifyInstanceMetadataDefaults`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyInstanceMetadataDefaults {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// `optional`, `required` or `no-preference`.
    pub http_tokens: Option<String>,
    /// 1 to 64, or -1 for no preference.
    pub http_put_response_hop_limit: Option<i32>,
    /// `enabled`, `disabled` or `no-preference`.
    pub http_endpoint: Option<String>,
    /// `enabled`, `disabled` or `no-preference`.
    pub instance_metadata_tags: Option<String>,
    /// Whether launches that ask for IMDSv1 are refused; not modelled.
    pub http_tokens_enforced: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
pub struct ModifiedOutput {
    r#return: bool,
}

impl Operation for ModifyInstanceMetadataDefaults {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyInstanceMetadataDefaults";
    type Output = ModifiedOutput;

    fn check(&self) -> Result<(), Fault> {
        let enforced = self.http_tokens_enforced.as_deref();
        let is_asked = enforced.is_some_and(|word| word != NO_PREFERENCE);
        Unmodelled::new(Self::NAME).flag("HttpTokensEnforced", is_asked).finish()?;
        options::apply(&self.wanted(), &mut MetadataOptions::default())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:ModifyInstanceMetadataDefaults")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl ModifyInstanceMetadataDefaults {
    /// What is asked for, without preferences that are taken back.
    fn wanted(&self) -> MetadataOptionsSpecification {
        let word = |word: &Option<String>| word.clone().filter(|word| word != NO_PREFERENCE);
        MetadataOptionsSpecification {
            http_tokens: word(&self.http_tokens),
            http_put_response_hop_limit: self.http_put_response_hop_limit.filter(|it| *it != -1),
            http_endpoint: word(&self.http_endpoint),
            http_protocol_ipv6: None,
            instance_metadata_tags: word(&self.instance_metadata_tags),
        }
    }
}

impl Write for ModifyInstanceMetadataDefaults {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ModifiedOutput, Fault> {
        let mut row = of(&act.ask());
        let wanted = self.wanted();
        if self.http_tokens.is_some() {
            row.http_tokens = wanted.http_tokens;
        }
        if self.http_put_response_hop_limit.is_some() {
            row.http_put_response_hop_limit = wanted.http_put_response_hop_limit;
        }
        if self.http_endpoint.is_some() {
            row.http_endpoint = wanted.http_endpoint;
        }
        if self.instance_metadata_tags.is_some() {
            row.instance_metadata_tags = wanted.instance_metadata_tags;
        }
        regional::put(act, row)?;
        Ok(ModifiedOutput { r#return: true })
    }
}
