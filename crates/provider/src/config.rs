//! Whom the provider talks to, and as whom: the provider's block, then the environment, then a profile of
//! `~/.databrickscfg`, as Databricks' own tools look them up.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::aws;
use crate::diagnostic::Diagnostic;
use crate::resource::some_text;
use crate::schema::{Attribute, Block, Type};
use crate::value::Members;

/// Where and who.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// The workspace or account console, without a slash at the end.
    pub host: String,
    /// How to prove who calls.
    pub login: Login,
    /// The Databricks account.
    pub account_id: Option<String>,
    /// AWS, if the environment has a login there.
    pub aws: Option<aws::Environment>,
}

/// How to prove who calls.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// A personal access token.
    Token(String),
    /// A service principal's OAuth secret.
    Client {
        /// Its id.
        id: String,
        /// Its secret.
        secret: String,
    },
}

/// The arguments that are a login.
const LOGIN: [&str; 3] = ["token", "client_id", "client_secret"];

/// Where values come from when the block does not say.
pub trait Surroundings {
    /// An environment variable that is not empty.
    fn variable(&self, name: &str) -> Option<String>;
    /// The text of a file.
    fn file(&self, path: &Path) -> Option<String>;
}

/// The process's own.
#[derive(Debug, Clone, Copy)]
pub struct Process;

impl Surroundings for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn file(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }
}

/// The provider's block.
#[must_use]
pub fn schema() -> Block {
    Block::new(
        "Where Databricks is, and as whom to ask it. What is not given comes from the environment \
         (`DATABRICKS_HOST`, `DATABRICKS_TOKEN`, …) or from a profile of `~/.databrickscfg`.",
        vec![
            Attribute::optional(
                "host",
                Type::Text,
                "The address of the workspace, or of the account console for `databricks_mws_*`. \
                 Plain `http://` only on the loopback.",
            ),
            Attribute::optional("token", Type::Text, "A personal access token.").sensitive(),
            Attribute::optional("client_id", Type::Text, "A service principal's OAuth client id."),
            Attribute::optional("client_secret", Type::Text, "Its OAuth secret.").sensitive(),
            Attribute::optional("account_id", Type::Text, "The Databricks account's id."),
            Attribute::optional(
                "profile",
                Type::Text,
                "The profile of `~/.databrickscfg` to use; `DEFAULT` if nothing else is given.",
            ),
        ],
    )
}

impl Config {
    /// Reads the block.
    ///
    /// # Errors
    /// What is missing or contradicts itself, and how to mend it.
    pub fn read(block: &Members, around: &dyn Surroundings) -> Result<Self, Diagnostic> {
        // A login in the block is the login: the environment's is somebody else's.
        let logs_in = LOGIN.iter().any(|name| some_text(block, name).is_some());
        let given = |name: &str| {
            let variable = format!("DATABRICKS_{}", name.to_ascii_uppercase());
            let around = || {
                let wanted = !(logs_in && LOGIN.contains(&name));
                wanted.then(|| around.variable(&variable)).flatten()
            };
            some_text(block, name).map(str::to_owned).or_else(around)
        };
        let mut values: HashMap<&str, String> = ["host", "token", "client_id", "client_secret"]
            .into_iter()
            .chain(["account_id"])
            .filter_map(|name| Some((name, given(name)?)))
            .collect();
        let profile = some_text(block, "profile").map(str::to_owned);
        let profile = profile.or_else(|| around.variable("DATABRICKS_CONFIG_PROFILE"));
        let has_login = values.contains_key("token") || values.contains_key("client_id");
        if profile.is_some() || !has_login || !values.contains_key("host") {
            let section = profile.as_deref().unwrap_or("DEFAULT");
            let found = read_profile(section, around);
            if profile.is_some() && found.is_none() {
                return Err(no_profile(section));
            }
            // Only what was not given in another way; a login of another kind is left alone.
            for (name, value) in found.unwrap_or_default() {
                let is_login = LOGIN.contains(&name);
                if !(is_login && has_login) {
                    values.entry(name).or_insert(value);
                }
            }
        }
        let host = normalized(values.remove("host").ok_or_else(no_host)?)?;
        let login = login(&mut values)?;
        let aws = aws::Environment::read(around);
        Ok(Self { host, login, account_id: values.remove("account_id"), aws })
    }
}

/// Leaves out secrets.
impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Config").field("host", &self.host).finish_non_exhaustive()
    }
}

