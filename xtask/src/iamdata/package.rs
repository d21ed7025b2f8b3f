//! The package's JSON as plain data: sorted, checked, and without what is not kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::Outcome;
use crate::wheel::read;

/// Keys that actions name and the package does not define, with the type that they get.
///
/// `PCR8:ServiceName` is unverified: its siblings `PCR0` to `PCR31` are all of type String.
const UNDEFINED_KEYS: [(&str, &str); 1] = [("kms:RecipientAttestation:PCR8:ServiceName", "String")];

pub(super) struct Package {
    pub(super) version: String,
    pub(super) updated: String,
    /// In the order of their prefixes.
    pub(super) services: Vec<Service>,
}

pub(super) struct Service {
    pub(super) prefix: String,
    /// Whether resource control policies reach its resources.
    pub(super) rcp: bool,
    pub(super) actions: Vec<Action>,
    pub(super) resources: Vec<Resource>,
    pub(super) keys: Vec<Key>,
}

pub(super) struct Action {
    pub(super) name: String,
    /// 0 list, 1 read, 2 write, 3 tagging, 4 permissions management.
    pub(super) access: u8,
    pub(super) uses: Vec<Use>,
    pub(super) keys: Vec<String>,
    pub(super) dependents: Vec<String>,
}

pub(super) struct Use {
    pub(super) resource: String,
    pub(super) required: bool,
    pub(super) keys: Vec<String>,
    pub(super) dependents: Vec<String>,
}

pub(super) struct Resource {
    pub(super) name: String,
    pub(super) templates: Vec<Template>,
    pub(super) keys: Vec<String>,
}

pub(super) struct Template {
    pub(super) text: String,
    /// The name at the end holds no `/`: another type goes on with one.
    pub(super) ends_at_slash: bool,
}

pub(super) struct Key {
    pub(super) name: String,
    /// 0 String, 1 Numeric, 2 Date, 3 Bool, 4 ARN, 5 IPAddress, 6 Binary.
    pub(super) value: u8,
    pub(super) multivalued: bool,
}

impl Package {
    /// Reads the package's `data` folder.
    ///
    /// # Errors
    /// Anything missing, of another shape, or of a kind that this program does not know yet: a new
    /// access level or key type must be looked at, not guessed.
    pub(super) fn read(data: &Path) -> Outcome<Self> {
        let metadata = json(&data.join("metadata.json"))?;
        let rcp = strings(&json(&data.join("rcpSupportedServices.json"))?)?;
        let mut prefixes = strings(&json(&data.join("services.json"))?)?;
        sort(&mut prefixes, |prefix| prefix);
        let services = prefixes.into_iter().map(|prefix| {
            let part = |part: &str| json(&data.join(part).join(format!("{prefix}.json")));
            let service = Service {
                rcp: rcp.contains(&prefix),
                actions: actions(&part("actions")?)?,
                resources: resources(&part("resourceTypes")?)?,
                keys: keys(&part("conditionKeys")?)?,
                prefix,
            };
            service.completed()
        });
        let mut services: Vec<Service> = services.collect::<Outcome<_>>()?;
        close_templates(&mut services);
        let (version, updated) = (text(&metadata, "version")?, text(&metadata, "updatedAt")?);
        Ok(Self { version, updated, services })
    }

    /// How much there is, in words.
    pub(super) fn counts(&self) -> String {
        let sum = |count: fn(&Service) -> usize| self.services.iter().map(count).sum::<usize>();
        format!(
            "{} services, {} actions, {} resource types, {} condition keys",
            self.services.len(),
            sum(|service| service.actions.len()),
            sum(|service| service.resources.len()),
            sum(|service| service.keys.len()),
        )
    }
}

impl Service {
    /// Adds the keys that are used but not defined.
    fn completed(mut self) -> Outcome<Self> {
        let used = self.actions.iter().flat_map(|action| {
            action.keys.iter().chain(action.uses.iter().flat_map(|used| &used.keys))
        });
        let used: Vec<String> = used
            .chain(self.resources.iter().flat_map(|resource| &resource.keys))
            .cloned()
            .collect();
        for name in used {
            if self.keys.iter().any(|key| key.name == name) {
                continue;
            }
            let kind = UNDEFINED_KEYS.iter().find(|(key, _)| *key == name).map(|(_, kind)| kind);
            let kind = kind.ok_or_else(|| {
                format!("`{}` uses `{name}` and does not define it: add its type", self.prefix)
            })?;
            self.keys.push(key(name, kind)?);
        }
        sort(&mut self.keys, |key| &key.name);

        Ok(self)
    }
}

fn actions(all: &Value) -> Outcome<Vec<Action>> {
    let mut actions = entries(all)?
        .map(|action| {
            Ok(Action {
                name: text(action, "name")?,
                access: access(&text(action, "accessLevel")?)?,
                uses: uses(action)?,
                keys: list(action, "conditionKeys")?,
                dependents: list(action, "dependentActions")?,
            })
        })
        .collect::<Outcome<Vec<_>>>()?;
    sort(&mut actions, |action| &action.name);
    Ok(actions)
}

