//! `databricks_mount`: a bucket in DBFS, mounted by a command on a cluster with an instance profile.
//!
//! Mounts have no API of their own: what does it is code that runs on the cluster.

mod command;
mod helper_cluster;
mod scripts;

use std::time::Duration;

use serde_json::Value as Json;

use crate::client::Client;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::resource::{Failure, Resource, block, some_text, text};
use crate::resources::{arn, wait};
use crate::schema::{Attribute, Block, Nested, Type};
use crate::value::{Members, Value};

/// How long a cluster may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(20 * 60);

/// The resource.
pub(super) struct Mount;

impl Resource for Mount {
    fn name(&self) -> &'static str {
        "databricks_mount"
    }

    fn version(&self) -> i64 {
        2
    }

    fn schema(&self) -> Block {
        let s3 = vec![
            Attribute::required("bucket_name", Type::Text, "The bucket.").force_new(),
            Attribute::optional(
                "instance_profile",
                Type::Text,
                "The instance profile of a cluster that is made for it, if no cluster is given.",
            )
            .force_new(),
        ];
        Block::new(
            "A bucket, mounted under `/mnt`.",
            vec![
                Attribute::computed("id", Type::Text, "The mount's name."),
                Attribute::either("name", Type::Text, "Its name; the bucket's if not given.")
                    .force_new(),
                Attribute::either("cluster_id", Type::Text, "The cluster that mounts it.")
                    .force_new(),
                Attribute::optional("uri", Type::Text, "What is mounted: `s3a://BUCKET`.")
                    .force_new(),
                Attribute::optional(
                    "extra_configs",
                    Type::map(Type::Text),
                    "Settings of the mount.",
                )
                .force_new(),
                Attribute::optional(
                    "encryption_type",
                    Type::Text,
                    "`sse-s3`, or `sse-kms` with a key.",
                )
                .force_new(),
                Attribute::computed("source", Type::Text, "What is mounted."),
            ],
        )
        .with(Nested::one("s3", Block::new("The bucket.", s3)).force_new())
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        let s3 = block(config, "s3");
        if let Some(s3) = s3 {
            arn::check_profile(s3, "instance_profile", found);
        }
        let null = |members: &Members, name: &str| members.get(name).is_none_or(Value::is_null);
        if s3.is_some() != null(config, "uri") {
            let detail = "Give one of `s3 { bucket_name = … }` and `uri = \"s3a://…\"`.";
            found.add(Diagnostic::error("What is mounted is not clear", detail));
        }
        if null(config, "cluster_id") && s3.is_none_or(|s3| null(s3, "instance_profile")) {
            let detail = "A mount is made by a cluster that wears an instance profile: give `cluster_id`, or \
                          `s3 { instance_profile = databricks_instance_profile.NAME.id }`.";
            found.add(Diagnostic::error("There is no cluster to mount with", detail));
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let source = source(planned);
        let name =
            some_text(planned, "name").map_or_else(|| bucket(&source).to_owned(), str::to_owned);
        let cluster = self.cluster(client, planned)?;
        let config = planned.get("extra_configs").and_then(crate::api::plain);
        let config = config.unwrap_or_else(|| Json::Object(serde_json::Map::new()));
        let encryption = text(planned, "encryption_type");
        let mount = scripts::mount(&name, &source, &config, encryption);
        let outcome = command::run(client, &cluster, &mount);
        outcome.map_err(|why| failed("mount", &name, advised(why, &source, &name)))?;
        let mounted = command::run(client, &cluster, &scripts::source(&name));
        let mounted = mounted.map_err(|why| failed("mount", &name, why))?;
        let mut state = planned.clone();
        for (attribute, value) in
            [("id", &name), ("name", &name), ("cluster_id", &cluster), ("source", &mounted)]
        {
            state.insert(attribute.to_owned(), Value::text(value.as_str()));
        }
        Ok(state)
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_workspace(self.name())?;
        let (name, cluster) = (text(state, "id"), text(state, "cluster_id"));
        if !start(client, cluster)? {
            return Ok(None);
        }
        let source = match command::run(client, cluster, &scripts::source(name)) {
            Err(why) if why.contains(scripts::NOT_FOUND) => return Ok(None),
            outcome => outcome.map_err(|why| failed("read the mount", name, why))?,
        };
        let mut state = state.clone();
        name_source(&mut state, &source);
        state.insert("source".to_owned(), Value::Text(source));
        Ok(Some(state))
    }

    /// Which cluster mounts it is nowhere to be read: the id tells it.
    fn import(&self, id: &str) -> Result<Members, Failure> {
        let parts =
            id.split_once('|').filter(|(left, right)| !left.is_empty() && !right.is_empty());
        let Some((cluster, name)) = parts else {
            let detail = format!(
                "`{id}` does not say which cluster to look with: import a mount as `CLUSTER_ID|NAME`, in quotes."
            );
            return Err(Diagnostic::error("The id has not the right form", detail).into());
        };
        let mut state = self.schema().empty();
        for (attribute, value) in [("id", name), ("name", name), ("cluster_id", cluster)] {
            state.insert(attribute.to_owned(), Value::text(value));
        }
        Ok(state)
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let (name, cluster) = (text(state, "id"), text(state, "cluster_id"));
        // Without its cluster nothing can unmount it, and nothing is there to be unmounted for.
        if !start(client, cluster)? {
            return Ok(());
        }
        let outcome = command::run(client, cluster, &scripts::delete(name));
        outcome.map(drop).map_err(|why| failed("unmount", name, why))
    }
}

