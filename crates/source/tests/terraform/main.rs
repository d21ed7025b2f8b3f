//! Terraform's language: expressions, modules and data sources, as tables of text and value.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail loudly"
)]

mod blocks;

use std::collections::BTreeMap;

use source::{Graph, Memory, Options};
use template::{Node, Text, write_json};

fn graph(files: &[(&str, &str)]) -> Graph {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let memory = Memory(files.collect::<BTreeMap<_, _>>());
    source::read(&memory, "", &Options::default()).remove(0)
}

fn shown(graph: &Graph, node: &Node) -> String {
    let mut json = String::new();
    write_json(node, &mut json);
    let json = Text::from_marked(json);
    json.fill(|id| format!("<{}>", graph.holes.reason(id))).into_owned()
}

/// The value of an expression in a module with a few variables, locals and resources.
fn check(expression: &str, expected: &str) {
    let main = format!(
        r#"
variable "region" {{ default = "us-east-1" }}
variable "nobody" {{}}
variable "typed" {{
  type    = object({{ a = string, b = optional(string, "deep") }})
  default = {{ a = 1 }}
}}
locals {{
  list = ["a", "b"]
  map  = {{ x = 1, y = "two" }}
  loop = local.pool
  pool = local.loop
}}
resource "aws_iam_role" "r" {{ name = "known" }}
resource "aws_iam_role" "two" {{
  count = 2
  name  = "two-${{count.index}}"
}}
resource "aws_iam_role" "each" {{
  for_each = toset(local.list)
  name     = each.key
}}
resource "test" "x" {{
  value = {expression}
}}
"#
    );
    let graph = graph(&[
        ("main.tf", &main),
        ("page.tpl", "Hello ${name}!%{ for x in list } ${x}%{ endfor }\n"),
    ]);
    let errors: Vec<_> = graph.notices.iter().filter(|notice| notice.is_error).collect();
    assert!(errors.is_empty(), "{expression}: {errors:?}");
    let test = graph.resource("test.x").unwrap();
    let value = test.get("value").map_or_else(|| "null".to_owned(), |node| shown(&graph, node));
    assert_eq!(value, expected, "{expression}");
}

