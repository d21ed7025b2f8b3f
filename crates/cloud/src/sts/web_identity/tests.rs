use serde_json::json;

use super::*;
use crate::Caller;
use crate::iam::oidc_provider::register_keys;
use crate::testing::{ACCOUNT, Answer, Cloud, Idp, account, code, failure, statement};

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const PROVIDER: &str =
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";
const HOST: &str = "token.actions.githubusercontent.com";

fn trust(condition: Value) -> String {
    statement(json!({
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition,
    }))
}

/// A cloud with the provider, its key and a role that trusts it.
fn cloud(idp: &Idp, condition: Value) -> Cloud {
    let cloud = Cloud::new();
    let input = json!({"Url": ISSUER, "ClientIDList": ["sts.amazonaws.com"]});
    cloud.run("CreateOpenIDConnectProvider", input).unwrap();
    let keys = idp.key_set();
    register(&cloud, keys);
    let role = json!({"RoleName": "deploy", "AssumeRolePolicyDocument": trust(condition)});
    cloud.run("CreateRole", role).unwrap();
    cloud
}

fn register(cloud: &Cloud, keys: String) {
    cloud.write(move |tx| {
        register_keys(tx, PROVIDER, &keys).unwrap();
        Ok(())
    });
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "repo:acme/infra:ref:refs/heads/main", "aud": "sts.amazonaws.com",
        "iat": 1_699_999_990, "exp": 1_700_000_300, "repository": "acme/infra", "actor_id": 17,
    })
}

fn with(mut claims: Value, key: &str, value: Value) -> Value {
    claims[key] = value;
    claims
}

fn run(cloud: &Cloud, token: &str) -> Answer {
    let input = json!({"RoleArn": ROLE, "RoleSessionName": "run", "WebIdentityToken": token});
    run_input(cloud, input)
}

fn run_input(cloud: &Cloud, input: Value) -> Answer {
    cloud.run_as(&Caller::Anonymous { account: account() }, "AssumeRoleWithWebIdentity", input)
}

fn refused() -> Answer {
    failure("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

fn invalid_token(text: &str) -> Answer {
    failure("InvalidIdentityToken", text)
}

#[test]
fn a_token_becomes_a_session() {
    let idp = Idp::new();
    let cloud = cloud(&idp, json!({}));
    let answer = run(&cloud, &idp.token(&claims())).unwrap();
    assert_eq!(answer["SubjectFromWebIdentityToken"], "repo:acme/infra:ref:refs/heads/main");
    assert_eq!(answer["Audience"], "sts.amazonaws.com");
    assert_eq!(answer["Provider"], PROVIDER);
    assert_eq!(answer["Credentials"]["Expiration"], "2023-11-14T23:13:20Z");
    assert!(answer.get("PackedPolicySize").is_none());
    let who = cloud.run_as(&cloud.holder(&answer), "GetCallerIdentity", json!({})).unwrap();
    assert_eq!(who["Arn"], "arn:aws:sts::123456789012:assumed-role/deploy/run");
    assert_eq!(who["Account"], ACCOUNT);
}

#[test]
fn the_trust_policy_sees_the_claims() {
    let idp = Idp::new();
    let key = |claim: &str| format!("{HOST}:{claim}");
    let condition = json!({
        "StringEquals": {
            key("aud"): "sts.amazonaws.com", key("repository"): "acme/infra", key("actor_id"): "17"
        },
        "StringLike": {key("sub"): "repo:acme/*", "sts:RoleSessionName": "run"},
    });
    let cloud = cloud(&idp, condition);
    assert!(run(&cloud, &idp.token(&claims())).is_ok());
    let other = with(claims(), "sub", json!("repo:eve/infra:ref:refs/heads/main"));
    assert_eq!(run(&cloud, &idp.token(&other)), refused());
    let other = with(claims(), "repository", json!("acme/other"));
    assert_eq!(run(&cloud, &idp.token(&other)), refused());
}

#[test]
fn a_missing_role_refuses_as_one_that_does_not_trust() {
    let idp = Idp::new();
    let cloud = cloud(&idp, json!({}));
    let token = idp.token(&claims());
    let untrusting = statement(json!({
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT},
        "Action": "sts:AssumeRoleWithWebIdentity"
    }));
    let role = json!({"RoleName": "other", "AssumeRolePolicyDocument": untrusting});
    cloud.run("CreateRole", role).unwrap();
    for name in ["none", "other"] {
        let arn = format!("arn:aws:iam::123456789012:role/{name}");
        let input = json!({"RoleArn": arn, "RoleSessionName": "run", "WebIdentityToken": token});
        assert_eq!(run_input(&cloud, input), refused(), "{name}");
    }
}

#[test]
fn tokens_that_are_not_accepted() {
    let idp = Idp::new();
    let cloud = cloud(&idp, json!({}));
    let check = |claims: Value, answer: Answer| {
        assert_eq!(run(&cloud, &idp.token(&claims)), answer, "{claims}");
    };
    let unknown = "https://token.example.com";
    check(
        with(claims(), "iss", json!(unknown)),
        invalid_token(&format!("No OpenIDConnect provider found in your account for {unknown}")),
    );
    check(with(claims(), "aud", json!("other")), invalid_token("Incorrect token audience"));
    check(with(claims(), "azp", json!("other")), invalid_token("Incorrect token audience"));
    for claim in ["iss", "sub", "aud", "exp", "iat"] {
        let text = format!("Missing a required claim: {claim}");
        check(with(claims(), claim, Value::Null), invalid_token(&text));
    }
    check(
        with(claims(), "exp", json!(1_700_000_000)),
        failure(
            "ExpiredTokenException",
            "Token expired: current date/time 1700000000 must be before the expiration date/time \
             1700000000",
        ),
    );
    let early = idp.token(&with(claims(), "nbf", json!(1_700_000_001)));
    assert_eq!(code(run(&cloud, &early)), "IDPRejectedClaim");
    let now = idp.token(&with(claims(), "nbf", json!(1_700_000_000)));
    assert!(run(&cloud, &now).is_ok());
    let no_jwt = invalid_token(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access \
         Token)",
    );
    assert_eq!(run(&cloud, "abcd"), no_jwt);
}

