//! Whom it takes: the account's admins for the account's metastores, and whom a storage credential was granted to
//! for using it.

use serde_json::{Value, json};

use super::{CREDENTIAL, Reachable, refusal, role_arn};
use crate::first_start::{ACCOUNT_ID, CLIENT_ID, WORKSPACE_ID};
use crate::table::OPERATIONS;
use crate::testing::{ACCOUNT_ADMIN, ACCOUNT_ADMIN_INSIDE, Login, WORKSPACE_ADMIN, World};

const NAME: &str = "person@example.com";
/// Somebody who administers nothing, on a workspace's host and on the account's.
const PERSON: Login = Login { name: NAME, is_account: false };
const PERSON_OF_ACCOUNT: Login = Login { name: NAME, is_account: true };

fn metastore(world: &World) -> String {
    world.done(WORKSPACE_ADMIN, "CreateUser", json!({"userName": NAME}));
    let found = world.done(WORKSPACE_ADMIN, "GetMetastoreSummary", json!({}));
    found["metastore_id"].as_str().unwrap().to_owned()
}

#[test]
fn the_accounts_metastores_are_for_its_admins() {
    let world = World::new();
    let id = metastore(&world);
    let info = json!({"name": "root", "aws_iam_role": {"role_arn": role_arn()}});
    // As much as any of them wants.
    let input = json!({
        "account_id": ACCOUNT_ID, "metastore_id": id, "workspace_id": WORKSPACE_ID, "force": true,
        "metastore_info": {"name": "new", "region": "us-east-1"}, "credential_info": info,
        "metastore_assignment": {"metastore_id": id}, "storage_credential_name": "root",
    });
    let of_account = |entry: &&crate::table::Entry| {
        entry.paths.iter().any(|path| path.contains("/accounts/") && path.contains("metastore"))
    };
    let operations: Vec<&'static str> =
        OPERATIONS.iter().filter(of_account).map(|it| it.name).collect();
    assert!(operations.len() > 12, "{operations:?}");
    for login in [PERSON_OF_ACCOUNT, Login { is_account: true, ..WORKSPACE_ADMIN }] {
        for name in &operations {
            let (code, text) = refusal(world.call(login, name, input.clone()));
            assert_eq!(code, "PERMISSION_DENIED", "{name}: {text}");
        }
    }
    let made = json!({"metastore_id": id, "credential_info": info});
    world.done(ACCOUNT_ADMIN, "CreateAccountStorageCredential", made);
}

#[test]
fn a_credential_is_used_by_those_whom_it_is_granted_to() {
    let reachable = Reachable::new();
    let world = &reachable.world;
    let id = metastore(world);
    let own = json!({"metastore_id": id, "metastore_info": {"owner": CLIENT_ID}});
    world.done(ACCOUNT_ADMIN, "UpdateAccountMetastore", own);
    let grant = |kind: &str, name: &str, privilege: &str| {
        let change = json!({"principal": NAME, "add": [privilege]});
        let input = json!({"securable_type": kind, "full_name": name, "changes": [change]});
        world.done(ACCOUNT_ADMIN_INSIDE, "UpdateGrants", input);
    };
    // Somebody with a credential and a location of their own.
    grant("metastore", &id, "CREATE_STORAGE_CREDENTIAL");
    grant("metastore", &id, "CREATE_EXTERNAL_LOCATION");
    let call = |name, input| world.call(PERSON, name, input);
    let role = json!({"role_arn": role_arn()});
    call("CreateStorageCredential", json!({"name": "own", "aws_iam_role": role})).unwrap();
    let input = json!({"name": "place", "url": "s3://lakehouse-data/there", "credential_name": "own",
        "skip_validation": true});
    call("CreateExternalLocation", input).unwrap();

    let other = json!({"name": "place", "credential_name": CREDENTIAL, "skip_validation": true});
    let tried = json!({"storage_credential_name": CREDENTIAL, "url": "s3://lakehouse-data/new"});
    let lacking = "User does not have CREATE EXTERNAL LOCATION on Credential 'lakehouse'.";
    let uses = [("UpdateExternalLocation", other), ("ValidateStorageCredential", tried)];
    for (name, input) in &uses {
        let denied = ("PERMISSION_DENIED".to_owned(), lacking.to_owned());
        assert_eq!(refusal(call(name, input.clone())), denied, "{name}");
        assert!(world.cloud.made().is_empty(), "{name} asked AWS");
    }
    // What only reads data says nothing about locations.
    grant("storage_credential", CREDENTIAL, "READ_FILES");
    assert_eq!(refusal(call(uses[0].0, uses[0].1.clone())).1, lacking);
    grant("storage_credential", CREDENTIAL, "CREATE_EXTERNAL_LOCATION");
    for (name, input) in uses {
        call(name, input).unwrap();
    }
    let shown: Value = call("GetExternalLocation", json!({"name": "place"})).unwrap();
    assert_eq!(shown["credential_name"], CREDENTIAL);
}
