//! Making an access key. Its secret is answered once and never again.

use names::{IdKind, Timestamp, unique_id};
use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::access_key::{self, AccessKeyRow, MAX_ACCESS_KEYS, ids_of};
use crate::iam::user::{self, MAX_EXISTING_NAME, Subject, UserRow};
use crate::iam::{account, name};
use crate::operation::{Act, Ask, Operation, Service, Write};
use crate::secret::Secret;

/// Characters of a secret access key.
const SECRET_CHARACTERS: usize = 40;
/// The characters of secret access keys: those of base64.
const SECRET_ALPHABET: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `CreateAccessKey`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAccessKey {
    user_name: Option<String>,
}

/// The new key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeyOutput {
    access_key: AccessKey,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKey {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    access_key_id: String,
    status: &'static str,
    secret_access_key: Secret,
    create_date: Timestamp,
}

impl Operation for CreateAccessKey {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateAccessKey";
    type Output = AccessKeyOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let name = self.user_name.as_deref();
        name::check_some_name(&mut constraints, "userName", name, MAX_EXISTING_NAME);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let owner = Subject::of(ask, self.user_name.as_deref())?;
        Ok(vec![access_key::demand(ask, &owner, "iam:CreateAccessKey", self.user_name.is_some())])
    }
}

impl Write for CreateAccessKey {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AccessKeyOutput, Fault> {
        let account = act.account();
        let owner = Subject::of(&act.ask(), self.user_name.as_deref())?;
        if ids_of(act.tx, account, &owner)?.len() >= MAX_ACCESS_KEYS {
            let text = format!("Cannot exceed quota for AccessKeysPerUser: {MAX_ACCESS_KEYS}");
            return Err(Fault::new("LimitExceeded", text));
        }
        let mut key = AccessKeyRow {
            account,
            id: unique_id(IdKind::AccessKey, account, act.entropy),
            secret: act.entropy.text(SECRET_ALPHABET, SECRET_CHARACTERS),
            user_name: None,
            active: true,
            created: act.now,
        };
        match &owner {
            Subject::Root => account::change(act.tx, account, |row| {
                row.root_access_keys.push(key.id.clone());
            })?,
            Subject::User(name) => {
                let mut user = UserRow::clone(user::find(act.tx, account, name)?);
                user.access_keys.push(key.id.clone());
                key.user_name = Some(user.name.clone());
                act.tx.update(user)?;
            }
        }
        let access_key = AccessKey {
            user_name: key.user_name.clone(),
            access_key_id: key.id.clone(),
            status: key.status(),
            secret_access_key: Secret::new(key.secret.as_str()),
            create_date: key.created,
        };
        act.tx.insert(key)?;
        Ok(AccessKeyOutput { access_key })
    }
}
