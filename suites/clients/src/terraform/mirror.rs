//! Where the AWS provider is: a folder laid out as a filesystem mirror.

use std::path::{Path, PathBuf};

/// Names the mirror, before anything else is looked at.
pub(crate) const VARIABLE: &str = "ROLECALL_TERRAFORM_MIRROR";

/// The provider's folder in a mirror.
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

/// The first mirror that has the provider: the variable's, those of the user's CLI configuration, those that
/// Terraform looks at without being told.
pub(crate) fn find() -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let configuration = std::env::var_os("TF_CLI_CONFIG_FILE")
        .map(PathBuf::from)
        .or_else(|| Some(home.as_deref()?.join(".terraformrc")))
        .and_then(|path| std::fs::read_to_string(path).ok());
    let configured = configuration.as_deref().map(configured).unwrap_or_default();
    named
        .into_iter()
        .chain(configured)
        .chain(implicit(home.as_deref()))
        .find(|mirror| mirror.join(PROVIDER).is_dir())
}

/// The folders that a CLI configuration names: `filesystem_mirror { path = "…" }`, `plugin_cache_dir = "…"`.
fn configured(text: &str) -> Vec<PathBuf> {
    let value = |line: &str| -> Option<PathBuf> {
        let (name, value) = line.split_once('=')?;
        let name = name.rsplit([' ', '{', '\t']).find(|part| !part.is_empty())?;
        let value = value.split('"').nth(1)?;
        matches!(name, "path" | "plugin_cache_dir").then(|| PathBuf::from(value))
    };
    text.lines().filter_map(value).collect()
}

/// Terraform's documentation, "CLI configuration file", "implied local mirror directories".
fn implicit(home: Option<&Path>) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(home) = home {
        folders.push(home.join(".terraform.d/plugins"));
        folders.push(home.join(".local/share/terraform/plugins"));
        folders.push(home.join("Library/Application Support/io.terraform/plugins"));
    }
    folders.push(PathBuf::from("/usr/local/share/terraform/plugins"));
    folders.push(PathBuf::from("/usr/share/terraform/plugins"));
    folders
}

/// A CLI configuration that takes providers from `mirror` only: nothing is downloaded.
pub(crate) fn configuration(mirror: &Path) -> String {
    let path = mirror.display().to_string().replace('\\', "/");
    format!(
        "disable_checkpoint = true\n\
         provider_installation {{\n  filesystem_mirror {{\n    path = \"{path}\"\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_of_a_configuration() {
        let check = |text: &str, expected: &[&str]| {
            let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
            assert_eq!(configured(text), expected, "{text}");
        };
        check("", &[]);
        check("plugin_cache_dir = \"/cache\"\n", &["/cache"]);
        check(
            "provider_installation {\n  filesystem_mirror {\n    path    = \"/mirror\"\n    \
             include = [\"registry.terraform.io/*/*\"]\n  }\n  direct {}\n}\n",
            &["/mirror"],
        );
        check("filesystem_mirror { path = \"/one line\" }", &["/one line"]);
        check("credentials \"app.terraform.io\" {\n  token = \"x\"\n}", &[]);
    }
}