impl Mount {
    /// The cluster that mounts: the one given, or one made for the instance profile.
    fn cluster(&self, client: &Client, planned: &Members) -> Result<String, Failure> {
        let Some(id) = some_text(planned, "cluster_id") else {
            let profile = block(planned, "s3").map_or("", |s3| text(s3, "instance_profile"));
            return helper_cluster::of(client, profile);
        };
        let cluster = get(client, id)?.ok_or_else(|| {
            let detail = format!("There is no cluster `{id}`.");
            Diagnostic::error("The cluster does not exist", detail).at("cluster_id")
        })?;
        let aws = cluster.get("aws_attributes");
        let profile = aws.and_then(|aws| aws.get("instance_profile_arn")?.as_str());
        if profile.is_none_or(str::is_empty) {
            let detail = format!(
                "The cluster `{id}` has no instance profile, and so no way to the bucket: give it one in \
                 `aws_attributes`."
            );
            return Err(Diagnostic::error("The cluster has no instance profile", detail)
                .at("cluster_id")
                .into());
        }
        start(client, id)?;
        Ok(id.to_owned())
    }
}

/// Says in the arguments what is mounted, as after an import: a bucket in `s3`, anything else as `uri`.
fn name_source(state: &mut Members, source: &str) {
    if block(state, "s3").is_some() || some_text(state, "uri").is_some() {
        return;
    }
    match source.strip_prefix("s3a://").filter(|bucket| !bucket.contains('/')) {
        Some(bucket) => {
            let s3 = [("bucket_name", Value::text(bucket)), ("instance_profile", Value::Null)];
            let s3: Members = s3.into_iter().map(|(name, it)| (name.to_owned(), it)).collect();
            state.insert("s3".to_owned(), Value::List(vec![Value::Map(s3)]));
        }
        None => {
            state.insert("uri".to_owned(), Value::text(source));
        }
    }
}

fn source(planned: &Members) -> String {
    match block(planned, "s3") {
        Some(s3) => format!("s3a://{}", text(s3, "bucket_name")),
        None => text(planned, "uri").to_owned(),
    }
}

