//! Who may call what, and how the operations answer.

use serde_json::{Value, json};

use super::{CREDENTIAL, Reachable, refusal, role_arn};
use crate::first_start::{ACCOUNT_ID, ADMIN_NAME, CLIENT_ID, WORKSPACE_ID};
use crate::testing::{ACCOUNT_ADMIN, ACCOUNT_ADMIN_INSIDE, Login, WORKSPACE_ADMIN, World};

const PERSON: Login = Login { name: "person@example.com", is_account: false };

/// Somebody in the workspace who administers nothing.
fn add_person(world: &World) {
    world.done(WORKSPACE_ADMIN, "CreateUser", json!({"userName": PERSON.name}));
}

fn denied(text: &str) -> (String, String) {
    ("PERMISSION_DENIED".to_owned(), text.to_owned())
}

fn metastore(world: &World) -> String {
    let found = world.done(WORKSPACE_ADMIN, "GetMetastoreSummary", json!({}));
    found["metastore_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_first_workspace_has_a_metastore_of_databricks_making() {
    let world = World::new();
    let summary = world.done(WORKSPACE_ADMIN, "GetMetastoreSummary", json!({}));
    assert_eq!(summary["name"], "metastore_aws_us_east_1");
    assert_eq!(summary["owner"], "System user");
    assert_eq!(summary["storage_root"], Value::Null);
    let current = world.done(WORKSPACE_ADMIN, "GetCurrentMetastoreAssignment", json!({}));
    let expected = json!({
        "metastore_id": summary["metastore_id"],
        "workspace_id": WORKSPACE_ID,
        "default_catalog_name": "rolecall",
    });
    assert_eq!(current, expected);
    let grants = json!({"securable_type": "metastore", "full_name": summary["metastore_id"]});
    let grants = world.done(WORKSPACE_ADMIN, "GetGrants", grants);
    let principal = &grants["privilege_assignments"][0]["principal"];
    assert_eq!(*principal, format!("_workspace_admins_rolecall_{WORKSPACE_ID}"));
}

#[test]
fn metastores_are_the_accounts() {
    let world = World::new();
    let create = json!({"name": "second", "region": "us-east-1"});
    let only = |what: &str| denied(&format!("Only account admin can {what}."));
    let call = |name, input| refusal(world.call(WORKSPACE_ADMIN, name, input));
    assert_eq!(call("CreateMetastore", create.clone()), only("create metastores"));
    assert_eq!(call("ListMetastores", json!({})), only("list metastores"));
    let limit = format!(
        "This account with id {ACCOUNT_ID} has reached the limit for metastores in region us-east-1."
    );
    let found = refusal(world.call(ACCOUNT_ADMIN_INSIDE, "CreateMetastore", create));
    assert_eq!(found, ("QUOTA_EXCEEDED".to_owned(), limit));
    let info = json!({"name": "west", "region": "us-west-2", "storage_root": "s3://west-data/a/"});
    let made = world.done(ACCOUNT_ADMIN, "CreateMetastore", json!({"metastore_info": info}));
    let made = &made["metastore_info"];
    let id = made["metastore_id"].as_str().unwrap();
    assert_eq!(made["storage_root"], format!("s3://west-data/a/{id}"));
    assert_eq!(made["owner"], CLIENT_ID);
    assert_eq!(made["global_metastore_id"], format!("aws:us-west-2:{id}"));
    let assign = json!({"workspace_id": WORKSPACE_ID, "metastore_id": id});
    let text = "Workspace is not in the same region as metastore. Workspace region: us-east-1, Metastore \
                region: us-west-2";
    let found = refusal(world.call(ACCOUNT_ADMIN, "CreateMetastoreAssignment", assign));
    assert_eq!(found, ("INVALID_PARAMETER_VALUE".to_owned(), text.to_owned()));
    let change = json!({"owner": ADMIN_NAME, "delta_sharing_scope": "INTERNAL_AND_EXTERNAL",
        "delta_sharing_recipient_token_lifetime_in_seconds": 60});
    let input = json!({"metastore_id": id, "metastore_info": change});
    let changed = world.done(ACCOUNT_ADMIN, "UpdateAccountMetastore", input);
    assert_eq!(changed["metastore_info"]["owner"], ADMIN_NAME);
    assert_eq!(changed["metastore_info"]["delta_sharing_recipient_token_lifetime_in_seconds"], 60);
    let nobody = json!({"metastore_id": id, "owner": "nobody"});
    let found = refusal(world.call(WORKSPACE_ADMIN, "UpdateMetastore", nobody));
    let text = "Could not find principal with name nobody.".to_owned();
    assert_eq!(found, ("PRINCIPAL_DOES_NOT_EXIST".to_owned(), text));
    world.done(WORKSPACE_ADMIN, "DeleteMetastore", json!({"metastore_id": id}));
    let gone = refusal(world.call(ACCOUNT_ADMIN, "GetMetastore", json!({"metastore_id": id})));
    assert_eq!(gone.0, "METASTORE_DOES_NOT_EXIST");
}

#[test]
fn a_workspace_gets_and_loses_its_metastore() {
    let world = World::new();
    let id = metastore(&world);
    let unassign = json!({"workspace_id": WORKSPACE_ID, "metastore_id": id});
    let found = refusal(world.call(WORKSPACE_ADMIN, "UnassignMetastore", unassign.clone()));
    assert_eq!(found.0, "PERMISSION_DENIED");
    world.done(ACCOUNT_ADMIN, "UnassignMetastore", unassign.clone());
    let none = (
        "METASTORE_DOES_NOT_EXIST".to_owned(),
        "No metastore assigned for the current workspace.".to_owned(),
    );
    for name in ["GetMetastoreSummary", "GetCurrentMetastoreAssignment", "ListStorageCredentials"] {
        assert_eq!(refusal(world.call(WORKSPACE_ADMIN, name, json!({}))), none, "{name}");
    }
    let of = json!({"workspace_id": WORKSPACE_ID});
    let absent = refusal(world.call(ACCOUNT_ADMIN, "GetMetastoreAssignment", of.clone()));
    assert_eq!(absent.0, "RESOURCE_DOES_NOT_EXIST");
    assert_eq!(
        refusal(world.call(ACCOUNT_ADMIN, "UnassignMetastore", unassign)).0,
        "RESOURCE_DOES_NOT_EXIST"
    );
    let assign = json!({"workspace_id": WORKSPACE_ID, "metastore_id": id});
    world.done(ACCOUNT_ADMIN_INSIDE, "AssignMetastore", assign);
    let shown = world.done(ACCOUNT_ADMIN, "GetMetastoreAssignment", of);
    assert_eq!(shown["metastore_assignment"]["default_catalog_name"], "hive_metastore");
    let list = world.done(ACCOUNT_ADMIN, "ListMetastoreWorkspaces", json!({"metastore_id": id}));
    assert_eq!(list, json!({"workspace_ids": [WORKSPACE_ID]}));
    // Its catalog is the workspace's admin's to choose, its metastore is not.
    let catalog = json!({"workspace_id": WORKSPACE_ID, "default_catalog_name": "main"});
    world.done(WORKSPACE_ADMIN, "UpdateMetastoreAssignment", catalog);
    let current = world.done(WORKSPACE_ADMIN, "GetCurrentMetastoreAssignment", json!({}));
    assert_eq!(
        (&current["default_catalog_name"], &current["metastore_id"]),
        (&json!("main"), &json!(id))
    );
    let used = refusal(world.call(ACCOUNT_ADMIN, "DeleteMetastore", json!({"metastore_id": id})));
    assert_eq!(used.0, "METASTORE_NOT_EMPTY");
    world.done(ACCOUNT_ADMIN, "DeleteMetastore", json!({"metastore_id": id, "force": true}));
    assert_eq!(refusal(world.call(WORKSPACE_ADMIN, "GetMetastoreSummary", json!({}))), none);
}

#[test]
fn external_ids_depend_on_who_makes_a_credential() {
    let world = World::new();
    let create = |login, name: &str| {
        let input = json!({"name": name, "aws_iam_role": {"role_arn": role_arn()}});
        let made = world.done(login, "CreateStorageCredential", input);
        made["aws_iam_role"]["external_id"].as_str().unwrap().to_owned()
    };
    let (one, other) = (create(WORKSPACE_ADMIN, "one"), create(WORKSPACE_ADMIN, "other"));
    assert_ne!(one, other);
    // The account's admin owns nothing here until it is granted.
    let input = json!({"name": "third", "aws_iam_role": {"role_arn": role_arn()}});
    let id = metastore(&world);
    world.done(
        ACCOUNT_ADMIN,
        "UpdateAccountMetastore",
        json!({"metastore_id": id, "metastore_info": {"owner": CLIENT_ID}}),
    );
    let made = world.done(ACCOUNT_ADMIN_INSIDE, "CreateStorageCredential", input);
    assert_eq!(made["aws_iam_role"]["external_id"], ACCOUNT_ID);
}

#[test]
fn privileges_are_granted_one_by_one() {
    let reachable = Reachable::new();
    let world = &reachable.world;
    add_person(world);
    let id = metastore(world);
    let create = json!({"name": "own", "aws_iam_role": {"role_arn": role_arn()}});
    let lacking = |what: &str, on: &str| denied(&format!("User does not have {what} on {on}."));
    let on_metastore = "Metastore 'metastore_aws_us_east_1'";
    let call = |name, input| world.call(PERSON, name, input);
    let url = "s3://lakehouse-data/there";
    let grant = |kind: &str, name: &str, privilege: &str| {
        let change = json!({"principal": PERSON.name, "add": [privilege]});
        let input = json!({"securable_type": kind, "full_name": name, "changes": [change]});
        world.done(ACCOUNT_ADMIN_INSIDE, "UpdateGrants", input);
    };
    let own = json!({"metastore_id": id, "metastore_info": {"owner": CLIENT_ID}});
    world.done(ACCOUNT_ADMIN, "UpdateAccountMetastore", own);

    let found = refusal(call("CreateStorageCredential", create.clone()));
    assert_eq!(found, lacking("CREATE STORAGE CREDENTIAL", on_metastore));
    grant("metastore", &id, "CREATE_STORAGE_CREDENTIAL");
    call("CreateStorageCredential", create).unwrap();

    let found = refusal(reachable.locate(PERSON, url, json!({})));
    assert_eq!(found, lacking("CREATE EXTERNAL LOCATION", on_metastore));
    grant("metastore", &id, "CREATE EXTERNAL LOCATION");
    let found = refusal(reachable.locate(PERSON, url, json!({})));
    assert_eq!(found, lacking("CREATE EXTERNAL LOCATION", "Credential 'lakehouse'"));
    let found = refusal(call("GetStorageCredential", json!({"name": CREDENTIAL})));
    assert_eq!(found.0, "PERMISSION_DENIED");
    let seen = call("ListStorageCredentials", json!({"max_results": 0})).unwrap();
    assert_eq!(seen["storage_credentials"].as_array().unwrap().len(), 1);
    grant("storage_credential", CREDENTIAL, "CREATE_EXTERNAL_LOCATION");
    reachable.locate(PERSON, url, json!({})).unwrap();
    assert!(call("GetStorageCredential", json!({"name": CREDENTIAL})).is_ok());

    // To see something is not to own it.
    let not_owner = denied("User is not an owner of Credential 'lakehouse'.");
    let change = json!({"name": CREDENTIAL, "comment": "mine"});
    assert_eq!(refusal(call("UpdateStorageCredential", change)), not_owner);
    assert_eq!(refusal(call("DeleteStorageCredential", json!({"name": CREDENTIAL}))), not_owner);
    let mine = json!({"securable_type": "storage_credential", "securable_name": CREDENTIAL});
    assert_eq!(refusal(call("GetBindings", mine)), not_owner);
    // Administering the workspace is no more than being in it.
    let place = json!({"name": "place"});
    let found = refusal(world.call(WORKSPACE_ADMIN, "DeleteExternalLocation", place.clone()));
    assert_eq!(found, denied("User is not an owner of External Location 'place'."));
    call("DeleteExternalLocation", place).unwrap();

    let wrong = json!({"principal": PERSON.name, "add": ["SELECT"]});
    let input =
        json!({"securable_type": "external_location", "full_name": "gone", "changes": [wrong]});
    assert_eq!(
        refusal(world.call(ACCOUNT_ADMIN_INSIDE, "UpdateGrants", input.clone())).0,
        "EXTERNAL_LOCATION_DOES_NOT_EXIST"
    );
    let input =
        json!({"securable_type": "metastore", "full_name": id, "changes": input["changes"]});
    let (code, text) = refusal(world.call(ACCOUNT_ADMIN_INSIDE, "UpdateGrants", input));
    assert_eq!(code, "INVALID_PARAMETER_VALUE");
    assert!(text.starts_with("Privilege SELECT is not applicable to this entity"), "{text}");
    let effective =
        json!({"securable_type": "metastore", "full_name": id, "principal": PERSON.name});
    let effective = world.done(ACCOUNT_ADMIN_INSIDE, "GetEffectiveGrants", effective);
    let held = &effective["privilege_assignments"][0]["privileges"];
    let expected = ["CREATE_EXTERNAL_LOCATION", "CREATE_STORAGE_CREDENTIAL"]
        .map(|name| json!({"privilege": name}));
    assert_eq!(*held, json!(expected));
}

#[test]
fn what_is_isolated_is_used_where_it_is_bound() {
    let reachable = Reachable::new();
    let world = &reachable.world;
    let isolate = json!({"name": CREDENTIAL, "isolation_mode": "ISOLATION_MODE_ISOLATED"});
    world.done(WORKSPACE_ADMIN, "UpdateStorageCredential", isolate);
    let text = denied("Storage Credential 'lakehouse' is not accessible in current workspace");
    let get = || world.call(WORKSPACE_ADMIN, "GetStorageCredential", json!({"name": CREDENTIAL}));
    assert_eq!(refusal(get()), text);
    assert_eq!(refusal(reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data", json!({}))), text);
    let bind = |change: Value| {
        let mut input =
            json!({"securable_type": "storage_credential", "securable_name": CREDENTIAL});
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        world.done(WORKSPACE_ADMIN, "UpdateBindings", input)
    };
    let bound = bind(json!({"add": [{"workspace_id": WORKSPACE_ID}]}));
    let one = json!({"workspace_id": WORKSPACE_ID, "binding_type": "BINDING_TYPE_READ_WRITE"});
    assert_eq!(bound, json!({"bindings": [one]}));
    assert_eq!(get().unwrap()["isolation_mode"], "ISOLATION_MODE_ISOLATED");
    reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data", json!({})).unwrap();
    assert_eq!(bind(json!({"remove": [{"workspace_id": WORKSPACE_ID}]})), json!({"bindings": []}));
    assert_eq!(refusal(get()), text);
}

#[test]
fn locations_do_not_overlap_and_hold_their_credential() {
    let reachable = Reachable::new();
    let world = &reachable.world;
    reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there", json!({})).unwrap();
    let text = |url: &str| {
        format!(
            "Input path url '{url}' overlaps with other external locations. Conflicting location: place."
        )
    };
    for url in ["s3://lakehouse-data", "s3://lakehouse-data/there/", "s3a://lakehouse-data/there/b"]
    {
        let input = json!({"name": "second", "url": url, "credential_name": CREDENTIAL});
        let (code, found) = refusal(world.call(WORKSPACE_ADMIN, "CreateExternalLocation", input));
        let shown = url.replace("s3a:", "s3:");
        assert_eq!(
            (code.as_str(), found),
            ("INVALID_PARAMETER_VALUE", text(shown.trim_end_matches('/')))
        );
        let input = json!({"storage_credential_name": CREDENTIAL, "url": url});
        assert_eq!(
            refusal(world.call(WORKSPACE_ADMIN, "ValidateStorageCredential", input)).0,
            code
        );
    }
    // The location itself is in nobody's way.
    let own = json!({"external_location_name": "place"});
    assert!(reachable.validate(own).iter().all(|(_, result, _)| result == "PASS"));
    let both = json!({"external_location_name": "place", "url": "s3://lakehouse-data/there/b"});
    assert!(reachable.validate(both).iter().all(|(_, result, _)| result != "FAIL"));
    let used = "Storage Credential 'lakehouse' has 1 directly dependent external location(s); use force option \
                to delete anyway.";
    let delete = |force: bool| {
        let input = json!({"name": CREDENTIAL, "force": force});
        world.call(WORKSPACE_ADMIN, "DeleteStorageCredential", input)
    };
    assert_eq!(refusal(delete(false)).1, used);
    let rename = json!({"name": "LAKEHOUSE", "new_name": "renamed"});
    world.done(WORKSPACE_ADMIN, "UpdateStorageCredential", rename);
    let shown = world.done(WORKSPACE_ADMIN, "GetExternalLocation", json!({"name": "place"}));
    assert_eq!(shown["credential_name"], "renamed");
    let role = json!({"name": "renamed", "aws_iam_role": {"role_arn": role_arn().replace("-uc", "-other")}});
    assert!(
        refusal(world.call(WORKSPACE_ADMIN, "UpdateStorageCredential", role)).1.contains("force")
    );
    let gone =
        refusal(world.call(WORKSPACE_ADMIN, "GetStorageCredential", json!({"name": CREDENTIAL})));
    let text = "Storage Credential 'lakehouse' does not exist.".to_owned();
    assert_eq!(gone, ("STORAGE_CREDENTIAL_DOES_NOT_EXIST".to_owned(), text));
}

#[test]
fn bad_input_changes_nothing() {
    let reachable = Reachable::new();
    let world = &reachable.world;
    let role = json!({"role_arn": role_arn()});
    let call = |name, input| world.call(WORKSPACE_ADMIN, name, input);
    for (name, input, code) in [
        (
            "CreateStorageCredential",
            json!({"name": "a b", "aws_iam_role": role}),
            "INVALID_PARAMETER_VALUE",
        ),
        (
            "CreateStorageCredential",
            json!({"name": "a".repeat(256), "aws_iam_role": role}),
            "INVALID_PARAMETER_VALUE",
        ),
        (
            "CreateStorageCredential",
            json!({"name": "lakehouse", "aws_iam_role": role}),
            "STORAGE_CREDENTIAL_ALREADY_EXISTS",
        ),
        (
            "CreateStorageCredential",
            json!({"name": "a", "aws_iam_role": {"role_arn": "x"}}),
            "INVALID_PARAMETER_VALUE",
        ),
        (
            "CreateStorageCredential",
            json!({"name": "a", "azure_managed_identity": {}}),
            "NOT_IMPLEMENTED",
        ),
        ("CreateStorageCredential", json!({"aws_iam_role": role}), "INVALID_PARAMETER_VALUE"),
        (
            "CreateExternalLocation",
            json!({"name": "a", "url": "data", "credential_name": CREDENTIAL}),
            "INVALID_PARAMETER_VALUE",
        ),
        (
            "CreateExternalLocation",
            json!({"name": "a", "url": "s3://b", "credential_name": "none"}),
            "STORAGE_CREDENTIAL_DOES_NOT_EXIST",
        ),
        (
            "CreateExternalLocation",
            json!({"name": "a", "url": "s3://b", "credential_name": CREDENTIAL, "encryption_details": {}}),
            "NOT_IMPLEMENTED",
        ),
        (
            "ValidateStorageCredential",
            json!({"storage_credential_name": CREDENTIAL}),
            "INVALID_PARAMETER_VALUE",
        ),
        ("ValidateStorageCredential", json!({"url": "s3://b"}), "INVALID_PARAMETER_VALUE"),
        ("GetGrants", json!({"securable_type": "catalog", "full_name": "main"}), "NOT_IMPLEMENTED"),
        (
            "UpdateBindings",
            json!({"securable_type": "storage_credential", "securable_name": CREDENTIAL, "add": [{"workspace_id": 1}]}),
            "RESOURCE_DOES_NOT_EXIST",
        ),
        ("ListStorageCredentials", json!({"max_results": -1}), "INVALID_PARAMETER_VALUE"),
        ("ListStorageCredentials", json!({"page_token": "x"}), "INVALID_PARAMETER_VALUE"),
        (
            "UpdateStorageCredential",
            json!({"name": CREDENTIAL, "isolation_mode": "HALF"}),
            "MALFORMED_REQUEST",
        ),
    ] {
        let (found, text) = refusal(call(name, input.clone()));
        assert_eq!(found, code, "{name} {input}: {text}");
    }
    let all = call("ListStorageCredentials", json!({})).unwrap();
    assert_eq!(all["storage_credentials"].as_array().unwrap().len(), 1);
}

#[test]
fn lists_come_in_pages() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        let input = json!({"name": name, "aws_iam_role": {"role_arn": role_arn()}});
        world.done(WORKSPACE_ADMIN, "CreateStorageCredential", input);
    }
    let page = |input| world.done(WORKSPACE_ADMIN, "ListStorageCredentials", input);
    let first = page(json!({"max_results": "2"}));
    assert_eq!(first["storage_credentials"].as_array().unwrap().len(), 2);
    let rest = page(json!({"max_results": 2, "page_token": first["next_page_token"]}));
    assert_eq!(rest["storage_credentials"][0]["name"], "c");
    assert_eq!(rest["next_page_token"], Value::Null);
}

#[test]
fn the_account_has_credentials_of_each_metastore() {
    let world = World::new();
    let id = metastore(&world);
    let at = |mut input: Value| {
        input["metastore_id"] = id.clone().into();
        input
    };
    let info = json!({"name": "root", "aws_iam_role": {"role_arn": role_arn()}, "comment": "c"});
    let made = world.done(
        ACCOUNT_ADMIN,
        "CreateAccountStorageCredential",
        at(json!({"credential_info": info})),
    );
    assert_eq!(made["credential_info"]["aws_iam_role"]["external_id"], ACCOUNT_ID);
    let name = json!({"storage_credential_name": "root"});
    let shown = world.done(ACCOUNT_ADMIN, "GetAccountStorageCredential", at(name.clone()));
    assert_eq!(shown, made);
    let change =
        json!({"storage_credential_name": "root", "credential_info": {"owner": ADMIN_NAME}});
    let changed = world.done(ACCOUNT_ADMIN, "UpdateAccountStorageCredential", at(change));
    assert_eq!(changed["credential_info"]["owner"], ADMIN_NAME);
    let input =
        json!({"metastore_info": {"storage_root_credential_id": made["credential_info"]["id"]}});
    let root = world.done(ACCOUNT_ADMIN, "UpdateAccountMetastore", at(input));
    assert_eq!(root["metastore_info"]["storage_root_credential_name"], "root");
    let all = world.done(ACCOUNT_ADMIN, "ListAccountStorageCredentials", at(json!({})));
    assert_eq!(all["storage_credentials"].as_array().unwrap().len(), 1);
    world.done(ACCOUNT_ADMIN, "DeleteAccountStorageCredential", at(name.clone()));
    let gone = refusal(world.call(ACCOUNT_ADMIN, "GetAccountStorageCredential", at(name)));
    assert_eq!(gone.0, "STORAGE_CREDENTIAL_DOES_NOT_EXIST");
}

#[test]
fn whoever_holds_nothing_changes_nothing() {
    let reachable = Reachable::new();
    let world = &reachable.world;
    add_person(world);
    reachable.locate(WORKSPACE_ADMIN, "s3://lakehouse-data/there", json!({})).unwrap();
    let id = metastore(world);
    let workspace = json!({"workspace_id": WORKSPACE_ID, "metastore_id": id});
    let of = |kind: &str, name: &str| json!({"securable_type": kind, "full_name": name});
    let bound = json!({"securable_type": "external_location", "securable_name": "place"});
    let new = json!({"name": "new", "aws_iam_role": {"role_arn": role_arn()}});
    let place =
        json!({"name": "new", "url": "s3://lakehouse-data/new", "credential_name": CREDENTIAL});
    let refused = [
        ("CreateMetastore", json!({"name": "new"})),
        ("GetMetastore", json!({"metastore_id": id})),
        ("ListMetastores", json!({})),
        ("UpdateMetastore", json!({"metastore_id": id, "new_name": "new"})),
        ("DeleteMetastore", json!({"metastore_id": id, "force": true})),
        ("AssignMetastore", workspace.clone()),
        ("UpdateMetastoreAssignment", workspace.clone()),
        ("UnassignMetastore", workspace),
        ("CreateStorageCredential", new),
        ("GetStorageCredential", json!({"name": CREDENTIAL})),
        ("UpdateStorageCredential", json!({"name": CREDENTIAL, "owner": PERSON.name})),
        ("DeleteStorageCredential", json!({"name": CREDENTIAL})),
        ("CreateExternalLocation", place),
        ("GetExternalLocation", json!({"name": "place"})),
        ("UpdateExternalLocation", json!({"name": "place", "owner": PERSON.name})),
        ("DeleteExternalLocation", json!({"name": "place"})),
        ("ValidateStorageCredential", json!({"external_location_name": "place"})),
        ("GetBindings", bound.clone()),
        ("UpdateBindings", bound),
        ("GetGrants", of("storage_credential", CREDENTIAL)),
        ("GetEffectiveGrants", of("external_location", "place")),
        ("UpdateGrants", of("metastore", &id)),
    ];
    for (name, input) in &refused {
        let (code, text) = refusal(world.call(PERSON, name, input.clone()));
        assert_eq!(code, "PERMISSION_DENIED", "{name}: {text}");
        assert!(world.cloud.made().is_empty(), "{name} asked AWS");
    }
    // What is left is for everybody, and for the account's host.
    for name in ["GetMetastoreSummary", "GetCurrentMetastoreAssignment"] {
        world.call(PERSON, name, json!({})).unwrap();
    }
    for (name, list) in [
        ("ListStorageCredentials", "storage_credentials"),
        ("ListExternalLocations", "external_locations"),
    ] {
        assert_eq!(world.call(PERSON, name, json!({})).unwrap()[list], json!([]));
    }
    let known = refused.len() + 4;
    let of_workspaces = crate::table::OPERATIONS
        .iter()
        .filter(|entry| entry.paths.iter().any(|path| path.contains("/unity-catalog/")));
    assert_eq!(of_workspaces.count(), known, "an operation is missing here");
}
