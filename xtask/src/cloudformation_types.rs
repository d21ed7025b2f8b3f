//! `cargo xtask cloudformation-types`: renews the table behind `cloudformation::resource::schema`.
//!
//! Downloads the PyPI package `cfn-lint` (MIT-0), which carries AWS's schemas of all resource types, takes what
//! is needed of those that rolecall makes and writes `crates/cloudformation/data`: the same package always gives
//! the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Outcome;
use crate::wheel::{self, read, write};

/// The version in the repository, and what its wheel must hash to.
const PINNED_VERSION: &str = "1.51.0";
const PINNED_SHA256: &str = "116d4f9c7c7d039e69c01c31fe9ff309ff79f0884c859ea92b353507903dd89e";

/// The region whose schemas are taken: it has all types.
const REGION: &str = "us_east_1";
/// Every type that rolecall makes.
const TYPES: &[&str] = &[
    "AWS::CloudFormation::Stack",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::EC2::EIP",
    "AWS::EC2::EIPAssociation",
    "AWS::EC2::Instance",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::NatGateway",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::Volume",
    "AWS::EC2::VolumeAttachment",
    "AWS::IAM::AccessKey",
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::ServiceLinkedRole",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
];

/// Writes `types.json` and `ATTRIBUTION.md` from the package version asked for.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let version = match arguments {
        [] => PINNED_VERSION,
        [flag, version] if flag == "--version" => version.as_str(),
        _ => return Err("usage: cargo xtask cloudformation-types [--version VERSION]".to_owned()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sha256 = (version == PINNED_VERSION).then_some(PINNED_SHA256);
    let unpacked = wheel::unpack(&root.join("target/cfn-lint"), "cfn_lint", version, sha256)?;
    let licence = read(&unpacked.join(format!("cfn_lint-{version}.dist-info/licenses/LICENSE")))?;
    if !licence.contains("without restriction") {
        return Err("cfn-lint is no longer under MIT-0: read its licence".to_owned());
    }
    let schemas = unpacked.join("cfnlint/data/schemas");
    let names = names(&read(&schemas.join(format!("providers/{REGION}.py")))?);
    let mut lines = Vec::new();
    for name in TYPES {
        let file = names.get(*name).ok_or_else(|| format!("cfn-lint has no `{name}`"))?;
        let text = read(&schemas.join(format!("resources/{file}.json")))?;
        let schema = serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        lines.push(format!("{}: {}", json!(name), of_type(&schema)));
    }
    let data = root.join("crates/cloudformation/data");
    fs::create_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    write(&data.join("types.json"), format!("{{\n{}\n}}\n", lines.join(",\n")).as_bytes())?;
    write(&data.join("ATTRIBUTION.md"), attribution(version).as_bytes())?;
    println!("cfn-lint {version}: {} types", TYPES.len());
    Ok(())
}

/// Which file has the schema of which type, from lines such as `"AWS::IAM::Role": "0123456789abcdef",`.
fn names(python: &str) -> BTreeMap<String, String> {
    let quoted = |text: &str| {
        let text = text.trim().trim_end_matches(',');
        text.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
    };
    let pair = |line: &str| {
        let (name, file) = line.split_once("\": ")?;
        Some((quoted(&format!("{name}\""))?, quoted(file)?))
    };
    python.lines().filter_map(pair).collect()
}

/// Types all of whose properties are attributes, too (`_getatts.py` of the package).
const TELLING_ALL: &[&str] =
    &["AWS::EC2::Instance", "AWS::EC2::SecurityGroup", "AWS::EC2::Subnet", "AWS::EC2::VPC"];

