//! What `Principal` and `NotPrincipal` elements name, and whom that covers.

use names::ArnParts;

use crate::caller::{Caller, CallerKind};
use crate::context::Context;
use crate::policy::PrincipalElement;

/// A compiled `Principal` or `NotPrincipal` element.
#[derive(Debug, Clone)]
pub struct PrincipalTest {
    negated: bool,
    patterns: Box<[PrincipalPattern]>,
}

/// How closely a statement names its caller. What a resource-based policy's grant can do without
/// depends on it (user guide, "policy evaluation logic", and "permissions boundaries").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Naming {
    /// Not at all: the statement does not apply.
    None,
    /// By the caller's account: the statement leaves it to the account's own policies.
    Account,
    /// By the role of a role session, or the user of a federated session.
    Entity,
    /// By itself, or by `*`.
    Direct,
}

#[derive(Debug, Clone)]
enum PrincipalPattern {
    Everyone,
    /// An account: its root and everything in it.
    Account(Box<str>),
    /// A role, by partition, account and name: paths are not part of what a session shows.
    Role {
        arn: Box<str>,
    },
    User {
        arn: Box<str>,
    },
    /// The ARN of a session, compared letter for letter.
    Session {
        arn: Box<str>,
    },
    /// The unique id that remains of a user or role: `AIDA…`, `AROA…`.
    UniqueId(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    /// Something that no caller known here can be, such as a canonical user.
    Nobody,
}

impl PrincipalTest {
    /// Compiles an element.
    #[must_use]
    pub fn new(element: &PrincipalElement) -> Self {
        let mut patterns = Vec::new();
        if element.everyone.is_some() {
            patterns.push(PrincipalPattern::Everyone);
        }
        for entry in &element.entries {
            patterns.extend(
                entry
                    .values
                    .iter()
                    .map(|value| PrincipalPattern::new(&entry.kind.value, &value.value)),
            );
        }
        Self { negated: element.negated, patterns: patterns.into() }
    }

    /// How the element names the caller. `allows` is the statement's effect; `bounded` whether the
    /// caller has a permissions boundary, in which case a `Deny` with `NotPrincipal` always covers
    /// it, whoever is listed (user guide, "permissions boundaries").
    #[must_use]
    pub fn names(&self, caller: &Caller, context: &Context, allows: bool, bounded: bool) -> Naming {
        if !self.negated {
            let namings = self.patterns.iter().map(|pattern| pattern.names(caller, context));
            return namings.max().unwrap_or(Naming::None);
        }
        let covers_caller = if allows {
            // Whoever is listed in any way is left out.
            !self.patterns.iter().any(|pattern| pattern.names(caller, context) > Naming::None)
        } else {
            bounded || !self.lists_fully(caller, context)
        };
        if covers_caller { Naming::Direct } else { Naming::None }
    }

    /// Whether a `NotPrincipal` exempts the caller from a `Deny`: AWS may check each of a caller's
    /// identities, so a user must be listed with its account, a session with its role and account
    /// (user guide, "NotPrincipal").
    fn lists_fully(&self, caller: &Caller, context: &Context) -> bool {
        let listed = |level: Naming| {
            self.patterns.iter().any(|pattern| pattern.names(caller, context) == level)
        };
        let everyone =
            || self.patterns.iter().any(|pattern| matches!(pattern, PrincipalPattern::Everyone));
        everyone()
            || match caller.kind() {
                CallerKind::User => listed(Naming::Direct) && listed(Naming::Account),
                CallerKind::Role => listed(Naming::Entity) && listed(Naming::Account),
                CallerKind::RoleSession | CallerKind::FederatedUser => {
                    listed(Naming::Direct) && listed(Naming::Entity) && listed(Naming::Account)
                }
                _ => listed(Naming::Direct),
            }
    }
}

impl PrincipalPattern {
    fn new(kind: &str, value: &str) -> Self {
        match kind {
            "AWS" => Self::aws(value),
            "Service" => Self::Service(value.into()),
            "Federated" => Self::Federated(value.into()),
            _ => Self::Nobody,
        }
    }

    fn aws(value: &str) -> Self {
        if value == "*" {
            return Self::Everyone;
        }
        if value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Account(value.into());
        }
        let Some(arn) = ArnParts::split(value) else {
            return if is_unique_id(value) { Self::UniqueId(value.into()) } else { Self::Nobody };
        };
        match (arn.service, arn.resource.split_once('/')) {
            ("iam", None) if arn.resource == "root" => Self::Account(arn.account.into()),
            ("iam", Some(("user", _))) => Self::User { arn: value.into() },
            ("iam", Some(("role", _))) => Self::Role { arn: value.into() },
            ("sts", Some(("assumed-role" | "federated-user", _))) => {
                Self::Session { arn: value.into() }
            }
            _ => Self::Nobody,
        }
    }

    fn names(&self, caller: &Caller, context: &Context) -> Naming {
        let when = |condition: bool, naming: Naming| if condition { naming } else { Naming::None };
        match self {
            Self::Everyone => Naming::Direct,
            Self::Nobody => Naming::None,
            Self::Service(name) => when(
                caller.kind() == CallerKind::Service && **name == *caller.name(),
                Naming::Direct,
            ),
            Self::Federated(provider) => when(
                caller.kind() == CallerKind::Federated && **provider == *caller.name(),
                Naming::Direct,
            ),
            Self::Account(account) => {
                let same = caller.account().is_some_and(|own| own.as_str() == &**account);
                let root = caller.kind() == CallerKind::Root;
                when(same, if root { Naming::Direct } else { Naming::Account })
            }
            Self::User { arn } => match caller.kind() {
                CallerKind::User => when(**arn == *caller.name(), Naming::Direct),
                CallerKind::FederatedUser => when(is_same_entity(arn, caller), Naming::Entity),
                _ => Naming::None,
            },
            Self::Role { arn } => match caller.kind() {
                CallerKind::Role | CallerKind::RoleSession => {
                    when(is_same_entity(arn, caller), Naming::Entity)
                }
                _ => Naming::None,
            },
            Self::Session { arn } => when(**arn == *caller.name(), Naming::Direct),
            Self::UniqueId(id) => id_names(id, caller, context),
        }
    }
}

/// Whether `arn` is the user or role that the caller is or acts as: partition, account and last part
/// of the path are compared, since names are unique in an account whatever their path.
fn is_same_entity(arn: &str, caller: &Caller) -> bool {
    ArnParts::split(arn).is_some_and(|parts| {
        parts.partition == caller.partition()
            && caller.account().is_some_and(|account| account.as_str() == parts.account)
            && parts.resource.rsplit('/').next() == caller.entity_name()
    })
}

/// A unique id names who has it in `aws:userid`: `AIDA…` for a user, `AROA…:session` for a session.
fn id_names(id: &str, caller: &Caller, context: &Context) -> Naming {
    let own = context.get_named("aws:userid").and_then(|values| values.single());
    match own {
        Some(own) if own == id && caller.session().is_none() => match caller.kind() {
            CallerKind::Role => Naming::Entity,
            _ => Naming::Direct,
        },
        Some(own) if own.split_once(':').is_some_and(|(role, _)| role == id) => Naming::Entity,
        _ => Naming::None,
    }
}

/// `AIDA`, `AROA` or `AGPA`-like: four letters that start with `A`, then capitals and digits.
pub(crate) fn is_unique_id(text: &str) -> bool {
    const MIN_CHARACTERS: usize = 16;
    text.len() >= MIN_CHARACTERS
        && text.starts_with('A')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
