//! One request: who wants to do what to which resource, and what is known about it.

use names::{AccountId, Arn, ArnParts};
use smol_str::{SmolStr, StrExt};

use crate::caller::Caller;
use crate::context::{Context, Values};
use crate::key::known;

/// The action of a request, such as `s3:GetObject`.
#[derive(Debug, Clone)]
pub struct Action {
    // Most take no memory of their own.
    text: SmolStr,
    folded: SmolStr,
    colon: usize,
}

/// The resource of a request: an ARN, or `*` for actions that know no resources.
#[derive(Debug, Clone)]
pub struct Resource {
    /// None for `*`.
    arn: Option<Arn>,
}

/// A request as the engine decides on it.
#[derive(Debug, Clone)]
pub struct Request {
    caller: Caller,
    action: Action,
    resource: Resource,
    resource_account: Option<SmolStr>,
    service_linked: bool,
    context: Context,
}

/// Why a request cannot be decided on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not of the form `service:Name`.
    #[error("`{0}` is not an action: write it as service:Name, such as s3:GetObject")]
    Action(String),
    /// Neither an ARN nor `*`.
    #[error("`{0}` is not a resource: write an ARN, or * for an action that knows no resources")]
    Resource(String),
}

impl Action {
    /// Reads `service:Name`.
    ///
    /// # Errors
    /// [`RequestError::Action`] unless both sides of the one colon hold something, without white
    /// space and wildcards.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        let wrong = || RequestError::Action(text.to_owned());
        let (service, name) = text.split_once(':').ok_or_else(wrong)?;
        let bad = |part: &str| {
            part.is_empty()
                || part.contains(|c: char| c == ':' || c == '*' || c == '?' || c.is_whitespace())
        };
        if bad(service) || bad(name) {
            return Err(wrong());
        }
        let folded = text.to_ascii_lowercase_smolstr();
        Ok(Self { text: text.into(), folded, colon: service.len() })
    }

    /// The action as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The action in lower case.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The service's prefix, in lower case.
    #[must_use]
    pub fn service(&self) -> &str {
        self.folded.get(..self.colon).unwrap_or_default()
    }

    /// The name behind the colon, in lower case.
    #[must_use]
    pub fn folded_name(&self) -> &str {
        self.folded.get(self.colon + 1..).unwrap_or_default()
    }
}

impl Resource {
    /// Reads an ARN or `*`.
    ///
    /// # Errors
    /// [`RequestError::Resource`] for any other text.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        let arn = text.parse::<Arn>().ok();
        if arn.is_none() && text != "*" {
            return Err(RequestError::Resource(text.to_owned()));
        }
        Ok(Self { arn })
    }

    /// The resource as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.arn.as_ref().map_or("*", Arn::as_str)
    }

    /// Its parts; `None` for `*`.
    #[must_use]
    pub fn arn_parts(&self) -> Option<ArnParts<'_>> {
        self.arn.as_ref().map(Arn::parts)
    }
}

impl Request {
    /// A request. What follows from its caller and resource is added to the context unless it is
    /// there: `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:username`,
    /// `aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`, `aws:FederatedProvider` and
    /// `aws:ResourceAccount` (user guide, "global condition context keys").
    #[must_use]
    pub fn new(caller: Caller, action: Action, resource: Resource, mut context: Context) -> Self {
        let stated = context.get(&known::PRINCIPAL_ARN).and_then(Values::single);
        let service_linked = match stated {
            Some(arn) => arn.contains(":role/aws-service-role/"),
            None => caller.is_service_linked(),
        };
        caller.supply(&mut context);
        let resource_account = resource
            .arn_parts()
            .map(|arn| arn.account)
            .filter(|account| !account.is_empty())
            .map(SmolStr::new);
        let mut request =
            Self { caller, action, resource, resource_account, service_linked, context };
        request.supply_resource_account();
        request
    }

    /// The same request for a resource of `account`: needed where the ARN does not tell, as with S3.
    #[must_use]
    pub fn in_account(mut self, account: AccountId) -> Self {
        self.resource_account = Some(account.as_str().into());
        self.supply_resource_account();
        self
    }

    /// Who asks.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What for.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// On what.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The account that owns the resource, where it is known; `aws` for AWS's own.
    #[must_use]
    pub fn resource_account(&self) -> Option<&str> {
        self.resource_account.as_deref()
    }

    /// Whether the caller is a service-linked role: by its path where `aws:PrincipalArn` is stated, else
    /// by what its ARN shows.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.service_linked
    }

    /// All keys of the request.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The same request with `name` set to `values`.
    #[must_use]
    pub fn with(&self, name: &str, values: Values) -> Self {
        let mut changed = self.clone();
        changed.context.set(name, values);
        changed
    }

    /// The same request without the key `name`.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.context.remove(name);
        changed
    }

    /// Whether caller and resource belong to different accounts. A resource whose account nobody
    /// named counts as the caller's own.
    #[must_use]
    pub fn crosses_accounts(&self) -> bool {
        match (self.caller.account(), self.resource_account()) {
            (Some(caller), Some(owner)) => caller.as_str() != owner,
            _ => false,
        }
    }

    fn supply_resource_account(&mut self) {
        if let Some(account) = self.resource_account.as_deref() {
            self.context.set_default(known::RESOURCE_ACCOUNT, || Values::one(account));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_two_parts() {
        let action = Action::parse("S3:GetObject").unwrap();
        assert_eq!((action.service(), action.folded_name()), ("s3", "getobject"));
        for bad in ["", "*", "s3", "s3:", ":Get", "s3:Get*", "s3:Get Object", "a:b:c", "s3:Ge?"] {
            assert!(Action::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn resources_are_arns_or_a_star() {
        assert!(Resource::parse("*").unwrap().arn_parts().is_none());
        assert_eq!(Resource::parse("arn:aws:s3:::b").unwrap().arn_parts().unwrap().resource, "b");
        for bad in ["", "b", "**", "arn:aws:s3"] {
            assert!(Resource::parse(bad).is_err(), "{bad}");
        }
    }
}