fn login(values: &mut HashMap<&str, String>) -> Result<Login, Diagnostic> {
    match (values.remove("token"), values.remove("client_id"), values.remove("client_secret")) {
        (Some(_), Some(_), _) => Err(Diagnostic::error(
            "Two logins are given",
            "Both a token and an OAuth client are given, in the provider's block, the environment or the \
             profile: leave one of them out.",
        )),
        (Some(token), None, _) => Ok(Login::Token(token)),
        (None, Some(id), Some(secret)) => Ok(Login::Client { id, secret }),
        (None, Some(_), None) => Err(Diagnostic::error(
            "The OAuth client has no secret",
            "`client_id` is given and `client_secret` is not: add it, or set DATABRICKS_CLIENT_SECRET.",
        )),
        (None, None, _) => Err(Diagnostic::error(
            "No login is given",
            "Give `token`, or `client_id` and `client_secret`, in the provider's block, or set \
             DATABRICKS_TOKEN, or add a profile to ~/.databrickscfg.",
        )),
    }
}

/// With a scheme, without path; plain http on the loopback only.
fn normalized(host: String) -> Result<String, Diagnostic> {
    let with_scheme = if host.contains("://") { host.clone() } else { format!("https://{host}") };
    let Some((scheme, rest)) = with_scheme.split_once("://") else { return Ok(host) };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let bad = |detail: String| Err(Diagnostic::error("The host is not usable", detail).at("host"));
    match scheme {
        "https" if !authority.is_empty() => Ok(format!("https://{authority}")),
        "http" if is_loopback(authority) => Ok(format!("http://{authority}")),
        "http" => bad(format!(
            "`{host}` would send the login unencrypted over the network: use https, or an address of the \
             loopback such as http://127.0.0.1:4567."
        )),
        _ => bad(format!("`{host}` is not an address: write https://… as the browser shows it.")),
    }
}

fn is_loopback(authority: &str) -> bool {
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    };
    let name = name.trim_matches(['[', ']']);
    let address = name.parse::<std::net::IpAddr>();
    name == "localhost" || name.ends_with(".localhost") || address.is_ok_and(|it| it.is_loopback())
}

/// The values of a section of the configuration file.
fn read_profile(section: &str, around: &dyn Surroundings) -> Option<Vec<(&'static str, String)>> {
    let path = match around.variable("DATABRICKS_CONFIG_FILE") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(around.variable("HOME")?).join(".databrickscfg"),
    };
    let text = around.file(&path)?;
    let mut inside = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = name.trim() == section;
            if inside {
                found.get_or_insert_with(Vec::new);
            }
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| inside) else { continue };
        let known = ["host", "token", "client_id", "client_secret", "account_id"];
        let name = known.into_iter().find(|known| *known == name.trim());
        if let (Some(name), Some(found)) = (name, &mut found) {
            found.push((name, value.trim().to_owned()));
        }
    }
    found
}

fn no_profile(section: &str) -> Diagnostic {
    Diagnostic::error(
        "The profile does not exist",
        format!(
            "There is no section [{section}] in ~/.databrickscfg, or in the file that \
             DATABRICKS_CONFIG_FILE names: add it, or name another profile."
        ),
    )
    .at("profile")
}

