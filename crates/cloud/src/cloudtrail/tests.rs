//! Events as they are looked up, over rows as a server keeps them.

use std::sync::Arc;

use serde_json::{Value, json};
use store::AuditRow;

use crate::authorize::Facts;
use crate::caller::Caller;
use crate::cloudtrail::entry::Entry;
use crate::cloudtrail::lookup::LookupEvents;
use crate::cloudtrail::parameters;
use crate::fault::Fault;
use crate::operation::Operation;
use crate::testing::{ACCOUNT, Cloud, account, allow, root, trust_ec2};

/// A row as a server keeps it, of a call that is allowed or not.
fn row(cloud: &Cloud, caller: &Caller, action: &'static str, number: i64) -> Arc<AuditRow> {
    let decided = cloud.decided(caller, action, &format!("arn:aws:iam::{ACCOUNT}:role/etl"));
    let denied = !decided.decision.is_allowed();
    let facts = Facts {
        source_ip: Some("127.0.0.1".to_owned()),
        user_agent: Some("aws-cli/2".to_owned()),
        access_key_id: Some("AKIA1".to_owned()),
        parameters: Some(parameters::of_form(
            [("RoleName", "etl"), ("Password", "hunter2")].into_iter(),
        )),
        ..Facts::default()
    };
    let fault = Fault::new("AccessDenied", "because …");
    let decided = [decided];
    let entry = Entry::new(caller, &facts, "us-east-1", &decided, denied.then_some(&fault));
    Arc::new(AuditRow {
        id: format!("request-{number}"),
        account: ACCOUNT.into(),
        time_ms: cloud.now.unix_seconds() * 1000 + number,
        caller: caller.arn(),
        action: action.into(),
        verdict: if denied { "deny" } else { "allow" }.into(),
        body: serde_json::to_string(&entry).unwrap(),
    })
}

/// Shows rows, newest first, as the store answers them.
fn look_up(cloud: &Cloud, rows: &[Arc<AuditRow>], input: Value) -> Value {
    let mut operation: LookupEvents = serde_json::from_value(input).unwrap();
    operation.check().unwrap();
    while let Some(filter) = operation.wanted_audit(account()) {
        let fitting = rows.iter().filter(|row| filter.fits(row));
        let page: Vec<_> = fitting.skip(filter.skip).take(filter.page()).cloned().collect();
        operation.see_audit(&page);
    }
    cloud.answer_of(&root(), operation)
}

