//! Functions as clients meet them, against the cloud in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod package;
mod vpc;

use cloud::testing::{ACCOUNT, Answer, Cloud, allow, code, statement};
use serde_json::{Value, json};

/// A zip file of one empty file `a`, and one of an empty file `b`.
const ZIP: &str = "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIUAwoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABhUEsFBgAAAAABAAEALwAAAB8AAAAAAA==";
const OTHER_ZIP: &str = "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYlBLAQIUAwoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABiUEsFBgAAAAABAAEALwAAAB8AAAAAAA==";
const ROLE: &str = "arn:aws:iam::123456789012:role/app/f";

fn cloud() -> Cloud {
    let cloud = Cloud::with(
        ec2::add_rows(crate::add_rows(cloud::schema::schema())),
        |name, call| {
            // Of the names that several services have, Lambda's are meant.
            let is_ec2s = ec2::table::OPERATIONS.iter().any(|entry| entry.name == name);
            let ours = crate::table::OPERATIONS.iter().any(|entry| entry.name == name);
            match cloud::testing::own(name).filter(|_| !ours) {
                None if is_ec2s && !ours => ec2::table::visit(name, call),
                Some(service) => cloud::table::visit(service, name, call),
                None => crate::table::visit(name, call),
            }
        },
        |name, call| crate::table::visit(name, call),
    );
    for (name, service) in [("f", "lambda.amazonaws.com"), ("ec2", "ec2.amazonaws.com")] {
        let principal = json!({"Service": service});
        let trust = statement(
            json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}),
        );
        let role = json!({"RoleName": name, "Path": "/app/", "AssumeRolePolicyDocument": trust});
        cloud.run("CreateRole", role).unwrap();
    }
    cloud
}

