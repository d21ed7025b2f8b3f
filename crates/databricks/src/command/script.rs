//! The scripts that are known, by what is particular to each: enough to carry them out, and nothing else.
//!
//! Those for mounts are what Databricks' Terraform provider sends (`storage/mounts.go` in its repository), and
//! what rolecall's own does. A script that mounts is known by its call of `safe_mount` with literals; the two
//! others by the text that they end with.

use crate::command::python::{arguments, literal, literals};

/// A script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Script {
    /// Mounts a source.
    Mount {
        /// Where.
        point: String,
        /// What.
        source: String,
        /// The settings of the mount, as they stand there.
        configs: String,
        /// How objects are encrypted that are written by way of it.
        encryption: String,
        /// Whether whatever is mounted there goes away if this fails: the script then unmounts first.
        unmounts: bool,
    },
    /// Tells what is mounted.
    Source {
        /// Where.
        point: String,
    },
    /// Unmounts.
    Unmount {
        /// Where.
        point: String,
    },
    /// `dbutils.fs.ls(PATH)`
    List {
        /// The path.
        path: String,
    },
    /// `dbutils.fs.head(PATH)`
    Head {
        /// The path.
        path: String,
    },
    /// `dbutils.fs.put(PATH, TEXT, True)`
    Put {
        /// The path.
        path: String,
        /// The text.
        contents: String,
    },
}

/// Bytes of the longest script that is looked at.
pub const MAX_SCRIPT_BYTES: usize = 64 * 1024;

/// Reads a script; `None` for any other.
#[must_use]
pub fn read(code: &str) -> Option<Script> {
    if code.len() > MAX_SCRIPT_BYTES {
        return None;
    }
    statement(code.trim()).or_else(|| mounting(code))
}

/// One statement that calls one method of `dbutils.fs` with literals.
fn statement(code: &str) -> Option<Script> {
    let (method, rest) = code.strip_prefix("dbutils.fs.")?.split_once('(')?;
    let (given, rest) = arguments(rest)?;
    if !rest.is_empty() {
        return None;
    }
    let path = literal(given.first()?)?;
    match (method, given.get(1..)?) {
        ("ls", []) => Some(Script::List { path }),
        ("head", []) => Some(Script::Head { path }),
        ("put", [contents, "True" | "overwrite=True"]) => {
            Some(Script::Put { path, contents: literal(contents)? })
        }
        _ => None,
    }
}

fn mounting(code: &str) -> Option<Script> {
    if !code.contains("dbutils.fs.mounts()") || !code.contains("dbutils.notebook.exit(") {
        return None;
    }
    if code.contains("def safe_mount(") {
        return mount(code);
    }
    let point = literals(code).into_iter().find(|text| is_point(text))?;
    let unmounts = code.contains("dbutils.fs.unmount(") && code.contains("Failed to unmount");
    match (unmounts, code.contains("Mount not found")) {
        (true, false) => Some(Script::Unmount { point }),
        (false, true) => Some(Script::Source { point }),
        _ => None,
    }
}

/// The definition has names in its brackets; the call, which comes last, has literals.
fn mount(code: &str) -> Option<Script> {
    let (before, call) = code.rsplit_once("safe_mount(")?;
    let (given, _) = arguments(call)?;
    let [point, source, configs, encryption] = given.as_slice() else { return None };
    let point = literal(point).filter(|text| is_point(text))?;
    let tried = before.find("try:")?;
    let mounted = before.find("dbutils.fs.mount(")?;
    Some(Script::Mount {
        point,
        source: literal(source)?,
        configs: (*configs).to_owned(),
        encryption: literal(encryption)?,
        unmounts: tried < mounted,
    })
}

