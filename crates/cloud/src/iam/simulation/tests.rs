use serde_json::{Value, json};

use crate::iam::role::RoleRow;
use crate::iam::user::UserRow;
use crate::testing::{ACCOUNT, Answer, Cloud, allow, code, failure, statement};

const ANNA: &str = "arn:aws:iam::123456789012:user/anna";
const OBJECT: &str = "arn:aws:s3:::bucket/key";

fn with(mut input: Value, key: &str, value: Value) -> Value {
    input[key] = value;
    input
}

fn custom(policies: &[String], actions: &[&str]) -> Value {
    json!({"PolicyInputList": policies, "ActionNames": actions})
}

/// The only result.
fn simulate(input: Value) -> Value {
    let answer = Cloud::new().run("SimulateCustomPolicy", input).unwrap();
    let results = answer["EvaluationResults"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    results[0].clone()
}

fn refused(input: Value) -> Answer {
    Cloud::new().run("SimulateCustomPolicy", input)
}

fn invalid(text: &str) -> Answer {
    failure("InvalidInput", text)
}

fn entry(key: &str, value: &str) -> Value {
    json!({"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"})
}

#[test]
fn one_action_on_everything() {
    let result = simulate(custom(&[allow("s3:Get*", "*")], &["s3:GetObject"]));
    assert_eq!(
        result,
        json!({
            "EvalActionName": "s3:GetObject",
            "EvalResourceName": "*",
            "EvalDecision": "allowed",
            "MatchedStatements": [{
                "SourcePolicyId": "PolicyInputList.1",
                "SourcePolicyType": "IAM Policy",
                "StartPosition": {"Line": 1, "Column": 15},
                "EndPosition": {"Line": 1, "Column": 66},
            }],
            "MissingContextValues": [],
        })
    );
    let result = simulate(custom(&[allow("s3:Get*", "*")], &["s3:PutObject"]));
    assert_eq!(result["EvalDecision"], "implicitDeny");
    assert_eq!(result["MatchedStatements"], json!([]));
}

#[test]
fn the_denial_alone_is_told() {
    let deny = statement(json!([
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}
    ]));
    let result = simulate(custom(&[allow("*", "*"), deny], &["s3:GetObject"]));
    assert_eq!(result["EvalDecision"], "explicitDeny");
    let matched = result["MatchedStatements"].as_array().unwrap();
    assert_eq!(matched.len(), 1);
    assert_eq!(matched[0]["SourcePolicyId"], "PolicyInputList.2");
    let both = [allow("s3:*", "*"), allow("*", "*")];
    let result = simulate(custom(&both, &["s3:GetObject"]));
    assert_eq!(result["MatchedStatements"].as_array().unwrap().len(), 2);
}

#[test]
fn one_resource_is_shown_as_such() {
    let input = custom(&[allow("s3:Get*", OBJECT)], &["s3:GetObject"]);
    let result = simulate(with(input, "ResourceArns", json!([OBJECT])));
    assert_eq!(result["EvalResourceName"], OBJECT);
    assert_eq!(result["EvalDecision"], "allowed");
    assert_eq!(result["EvalDecisionDetails"], json!({}));
    let specific = &result["ResourceSpecificResults"][0];
    assert_eq!(specific["EvalResourceName"], OBJECT);
    assert_eq!(specific["EvalResourceDecision"], "allowed");
    assert_eq!(specific["MatchedStatements"], result["MatchedStatements"]);
    assert!(specific.get("EvalDecisionDetails").is_none());
}