/// What is needed of a schema.
fn of_type(schema: &Value) -> Value {
    let definitions = schema.get("definitions").unwrap_or(&Value::Null);
    let read_only = paths(schema, "readOnlyProperties");
    let mut attributes = read_only.clone();
    let mut properties = object(schema, definitions);
    if let Some(all) = properties.as_object_mut() {
        all.retain(|name, _| !read_only.contains(name));
        let type_name = schema.get("typeName").and_then(Value::as_str).unwrap_or_default();
        if TELLING_ALL.contains(&type_name) {
            attributes.extend(all.keys().cloned());
        }
    }
    let mut shapes = Map::new();
    if let Some(definitions) = definitions.as_object() {
        for (name, definition) in definitions {
            if definition.get("properties").is_some() {
                let required = definition.get("required").cloned().unwrap_or_else(|| json!([]));
                let properties = object(definition, &schema["definitions"]);
                let shape = json!({"properties": properties, "required": required});
                shapes.insert(name.clone(), shape);
            }
        }
    }
    let mut create_only = paths(schema, "createOnlyProperties");
    create_only.extend(paths(schema, "conditionalCreateOnlyProperties"));
    // One that a template may set and nobody can change.
    let name = match paths(schema, "primaryIdentifier").as_slice() {
        [one] if create_only.contains(one) && !read_only.contains(one) => json!(one),
        _ => Value::Null,
    };
    let all = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let counts: Map<String, Value> = all
        .iter()
        .filter(|(name, _)| properties.get(name.as_str()).is_some())
        .filter_map(|(name, of)| {
            let bounds = [of.get("minItems"), of.get("maxItems")];
            bounds.iter().any(Option::is_some).then(|| (name.clone(), json!(bounds)))
        })
        .collect();
    json!({
        "counts": counts,
        "properties": properties,
        "required": schema.get("required").cloned().unwrap_or_else(|| json!([])),
        "create_only": create_only,
        "name": name,
        "attributes": attributes,
        "shapes": shapes,
    })
}

/// The paths of a list of JSON pointers, with dots: `Endpoint.Address`.
fn paths(schema: &Value, list: &str) -> Vec<String> {
    let pointers = schema.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
    let path = |pointer: &Value| {
        let path = pointer.as_str()?.strip_prefix("/properties/")?;
        Some(path.replace("/properties/", ".").replace('/', "."))
    };
    pointers.iter().filter_map(path).collect()
}

fn object(schema: &Value, definitions: &Value) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object).cloned();
    let typed = |(name, of): (String, Value)| (name, Value::String(kind(&of, definitions)));
    Value::Object(properties.unwrap_or_default().into_iter().map(typed).collect())
}

/// A type's name: `String`, `List<Tag>`, `Map<String>`, `Object|String`.
fn kind(schema: &Value, definitions: &Value) -> String {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.trim_start_matches("#/definitions/");
        let definition = &definitions[name];
        let is_shape = definition.get("properties").is_some();
        return if is_shape { name.to_owned() } else { kind(definition, definitions) };
    }
    let one = |word: &str| match word {
        "string" => "String".to_owned(),
        "integer" => "Integer".to_owned(),
        "number" => "Number".to_owned(),
        "boolean" => "Boolean".to_owned(),
        "array" => match schema.get("items") {
            Some(items) => format!("List<{}>", kind(items, definitions)),
            None => "List<Any>".to_owned(),
        },
        _ => match schema.get("patternProperties").and_then(Value::as_object) {
            Some(patterns) if schema.get("properties").is_none() => {
                let of = patterns.values().next().map(|of| kind(of, definitions));
                format!("Map<{}>", of.unwrap_or_else(|| "Any".to_owned()))
            }
            _ => "Object".to_owned(),
        },
    };
    match schema.get("type") {
        Some(Value::String(word)) => one(word),
        Some(Value::Array(words)) => {
            let mut kinds: Vec<String> = words.iter().filter_map(Value::as_str).map(one).collect();
            kinds.sort();
            kinds.join("|")
        }
        _ => "Any".to_owned(),
    }
}

/// What the repository says about where the facts come from.
fn attribution(version: &str) -> String {
    format!(
        "# Where `types.json` comes from\n\n\
         The facts are AWS's public schemas of {} CloudFormation resource types: properties and their types, which \
         of them are required, which cannot be changed, and the attributes for `Fn::GetAtt`.\n\
         They are read from the package [`cfn-lint`](https://pypi.org/project/cfn-lint/), version {version}, which \
         carries them; `cargo xtask cloudformation-types` writes both this file and `types.json`.\n\n\
         `cfn-lint` is published under MIT-0 (MIT No Attribution). Copyright Amazon.com, Inc. or its affiliates.\n",
        TYPES.len()
    )
}
