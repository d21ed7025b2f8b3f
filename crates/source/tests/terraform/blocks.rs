//! Blocks that say what becomes of resources: their providers, and what is imported.

use super::graph;

#[test]
fn providers_are_followed_into_modules() {
    let call = |more: &str| format!("module \"m\" {{\n  source = \"./m\"\n{more}\n}}\n");
    let passed = |more: &str| call(&format!("  providers = {{ {more} }}"));
    for (root, module, expected) in [
        (call(""), "", Some("databricks")),
        (passed("databricks = databricks.mws"), "", Some("databricks.mws")),
        (passed("databricks.account = databricks.mws"), "", Some("databricks")),
        (
            passed("databricks.account = databricks.mws"),
            "provider = databricks.account",
            Some("databricks.mws"),
        ),
        // Nobody passes it on.
        (call(""), "provider = databricks.account", None),
    ] {
        let inner = format!("resource \"databricks_cluster\" \"c\" {{\n  {module}\n}}\n");
        let graph = graph(&[("main.tf", &root), ("m/main.tf", &inner)]);
        let resource = graph.resource("module.m.databricks_cluster.c").unwrap();
        assert_eq!(resource.provider.as_deref(), expected, "{root}{inner}");
    }
    // A module's own configuration is its own; an empty block only says that there is one.
    for (own, expected) in [("host = \"https://x\"", None), ("", Some("databricks"))] {
        let inner = format!(
            "provider \"databricks\" {{\n  {own}\n}}\nresource \"databricks_cluster\" \"c\" {{}}\n"
        );
        let graph = graph(&[("main.tf", &call("")), ("m/main.tf", &inner)]);
        let resource = graph.resource("module.m.databricks_cluster.c").unwrap();
        assert_eq!(resource.provider.as_deref(), expected, "{own}");
    }
}

#[test]
fn imports_have_an_address_a_kind_and_an_id() {
    let code = r#"
locals {
  ids = { a = "role-a", b = "role-b" }
}
import {
  to = module.m["x.y"].aws_iam_role.r[0]
  id = "one"
}
import {
  for_each = local.ids
  to       = aws_iam_role.each[each.key]
  id       = each.value
}
"#;
    let json = r#"{"import": [{"to": "aws_iam_policy.p", "id": "${local.ids.a}"}]}"#;
    let graph = graph(&[("main.tf", code), ("more.tf.json", json)]);
    assert!(graph.notices.is_empty(), "{:?}", graph.notices);
    let told: Vec<_> =
        graph.imports.iter().map(|it| (&*it.kind, it.id.as_str().unwrap())).collect();
    let expected = [
        ("aws_iam_role", "one"),
        ("aws_iam_role", "role-a"),
        ("aws_iam_role", "role-b"),
        ("aws_iam_policy", "role-a"),
    ];
    assert_eq!(told, expected);
}
