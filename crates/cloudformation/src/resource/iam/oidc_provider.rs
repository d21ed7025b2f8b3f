//! `AWS::IAM::OIDCProvider`

use cloud::Fault;
use cloud::iam::oidc_provider::{
    AddClientIDToOpenIDConnectProvider, CreateOpenIDConnectProvider, DeleteOpenIDConnectProvider,
    RemoveClientIDFromOpenIDConnectProvider, TagOpenIDConnectProvider, UntagOpenIDConnectProvider,
    UpdateOpenIDConnectProviderThumbprint,
};
use cloud::tag::Tag;
use serde::Deserialize;
use serde_json::json;

use crate::resource::iam::{difference, tag_changes};
use crate::resource::{Physical, Provision, ResourceType, text};

const KEY: &str = "OpenIDConnectProviderArn";

/// An identity provider.
#[derive(Debug, Clone, Copy)]
pub struct OidcProvider;

/// Its properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Properties {
    url: Option<String>,
    #[serde(default)]
    client_id_list: Vec<String>,
    #[serde(default)]
    thumbprint_list: Vec<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl ResourceType for OidcProvider {
    const NAME: &'static str = "AWS::IAM::OIDCProvider";
    type Properties = Properties;

    /// `Ref` gives the ARN.
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let made = on.write::<CreateOpenIDConnectProvider>(json!({
            "Url": properties.url.unwrap_or_default(),
            "ClientIDList": properties.client_id_list,
            "ThumbprintList": properties.thumbprint_list,
            "Tags": properties.tags,
        }))?;
        let id = text(&made, KEY);
        Ok(Physical { attributes: [("Arn".to_owned(), id.clone().into())].into(), id })
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let arn = &physical.id;
        if old.thumbprint_list != new.thumbprint_list {
            let input = json!({KEY: arn, "ThumbprintList": new.thumbprint_list});
            on.write::<UpdateOpenIDConnectProviderThumbprint>(input)?;
        }
        let (added, removed) = difference(&old.client_id_list, &new.client_id_list);
        for id in added {
            let input = json!({KEY: arn, "ClientID": id});
            on.write::<AddClientIDToOpenIDConnectProvider>(input)?;
        }
        for id in removed {
            let input = json!({KEY: arn, "ClientID": id});
            on.write::<RemoveClientIDFromOpenIDConnectProvider>(input)?;
        }
        let changed = tag_changes(&old.tags, &new.tags);
        if !changed.removed.is_empty() {
            let input = json!({KEY: arn, "TagKeys": changed.removed});
            on.write::<UntagOpenIDConnectProvider>(input)?;
        }
        if !changed.set.is_empty() {
            on.write::<TagOpenIDConnectProvider>(json!({KEY: arn, "Tags": changed.set}))?;
        }
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteOpenIDConnectProvider>(json!({KEY: physical.id}));
        on.unless_gone(outcome, &["NoSuchEntity"])
    }
}
