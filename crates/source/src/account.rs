//! A snapshot of a real account: `aws iam get-account-authorization-details`.
//!
//! Its roles, profiles and policies become resources in CloudFormation's shape, so that whoever looks for a role
//! finds those that the code does not hold. They are of [`Dialect::Account`]: nobody reports on them.

use std::collections::BTreeMap;
use std::sync::Arc;

use template::{Node, Place, Text};

use crate::graph::{Dialect, Graph, Lifecycle, Notice, Resource};
use crate::json;

/// Adds what `text` holds. Documents may be objects, or JSON in strings as the API gives it.
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
    let list = |name: &str| root.get(name).map(Node::elements).unwrap_or_default();
    if root.get("RoleDetailList").is_none() {
        let place = Place::new(file, 0, 0);
        let message =
            "no `RoleDetailList`: give the output of `aws iam get-account-authorization-details`";
        graph.notices.push(Notice::error(place, message));
        return;
    }
    for role in list("RoleDetailList") {
        let name = role.get("RoleName");
        let inline = role.get("RolePolicyList").map(Node::elements).unwrap_or_default();
        let managed = role.get("AttachedManagedPolicies").map(Node::elements).unwrap_or_default();
        let arns = managed.iter().filter_map(|policy| policy.get("PolicyArn").cloned()).collect();
        let body = [
            ("RoleName", name.cloned()),
            ("Path", role.get("Path").cloned()),
            ("Arn", role.get("Arn").cloned()),
            ("AssumeRolePolicyDocument", role.get("AssumeRolePolicyDocument").map(document)),
            ("Policies", Some(Node::list(inline.iter().map(inline_policy).collect(), role.place))),
            ("ManagedPolicyArns", Some(Node::list(arns, role.place))),
            (
                "PermissionsBoundary",
                role.get("PermissionsBoundary")
                    .and_then(|it| it.get("PermissionsBoundaryArn"))
                    .cloned(),
            ),
        ];
        add(graph, "AWS::IAM::Role", name, role.place, body.to_vec());
        for profile in role.get("InstanceProfileList").map(Node::elements).unwrap_or_default() {
            let name = profile.get("InstanceProfileName");
            let roles = role.get("RoleName").cloned().into_iter().collect();
            let body = [
                ("InstanceProfileName", name.cloned()),
                ("Path", profile.get("Path").cloned()),
                ("Roles", Some(Node::list(roles, profile.place))),
            ];
            add(graph, "AWS::IAM::InstanceProfile", name, profile.place, body.to_vec());
        }
    }
    for policy in list("Policies") {
        let versions = policy.get("PolicyVersionList").map(Node::elements).unwrap_or_default();
        let is_default =
            |version: &&Node| version.get("IsDefaultVersion").and_then(Node::as_bool) == Some(true);
        let current = versions.iter().find(is_default).and_then(|version| version.get("Document"));
        let body = [
            ("ManagedPolicyName", policy.get("PolicyName").cloned()),
            ("Arn", policy.get("Arn").cloned()),
            ("PolicyDocument", current.map(document)),
        ];
        add(graph, "AWS::IAM::ManagedPolicy", policy.get("Arn"), policy.place, body.to_vec());
    }
}

fn inline_policy(policy: &Node) -> Node {
    let body = policy.get("PolicyDocument").map(document);
    let entries = body.map(|body| (Text::literal("PolicyDocument"), body));
    Node::map(entries.into_iter().collect(), policy.place)
}

/// The API gives documents percent-encoded; the command line decodes them.
fn document(node: &Node) -> Node {
    let Some(text) = node.as_str() else { return node.clone() };
    let decoded = percent_decoded(text);
    match json::parse(&decoded, None, node.place) {
        Ok(tree) => Node { decoded: Some(Arc::new(tree)), ..Node::text(&decoded, node.place) },
        Err(_) => node.clone(),
    }
}

fn percent_decoded(text: &str) -> String {
    if !text.starts_with('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
        let digits = std::str::from_utf8(&digits).unwrap_or("3f");
        bytes.push(u8::from_str_radix(digits, 16).unwrap_or(b'?'));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn add(
    graph: &mut Graph,
    kind: &str,
    name: Option<&Node>,
    place: Place,
    body: Vec<(&str, Option<Node>)>,
) {
    let name = name.and_then(Node::as_str).unwrap_or_default();
    let address: Arc<str> = format!("account {kind} {name}").into();
    let entries: BTreeMap<Text, Node> =
        body.into_iter().filter_map(|(key, node)| Some((Text::literal(key), node?))).collect();
    graph.add(Resource {
        address: address.clone(),
        block: address,
        kind: kind.into(),
        is_data: false,
        dialect: Dialect::Account,
        body: Node::map(entries, place),
        place,
        extent: place,
        is_certain: true,
        lifecycle: Lifecycle::default(),
        provider: None,
        change: None,
    });
}
