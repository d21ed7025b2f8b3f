//! Private access settings: by which VPC endpoints workspaces can be reached. They are kept, checked and shown;
//! requests to a workspace of this server come over the loopback and through no endpoint, so that nobody is kept
//! out.

use serde::{Deserialize, Serialize};
use store::View;

use crate::credential::check_name;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Read, Write};
use crate::permit::Need;
use crate::{vpc_endpoint, workspace};

/// Private access settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PrivateAccessRow {
    /// The Databricks account.
    pub account_id: String,
    /// Their id.
    pub id: String,
    /// What they say.
    pub settings: Settings,
}

row!(PrivateAccessRow, "databricks_private_access", account_id, id);

/// What private access settings say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    private_access_settings_name: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    public_access_enabled: bool,
    #[serde(default)]
    private_access_level: Level,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allowed_vpc_endpoint_ids: Vec<String>,
}

/// Which endpoints may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// All that are registered in the account ("the default", API reference).
    #[default]
    Account,
    /// Those that are listed.
    Endpoint,
}

/// Private access settings as the API has them.
#[derive(Debug, Clone, Serialize)]
pub struct PrivateAccessSettings {
    private_access_settings_id: String,
    account_id: String,
    #[serde(flatten)]
    settings: Settings,
}

impl PrivateAccessSettings {
    fn new(row: &PrivateAccessRow) -> Self {
        Self {
            private_access_settings_id: row.id.clone(),
            account_id: row.account_id.clone(),
            settings: row.settings.clone(),
        }
    }
}

impl Settings {
    fn check(&self) -> Result<(), Fault> {
        check_name("private_access_settings_name", &self.private_access_settings_name)?;
        if self.region.is_empty() {
            return Err(Fault::malformed("region is required"));
        }
        if self.private_access_level == Level::Account && !self.allowed_vpc_endpoint_ids.is_empty()
        {
            let text =
                "allowed_vpc_endpoint_ids can only be set with private_access_level ENDPOINT";
            return Err(Fault::malformed(text));
        }
        Ok(())
    }

    /// The name must be free but for the settings with `id`, and the endpoints registered.
    fn check_others(&self, act: &Act<'_, '_>, id: Option<&str>) -> Result<(), Fault> {
        let account_id = act.host.account_id.as_str();
        let name = &self.private_access_settings_name;
        let mut others = act.aws.tx.range::<PrivateAccessRow>(account_id, ..);
        if others.any(|row| {
            row.settings.private_access_settings_name == *name && Some(row.id.as_str()) != id
        }) {
            let text = format!("Private access settings with name {name} already exists");
            return Err(Fault::exists(text));
        }
        for endpoint in &self.allowed_vpc_endpoint_ids {
            vpc_endpoint::find(act.aws.tx, account_id, endpoint)?;
        }
        Ok(())
    }
}

/// The settings with `id`.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST`; the text is unverified.
pub fn find<'v>(view: &'v View, account_id: &str, id: &str) -> Result<&'v PrivateAccessRow, Fault> {
    let row = view.get::<PrivateAccessRow>(account_id, id).map(|row| &**row);
    row.ok_or_else(|| {
        Fault::missing(format!(
            "Private access settings {id} does not exist in account {account_id}"
        ))
    })
}

/// Whether a workspace in a region can have the settings with `id`: "private access settings are specific to AWS
/// regions" (API reference). The text is unverified.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST` and `MALFORMED_REQUEST`
pub fn check_for(view: &View, account_id: &str, id: &str, region: &str) -> Result<(), Fault> {
    let of = &find(view, account_id, id)?.settings.region;
    if of == region {
        return Ok(());
    }
    let text = format!("Private access settings {id} are for region {of} and not for {region}");
    Err(Fault::malformed(text))
}

/// Makes some.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct CreatePrivateAccessSettings {
    settings: Settings,
}

operation! {
    CreatePrivateAccessSettings,
    Post ["/api/2.0/accounts/{account_id}/private-access-settings"] -> PrivateAccessSettings,
    Need::Admin,
    |operation| operation.settings.check()
}

impl Write for CreatePrivateAccessSettings {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<PrivateAccessSettings, Fault> {
        self.settings.check_others(act, None)?;
        let row = PrivateAccessRow {
            account_id: act.host.account_id.clone(),
            id: act.entropy().uuid(),
            settings: self.settings.clone(),
        };
        act.tx().insert(row.clone())?;
        Ok(PrivateAccessSettings::new(&row))
    }
}

