//! What a path holds, and who reads it.

use std::collections::BTreeMap;

use template::{Node, Place, Pseudo};

use crate::document::Document;
use crate::files::{Folder, MAX_FILE_BYTES, join};
use crate::graph::{Graph, Notice};
use crate::{cloudformation, json, plan, terraform};

/// The most files of one reading.
const MAX_FILES: usize = 20_000;

/// The deepest folder that is looked into.
const MAX_FOLDER_DEPTH: usize = 16;

/// What is known beside the files.
#[derive(Debug, Default)]
pub struct Options {
    /// Values of variables and parameters; they go before what files say.
    pub variables: BTreeMap<String, Node>,
    /// What is known of the stack that a CloudFormation template becomes.
    pub pseudo: Pseudo,
}

/// Reads `path`: a folder with everything in it, or one file. Each root gives a graph of its own, because what is
/// in one is not seen from another.
pub fn read(files: &dyn Folder, path: &str, options: &Options) -> Vec<Graph> {
    let mut graphs = Vec::new();
    if files.is_folder(path) {
        let mut roots = Vec::new();
        let mut count = 0;
        walk(files, path, 0, &mut count, &mut roots);
        for folder in without_called(files, roots) {
            read_folder(files, &folder, options, &mut graphs);
        }
    } else {
        graphs.extend(read_file(files, path, options, true));
    }
    graphs
}

/// `folder` and those below it, but for what tools keep there.
fn walk(files: &dyn Folder, folder: &str, depth: usize, count: &mut usize, out: &mut Vec<String>) {
    out.push(folder.to_owned());
    if depth == MAX_FOLDER_DEPTH {
        return;
    }
    for name in files.list(folder) {
        *count += 1;
        if *count > MAX_FILES {
            return;
        }
        let skipped =
            name.starts_with('.') || matches!(&*name, "node_modules" | "target" | "vendor");
        let path = join(folder, &name);
        if !skipped && files.is_folder(&path) {
            walk(files, &path, depth + 1, count, out);
        }
    }
}

/// The folders that are not modules of another one: those are read with their caller's arguments.
fn without_called(files: &dyn Folder, folders: Vec<String>) -> Vec<String> {
    let mut called: Vec<String> = Vec::new();
    for folder in &folders {
        for name in files.list(folder) {
            if !name.ends_with(".tf") {
                continue;
            }
            let Ok(bytes) = files.read(&join(folder, &name)) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            let sources = text.split("source").skip(1).filter_map(|rest| {
                let rest = rest.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?;
                let source = rest.split('"').next()?;
                source.starts_with('.').then(|| join(folder, source))
            });
            called.extend(sources);
        }
    }
    folders.into_iter().filter(|folder| !called.contains(&join("", folder))).collect()
}

fn read_folder(files: &dyn Folder, folder: &str, options: &Options, graphs: &mut Vec<Graph>) {
    let names = files.list(folder);
    let is_terraform = |name: &str| name.ends_with(".tf") || name.ends_with(".tf.json");
    if names.iter().any(|name| is_terraform(name)) {
        let mut graph = Graph::default();
        terraform::read(&mut graph, files, folder, &options.variables);
        graphs.push(graph);
    }
    for name in names {
        let path = join(folder, &name);
        let other = [".json", ".yaml", ".yml", ".template"].iter().any(|end| name.ends_with(end));
        if other && !is_terraform(&name) && !name.contains(".tfvars") && !files.is_folder(&path) {
            graphs.extend(read_file(files, &path, options, false));
        }
    }
}

/// Reads one file. What is none of ours is told only if it was `named`.
fn read_file(files: &dyn Folder, path: &str, options: &Options, named: bool) -> Option<Graph> {
    let mut graph = Graph::default();
    if path.ends_with(".tf") || path.ends_with(".tf.json") {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let names = [name.to_owned()];
        terraform::read_files(&mut graph, files, folder, &names, &options.variables);
        return Some(graph);
    }
    let text = match files.read(path) {
        Ok(bytes) if bytes.len() > MAX_FILE_BYTES => {
            let message =
                format!("the file has more than the {MAX_FILE_BYTES} bytes that are read");
            return Some(failed(path, String::new(), 0, &message));
        }
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => {
                return named.then(|| failed(path, String::new(), 0, "the file is not UTF-8"));
            }
        },
        Err(error) => {
            return Some(failed(path, String::new(), 0, &format!("cannot read the file: {error}")));
        }
    };
    let is_json = text.trim_start().starts_with('{');
    if is_json && plan::is_one(&text) {
        plan::read(&mut graph, path, text);
        return Some(graph);
    }
    if is_json {
        let file = graph.sources.add(path, text);
        let parsed = json::parse(graph.sources.text(file), Some(file), Place::default());
        match parsed {
            Ok(body) if Document::is_one(&body) => {
                graph.documents.push(Document { file, body });
                return Some(graph);
            }
            Ok(_) => {}
            Err(flaw) => {
                let text = graph.sources.text(file).to_owned();
                let ours = text.contains("\"Statement\"") || text.contains("\"AWS::");
                let message = format!("not JSON: {}", flaw.message);
                return (named || ours).then(|| failed(path, text, flaw.at, &message));
            }
        }
        let text = graph.sources.text(file).to_owned();
        return template(path, text, options, named);
    }
    template(path, text, options, named)
}

fn template(path: &str, text: String, options: &Options, named: bool) -> Option<Graph> {
    let looks_like = text.contains("Resources") && text.contains("::");
    if !named && !looks_like {
        return None;
    }
    let mut graph = Graph::default();
    let is_one = cloudformation::read(&mut graph, path, text, options);
    (is_one || named || graph.notices.iter().any(|notice| notice.is_error && looks_like))
        .then_some(graph)
}

fn failed(path: &str, text: String, at: usize, message: &str) -> Graph {
    let mut graph = Graph::default();
    let end = (at + 1).min(text.len());
    let file = graph.sources.add(path, text);
    graph.notices.push(Notice::error(Place::new(file, at.min(end), end), message));
    graph
}