#[test]
fn signatures_are_checked() {
    let idp = Idp::new();
    let cloud = cloud(&idp, json!({}));
    let text = "Couldn't retrieve verification key from your identity provider,  please reference \
                AssumeRoleWithWebIdentity documentation for requirements";
    assert_eq!(run(&cloud, &Idp::new().token(&claims())), invalid_token(text));
    let other = Idp::new().key_set();
    register(&cloud, other);
    assert_eq!(run(&cloud, &idp.token(&claims())), invalid_token(text));
    cloud.write(|tx| {
        let text = register_keys(tx, PROVIDER, "{}").unwrap_err().to_string();
        assert!(text.contains("is not a JSON web key set"), "{text}");
        let none = "arn:aws:iam::123456789012:oidc-provider/none";
        let text = register_keys(tx, none, &Idp::new().key_set()).unwrap_err().to_string();
        assert!(text.contains("not found"), "{text}");
        Ok(())
    });
}

#[test]
fn audiences_can_be_several() {
    let idp = Idp::new();
    let key = |claim: &str| format!("{HOST}:{claim}");
    let cloud = cloud(&idp, json!({"StringEquals": {key("aud"): "sts.amazonaws.com"}}));
    let several = with(claims(), "azp", json!("sts.amazonaws.com"));
    let several = with(several, "aud", json!(["a", "b"]));
    let answer = run(&cloud, &idp.token(&several)).unwrap();
    assert_eq!(answer["Audience"], "sts.amazonaws.com");
}

#[test]
fn tags_and_source_identity_come_with_the_token() {
    let idp = Idp::new();
    let cloud = cloud(&idp, json!({"StringEquals": {"aws:RequestTag/team": "red"}}));
    let tags = json!({"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]});
    let tagged = with(claims(), TAGS_CLAIM, tags);
    let tagged = with(tagged, SOURCE_IDENTITY_CLAIM, json!("anna"));
    let answer = run(&cloud, &idp.token(&tagged)).unwrap();
    assert_eq!(answer["SourceIdentity"], "anna");
    assert!(answer["PackedPolicySize"].as_u64().unwrap() > 0);
    let holder = cloud.holder(&answer);
    let session = holder.session().unwrap();
    assert_eq!(session.tags, [Tag { key: "team".into(), value: "red".into() }]);
    assert_eq!(session.transitive_tag_keys, ["team"]);
    assert_eq!(run(&cloud, &idp.token(&claims())), refused());
    for wrong in [
        json!("red"),
        json!({}),
        json!({"principal_tags": {"team": ["red", "blue"]}}),
        json!({"principal_tags": {"team": 1}}),
        json!({"principal_tags": {}, "transitive_tag_keys": "team"}),
    ] {
        let token = idp.token(&with(claims(), TAGS_CLAIM, wrong.clone()));
        assert_eq!(code(run(&cloud, &token)), "IDPRejectedClaim", "{wrong}");
    }
}

#[test]
fn malformed_input() {
    let idp = Idp::new();
    let cloud = cloud(&idp, json!({}));
    let token = idp.token(&claims());
    let input = || json!({"RoleArn": ROLE, "RoleSessionName": "run", "WebIdentityToken": token});
    for (key, value) in [
        ("RoleArn", json!("arn:aws:iam::x:role/deploy")),
        ("RoleSessionName", json!("a b")),
        ("WebIdentityToken", json!("abc")),
        ("WebIdentityToken", json!("a".repeat(20_001))),
        ("DurationSeconds", json!(899)),
        ("DurationSeconds", json!(3601)),
        ("Policy", json!("")),
    ] {
        let answer = run_input(&cloud, with(input(), key, value.clone()));
        assert_eq!(code(answer), "ValidationError", "{key} {value}");
    }
    let provided = run_input(&cloud, with(input(), "ProviderId", json!("www.amazon.com")));
    assert_eq!(code(provided), "InvalidParameterValue");
    assert!(run_input(&cloud, with(input(), "DurationSeconds", json!(3600))).is_ok());
}

#[test]
fn a_new_provider_is_unknown_for_a_while() {
    let idp = Idp::new();
    let mut cloud = cloud(&idp, json!({}));
    cloud
        .run("DeleteOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": PROVIDER}))
        .unwrap();
    cloud.propagation = "fixed:8".parse().unwrap();
    let input = json!({"Url": ISSUER, "ClientIDList": ["sts.amazonaws.com"]});
    cloud.run("CreateOpenIDConnectProvider", input).unwrap();
    register(&cloud, idp.key_set());
    let token = idp.token(&claims());
    let unknown = format!("No OpenIDConnect provider found in your account for {ISSUER}");
    assert_eq!(run(&cloud, &token), invalid_token(&unknown));
    cloud.sleep(8);
    run(&cloud, &token).unwrap();
    let audience = json!({"OpenIDConnectProviderArn": PROVIDER, "ClientID": "sts.amazonaws.com"});
    cloud.run("RemoveClientIDFromOpenIDConnectProvider", audience).unwrap();
    run(&cloud, &token).unwrap();
    cloud.sleep(8);
    assert_eq!(run(&cloud, &token), invalid_token("Incorrect token audience"));
}
