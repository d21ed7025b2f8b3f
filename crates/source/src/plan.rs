//! Plans: `terraform show -json`.
//!
//! A plan says what is known and leaves out what is not. The configuration beside it tells which attributes an
//! unknown comes from, so that `aws_iam_role.x.arn` keeps its identity here too.
//!
//! Source: Terraform documentation, "JSON output format" (format versions 0 and 1).

mod fill;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use template::{FileId, HoleId, Holes, Node, Place, Text, Value};

use crate::graph::{Action, Change, Dialect, Graph, Lifecycle, Notice, Resource, without_keys};
use crate::json;
use crate::terraform::{databricks, policy_document, write_policy};
use fill::Fill;

/// The most resources of a plan.
const MAX_RESOURCES: usize = 200_000;

/// Whether JSON is a plan, by its keys in whatever order.
#[must_use]
pub fn is_one(text: &str) -> bool {
    ["\"format_version\"", "\"terraform_version\""].iter().all(|key| text.contains(key))
        && (text.contains("\"planned_values\"") || text.contains("\"resource_changes\""))
}

/// Reads a plan. Every resource stands where it stands in the plan's own text.
pub fn read(graph: &mut Graph, name: &str, text: String) {
    let file = graph.sources.add(name, text);
    let root = match json::parse(graph.sources.text(file), Some(file), Place::default()) {
        Ok(root) => root,
        Err(flaw) => {
            let place = Place::new(file, flaw.at, flaw.at);
            graph.notices.push(Notice::error(place, format!("not JSON: {}", flaw.message)));
            return;
        }
    };
    let mut blocks = HashMap::new();
    if let Some(module) = root.get("configuration").and_then(|node| node.get("root_module")) {
        configuration(graph, module, "", &mut blocks);
    }
    if let Some(providers) = root.get("configuration").and_then(|node| node.get("provider_config"))
    {
        for (key, provider) in providers.entries() {
            let body = provider.get("expressions").map(|node| constants(node, &mut graph.holes));
            let short = key.marked().to_owned();
            graph.providers.insert(short, body.unwrap_or_else(|| provider.clone()));
        }
    }
    let changes = root.get("resource_changes").map(Node::elements).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for change in changes.iter().take(MAX_RESOURCES) {
        if let Some(resource) = changed(graph, change, &blocks) {
            seen.insert(resource.address.clone());
            graph.add(resource);
        }
    }
    // Data sources that were read while planning have no change.
    for (scope, data) in [("prior_state", true), ("planned_values", false)] {
        let module = root.get(scope).map(|node| node.get("values").unwrap_or(node));
        if let Some(module) = module.and_then(|node| node.get("root_module")) {
            planned(graph, module, data, &mut seen);
        }
    }
    if graph.resources.is_empty() && changes.is_empty() {
        let place = Place::new(FileId(file.0), 0, 0);
        graph.notices.push(Notice::note(place, "the plan changes nothing"));
    }
}

/// A block of the configuration: its expressions, and what it refers to.
struct Block<'n> {
    expressions: &'n Node,
    provider: Option<Arc<str>>,
}

/// Notes the blocks of a module and what depends on what.
fn configuration<'n>(
    graph: &mut Graph,
    module: &'n Node,
    prefix: &str,
    blocks: &mut HashMap<String, Block<'n>>,
) {
    let name = |tail: &str| -> Arc<str> { format!("{prefix}{tail}").into() };
    for resource in module.get("resources").map(Node::elements).unwrap_or_default() {
        let Some(address) = resource.get("address").and_then(Node::as_str) else { continue };
        let from = name(address);
        let mut found = Vec::new();
        references(resource, &mut found, 0);
        for reference in found.iter().chain(&depends_on(resource)) {
            link(graph, &from, prefix, reference);
        }
        graph.depend(&name("all"), from.clone());
        graph.depend(&from, name("call"));
        let key = resource.get("provider_config_key").and_then(Node::as_str);
        if let Some(expressions) = resource.get("expressions") {
            let provider = key.map(Into::into);
            blocks.insert(from.to_string(), Block { expressions, provider });
        }
    }
    for (output, body) in module.get("outputs").into_iter().flat_map(Node::entries) {
        let from = name(&format!("output.{}", output.marked()));
        let mut found = Vec::new();
        references(body, &mut found, 0);
        for reference in found.iter().chain(&depends_on(body)) {
            link(graph, &from, prefix, reference);
        }
        graph.depend(&name("all"), from);
    }
    for (call, body) in module.get("module_calls").into_iter().flat_map(Node::entries) {
        let inner = format!("{prefix}module.{}.", call.marked());
        for (variable, expression) in body.get("expressions").into_iter().flat_map(Node::entries) {
            let mut found = Vec::new();
            references(expression, &mut found, 0);
            let from: Arc<str> = format!("{inner}var.{}", variable.marked()).into();
            for reference in &found {
                link(graph, &from, prefix, reference);
            }
        }
        let from: Arc<str> = format!("{inner}call").into();
        for reference in depends_on(body) {
            link(graph, &from, prefix, &reference);
        }
        graph.depend(&name("all"), format!("{inner}all").into());
        if let Some(module) = body.get("module") {
            configuration(graph, module, &inner, blocks);
        }
    }
}