/// Shows some.
#[derive(Debug, Clone, Deserialize)]
pub struct GetPrivateAccessSettings {
    private_access_settings_id: String,
}

operation! {
    GetPrivateAccessSettings,
    Get [
        "/api/2.0/accounts/{account_id}/private-access-settings/{private_access_settings_id}"
    ] -> PrivateAccessSettings,
    Need::Admin
}

impl Read for GetPrivateAccessSettings {
    fn read(self, ask: &Ask<'_>) -> Result<PrivateAccessSettings, Fault> {
        find(ask.view, &ask.host.account_id, &self.private_access_settings_id)
            .map(PrivateAccessSettings::new)
    }
}

/// Lists all.
#[derive(Debug, Clone, Deserialize)]
pub struct ListPrivateAccessSettings {}

operation! {
    ListPrivateAccessSettings,
    Get ["/api/2.0/accounts/{account_id}/private-access-settings"] -> Vec<PrivateAccessSettings>,
    Need::Admin
}

impl Read for ListPrivateAccessSettings {
    fn read(self, ask: &Ask<'_>) -> Result<Vec<PrivateAccessSettings>, Fault> {
        let rows = ask.view.range::<PrivateAccessRow>(&ask.host.account_id, ..);
        Ok(rows.map(|row| PrivateAccessSettings::new(row)).collect())
    }
}

/// Replaces some: what is left out is as if it had never been said.
#[derive(Debug, Clone, Deserialize)]
pub struct ReplacePrivateAccessSettings {
    private_access_settings_id: String,
    private_access_settings_name: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    public_access_enabled: bool,
    #[serde(default)]
    private_access_level: Level,
    #[serde(default)]
    allowed_vpc_endpoint_ids: Vec<String>,
}

operation! {
    ReplacePrivateAccessSettings,
    Put [
        "/api/2.0/accounts/{account_id}/private-access-settings/{private_access_settings_id}"
    ] -> PrivateAccessSettings,
    Need::Admin,
    |operation| operation.settings().check()
}

impl ReplacePrivateAccessSettings {
    fn settings(&self) -> Settings {
        Settings {
            private_access_settings_name: self.private_access_settings_name.clone(),
            region: self.region.clone(),
            public_access_enabled: self.public_access_enabled,
            private_access_level: self.private_access_level,
            allowed_vpc_endpoint_ids: self.allowed_vpc_endpoint_ids.clone(),
        }
    }
}

impl Write for ReplacePrivateAccessSettings {
    /// Settings that workspaces have cannot go to another region; the text is unverified.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<PrivateAccessSettings, Fault> {
        let account_id = act.host.account_id.clone();
        let mut row = find(act.aws.tx, &account_id, &self.private_access_settings_id)?.clone();
        let settings = self.settings();
        settings.check_others(act, Some(&row.id))?;
        if settings.region != row.settings.region {
            refuse_in_use(act, &row.id)?;
        }
        row.settings = settings;
        act.tx().put(row.clone())?;
        Ok(PrivateAccessSettings::new(&row))
    }
}

/// Deletes some.
#[derive(Debug, Clone, Deserialize)]
pub struct DeletePrivateAccessSettings {
    private_access_settings_id: String,
}

operation! {
    DeletePrivateAccessSettings,
    Delete [
        "/api/2.0/accounts/{account_id}/private-access-settings/{private_access_settings_id}"
    ] -> PrivateAccessSettings,
    Need::Admin
}

impl Write for DeletePrivateAccessSettings {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<PrivateAccessSettings, Fault> {
        let account_id = act.host.account_id.clone();
        let row = find(act.aws.tx, &account_id, &self.private_access_settings_id)?.clone();
        refuse_in_use(act, &row.id)?;
        act.tx().delete::<PrivateAccessRow>(&account_id, &row.id)?;
        Ok(PrivateAccessSettings::new(&row))
    }
}

fn refuse_in_use(act: &Act<'_, '_>, id: &str) -> Result<(), Fault> {
    workspace::refuse_in_use(act, "Private access settings", id, |known| {
        known.private_access_settings_id.as_deref() == Some(id)
    })
}
