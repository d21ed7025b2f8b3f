//! The nodes of a cluster, which are EC2 instances.

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::text;
use crate::operation::milliseconds;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its own id.
    pub id: String,
    /// The instance.
    pub instance_id: String,
    /// The instance's address.
    pub private_ip: String,
    /// The instance's type.
    pub node_type_id: String,
    /// Whether it is a Spot Instance.
    pub is_spot: bool,
    /// When it came.
    pub started: Timestamp,
    /// The pool that it is lent by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_pool_id: Option<String>,
}

impl Node {
    /// From an instance of an answer of EC2's.
    #[must_use]
    pub fn new(id: String, instance: &Value, is_spot: bool, started: Timestamp) -> Self {
        Self {
            id,
            instance_id: text(instance, "/instanceId"),
            private_ip: text(instance, "/privateIpAddress"),
            node_type_id: text(instance, "/instanceType"),
            is_spot,
            started,
            instance_pool_id: None,
        }
    }

    /// It as the API has it.
    #[must_use]
    pub fn show(&self) -> Value {
        json!({
            "node_id": self.id,
            "instance_id": self.instance_id,
            "private_ip": self.private_ip,
            "public_dns": "",
            "host_private_ip": self.private_ip,
            "start_timestamp": milliseconds(self.started),
            "node_aws_attributes": {"is_spot": self.is_spot},
        })
    }
}
