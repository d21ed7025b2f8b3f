//! What a cluster's block may hold.

use crate::resources::timeouts;
use crate::schema::{Attribute, Block, Nested, Type};

/// The block.
pub(super) fn block() -> Block {
    let keep = |nested: Nested| Nested { keeps: true, ..nested };
    Block { attributes: attributes(), ..Block::default() }
        .described("A cluster. It runs when its creation is done, unless `no_wait` is set.")
        .with(Nested::one("autoscale", autoscale()))
        .with(keep(Nested::one("aws_attributes", aws_attributes())))
        .with(Nested::list("init_scripts", init_scripts()))
        .with(Nested::one("cluster_log_conf", locations("Where logs are written to.")))
        .with(Nested::one("docker_image", docker_image()))
        .with(Nested::one("workload_type", workload_type()))
        .with(Nested::set("library", library()))
        .with(timeouts::nested(&["create", "update"], &["delete"]))
}

fn attributes() -> Vec<Attribute> {
    let text = |name, description| Attribute::optional(name, Type::Text, description);
    let flag = |name, description| Attribute::optional(name, Type::Bool, description);
    let number = |name, description| Attribute::optional(name, Type::Number, description);
    let map = |name, description| Attribute::optional(name, Type::map(Type::Text), description);
    vec![
        Attribute::computed("id", Type::Text, "The cluster's id."),
        Attribute::computed("cluster_id", Type::Text, "The same."),
        Attribute::computed("state", Type::Text, "Its state when it was read.").volatile(),
        Attribute::computed("url", Type::Text, "Where people see it."),
        Attribute::computed("default_tags", Type::map(Type::Text), "Tags that Databricks adds.")
            .volatile(),
        text("cluster_name", "Its name."),
        Attribute::required("spark_version", Type::Text, "The key of its runtime."),
        Attribute::either("node_type_id", Type::Text, "The type of its workers."),
        Attribute::either("driver_node_type_id", Type::Text, "The type of its driver."),
        text("instance_pool_id", "The pool that its workers come from."),
        Attribute::either("driver_instance_pool_id", Type::Text, "The pool of its driver."),
        number("num_workers", "Workers, if it does not scale by itself.")
            .default(crate::value::Value::int(0)),
        number("autotermination_minutes", "Minutes without work before it ends; 0 for never.")
            .default(crate::value::Value::int(60)),
        map("spark_conf", "Spark's configuration."),
        map("spark_env_vars", "Environment variables."),
        map("custom_tags", "Tags of its instances."),
        Attribute::optional("ssh_public_keys", Type::list(Type::Text), "Keys that may log in."),
        Attribute::either("data_security_mode", Type::Text, "Who shares it, and how."),
        text("single_user_name", "Who alone may use it."),
        text("policy_id", "The policy that it is made under."),
        flag("apply_policy_default_values", "Take the policy's defaults for what is not given."),
        Attribute::either("runtime_engine", Type::Text, "`STANDARD` or `PHOTON`."),
        Attribute::either("enable_elastic_disk", Type::Bool, "Let disks grow."),
        Attribute::either("enable_local_disk_encryption", Type::Bool, "Encrypt local disks."),
        text("idempotency_token", "Makes creation safe to repeat.").force_new(),
        flag("is_pinned", "Keep it for ever, even when it is terminated.").default(false),
        flag("no_wait", "Do not wait until it runs.").default(false),
        text("kind", "`CLASSIC_PREVIEW` for the newer kind of cluster."),
        flag("is_single_node", "One node that is driver and worker (with `kind`)."),
        flag("use_ml_runtime", "The runtime for machine learning (with `kind`)."),
    ]
}

fn workload_type() -> Block {
    let flag = |name, description| Attribute::optional(name, Type::Bool, description).default(true);
    let clients = vec![
        flag("jobs", "Whether jobs may run on it."),
        flag("notebooks", "Whether notebooks may."),
    ];
    Block::new("What it may be used for.", Vec::new())
        .with(Nested::exactly_one("clients", Block::new("By whom.", clients)))
}

