//! `databricks_node_type`: the smallest type of node that has what is asked for.
//!
//! The workspace lists its node types; of those that fit, the first is taken in the order of the official
//! provider: not deprecated, cores, memory, disks, GPUs, name.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::client::Client;
use crate::diagnostic::Diagnostic;
use crate::resource::{DataSource, Failure, flag, some_text};
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

/// The data source.
pub(super) struct NodeType;

impl DataSource for NodeType {
    fn name(&self) -> &'static str {
        "databricks_node_type"
    }

    fn schema(&self) -> Block {
        let number = |name, description| Attribute::optional(name, Type::Number, description);
        let flag = |name, description| Attribute::optional(name, Type::Bool, description);
        Block::new(
            "The smallest type of node that has what is asked for.",
            vec![
                Attribute::computed("id", Type::Text, "The type, for `node_type_id`."),
                number("min_memory_gb", "Memory at least, in GB."),
                number("gb_per_core", "Memory per core at least, in GB."),
                number("min_cores", "Cores at least."),
                number("min_gpus", "GPUs at least."),
                flag("local_disk", "With disks of its own."),
                number("local_disk_min_size", "Their size at least, in GB."),
                Attribute::optional(
                    "category",
                    Type::Text,
                    "Such as `General Purpose`, `Memory Optimized` or `Storage Optimized`, in any case.",
                ),
                flag("photon_worker_capable", "Can run Photon as a worker."),
                flag("photon_driver_capable", "Can run Photon as a driver."),
                flag("graviton", "With Graviton processors."),
                flag("arm", "The same."),
                flag("fleet", "A fleet type, which stands for several types of one size."),
                flag("is_io_cache_enabled", "With the disk cache on."),
                flag("support_port_forwarding", "With port forwarding."),
            ],
        )
    }

    fn read(&self, client: &Client, config: &Members) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let mut state = config.clone();
        state.insert("id".to_owned(), Value::Text(smallest(client, config)?));
        Ok(state)
    }
}

/// The smallest type of node that has what `config` asks for.
pub(crate) fn smallest(client: &Client, config: &Members) -> Result<String, Failure> {
    let answer = client.get("/api/2.1/clusters/list-node-types", &[]);
    let answer = answer.map_err(|error| error.diagnostic("list the node types"))?;
    let entries = answer.get("node_types").and_then(Json::as_array);
    let mut fitting: Vec<&Json> =
        entries.into_iter().flatten().filter(|entry| fits(entry, config)).collect();
    fitting.sort_by(|one, other| smaller_first(one, other));
    let id = fitting.first().and_then(|entry| entry.get("node_type_id")?.as_str());
    id.map(str::to_owned).ok_or_else(|| {
        let detail = "The workspace has no type of node that has all of what this block asks for: ask for less.";
        Diagnostic::error("No node type fits", detail).into()
    })
}

fn number(entry: &Json, name: &str) -> f64 {
    entry.get(name).and_then(Json::as_f64).unwrap_or_default()
}

fn is(entry: &Json, name: &str) -> bool {
    entry.get(name).and_then(Json::as_bool).unwrap_or_default()
}

fn disk(entry: &Json, name: &str) -> f64 {
    entry.get("node_instance_type").map_or(0.0, |disks| number(disks, name))
}

