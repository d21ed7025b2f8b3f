//! `databricks_instance_pool`: instances that wait for clusters.

use serde_json::json;

use crate::api;
use crate::client::Client;
use crate::diagnostic::Diagnostics;
use crate::resource::{Failure, Resource, block, text};
use crate::resources::crud::Kind;
use crate::resources::{arn, zone};
use crate::schema::{Attribute, Block, Nested, Type};
use crate::value::{Members, Value};

const API: &str = "/api/2.0/instance-pools";
const KIND: Kind = Kind { called: "instance pool", id: "instance_pool_id" };

/// The resource.
pub(super) struct InstancePool;

fn aws_attributes() -> Block {
    Block::new(
        "How its instances are had from AWS.",
        vec![
            Attribute::optional("availability", Type::Text, "`SPOT` (the default) or `ON_DEMAND`.")
                .default("SPOT")
                .force_new(),
            Attribute::either("zone_id", Type::Text, "The zone, or `auto`.").force_new(),
            Attribute::optional(
                "spot_bid_price_percent",
                Type::Number,
                "What is paid at most, in percent of the on-demand price.",
            )
            .default(Value::int(100))
            .force_new(),
            Attribute::optional(
                "instance_profile_arn",
                Type::Text,
                "The instance profile of its instances.",
            )
            .force_new(),
        ],
    )
}

fn disk_spec() -> Block {
    let kind =
        Attribute::optional("ebs_volume_type", Type::Text, "The type of volume.").force_new();
    Block::new(
        "The volumes of its instances.",
        vec![
            Attribute::optional("disk_count", Type::Number, "How many.").force_new(),
            Attribute::optional("disk_size", Type::Number, "Their size, in GB.").force_new(),
        ],
    )
    .with(Nested::one("disk_type", Block::new("What they are.", vec![kind])).force_new())
}

impl Resource for InstancePool {
    fn name(&self) -> &'static str {
        "databricks_instance_pool"
    }

    fn schema(&self) -> Block {
        Block::new(
            "Instances that wait for clusters.",
            vec![
                Attribute::computed("id", Type::Text, "The pool's id."),
                Attribute::computed("instance_pool_id", Type::Text, "The same."),
                Attribute::required("instance_pool_name", Type::Text, "The pool's name."),
                Attribute::optional(
                    "min_idle_instances",
                    Type::Number,
                    "Instances that always wait.",
                ),
                Attribute::optional("max_capacity", Type::Number, "Instances at most."),
                Attribute::required(
                    "idle_instance_autotermination_minutes",
                    Type::Number,
                    "How long an instance waits before it is given back.",
                ),
                Attribute::either("node_type_id", Type::Text, "The type of its instances.")
                    .force_new(),
                Attribute::optional("custom_tags", Type::map(Type::Text), "Tags of its instances."),
                Attribute::optional(
                    "enable_elastic_disk",
                    Type::Bool,
                    "Let disks grow; true unless said otherwise.",
                )
                .default(true)
                .force_new(),
                Attribute::optional(
                    "preloaded_spark_versions",
                    Type::list(Type::Text),
                    "The runtime that waits on its instances.",
                )
                .force_new(),
            ],
        )
        .with(Nested { keeps: true, ..Nested::one("aws_attributes", aws_attributes()).force_new() })
        .with(Nested { keeps: true, ..Nested::one("disk_spec", disk_spec()).force_new() })
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        if let Some(aws) = block(config, "aws_attributes") {
            arn::check_profile(aws, "instance_profile_arn", found);
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let body = api::to_json(&self.schema(), planned);
        let made = KIND.create(client, &format!("{API}/create"), body, planned)?;
        Ok(self.read(client, &made)?.unwrap_or(made))
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_workspace(self.name())?;
        let id = text(state, "id");
        let query = [("instance_pool_id", id)];
        let Some(answer) = KIND.get(client, &format!("{API}/get"), &query)? else {
            return Ok(None);
        };
        if answer.get("state").is_some_and(|state| state == "DELETED") {
            return Ok(None);
        }
        let mut read = Kind::state(&self.schema(), &answer, state);
        read.insert("instance_pool_id".to_owned(), Value::text(id));
        zone::keep_auto(state, &mut read);
        Ok(Some(read))
    }

    fn update(
        &self,
        client: &Client,
        prior: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        let mut body = api::to_json(&self.schema(), planned);
        body.insert("instance_pool_id".to_owned(), text(prior, "id").into());
        KIND.send(client, "update", ("POST", &format!("{API}/edit")), body)?;
        Ok(planned.clone())
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let body = json!({"instance_pool_id": text(state, "id")});
        KIND.delete(client, ("POST", &format!("{API}/delete")), Some(body))
    }
}