#[test]
fn several_resources_are_summed_up() {
    let other = "arn:aws:s3:::other/key";
    let run = |second: Value| {
        let policy = statement(json!([
            {"Effect": "Allow", "Action": "s3:Get*", "Resource": OBJECT}, second
        ]));
        let input = custom(&[policy], &["s3:GetObject"]);
        let result = simulate(with(input, "ResourceArns", json!([OBJECT, other])));
        assert_eq!(result["EvalResourceName"], "arn:aws:s3:::${BucketName}/${KeyName}");
        assert_eq!(result["MatchedStatements"], json!([]));
        let specific = &result["ResourceSpecificResults"];
        assert_eq!(specific[0]["EvalResourceDecision"], "allowed");
        assert_eq!(specific[1]["EvalResourceName"], other);
        let each = specific[1]["EvalResourceDecision"].as_str().unwrap().to_owned();
        (result["EvalDecision"].as_str().unwrap().to_owned(), each)
    };
    let second = |effect: &str, action: &str| {
        run(json!({"Effect": effect, "Action": action, "Resource": other}))
    };
    let pair = |decision: &str| (decision.to_owned(), decision.to_owned());
    assert_eq!(second("Allow", "s3:Get*"), pair("allowed"));
    assert_eq!(second("Allow", "s3:Put*"), pair("implicitDeny"));
    assert_eq!(second("Deny", "s3:Get*"), pair("explicitDeny"));
    let sqs = custom(&[allow("*", "*")], &["sqs:SendMessage"]);
    let queues = json!(["arn:aws:sqs:us-east-1:1:a", "arn:aws:sqs:us-east-1:1:b"]);
    let result = simulate(with(sqs, "ResourceArns", queues));
    assert_eq!(result["EvalResourceName"], "arn:aws:sqs:${Region}:${Account}:${RelativeId}");
}

#[test]
fn missing_keys_are_told() {
    let policy = statement(json!([
        {
            "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::${aws:username}/*",
            "Condition": {
                "StringEquals": {"s3:prefix": "${aws:PrincipalTag/team, 'none'}"},
                "Bool": {"aws:SecureTransport": "true"}
            }
        },
        {
            "Effect": "Allow", "Action": "ec2:*", "Resource": "*",
            "Condition": {"StringEquals": {"ec2:Region": "us-east-1"}}
        },
        {
            "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::other/*",
            "Condition": {"StringEquals": {"s3:other": "x"}}
        }
    ]));
    let input = || custom(std::slice::from_ref(&policy), &["s3:GetObject"]);
    let all = json!(["aws:SecureTransport", "s3:prefix", "aws:PrincipalTag/team", "aws:username"]);
    let result = simulate(input());
    assert_eq!(result["MissingContextValues"], all);
    let entries = json!([entry("S3:Prefix", "x"), entry("aws:username", "bucket")]);
    let given = with(with(input(), "ContextEntries", entries), "ResourceArns", json!([OBJECT]));
    let result = simulate(given);
    assert_eq!(result["MissingContextValues"], json!([]));
    let rest = json!(["aws:SecureTransport", "aws:PrincipalTag/team"]);
    assert_eq!(result["ResourceSpecificResults"][0]["MissingContextValues"], rest);
    // Who calls is known then.
    let result = simulate(with(input(), "CallerArn", json!(ANNA)));
    let rest = json!(["aws:SecureTransport", "s3:prefix", "aws:PrincipalTag/team"]);
    assert_eq!(result["MissingContextValues"], rest);
}

#[test]
fn context_makes_the_difference() {
    let policy = statement(json!({
        "Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}}
    }));
    let run = |values: Value| {
        let entry = json!({
            "ContextKeyName": "aws:TagKeys", "ContextKeyValues": values,
            "ContextKeyType": "stringList"
        });
        let input = custom(std::slice::from_ref(&policy), &["s3:GetObject"]);
        simulate(with(input, "ContextEntries", json!([entry])))["EvalDecision"].clone()
    };
    assert_eq!(run(json!(["cost", "team"])), "allowed");
    assert_eq!(run(json!(["cost"])), "implicitDeny");
}