fn function(changes: Value) -> Value {
    let mut input = json!({
        "FunctionName": "f", "Role": ROLE, "Runtime": "python3.13", "Handler": "a.b",
        "Code": {"ZipFile": ZIP},
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => input.as_object_mut().unwrap().remove(name),
            value => input.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    input
}

fn message(answer: Answer) -> String {
    answer.expect_err("must be refused").1
}

#[test]
fn a_function_lives() {
    let cloud = cloud();
    let made = cloud.run("CreateFunction", function(json!({"Tags": {"team": "data"}}))).unwrap();
    assert_eq!(made["FunctionArn"], "arn:aws:lambda:us-east-1:123456789012:function:f");
    assert_eq!((&made["Version"], &made["State"]), (&json!("$LATEST"), &json!("Active")));
    assert_eq!((&made["Timeout"], &made["MemorySize"]), (&json!(3), &json!(128)));
    assert!(made.get("Environment").is_none());
    let again = cloud.run("CreateFunction", function(json!({})));
    assert_eq!(message(again), "Function already exist: f");

    let name = json!({"FunctionName": "f"});
    let got = cloud.run("GetFunction", name.clone()).unwrap();
    assert_eq!((&got["Configuration"], &got["Tags"]), (&made, &json!({"team": "data"})));
    let update =
        json!({"FunctionName": "f", "Timeout": 30, "Environment": {"Variables": {"AB": "c"}}});
    let updated = cloud.run("UpdateFunctionConfiguration", update).unwrap();
    assert_eq!(updated["Timeout"], 30);
    assert_eq!(updated["Environment"]["Variables"]["AB"], "c");
    assert_ne!(updated["RevisionId"], made["RevisionId"]);
    let stale = json!({"FunctionName": "f", "Timeout": 31, "RevisionId": made["RevisionId"]});
    assert_eq!(
        code(cloud.run("UpdateFunctionConfiguration", stale)),
        "PreconditionFailedException"
    );
    let dry = json!({"FunctionName": "f", "ZipFile": OTHER_ZIP, "DryRun": true});
    let dry = cloud.run("UpdateFunctionCode", dry).unwrap();
    assert_ne!(dry["CodeSha256"], made["CodeSha256"]);
    let now = cloud.run("GetFunctionConfiguration", name.clone()).unwrap();
    assert_eq!(now["CodeSha256"], made["CodeSha256"], "a dry run changes nothing");
    cloud.run("UpdateFunctionCode", json!({"FunctionName": "f", "ZipFile": OTHER_ZIP})).unwrap();
    let now = cloud.run("GetFunctionConfiguration", name.clone()).unwrap();
    assert_ne!(now["CodeSha256"], made["CodeSha256"]);

    assert_eq!(cloud.run("ListFunctions", json!({})).unwrap()["Functions"], json!([now]));
    let signing = cloud.run("GetFunctionCodeSigningConfig", name.clone()).unwrap();
    assert_eq!(signing, json!({"CodeSigningConfigArn": "", "FunctionName": "f"}));
    cloud.run("DeleteFunction", name.clone()).unwrap();
    let gone = cloud.run("GetFunction", name);
    let text = "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f";
    assert_eq!(gone, cloud::testing::failure("ResourceNotFoundException", text));
}

#[test]
fn the_role_is_a_role_that_lambda_may_assume() {
    let cloud = cloud();
    let create = |role: &str| cloud.run("CreateFunction", function(json!({"Role": role})));
    let cannot = "The role defined for the function cannot be assumed by Lambda.";
    for role in [
        "arn:aws:iam::123456789012:role/app/ec2",
        "arn:aws:iam::123456789012:role/missing",
        // The role's path is part of its ARN.
        "arn:aws:iam::123456789012:role/f",
    ] {
        assert_eq!(
            create(role),
            cloud::testing::failure("InvalidParameterValueException", cannot),
            "{role}"
        );
    }
    let profile = "arn:aws:iam::123456789012:instance-profile/f";
    let text = format!(
        "1 validation error detected: Value '{profile}' at 'role' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{{12}}:role/?[a-zA-Z_0-9+=,.@\\-_/]+"
    );
    assert_eq!(create(profile), cloud::testing::failure("ValidationException", &text));
    assert!(create(ROLE).is_ok());
}

#[test]
fn whoever_makes_a_function_must_pass_its_role() {
    let cloud = cloud();
    let maker = cloud.user("maker", &allow("lambda:*", "*"));
    let refused = cloud.run_as(&maker, "CreateFunction", function(json!({})));
    let text = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/maker is not authorized to perform: iam:PassRole on resource: {ROLE} \
         because no identity-based policy allows the iam:PassRole action"
    );
    assert_eq!(refused, cloud::testing::failure("AccessDeniedException", &text));
    let pass = |service: &str| {
        statement(json!([
            {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE,
             "Condition": {"StringEquals": {"iam:PassedToService": service}}},
        ]))
    };
    let wrong = cloud.user("wrong", &pass("ec2.amazonaws.com"));
    assert_eq!(
        code(cloud.run_as(&wrong, "CreateFunction", function(json!({})))),
        "AccessDeniedException"
    );
    let right = cloud.user("right", &pass("lambda.amazonaws.com"));
    cloud.run_as(&right, "CreateFunction", function(json!({}))).unwrap();
    // An update passes a role only if it names one.
    let update = |changes: Value| cloud.run_as(&maker, "UpdateFunctionConfiguration", changes);
    update(json!({"FunctionName": "f", "Timeout": 4})).unwrap();
    assert_eq!(code(update(json!({"FunctionName": "f", "Role": ROLE}))), "AccessDeniedException");
}

#[test]
fn bad_input_is_refused_in_lambdas_words() {
    let cloud = cloud();
    for (changes, expected, text) in [
        (
            json!({"Code": {}}),
            "InvalidParameterValueException",
            "Please provide a source for function code.",
        ),
        (
            json!({"Code": {"ZipFile": "AAAA"}}),
            "InvalidParameterValueException",
            "Could not unzip uploaded file.",
        ),
        (
            json!({"Handler": null}),
            "InvalidParameterValueException",
            "Runtime and Handler are mandatory",
        ),
        (
            json!({"Runtime": "python9"}),
            "InvalidParameterValueException",
            "Value python9 at 'runtime'",
        ),
        (json!({"Timeout": 901}), "ValidationException", "Value '901' at 'timeout'"),
        (json!({"Timeout": 0}), "ValidationException", "Value '0' at 'timeout'"),
        (json!({"MemorySize": 127}), "ValidationException", "Value '127' at 'memorySize'"),
        (json!({"MemorySize": 10241}), "ValidationException", "Value '10241' at 'memorySize'"),
        (json!({"FunctionName": "a b"}), "ValidationException", "Value 'a b' at 'functionName'"),
        (
            json!({"Environment": {"Variables": {"AWS_REGION": "x"}}}),
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because",
        ),
        (
            json!({"Environment": {"Variables": {"AB": "x".repeat(4095)}}}),
            "InvalidParameterValueException",
            "exceeded the 4KB limit. String measured: 4097 bytes",
        ),
        (
            json!({"Environment": {"Variables": {"1": "x"}}}),
            "ValidationException",
            "environment.variables",
        ),
        (json!({"PackageType": "Image"}), "NotImplemented", "container images"),
        (json!({"Layers": ["arn"]}), "NotImplemented", "`Layers` of Lambda functions"),
    ] {
        let (code, message) = cloud.run("CreateFunction", function(changes.clone())).unwrap_err();
        assert_eq!(code, expected, "{changes}: {message}");
        assert!(message.contains(text), "{changes}: {message}");
    }
    // At the limits, and what says nothing.
    let most = json!({
        "Timeout": 900, "MemorySize": 10240, "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
        "Environment": {"Variables": {"AB": "x".repeat(4094)}},
    });
    cloud.run("CreateFunction", function(most)).unwrap();
}

#[test]
fn versions_stay_and_aliases_point_to_them() {
    let cloud = cloud();
    cloud.run("CreateFunction", function(json!({"Publish": true}))).unwrap();
    let publish = || cloud.run("PublishVersion", json!({"FunctionName": "f"})).unwrap();
    assert_eq!(publish()["Version"], "1", "nothing has changed since");
    cloud.run("UpdateFunctionCode", json!({"FunctionName": "f", "ZipFile": OTHER_ZIP})).unwrap();
    let second = publish();
    assert_eq!(second["Version"], "2");
    assert_eq!(second["FunctionArn"], "arn:aws:lambda:us-east-1:123456789012:function:f:2");
    let versions = cloud.run("ListVersionsByFunction", json!({"FunctionName": "f"})).unwrap();
    let numbers: Vec<&Value> =
        versions["Versions"].as_array().unwrap().iter().map(|it| &it["Version"]).collect();
    assert_eq!(numbers, ["$LATEST", "1", "2"]);
    let page = json!({"FunctionName": "f", "MaxItems": 2});
    let page = cloud.run("ListVersionsByFunction", page).unwrap();
    assert_eq!((page["Versions"].as_array().unwrap().len(), &page["NextMarker"]), (2, &json!("2")));

    let alias =
        |version: &str| json!({"FunctionName": "f", "Name": "live", "FunctionVersion": version});
    let missing = cloud.run("CreateAlias", alias("7"));
    assert_eq!(code(missing), "ResourceNotFoundException");
    let made = cloud.run("CreateAlias", alias("1")).unwrap();
    assert_eq!(made["AliasArn"], "arn:aws:lambda:us-east-1:123456789012:function:f:live");
    assert_eq!(code(cloud.run("CreateAlias", alias("2"))), "ResourceConflictException");
    let of = |qualifier: &str| {
        cloud.run("GetFunction", json!({"FunctionName": "f", "Qualifier": qualifier}))
    };
    assert_eq!(of("live").unwrap()["Configuration"]["Version"], "1");
    let delete = |version: &str| {
        cloud.run("DeleteFunction", json!({"FunctionName": "f", "Qualifier": version}))
    };
    assert_eq!(code(delete("1")), "ResourceConflictException");
    cloud.run("UpdateAlias", alias("2")).unwrap();
    delete("1").unwrap();
    assert_eq!(code(of("1")), "ResourceNotFoundException");
    assert_eq!(of("live").unwrap()["Configuration"]["Version"], "2");
    let one = json!({"FunctionName": "f", "Name": "live"});
    assert_eq!(cloud.run("GetAlias", one.clone()).unwrap()["FunctionVersion"], "2");
    let list =
        cloud.run("ListAliases", json!({"FunctionName": "f", "FunctionVersion": "1"})).unwrap();
    assert_eq!(list["Aliases"], json!([]));
    cloud.run("DeleteAlias", one.clone()).unwrap();
    cloud.run("DeleteAlias", one.clone()).unwrap();
    assert_eq!(code(cloud.run("GetAlias", one)), "ResourceNotFoundException");
}

#[test]
fn permissions_are_statements_of_a_policy() {
    let cloud = cloud();
    cloud.run("CreateFunction", function(json!({}))).unwrap();
    let policy = || cloud.run("GetPolicy", json!({"FunctionName": "f"}));
    assert_eq!(message(policy()), "The resource you requested does not exist.");
    let add = |sid: &str, principal: &str| {
        cloud.run(
            "AddPermission",
            json!({
                "FunctionName": "f", "StatementId": sid, "Action": "lambda:InvokeFunction",
                "Principal": principal, "SourceArn": "arn:aws:s3:::b", "SourceAccount": ACCOUNT,
            }),
        )
    };
    let made = add("one", "s3.amazonaws.com").unwrap();
    let expected = format!(
        r#"{{"Sid":"one","Effect":"Allow","Principal":{{"Service":"s3.amazonaws.com"}},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f","Condition":{{"StringEquals":{{"AWS:SourceAccount":"{ACCOUNT}"}},"ArnLike":{{"AWS:SourceArn":"arn:aws:s3:::b"}}}}}}"#
    );
    assert_eq!(made["Statement"], expected);
    assert_eq!(code(add("one", "s3.amazonaws.com")), "ResourceConflictException");
    assert_eq!(code(add("two", "nobody")), "InvalidParameterValueException");
    assert_eq!(code(add("a b", "*")), "ValidationException");
    add("two", "444455556666").unwrap();
    let text = policy().unwrap()["Policy"].as_str().unwrap().to_owned();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["Statement"][1]["Principal"]["AWS"], "arn:aws:iam::444455556666:root");
    let remove =
        |sid: &str| cloud.run("RemovePermission", json!({"FunctionName": "f", "StatementId": sid}));
    remove("one").unwrap();
    assert_eq!(code(remove("one")), "ResourceNotFoundException");
    remove("two").unwrap();
    assert_eq!(code(policy()), "ResourceNotFoundException");
}

