use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::iam::role::RoleRow;
use crate::secrets::{MfaAnswer, SealingKey, Secrets};
use crate::testing::{ACCOUNT, Answer, Cloud, allow, code, failure, root, statement};

const ROLE: &str = "arn:aws:iam::123456789012:role/team/etl";
const OTHER_ACCOUNT: &str = "210987654321";

/// A trust policy with one statement for `principal`.
fn trust(principal: &str, condition: Value) -> String {
    statement(json!({
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition,
    }))
}

/// A cloud with the role of this trust policy.
fn cloud_with(trust: &str) -> Cloud {
    let cloud = Cloud::new();
    create(&cloud, "/team/", "etl", trust);
    cloud
}

fn create(cloud: &Cloud, path: &str, name: &str, trust: &str) {
    let input = json!({"Path": path, "RoleName": name, "AssumeRolePolicyDocument": trust});
    cloud.run("CreateRole", input).unwrap();
}

fn with(mut input: Value, key: &str, value: Value) -> Value {
    input[key] = value;
    input
}

fn input() -> Value {
    json!({"RoleArn": ROLE, "RoleSessionName": "run"})
}

fn refused(caller: &str, action: &str, resource: &str) -> Answer {
    let text =
        format!("User: {caller} is not authorized to perform: {action} on resource: {resource}");
    failure("AccessDenied", &text)
}

#[test]
fn the_answer_has_credentials_that_open_as_the_role() {
    let cloud = cloud_with(&trust(ACCOUNT, json!({})));
    let anna = cloud.user("anna", &allow("sts:AssumeRole", ROLE));
    let answer = cloud.run_as(&anna, "AssumeRole", input()).unwrap();
    let id = answer["Credentials"]["AccessKeyId"].as_str().unwrap();
    assert!(id.starts_with("ASIA") && id.len() == 20, "{id}");
    assert_eq!(names::access_key_account(id), Some(ACCOUNT.parse().unwrap()));
    let secret = answer["Credentials"]["SecretAccessKey"].as_str().unwrap();
    assert_eq!(secret.len(), 40);
    assert_eq!(answer["Credentials"]["Expiration"], "2023-11-14T23:13:20Z");
    let role_id =
        cloud.run("GetRole", json!({"RoleName": "etl"})).unwrap()["Role"]["RoleId"].clone();
    let assumed = format!("{}:run", role_id.as_str().unwrap());
    let arn = "arn:aws:sts::123456789012:assumed-role/etl/run";
    assert_eq!(answer["AssumedRoleUser"], json!({"AssumedRoleId": assumed, "Arn": arn}));
    assert!(answer.get("PackedPolicySize").is_none() && answer.get("SourceIdentity").is_none());
    let who = cloud.run_as(&cloud.holder(&answer), "GetCallerIdentity", json!({})).unwrap();
    assert_eq!(who, json!({"UserId": assumed, "Account": ACCOUNT, "Arn": arn}));
}

#[test]
fn whoever_is_trusted_as_an_account_needs_a_policy_of_its_own() {
    let cloud = cloud_with(&trust(ACCOUNT, json!({})));
    let nobody = cloud.user("nobody", &allow("s3:*", "*"));
    let arn = "arn:aws:iam::123456789012:user/nobody";
    assert_eq!(cloud.run_as(&nobody, "AssumeRole", input()), refused(arn, "sts:AssumeRole", ROLE));
    let update = json!({"RoleName": "etl", "PolicyDocument": trust(arn, json!({}))});
    cloud.run("UpdateAssumeRolePolicy", update).unwrap();
    assert!(cloud.run_as(&nobody, "AssumeRole", input()).is_ok());
}