fn autoscale() -> Block {
    Block::new(
        "How far it scales by itself.",
        vec![
            Attribute::optional("min_workers", Type::Number, "Workers at least."),
            Attribute::optional("max_workers", Type::Number, "Workers at most."),
        ],
    )
}

fn aws_attributes() -> Block {
    let text = |name, description| Attribute::either(name, Type::Text, description);
    let number = |name, description| Attribute::either(name, Type::Number, description);
    Block::new(
        "How its instances are had from AWS.",
        vec![
            Attribute::optional(
                "instance_profile_arn",
                Type::Text,
                "The instance profile that its instances wear: `databricks_instance_profile.NAME.id`.",
            ),
            text("availability", "`SPOT`, `ON_DEMAND` or `SPOT_WITH_FALLBACK`."),
            text("zone_id", "The zone, or `auto`."),
            number("first_on_demand", "Nodes that are on-demand in any case."),
            number("spot_bid_price_percent", "At most, in percent of the on-demand price."),
            text("ebs_volume_type", "`GENERAL_PURPOSE_SSD` or `THROUGHPUT_OPTIMIZED_HDD`."),
            number("ebs_volume_count", "Volumes for each instance."),
            number("ebs_volume_size", "Their size, in GB."),
            number("ebs_volume_iops", "Their operations a second."),
            number("ebs_volume_throughput", "Their throughput, in MB/s."),
        ],
    )
}

/// A place for scripts or logs.
fn locations(description: &'static str) -> Block {
    let text = |name, description| Attribute::optional(name, Type::Text, description);
    let destination = || Attribute::required("destination", Type::Text, "Where it is.");
    let s3 = vec![
        destination(),
        text("region", "The bucket's region."),
        text("endpoint", "S3's address."),
        Attribute::optional("enable_encryption", Type::Bool, "Encrypt what is written."),
        text("encryption_type", "`sse-s3` or `sse-kms`."),
        text("kms_key", "The key, for `sse-kms`."),
        text("canned_acl", "An ACL for what is written."),
    ];
    Block::new(description, Vec::new())
        .with(Nested::one("s3", Block::new("In a bucket.", s3)))
        .with(Nested::one("dbfs", Block::new("In DBFS.", vec![destination()])))
        .with(Nested::one("volumes", Block::new("In a volume.", vec![destination()])))
}

fn init_scripts() -> Block {
    let place = |name, description| {
        let destination = Attribute::required("destination", Type::Text, "Where it is.");
        Nested::one(name, Block::new(description, vec![destination]))
    };
    locations("A script that runs on every node's start.")
        .with(place("workspace", "In the workspace."))
        .with(place("file", "On the node."))
}

fn docker_image() -> Block {
    let login = vec![
        Attribute::required("username", Type::Text, "The user."),
        Attribute::required("password", Type::Text, "The password.").sensitive(),
    ];
    Block::new(
        "A container image of one's own.",
        vec![Attribute::required("url", Type::Text, "Where the image is.")],
    )
    .with(Nested::one("basic_auth", Block::new("The registry's login.", login)))
}

fn library() -> Block {
    let text = |name, description| Attribute::optional(name, Type::Text, description);
    let pypi = vec![
        Attribute::required("package", Type::Text, "The package, with its version."),
        text("repo", "Another index."),
    ];
    let maven = vec![
        Attribute::required("coordinates", Type::Text, "`group:artifact:version`."),
        text("repo", "Another repository."),
        Attribute::optional("exclusions", Type::list(Type::Text), "What not to bring along."),
    ];
    let cran = vec![
        Attribute::required("package", Type::Text, "The package."),
        text("repo", "Another repository."),
    ];
    Block::new(
        "A library to install.",
        vec![
            text("jar", "A Java archive's address."),
            text("egg", "An egg's address."),
            text("whl", "A wheel's address."),
            text("requirements", "A requirements.txt's address."),
        ],
    )
    .with(Nested::one("pypi", Block::new("From PyPI.", pypi)))
    .with(Nested::one("maven", Block::new("From Maven.", maven)))
    .with(Nested::one("cran", Block::new("From CRAN.", cran)))
}