fn fits(entry: &Json, config: &Members) -> bool {
    let least = |name: &str| match config.get(name) {
        Some(Value::Number(number)) => number.as_f64().unwrap_or_default(),
        _ => 0.0,
    };
    let text = |name: &str| entry.get(name).and_then(Json::as_str).unwrap_or_default();
    let (cores, memory) = (number(entry, "num_cores"), number(entry, "memory_mb") / 1024.0);
    let local_gb = disk(entry, "local_disk_size_gb") + disk(entry, "local_nvme_disk_size_gb");
    let disks = disk(entry, "local_disks") + disk(entry, "local_nvme_disks");
    let category = some_text(config, "category");
    let wanted = ["photon_worker_capable", "photon_driver_capable", "is_io_cache_enabled"];
    memory >= least("min_memory_gb")
        && memory >= least("gb_per_core") * cores
        && cores >= least("min_cores")
        && number(entry, "num_gpus") >= least("min_gpus")
        && (least("min_gpus") > 0.0 || number(entry, "num_gpus") == 0.0)
        && (!flag(config, "local_disk") || disks > 0.0 || entry.get("node_instance_type").is_none())
        && local_gb >= least("local_disk_min_size")
        && category.is_none_or(|wanted| text("category").eq_ignore_ascii_case(wanted))
        && is(entry, "is_graviton") == (flag(config, "graviton") || flag(config, "arm"))
        && text("node_type_id").contains("-fleet.") == flag(config, "fleet")
        && wanted.iter().all(|name| !flag(config, name) || is(entry, name))
        && (!flag(config, "support_port_forwarding") || is(entry, "support_port_forwarding"))
        && !is(entry, "is_hidden")
        && !is_unavailable(entry)
}

fn is_unavailable(entry: &Json) -> bool {
    let status = entry.get("node_info").and_then(|info| info.get("status"));
    let texts = status.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    texts.into_iter().any(|it| matches!(it, "NotEnabledOnSubscription" | "NotAvailableInRegion"))
}

fn smaller_first(one: &Json, other: &Json) -> Ordering {
    let name = |entry: &Json| entry.get("node_type_id").and_then(Json::as_str).map(str::to_owned);
    let by = |value: fn(&Json) -> f64| value(one).total_cmp(&value(other));
    is(one, "is_deprecated")
        .cmp(&is(other, "is_deprecated"))
        .then_with(|| by(|it| number(it, "num_cores")))
        .then_with(|| by(|it| number(it, "memory_mb")))
        .then_with(|| by(|it| disk(it, "local_disks")))
        .then_with(|| by(|it| disk(it, "local_disk_size_gb")))
        .then_with(|| by(|it| disk(it, "local_nvme_disks")))
        .then_with(|| by(|it| disk(it, "local_nvme_disk_size_gb")))
        .then_with(|| by(|it| number(it, "num_gpus")))
        .then_with(|| name(one).cmp(&name(other)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chosen(config: &[(&str, Value)]) -> Vec<&'static str> {
        let node = |id: &str, cores: u32, memory_mb: u32, disks: u32| {
            json!({
                "node_type_id": id, "num_cores": cores, "memory_mb": memory_mb,
                "category": "General Purpose", "is_graviton": id.starts_with("m7g"),
                "node_instance_type": {"local_nvme_disks": disks},
            })
        };
        let nodes = [
            node("i3.xlarge", 4, 31232, 1),
            node("m5.large", 2, 8192, 0),
            node("m7g.large", 2, 8192, 0),
            node("m-fleet.xlarge", 4, 16384, 0),
        ];
        let config = config.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let config: Members = config.collect();
        let mut fitting: Vec<&Json> = nodes.iter().filter(|node| fits(node, &config)).collect();
        fitting.sort_by(|one, other| smaller_first(one, other));
        let known = ["i3.xlarge", "m5.large", "m7g.large", "m-fleet.xlarge"];
        let name =
            |node: &&Json| known.into_iter().find(|it| node["node_type_id"] == **it).unwrap();
        fitting.iter().map(name).collect()
    }

    #[test]
    fn the_smallest_that_fits() {
        assert_eq!(chosen(&[]), ["m5.large", "i3.xlarge"]);
        assert_eq!(chosen(&[("local_disk", true.into())]), ["i3.xlarge"]);
        assert_eq!(chosen(&[("graviton", true.into())]), ["m7g.large"]);
        assert_eq!(chosen(&[("fleet", true.into())]), ["m-fleet.xlarge"]);
        assert_eq!(chosen(&[("min_cores", Value::int(4))]), ["i3.xlarge"]);
        assert_eq!(chosen(&[("category", "general purpose".into())]).len(), 2);
        assert!(chosen(&[("min_gpus", Value::int(1))]).is_empty());
    }
}