fn names(answer: &Value) -> Vec<String> {
    let events = answer["Events"].as_array().unwrap();
    events.iter().map(|event| event["EventName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_event_tells_who_asked_what_and_how_it_was_answered() {
    let cloud = Cloud::new();
    let anna = cloud.user("anna", &allow("iam:GetRole", "*"));
    let rows = [row(&cloud, &anna, "iam:DeleteRole", 1)];
    let answer = look_up(&cloud, &rows, json!({}));
    let event = &answer["Events"][0];
    assert_eq!(event["Username"], "anna");
    assert_eq!(event["ReadOnly"], "false");
    assert_eq!(event["EventSource"], "iam.amazonaws.com");
    assert_eq!(
        event["Resources"],
        json!([{"ResourceType": "AWS::IAM::Role", "ResourceName": "etl"}])
    );
    let told: Value = serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
    let identity = &told["userIdentity"];
    assert_eq!((&identity["type"], &identity["userName"]), (&json!("IAMUser"), &json!("anna")));
    assert_eq!(identity["accessKeyId"], "AKIA1");
    assert_eq!(told["errorCode"], "AccessDenied");
    assert_eq!(told["sourceIPAddress"], "127.0.0.1");
    assert_eq!(told["requestID"], "request-1");
    assert_eq!(told["eventID"], event["EventId"]);
    assert_eq!(told["requestParameters"]["roleName"], "etl");
    assert_eq!(told["requestParameters"]["password"], "HIDDEN_DUE_TO_SECURITY_REASONS");
    assert_eq!(told["responseElements"], Value::Null);
    assert_eq!(told["recipientAccountId"], ACCOUNT);
}

#[test]
fn sessions_tell_whose_they_are() {
    let cloud = Cloud::new();
    let trust = json!({"RoleName": "etl", "AssumeRolePolicyDocument": trust_ec2()});
    cloud.run("CreateRole", trust).unwrap();
    let session = cloud.session("etl", "i-1");
    let service = Caller::Service { name: "ec2.amazonaws.com", account: account() };
    let rows = [row(&cloud, &session, "iam:GetRole", 2), row(&cloud, &service, "iam:GetRole", 1)];
    let answer = look_up(&cloud, &rows, json!({}));
    let told = |at: usize| -> Value {
        serde_json::from_str(answer["Events"][at]["CloudTrailEvent"].as_str().unwrap()).unwrap()
    };
    let identity = told(0)["userIdentity"].clone();
    assert_eq!(identity["type"], "AssumedRole");
    assert_eq!(identity["sessionContext"]["sessionIssuer"]["userName"], "etl");
    assert_eq!(identity["sessionContext"]["attributes"]["mfaAuthenticated"], "false");
    assert_eq!(answer["Events"][0]["Username"], "i-1");
    assert_eq!(
        told(1)["userIdentity"],
        json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"})
    );
}

#[test]
fn events_are_found_by_attribute_time_and_page() {
    let cloud = Cloud::new();
    let actions =
        ["iam:CreateRole", "iam:GetRole", "sts:AssumeRole", "s3:GetObject", "databricks:x"];
    let rows: Vec<_> = (0..120)
        .rev()
        .map(|number: i64| {
            let action = actions[usize::try_from(number).unwrap() % 5];
            match action {
                "databricks:x" => {
                    let row = row(&cloud, &root(), "iam:GetRole", number);
                    Arc::new(AuditRow { action: action.into(), ..AuditRow::clone(&row) })
                }
                action => row(&cloud, &root(), action, number),
            }
        })
        .collect();
    let first = look_up(&cloud, &rows, json!({}));
    assert_eq!(names(&first).len(), 50);
    let token = json!({"NextToken": first["NextToken"]});
    // More events come in between the pages.
    let more: Vec<_> =
        [row(&cloud, &root(), "iam:GetRole", 500)].into_iter().chain(rows.clone()).collect();
    let second = look_up(&cloud, &more, token);
    assert_eq!(names(&second).len(), 22, "72 of 120 are events that can be looked up");
    assert_eq!(second.get("NextToken"), None);
    let by = |key: &str, value: &str| {
        let attribute = json!([{"AttributeKey": key, "AttributeValue": value}]);
        names(&look_up(&cloud, &rows, json!({"LookupAttributes": attribute}))).len()
    };
    assert_eq!(by("EventName", "CreateRole"), 24);
    assert_eq!(by("ReadOnly", "true"), 48);
    assert_eq!(by("EventSource", "sts.amazonaws.com"), 24);
    assert_eq!(by("Username", "root"), 50);
    assert_eq!(by("Username", "anna"), 0);
    assert_eq!(by("ResourceName", "etl"), 50);
    assert_eq!(by("ResourceType", "AWS::IAM::User"), 0);
    assert_eq!(by("AccessKeyId", "AKIA1"), 50);
    let id = first["Events"][7]["EventId"].as_str().unwrap();
    assert_eq!(by("EventId", id), 1);
    let begin = cloud.now.unix_seconds();
    let late = look_up(&cloud, &rows, json!({"StartTime": begin as f64 + 0.115}));
    assert_eq!(names(&late).len(), 3);
    let early = look_up(&cloud, &rows, json!({"EndTime": begin as f64 + 0.002}));
    assert_eq!(names(&early).len(), 3);
}

#[test]
fn bad_questions_are_refused() {
    let check = |input: Value| {
        let operation: LookupEvents = serde_json::from_value(input).unwrap();
        operation.check().map_err(|fault| fault.code)
    };
    let attribute = json!({"AttributeKey": "EventName", "AttributeValue": "x"});
    for (input, expected) in [
        (json!({"MaxResults": 50}), Ok(())),
        (json!({"MaxResults": 51}), Err("InvalidMaxResultsException")),
        (json!({"MaxResults": 0}), Err("InvalidMaxResultsException")),
        (json!({"StartTime": 2.0, "EndTime": 1.0}), Err("InvalidTimeRangeException")),
        (json!({"LookupAttributes": [attribute]}), Ok(())),
        (
            json!({"LookupAttributes": [attribute, attribute]}),
            Err("InvalidLookupAttributesException"),
        ),
        (
            json!({"LookupAttributes": [{"AttributeKey": "x", "AttributeValue": "x"}]}),
            Err("InvalidLookupAttributesException"),
        ),
        (json!({"EventCategory": "insight"}), Err("NotImplemented")),
        (json!({"EventCategory": "x"}), Err("InvalidEventCategoryException")),
        (json!({"NextToken": "x"}), Err("InvalidNextTokenException")),
    ] {
        assert_eq!(check(input.clone()), expected, "{input}");
    }
}