fn depends_on(node: &Node) -> Vec<String> {
    let list = node.get("depends_on").map(Node::elements).unwrap_or_default();
    list.iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

/// A reference such as `aws_iam_role.x.arn` or `module.m.out` as a dependency.
fn link(graph: &mut Graph, from: &Arc<str>, prefix: &str, reference: &str) {
    let plain = without_keys(reference);
    let parts: Vec<&str> = plain.split('.').collect();
    let to = match parts.as_slice() {
        ["data", kind, name, ..] => format!("data.{kind}.{name}"),
        ["module", module, output, ..] => format!("module.{module}.output.{output}"),
        ["module", module] => format!("module.{module}.all"),
        ["each" | "count" | "path" | "terraform" | "self", ..] => return,
        [kind, name, ..] => format!("{kind}.{name}"),
        _ => return,
    };
    graph.depend(from, format!("{prefix}{to}").into());
}

fn references(node: &Node, found: &mut Vec<String>, depth: usize) {
    if depth > 64 {
        return;
    }
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries.iter() {
                if key.known() == Some("references") {
                    found.extend(
                        value.elements().iter().filter_map(Node::as_str).map(str::to_owned),
                    );
                } else {
                    references(value, found, depth + 1);
                }
            }
        }
        Value::List(nodes) => nodes.iter().for_each(|node| references(node, found, depth + 1)),
        _ => {}
    }
}

/// The module's path of an address, keys and all, with a dot at its end.
fn module_of(address: &str, kind: &str, is_data: bool) -> String {
    let own = format!("{}{kind}.", if is_data { "data." } else { "" });
    address.rfind(&own).and_then(|at| address.get(..at)).unwrap_or_default().to_owned()
}

fn changed(
    graph: &mut Graph,
    change: &Node,
    blocks: &HashMap<String, Block<'_>>,
) -> Option<Resource> {
    let address = change.get("address")?.as_str()?;
    let kind = change.get("type")?.as_str()?;
    let is_data = change.get("mode").and_then(Node::as_str) == Some("data");
    let what = change.get("change")?;
    let actions: Vec<&str> = what
        .get("actions")
        .map(Node::elements)
        .unwrap_or_default()
        .iter()
        .filter_map(Node::as_str)
        .collect();
    if actions == ["delete"] || actions == ["forget"] {
        return None;
    }
    let after =
        what.get("after").cloned().unwrap_or_else(|| Node::map(BTreeMap::new(), change.place));
    let unknown = what.get("after_unknown");
    let block = without_keys(address);
    let written = blocks.get(&block);
    let module = module_of(address, kind, is_data);
    let mut fill = Fill { graph, address, module: &module };
    let mut body =
        fill.node(&after, unknown, written.map(|block| block.expressions), "", change.place);
    if is_data && (kind == "aws_iam_policy_document" || databricks::is_one(kind)) {
        body = with_document(kind, body, &mut graph.holes);
    }
    let place = change.get("address").map_or(change.place, |node| node.place);
    let before = what.get("before").cloned();
    let before = before.unwrap_or_else(|| Node::new(Value::Null, change.place));
    Some(Resource {
        address: address.into(),
        block: block.into(),
        kind: kind.into(),
        is_data,
        dialect: Dialect::Plan,
        body: decoded(body),
        place,
        extent: change.place,
        is_certain: true,
        lifecycle: Lifecycle::default(),
        provider: written.and_then(|block| block.provider.clone()),
        change: Some(Change { action: action(&actions), before }),
    })
}