#[test]
fn a_role_that_does_not_exist_refuses_as_one_that_does_not_trust() {
    let cloud = cloud_with(&trust(OTHER_ACCOUNT, json!({})));
    let admin = cloud.user("admin", &allow("*", "*"));
    let arn = "arn:aws:iam::123456789012:user/admin";
    for resource in [
        ROLE,
        "arn:aws:iam::123456789012:role/etl",
        "arn:aws:iam::123456789012:role/none",
        "arn:aws:iam::999999999999:role/none",
        "arn:aws:iam::123456789012:user/anna",
        "arn:aws:iam::123456789012:instance-profile/etl",
    ] {
        let input = with(input(), "RoleArn", json!(resource));
        let answer = cloud.run_as(&admin, "AssumeRole", input);
        assert_eq!(answer, refused(arn, "sts:AssumeRole", resource));
    }
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let cloud = cloud_with(&trust(OTHER_ACCOUNT, json!({})));
    let caller = |policy: &str, name: &str| {
        Caller::User(Arc::new(cloud.user_in(OTHER_ACCOUNT, "/", name, policy)))
    };
    let allowed = caller(&allow("sts:*", ROLE), "in");
    let answer = cloud.run_as(&allowed, "AssumeRole", input()).unwrap();
    let who = cloud.run_as(&cloud.holder(&answer), "GetCallerIdentity", json!({})).unwrap();
    assert_eq!(who["Account"], ACCOUNT);
    let refused = cloud.run_as(&caller(&allow("s3:*", "*"), "out"), "AssumeRole", input());
    assert_eq!(code(refused), "AccessDenied");
    let operation: AssumeRole = serde_json::from_value(input()).unwrap();
    assert_eq!(operation.other_account(), Some(ACCOUNT.parse().unwrap()));
}

#[test]
fn external_id_and_session_name_are_conditions() {
    let condition =
        json!({"StringEquals": {"sts:ExternalId": "x-1", "sts:RoleSessionName": "run"}});
    let cloud = cloud_with(&trust(ACCOUNT, condition));
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    let run = |input| cloud.run_as(&anna, "AssumeRole", input).map(|_| ());
    let good = with(input(), "ExternalId", json!("x-1"));
    assert_eq!(run(good.clone()), Ok(()));
    let text = refused("arn:aws:iam::123456789012:user/anna", "sts:AssumeRole", ROLE).map(|_| ());
    assert_eq!(run(input()), text);
    assert_eq!(run(with(input(), "ExternalId", json!("x-2"))), text);
    assert_eq!(run(with(good, "RoleSessionName", json!("walk"))), text);
}

#[test]
fn root_assumes_no_role() {
    let cloud = cloud_with(&trust(ACCOUNT, json!({})));
    let text = failure("AccessDenied", "Roles may not be assumed by root accounts.");
    assert_eq!(cloud.run_as(&root(), "AssumeRole", input()), text);
    let session = cloud.run_as(&root(), "GetSessionToken", json!({})).unwrap();
    assert_eq!(cloud.run_as(&cloud.holder(&session), "AssumeRole", input()), text);
}