#[test]
fn boundaries_limit() {
    let input = || custom(&[allow("s3:*", "*")], &["s3:GetObject"]);
    let run = |boundary: String| {
        simulate(with(input(), "PermissionsBoundaryPolicyInputList", json!([boundary])))
    };
    let within = run(allow("s3:Get*", "*"));
    assert_eq!(within["EvalDecision"], "allowed");
    let detail = |allowed: bool| json!({"AllowedByPermissionsBoundary": allowed});
    assert_eq!(within["PermissionsBoundaryDecisionDetail"], detail(true));
    assert_eq!(within["MatchedStatements"].as_array().unwrap().len(), 1);
    let outside = run(allow("ec2:*", "*"));
    assert_eq!(outside["EvalDecision"], "implicitDeny");
    assert_eq!(outside["PermissionsBoundaryDecisionDetail"], detail(false));
    let two = json!([allow("s3:*", "*"), allow("s3:*", "*")]);
    let answer = refused(with(input(), "PermissionsBoundaryPolicyInputList", two));
    assert_eq!(code(answer), "InvalidInput");
}

#[test]
fn resource_policies_grant() {
    let bucket = |principal: &str| {
        statement(json!({
            "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:*", "Resource": "*"
        }))
    };
    let input = |policy: String| {
        let input = custom(&[allow("ec2:*", "*")], &["s3:GetObject"]);
        let input = with(input, "ResourcePolicy", json!(policy));
        with(with(input, "CallerArn", json!(ANNA)), "ResourceArns", json!([OBJECT]))
    };
    let result = simulate(input(bucket(ANNA)));
    assert_eq!(result["EvalDecision"], "allowed");
    let matched = &result["MatchedStatements"][0];
    assert_eq!(matched["SourcePolicyId"], "ResourcePolicy");
    assert_eq!(matched["SourcePolicyType"], "Resource Policy");
    assert_eq!(simulate(input(bucket(ACCOUNT)))["EvalDecision"], "implicitDeny");
    // Across accounts both must allow.
    for owner in ["210987654321", "arn:aws:iam::210987654321:root"] {
        let result = simulate(with(input(bucket(ANNA)), "ResourceOwner", json!(owner)));
        assert_eq!(result["EvalDecision"], "implicitDeny");
        let details = json!({"IAM Policy": "implicitDeny", "Resource Policy": "allowed"});
        assert_eq!(result["EvalDecisionDetails"], details);
    }
    let answer = refused(with(input(bucket(ANNA)), "ResourceOwner", json!("acme")));
    assert_eq!(answer, invalid("'acme' is not a valid as a Resource Owner."));
    let nobody = with(input(bucket(ANNA)), "CallerArn", Value::Null);
    assert_eq!(code(refused(nobody)), "InvalidInput");
}

