//! The code that mounts, tells what is mounted, and unmounts: Python for the cluster's driver.

use serde_json::Value as Json;

/// What [`source`] raises if there is no such mount.
pub(super) const NOT_FOUND: &str = "Mount not found";

/// Mounts `source`, unless it is mounted there already. What cannot be read is not left mounted; what somebody else
/// has mounted there is left alone.
pub(super) fn mount(name: &str, source: &str, configs: &Json, encryption: &str) -> String {
    let (point, source) = (literal(&format!("/mnt/{name}")), literal(source));
    let encryption = literal(encryption);
    format!(
        r#"def safe_mount(mount_point, mount_source, configs, encryption_type):
    for mounted in dbutils.fs.mounts():
        if mounted.mountPoint == mount_point and mounted.source == mount_source:
            return mount_source
    dbutils.fs.mount(mount_source, mount_point, extra_configs=configs, encryption_type=encryption_type)
    try:
        dbutils.fs.refreshMounts()
        dbutils.fs.ls(mount_point)
        return mount_source
    except Exception as failure:
        try:
            dbutils.fs.unmount(mount_point)
        except Exception:
            pass
        raise failure

dbutils.notebook.exit(safe_mount({point}, {source}, {configs}, {encryption}))
"#
    )
}

/// Tells what is mounted.
pub(super) fn source(name: &str) -> String {
    let point = literal(&format!("/mnt/{name}"));
    format!(
        r#"dbutils.fs.refreshMounts()
for mounted in dbutils.fs.mounts():
    if mounted.mountPoint == {point}:
        dbutils.notebook.exit(mounted.source)
raise Exception("{NOT_FOUND}")
"#
    )
}

/// Unmounts, if it is mounted.
pub(super) fn delete(name: &str) -> String {
    let point = literal(&format!("/mnt/{name}"));
    format!(
        r#"dbutils.fs.refreshMounts()
for mounted in dbutils.fs.mounts():
    if mounted.mountPoint == {point}:
        dbutils.fs.unmount({point})
        dbutils.fs.refreshMounts()
        if any(left.mountPoint == {point} for left in dbutils.fs.mounts()):
            raise Exception("Failed to unmount")
dbutils.notebook.exit("success")
"#
    )
}

/// A text as a literal: JSON's are Python's, too.
fn literal(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_literals() {
        let script = mount("a\"b\n", "s3a://x", &serde_json::json!({}), "");
        assert!(script.contains(r#"safe_mount("/mnt/a\"b\n", "s3a://x", {}, "")"#), "{script}");
    }
}
