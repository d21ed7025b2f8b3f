//! `catalog.bin`, written. `iam::catalog` describes the format where it reads it (`archive.rs`,
//! `chunk.rs`).

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec;

use super::package::{Package, Service};
use crate::Outcome;

const MAGIC: &[u8] = b"RCIAM\x01";
/// Slowest and smallest; this runs a few times a year.
const DEFLATE_LEVEL: u8 = 10;
const MULTIVALUED: u8 = 0x10;

/// The whole file.
///
/// # Errors
/// A name that refers to nothing.
pub(super) fn catalog(package: &Package) -> Outcome<Vec<u8>> {
    let chunks: Vec<Vec<u8>> = package.services.iter().map(chunk).collect::<Outcome<_>>()?;
    let packed: Vec<Vec<u8>> =
        chunks.iter().map(|chunk| compress_to_vec(chunk, DEFLATE_LEVEL)).collect();

    let mut out = Writer(MAGIC.to_vec());
    out.text(&package.version);
    out.text(&package.updated);
    out.0.extend(digest(package).to_le_bytes());
    out.number(package.services.len());
    for ((service, chunk), packed) in package.services.iter().zip(&chunks).zip(&packed) {
        out.text(&service.prefix);
        out.0.push(u8::from(service.rcp));
        out.number(packed.len());
        out.number(chunk.len());
    }
    out.strangers(&strangers(package, key_vendors));
    out.strangers(&strangers(package, arn_services));
    for packed in packed {
        out.0.extend(packed);
    }
    Ok(out.0)
}

/// Names in the first place of keys or ARNs that are not the prefix of the service which defines
/// them, with the numbers of the services that do.
fn strangers(package: &Package, names: fn(&Service) -> Vec<&str>) -> BTreeMap<&str, Vec<usize>> {
    let mut strangers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, service) in package.services.iter().enumerate() {
        for name in names(service) {
            let defining = strangers.entry(name).or_default();
            if name != service.prefix && !defining.contains(&number) {
                defining.push(number);
            }
        }
    }
    strangers.retain(|_, defining| !defining.is_empty());
    strangers
}

fn key_vendors(service: &Service) -> Vec<&str> {
    let vendors = service.keys.iter().filter_map(|key| key.name.split(':').next());
    vendors.filter(|vendor| *vendor != "aws").collect()
}

fn arn_services(service: &Service) -> Vec<&str> {
    let templates = service.resources.iter().flat_map(|resource| &resource.templates);
    templates.filter_map(|template| template.text.split(':').nth(2)).collect()
}

/// One service, before it is deflated.
fn chunk(service: &Service) -> Outcome<Vec<u8>> {
    let Service { actions, resources, keys, .. } = service;
    let dependents = dependents(service);
    let templates = resources.iter().flat_map(|resource| &resource.templates);
    let templates: Vec<&str> = templates.map(|template| template.text.as_str()).collect();

    let mut lines: Vec<&str> = actions.iter().map(|action| action.name.as_str()).collect();
    lines.extend(resources.iter().map(|resource| resource.name.as_str()));
    lines.extend(&templates);
    lines.extend(keys.iter().map(|key| key.name.as_str()));
    lines.extend(dependents.iter().map(|name| name.as_str()));

    let symbols = keys.iter().map(|key| &key.name).chain(dependents.iter().copied()).collect();
    let mut lists = Lists { symbols, numbers: BTreeMap::new(), in_order: Vec::new() };
    let columns = columns(service, &mut lists)?;

    let mut out = Writer(Vec::new());
    for count in [actions.len(), resources.len(), templates.len(), keys.len(), dependents.len()] {
        out.number(count);
    }
    out.text(&lines.join("\n"));
    out.0.extend(actions.iter().map(|action| action.access));
    out.0.extend(keys.iter().map(|key| key.value | if key.multivalued { MULTIVALUED } else { 0 }));
    out.number(lists.in_order.len());
    for list in &lists.in_order {
        out.number(list.len());
        for symbol in list {
            out.number(*symbol);
        }
    }
    out.0.extend(columns);
    Ok(out.0)
}

