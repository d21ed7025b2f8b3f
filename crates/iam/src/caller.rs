//! Who makes a request.

use std::borrow::Cow;
use std::ops::Range;

use names::{AccountId, Arn};

use crate::context::{Context, Values};
use crate::key::{Key, known};

const ARN_PREFIX: &str = "arn:";

/// A caller as IAM distinguishes them.
#[derive(Debug, Clone)]
pub struct Caller {
    kind: CallerKind,
    name: Box<str>,
    account: Option<AccountId>,
    /// Partition and last part of the path of the role, or of the user behind a federated session.
    entity: Option<Entity>,
}

/// The kinds of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallerKind {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// A role as such. Real requests come from its sessions; people ask about roles.
    Role,
    /// A session of a role.
    RoleSession,
    /// A session made by `sts:GetFederationToken`.
    FederatedUser,
    /// An AWS service, acting as itself.
    Service,
    /// Somebody known to an identity provider only: who calls `sts:AssumeRoleWithWebIdentity`.
    Federated,
    /// Nobody: the request is not signed.
    Anonymous,
}

/// Where the parts stand in the caller's ARN.
#[derive(Debug, Clone)]
struct Entity {
    partition: Range<usize>,
    name: Range<usize>,
    session: Option<Range<usize>>,
}

/// The text names no caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a principal: write the ARN of a user, role, role session, federated user or \
     account root, or a service such as ec2.amazonaws.com"
)]
pub struct CallerError {
    text: String,
}