#[test]
fn roles_and_keys_leave_it_to_the_account() {
    for (action, arn) in [
        ("sts:AssumeRole", "arn:aws:iam::123456789012:role/etl"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/k"),
    ] {
        let run = |policy: String| {
            let input = custom(&[policy], &[action]);
            simulate(with(input, "ResourceArns", json!([arn])))
        };
        let result = run(allow(action, arn));
        assert_eq!(result["EvalDecision"], "allowed", "{action}");
        assert_eq!(result["MatchedStatements"].as_array().unwrap().len(), 1, "{action}");
        assert_eq!(run(allow("s3:*", "*"))["EvalDecision"], "implicitDeny", "{action}");
    }
}

#[test]
fn input_that_cannot_be_simulated() {
    let input = || custom(&[allow("s3:*", "*")], &["s3:GetObject"]);
    assert_eq!(
        refused(with(input(), "ResourceArns", json!(["bucket"]))),
        invalid("ResourceNames are not in a valid ARN format: bucket.")
    );
    assert_eq!(
        refused(with(input(), "ActionNames", json!(["s3:Get*"]))),
        invalid("Invalid action name: s3:Get*")
    );
    assert_eq!(
        refused(with(input(), "PolicyInputList", json!(["{"]))),
        invalid("Syntax errors in policy.")
    );
    let role = "arn:aws:iam::123456789012:role/etl";
    assert_eq!(
        refused(with(input(), "CallerArn", json!(role))),
        invalid(&format!(
            "Invalid Entity Arn: {role} does not clearly define entity type and name."
        ))
    );
    for (key, value) in [
        ("ActionNames", json!(["s3"])),
        ("ActionNames", json!([format!("s3:{}", "x".repeat(126))])),
        ("ResourceArns", json!([""])),
        ("ResourceArns", json!(["x".repeat(2049)])),
        ("ContextEntries", json!([{"ContextKeyName": "aws:"}])),
        ("ContextEntries", json!([{"ContextKeyName": "aws:username", "ContextKeyType": "text"}])),
        ("PolicyInputList", json!([""])),
        ("MaxItems", json!(1001)),
        ("Marker", json!("")),
    ] {
        let answer = refused(with(input(), key, value.clone()));
        assert_eq!(code(answer), "ValidationError", "{key} {value}");
    }
}

#[test]
fn scenarios_want_their_resources() {
    let arn = |kind: &str| format!("arn:aws:ec2:us-east-1:123456789012:{kind}/x");
    let run = |option: &str, kinds: &[&str]| {
        let arns: Vec<String> = kinds.iter().map(|kind| arn(kind)).collect();
        let input = custom(&[allow("ec2:*", "*")], &["ec2:RunInstances"]);
        let input = with(input, "ResourceArns", json!(arns));
        refused(with(input, "ResourceHandlingOption", json!(option)))
    };
    let kinds = ["instance", "image", "security-group", "network-interface"];
    assert!(run("EC2-VPC-InstanceStore", &kinds).is_ok());
    assert_eq!(code(run("EC2-VPC-EBS", &kinds)), "InvalidInput");
    assert_eq!(code(run("EC2-Moon", &kinds)), "InvalidInput");
}

#[test]
fn results_come_in_pages() {
    let actions = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"];
    let input = || custom(&[allow("s3:*", "*")], &actions);
    let cloud = Cloud::new();
    let run = |input| cloud.run("SimulateCustomPolicy", input).unwrap();
    let names = |answer: &Value| -> Vec<String> {
        let results = answer["EvaluationResults"].as_array().unwrap().iter();
        results.map(|result| result["EvalActionName"].as_str().unwrap().to_owned()).collect()
    };
    let first = run(with(input(), "MaxItems", json!(2)));
    assert_eq!(
        (names(&first), &first["IsTruncated"]),
        (actions[..2].iter().map(|a| (*a).to_owned()).collect(), &json!(true))
    );
    let rest = run(with(input(), "Marker", first["Marker"].clone()));
    assert_eq!(names(&rest), ["s3:ListBucket"]);
    assert_eq!(rest["IsTruncated"], false);
}

#[test]
fn principals_are_simulated_with_all_their_policies() {
    let cloud = Cloud::new();
    cloud.user("anna", &allow("s3:Get*", "*"));
    let managed = cloud.policy("/", "writer", &allow("s3:Put*", "*"));
    let row = cloud.view().get::<UserRow>(ACCOUNT, "anna").unwrap().as_ref().clone();
    cloud.change(UserRow { attached: vec![managed], ..row.clone() });
    let run = |action: &str| {
        let input = json!({"PolicySourceArn": ANNA, "ActionNames": [action]});
        let answer = cloud.run("SimulatePrincipalPolicy", input).unwrap();
        let result = answer["EvaluationResults"][0].clone();
        let id = result["MatchedStatements"][0]["SourcePolicyId"].clone();
        (result["EvalDecision"].as_str().unwrap().to_owned(), id)
    };
    assert_eq!(run("s3:GetObject"), ("allowed".to_owned(), json!("user_anna_own")));
    assert_eq!(run("s3:PutObject"), ("allowed".to_owned(), json!("writer")));
    assert_eq!(run("s3:ListBucket"), ("implicitDeny".to_owned(), Value::Null));
    // Its boundary limits it, and one that is gone leaves nothing.
    let boundary = cloud.policy("/", "bound", &allow("s3:Get*", "*"));
    cloud.change(UserRow { boundary: Some(boundary), ..row.clone() });
    assert_eq!(run("s3:GetObject").0, "allowed");
    cloud.change(UserRow { boundary: Some("arn:aws:iam::123456789012:policy/x".into()), ..row });
    assert_eq!(run("s3:GetObject").0, "implicitDeny");
}

#[test]
fn roles_and_further_policies_are_simulated() {
    let cloud = Cloud::new();
    let trust = statement(json!({
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"
    }));
    let role = json!({"RoleName": "etl", "AssumeRolePolicyDocument": trust});
    cloud.run("CreateRole", role).unwrap();
    let row = cloud.view().get::<RoleRow>(ACCOUNT, "etl").unwrap().as_ref().clone();
    let own = crate::iam::document::Document::new(&statement(json!({
        "Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/etl"}}
    })));
    cloud.change(RoleRow { inline: [("read".to_owned(), own)].into(), ..row });
    let arn = "arn:aws:iam::123456789012:role/etl";
    let run = |input| cloud.run("SimulatePrincipalPolicy", input);
    let input = || json!({"PolicySourceArn": arn, "ActionNames": ["s3:GetObject"]});
    let result = run(input()).unwrap()["EvaluationResults"][0].clone();
    assert_eq!(result["EvalDecision"], "allowed");
    assert_eq!(result["MatchedStatements"][0]["SourcePolicyId"], "role_etl_read");
    let denied = with(
        input(),
        "PolicyInputList",
        json!([statement(json!({
            "Effect": "Deny", "Action": "*", "Resource": "*"
        }))]),
    );
    let result = run(denied).unwrap()["EvaluationResults"][0].clone();
    assert_eq!(result["EvalDecision"], "explicitDeny");
    assert_eq!(result["MatchedStatements"][0]["SourcePolicyId"], "PolicyInputList.1");
    // As a user who has the role's policies.
    let as_anna = with(input(), "CallerArn", json!(ANNA));
    let result = run(as_anna).unwrap()["EvaluationResults"][0].clone();
    assert_eq!(result["EvalDecision"], "implicitDeny");
    let bucket = with(input(), "ResourcePolicy", json!(allow("s3:*", "*")));
    assert_eq!(code(run(bucket)), "InvalidInput", "a role is no caller there");
}