/// The actions that the service's actions name as needed besides them.
fn dependents(service: &Service) -> Vec<&String> {
    let of_actions = service.actions.iter().flat_map(|action| &action.dependents);
    let uses = service.actions.iter().flat_map(|action| &action.uses);
    let mut dependents: Vec<&String> =
        of_actions.chain(uses.flat_map(|used| &used.dependents)).collect();
    dependents.sort();
    dependents.dedup();
    dependents
}

/// What refers to other things, one column after the other: like next to like deflates best.
fn columns(service: &Service, lists: &mut Lists<'_>) -> Outcome<Vec<u8>> {
    let Service { actions, resources, .. } = service;
    let uses = || actions.iter().flat_map(|action| &action.uses);
    let mut out = Writer(Vec::new());
    for resource in resources {
        out.number(resource.templates.len());
    }
    let templates = resources.iter().flat_map(|resource| &resource.templates);
    out.0.extend(templates.map(|template| u8::from(template.ends_at_slash)));
    for resource in resources {
        out.number(lists.number(&resource.keys)?);
    }
    for action in actions {
        out.number(lists.number(&action.keys)?);
    }
    for action in actions {
        out.number(lists.number(&action.dependents)?);
    }
    for action in actions {
        out.number(action.uses.len());
    }
    for used in uses() {
        let number = resources.iter().position(|resource| resource.name == used.resource);
        let number = number.ok_or_else(|| format!("no resource type `{}`", used.resource))?;
        out.number(number * 2 + usize::from(used.required));
    }
    for used in uses() {
        out.number(lists.number(&used.keys)?);
    }
    for used in uses() {
        out.number(lists.number(&used.dependents)?);
    }
    Ok(out.0)
}

/// Lists of key names or actions, each kept once.
struct Lists<'a> {
    symbols: Vec<&'a String>,
    numbers: BTreeMap<Vec<usize>, usize>,
    in_order: Vec<Vec<usize>>,
}

impl Lists<'_> {
    fn number(&mut self, names: &[String]) -> Outcome<usize> {
        let symbol = |name: &String| {
            let found = self.symbols.iter().position(|symbol| *symbol == name);
            found.ok_or_else(|| format!("no condition key `{name}`"))
        };
        let list = names.iter().map(symbol).collect::<Outcome<Vec<_>>>()?;
        if let Some(number) = self.numbers.get(&list) {
            return Ok(*number);
        }
        let number = self.in_order.len();
        self.in_order.push(list.clone());
        self.numbers.insert(list, number);
        Ok(number)
    }
}

struct Writer(Vec<u8>);

impl Writer {
    /// Seven bits a byte, the lowest first; the eighth bit says that more follow.
    fn number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.0.push((number % 0x80) as u8 | 0x80);
            number /= 0x80;
        }
        self.0.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend(text.as_bytes());
    }

    fn strangers(&mut self, strangers: &BTreeMap<&str, Vec<usize>>) {
        self.number(strangers.len());
        for (name, services) in strangers {
            self.text(name);
            self.number(services.len());
            for service in services {
                self.number(*service);
            }
        }
    }
}

/// FNV-1a over every fact as a line, taken before anything is packed: the reader's tests take it
/// again over what they unpacked.
fn digest(package: &Package) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    let mut line = |line: String| {
        for byte in line.bytes().chain([b'\n']) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    };
    for service in &package.services {
        line(format!("service\t{}\t{}", service.prefix, service.rcp));
        for key in &service.keys {
            line(format!("key\t{}\t{}\t{}", key.name, key.value, key.multivalued));
        }
        for resource in &service.resources {
            line(format!("resource\t{}\t{}", resource.name, resource.keys.join(",")));
            for template in &resource.templates {
                line(format!("template\t{}\t{}", template.text, template.ends_at_slash));
            }
        }
        for action in &service.actions {
            let (keys, dependents) = (action.keys.join(","), action.dependents.join(","));
            line(format!("action\t{}\t{}\t{keys}\t{dependents}", action.name, action.access));
            for used in &action.uses {
                let (keys, dependents) = (used.keys.join(","), used.dependents.join(","));
                line(format!("use\t{}\t{}\t{keys}\t{dependents}", used.resource, used.required));
            }
        }
    }
    digest
}