impl Caller {
    /// Nobody.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { kind: CallerKind::Anonymous, name: "anonymous".into(), account: None, entity: None }
    }

    /// An AWS service such as `ec2.amazonaws.com`.
    #[must_use]
    pub fn service(name: &str) -> Self {
        Self { kind: CallerKind::Service, name: name.into(), account: None, entity: None }
    }

    /// Somebody who comes with a token of `provider`: an ARN or, for the providers that AWS knows
    /// itself, a host such as `accounts.google.com`.
    #[must_use]
    pub fn federated(provider: &str) -> Self {
        Self { kind: CallerKind::Federated, name: provider.into(), account: None, entity: None }
    }

    /// Reads an ARN, a 12-digit account (its root), or a service's name.
    ///
    /// # Errors
    /// [`CallerError`] for a text that is none of these.
    pub fn parse(text: &str) -> Result<Self, CallerError> {
        let wrong = || CallerError { text: text.to_owned() };
        if let Ok(account) = text.parse::<AccountId>() {
            return Ok(Self::root(account));
        }
        let Ok(arn) = text.parse::<Arn>() else {
            let service = text.contains(".amazonaws.com") && !text.contains([' ', '*', '/']);
            return if service { Ok(Self::service(text)) } else { Err(wrong()) };
        };
        let parts = arn.parts();
        let (kind, rest) = match (parts.service, parts.resource.split_once('/')) {
            ("iam", None) if parts.resource == "root" => (CallerKind::Root, "root"),
            ("iam", Some(("user", rest))) => (CallerKind::User, rest),
            ("iam", Some(("role", rest))) => (CallerKind::Role, rest),
            ("iam", Some(("oidc-provider" | "saml-provider", _))) => {
                return Ok(Self::federated(text));
            }
            ("sts", Some(("assumed-role", rest))) => (CallerKind::RoleSession, rest),
            ("sts", Some(("federated-user", rest))) => (CallerKind::FederatedUser, rest),
            _ => return Err(wrong()),
        };
        let account: AccountId = parts.account.parse().map_err(|_| wrong())?;
        let (name, session) = match (kind, rest.split_once('/')) {
            (CallerKind::RoleSession, Some((role, session))) if !session.is_empty() => {
                (role, Some(session))
            }
            (CallerKind::RoleSession, _) => return Err(wrong()),
            _ => (rest.rsplit('/').next().unwrap_or_default(), None),
        };
        if name.is_empty() {
            return Err(wrong());
        }
        let session = session.map(|session| text.len() - session.len()..text.len());
        // A session stands behind the name and a slash.
        let name_end = session.as_ref().map_or(text.len(), |session| session.start - 1);
        let entity = Entity {
            partition: ARN_PREFIX.len()..ARN_PREFIX.len() + parts.partition.len(),
            name: name_end - name.len()..name_end,
            session,
        };
        Ok(Self { kind, name: text.into(), account: Some(account), entity: Some(entity) })
    }

    /// The root user of `account`.
    #[must_use]
    pub fn root(account: AccountId) -> Self {
        let name = format!("arn:aws:iam::{account}:root");
        let entity = Entity {
            partition: ARN_PREFIX.len()..ARN_PREFIX.len() + "aws".len(),
            name: name.len() - "root".len()..name.len(),
            session: None,
        };
        Self {
            kind: CallerKind::Root,
            name: name.into(),
            account: Some(account),
            entity: Some(entity),
        }
    }

    /// What kind of caller this is.
    #[must_use]
    pub fn kind(&self) -> CallerKind {
        self.kind
    }

    /// The ARN, the service's name, the provider, or `anonymous`: what denials call the caller.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account that the caller belongs to.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// The name of the user, role or federated user, without path and session.
    #[must_use]
    pub fn entity_name(&self) -> Option<&str> {
        self.entity.as_ref().map(|entity| self.part(&entity.name))
    }

    /// The partition of the caller's ARN, `aws` for callers without one.
    #[must_use]
    pub fn partition(&self) -> &str {
        self.entity.as_ref().map_or("aws", |entity| self.part(&entity.partition))
    }

    /// Whether the caller has identity-based policies, or could have them.
    #[must_use]
    pub fn has_identity(&self) -> bool {
        self.account.is_some()
    }

    /// A service-linked role, to which boundaries, SCPs and RCPs do not apply. A session is known
    /// by its role's name, as its ARN does not hold the role's path.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        match self.kind {
            CallerKind::Role => self.name.contains(":role/aws-service-role/"),
            CallerKind::RoleSession => {
                self.entity_name().is_some_and(|name| name.starts_with("AWSServiceRoleFor"))
            }
            _ => false,
        }
    }

    /// Adds to `context` what follows from the caller.
    pub(crate) fn supply(&self, context: &mut Context) {
        let mut add = |key: Key, value: &str| context.set_default(key, || Values::one(value));
        if let Some(account) = self.account {
            add(known::PRINCIPAL_ACCOUNT, account.as_str());
        }
        match self.kind {
            CallerKind::User => add(known::USER_NAME, self.entity_name().unwrap_or_default()),
            CallerKind::Service => add(known::PRINCIPAL_SERVICE_NAME, &self.name),
            CallerKind::Federated => add(known::FEDERATED_PROVIDER, &self.name),
            _ => {}
        }
        let kind = match self.kind {
            CallerKind::Root => Some("Account"),
            CallerKind::User => Some("User"),
            CallerKind::Role | CallerKind::RoleSession => Some("AssumedRole"),
            CallerKind::FederatedUser => Some("FederatedUser"),
            CallerKind::Anonymous => Some("Anonymous"),
            CallerKind::Service | CallerKind::Federated => None,
        };
        if let Some(kind) = kind {
            add(known::PRINCIPAL_TYPE, kind);
        }
        if self.kind != CallerKind::Anonymous {
            let service = self.kind == CallerKind::Service;
            add(known::PRINCIPAL_IS_AWS_SERVICE, if service { "true" } else { "false" });
        }
        if let Some(arn) = self.principal_arn() {
            add(known::PRINCIPAL_ARN, &arn);
        }
    }

    /// The value of `aws:PrincipalArn`: for a session the ARN of its role. A session's ARN does not
    /// hold the role's path; a caller who knows it sets the key itself.
    #[must_use]
    pub fn principal_arn(&self) -> Option<Cow<'_, str>> {
        let (account, entity) = (self.account?, self.entity.as_ref()?);
        Some(match self.kind {
            CallerKind::RoleSession => {
                let (partition, name) = (self.part(&entity.partition), self.part(&entity.name));
                format!("arn:{partition}:iam::{account}:role/{name}").into()
            }
            _ => Cow::Borrowed(&self.name),
        })
    }

    pub(crate) fn session(&self) -> Option<&str> {
        self.entity.as_ref()?.session.as_ref().map(|session| self.part(session))
    }

    fn part(&self, range: &Range<usize>) -> &str {
        self.name.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for (text, kind, entity) in [
            ("123456789012", CallerKind::Root, Some("root")),
            ("arn:aws:iam::123456789012:root", CallerKind::Root, Some("root")),
            ("arn:aws:iam::123456789012:user/a/b/anna", CallerKind::User, Some("anna")),
            ("arn:aws-us-gov:iam::123456789012:role/x/etl", CallerKind::Role, Some("etl")),
            (
                "arn:aws:sts::123456789012:assumed-role/etl/i-0",
                CallerKind::RoleSession,
                Some("etl"),
            ),
            ("arn:aws:sts::123456789012:federated-user/f", CallerKind::FederatedUser, Some("f")),
            ("ec2.amazonaws.com", CallerKind::Service, None),
            ("arn:aws:iam::123456789012:saml-provider/p", CallerKind::Federated, None),
        ] {
            let caller = Caller::parse(text).unwrap();
            assert_eq!((caller.kind(), caller.entity_name()), (kind, entity), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in [
            "",
            "*",
            "anna",
            "arn:aws:iam::123456789012:group/g",
            "arn:aws:iam::12:user/anna",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:sts::123456789012:assumed-role/etl",
            "arn:aws:sts::123456789012:assumed-role/etl/",
            "arn:aws:s3:::b",
        ] {
            assert!(Caller::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn derived_keys() {
        let mut context = Context::new();
        Caller::parse("arn:aws:sts::123456789012:assumed-role/etl/i-0")
            .unwrap()
            .supply(&mut context);
        let value = |key| context.get_named(key).and_then(|values| values.single());
        assert_eq!(value("aws:PrincipalArn"), Some("arn:aws:iam::123456789012:role/etl"));
        assert_eq!(value("aws:PrincipalType"), Some("AssumedRole"));
        assert_eq!(value("aws:username"), None);
    }
}
