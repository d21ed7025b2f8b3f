//! Files, and what only Terraform itself can know.

use template::{Node, Value};

use super::{Arguments, Given};
use crate::terraform::Fault;
use crate::terraform::expression::name;
use crate::terraform::world::World;

pub(super) fn call(world: &mut World<'_>, arguments: &Arguments<'_>) -> Given {
    Some(match arguments.name {
        "file" => file(world, arguments),
        "fileexists" => exists(world, arguments),
        "templatefile" => template_file(world, arguments),
        "templatestring" => template_string(world, arguments),
        "basename" => {
            known(arguments, |path| path.rsplit('/').next().unwrap_or_default().to_owned())
        }
        "dirname" => known(arguments, |path| match path.rsplit_once('/') {
            Some((folder, _)) => folder.to_owned(),
            None => ".".to_owned(),
        }),
        "timestamp" | "plantimestamp" | "uuid" | "bcrypt" => {
            let because = format!("`{}` gives another value each time", arguments.name);
            Ok(world.hole(&because, arguments.place))
        }
        _ => return None,
    })
}

fn known(arguments: &Arguments<'_>, work: fn(&str) -> String) -> Result<Node, Fault> {
    match arguments.unknown() {
        Some(unknown) => Ok(unknown),
        None => Ok(arguments.text(work(&arguments.string(0)?))),
    }
}

fn file(world: &mut World<'_>, arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let text = world.file(arguments.module, &arguments.string(0)?, arguments.place)?;
    Ok(Node::text(&text, arguments.place))
}

fn exists(world: &mut World<'_>, arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let found = world.file(arguments.module, &arguments.string(0)?, arguments.place).is_ok();
    Ok(arguments.node(Value::Bool(found)))
}

fn template_file(world: &mut World<'_>, arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(id) = arguments.need(0)?.as_hole() {
        return Ok(arguments.hole(id));
    }
    let text = world.file(arguments.module, &arguments.string(0)?, arguments.place)?;
    rendered(world, arguments, &text)
}

fn template_string(world: &mut World<'_>, arguments: &Arguments<'_>) -> Result<Node, Fault> {
    match arguments.need(0)?.as_str().map(str::to_owned) {
        Some(text) => rendered(world, arguments, &text),
        None => arguments.unknown().ok_or_else(|| arguments.wrong("takes a string")),
    }
}

fn rendered(world: &mut World<'_>, arguments: &Arguments<'_>, text: &str) -> Result<Node, Fault> {
    let names: Vec<_> = match arguments.get(1) {
        Some(map) if map.as_hole().is_none() => {
            map.entries().map(|(key, node)| (name(key.marked()), node.clone())).collect()
        }
        Some(hole) => return Ok(hole.clone()),
        None => Vec::new(),
    };
    world.render(text, names, arguments.module, arguments.place)
}
