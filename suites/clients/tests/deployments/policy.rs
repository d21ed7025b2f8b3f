//! The policies, and policies with less.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::world::{ACCOUNT, REGION, World};

/// The page "Create a cross-account IAM role".
const PAGE: &str = "001_d66ff2f83510bdb7.txt";

/// A kind of deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Managed,
    Customer,
    Restricted,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Managed, Self::Customer, Self::Restricted];

    /// The name of its example.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Managed => "databricks-managed-vpc",
            Self::Customer => "customer-managed-vpc",
            Self::Restricted => "customer-managed-vpc-restricted",
        }
    }
}

/// The example of the world's kind, with the world's own values.
pub(crate) fn example(world: &World) -> Value {
    let file = format!("../../examples/policies/{}.json", world.kind.name());
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let text = text
        .replace("vpc-0a1b2c3d4e5f60718", &world.vpc_id)
        .replace("sg-0a1b2c3d4e5f60718", &world.group_id)
        .replace("111122223333", ACCOUNT)
        .replace("us-west-2", REGION);
    serde_json::from_str(&text).unwrap()
}

/// The policy of the page itself. Its statements are called as in the example, where they are the same.
pub(crate) fn on_page(world: &World) -> Value {
    let folder = std::env::var_os("ROLECALL_PAGES").expect("ROLECALL_PAGES names a folder");
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let page = std::fs::read_to_string(root.join(folder).join(PAGE)).unwrap();
    let number = Kind::ALL.iter().position(|kind| *kind == world.kind).unwrap();
    // The first one on the page is the trust policy.
    let text = page.split("{ \"Version\"").nth(number + 2).unwrap();
    let text = format!("{{ \"Version\"{text}")
        .replace("VPCID", &world.vpc_id)
        .replace("SECURITYGROUPID", &world.group_id)
        .replace("ACCOUNTID", ACCOUNT)
        .replace("REGION", REGION);
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let mut policy = values.next().unwrap().unwrap();
    let example = example(world);
    for statement in policy["Statement"].as_array_mut().unwrap() {
        let known = statements(&example).iter().find(|known| meaning(known) == meaning(statement));
        let known = known.unwrap_or_else(|| panic!("not in the example: {statement}"));
        statement["Sid"] = known["Sid"].clone();
    }
    policy
}

/// What a statement is about, whatever the order.
fn meaning(statement: &Value) -> [BTreeSet<String>; 3] {
    ["Action", "Resource", "NotResource"].map(|name| texts(&statement[name]))
}

pub(crate) fn statements(policy: &Value) -> &[Value] {
    policy["Statement"].as_array().unwrap()
}

/// The actions that a policy allows anywhere.
pub(crate) fn actions(policy: &Value) -> BTreeSet<String> {
    statements(policy).iter().flat_map(|statement| texts(&statement["Action"])).collect()
}

pub(crate) fn texts(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) => BTreeSet::from([text.clone()]),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => BTreeSet::new(),
    }
}

/// The policy without an action, wherever it is allowed.
pub(crate) fn without_action(policy: &Value, action: &str) -> Value {
    let statements = statements(policy).iter().filter_map(|statement| {
        let mut left = texts(&statement["Action"]);
        left.remove(action);
        let mut statement = statement.clone();
        statement["Action"] = json!(left);
        (!left.is_empty()).then_some(statement)
    });
    json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()})
}

/// The policy without the statement of this name.
pub(crate) fn without_statement(policy: &Value, sid: &str) -> Value {
    let left = statements(policy).iter().filter(|statement| statement["Sid"] != sid);
    json!({"Version": "2012-10-17", "Statement": left.collect::<Vec<_>>()})
}
