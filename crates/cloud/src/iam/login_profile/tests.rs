use serde_json::{Value, json};

use super::*;
use crate::testing::{ACCOUNT, Cloud, allow, failure};

const PASSWORD: &str = "Correct-Horse-1";

fn cloud() -> Cloud {
    let cloud = Cloud::new();
    cloud.run("CreateUser", json!({"UserName": "Ann"})).unwrap();
    cloud
}

#[test]
fn a_password_comes_and_goes() {
    let cloud = cloud();
    let get = || cloud.run("GetLoginProfile", json!({"UserName": "ann"}));
    let missing = failure("NoSuchEntity", "Login Profile for User Ann cannot be found.");
    assert_eq!(get(), missing);
    let create = json!({"UserName": "ann", "Password": PASSWORD});
    let shape = |reset: bool| {
        json!({"LoginProfile": {
            "UserName": "Ann", "CreateDate": "2023-11-14T22:13:20Z", "PasswordResetRequired": reset,
        }})
    };
    assert_eq!(cloud.run("CreateLoginProfile", create.clone()), Ok(shape(false)));
    assert_eq!(get(), Ok(shape(false)));
    assert_eq!(
        cloud.run("CreateLoginProfile", create),
        failure("EntityAlreadyExists", "Login Profile for user Ann already exists.")
    );

    cloud.sleep(60);
    let update = |input: Value| cloud.run("UpdateLoginProfile", input);
    let reset = json!({"UserName": "ann", "PasswordResetRequired": true});
    assert_eq!(update(reset), Ok(json!(null)));
    assert_eq!(get(), Ok(shape(true)));
    // What is not given stays.
    update(json!({"UserName": "ann", "Password": PASSWORD})).unwrap();
    assert_eq!(get(), Ok(shape(true)));
    let changed = user::find(&cloud.view(), crate::testing::account(), "ann")
        .unwrap()
        .login_profile
        .clone()
        .unwrap()
        .changed;
    assert_eq!(changed, cloud.time());

    let delete = || cloud.run("DeleteLoginProfile", json!({"UserName": "ann"}));
    assert_eq!(delete(), Ok(json!(null)));
    assert_eq!(get(), missing);
    assert_eq!(delete(), missing);
    assert_eq!(update(json!({"UserName": "ann"})), missing);
}

#[test]
fn passwords_are_kept_nowhere() {
    let cloud = cloud();
    let input = json!({"UserName": "ann", "Password": PASSWORD});
    cloud.run("CreateLoginProfile", input.clone()).unwrap();
    let state = cloud.view();
    let row = state.get::<UserRow>(ACCOUNT, "ann").unwrap();
    assert!(!serde_json::to_string(&**row).unwrap().contains(PASSWORD));
    let operation: CreateLoginProfile = serde_json::from_value(input).unwrap();
    assert!(!format!("{operation:?}").contains(PASSWORD));
}

#[test]
fn passwords_must_be_good() {
    let cloud = cloud();
    cloud.run("CreateAccountAlias", json!({"AccountAlias": "a-1-good-name"})).unwrap();
    let set = |password: &str| {
        cloud.run("CreateLoginProfile", json!({"UserName": "ann", "Password": password}))
    };
    let weak = failure(
        "PasswordPolicyViolation",
        "Password does not conform to the account password policy.",
    );
    // AWS's own rules: eight characters of three kinds, and not the account's name.
    for password in ["Short-1", "onlylowercase", "lower-and-symbol", "a-1-good-name", ACCOUNT] {
        assert_eq!(set(password), weak, "{password}");
    }
    let policy = json!({
        "MinimumPasswordLength": 10, "RequireSymbols": true, "RequireNumbers": true,
        "RequireUppercaseCharacters": true, "RequireLowercaseCharacters": true,
    });
    cloud.run("UpdateAccountPasswordPolicy", policy).unwrap();
    for password in ["Aa1!56789", "Aa12345678", "Aa!bcdefgh", "aa1!567890", "AA1!567890"] {
        assert_eq!(set(password), weak, "{password}");
    }
    assert!(set("Aa1!567890").is_ok());
    let worse = json!({"UserName": "ann", "Password": "worse"});
    assert_eq!(cloud.run("UpdateLoginProfile", worse), weak);
    // A policy of the account's own takes the place of AWS's.
    cloud.run("UpdateAccountPasswordPolicy", json!({})).unwrap();
    let simple = json!({"UserName": "ann", "Password": "simple"});
    assert_eq!(cloud.run("UpdateLoginProfile", simple), Ok(json!(null)));
}

#[test]
fn bad_input_is_refused() {
    let cloud = cloud();
    let create = |input: Value| cloud.run("CreateLoginProfile", input).unwrap_err();
    for password in
        [json!(null), json!(""), json!("x".repeat(129)), json!("Aa1-\u{1}\u{2}\u{3}abc")]
    {
        let (code, text) = create(json!({"UserName": "ann", "Password": password}));
        assert_eq!(code, "ValidationError", "{password}");
        assert!(text.contains("at 'password' failed to satisfy constraint"), "{text}");
    }
    let longest = json!({"UserName": "ann", "Password": format!("A1-{}", "x".repeat(125))});
    assert!(cloud.run("CreateLoginProfile", longest).is_ok());
    let gone = failure("NoSuchEntity", "The user with name bob cannot be found.");
    let bob = json!({"UserName": "bob", "Password": PASSWORD});
    assert_eq!(cloud.run("CreateLoginProfile", bob.clone()), gone);
    assert_eq!(cloud.run("GetLoginProfile", bob.clone()), gone);
    assert_eq!(cloud.run("UpdateLoginProfile", bob.clone()), gone);
    assert_eq!(cloud.run("DeleteLoginProfile", bob), gone);
}

#[test]
fn without_a_name_the_caller_is_meant() {
    let cloud = Cloud::new();
    let ann = cloud.user("ann", &allow("iam:*LoginProfile", "*"));
    let made = cloud.run_as(&ann, "CreateLoginProfile", json!({"Password": PASSWORD})).unwrap();
    assert_eq!(made["LoginProfile"]["UserName"], "ann");
    assert_eq!(cloud.run_as(&ann, "GetLoginProfile", json!({})), Ok(made));
    assert_eq!(cloud.run_as(&ann, "DeleteLoginProfile", json!({})), Ok(json!(null)));
    // Root has no login profile that could be asked for.
    let text = "Must specify userName when calling with non-User credentials";
    assert_eq!(cloud.run("GetLoginProfile", json!({})), failure("ValidationError", text));
}
