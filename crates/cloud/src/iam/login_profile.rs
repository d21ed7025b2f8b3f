//! Login profiles: that a user has a password for the console, and since when. rolecall has no console
//! sign-in for IAM users, so passwords are held against the rules and then forgotten.

#[cfg(test)]
mod tests;

use names::Timestamp;
use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::account::password_policy;
use crate::iam::name::{self, MAX_USER_NAME};
use crate::iam::user::{self, LoginProfile, Subject, UserRow};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};
use crate::secret::Secret;

/// `[\u0009\u000A\u000D\u0020-\u00FF]+`
const PASSWORD: Check =
    Check::Pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", has_password_characters);
/// Characters of a password.
const MAX_PASSWORD: usize = 128;

/// A login profile as IAM answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoginProfileShape {
    user_name: String,
    create_date: Timestamp,
    password_reset_required: bool,
}

/// The answer of `CreateLoginProfile` and `GetLoginProfile`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoginProfileOutput {
    login_profile: LoginProfileShape,
}

impl LoginProfileOutput {
    fn new(user: &UserRow, profile: &LoginProfile) -> Self {
        let login_profile = LoginProfileShape {
            user_name: user.name.clone(),
            create_date: profile.created,
            password_reset_required: profile.reset_required,
        };
        Self { login_profile }
    }
}

/// `CreateLoginProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLoginProfile {
    user_name: Option<String>,
    password: Option<Secret>,
    #[serde(default)]
    password_reset_required: bool,
}

impl Operation for CreateLoginProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateLoginProfile";
    type Output = LoginProfileOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = check(self.user_name.as_deref(), self.password.as_ref());
        if self.password.is_none() {
            // Needed but with credentials of AssumeRoot, which there are none of (API reference); the
            // text is unverified.
            constraints.refuse(
                "1 validation error detected: Value at 'password' failed to satisfy constraint: \
                 Member must not be null",
            );
        }
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = Subject::user(ask, self.user_name.as_deref())?;
        Ok(vec![user::demand(ask, "iam:CreateLoginProfile", &name)])
    }
}

impl Write for CreateLoginProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<LoginProfileOutput, Fault> {
        let name = Subject::user(&act.ask(), self.user_name.as_deref())?;
        let mut user = UserRow::clone(user::find(act.tx, act.account(), &name)?);
        if user.login_profile.is_some() {
            // Recorded by LocalStack.
            let text = format!("Login Profile for user {} already exists.", user.name);
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        if let Some(password) = &self.password {
            password_policy::accept(act.tx, act.account(), password)?;
        }
        let reset_required = self.password_reset_required;
        let profile = LoginProfile { created: act.now, changed: act.now, reset_required };
        let output = LoginProfileOutput::new(&user, &profile);
        user.login_profile = Some(profile);
        act.tx.update(user)?;
        Ok(output)
    }
}

/// `GetLoginProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLoginProfile {
    user_name: Option<String>,
}

impl Operation for GetLoginProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetLoginProfile";
    type Output = LoginProfileOutput;

    fn check(&self) -> Result<(), Fault> {
        check(self.user_name.as_deref(), None).finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = Subject::user(ask, self.user_name.as_deref())?;
        Ok(vec![user::demand(ask, "iam:GetLoginProfile", &name)])
    }
}

impl Read for GetLoginProfile {
    fn read(self, ask: &Ask<'_>) -> Result<LoginProfileOutput, Fault> {
        let name = Subject::user(ask, self.user_name.as_deref())?;
        let user = user::find(ask.view, ask.account(), &name)?;
        Ok(LoginProfileOutput::new(user, profile_of(user)?))
    }
}

/// `UpdateLoginProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateLoginProfile {
    user_name: String,
    password: Option<Secret>,
    password_reset_required: Option<bool>,
}

impl Operation for UpdateLoginProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateLoginProfile";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(Some(&self.user_name), self.password.as_ref()).finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![user::demand(ask, "iam:UpdateLoginProfile", &self.user_name)])
    }
}

impl Write for UpdateLoginProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let user = user::find(act.tx, act.account(), &self.user_name)?;
        let mut profile = profile_of(user)?.clone();
        let mut user = UserRow::clone(user);
        if let Some(password) = &self.password {
            password_policy::accept(act.tx, act.account(), password)?;
            profile.changed = act.now;
        }
        profile.reset_required = self.password_reset_required.unwrap_or(profile.reset_required);
        user.login_profile = Some(profile);
        Ok(act.tx.update(user)?)
    }
}

/// `DeleteLoginProfile`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLoginProfile {
    user_name: Option<String>,
}

impl Operation for DeleteLoginProfile {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteLoginProfile";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(self.user_name.as_deref(), None).finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let name = Subject::user(ask, self.user_name.as_deref())?;
        Ok(vec![user::demand(ask, "iam:DeleteLoginProfile", &name)])
    }
}

impl Write for DeleteLoginProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let name = Subject::user(&act.ask(), self.user_name.as_deref())?;
        let user = user::find(act.tx, act.account(), &name)?;
        profile_of(user)?;
        let mut user = UserRow::clone(user);
        user.login_profile = None;
        Ok(act.tx.update(user)?)
    }
}

/// The text is recorded by LocalStack.
fn profile_of(user: &UserRow) -> Result<&LoginProfile, Fault> {
    user.login_profile.as_ref().ok_or_else(|| {
        let text = format!("Login Profile for User {} cannot be found.", user.name);
        Fault::new("NoSuchEntity", text)
    })
}

fn check(user_name: Option<&str>, password: Option<&Secret>) -> Constraints {
    let mut constraints = Constraints::new();
    name::check_some_name(&mut constraints, "userName", user_name, MAX_USER_NAME);
    if let Some(password) = password {
        for check in [PASSWORD, Check::MaxLength(MAX_PASSWORD), Check::MinLength(1)] {
            constraints.hidden("password", password.expose(), check);
        }
    }
    constraints
}

fn has_password_characters(text: &str) -> bool {
    text.chars().all(|character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{ff}'))
}