#[test]
fn sources_that_are_none() {
    let cloud = Cloud::new();
    for name in ["SimulatePrincipalPolicy", "GetContextKeysForPrincipalPolicy"] {
        let run = |arn: &str| {
            cloud.run(name, json!({"PolicySourceArn": arn, "ActionNames": ["s3:GetObject"]}))
        };
        for arn in [
            "arn:aws:sts::123456789012:assumed-role/etl/run",
            "arn:aws:iam::123456789012:root",
            "no-arn-but-long-enough",
        ] {
            assert_eq!(
                run(arn),
                invalid(&format!(
                    "Invalid Entity Arn: {arn} does not clearly define entity type and name."
                ))
            );
        }
        assert_eq!(
            run("arn:aws:iam::123456789012:group/none"),
            failure("NoSuchEntity", "The group with name none cannot be found.")
        );
        assert_eq!(code(run("short")), "ValidationError");
    }
}

#[test]
fn keys_of_policies() {
    let cloud = Cloud::new();
    let policy = |key: &str, resource: &str| {
        statement(json!({
            "Effect": "Allow", "Action": "s3:*", "Resource": resource,
            "Condition": {"StringEquals": {key: "x"}}
        }))
    };
    let one = policy("aws:username", "arn:aws:s3:::${aws:PrincipalTag/team}/*");
    let two = policy("AWS:UserName", "*");
    let run = |name: &str, input| cloud.run(name, input).unwrap()["ContextKeyNames"].clone();
    let custom = json!({"PolicyInputList": [one, two]});
    let keys = run("GetContextKeysForCustomPolicy", custom);
    assert_eq!(keys, json!(["aws:username", "aws:PrincipalTag/team", "AWS:UserName"]));
    // Recorded: see `Keys::by_the_letter`.
    for (resource, expected) in [
        ("arn:aws:s3:::b/${aws:username, 'x'}/${*}/${$}", json!(["aws:username", "*", "$"])),
        ("arn:aws:s3:::b/${aws:username}/${AWS:username}", json!(["aws:username", "AWS:username"])),
    ] {
        let policy = policy("aws:username", resource);
        let keys = run("GetContextKeysForCustomPolicy", json!({"PolicyInputList": [policy]}));
        assert_eq!(keys, expected, "{resource}");
    }
    cloud.user("anna", &policy("aws:SourceIp", "*"));
    let input = json!({"PolicySourceArn": ANNA, "PolicyInputList": [two]});
    let keys = run("GetContextKeysForPrincipalPolicy", input);
    assert_eq!(keys, json!(["aws:SourceIp", "AWS:UserName"]));
    let broken = json!({"PolicyInputList": ["[]"]});
    assert_eq!(code(cloud.run("GetContextKeysForCustomPolicy", broken)), "InvalidInput");
}