/// What the names of a plan's actions mean together.
fn action(names: &[&str]) -> Action {
    match names {
        ["create"] => Action::Create,
        ["delete", "create"] => Action::DeleteFirst,
        ["create", "delete"] => Action::CreateFirst,
        ["update"] => Action::Update,
        _ => Action::Leave,
    }
}

/// JSON in the arguments of a resource, decoded in place, so that findings point into it.
fn decoded(body: Node) -> Node {
    let Value::Map(entries) = &body.value else { return body };
    let mut out = (**entries).clone();
    for node in out.values_mut() {
        let Some(text) = node.as_str().filter(|text| text.starts_with('{')) else { continue };
        if let Ok(tree) = json::parse(text, None, node.place) {
            node.decoded = Some(Arc::new(tree));
        }
    }
    Node { value: Value::Map(out.into()), ..body }
}

/// A document that is read only when applying: what is known of it.
fn with_document(kind: &str, body: Node, holes: &mut Holes) -> Node {
    let Value::Map(entries) = &body.value else { return body };
    if body.get("json").is_some_and(|node| node.as_str().is_some()) {
        return body;
    }
    let mut out = (**entries).clone();
    let tree = if kind == "aws_iam_policy_document" {
        policy_document(&body).map_err(|fault| holes.unknown(&fault.message))
    } else {
        databricks::document(kind, &body, body.place).map_err(|missing| match missing {
            databricks::Missing::Unknown(id) => id,
            databricks::Missing::Refused(message) => holes.unknown(&message),
        })
    };
    let json = match tree {
        Ok(tree) => {
            let mut text = String::new();
            write_policy(&tree, 0, &mut text);
            let text = Node::new(Value::Text(Text::from_marked(text)), body.place);
            Node { decoded: Some(Arc::new(tree)), ..text }
        }
        Err(id) => Node::new(Value::Hole(id), body.place),
    };
    out.insert(Text::literal("json"), json);
    Node { value: Value::Map(out.into()), ..body }
}

/// The constants of a provider's configuration.
fn constants(expressions: &Node, holes: &mut Holes) -> Node {
    let id = holes.unknown("it is known only after apply");
    let entries = expressions.entries().map(|(key, node)| (key.clone(), constant(node, id)));
    Node::map(entries.collect(), expressions.place)
}

fn constant(node: &Node, unknown: HoleId) -> Node {
    if let Some(value) = node.get("constant_value") {
        return value.clone();
    }
    if node.get("references").is_some() {
        return Node::new(Value::Hole(unknown), node.place);
    }
    // Nested blocks are lists of the same.
    let blocks = |nodes: &[Node]| -> Vec<Node> {
        let arguments = |block: &Node| {
            let entries = block.entries().map(|(key, node)| (key.clone(), constant(node, unknown)));
            Node::map(entries.collect(), block.place)
        };
        nodes.iter().map(arguments).collect()
    };
    match &node.value {
        Value::List(nodes) => Node::list(blocks(nodes), node.place),
        _ => node.clone(),
    }
}

/// Resources that have no change of their own: data sources that were read while planning.
fn planned(graph: &mut Graph, module: &Node, data_only: bool, seen: &mut BTreeSet<Arc<str>>) {
    for resource in module.get("resources").map(Node::elements).unwrap_or_default() {
        let text = |key: &str| resource.get(key).and_then(Node::as_str);
        let (Some(address), Some(kind)) = (text("address"), text("type")) else { continue };
        let is_data = text("mode") == Some("data");
        if (data_only && !is_data) || !seen.insert(address.into()) {
            continue;
        }
        let body = resource.get("values").cloned();
        let body = body.unwrap_or_else(|| Node::map(BTreeMap::new(), resource.place));
        let (address, kind): (Arc<str>, Arc<str>) = (address.into(), kind.into());
        let place = resource.get("address").map_or(resource.place, |node| node.place);
        graph.add(Resource {
            block: without_keys(&address).into(),
            address,
            kind,
            is_data,
            dialect: Dialect::Plan,
            body: decoded(body),
            place,
            extent: resource.place,
            is_certain: true,
            lifecycle: Lifecycle::default(),
            provider: None,
            change: None,
        });
    }
    for child in module.get("child_modules").map(Node::elements).unwrap_or_default() {
        planned(graph, child, data_only, seen);
    }
}
