//! Account aliases, of which an account has one at most.

use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::account::{self, AccountRow};
use crate::iam::page;
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

const ALIAS: Check = Check::Pattern("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", is_alias);

/// `CreateAccountAlias`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAccountAlias {
    account_alias: String,
}

impl Operation for CreateAccountAlias {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "CreateAccountAlias";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.account_alias)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:CreateAccountAlias", "*")])
    }
}

impl Write for CreateAccountAlias {
    /// A new alias takes the place of the old one (observed for floci-io/floci pull request 2103). An
    /// alias that anybody has is refused (awslabs/aws-deployment-framework pull request 465).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let alias = &self.account_alias;
        if act.tx.by_index::<AccountRow>("alias", alias).is_some() {
            let text = format!("The account alias {alias} already exists.");
            return Err(Fault::new("EntityAlreadyExists", text));
        }
        let account = act.account();
        account::change(act.tx, account, |row| row.alias = Some(alias.clone()))
    }
}

/// `DeleteAccountAlias`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAccountAlias {
    account_alias: String,
}

impl Operation for DeleteAccountAlias {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteAccountAlias";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.account_alias)
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:DeleteAccountAlias", "*")])
    }
}

impl Write for DeleteAccountAlias {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let current = account::row(act.tx, account).and_then(|row| row.alias.as_ref());
        if current != Some(&self.account_alias) {
            // The text is unverified.
            let text = format!("The account alias {} cannot be found.", self.account_alias);
            return Err(Fault::new("NoSuchEntity", text));
        }
        account::change(act.tx, account, |row| row.alias = None)
    }
}

/// `ListAccountAliases`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccountAliases {
    marker: Option<String>,
    max_items: Option<i64>,
}

/// The aliases of the account: none or one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountAliases {
    account_aliases: Vec<String>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListAccountAliases {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListAccountAliases";
    type Output = AccountAliases;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:ListAccountAliases", "*")])
    }
}

impl Read for ListAccountAliases {
    fn read(self, ask: &Ask<'_>) -> Result<AccountAliases, Fault> {
        let alias = account::row(ask.view, ask.account()).and_then(|row| row.alias.clone());
        let aliases = alias.into_iter().map(|alias| (alias.clone(), alias));
        let page = page::cut(aliases, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        Ok(AccountAliases { account_aliases: page.items, is_truncated, marker: page.marker })
    }
}

fn check(alias: &str) -> Result<(), Fault> {
    let mut constraints = Constraints::new();
    for check in [ALIAS, Check::MaxLength(63), Check::MinLength(3)] {
        constraints.hidden("accountAlias", alias, check);
    }
    constraints.finish()
}

/// Lower-case letters, digits and single hyphens, of which none is at an end.
fn is_alias(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=63).contains(&text.len())
        && text.bytes().all(fits)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}
