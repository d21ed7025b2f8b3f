//! Terraform's CLI configuration: a `filesystem_mirror` for rolecall's provider, and everything else left as
//! it is, comments included.

use std::path::{Path, PathBuf};

use hcl_edit::expr::{Array, Expression};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::{Decorate, Ident, parser};

use crate::failure::Failure;

/// What the mirror has, and nothing else is asked for.
const OURS: &str = "registry.terraform.io/rolecall/*";

/// Where Terraform reads it.
pub(super) fn file() -> Result<PathBuf, Failure> {
    if let Some(path) = std::env::var_os("TF_CLI_CONFIG_FILE").filter(|path| !path.is_empty()) {
        return Ok(path.into());
    }
    let home = std::env::var_os("HOME").filter(|path| !path.is_empty()).ok_or_else(|| {
        Failure::Input("HOME is not set: say where the file is with TF_CLI_CONFIG_FILE".to_owned())
    })?;
    Ok(Path::new(&home).join(".terraformrc"))
}

/// The lines for a configuration without any other.
pub(super) fn block(folder: &Path) -> String {
    format!(
        "provider_installation {{\n{}  direct {{\n    exclude = [\"{OURS}\"]\n  }}\n}}\n",
        mirror(folder)
    )
}

fn mirror(folder: &Path) -> String {
    let path = Expression::from(folder.display().to_string());
    format!("  filesystem_mirror {{\n    path    = {path}\n    include = [\"{OURS}\"]\n  }}\n")
}

/// Merges the lines into `file`; false if they are there already.
pub(super) fn merge_into(file: &Path, folder: &Path) -> Result<bool, Failure> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(Failure::Input(format!("cannot read `{}`: {error}", file.display())));
        }
    };
    let merged = merged(&text, folder).map_err(|why| {
        Failure::Input(format!("`{}` cannot be read ({why}): mend it first", file.display()))
    })?;
    let Some(merged) = merged else { return Ok(false) };
    // Written beside and renamed, so that no reader sees half of it.
    let new = file.with_extension("rolecall-new");
    std::fs::write(&new, merged)
        .and_then(|()| std::fs::rename(&new, file))
        .map_err(|error| Failure::Input(format!("cannot write `{}`: {error}", file.display())))?;
    Ok(true)
}

/// The text with the lines in it; `None` if they are.
fn merged(text: &str, folder: &Path) -> Result<Option<String>, String> {
    let mut body = parser::parse_body(text).map_err(|error| error.to_string())?;
    let path = folder.display().to_string();
    if !body.has_blocks("provider_installation") {
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(Some(format!("{text}{gap}{}", block(folder))));
    }
    // Terraform takes one; what it says to a second is its own affair.
    for installation in body.get_blocks_mut("provider_installation").take(1) {
        if has_mirror(&installation.body, &path) {
            return Ok(None);
        }
        for method in installation.body.blocks_mut() {
            if !method.has_ident("dev_overrides") {
                exclude_ours(method);
            }
        }
        // Read from text, so that it comes with its spaces.
        let mirror = parser::parse_body(&mirror(folder)).map_err(|error| error.to_string())?;
        for block in mirror.into_blocks() {
            installation.body.push(block);
        }
    }
    Ok(Some(body.to_string()))
}

fn has_mirror(installation: &Body, path: &str) -> bool {
    installation.get_blocks("filesystem_mirror").any(|mirror| {
        let named = mirror.body.get_attribute("path").and_then(|path| path.value.as_str());
        named == Some(path)
    })
}

/// Keeps a method from being asked for the provider, which it does not have: Terraform would take that for a
/// failure. One that includes only certain providers is left alone.
fn exclude_ours(method: &mut Block) {
    if method.body.has_attribute("include") {
        return;
    }
    match method.body.get_attribute_mut("exclude") {
        Some(mut exclude) => {
            if let Some(array) = exclude.value_mut().as_array_mut() {
                array.push(OURS);
            }
        }
        None => {
            let mut exclude = Attribute::new(Ident::new("exclude"), Array::from_iter([OURS]));
            if !method.body.prefer_oneline() {
                exclude.decor_mut().set_prefix("    ");
            }
            method.body.push(exclude);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merge(text: &str) -> Option<String> {
        merged(text, Path::new("/m")).unwrap()
    }

    #[test]
    fn an_empty_configuration_gets_the_block() {
        let written = merge("").unwrap();
        assert_eq!(written, block(Path::new("/m")));
        assert_eq!(merge(&written), None, "twice is once");
    }

    #[test]
    fn what_is_there_stays() {
        let before = "# mine\nplugin_cache_dir = \"/c\"";
        let written = merge(before).unwrap();
        assert!(
            written.starts_with("# mine\nplugin_cache_dir = \"/c\"\nprovider_installation {\n")
        );

        let before = "provider_installation {\n  # theirs\n  network_mirror {\n    url = \"https://m.example/\"\n  \
                      }\n  direct {\n    exclude = [\"a.example/*/*\"]\n  }\n}\n";
        let written = merge(before).unwrap();
        let body = parser::parse_body(&written).unwrap();
        let installation = body.get_blocks("provider_installation").next().unwrap();
        assert_eq!(installation.body.blocks().count(), 3, "{written}");
        assert!(written.contains("# theirs"), "{written}");
        let excludes = |name: &str| -> Vec<String> {
            let method = installation.body.get_blocks(name).next().unwrap();
            let exclude = method.body.get_attribute("exclude").unwrap();
            let items = exclude.value.as_array().unwrap().iter();
            items.map(|it| it.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(excludes("network_mirror"), [OURS]);
        assert_eq!(excludes("direct"), ["a.example/*/*", OURS]);
        assert_eq!(merge(&written), None, "twice is once");
    }

    #[test]
    fn a_broken_configuration_is_not_touched() {
        assert!(merged("provider_installation {", Path::new("/m")).is_err());
    }
}