#[test]
fn expressions() {
    for (expression, expected) in [
        ("var.region", r#""us-east-1""#),
        ("\"${var.region}-x\"", r#""us-east-1-x""#),
        ("\"$${aws:username}\"", r#""${aws:username}""#),
        ("1 + 2 * 3", "7"),
        ("-1", "-1"),
        ("!false && 1 < 2", "true"),
        ("var.nobody == \"x\" && false", "false"),
        (
            "var.nobody == null ? 1 : 2",
            r#""<a condition decides, and `var.nobody` is known only after apply>""#,
        ),
        ("true ? \"a\" : var.nobody", r#""a""#),
        ("local.map.y", r#""two""#),
        ("local.list[1]", r#""b""#),
        ("local.map[\"x\"]", "1"),
        ("var.typed", r#"{"a":"1","b":"deep"}"#),
        ("[for x in local.list : upper(x)]", r#"["A","B"]"#),
        ("{ for k, v in local.map : k => \"${k}=${v}\" if k != \"x\" }", r#"{"y":"y=two"}"#),
        ("{ for x in [\"a\", \"b\", \"a\"] : x => 1... }", r#"{"a":[1,1],"b":[1]}"#),
        ("{ (var.region) = 1, plain = 2 }", r#"{"plain":2,"us-east-1":1}"#),
        ("aws_iam_role.r.name", r#""known""#),
        ("aws_iam_role.r.arn", r#""<`aws_iam_role.r.arn` is known only after apply>""#),
        ("\"${aws_iam_role.r.arn}/*\"", r#""<`aws_iam_role.r.arn` is known only after apply>/*""#),
        ("aws_iam_role.two[1].name", r#""two-1""#),
        ("aws_iam_role.two[*].name", r#"["two-0","two-1"]"#),
        ("aws_iam_role.two.*.name[0]", r#""two-0""#),
        ("values(aws_iam_role.each)[*].name", r#"["a","b"]"#),
        (
            "aws_iam_role.each[\"b\"].arn",
            r#""<`aws_iam_role.each["b"].arn` is known only after apply>""#,
        ),
        ("one(aws_iam_role.r[*].name)", r#""known""#),
        ("<<EOT\na ${var.region}\n%{ if true }b%{ else }c%{ endif }\nEOT", r#""a us-east-1\nb\n""#),
        ("<<-EOT\n    a\n      b\n  EOT", r#""a\n  b\n""#),
        ("\"a${~ \" b \" ~} c\"", r#""a b c""#),
    ] {
        check(expression, expected);
    }
}

#[test]
fn functions() {
    for (expression, expected) in [
        (
            "jsonencode({ b = [1, true, null], a = var.region })",
            r#""{\"a\":\"us-east-1\",\"b\":[1,true,null]}""#,
        ),
        ("jsondecode(\"{\\\"a\\\": [1]}\").a[0]", "1"),
        (
            "jsondecode(jsonencode({ arn = aws_iam_role.r.arn })).arn",
            r#""<`aws_iam_role.r.arn` is known only after apply>""#,
        ),
        ("format(\"%s-%03d-%q\", \"a\", 7, \"b\")", r#""a-007-\"b\"""#),
        (
            "format(\"%s/*\", aws_iam_role.r.arn)",
            r#""<`aws_iam_role.r.arn` is known only after apply>/*""#,
        ),
        ("formatlist(\"arn:%s\", local.list)", r#"["arn:a","arn:b"]"#),
        ("join(\",\", concat(local.list, [\"c\"]))", r#""a,b,c""#),
        ("split(\":\", \"a:b\")", r#"["a","b"]"#),
        ("replace(\"a.b\", \".\", \"-\")", r#""a-b""#),
        ("merge({ a = 1 }, { a = 2, b = 3 })", r#"{"a":2,"b":3}"#),
        ("lookup(local.map, \"z\", \"none\")", r#""none""#),
        ("try(local.map.z, var.typed.a, \"x\")", r#""1""#),
        ("can(local.map.z)", "false"),
        ("can(aws_iam_role.r.arn)", "true"),
        ("can(regex(\"^a\", \"b\"))", r#""<the function `regex` is not modelled>""#),
        ("toset([\"b\", \"a\", \"b\"])", r#"["a","b"]"#),
        ("flatten([[1, [2]], 3])", "[1,2,3]"),
        ("element(local.list, 3)", r#""b""#),
        ("length(local.map)", "2"),
        ("contains(local.list, \"a\")", "true"),
        ("coalesce(null, \"\", \"x\")", r#""x""#),
        ("compact([\"\", \"a\", null])", r#"["a"]"#),
        ("setproduct([\"a\"], [1, 2])", r#"[["a",1],["a",2]]"#),
        ("zipmap([\"a\"], [1])", r#"{"a":1}"#),
        ("range(3)", "[0,1,2]"),
        ("max(1, 3, 2)", "3"),
        ("substr(\"hello\", 1, 3)", r#""ell""#),
        ("trimprefix(\"arn:x\", \"arn:\")", r#""x""#),
        ("base64decode(base64encode(\"hé\"))", r#""hé""#),
        (
            "templatefile(\"${path.module}/page.tpl\", { name = \"x\", list = [1, 2] })",
            r#""Hello x! 1 2\n""#,
        ),
        ("file(\"page.tpl\") != \"\"", "true"),
        ("keys(local.map)", r#"["x","y"]"#),
        ("slice([1, 2, 3], 1, 3)", "[2,3]"),
        ("alltrue([true, false])", "false"),
        ("sha256(\"x\")", r#""<the function `sha256` is not modelled>""#),
        ("max([1, 2]...)", "2"),
        ("timestamp()", r#""<`timestamp` gives another value each time>""#),
    ] {
        check(expression, expected);
    }
}

#[test]
fn what_has_no_value_says_why() {
    for (expression, expected) in [
        ("local.loop", "the value depends on itself"),
        ("local.nowhere", "there is no local value `nowhere` in this module"),
        ("aws_iam_role.gone.arn", "there is no `aws_iam_role.gone` in this module"),
        ("local.list[7]", "there is no such element"),
        ("file(\"gone\")", "cannot read `gone`: there is no such file"),
        ("1 / 0", "division by zero"),
    ] {
        check(expression, &format!("\"<{expected}>\""));
    }
}

#[test]
fn modules_pass_values_both_ways() {
    let graph = graph(&[
        (
            "main.tf",
            r#"
module "roles" {
  source   = "./modules/role"
  for_each = { etl = "a", ml = "b" }
  name     = "${each.key}-${each.value}"
}
resource "aws_iam_instance_profile" "p" {
  for_each = module.roles
  name     = each.key
  role     = each.value.role_name
}
resource "test" "x" { value = module.roles["etl"].arn }
"#,
        ),
        (
            "modules/role/main.tf",
            r#"
variable "name" { type = string }
resource "aws_iam_role" "this" { name = var.name }
output "role_name" { value = aws_iam_role.this.name }
output "arn" { value = aws_iam_role.this.arn }
"#,
        ),
    ]);
    let profile = graph.resource("aws_iam_instance_profile.p[\"ml\"]").unwrap();
    assert_eq!(profile.text("role"), Some("ml-b"));
    let (role, attribute) = graph.origin(profile.get("role").unwrap()).unwrap();
    assert_eq!((&*role.address, attribute), ("module.roles[\"ml\"].aws_iam_role.this", "name"));
    assert_eq!(role.module(), "module.roles[\"ml\"]");
    let test = graph.resource("test.x").unwrap();
    assert_eq!(graph.origin(test.get("value").unwrap()).unwrap().1, "arn");
    assert!(graph.waits_for("aws_iam_instance_profile.p", "module.roles.aws_iam_role.this"));
    assert!(!graph.waits_for("module.roles.aws_iam_role.this", "aws_iam_instance_profile.p"));
}

#[test]
fn tfvars_json_and_dynamic_blocks() {
    let graph = graph(&[
        ("terraform.tfvars", "ports = [1, 2]\n"),
        ("x.auto.tfvars.json", r#"{"name": "from-json"}"#),
        (
            "main.tf.json",
            r#"{
  "variable": {"ports": {"default": []}, "name": {}},
  "resource": {"aws_iam_role": {"r": {"name": "${var.name}-x", "depends_on": ["test.x"]}}}
}"#,
        ),
        (
            "test.tf",
            r#"
resource "test" "x" {
  dynamic "ingress" {
    for_each = var.ports
    iterator = it
    content {
      port = it.value
    }
  }
}
"#,
        ),
    ]);
    assert_eq!(graph.resource("aws_iam_role.r").unwrap().text("name"), Some("from-json-x"));
    let test = graph.resource("test.x").unwrap();
    assert_eq!(shown(&graph, test.get("ingress").unwrap()), r#"[{"port":1},{"port":2}]"#);
    assert!(graph.waits_for("aws_iam_role.r", "test.x"));
}

#[test]
fn override_files_are_merged_argument_by_argument() {
    let graph = graph(&[
        (
            "main.tf",
            r#"
variable "size" {
  type    = number
  default = 1
}
resource "test" "x" {
  name = "kept"
  size = var.size
  tags { key = "a" }
  tags { key = "b" }
  options { port = 1 }
  lifecycle { ignore_changes = [size] }
}
"#,
        ),
        (
            "zone_override.tf",
            r#"
variable "size" { default = "2" }
resource "test" "x" {
  zone = "z"
  tags { key = "c" }
  lifecycle { create_before_destroy = true }
}
resource "test" "new" {}
"#,
        ),
        ("override.tf.json", r#"{"resource": {"test": {"x": {"zone": "y"}}}}"#),
    ]);
    let test = graph.resource("test.x").unwrap();
    assert_eq!(
        shown(&graph, &test.body),
        r#"{"name":"kept","options":[{"port":1}],"size":2,"tags":[{"key":"c"}],"zone":"z"}"#
    );
    assert!(test.lifecycle.create_before_destroy);
    assert_eq!(test.lifecycle.ignore_changes, ["size"]);
    assert!(graph.resource("test.new").is_some());
}

#[test]
fn policy_documents_are_put_together_as_the_provider_does() {
    let graph = graph(&[(
        "main.tf",
        r#"
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Keep"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::b/&{aws:username}/*"]
  }
  statement {
    sid       = "Replace"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid       = "Replace"
    effect    = "Deny"
    actions   = ["s3:DeleteBucket"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["a", "b"]
    }
  }
}
resource "test" "x" { value = data.aws_iam_policy_document.all.json }
"#,
    )]);
    let text = graph.resource("test.x").unwrap().text("value").unwrap();
    let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Keep",
      "Effect": "Allow",
      "Action": [
        "s3:PutObject",
        "s3:GetObject"
      ],
      "Resource": "arn:aws:s3:::b/${aws:username}/*"
    },
    {
      "Sid": "Replace",
      "Effect": "Deny",
      "Action": "s3:DeleteBucket",
      "Resource": "*",
      "Principal": "*",
      "Condition": {
        "StringEquals": {
          "aws:PrincipalTag/team": [
            "a",
            "b"
          ]
        }
      }
    }
  ]
}"#;
    assert_eq!(text, expected);
}

#[test]
fn limits_end_in_a_notice() {
    let mut chain = "locals {\n  a0 = 1\n".to_owned();
    for at in 1..400 {
        chain.push_str(&format!("  a{at} = local.a{}\n", at - 1));
    }
    chain.push_str("}\nresource \"test\" \"x\" { value = local.a399 }\n");
    let told = |text: &str| {
        let graph = graph(&[("main.tf", text)]);
        graph.notices.iter().map(|notice| notice.message.clone()).collect::<Vec<_>>().join("; ")
    };
    assert!(told(&chain).contains("more than 200 deep"));
    let mut double = "locals {\n  a0 = \"0123456789\"\n".to_owned();
    for at in 1..40 {
        double.push_str(&format!("  a{at} = \"${{local.a{0}}}${{local.a{0}}}\"\n", at - 1));
    }
    double.push_str("}\nresource \"test\" \"x\" { value = local.a39 }\n");
    assert!(told(&double).contains("grows longer"), "{}", told(&double));
    assert!(
        told("resource \"test\" \"x\" { count = 1000000 }").contains("more than 10000 instances")
    );
    assert!(told("resource \"test\" \"x\" {").contains("not HCL"));
}

#[test]
fn what_is_not_seen_stays_unknown() {
    let code = r#"
variable "teams" {}
variable "account" {
  type    = string
  default = null
}
module "vpc" {
  source = "terraform-aws-modules/vpc/aws"
  count  = 1
}
resource "aws_iam_role" "team" {
  for_each = var.teams
  name     = each.key
}
resource "aws_iam_role" "one" { name = "one" }
resource "test" "x" {
  vpc   = module.vpc[0].vpc_id
  size  = length(aws_iam_role.team)
  arns  = { for key, role in aws_iam_role.team : key => role.arn }
  long  = resource.aws_iam_role.one.name
  arn   = "arn:aws:iam::${var.account}:role/x"
}
"#;
    let graph = graph(&[("main.tf", code)]);
    let test = graph.resource("test.x").unwrap();
    let null = "`var.account` is null, and null cannot be put into a string";
    let many = "<the number of instances is not known>";
    for (argument, expected) in [
        ("vpc", "\"<the module `vpc` is not seen>\"".to_owned()),
        ("size", format!("\"{many}\"")),
        ("arns", format!("\"{many}\"")),
        ("long", "\"one\"".to_owned()),
        ("arn", format!("\"arn:aws:iam::<{null}>:role/x\"").to_owned()),
    ] {
        assert_eq!(shown(&graph, test.get(argument).unwrap()), expected, "{argument}");
    }
    assert!(graph.waits_for("test.x", "aws_iam_role.one"));
    let told: Vec<&str> = graph.notices.iter().map(|notice| &*notice.message).collect();
    let unseen = "the module comes from `terraform-aws-modules/vpc/aws`: what it makes is not seen";
    assert_eq!(told, [unseen, null]);
}

#[test]
fn yaml_and_functions_of_providers() {
    check(
        r#"yamldecode("a:\n  - {b: 1, c: yes, d: ~}\n  - \"2\"\n").a"#,
        r#"[{"b":1,"c":"yes","d":null},"2"]"#,
    );
    let arn = "arn:aws:iam::123456789012:role/a/b";
    check(&format!("provider::aws::arn_parse(\"{arn}\").resource"), r#""role/a/b""#);
    check(
        &format!("provider::aws::trim_iam_role_path(\"{arn}\")"),
        r#""arn:aws:iam::123456789012:role/b""#,
    );
    check(
        r#"provider::aws::arn_build("aws", "iam", "", "123456789012", "role/${aws_iam_role.r.name}")"#,
        r#""arn:aws:iam::123456789012:role/known""#,
    );
}
