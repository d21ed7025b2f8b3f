//! IAM and STS, asked by the AWS SDK for Rust: typed errors, paginators, sessions.
#![allow(clippy::unwrap_used, reason = "tests")]

use aws_sdk_iam::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_iam::operation::create_role::CreateRoleError;
use aws_sdk_iam::types::Tag;
use clients::Server;

const EC2: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

fn root() -> Credentials {
    Credentials::new("test", "test", None, None, "root")
}

fn iam(server: &Server, credentials: Credentials) -> aws_sdk_iam::Client {
    let config = aws_sdk_iam::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(server.aws())
        .credentials_provider(credentials)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_iam::Client::from_conf(config)
}

fn sts(server: &Server, credentials: Credentials) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(server.aws())
        .credentials_provider(credentials)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_sts::Client::from_conf(config)
}

/// A user with one statement, and its key.
async fn user(iam: &aws_sdk_iam::Client, name: &str, action: &str, resource: &str) -> Credentials {
    iam.create_user().user_name(name).send().await.unwrap();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}}}"#
    );
    let put = iam.put_user_policy().user_name(name).policy_name("own").policy_document(policy);
    put.send().await.unwrap();
    let key = iam.create_access_key().user_name(name).send().await.unwrap().access_key.unwrap();
    Credentials::new(key.access_key_id, key.secret_access_key, None, None, "user")
}

#[tokio::test]
async fn roles_in_their_types() {
    let server = Server::start(&["--ephemeral"]);
    let iam = iam(&server, root());
    let create = iam
        .create_role()
        .role_name("etl")
        .path("/databricks/")
        .description("söme text & <more>")
        .assume_role_policy_document(EC2)
        .tags(Tag::builder().key("team").value("data lake+").build().unwrap());
    let role = create.clone().send().await.unwrap().role.unwrap();
    assert_eq!(role.arn, "arn:aws:iam::000000000000:role/databricks/etl");
    assert!(role.create_date.secs() > 1_700_000_000);
    let error = create.send().await.unwrap_err().into_service_error();
    assert!(matches!(error, CreateRoleError::EntityAlreadyExistsException(_)), "{error:?}");
    assert_eq!(error.meta().message(), Some("Role with name etl already exists."));

    let role = iam.get_role().role_name("etl").send().await.unwrap().role.unwrap();
    assert_eq!(role.description.as_deref(), Some("söme text & <more>"));
    assert_eq!(role.tags.unwrap().first().unwrap().value, "data lake+");
    let error = iam.get_role().role_name("none").send().await.unwrap_err().into_service_error();
    assert!(error.is_no_such_entity_exception(), "{error:?}");

    let profile = iam.create_instance_profile().instance_profile_name("etl").send().await.unwrap();
    assert!(profile.instance_profile.unwrap().roles.is_empty());
    let add = iam.add_role_to_instance_profile().instance_profile_name("etl").role_name("etl");
    add.send().await.unwrap();
    let error = iam.delete_role().role_name("etl").send().await.unwrap_err().into_service_error();
    assert!(error.is_delete_conflict_exception(), "{error:?}");

    for number in 0..7 {
        let create = iam.create_role().role_name(format!("role-{number}"));
        create.assume_role_policy_document(EC2).send().await.unwrap();
    }
    let mut pages = iam.list_roles().path_prefix("/").into_paginator().page_size(3).items().send();
    let mut names = Vec::new();
    while let Some(role) = pages.next().await {
        names.push(role.unwrap().role_name);
    }
    assert_eq!(names.len(), 8, "{names:?}");
}

#[tokio::test]
async fn a_session_is_limited_by_its_role() {
    let server = Server::start(&["--ephemeral"]);
    let admin = iam(&server, root());
    let keys = user(&admin, "databricks", "sts:AssumeRole", "*").await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/databricks"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"414351"}}}]}"#;
    let create = admin.create_role().role_name("cross-account").assume_role_policy_document(trust);
    let role = create.send().await.unwrap().role.unwrap().arn;
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}}"#;
    let put = admin.put_role_policy().role_name("cross-account").policy_name("read");
    put.policy_document(policy).send().await.unwrap();

    let assume = sts(&server, keys).assume_role().role_arn(&role).role_session_name("cluster");
    let error = assume.clone().send().await.unwrap_err().into_service_error();
    assert_eq!(error.meta().code(), Some("AccessDenied"));
    let given = assume.external_id("414351").send().await.unwrap().credentials.unwrap();
    let session = Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        None,
        "session",
    );
    let who = sts(&server, session.clone()).get_caller_identity().send().await.unwrap();
    let arn = "arn:aws:sts::000000000000:assumed-role/cross-account/cluster";
    assert_eq!(who.arn.as_deref(), Some(arn));
    let limited = iam(&server, session);
    limited.get_role().role_name("cross-account").send().await.unwrap();
    let error = limited.delete_role().role_name("cross-account").send().await.unwrap_err();
    let error = error.into_service_error();
    assert_eq!(error.meta().code(), Some("AccessDenied"));
    let sentence = format!(
        "User: {arn} is not authorized to perform: iam:DeleteRole on resource: role cross-account because no \
         identity-based policy allows the iam:DeleteRole action"
    );
    assert_eq!(error.meta().message(), Some(sentence.as_str()));
}