/// The resource types of an action; the few that are listed twice become one.
fn uses(action: &Value) -> Outcome<Vec<Use>> {
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    let listed = action.get("resourceTypes").and_then(Value::as_array);
    for entry in listed.ok_or("an action has no resourceTypes")? {
        let resource = text(entry, "name")?;
        let found = Use {
            required: entry.get("required").and_then(Value::as_bool).ok_or("no `required`")?,
            keys: list(entry, "conditionKeys")?,
            dependents: list(entry, "dependentActions")?,
            resource: resource.clone(),
        };
        let merged = match uses.remove(&resource) {
            Some(first) => Use {
                required: first.required || found.required,
                keys: merge(first.keys, found.keys),
                dependents: merge(first.dependents, found.dependents),
                resource: first.resource,
            },
            None => found,
        };
        uses.insert(resource, merged);
    }
    Ok(uses.into_values().collect())
}

fn resources(all: &Value) -> Outcome<Vec<Resource>> {
    let mut resources = entries(all)?
        .map(|resource| {
            // A few types have several templates; the package joins them with a comma.
            let templates = text(resource, "arn")?;
            let templates = templates
                .split(", ")
                .map(|text| Template { text: text.trim().to_owned(), ends_at_slash: false });
            Ok(Resource {
                name: text(resource, "key")?,
                templates: templates.collect(),
                keys: list(resource, "conditionKeys")?,
            })
        })
        .collect::<Outcome<Vec<_>>>()?;
    sort(&mut resources, |resource| &resource.name);
    Ok(resources)
}

/// Finds the templates that end at a slash. All services together, because some list another's types.
fn close_templates(services: &mut [Service]) {
    let resources = services.iter().flat_map(|service| &service.resources);
    let templates = resources.flat_map(|resource| &resource.templates);
    let texts: BTreeSet<String> = templates.map(|template| template.text.clone()).collect();
    let resources = services.iter_mut().flat_map(|service| &mut service.resources);
    for template in resources.flat_map(|resource| &mut resource.templates) {
        let longer = format!("{}/", template.text);
        let goes_on = texts.range(longer.clone()..).next();
        template.ends_at_slash =
            longer.ends_with("}/") && goes_on.is_some_and(|next| next.starts_with(&longer));
    }
}

fn keys(all: &Value) -> Outcome<Vec<Key>> {
    entries(all)?.map(|entry| key(text(entry, "key")?, &text(entry, "type")?)).collect()
}

fn key(name: String, kind: &str) -> Outcome<Key> {
    let (multivalued, kind) = match kind.strip_prefix("ArrayOf") {
        Some(kind) => (true, kind),
        None => (false, kind),
    };
    let names = ["String", "Numeric", "Date", "Bool", "ARN", "IPAddress", "Binary"];
    let value = (0..).zip(names).find(|(_, name)| *name == kind).map(|(value, _)| value);
    let value = value.ok_or_else(|| format!("unknown type `{kind}` of condition key `{name}`"))?;
    Ok(Key { name, value, multivalued })
}

/// AWS's five access levels; the package adds `Write` to the last two.
fn access(level: &str) -> Outcome<u8> {
    match level {
        "List" => Ok(0),
        "Read" => Ok(1),
        "Write" => Ok(2),
        "Tagging, Write" => Ok(3),
        "Permissions management, Write" => Ok(4),
        other => Err(format!("unknown access level `{other}`")),
    }
}

fn merge(mut first: Vec<String>, second: Vec<String>) -> Vec<String> {
    first.extend(second);
    sort(&mut first, |name| name);
    first.dedup();
    first
}

/// The order in which the catalogue is searched: by ASCII bytes without regard to case.
fn sort<T>(all: &mut [T], name: impl Fn(&T) -> &String) {
    all.sort_by_cached_key(|item| (name(item).to_ascii_lowercase(), name(item).clone()));
}

fn json(path: &Path) -> Outcome<Value> {
    serde_json::from_str(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn entries(all: &Value) -> Outcome<impl Iterator<Item = &Value>> {
    Ok(all.as_object().ok_or("not an object of entries")?.values())
}

fn strings(value: &Value) -> Outcome<Vec<String>> {
    let wrong = || format!("not a list of strings: {value}");
    let items = value.as_array().ok_or_else(wrong)?;
    items.iter().map(|item| plain(item.as_str().ok_or_else(wrong)?)).collect()
}

/// A list of names; one that is missing is empty.
fn list(entry: &Value, field: &str) -> Outcome<Vec<String>> {
    let mut names = entry.get(field).map_or(Ok(Vec::new()), strings)?;
    sort(&mut names, |name| name);
    names.dedup();
    Ok(names)
}

fn text(entry: &Value, field: &str) -> Outcome<String> {
    let text = entry.get(field).and_then(Value::as_str);
    plain(text.ok_or_else(|| format!("no text `{field}` in {entry}"))?)
}

/// Names are lines of the table's text, so they are printable ASCII.
fn plain(text: &str) -> Outcome<String> {
    let fits = !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if fits { Ok(text.to_owned()) } else { Err(format!("not a name: {text:?}")) }
}
