//! The account's rules for users' passwords.

use names::AccountId;
use serde::{Deserialize, Serialize};
use store::View;

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::account;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::secret::Secret;

/// Characters that every password has at least where the account has no policy of its own (user guide,
/// "Set an account password policy for IAM users").
const DEFAULT_MIN_LENGTH: usize = 8;
/// Kinds of character that every password has at least, of the four, where the account has no policy.
const DEFAULT_MIN_KINDS: usize = 3;
/// What IAM takes for symbols.
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";

/// A password policy, which is also its shape in answers. Fields that were not set are not shown
/// (recorded by LocalStack).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasswordPolicy {
    /// The least characters of a password.
    pub minimum_password_length: i64,
    /// Whether there must be a symbol.
    pub require_symbols: bool,
    /// Whether there must be a digit.
    pub require_numbers: bool,
    /// Whether there must be an upper-case letter of ASCII.
    pub require_uppercase_characters: bool,
    /// Whether there must be a lower-case letter of ASCII.
    pub require_lowercase_characters: bool,
    /// Whether users may change their own passwords.
    pub allow_users_to_change_password: bool,
    /// Whether passwords expire.
    pub expire_passwords: bool,
    /// After how many days passwords expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_password_age: Option<i64>,
    /// How many of a user's last passwords cannot be used again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_reuse_prevention: Option<i64>,
    /// Whether an administrator must reset an expired password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard_expiry: Option<bool>,
}

/// Holds a password against the account's policy, or AWS's where it has none. Whether it was used before
/// cannot be told, because passwords are not kept.
///
/// # Errors
/// `PasswordPolicyViolation` with IAM's text.
pub fn accept(view: &View, account: AccountId, password: &Secret) -> Result<(), Fault> {
    let row = account::row(view, account);
    let alias = row.and_then(|row| row.alias.as_deref());
    let password = password.expose();
    let fits = match row.and_then(|row| row.password_policy.as_ref()) {
        Some(policy) => policy.allows(password),
        None => {
            let kinds = Kinds::of(password).all().into_iter().filter(|there| *there).count();
            password.chars().count() >= DEFAULT_MIN_LENGTH
                && kinds >= DEFAULT_MIN_KINDS
                && alias != Some(password)
                && account.as_str() != password
        }
    };
    if fits {
        return Ok(());
    }
    // Quoted in many reports, such as gree/subiam pull request 3.
    let text = "Password does not conform to the account password policy.";
    Err(Fault::new("PasswordPolicyViolation", text))
}

impl PasswordPolicy {
    fn allows(&self, password: &str) -> bool {
        let length = i64::try_from(password.chars().count()).unwrap_or(i64::MAX);
        let kinds = Kinds::of(password);
        length >= self.minimum_password_length
            && (kinds.symbol || !self.require_symbols)
            && (kinds.digit || !self.require_numbers)
            && (kinds.upper || !self.require_uppercase_characters)
            && (kinds.lower || !self.require_lowercase_characters)
    }
}

/// The kinds of character that a password has.
struct Kinds {
    symbol: bool,
    digit: bool,
    upper: bool,
    lower: bool,
}

impl Kinds {
    fn of(password: &str) -> Self {
        Self {
            symbol: password.contains(|character| SYMBOLS.contains(character)),
            digit: password.contains(|character: char| character.is_ascii_digit()),
            upper: password.contains(|character: char| character.is_ascii_uppercase()),
            lower: password.contains(|character: char| character.is_ascii_lowercase()),
        }
    }

    fn all(&self) -> [bool; 4] {
        [self.symbol, self.digit, self.upper, self.lower]
    }
}

/// `UpdateAccountPasswordPolicy`: what is not given goes back to its default.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAccountPasswordPolicy {
    minimum_password_length: Option<i64>,
    #[serde(default)]
    require_symbols: bool,
    #[serde(default)]
    require_numbers: bool,
    #[serde(default)]
    require_uppercase_characters: bool,
    #[serde(default)]
    require_lowercase_characters: bool,
    #[serde(default)]
    allow_users_to_change_password: bool,
    max_password_age: Option<i64>,
    password_reuse_prevention: Option<i64>,
    hard_expiry: Option<bool>,
}

impl Operation for UpdateAccountPasswordPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateAccountPasswordPolicy";
    type Output = ();

    /// In the order that LocalStack recorded.
    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        for (parameter, value, least, most) in [
            ("minimumPasswordLength", self.minimum_password_length, 6, 128),
            ("passwordReusePrevention", self.password_reuse_prevention, 1, 24),
            ("maxPasswordAge", self.max_password_age, 1, 1095),
        ] {
            let Some(value) = value.map(|value| value.to_string()) else { continue };
            constraints.hidden(parameter, &value, Check::AtMost(most));
            constraints.hidden(parameter, &value, Check::AtLeast(least));
        }
        constraints.finish()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:UpdateAccountPasswordPolicy", "*")])
    }
}

impl Write for UpdateAccountPasswordPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let policy = PasswordPolicy {
            minimum_password_length: self.minimum_password_length.unwrap_or(6),
            require_symbols: self.require_symbols,
            require_numbers: self.require_numbers,
            require_uppercase_characters: self.require_uppercase_characters,
            require_lowercase_characters: self.require_lowercase_characters,
            allow_users_to_change_password: self.allow_users_to_change_password,
            expire_passwords: self.max_password_age.is_some(),
            max_password_age: self.max_password_age,
            password_reuse_prevention: self.password_reuse_prevention,
            hard_expiry: self.hard_expiry,
        };
        let account = act.account();
        account::change(act.tx, account, |row| row.password_policy = Some(policy))
    }
}

/// `GetAccountPasswordPolicy`
#[derive(Debug, Clone, Deserialize)]
pub struct GetAccountPasswordPolicy {}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasswordPolicyOutput {
    password_policy: PasswordPolicy,
}

impl Operation for GetAccountPasswordPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetAccountPasswordPolicy";
    type Output = PasswordPolicyOutput;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:GetAccountPasswordPolicy", "*")])
    }
}

impl Read for GetAccountPasswordPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<PasswordPolicyOutput, Fault> {
        let account = ask.account();
        let policy = account::row(ask.view, account).and_then(|row| row.password_policy.clone());
        let password_policy = policy.ok_or_else(|| {
            // Recorded by LocalStack.
            let text = format!("The Password Policy with domain name {account} cannot be found.");
            Fault::new("NoSuchEntity", text)
        })?;
        Ok(PasswordPolicyOutput { password_policy })
    }
}

/// `DeleteAccountPasswordPolicy`
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteAccountPasswordPolicy {}

impl Operation for DeleteAccountPasswordPolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteAccountPasswordPolicy";
    type Output = ();

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:DeleteAccountPasswordPolicy", "*")])
    }
}

impl Write for DeleteAccountPasswordPolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        if account::row(act.tx, account).is_none_or(|row| row.password_policy.is_none()) {
            // Recorded by LocalStack.
            let text = "The account policy with name PasswordPolicy cannot be found.";
            return Err(Fault::new("NoSuchEntity", text));
        }
        account::change(act.tx, account, |row| row.password_policy = None)
    }
}