/// Whether a text names a mount point: `/mnt/` and a name, with more parts or not.
fn is_point(text: &str) -> bool {
    let Some(name) = text.strip_prefix("/mnt/") else { return false };
    let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
    name.split('/').all(is_part) && !name.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is particular to the script of the official provider.
    const SAFE_MOUNT: &str = "def check_path(path_string):\n    fs.exists(path_string)\n\n\
         def safe_mount(mount_point, mount_source, configs, encryptionType):\n    \
         for mount in dbutils.fs.mounts():\n        if mount.mountPoint == mount_point:\n            return\n    \
         try:\n        dbutils.fs.mount(mount_source, mount_point)\n        return mount_source\n    \
         except Exception as e:\n        try:\n            dbutils.fs.unmount(mount_point)\n        \
         except Exception as e2:\n            print(\"Failed to unmount\", e2)\n        raise e\n";

    fn check(code: &str, expected: Option<Script>) {
        assert_eq!(read(code), expected, "{code}");
    }

    fn mounted(point: &str, configs: &str, encryption: &str) -> Option<Script> {
        Some(Script::Mount {
            point: point.to_owned(),
            source: "s3a://bucket".to_owned(),
            configs: configs.to_owned(),
            encryption: encryption.to_owned(),
            unmounts: true,
        })
    }

    #[test]
    fn mounts() {
        let code = |call: &str| {
            format!(
                "{SAFE_MOUNT}mount_source = safe_mount({call})\ndbutils.notebook.exit(mount_source)"
            )
        };
        check(&code(r#""/mnt/data", "s3a://bucket", {}, """#), mounted("/mnt/data", "{}", ""));
        check(
            &code(r#""/mnt/a/b", "s3a://bucket", {"x": "y,)"}, "sse-s3""#),
            mounted("/mnt/a/b", r#"{"x": "y,)"}"#, "sse-s3"),
        );
        for call in [
            r#""/mnt/", "s3a://bucket", {}, """#,
            r#""/mnt/../etc", "s3a://bucket", {}, """#,
            r#""/data", "s3a://bucket", {}, """#,
            r#"point, "s3a://bucket", {}, """#,
            r#""/mnt/data", "s3a://bucket", {}"#,
            r#""/mnt/data", "s3a://bu"cket", {}, """#,
        ] {
            check(&code(call), None);
        }
    }

    #[test]
    fn a_mount_that_is_not_tried_leaves_what_is_there() {
        let code = "def safe_mount(a, b, c, d):\n    dbutils.fs.mounts()\n    dbutils.fs.mount(b, a)\n    \
                    try:\n        dbutils.fs.ls(a)\n    except Exception:\n        dbutils.fs.unmount(a)\n\
                    dbutils.notebook.exit(safe_mount(\"/mnt/a\", \"s3a://b\", {}, \"\"))";
        let Some(Script::Mount { unmounts, .. }) = read(code) else { panic!("a script") };
        assert!(!unmounts);
    }

    #[test]
    fn sources_and_unmounting() {
        let source = "dbutils.fs.refreshMounts()\nfor mount in dbutils.fs.mounts():\n  if mount.mountPoint == \
                      \"/mnt/data\":\n    dbutils.notebook.exit(mount.source)\n\
                      raise Exception(\"Mount not found\")";
        check(source, Some(Script::Source { point: "/mnt/data".to_owned() }));
        let unmount = "found = False\nmount_point = \"/mnt/data\"\nfor mount in dbutils.fs.mounts():\n  if \
                       mount.mountPoint == mount_point:\n    found = True\nif not found:\n  \
                       dbutils.notebook.exit(\"success\")\ndbutils.fs.unmount(mount_point)\n\
                       raise Exception(\"Failed to unmount\")";
        check(unmount, Some(Script::Unmount { point: "/mnt/data".to_owned() }));
    }

    #[test]
    fn statements() {
        let path = || "s3a://b/k".to_owned();
        check("dbutils.fs.ls(\"s3a://b/k\")\n", Some(Script::List { path: path() }));
        check(" dbutils.fs.head('s3a://b/k')", Some(Script::Head { path: path() }));
        let put = Some(Script::Put { path: path(), contents: "a, b)\n".to_owned() });
        check(r#"dbutils.fs.put("s3a://b/k", "a, b)\n", True)"#, put.clone());
        check(r#"dbutils.fs.put("s3a://b/k", "a, b)\n", overwrite=True)"#, put);
        for other in [
            "",
            "print(1)",
            "dbutils.fs.ls(path)",
            "dbutils.fs.ls(\"a\"); dbutils.fs.ls(\"b\")",
            "dbutils.fs.ls(\"a\")\nprint(1)",
            "x = dbutils.fs.ls(\"a\")",
            "dbutils.fs.ls(\"a\", \"b\")",
            "dbutils.fs.head(\"a\", 10)",
            "dbutils.fs.put(\"a\", \"b\")",
            "dbutils.fs.put(\"a\", \"b\", False)",
            "dbutils.fs.rm(\"a\")",
            "dbutils.fs.mounts()",
            "dbutils.notebook.exit(1)",
        ] {
            check(other, None);
        }
        let longest = MAX_SCRIPT_BYTES - "dbutils.fs.ls(\"\")".len();
        let code = |bytes: usize| format!("dbutils.fs.ls(\"{}\")", "a".repeat(bytes));
        assert!(read(&code(longest)).is_some());
        assert!(read(&code(longest + 1)).is_none());
    }
}