#[test]
fn sessions_last_as_long_as_the_role_lets_them() {
    let cloud = cloud_with(&trust(ACCOUNT, json!({})));
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    let run = |seconds: u32| {
        cloud.run_as(&anna, "AssumeRole", with(input(), "DurationSeconds", json!(seconds)))
    };
    assert!(run(900).is_ok() && run(3600).is_ok());
    assert_eq!(
        run(3601),
        failure(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    );
    assert_eq!(
        run(899),
        failure(
            "ValidationError",
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy \
             constraint: Member must have value greater than or equal to 900"
        )
    );
    assert_eq!(code(run(43_201)), "ValidationError");
    let row = cloud.view().get::<RoleRow>(ACCOUNT, "etl").unwrap().as_ref().clone();
    cloud.change(RoleRow { max_session_seconds: 43_200, ..row });
    assert!(run(43_200).is_ok());
    // A session makes sessions of an hour at most.
    let token = cloud.run_as(&anna, "GetSessionToken", json!({})).unwrap();
    let chained = |seconds: u32| {
        let input = with(input(), "DurationSeconds", json!(seconds));
        cloud.run_as(&cloud.holder(&token), "AssumeRole", input)
    };
    assert!(chained(3600).is_ok());
    assert_eq!(
        chained(3601),
        failure(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining."
        )
    );
}

#[test]
fn malformed_input() {
    let cloud = Cloud::new();
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    let run = |input| cloud.run_as(&anna, "AssumeRole", input);
    for arn in [
        "arn:aws:iam::1234567890:role/etl",
        "role/team/etl-of-the-team",
        "arn:aws:s3:::bucket-of-the-team",
    ] {
        let answer = run(with(input(), "RoleArn", json!(arn)));
        assert_eq!(answer, failure("ValidationError", &format!("{arn} is invalid")));
    }
    assert_eq!(
        run(with(input(), "RoleSessionName", json!("Session1:2"))),
        failure(
            "ValidationError",
            "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        )
    );
    for (key, value) in [
        ("RoleArn", json!("arn:aws:iam::role/x")),
        ("RoleSessionName", json!("x")),
        ("RoleSessionName", json!("x".repeat(65))),
        ("ExternalId", json!("x")),
        ("ExternalId", json!("x y")),
        ("ExternalId", json!("x".repeat(1225))),
        ("SourceIdentity", json!("x")),
        ("TokenCode", json!("12345")),
        ("SerialNumber", json!("12345678")),
        ("Policy", json!("")),
        ("Policy", json!("x".repeat(2049))),
        ("PolicyArns", json!(vec![json!({"arn": "arn:aws:iam::aws:policy/X"}); 11])),
    ] {
        assert_eq!(
            code(run(with(input(), key, value.clone()))),
            "ValidationError",
            "{key} {value}"
        );
    }
    let contexts = with(input(), "ProvidedContexts", json!([{"ProviderArn": "x"}]));
    assert_eq!(code(run(contexts)), "InvalidParameterValue");
}

#[test]
fn session_policies_limit_what_the_role_can_do() {
    let cloud = cloud_with(&trust(ACCOUNT, json!({})));
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    let row = cloud.view().get::<RoleRow>(ACCOUNT, "etl").unwrap().as_ref().clone();
    let document = crate::iam::document::Document::new(&allow("iam:*", "*"));
    cloud.change(RoleRow { inline: [("all".to_owned(), document)].into(), ..row });
    let get = |answer: &Value| {
        cloud.run_as(&cloud.holder(answer), "GetRole", json!({"RoleName": "etl"})).is_ok()
    };
    let run = |input| cloud.run_as(&anna, "AssumeRole", input);
    assert!(get(&run(input()).unwrap()));

    let narrow = run(with(input(), "Policy", json!(allow("s3:*", "*")))).unwrap();
    assert!(narrow["PackedPolicySize"].as_u64().is_some_and(|percent| (1..=20).contains(&percent)));
    assert!(!get(&narrow));
    assert!(get(&run(with(input(), "Policy", json!(allow("iam:GetRole", "*")))).unwrap()));

    let arn = cloud.policy("/", "reader", &allow("iam:Get*", "*"));
    let managed = |arn: &str| run(with(input(), "PolicyArns", json!([{"arn": arn}])));
    assert!(get(&managed(&arn).unwrap()));
    let missing = "arn:aws:iam::123456789012:policy/none";
    assert_eq!(code(managed(missing)), "ValidationError");
    let malformed = run(with(input(), "Policy", json!("{")));
    assert_eq!(code(malformed), "MalformedPolicyDocument");
}

#[test]
fn tags_need_permission_and_fit_together() {
    let cloud = cloud_with(&trust(ACCOUNT, json!({})));
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    let narrow = cloud.user("narrow", &allow("sts:AssumeRole", "*"));
    let tagged = |keys: &[&str], transitive: &[&str]| {
        let tags: Vec<Value> = keys.iter().map(|key| json!({"Key": key, "Value": "v"})).collect();
        with(with(input(), "Tags", json!(tags)), "TransitiveTagKeys", json!(transitive))
    };
    let run = |input| cloud.run_as(&anna, "AssumeRole", input);
    let answer = run(tagged(&["team", "cost"], &["Team"])).unwrap();
    assert!(answer["PackedPolicySize"].as_u64().is_some_and(|percent| percent > 0));
    assert_eq!(
        run(tagged(&["team", "Team"], &[])),
        failure(
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    );
    assert_eq!(
        run(tagged(&["team"], &["cost"])),
        failure(
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags."
        )
    );
    assert_eq!(
        run(tagged(&["AWS:team"], &[])),
        failure(
            "InvalidParameterValue",
            "Tag keys beginning with aws: are reserved for system use."
        )
    );
    let arn = "arn:aws:iam::123456789012:user/narrow";
    let answer = cloud.run_as(&narrow, "AssumeRole", tagged(&["team"], &[]));
    let text = format!(
        "User: {arn} is not authorized to perform: sts:TagSession on resource: {ROLE} because no \
         identity-based policy allows the sts:TagSession action"
    );
    assert_eq!(answer, failure("AccessDenied", &text));
    let many: Vec<String> = (0..51).map(|index| format!("k{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(code(run(tagged(&many, &[]))), "ValidationError");
}

#[test]
fn too_many_tags_do_not_fit() {
    let cloud = cloud_with(&trust(ACCOUNT, json!({})));
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    let tags: Vec<Value> = (0..49_u64)
        .map(|index| {
            let noise = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let value = format!("{noise:x}{:x}", noise.wrapping_mul(noise));
            json!({"Key": format!("{:x}", noise.rotate_left(7)), "Value": value})
        })
        .collect();
    let (code, text) =
        cloud.run_as(&anna, "AssumeRole", with(input(), "Tags", json!(tags))).unwrap_err();
    assert_eq!(code, "PackedPolicyTooLarge");
    assert!(text.starts_with("Packed size of session tags consumes 1"), "{text}");
    assert!(text.ends_with("% of allotted space."), "{text}");
}

#[test]
fn transitive_tags_go_on() {
    let condition = json!({"StringEquals": {"aws:RequestTag/team": "red"}});
    let cloud = cloud_with(&trust(ACCOUNT, json!({})));
    create(&cloud, "/", "second", &trust(ACCOUNT, condition));
    let second = "arn:aws:iam::123456789012:role/second";
    let row = cloud.view().get::<RoleRow>(ACCOUNT, "etl").unwrap().as_ref().clone();
    let document = crate::iam::document::Document::new(&allow("sts:*", "*"));
    cloud.change(RoleRow { inline: [("all".to_owned(), document)].into(), ..row });
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    let first = |transitive: Value| {
        let input = with(input(), "Tags", json!([{"Key": "team", "Value": "red"}]));
        let input = with(input, "TransitiveTagKeys", transitive);
        cloud.holder(&cloud.run_as(&anna, "AssumeRole", input).unwrap())
    };
    let input = with(input(), "RoleArn", json!(second));
    let handed_on = first(json!(["team"]));
    let answer = cloud.run_as(&handed_on, "AssumeRole", input.clone()).unwrap();
    let session = cloud.holder(&answer);
    let session = session.session().unwrap();
    assert_eq!(session.tags, [Tag { key: "team".into(), value: "red".into() }]);
    assert_eq!(session.transitive_tag_keys, ["team"]);
    // Set anew, they conflict; not handed on, they are not there.
    let again = with(input.clone(), "Tags", json!([{"Key": "TEAM", "Value": "blue"}]));
    assert_eq!(
        cloud.run_as(&handed_on, "AssumeRole", again),
        failure(
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a \
             transitive tag key from the calling session."
        )
    );
    assert_eq!(code(cloud.run_as(&first(json!([])), "AssumeRole", input)), "AccessDenied");
}

#[test]
fn a_source_identity_stays() {
    let condition = json!({"StringLike": {"sts:SourceIdentity": "anna*"}});
    let cloud = cloud_with(&trust(ACCOUNT, condition));
    create(&cloud, "/", "second", &trust(ACCOUNT, json!({})));
    let row = cloud.view().get::<RoleRow>(ACCOUNT, "etl").unwrap().as_ref().clone();
    let document = crate::iam::document::Document::new(&allow("sts:*", "*"));
    cloud.change(RoleRow { inline: [("all".to_owned(), document)].into(), ..row });
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    assert_eq!(code(cloud.run_as(&anna, "AssumeRole", input())), "AccessDenied");
    let answer =
        cloud.run_as(&anna, "AssumeRole", with(input(), "SourceIdentity", json!("anna"))).unwrap();
    assert_eq!(answer["SourceIdentity"], "anna");
    let session = cloud.holder(&answer);
    let second = with(input(), "RoleArn", json!("arn:aws:iam::123456789012:role/second"));
    let chained = cloud.run_as(&session, "AssumeRole", second.clone()).unwrap();
    assert_eq!(chained["SourceIdentity"], "anna");
    let same = with(second.clone(), "SourceIdentity", json!("anna"));
    assert!(cloud.run_as(&session, "AssumeRole", same).is_ok());
    let other = with(second, "SourceIdentity", json!("anna2"));
    assert_eq!(code(cloud.run_as(&session, "AssumeRole", other)), "AccessDenied");
    let narrow = cloud.user("narrow", &allow("sts:AssumeRole", "*"));
    let (code, text) = cloud
        .run_as(&narrow, "AssumeRole", with(input(), "SourceIdentity", json!("anna")))
        .unwrap_err();
    assert_eq!(code, "AccessDenied");
    assert!(text.contains("is not authorized to perform: sts:SetSourceIdentity on"), "{text}");
}

#[test]
fn second_factors() {
    let condition = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let mut cloud = cloud_with(&trust(ACCOUNT, condition));
    let mut secrets = Secrets::new(SealingKey::new(&[1; 32]));
    secrets.mfa = |_, serial, code| match (serial, code) {
        ("arn:aws:iam::123456789012:mfa/anna", "123456") => MfaAnswer::Accepted,
        ("arn:aws:iam::123456789012:mfa/anna", _) => MfaAnswer::WrongCode,
        _ => MfaAnswer::UnknownDevice,
    };
    cloud.secrets = Arc::new(secrets);
    let anna = cloud.user("anna", &allow("sts:*", "*"));
    let run = |serial: &str, code: &str| {
        let input = with(input(), "SerialNumber", json!(serial));
        cloud.run_as(&anna, "AssumeRole", with(input, "TokenCode", json!(code)))
    };
    assert_eq!(code(cloud.run_as(&anna, "AssumeRole", input())), "AccessDenied");
    let serial = "arn:aws:iam::123456789012:mfa/anna";
    assert!(run(serial, "123456").is_ok());
    assert_eq!(
        run(serial, "000000"),
        failure(
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. "
        )
    );
    assert_eq!(
        run("arn:aws:iam::123456789012:mfa/other", "123456"),
        failure(
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA \
             serial number is valid and associated with this user."
        )
    );
    let alone = with(input(), "SerialNumber", json!(serial));
    assert_eq!(
        cloud.run_as(&anna, "AssumeRole", alone),
        failure(
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time \
             pass code."
        )
    );
    // A session that was made with a second factor does as well, also for IAM itself.
    let anna = cloud.user("anna", &allow("*", "*"));
    let token = json!({"SerialNumber": serial, "TokenCode": "123456"});
    let session = cloud.holder(&cloud.run_as(&anna, "GetSessionToken", token).unwrap());
    assert!(cloud.run_as(&session, "AssumeRole", input()).is_ok());
    assert!(cloud.run_as(&session, "GetRole", json!({"RoleName": "etl"})).is_ok());
}

#[test]
fn a_role_does_not_trust_itself() {
    let cloud = cloud_with(&trust(OTHER_ACCOUNT, json!({})));
    let row = cloud.view().get::<RoleRow>(ACCOUNT, "etl").unwrap().as_ref().clone();
    let document = crate::iam::document::Document::new(&allow("sts:*", "*"));
    let row = RoleRow { inline: [("all".to_owned(), document)].into(), ..row };
    cloud.change(row.clone());
    let session = cloud.session("etl", "run");
    assert_eq!(code(cloud.run_as(&session, "AssumeRole", input())), "AccessDenied");
    let account = row.account;
    let trust = trust(ROLE, json!({}));
    let trust =
        crate::iam::principal::TrustPolicy::accept(cloud.sight(&cloud.view()), account, &trust)
            .unwrap();
    cloud.change(RoleRow { trust, ..row });
    assert!(cloud.run_as(&session, "AssumeRole", input()).is_ok());
}
