//! Mounts by commands, in memory.

use serde_json::{Value, json};

use super::{MAX_MOUNTS, MAX_POINT_BYTES, MountRow};
use crate::host::workspace_partition;
use crate::testing::{WORKSPACE_ADMIN, World};

/// A workspace with a cluster whose role may do everything in S3.
struct Workspace {
    world: World,
    cluster: String,
    context: String,
}

fn statement(statement: Value) -> String {
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

impl Workspace {
    fn new() -> Self {
        let world = World::new();
        let trust = statement(json!({
            "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole",
        }));
        world.aws("CreateRole", json!({"RoleName": "reader", "AssumeRolePolicyDocument": trust}));
        for (role, action) in [("reader", "s3:*"), ("databricks-cross-account", "iam:PassRole")] {
            let policy = statement(json!({"Effect": "Allow", "Action": action, "Resource": "*"}));
            world.aws(
                "PutRolePolicy",
                json!({"RoleName": role, "PolicyName": "own", "PolicyDocument": policy}),
            );
        }
        let made = world.aws("CreateInstanceProfile", json!({"InstanceProfileName": "reader"}));
        let profile = &made["InstanceProfile"]["Arn"];
        world.aws(
            "AddRoleToInstanceProfile",
            json!({"InstanceProfileName": "reader", "RoleName": "reader"}),
        );
        world.aws("CreateBucket", json!({"Bucket": "lake"}));
        let done = |name, input| world.done(WORKSPACE_ADMIN, name, input);
        done("AddInstanceProfile", json!({"instance_profile_arn": profile}));
        let made = done(
            "CreateCluster",
            json!({
                "spark_version": "15.4.x-scala2.12", "node_type_id": "m5d.large", "num_workers": 0,
                "aws_attributes": {"instance_profile_arn": profile},
            }),
        );
        let cluster = made["cluster_id"].as_str().unwrap().to_owned();
        let made = done("CreateContext", json!({"language": "python", "clusterId": cluster}));
        let context = made["id"].as_str().unwrap().to_owned();
        Self { world, cluster, context }
    }

    /// What a command answers, or the cause of its end.
    fn run(&self, command: &str) -> Result<String, String> {
        let done = |name, input| self.world.done(WORKSPACE_ADMIN, name, input);
        let place = json!({"clusterId": self.cluster, "contextId": self.context});
        let with = |name: &str, value: &str| {
            let mut input = place.clone();
            input[name] = value.into();
            input
        };
        let id = done("ExecuteCommand", with("command", command));
        let shown = done("GetCommandStatus", with("commandId", id["id"].as_str().unwrap()));
        let results = &shown["results"];
        match results["resultType"].as_str() {
            Some("text") => Ok(results["data"].as_str().unwrap().to_owned()),
            _ => Err(results["cause"].as_str().unwrap().to_owned()),
        }
    }

    fn mount(&self, name: &str, source: &str, encryption: &str) -> Result<String, String> {
        self.run(&format!(
            "def safe_mount(a, b, c, d):\n    dbutils.fs.mounts()\n    try:\n        dbutils.fs.mount(b, a)\n\
             dbutils.notebook.exit(safe_mount(\"/mnt/{name}\", \"{source}\", {{}}, \"{encryption}\"))"
        ))
    }
}

#[test]
fn a_workspace_has_so_many_mounts() {
    let workspace = Workspace::new();
    let made = workspace.world.act(false, |act| {
        for number in 1..MAX_MOUNTS {
            act.tx().put(MountRow {
                workspace: workspace_partition(crate::first_start::WORKSPACE_ID),
                point: format!("/mnt/{number}"),
                source: "s3a://lake".to_owned(),
                encryption: Default::default(),
            })?;
        }
        Ok(())
    });
    made.unwrap();
    assert_eq!(workspace.mount("last", "s3a://lake", ""), Ok("s3a://lake".to_owned()));
    let cause = workspace.mount("more", "s3a://lake", "").unwrap_err();
    assert!(cause.contains("has 1000 mounts"), "{cause}");
}

#[test]
fn a_mount_point_is_so_long_at_most() {
    let workspace = Workspace::new();
    let longest = "x".repeat(MAX_POINT_BYTES - "/mnt/".len());
    workspace.mount(&longest, "s3a://lake", "").unwrap();
    let cause = workspace.mount(&format!("{longest}x"), "s3a://lake", "").unwrap_err();
    assert!(cause.contains("up to 1024 bytes"), "{cause}");
}

#[test]
fn of_several_mounts_the_innermost_is_meant() {
    let workspace = Workspace::new();
    for (name, source) in [("a", "s3a://lake/outer"), ("a/b", "s3a://lake/inner")] {
        workspace.mount(name, source, "").unwrap();
    }
    for (path, key) in [
        ("/mnt/a/x", "outer/x"),
        ("/mnt/a/b/x", "inner/x"),
        ("dbfs:/mnt/a/bc", "outer/bc"),
        ("s3a://lake/plain", "plain"),
    ] {
        workspace.run(&format!("dbutils.fs.put(\"{path}\", \"1\", True)")).unwrap();
        workspace.world.aws("HeadObject", json!({"Bucket": "lake", "Key": key}));
        let read = workspace.run(&format!("dbutils.fs.head(\"{path}\")")).unwrap();
        assert!(read.ends_with(": '1'"), "{read}");
    }
}

#[test]
fn what_is_written_by_a_mount_is_encrypted_as_it_says() {
    let workspace = Workspace::new();
    for (encryption, algorithm) in
        [("sse-s3", "AES256"), ("sse-kms", "aws:kms"), ("sse-kms:1234", "aws:kms")]
    {
        let name = encryption.replace(':', "-");
        workspace.mount(&name, "s3a://lake", encryption).unwrap();
        workspace.run(&format!("dbutils.fs.put(\"/mnt/{name}/x\", \"1\", True)")).unwrap();
        let shown = workspace.world.aws("HeadObject", json!({"Bucket": "lake", "Key": "x"}));
        assert_eq!(shown["ServerSideEncryption"], algorithm, "{encryption}");
    }
    let cause = workspace.mount("none", "s3a://lake", "sse-kms:").unwrap_err();
    assert!(cause.contains("Unsupported encryption type: sse-kms:"), "{cause}");
}
