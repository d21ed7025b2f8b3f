//! `AWS::IAM::ServiceLinkedRole`

use cloud::Fault;
use cloud::iam::role::service_linked::{CreateServiceLinkedRole, DeleteServiceLinkedRole};
use cloud::iam::role::update::UpdateRoleDescription;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::resource::{Physical, Provision, ResourceType, part, text};

/// A role that belongs to a service.
#[derive(Debug, Clone, Copy)]
pub struct ServiceLinkedRole;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    #[serde(rename = "AWSServiceName")]
    aws_service_name: Option<String>,
    description: Option<String>,
    custom_suffix: Option<String>,
}

impl ResourceType for ServiceLinkedRole {
    const NAME: &'static str = "AWS::IAM::ServiceLinkedRole";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let made = on.write::<CreateServiceLinkedRole>(json!({
            "AWSServiceName": properties.aws_service_name.unwrap_or_default(),
            "Description": properties.description,
            "CustomSuffix": properties.custom_suffix,
        }))?;
        let id = text(&part(&made, "Role"), "RoleName");
        let name = ("RoleName".to_owned(), Value::from(id.clone()));
        Ok(Physical { attributes: [name].into(), id })
    }

    fn update(
        _: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let description = new.description.unwrap_or_default();
        let input = json!({"RoleName": physical.id, "Description": description});
        on.write::<UpdateRoleDescription>(input)?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteServiceLinkedRole>(json!({"RoleName": physical.id}));
        on.unless_gone(outcome, &["NoSuchEntity"])
    }
}
