//! A small cluster that is made to mount with: one for each instance profile, found again by its name.

use serde_json::{Value as Json, json};

use crate::client::Client;
use crate::data_sources::{node_type, spark_version};
use crate::resource::Failure;
use crate::resources::mount::start;
use crate::value::{Members, Value};

/// The id of the cluster for an instance profile, which runs when this returns.
pub(super) fn of(client: &Client, profile: &str) -> Result<String, Failure> {
    let name = name(profile);
    let id = match find(client, &name)? {
        Some(id) => id,
        None => make(client, &name, profile)?,
    };
    start(client, &id)?;
    Ok(id)
}

/// `terraform-mount-` and the path of the instance profile's ARN.
fn name(profile: &str) -> String {
    let path = profile.splitn(6, ':').nth(5).unwrap_or(profile);
    let path: Vec<&str> = path.split('/').skip(1).collect();
    format!("terraform-mount-{}", path.join("-"))
}

fn find(client: &Client, name: &str) -> Result<Option<String>, Failure> {
    let answer = client.get("/api/2.0/clusters/list", &[]);
    let answer = answer.map_err(|error| error.diagnostic("list clusters to mount with"))?;
    let clusters = answer.get("clusters").and_then(Json::as_array).into_iter().flatten();
    let mut named = clusters
        .into_iter()
        .filter(|cluster| cluster.get("cluster_name").and_then(Json::as_str) == Some(name));
    Ok(named.find_map(|cluster| Some(cluster.get("cluster_id")?.as_str()?.to_owned())))
}

fn make(client: &Client, name: &str, profile: &str) -> Result<String, Failure> {
    let with = |name: &str| -> Members { [(name.to_owned(), Value::Bool(true))].into() };
    let body = json!({
        "cluster_name": name,
        "spark_version": spark_version::find(client, &with("long_term_support"))?,
        "node_type_id": node_type::smallest(client, &with("local_disk"))?,
        "num_workers": 0,
        "autotermination_minutes": 10,
        "spark_conf": {
            "spark.master": "local[*]",
            "spark.databricks.cluster.profile": "singleNode",
            "spark.scheduler.mode": "FIFO",
        },
        "custom_tags": {"ResourceClass": "SingleNode"},
        "aws_attributes": {
            "instance_profile_arn": profile, "availability": "SPOT", "zone_id": "auto",
        },
    });
    let answer = client.post("/api/2.0/clusters/create", &body);
    let answer = answer.map_err(|error| error.diagnostic("make a cluster to mount with"))?;
    Ok(answer.get("cluster_id").and_then(Json::as_str).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn names() {
        let arn = "arn:aws:iam::123456789012:instance-profile/a/b";
        assert_eq!(super::name(arn), "terraform-mount-a-b");
    }
}
