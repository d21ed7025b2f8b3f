//! `AWS::EC2::*`

pub mod eip;
pub mod eip_association;
pub mod instance;
pub mod internet_gateway;
pub mod launch_template;
pub mod nat_gateway;
pub mod route;
pub mod route_table;
pub mod security_group;
pub mod security_group_rule;
pub mod subnet;
pub mod volume;
pub mod volume_attachment;
pub mod vpc;
pub mod vpc_endpoint;

use cloud::tag::Tag;
use cloud::{Fault, Read};
use ec2::tag::change::{CreateTags, DeleteTags};
use serde_json::{Value, json};

use super::{Attributes, Provision};

/// The tags of a thing that is made, as EC2 takes them.
fn tagged(kind: &str, tags: Option<&[Tag]>) -> Value {
    match tags {
        Some(tags) if !tags.is_empty() => json!([{"ResourceType": kind, "Tag": tags}]),
        _ => Value::Null,
    }
}

/// Changes tags.
fn retag(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    old: Option<&[Tag]>,
    new: Option<&[Tag]>,
) -> Result<(), Fault> {
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let gone = old.iter().filter(|tag| !new.iter().any(|kept| kept.key == tag.key));
    let gone: Vec<Value> = gone.map(|tag| json!({"Key": tag.key})).collect();
    if !gone.is_empty() {
        on.write::<DeleteTags>(json!({"ResourceId": [id], "Tag": gone}))?;
    }
    let set: Vec<&Tag> = new.iter().filter(|tag| !old.contains(tag)).collect();
    if !set.is_empty() {
        on.write::<CreateTags>(json!({"ResourceId": [id], "Tag": set}))?;
    }
    Ok(())
}

/// The text at this place of an answer.
fn text(answer: &Value, pointer: &str) -> Result<String, Fault> {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    let missing = || Fault::new("InternalFailure", format!("the answer has no `{pointer}`"));
    found.map(str::to_owned).ok_or_else(missing)
}

/// What an operation that lists things tells of one.
fn told<O: Read>(on: &mut Provision<'_, '_, '_>, input: Value, list: &str) -> Result<Value, Fault> {
    let mut answer = on.read::<O>(input)?;
    let first = answer.get_mut(list).and_then(|list| list.get_mut(0)).map(Value::take);
    first.ok_or_else(|| Fault::new("NotFound", format!("`{list}` is empty")))
}

/// Attributes by name.
fn attributes<const N: usize>(pairs: [(&str, Value); N]) -> Attributes {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
