//! Roles, operation by operation.

mod lifecycle;
mod lists;
mod permission;
mod policies;
mod service_linked;
mod tags;

use serde_json::{Value, json};

use crate::testing::Cloud;

/// A trust policy for instances.
pub(super) const EC2: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;

/// A cloud with the role `app`.
pub(super) fn with_role() -> Cloud {
    let cloud = Cloud::new();
    create(&cloud, "app", "/");
    cloud
}

/// Creates a role that trusts EC2.
pub(super) fn create(cloud: &Cloud, name: &str, path: &str) -> Value {
    let input = json!({"RoleName": name, "Path": path, "AssumeRolePolicyDocument": EC2});
    cloud.run("CreateRole", input).unwrap()["Role"].clone()
}

/// What `GetRole` says.
pub(super) fn get(cloud: &Cloud, name: &str) -> Value {
    cloud.run("GetRole", json!({"RoleName": name})).unwrap()["Role"].clone()
}

/// A role as `CreateServiceLinkedRole` and its like would leave it.
pub(super) fn put_protected(cloud: &Cloud, name: &str, path: &str) {
    create(cloud, name, "/");
    let view = cloud.view();
    let mut row = (**super::find(&view, crate::testing::account(), name).unwrap()).clone();
    row.path = path.to_owned();
    row.arn = format!("arn:aws:iam::{}:role{path}{name}", crate::testing::ACCOUNT);
    cloud.change(row);
}
