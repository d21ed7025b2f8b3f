use serde_json::{Value, json};

use super::{create, get};
use crate::testing::{Cloud, allow, code};

fn names(page: &Value) -> Vec<&str> {
    let roles = page["Roles"].as_array().unwrap();
    roles.iter().map(|role| role["RoleName"].as_str().unwrap()).collect()
}

#[test]
fn roles_are_listed_by_name_without_regard_to_case() {
    let cloud = Cloud::new();
    let empty = json!({"Roles": [], "IsTruncated": false});
    assert_eq!(cloud.run("ListRoles", json!({})), Ok(empty));
    for (name, path) in [("b", "/"), ("C", "/team/"), ("a", "/team/x/"), ("D", "/teams/")] {
        create(&cloud, name, path);
    }
    let list = |input: Value| cloud.run("ListRoles", input).unwrap();
    assert_eq!(names(&list(json!({}))), ["a", "b", "C", "D"]);
    for (prefix, expected) in [
        ("/", vec!["a", "b", "C", "D"]),
        ("/team/", vec!["a", "C"]),
        ("/team", vec!["a", "C", "D"]),
        ("/none/", vec![]),
    ] {
        assert_eq!(names(&list(json!({"PathPrefix": prefix}))), expected, "{prefix}");
    }
}

#[test]
fn pages_are_cut_behind_the_marker() {
    let cloud = Cloud::new();
    for name in ["a", "b", "c", "d", "e"] {
        create(&cloud, name, if name == "b" { "/other/" } else { "/app/" });
    }
    let mut input = json!({"PathPrefix": "/app/", "MaxItems": 2});
    let first = cloud.run("ListRoles", input.clone()).unwrap();
    assert_eq!((names(&first), &first["IsTruncated"]), (vec!["a", "c"], &json!(true)));
    // Going on does not depend on the last role's being there.
    cloud.run("DeleteRole", json!({"RoleName": "c"})).unwrap();
    input["Marker"] = first["Marker"].clone();
    let second = cloud.run("ListRoles", input.clone()).unwrap();
    assert_eq!((names(&second), &second["IsTruncated"]), (vec!["d", "e"], &json!(false)));
    assert_eq!(second.get("Marker"), None);
    for bad in [json!({"Marker": "?"}), json!({"MaxItems": 0}), json!({"MaxItems": 1001})] {
        assert_eq!(code(cloud.run("ListRoles", bad)), "ValidationError");
    }
    for bad in [json!({"PathPrefix": "app"}), json!({"Marker": ""})] {
        assert_eq!(code(cloud.run("ListRoles", bad)), "ValidationError");
    }
}

#[test]
fn lists_show_neither_tags_nor_boundary() {
    let cloud = Cloud::new();
    create(&cloud, "app", "/");
    let policy = cloud.policy("/", "p", &allow("s3:*", "*"));
    let input = json!({"RoleName": "app", "PermissionsBoundary": policy});
    cloud.run("PutRolePermissionsBoundary", input).unwrap();
    let tags = json!([{"Key": "k", "Value": "v"}]);
    cloud.run("TagRole", json!({"RoleName": "app", "Tags": tags})).unwrap();
    let mut expected = get(&cloud, "app");
    for key in ["PermissionsBoundary", "Tags", "RoleLastUsed"] {
        assert!(expected.as_object_mut().unwrap().remove(key).is_some(), "{key}");
    }
    assert_eq!(cloud.run("ListRoles", json!({})).unwrap()["Roles"], json!([expected]));
}