fn bucket(source: &str) -> &str {
    let rest = source.split_once("://").map_or(source, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// Why a mount failed, and what to do about it where the text tells.
fn advised(why: String, source: &str, name: &str) -> String {
    let bucket = bucket(source);
    let advice = if why.contains("already mounted") {
        format!(
            "Something else is mounted at `/mnt/{name}`: choose another `name`, or unmount it first."
        )
    } else if why.contains("not authorized") || why.contains("403") {
        format!(
            "The cluster mounts with the role in its instance profile. That role needs s3:ListBucket on \
             arn:aws:s3:::{bucket}, and to read and write s3:GetObject and s3:PutObject on arn:aws:s3:::{bucket}/*; \
             for a bucket of another account the bucket's policy must allow the role, too."
        )
    } else if why.contains("does not exist") {
        format!("Make the bucket `{bucket}` first, or mend its name.")
    } else if why.contains("No AWS Credentials") {
        "The cluster's instances have no credentials: its instance profile needs a role that trusts \
         ec2.amazonaws.com."
            .to_owned()
    } else {
        return why;
    };
    format!("{why}\n\n{advice}")
}

fn failed(verb: &str, name: &str, why: String) -> Failure {
    Diagnostic::error(format!("Cannot {verb} `{name}`"), why).into()
}

/// The cluster; `None` if it is gone.
fn get(client: &Client, id: &str) -> Result<Option<Json>, Failure> {
    match client.get("/api/2.0/clusters/get", &[("cluster_id", id)]) {
        Err(error) if error.is_missing() || error.message.contains("does not exist") => Ok(None),
        Err(error) => Err(error.diagnostic("read the cluster of the mount").into()),
        Ok(cluster) => Ok(Some(cluster)),
    }
}

/// Starts the cluster unless it runs, and waits for it; false if it is gone.
fn start(client: &Client, id: &str) -> Result<bool, Failure> {
    wait::until(START_TIMEOUT, "The start of the cluster", || {
        let Some(cluster) = get(client, id)? else { return Ok(Some(false)) };
        match cluster.get("state").and_then(Json::as_str).unwrap_or_default() {
            "RUNNING" | "RESIZING" => Ok(Some(true)),
            "TERMINATED" => {
                let body = serde_json::json!({"cluster_id": id});
                let started = client.post("/api/2.0/clusters/start", &body);
                started.map_err(|error| error.diagnostic("start the cluster of the mount"))?;
                Ok(None)
            }
            "ERROR" | "UNKNOWN" => {
                let detail = format!("The cluster `{id}` is in error.");
                Err(Diagnostic::error("The cluster does not start", detail).into())
            }
            _ => Ok(None),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_names_cluster_and_mount() {
        let state = Mount.import("1126-101010-abcdefgh|lake").unwrap();
        assert_eq!(text(&state, "cluster_id"), "1126-101010-abcdefgh");
        assert_eq!((text(&state, "id"), text(&state, "name")), ("lake", "lake"));
        for id in ["", "lake", "|lake", "1126-101010-abcdefgh|"] {
            assert!(Mount.import(id).is_err(), "{id}");
        }
    }

    #[test]
    fn what_is_mounted_is_a_bucket_or_a_uri() {
        let named = |source: &str| {
            let mut state = Mount.schema().empty();
            name_source(&mut state, source);
            let bucket = block(&state, "s3").map(|s3| text(s3, "bucket_name").to_owned());
            (bucket, some_text(&state, "uri").map(str::to_owned))
        };
        assert_eq!(named("s3a://lake"), (Some("lake".to_owned()), None));
        assert_eq!(named("s3a://lake/raw"), (None, Some("s3a://lake/raw".to_owned())));
        let mut given = Mount.schema().empty();
        given.insert("uri".to_owned(), Value::text("s3a://lake"));
        name_source(&mut given, "s3a://lake");
        assert!(block(&given, "s3").is_none());
    }

    #[test]
    fn refusals_come_with_advice() {
        let check = |why: &str, advice: &str| {
            let told = advised(why.to_owned(), "s3a://lake/raw", "orders");
            assert!(told.starts_with(why) && told.contains(advice), "{told}");
        };
        check(
            "requirement failed: Directory already mounted: /mnt/orders",
            "choose another `name`",
        );
        check("Access Denied; … Status Code: 403", "s3:ListBucket on arn:aws:s3:::lake,");
        check("Bucket lake does not exist", "Make the bucket `lake` first");
        check("No AWS Credentials provided by …", "trusts ec2.amazonaws.com");
        assert_eq!(advised("else".to_owned(), "s3a://lake", "orders"), "else");
    }
}