#[test]
fn tags() {
    let cloud = cloud();
    let made = cloud.run("CreateFunction", function(json!({"Tags": {"a": "1"}}))).unwrap();
    let arn = made["FunctionArn"].as_str().unwrap();
    cloud.run("TagResource", json!({"Resource": arn, "Tags": {"b": "2", "a": "3"}})).unwrap();
    let list = || cloud.run("ListTags", json!({"Resource": arn})).unwrap()["Tags"].clone();
    assert_eq!(list(), json!({"a": "3", "b": "2"}));
    cloud.run("UntagResource", json!({"Resource": arn, "tagKeys": ["a", "c"]})).unwrap();
    assert_eq!(list(), json!({"b": "2"}));
    let version = json!({"Resource": format!("{arn}:1")});
    assert_eq!(code(cloud.run("ListTags", version)), "InvalidParameterValueException");
    // A policy can ask for tags.
    let reader = cloud.user(
        "reader",
        &statement(json!({
            "Effect": "Allow", "Action": "lambda:GetFunction", "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/b": "2"}},
        })),
    );
    let name = json!({"FunctionName": "f"});
    cloud.run_as(&reader, "GetFunction", name.clone()).unwrap();
    cloud.run("UntagResource", json!({"Resource": arn, "tagKeys": ["b"]})).unwrap();
    assert_eq!(code(cloud.run_as(&reader, "GetFunction", name)), "AccessDeniedException");
}
