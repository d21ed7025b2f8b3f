//! `databricks_spark_version`: the key of a Databricks runtime, by what it should have.
//!
//! The choice is made on the keys and names that the workspace lists, as the official provider makes it.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::client::Client;
use crate::diagnostic::Diagnostic;
use crate::resource::{DataSource, Failure, flag, some_text};
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

/// What keys hold unless another Scala is asked for: that of all runtimes for years.
const SCALA: &str = "2.1";

/// The data source.
pub(super) struct SparkVersion;

/// One runtime.
struct Runtime {
    key: String,
    name: String,
}

impl DataSource for SparkVersion {
    fn name(&self) -> &'static str {
        "databricks_spark_version"
    }

    fn schema(&self) -> Block {
        let flag = |name, description| Attribute::optional(name, Type::Bool, description);
        Block::new(
            "The key of a Databricks runtime.",
            vec![
                Attribute::computed("id", Type::Text, "The key, for `spark_version`."),
                flag("latest", "The newest of those that fit; true unless said otherwise."),
                flag("long_term_support", "Only runtimes with long-term support."),
                flag("ml", "Runtimes for machine learning."),
                flag("genomics", "Runtimes for genomics."),
                flag("gpu", "Runtimes for GPUs."),
                flag("beta", "Runtimes in beta."),
                flag("photon", "Runtimes with Photon of their own."),
                flag("graviton", "Runtimes for Graviton of their own."),
                Attribute::optional("scala", Type::Text, "The version of Scala."),
                Attribute::optional("spark_version", Type::Text, "The version of Spark."),
            ],
        )
    }

    fn read(&self, client: &Client, config: &Members) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let mut state = config.clone();
        state.insert("id".to_owned(), Value::Text(find(client, config)?));
        Ok(state)
    }
}

/// The key of the runtime that has what `config` asks for.
pub(crate) fn find(client: &Client, config: &Members) -> Result<String, Failure> {
    let answer = client.get("/api/2.1/clusters/spark-versions", &[]);
    let answer = answer.map_err(|error| error.diagnostic("list the Spark versions"))?;
    let entries = answer.get("versions").and_then(Json::as_array).into_iter().flatten();
    let runtimes = entries.filter_map(|entry| {
        let text = |name| Some(entry.get(name)?.as_str()?.to_owned());
        Some(Runtime { key: text("key")?, name: text("name")? })
    });
    let mut fitting: Vec<Runtime> = runtimes.filter(|runtime| runtime.fits(config)).collect();
    let latest = config.get("latest").and_then(Value::as_bool).unwrap_or(true);
    if latest {
        fitting.sort_by(|one, other| newer_first(&one.key, &other.key));
    } else if fitting.len() > 1 {
        return Err(ambiguous(&fitting).into());
    }
    fitting.into_iter().next().map(|found| found.key).ok_or_else(|| none().into())
}

impl Runtime {
    fn fits(&self, config: &Members) -> bool {
        let has = |part: &str| self.key.contains(part);
        let wanted = |name: &str, part: &str| has(part) == flag(config, name);
        let scala = some_text(config, "scala").unwrap_or(SCALA);
        let spark = some_text(config, "spark_version");
        has(&format!("-scala{scala}"))
            && !has("apache-spark-")
            && wanted("ml", "-ml-")
            && wanted("genomics", "-hls-")
            && wanted("gpu", "-gpu-")
            && wanted("photon", "-photon-")
            && wanted("graviton", "-aarch64-")
            && self.name.contains("Beta") == flag(config, "beta")
            && (!flag(config, "long_term_support") || self.name.contains("LTS") || has("-esr-"))
            && spark.is_none_or(|spark| self.name.contains(&format!("Apache Spark {spark}")))
    }
}

/// By the numbers that a key starts with, `15.4.x-…` as 15 and 4.
fn newer_first(one: &str, other: &str) -> Ordering {
    numbers(other).cmp(&numbers(one)).then_with(|| other.cmp(one))
}

fn numbers(key: &str) -> Vec<u32> {
    let version = key.split('-').next().unwrap_or_default();
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

fn none() -> Diagnostic {
    Diagnostic::error(
        "No Spark version fits",
        "The workspace has no runtime that is all of what this block asks for: leave something out.",
    )
}

fn ambiguous(fitting: &[Runtime]) -> Diagnostic {
    let keys: Vec<&str> = fitting.iter().map(|runtime| runtime.key.as_str()).collect();
    let detail = format!("Set `latest = true`, or choose one of: {}.", keys.join(", "));
    Diagnostic::error("Several Spark versions fit", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first() {
        let mut keys = ["9.1.x-scala2.12", "15.4.x-scala2.12", "15.10.x-scala2.12"];
        keys.sort_by(|one, other| newer_first(one, other));
        assert_eq!(keys, ["15.10.x-scala2.12", "15.4.x-scala2.12", "9.1.x-scala2.12"]);
    }

    #[test]
    fn what_fits() {
        let runtime =
            |key: &str, name: &str| Runtime { key: key.to_owned(), name: name.to_owned() };
        let plain =
            runtime("15.4.x-scala2.12", "15.4 LTS (includes Apache Spark 3.5.0, Scala 2.12)");
        let ml = runtime("15.4.x-cpu-ml-scala2.12", "15.4 LTS ML (includes Apache Spark 3.5.0)");
        let beta = runtime("17.0.x-scala2.13", "17.0 Beta (includes Apache Spark 4.0.0)");
        let fits = |config: &[(&str, Value)]| {
            let config = config.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            let config: Members = config.collect();
            [&plain, &ml, &beta].map(|runtime| runtime.fits(&config))
        };
        assert_eq!(fits(&[]), [true, false, false]);
        assert_eq!(fits(&[("ml", true.into())]), [false, true, false]);
        assert_eq!(fits(&[("beta", true.into())]), [false, false, true]);
        assert_eq!(fits(&[("spark_version", "3.5".into())]), [true, false, false]);
        assert_eq!(fits(&[("spark_version", "4.0".into())]), [false, false, false]);
        assert_eq!(fits(&[("scala", "2.13".into()), ("beta", true.into())]), [false, false, true]);
    }
}
