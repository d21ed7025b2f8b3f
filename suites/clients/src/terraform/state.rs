//! What a state holds, in the form in which it can be imported.

use serde_json::Value;

/// Address and import id of each resource of a state.
pub(super) fn imports(state: &str) -> Vec<(String, String)> {
    let state: Value = serde_json::from_str(state).expect("a state is JSON");
    let resources = state["resources"].as_array().expect("resources").iter();
    let managed = resources.filter(|resource| resource["mode"] == "managed");
    managed
        .flat_map(|resource| {
            let kind = resource["type"].as_str().expect("a type");
            let name = resource["name"].as_str().expect("a name");
            let instances = resource["instances"].as_array().expect("instances").iter();
            instances.map(move |instance| {
                (format!("{kind}.{name}"), import_id(kind, &instance["attributes"]))
            })
        })
        .collect()
}

/// By what a resource is imported: by its id, with few exceptions.
fn import_id(kind: &str, attributes: &Value) -> String {
    let text = |name: &str| attributes[name].as_str().expect(name);
    match kind {
        "aws_iam_role_policy_attachment" => format!("{}/{}", text("role"), text("policy_arn")),
        _ => text("id").to_owned(),
    }
}
