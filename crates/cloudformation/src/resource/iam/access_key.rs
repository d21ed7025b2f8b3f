//! `AWS::IAM::AccessKey`

use cloud::Fault;
use cloud::iam::access_key::{CreateAccessKey, DeleteAccessKey, UpdateAccessKey};
use serde::Deserialize;
use serde_json::json;

use crate::resource::{Physical, Provision, ResourceType, part, text};

const ACTIVE: &str = "Active";

/// A key of a user.
#[derive(Debug, Clone, Copy)]
pub struct AccessKey;

/// Its properties. A greater `Serial` makes a new one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    user_name: String,
    status: Option<String>,
}

impl ResourceType for AccessKey {
    const NAME: &'static str = "AWS::IAM::AccessKey";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let made = on.write::<CreateAccessKey>(json!({"UserName": properties.user_name}))?;
        let key = &part(&made, "AccessKey");
        let id = text(key, "AccessKeyId");
        set_status(on, &properties, &id, ACTIVE)?;
        let secret = ("SecretAccessKey".to_owned(), part(key, "SecretAccessKey"));
        Ok(Physical { attributes: [("Id".to_owned(), id.clone().into()), secret].into(), id })
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        set_status(on, &new, &physical.id, old.status.as_deref().unwrap_or(ACTIVE))?;
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let input = json!({"UserName": properties.user_name, "AccessKeyId": physical.id});
        let outcome = on.write::<DeleteAccessKey>(input);
        on.unless_gone(outcome, &["NoSuchEntity"])
    }
}

fn set_status(
    on: &mut Provision<'_, '_, '_>,
    properties: &Properties,
    id: &str,
    now: &str,
) -> Result<(), Fault> {
    let status = properties.status.as_deref().unwrap_or(ACTIVE);
    if status == now {
        return Ok(());
    }
    let user = &properties.user_name;
    let input = json!({"UserName": user, "AccessKeyId": id, "Status": status});
    on.write::<UpdateAccessKey>(input).map(drop)
}
