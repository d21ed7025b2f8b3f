//! The provider as Terraform calls it: schemas, validation, plans, changes, imports, old states.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod asks_aws;
mod imported;
mod terraform;
mod workspace;

use provider::client::Client;
use provider::diagnostic::Diagnostics;
use provider::protocol as p;
use provider::provider::Provider;
use provider::resource::{Failure, Resource};
use provider::schema::{Attribute, Block, Type};
use provider::value::{Members, Value};
use serde_json::json;
use terraform::{Keys, Nothing, Terraform, read, replaced, told, value};
use workspace::Workspace;

const ARN: &str = "arn:aws:iam::123456789012:instance-profile/shared";
const LIST: &str = "/api/2.0/instance-profiles/list";
const ADD: &str = "/api/2.0/instance-profiles/add";
const PROFILE: &str = "databricks_instance_profile";

#[test]
fn schemas_say_what_is_secret_and_what_is_computed() {
    let schemas = Provider::new(Box::new(Nothing)).schemas();
    assert_eq!((schemas.resource_schemas.len(), schemas.data_source_schemas.len()), (20, 10));
    let provider = schemas.provider.unwrap().block.unwrap();
    let secret: Vec<&str> =
        provider.attributes.iter().filter(|it| it.sensitive).map(|it| it.name.as_str()).collect();
    assert_eq!(secret, ["token", "client_secret"]);
    for (name, schema) in schemas.resource_schemas.iter().chain(&schemas.data_source_schemas) {
        let block = schema.block.as_ref().unwrap();
        let id = block.attributes.iter().find(|it| it.name == "id");
        assert!(id.is_some_and(|id| id.computed), "{name} has an id");
        for attribute in &block.attributes {
            let at = format!("{name}.{}", attribute.name);
            assert!(!attribute.description.is_empty(), "{at} is described");
            assert!(
                attribute.required || attribute.optional || attribute.computed,
                "{at} is given"
            );
            let kind: serde_json::Value = serde_json::from_slice(&attribute.r#type).unwrap();
            assert!(kind.is_string() || kind.is_array(), "{at} has a type");
        }
    }
}

#[test]
fn a_roles_arn_is_refused_when_it_is_validated() {
    let terraform = Terraform::new(vec![]);
    let check = |arn: Value, expected: &[&str]| {
        let config = terraform.block(PROFILE, &[("instance_profile_arn", arn)]);
        let request = p::ValidateRequest { type_name: PROFILE.to_owned(), config: value(config) };
        let found = terraform.provider.validate_resource(request).diagnostics;
        assert_eq!(told(&found), expected);
    };
    check(ARN.into(), &[]);
    check(Value::Unknown, &[]);
    check(
        "arn:aws:iam::123456789012:role/shared".into(),
        &["!An instance profile's ARN is needed"],
    );
    check("shared".into(), &["!An instance profile's ARN is needed"]);
}

#[test]
fn an_instance_profile_lives() {
    let entry = json!({"instance_profile_arn": ARN, "is_meta_instance_profile": false});
    let terraform =
        Terraform::new(vec![("GET", LIST, 200, json!({})), ("POST", ADD, 200, json!({}))]);
    let (state, found) = terraform.create(PROFILE, &[("instance_profile_arn", ARN.into())]);
    assert_eq!(told(&found), [""; 0]);
    let state = state.unwrap();
    assert_eq!((&state["id"], &state["arn"]), (&ARN.into(), &ARN.into()));
    let add =
        ("POST /api/2.0/instance-profiles/add".to_owned(), json!({"instance_profile_arn": ARN}));
    assert_eq!(terraform.workspace.asked()[1], add);

    // What is read is what was written: the next plan is empty.
    terraform.workspace.will(vec![("GET", LIST, 200, json!({"instance_profiles": [entry]}))]);
    let refreshed = terraform.provider.read(p::ReadResourceRequest {
        type_name: PROFILE.to_owned(),
        current_state: value(state.clone()),
        private: Vec::new(),
    });
    assert_eq!(read(refreshed.new_state), Some(state.clone()));
    let plan =
        terraform.plan(PROFILE, Some(state.clone()), &[("instance_profile_arn", ARN.into())]);
    assert_eq!(read(plan.planned_state), Some(state.clone()));

    // A role is edited in place; none stands for the profile's own ARN.
    let role = "arn:aws:iam::123456789012:role/r";
    let edit = "/api/2.0/instance-profiles/edit";
    terraform.workspace.will(vec![("POST", edit, 200, json!({}))]);
    let given = [("instance_profile_arn", ARN.into()), ("iam_role_arn", role.into())];
    let plan = terraform.plan(PROFILE, Some(state.clone()), &given);
    assert_eq!(replaced(&plan), [""; 0]);
    terraform.workspace.asked();
    let (with_role, _) = terraform.apply(PROFILE, Some(state.clone()), read(plan.planned_state));
    let (without, _) = terraform.apply(PROFILE, with_role, Some(state.clone()));
    assert_eq!(without, Some(state.clone()));
    let sent: Vec<_> = terraform.workspace.asked().into_iter().map(|(_, body)| body).collect();
    let body = |role: &str| json!({"instance_profile_arn": ARN, "iam_role_arn": role});
    assert_eq!(sent, [body(role), body(ARN)]);

    // Another ARN is another registration.
    let other = format!("{ARN}-2");
    let plan = terraform.plan(
        PROFILE,
        Some(state.clone()),
        &[("instance_profile_arn", other.as_str().into())],
    );
    assert_eq!(replaced(&plan), ["instance_profile_arn"]);
    assert_eq!(read(plan.planned_state).unwrap()["id"], other.as_str().into());

    // Gone already is as good as removed.
    let remove = "/api/2.0/instance-profiles/remove";
    let gone = json!({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no"});
    terraform.workspace.will(vec![("POST", remove, 404, gone)]);
    let (state, found) = terraform.apply(PROFILE, Some(state), None);
    assert_eq!((state, told(&found)), (None, vec![]));
}

#[test]
fn an_arn_that_is_registered_already_is_not_taken_over() {
    let entry = json!({"instance_profile_arn": ARN});
    let terraform = Terraform::new(vec![("GET", LIST, 200, json!({"instance_profiles": [entry]}))]);
    let (state, found) = terraform.create(PROFILE, &[("instance_profile_arn", ARN.into())]);
    assert_eq!(
        (state, told(&found)),
        (None, vec!["!The instance profile is registered already".to_owned()])
    );
    assert!(
        found[0]
            .detail
            .contains(&format!("terraform import databricks_instance_profile.NAME {ARN}"))
    );
}

#[test]
fn what_may_be_too_early_is_tried_again() {
    let early = json!({
        "error_code": "DRY_RUN_FAILED",
        "message": format!("Verification of the instance profile failed. AWS error: Value ({ARN}) for parameter \
            iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN"),
    });
    let answers = || {
        vec![
            ("GET", LIST, 200, json!({})),
            ("POST", ADD, 400, early.clone()),
            ("POST", ADD, 200, json!({})),
        ]
    };
    let timeouts = |text: &str| Value::Map([("create".to_owned(), text.into())].into());
    let terraform = Terraform::new(answers());
    let given = |text: &str| [("instance_profile_arn", ARN.into()), ("timeouts", timeouts(text))];
    let (state, found) = terraform.create(PROFILE, &given("5s"));
    assert!(state.is_some());
    assert_eq!(told(&found), ["The registration came too early at first"]);
    terraform.workspace.will(answers());
    let (state, found) = terraform.create(PROFILE, &given("0s"));
    assert_eq!(
        (state, told(&found)),
        (None, vec!["!EC2 does not know this instance profile".to_owned()])
    );
}

#[test]
fn only_what_exists_is_imported() {
    let entry =
        json!({"instance_profile_arn": ARN, "iam_role_arn": "arn:aws:iam::123456789012:role/r"});
    let terraform = Terraform::new(vec![("GET", LIST, 200, json!({"instance_profiles": [entry]}))]);
    let import = |id: &str| {
        let request =
            p::ImportResourceStateRequest { type_name: PROFILE.to_owned(), id: id.to_owned() };
        terraform.provider.import(request)
    };
    let imported = import(ARN);
    let state = read(imported.imported_resources[0].state.clone()).unwrap();
    assert_eq!(state["iam_role_arn"], "arn:aws:iam::123456789012:role/r".into());
    let missing = import("arn:aws:iam::123456789012:instance-profile/other");
    assert_eq!(told(&missing.diagnostics), ["!There is nothing to import"]);
    for wrong in ["other", "arn:aws:iam::123456789012:role/other"] {
        assert_eq!(told(&import(wrong).diagnostics), ["!An instance profile's ARN is needed"]);
    }
    let pair = terraform.provider.import(p::ImportResourceStateRequest {
        type_name: "databricks_group_role".to_owned(),
        id: "12".to_owned(),
    });
    assert_eq!(told(&pair.diagnostics), ["!The id has not the right form"]);
}

#[test]
fn what_is_known_only_after_apply_is_planned_as_unknown() {
    let terraform = Terraform::new(vec![]);
    let plan = terraform.plan(PROFILE, None, &[("instance_profile_arn", Value::Unknown)]);
    let planned = read(plan.planned_state).unwrap();
    assert_eq!((&planned["id"], &planned["arn"]), (&Value::Unknown, &Value::Unknown));
    assert_eq!(planned["skip_validation"], false.into());
    let given = [("group_id", Value::Unknown), ("instance_profile_id", ARN.into())];
    let plan = terraform.plan("databricks_group_instance_profile", None, &given);
    assert_eq!(read(plan.planned_state).unwrap()["id"], Value::Unknown);
}

#[test]
fn an_old_state_is_fitted_to_the_schema() {
    let terraform = Terraform::new(vec![]);
    let stored = json!({
        "id": ARN, "instance_profile_arn": ARN, "is_meta_instance_profile": "yes", "provider_config": [],
        "iam_role_arn": null, "skip_validation": false, "timeouts": [{"create": "5s"}],
    });
    let raw = |state: &serde_json::Value| p::RawState {
        json: state.to_string().into_bytes(),
        ..p::RawState::default()
    };
    let upgraded = terraform.provider.upgrade(p::UpgradeResourceStateRequest {
        type_name: PROFILE.to_owned(),
        version: 0,
        raw_state: Some(raw(&stored)),
    });
    let state = read(upgraded.upgraded_state).unwrap();
    let timeouts = Value::Map([("create".to_owned(), "5s".into())].into());
    let known = [
        ("id", ARN.into()),
        ("instance_profile_arn", ARN.into()),
        ("skip_validation", false.into()),
        ("timeouts", timeouts),
    ];
    assert_eq!(state, terraform.block(PROFILE, &known));
    // The official provider's state is taken over, and nobody else's.
    let moved = |from: &str| {
        let request = p::MoveResourceStateRequest {
            source_provider_address: from.to_owned(),
            source_type_name: PROFILE.to_owned(),
            source_schema_version: 0,
            source_state: Some(raw(&stored)),
            target_type_name: PROFILE.to_owned(),
        };
        told(&terraform.provider.move_state(request).diagnostics)
    };
    assert_eq!(moved("registry.terraform.io/databricks/databricks"), [""; 0]);
    assert_eq!(moved("registry.terraform.io/somebody/else"), ["!The resource cannot be moved"]);
}

/// A resource with a mistake.
struct Broken;

impl Resource for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn schema(&self) -> Block {
        Block::new("", vec![Attribute::computed("id", Type::Text, "")])
    }

    fn create(&self, _: &Client, _: &Members, _: &mut Diagnostics) -> Result<Members, Failure> {
        panic!("a mistake");
    }

    fn read(&self, _: &Client, _: &Members) -> Result<Option<Members>, Failure> {
        panic!("a mistake");
    }

    fn delete(&self, _: &Client, _: &Members) -> Result<(), Failure> {
        panic!("a mistake");
    }
}

#[test]
fn a_panic_is_an_error_of_its_call() {
    let workspace = Workspace::new(vec![]);
    let provider = Provider::with(vec![Box::new(Broken)], vec![], Box::new(Nothing));
    let terraform = Terraform { provider, workspace };
    let mut block = provider::config::schema().empty();
    block.insert("host".to_owned(), terraform.workspace.address.as_str().into());
    block.insert("token".to_owned(), "t".into());
    let version = "1.11.4".to_owned();
    terraform.provider.configure(p::ConfigureProviderRequest {
        terraform_version: version,
        config: value(block),
    });
    let state: Members = [("id".to_owned(), "1".into())].into();
    let (after, found) = terraform.apply("broken", Some(state.clone()), None);
    assert_eq!(told(&found), ["!The provider failed"]);
    assert_eq!(after, Some(state), "what was there counts as there");
    assert_eq!(terraform.provider.metadata().resources.len(), 1, "the provider goes on");
}

#[test]
fn a_workspaces_resource_on_an_account_host_says_so() {
    let workspace = Workspace::new(vec![]);
    let provider = Provider::new(Box::new(Nothing));
    let mut block = provider::config::schema().empty();
    block.insert("host".to_owned(), "https://accounts.cloud.databricks.com".into());
    block.insert("token".to_owned(), "t".into());
    let version = "1.11.4".to_owned();
    provider.configure(p::ConfigureProviderRequest {
        terraform_version: version,
        config: value(block),
    });
    let terraform = Terraform { provider, workspace };
    let (_, found) = terraform.create(PROFILE, &[("instance_profile_arn", ARN.into())]);
    assert_eq!(told(&found), ["!databricks_instance_profile lives in a workspace"]);
    assert!(found[0].detail.contains("`https://accounts.cloud.databricks.com`"));
}

#[test]
fn versions_are_those_of_the_official_provider() {
    let schemas = Provider::new(Box::new(Nothing)).schemas().resource_schemas;
    let versions = schemas.iter().filter(|(_, schema)| schema.version != 0);
    let mut versions: Vec<(&str, i64)> =
        versions.map(|(name, schema)| (name.as_str(), schema.version)).collect();
    versions.sort_unstable();
    let expected = [
        ("databricks_cluster", 4),
        ("databricks_cluster_policy", 1),
        ("databricks_mount", 2),
        ("databricks_mws_workspaces", 3),
    ];
    assert_eq!(versions, expected);
}

#[test]
fn a_provider_that_is_known_only_after_apply_says_what_to_do() {
    let provider = Provider::new(Box::new(Nothing));
    let mut block = provider::config::schema().empty();
    block.insert("host".to_owned(), Value::Unknown);
    let configured = provider.configure(p::ConfigureProviderRequest {
        terraform_version: "1.11.4".to_owned(),
        config: value(block),
    });
    assert_eq!(told(&configured.diagnostics), [""; 0]);
    let terraform = Terraform { provider, workspace: Workspace::new(vec![]) };
    // It is planned all the same.
    let (_, found) = terraform.create(PROFILE, &[("instance_profile_arn", ARN.into())]);
    assert_eq!(told(&found), ["!The provider is not configured"]);
    assert!(found[0].detail.contains("-target="), "{}", found[0].detail);
}

#[test]
fn secrets_are_not_shown() {
    let mut block = provider::config::schema().empty();
    block.insert("host".to_owned(), "https://h.example".into());
    block.insert("client_id".to_owned(), "id".into());
    block.insert("client_secret".to_owned(), "databricks-secret".into());
    let keys = Keys("https://sts.example".to_owned());
    let config = provider::config::Config::read(&block, &keys).unwrap();
    let shown = format!("{config:?} {:?} {:?}", config.aws, Client::new(config.clone()));
    assert!(shown.contains("h.example") && !shown.contains("secret"), "{shown}");
}
