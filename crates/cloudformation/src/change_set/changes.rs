//! What a template would change of a stack, and why.

use std::collections::BTreeSet;

use cloud::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::View;
use template::{Kind as SyntaxKind, Syntax};

use crate::blueprint::Blueprint;
use crate::blueprint::evaluation::{Values, World, known_json};
use crate::blueprint::plan::{Plan, Planned};
use crate::resource::Kind;
use crate::resource::schema::Schema;
use crate::stack::begin::Intent;
use crate::stack::{self, StackRow};
use crate::stack_resource::{self, Existing, Retention};

/// A change of one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// `Add`, `Modify`, `Remove`
    pub action: String,
    /// Which resource.
    pub logical_resource_id: String,
    /// What it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_resource_id: Option<String>,
    /// Of which type.
    pub resource_type: String,
    /// `True`, `False`, `Conditional`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// What becomes of one that leaves the stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_action: Option<String>,
    /// `Properties`, `Tags`, …
    pub scope: Vec<String>,
    /// Why.
    pub details: Vec<Detail>,
}

/// Why a resource changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Detail {
    /// What changes.
    pub target: Target,
    /// `Static` for what is known, `Dynamic` for what is known only when it is done.
    pub evaluation: String,
    /// `DirectModification`, `ParameterReference`, `ResourceReference`, `ResourceAttribute`
    pub change_source: String,
    /// The parameter, resource or attribute that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causing_entity: Option<String>,
}

/// What changes of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    /// `Properties`, `Tags`, …
    pub attribute: String,
    /// Which property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Never`, `Always`
    pub requires_recreation: String,
}

/// What is looked at.
struct Comparison<'c> {
    stack: &'c StackRow,
    intent: &'c Intent,
    values: &'c Values,
    view: &'c View,
    rows: Vec<(String, &'c Existing)>,
    /// Those whose physical id is another one afterwards, or is not known.
    renewed: BTreeSet<String>,
    /// Those of which something changes.
    modified: BTreeSet<String>,
}

/// What `plan` changes of `stack`.
///
/// # Errors
/// What cannot be evaluated.
pub fn of(
    view: &View,
    stack: &StackRow,
    intent: &Intent,
    plan: &Plan,
) -> Result<Vec<Change>, Fault> {
    let rows = stack_resource::of_stack(view, stack);
    let rows: Vec<(String, &Existing)> =
        rows.filter_map(|row| Some((row.logical_id.clone(), row.now.as_ref()?))).collect();
    let values =
        Values::new(&intent.blueprint, &intent.parameters, &intent.resolved, stack::pseudo(stack));
    let mut comparison = Comparison {
        stack,
        intent,
        values: &values,
        view,
        rows,
        renewed: BTreeSet::new(),
        modified: BTreeSet::new(),
    };
    let mut changes = Vec::new();
    for planned in in_order(plan) {
        changes.extend(comparison.of_one(planned)?);
    }
    for (id, existing) in &comparison.rows {
        if plan.resources.iter().any(|planned| planned.id == *id) {
            continue;
        }
        let stays = existing.deletion != Retention::Delete;
        changes.push(Change {
            action: "Remove".to_owned(),
            logical_resource_id: id.clone(),
            physical_resource_id: Some(existing.physical.id.clone()),
            resource_type: existing.kind.clone(),
            replacement: None,
            policy_action: Some(if stays { "Retain" } else { "Delete" }.to_owned()),
            scope: Vec::new(),
            details: Vec::new(),
        });
    }
    changes.sort_by(|a, b| a.logical_resource_id.cmp(&b.logical_resource_id));
    Ok(changes)
}

/// Those that others need come first.
fn in_order(plan: &Plan) -> Vec<&Planned> {
    let mut left: Vec<&Planned> = plan.resources.iter().collect();
    let mut ordered: Vec<&Planned> = Vec::new();
    while !left.is_empty() {
        let is_left = |id: &String| left.iter().any(|it| it.id == *id);
        let (ready, rest): (Vec<&Planned>, Vec<&Planned>) =
            left.iter().copied().partition(|planned| !planned.needs.iter().any(is_left));
        if ready.is_empty() {
            break;
        }
        ordered.extend(ready);
        left = rest;
    }
    ordered
}