#[test]
fn whoever_has_no_permission_is_refused() {
    let cloud = Cloud::new();
    let nobody = cloud.user("nobody", &allow("s3:*", "*"));
    let policies = json!([allow("s3:*", "*")]);
    for (name, input) in [
        ("SimulateCustomPolicy", json!({"PolicyInputList": policies, "ActionNames": ["s3:Get"]})),
        ("SimulatePrincipalPolicy", json!({"PolicySourceArn": ANNA, "ActionNames": ["s3:Get"]})),
        ("GetContextKeysForCustomPolicy", json!({"PolicyInputList": policies})),
        ("GetContextKeysForPrincipalPolicy", json!({"PolicySourceArn": ANNA})),
    ] {
        let (code, text) = cloud.run_as(&nobody, name, input).unwrap_err();
        assert_eq!(code, "AccessDenied", "{name}");
        assert!(text.contains(&format!("not authorized to perform: iam:{name}")), "{text}");
    }
}

/// Recorded: see `ContextEntry::check`.
#[test]
fn entries_are_whole_and_of_their_type() {
    let star = || custom(&[allow("*", "*")], &["s3:GetObject"]);
    let entry = |entry: Value| refused(with(star(), "ContextEntries", json!([entry])));
    let of = |kind: &str, value: &str| {
        entry(
            json!({"ContextKeyName": "k:key", "ContextKeyType": kind, "ContextKeyValues": [value]}),
        )
    };
    for (kind, value, wanted) in [
        ("numeric", "01.00", None),
        ("numeric", "+1", None),
        ("numeric", "1e9999", None),
        ("numeric", "0x10", Some("numeric format")),
        ("numericList", " 1 ", Some("numeric format")),
        ("numeric", "Infinity", Some("numeric format")),
        ("ip", "192.000.002.1", None),
        ("ip", "2001:db8::1", None),
        ("ip", "192.0.2.0/24", Some("IP address")),
        ("ip", "fe80::1%eth0", Some("IP address")),
        ("date", "2035", None),
        ("string", "0x10", None),
    ] {
        let text = wanted.map(|it| format!("Invalid context value for key k:key: expected {it}."));
        let told = of(kind, value).err().map(|(_, text)| text);
        assert_eq!(told, text, "{kind} {value}");
    }
    for (given, text) in [
        (
            json!({"ContextKeyType": "string", "ContextKeyValues": ["a"]}),
            "ContextKeyName cannot be null or empty.",
        ),
        (
            json!({"ContextKeyName": "k:key", "ContextKeyValues": ["a"]}),
            "Context key k:key has invalid type null.",
        ),
        (
            json!({"ContextKeyName": "k:key", "ContextKeyType": "string"}),
            "Context values for context key k:key cannot be null or empty.",
        ),
    ] {
        assert_eq!(entry(given), invalid(text));
    }
    assert!(entry(json!({})).is_ok());
    assert!(entry(json!({"ContextKeyName": "abcde", "ContextKeyType": "string", "ContextKeyValues": ["a"]})).is_ok());
}
