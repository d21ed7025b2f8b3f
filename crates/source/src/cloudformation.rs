//! CloudFormation templates into the graph, by the functions that also deploy them.

use std::collections::BTreeMap;
use std::sync::Arc;

use template::{Document, Evaluator, Node, NothingExists, Place};

use crate::graph::{Dialect, Graph, Lifecycle, Notice, Resource};
use crate::read::Options;

/// Reads a template. `false` if the text is well formed and none.
pub fn read(graph: &mut Graph, name: &str, text: String, options: &Options) -> bool {
    let file = graph.sources.add(name, text);
    let tree = match template::read(graph.sources.text(file), file) {
        Ok(tree) => tree,
        Err(problem) => {
            graph.notices.push(problem.into());
            return true;
        }
    };
    if !Document::is_one(&tree) {
        let message = "neither a template, nor a plan, nor a policy document";
        graph.notices.push(Notice::error(Place::new(file, 0, 0), message));
        return false;
    }
    let document = Document::new(&tree);
    if !document.transforms.is_empty() {
        let macros = document.transforms.join("`, `");
        let message = format!(
            "the macro `{macros}` runs first when it is deployed: what it makes is not seen"
        );
        let place = tree.get("Transform").map_or(tree.place, |syntax| syntax.place);
        graph.notices.push(Notice::note(place, message));
    }
    resources(graph, &document, options);
    true
}

fn resources(graph: &mut Graph, document: &Document, options: &Options) {
    let mut holes = std::mem::take(&mut graph.holes);
    let mut evaluator =
        Evaluator::new(document, &options.variables, &options.pseudo, &NothingExists, &mut holes);
    let mut found = Vec::new();
    let mut edges: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    for resource in &document.resources {
        let address: Arc<str> = (*resource.id).into();
        let exists = match &resource.condition {
            Some(condition) => evaluator.condition(condition),
            None => Some(true),
        };
        if exists == Some(false) {
            continue;
        }
        evaluator.take_references();
        let body = match &resource.properties {
            Some(properties) => evaluator.evaluate(properties),
            None => Node::map(BTreeMap::new(), resource.body.place),
        };
        edges.push((address.clone(), address.clone()));
        for used in evaluator.take_references() {
            edges.push((address.clone(), used.into()));
        }
        for used in &resource.depends_on {
            if document.resource(used).is_none() {
                graph.notices.push(Notice::error(
                    resource.id_place,
                    format!("`DependsOn` names `{used}`, and there is no such resource"),
                ));
            }
            edges.push((address.clone(), (**used).into()));
        }
        found.push(Resource {
            address: address.clone(),
            block: address,
            kind: (*resource.kind).into(),
            is_data: false,
            dialect: Dialect::CloudFormation,
            body,
            place: resource.id_place,
            extent: resource.body.place,
            is_certain: exists == Some(true),
            lifecycle: Lifecycle::default(),
            provider: None,
            change: None,
        });
    }
    let problems = evaluator.take_problems();
    graph.holes = holes;
    graph.notices.extend(document.problems.iter().cloned().chain(problems).map(Notice::from));
    graph.notices.dedup();
    // Whatever is missing, a macro may make.
    if !document.transforms.is_empty() {
        graph.notices.iter_mut().for_each(|notice| notice.is_error = false);
    }
    for resource in found {
        graph.add(resource);
    }
    for (from, to) in edges {
        if from != to {
            graph.depend(&from, to);
        }
    }
}