impl Comparison<'_> {
    fn existing(&self, id: &str) -> Option<&Existing> {
        self.rows.iter().find(|(known, _)| known == id).map(|(_, existing)| *existing)
    }

    fn of_one(&mut self, planned: &Planned) -> Result<Option<Change>, Fault> {
        let Some(old) = self.existing(&planned.id).cloned() else {
            self.renewed.insert(planned.id.clone());
            return Ok(Some(Change {
                action: "Add".to_owned(),
                logical_resource_id: planned.id.clone(),
                physical_resource_id: None,
                resource_type: planned.kind.clone(),
                replacement: None,
                policy_action: None,
                scope: Vec::new(),
                details: Vec::new(),
            }));
        };
        let new = self.properties(planned)?;
        let details = self.details(planned, &old, &new);
        let mut scope: BTreeSet<&str> =
            details.iter().map(|detail| detail.target.attribute.as_str()).collect();
        if old.deletion != planned.deletion {
            scope.insert("DeletionPolicy");
        }
        if old.replacement != planned.replacement {
            scope.insert("UpdateReplacePolicy");
        }
        if scope.is_empty() {
            return Ok(None);
        }
        let renews = |evaluation: &str| {
            details.iter().any(|detail| {
                detail.target.requires_recreation == "Always" && detail.evaluation == evaluation
            })
        };
        let by_type = Kind::named(&planned.kind)
            .is_some_and(|it| it.replaces(&old.properties, &new).is_some());
        let replacement = match (renews("Static"), renews("Dynamic")) {
            (true, _) => "True",
            (false, true) => "Conditional",
            (false, false) if by_type => "True",
            (false, false) => "False",
        };
        if !details.is_empty() {
            self.modified.insert(planned.id.clone());
        }
        if replacement != "False" {
            self.renewed.insert(planned.id.clone());
        }
        Ok(Some(Change {
            action: "Modify".to_owned(),
            logical_resource_id: planned.id.clone(),
            physical_resource_id: Some(old.physical.id.clone()),
            resource_type: planned.kind.clone(),
            replacement: Some(replacement.to_owned()),
            policy_action: (replacement == "True").then(|| {
                // As API reference, `ResourceChange`.
                let stays = planned.replacement != Retention::Delete;
                if stays { "ReplaceAndRetain" } else { "ReplaceAndDelete" }.to_owned()
            }),
            scope: scope.into_iter().map(str::to_owned).collect(),
            details,
        }))
    }

    /// The new properties; what is known only when it is done has a mark in its place.
    fn properties(&self, planned: &Planned) -> Result<Value, Fault> {
        let resource = self.intent.blueprint.document.resource(&planned.id);
        let Some(properties) = resource.and_then(|resource| resource.properties.as_ref()) else {
            return Ok(json!({}));
        };
        let existing = |id: &str| self.existing(id).filter(|_| !self.renewed.contains(id));
        let world = World {
            existing: &existing,
            view: self.view,
            account: self.stack.account,
            region: &self.stack.region,
            resolved: &self.intent.resolved,
        };
        let (node, _) = self
            .values
            .with(&self.intent.blueprint, &world, |evaluator| evaluator.evaluate(properties));
        let mut properties = known_json(&node);
        if let Some(schema) = Schema::of(&planned.kind) {
            // What does not fit fails when it is done.
            let _ = schema.fit(&mut properties);
            let mut stack = self.stack.clone();
            stack.spec.tags.clone_from(&self.intent.tags);
            stack::add_tags(&stack, schema, &mut properties);
        }
        Ok(properties)
    }

    fn details(&self, planned: &Planned, old: &Existing, new: &Value) -> Vec<Detail> {
        let schema = Schema::of(&planned.kind);
        let names: BTreeSet<&String> = [&old.properties, new]
            .into_iter()
            .filter_map(Value::as_object)
            .flat_map(serde_json::Map::keys)
            .collect();
        names
            .into_iter()
            .filter_map(|name| {
                let is_tags = name == "Tags";
                let recreates = schema.is_some_and(|schema| schema.is_create_only(name));
                let differs = old.properties.get(name) != new.get(name);
                let attribute = self.attribute_of_modified(planned, name);
                if !differs && attribute.is_none() {
                    return None;
                }
                let is_known = differs && !new.get(name).is_some_and(has_mark);
                let (source, entity) = match attribute {
                    Some(attribute) if !differs => ("ResourceAttribute", Some(attribute)),
                    _ => self.cause(planned, name),
                };
                Some(Detail {
                    target: Target {
                        attribute: if is_tags { "Tags" } else { "Properties" }.to_owned(),
                        name: (!is_tags).then(|| name.clone()),
                        requires_recreation: if recreates { "Always" } else { "Never" }.to_owned(),
                    },
                    evaluation: if is_known { "Static" } else { "Dynamic" }.to_owned(),
                    change_source: source.to_owned(),
                    causing_entity: entity,
                })
            })
            .collect()
    }

    /// The attribute that a property takes from a resource which changes and stays: what it is then is known only
    /// when it is done (user guide, "Change set details", dynamic evaluation).
    fn attribute_of_modified(&self, planned: &Planned, property: &str) -> Option<String> {
        let resource = self.intent.blueprint.document.resource(&planned.id);
        let mut found = Vec::new();
        references(resource?.properties.as_ref()?.get(property)?, &mut found);
        let of_modified = |id: &String| self.modified.contains(id) && !self.renewed.contains(id);
        let mut found = found.into_iter().filter(|(id, _)| of_modified(id));
        found.find_map(|(id, attribute)| Some(format!("{id}.{}", attribute?)))
    }

    /// What a changed property follows from.
    fn cause(&self, planned: &Planned, property: &str) -> (&'static str, Option<String>) {
        let resource = self.intent.blueprint.document.resource(&planned.id);
        let syntax = resource.and_then(|it| it.properties.as_ref()?.get(property));
        let Some(syntax) = syntax else { return ("DirectModification", None) };
        let mut found = Vec::new();
        references(syntax, &mut found);
        for (id, attribute) in &found {
            if self.renewed.contains(id) {
                return match attribute {
                    Some(attribute) => ("ResourceAttribute", Some(format!("{id}.{attribute}"))),
                    None => ("ResourceReference", Some(id.clone())),
                };
            }
        }
        let (before, after) = (&self.stack.spec, self.intent);
        for (name, _) in &found {
            let differs = before.parameters.get(name) != after.parameters.get(name)
                || before.resolved.get(name) != after.resolved.get(name);
            if after.parameters.contains_key(name) && differs {
                return ("ParameterReference", Some(name.clone()));
            }
        }
        ("DirectModification", None)
    }
}