fn no_host() -> Diagnostic {
    Diagnostic::error(
        "No host is given",
        "Give `host` in the provider's block, such as https://dbc-a1b2c3d4-e5f6.cloud.databricks.com, or set \
         DATABRICKS_HOST, or add a profile to ~/.databrickscfg.",
    )
    .at("host")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    struct Fixed(&'static [(&'static str, &'static str)], &'static str);

    impl Surroundings for Fixed {
        fn variable(&self, name: &str) -> Option<String> {
            let found = self.0.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }

        fn file(&self, path: &Path) -> Option<String> {
            let is_named = path.to_string_lossy().ends_with(".databrickscfg");
            (is_named && !self.1.is_empty()).then(|| self.1.to_owned())
        }
    }

    const FILE: &str = "[DEFAULT]\nhost = https://d.example\ntoken = dt\n\n[two]\nhost=https://two.example/x\n\
        client_id = i\nclient_secret = s\naccount_id = a\n";

    #[test]
    fn what_names_the_file_the_section_and_the_account() {
        let check = |variables: &'static [(&'static str, &'static str)], expected: (&str, &str)| {
            let config = Config::read(&schema().empty(), &Fixed(variables, FILE)).unwrap();
            let account = config.account_id.unwrap_or_default();
            assert_eq!((config.host.as_str(), account.as_str()), expected, "{variables:?}");
        };
        const FILE_NAME: &str = "/etc/team.databrickscfg";
        check(&[("DATABRICKS_CONFIG_FILE", FILE_NAME)], ("https://d.example", ""));
        let section =
            &[("DATABRICKS_CONFIG_FILE", FILE_NAME), ("DATABRICKS_CONFIG_PROFILE", "two")];
        check(section, ("https://two.example", "a"));
        let account = &[
            ("DATABRICKS_HOST", "accounts.example"),
            ("DATABRICKS_CLIENT_ID", "i"),
            ("DATABRICKS_CLIENT_SECRET", "s"),
            ("DATABRICKS_ACCOUNT_ID", "of-the-environment"),
        ];
        check(account, ("https://accounts.example", "of-the-environment"));
        // The block has the last word.
        let mut block = schema().empty();
        block.insert("account_id".to_owned(), "of-the-block".into());
        let config = Config::read(&block, &Fixed(account, "")).unwrap();
        assert_eq!(config.account_id.as_deref(), Some("of-the-block"));
        let login = Login::Client { id: "i".to_owned(), secret: "s".to_owned() };
        assert!(config.login == login, "the client of the environment");
    }

    fn read(block: &[(&str, &str)], around: Fixed) -> Result<(String, String), String> {
        let mut members = schema().empty();
        members.extend(block.iter().map(|(name, value)| ((*name).to_owned(), Value::text(*value))));
        let config = Config::read(&members, &around).map_err(|error| error.summary)?;
        let login = match config.login {
            Login::Token(token) => token,
            Login::Client { id, secret } => format!("{id}:{secret}"),
        };
        Ok((config.host, login))
    }

    #[test]
    fn where_values_come_from() {
        let good = |host: &str, login: &str| Ok((host.to_owned(), login.to_owned()));
        let bad = |summary: &str| Err(summary.to_owned());
        const HOME: &[(&str, &str)] = &[("HOME", "/home/u")];
        let block = [("host", "https://h.example/?o=1"), ("token", "t")];
        assert_eq!(read(&block, Fixed(&[], "")), good("https://h.example", "t"));
        let environment = &[("DATABRICKS_HOST", "h.example"), ("DATABRICKS_TOKEN", "e")];
        assert_eq!(read(&[], Fixed(environment, "")), good("https://h.example", "e"));
        assert_eq!(read(&[("token", "t")], Fixed(environment, "")), good("https://h.example", "t"));
        // A login in the block is the only one; two in the environment contradict each other.
        let client = [("client_id", "i"), ("client_secret", "s")];
        assert_eq!(read(&client, Fixed(environment, "")), good("https://h.example", "i:s"));
        let torn = &[
            ("DATABRICKS_HOST", "h.example"),
            ("DATABRICKS_TOKEN", "e"),
            ("DATABRICKS_CLIENT_ID", "i"),
        ];
        assert_eq!(read(&[], Fixed(torn, "")), bad("Two logins are given"));
        assert_eq!(read(&[], Fixed(HOME, FILE)), good("https://d.example", "dt"));
        let two = [("profile", "two")];
        assert_eq!(read(&two, Fixed(HOME, FILE)), good("https://two.example", "i:s"));
        let three = [("profile", "three")];
        assert_eq!(read(&three, Fixed(HOME, FILE)), bad("The profile does not exist"));
        assert_eq!(read(&[], Fixed(&[], "")), bad("No host is given"));
        // A variable is not used beside a login of the block, and a half login is told of.
        let half = [("host", "h.example"), ("client_id", "i")];
        assert_eq!(read(&half, Fixed(environment, "")), bad("The OAuth client has no secret"));
        let host = [("host", "https://h.example")];
        assert_eq!(read(&host, Fixed(&[], "")), bad("No login is given"));
        let both = [("host", "h.example"), ("token", "t"), ("client_id", "i")];
        assert_eq!(read(&both, Fixed(&[], "")), bad("Two logins are given"));
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for (host, usable) in [
            ("http://127.0.0.1:4567", true),
            ("http://localhost:4567/", true),
            ("http://[::1]:4567", true),
            ("http://w.localhost", true),
            ("http://10.0.0.1:4567", false),
            ("http://127.0.0.1.example", false),
            ("ftp://127.0.0.1", false),
            ("https://", false),
        ] {
            assert_eq!(normalized(host.to_owned()).is_ok(), usable, "{host}");
        }
    }
}