fn has_mark(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(crate::blueprint::evaluation::AFTER_APPLY),
        Value::Array(elements) => elements.iter().any(has_mark),
        Value::Object(members) => members.values().any(has_mark),
        _ => false,
    }
}

/// The names that a piece refers to, with the attribute if it is one.
fn references(syntax: &Syntax, found: &mut Vec<(String, Option<String>)>) {
    match &syntax.kind {
        SyntaxKind::List(elements) => elements.iter().for_each(|it| references(it, found)),
        SyntaxKind::Map(entries) => entries.iter().for_each(|it| references(&it.value, found)),
        SyntaxKind::Call(name, argument) => match (&**name, argument.elements()) {
            ("Ref", _) => found.extend(argument.as_str().map(|name| (name.to_owned(), None))),
            ("Fn::GetAtt", [id, attribute]) => {
                let both = id.as_str().zip(attribute.as_str());
                found.extend(both.map(|(id, it)| (id.to_owned(), Some(it.to_owned()))));
            }
            ("Fn::Sub", elements) => {
                let text = elements.first().unwrap_or(argument).as_str().unwrap_or_default();
                for piece in text.split("${").skip(1) {
                    let name = piece.split('}').next().unwrap_or_default();
                    found.push(match name.split_once('.') {
                        Some((id, it)) => (id.to_owned(), Some(it.to_owned())),
                        None => (name.to_owned(), None),
                    });
                }
                elements.iter().skip(1).for_each(|it| references(it, found));
            }
            _ => references(argument, found),
        },
        _ => {}
    }
}

/// Whether the outputs of two templates are written the same.
#[must_use]
pub fn has_same_outputs(old: &Blueprint, new: &Blueprint) -> bool {
    let outputs = |blueprint: &Blueprint| blueprint.section("Outputs").map(crate::blueprint::plain);
    outputs(old) == outputs(new)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::Stacks;

    fn template(size: &str, name: &str) -> String {
        format!(
            "Resources:\n  T:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateName: {name}\n      \
             LaunchTemplateData: {{InstanceType: {size}}}\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      \
             CidrBlock: 10.0.0.0/16\n      Tags: [{{Key: version, Value: !GetAtt T.LatestVersionNumber}}, \
             {{Key: id, Value: !Ref T}}]\n"
        )
    }

    /// For each change: which resource, whether it is replaced, and what becomes of what was there.
    fn changes(size: &str, name: &str) -> Vec<(String, String, String, String)> {
        let stacks = Stacks::new();
        stacks.create("s", &template("t3.micro", "one")).unwrap();
        assert_eq!(stacks.status("s"), "CREATE_COMPLETE", "{:#?}", stacks.events("s"));
        let mut input = Stacks::input("s", &template(size, name));
        input["ChangeSetName"] = json!("c");
        stacks.run("CreateChangeSet", input).unwrap();
        let of_it = json!({"StackName": "s", "ChangeSetName": "c"});
        let told = stacks.run("DescribeChangeSet", of_it).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
        let shown = told["Changes"].as_array().into_iter().flatten().map(|it| {
            let it = &it["ResourceChange"];
            let cause = &it["Details"][0]["CausingEntity"];
            let id = text(&it["LogicalResourceId"]);
            (id, text(&it["Replacement"]), text(&it["PolicyAction"]), text(cause))
        });
        shown.collect()
    }

    fn change(
        id: &str,
        replaced: &str,
        action: &str,
        cause: &str,
    ) -> (String, String, String, String) {
        (id.to_owned(), replaced.to_owned(), action.to_owned(), cause.to_owned())
    }

    #[test]
    fn what_takes_an_attribute_may_change_with_it() {
        let version = change("V", "False", "-", "T.LatestVersionNumber");
        let grown = change("T", "False", "-", "-");
        assert_eq!(changes("t3.small", "one"), [grown, version]);
    }

    #[test]
    fn what_is_replaced_is_deleted_afterwards() {
        let version = change("V", "False", "-", "T.LatestVersionNumber");
        let renamed = change("T", "True", "ReplaceAndDelete", "-");
        assert_eq!(changes("t3.micro", "two"), [renamed, version]);
    }
}
