use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::caller::{Caller, Session, SessionKind};
use crate::demand::Demand;
use crate::iam::role::percent_encode;
use crate::operation::{Ask, Operation, Read, Service};
use crate::testing::{ACCOUNT, Answer, Cloud, allow, code, failure, root, statement};

/// What `AssumeRole` asks of a role's trust policy.
#[derive(Clone, Deserialize)]
struct Assume {
    account: AccountId,
    role: String,
}

impl Operation for Assume {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "AssumeRole";
    type Output = ();

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let role = crate::iam::role::find(ask.view, self.account, &self.role)?;
        let mut demand = Demand::new("sts:AssumeRole", role.arn.as_str());
        demand.resource_policy = Some(role.trust.evaluated().clone());
        Ok(vec![demand])
    }
}

impl Read for Assume {
    fn read(self, _: &Ask<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

const OTHER: &str = "999999999999";

fn trusting(principal: Value) -> String {
    statement(json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}))
}

fn create(cloud: &Cloud, name: &str, trust: &str) -> Answer {
    cloud.run("CreateRole", json!({"RoleName": name, "AssumeRolePolicyDocument": trust}))
}

fn shown(cloud: &Cloud, name: &str) -> String {
    let role = cloud.run("GetRole", json!({"RoleName": name})).unwrap();
    role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap().to_owned()
}

fn may_assume(cloud: &Cloud, caller: &Caller, role: &str) -> bool {
    cloud.read::<Assume>(caller, json!({"account": ACCOUNT, "role": role})).is_ok()
}

fn id_of(caller: &Caller) -> String {
    caller.user_id().unwrap().split(':').next().unwrap().to_owned()
}

fn delete_user(cloud: &Cloud, account: &str, name: &str) {
    cloud.remove::<UserRow>(account, name);
}

fn arn(kind: &str, path: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind}/{path}")
}

#[test]
fn principals_of_held_accounts_must_exist() {
    let cloud = Cloud::new();
    cloud.user("ann", &allow("s3:*", "*"));
    cloud.user_in(OTHER, "/team/", "bob", &allow("s3:*", "*"));
    create(&cloud, "app", &trusting(json!({"Service": "ec2.amazonaws.com"}))).unwrap();
    let check = |principal: &str, exists: bool| {
        let list = json!({"AWS": [arn("user", "ann"), principal]});
        let input = json!({"RoleName": "app", "PolicyDocument": trusting(list)});
        let expected = match exists {
            true => Ok(Value::Null),
            false => {
                let text = format!("Invalid principal in policy: \"AWS\":\"{principal}\"");
                failure("MalformedPolicyDocument", &text)
            }
        };
        assert_eq!(cloud.run("UpdateAssumeRolePolicy", input), expected, "{principal}");
    };
    check(&arn("user", "ann"), true);
    check(&arn("user", "nobody"), false);
    check(&arn("user", "Ann"), false);
    check(&arn("user", "team/ann"), false);
    check(&arn("role", "ann"), false);
    check(&arn("role", "nobody"), false);
    check("arn:aws-cn:iam::123456789012:user/ann", false);
    // A role can trust itself, once it is there.
    check(&arn("role", "app"), true);
    // Another account that is held here.
    check(&format!("arn:aws:iam::{OTHER}:user/team/bob"), true);
    check(&format!("arn:aws:iam::{OTHER}:user/bob"), false);
    check(&format!("arn:aws:iam::{OTHER}:role/nobody"), false);
    // Accounts, sessions, and whatever nobody can know.
    check("*", true);
    check(ACCOUNT, true);
    check("000000000001", true);
    check(&format!("arn:aws:iam::{ACCOUNT}:root"), true);
    check(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/app/session"), true);
    check("arn:aws:iam::111122223333:user/stranger", true);
    check("arn:aws:iam::111122223333:role/path/stranger", true);
    // An id alone stands for a living entity, or for nobody.
    check("AIDAQNZGKIQY5EXAMPLE2", false);
    check("AROAQNZGKIQY5EXAMPLE2", false);
}

#[test]
fn a_new_role_cannot_trust_itself() {
    let cloud = Cloud::new();
    let own = arn("role", "app");
    let text = format!("Invalid principal in policy: \"AWS\":\"{own}\"");
    let refused = failure("MalformedPolicyDocument", &text);
    // Not even in the first call that an account ever sees.
    assert_eq!(create(&cloud, "app", &trusting(json!({"AWS": own}))), refused);
}

#[test]
fn databricks_is_always_there() {
    let cloud = Cloud::new();
    for account in DATABRICKS_ACCOUNTS {
        cloud.user_in(account, "/", "somebody", &allow("s3:*", "*"));
    }
    for (at, role) in [
        "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL",
        "arn:aws:iam::414351767826:root",
        "arn:aws:iam::790110701330:role/serverless-customer-resource-role",
        "arn:aws-us-gov:iam::044793339203:role/unity-catalog-prod-UCMasterRole-1QRFA8SGY15OJ",
        "arn:aws-us-gov:iam::170661010020:role/unity-catalog-prod-UCMasterRole-1DI6DL6ZP26AS",
        "arn:aws:iam::707343435239:role/unity-catalog-dev-UCMasterRole-G3MMN8SP21FO",
    ]
    .iter()
    .enumerate()
    {
        let (name, trust) = (format!("uc{at}"), trusting(json!({"AWS": role})));
        create(&cloud, &name, &trust).unwrap();
        assert_eq!(shown(&cloud, &name), percent_encode(&trust));
    }
}

#[test]
fn a_dead_user_stays_dead() {
    let cloud = Cloud::new();
    let ann = cloud.user("ann", &allow("s3:*", "*"));
    let trust = format!(" {} ", trusting(json!({"AWS": ["111122223333", arn("user", "ann")]})));
    create(&cloud, "app", &trust).unwrap();
    assert_eq!(shown(&cloud, "app"), percent_encode(&trust), "byte for byte");
    // Named by the policy, so no policy of her own is needed.
    assert!(may_assume(&cloud, &ann, "app"));
    assert!(!may_assume(&cloud, &cloud.user("bob", &allow("s3:*", "*")), "app"));

    delete_user(&cloud, ACCOUNT, "ann");
    let dead = trust.replace(&arn("user", "ann"), &id_of(&ann));
    assert_eq!(shown(&cloud, "app"), percent_encode(&dead));

    let again = cloud.user("ann", &allow("s3:*", "*"));
    assert_eq!(again.arn(), ann.arn());
    assert_ne!(id_of(&again), id_of(&ann));
    assert!(!may_assume(&cloud, &again, "app"));
    assert_eq!(shown(&cloud, "app"), percent_encode(&dead), "not revived");
    // What is shown is not taken back.
    let input = json!({"RoleName": "app", "PolicyDocument": dead});
    let text = format!("Invalid principal in policy: \"AWS\":\"{}\"", id_of(&ann));
    let refused = cloud.run("UpdateAssumeRolePolicy", input);
    assert_eq!(refused, failure("MalformedPolicyDocument", &text));
    // Writing the policy again names the new user.
    let input = json!({"RoleName": "app", "PolicyDocument": trust});
    cloud.run("UpdateAssumeRolePolicy", input).unwrap();
    assert!(may_assume(&cloud, &again, "app"));
    assert_eq!(shown(&cloud, "app"), percent_encode(&trust));
}

#[test]
fn a_dead_role_stays_dead_in_roles_and_profiles() {
    let cloud = Cloud::new();
    let service = trusting(json!({"Service": "ec2.amazonaws.com"}));
    let source = json!({
        "RoleName": "source",
        "Path": "/a/",
        "AssumeRolePolicyDocument": service,
    });
    cloud.run("CreateRole", source.clone()).unwrap();
    let session = cloud.session("source", "s");
    let trust = trusting(json!({"AWS": arn("role", "a/source")}));
    create(&cloud, "target", &trust).unwrap();
    let profile = json!({"InstanceProfileName": "box", "RoleName": "target"});
    cloud.run("CreateInstanceProfile", profile.clone()).unwrap();
    cloud.run("AddRoleToInstanceProfile", profile.clone()).unwrap();
    let everywhere = || {
        let get = cloud.run("GetInstanceProfile", profile.clone()).unwrap();
        let list = cloud.run("ListRoles", json!({"PathPrefix": "/"})).unwrap();
        let in_profile = &get["InstanceProfile"]["Roles"][0]["AssumeRolePolicyDocument"];
        let roles = list["Roles"].as_array().unwrap();
        let listed = roles.iter().find(|role| role["RoleName"] == "target").unwrap();
        assert_eq!(*in_profile, shown(&cloud, "target"));
        assert_eq!(listed["AssumeRolePolicyDocument"], *in_profile);
        shown(&cloud, "target")
    };
    assert_eq!(everywhere(), percent_encode(&trust));
    assert!(may_assume(&cloud, &session, "target"));

    cloud.run("DeleteRole", json!({"RoleName": "source"})).unwrap();
    let dead = percent_encode(&trust.replace(&arn("role", "a/source"), &id_of(&session)));
    assert_eq!(everywhere(), dead);
    cloud.run("CreateRole", source).unwrap();
    assert_eq!(everywhere(), dead);
    assert!(!may_assume(&cloud, &cloud.session("source", "s"), "target"));
}

#[test]
fn an_id_is_shown_as_the_arn_that_its_entity_has_now() {
    let cloud = Cloud::new();
    let ann = cloud.user_in(ACCOUNT, "/", "ann", &allow("s3:*", "*"));
    create(&cloud, "by-id", &trusting(json!({"AWS": ann.id}))).unwrap();
    create(&cloud, "by-arn", &trusting(json!({"AWS": ann.arn}))).unwrap();
    for name in ["by-id", "by-arn"] {
        assert_eq!(shown(&cloud, name), percent_encode(&trusting(json!({"AWS": ann.arn}))));
    }
    // As `UpdateUser` does it.
    let mut renamed = ann.clone();
    renamed.name = "anna".to_owned();
    renamed.arn = arn("user", "anna");
    delete_user(&cloud, ACCOUNT, "ann");
    cloud.change(renamed.clone());
    for name in ["by-id", "by-arn"] {
        assert_eq!(shown(&cloud, name), percent_encode(&trusting(json!({"AWS": renamed.arn}))));
        assert!(may_assume(&cloud, &Caller::User(Arc::new(renamed.clone())), name));
    }
}

#[test]
fn foreign_principals_are_known_by_their_text() {
    let cloud = Cloud::new();
    let trust = trusting(json!({"AWS": format!("arn:aws:iam::{OTHER}:user/bob")}));
    create(&cloud, "app", &trust).unwrap();
    // The account is used for the first time only now.
    let bob = cloud.user_in(OTHER, "/", "bob", &allow("sts:AssumeRole", "*"));
    assert!(may_assume(&cloud, &Caller::User(Arc::new(bob)), "app"));
    delete_user(&cloud, OTHER, "bob");
    assert_eq!(shown(&cloud, "app"), percent_encode(&trust));
    let again = cloud.user_in(OTHER, "/", "bob", &allow("sts:AssumeRole", "*"));
    assert!(may_assume(&cloud, &Caller::User(Arc::new(again)), "app"));
}

#[test]
fn sessions_of_a_user_count_as_the_user() {
    let cloud = Cloud::new();
    let ann = cloud.user_in(ACCOUNT, "/", "ann", &allow("s3:*", "*"));
    create(&cloud, "app", &trusting(json!({"AWS": ann.arn}))).unwrap();
    let session = Session {
        access_key_id: "ASIA".to_owned(),
        account: ann.account,
        kind: SessionKind::User {
            user_name: ann.name.clone(),
            user_id: ann.id.clone(),
            user_arn: ann.arn.clone(),
        },
        issued: cloud.now,
        expires: cloud.now.plus_seconds(3600),
        policies: Vec::new(),
        policy_arns: Vec::new(),
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
        mfa: false,
        context: Vec::new(),
    };
    assert!(may_assume(&cloud, &Caller::Session(Arc::new(session)), "app"));
}

#[test]
fn a_deny_follows_the_id_too() {
    let cloud = Cloud::new();
    let ann = cloud.user("ann", &allow("sts:AssumeRole", "*"));
    let trust = statement(json!([
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": {"AWS": arn("user", "ann")}, "Action": "sts:AssumeRole"},
    ]));
    create(&cloud, "app", &trust).unwrap();
    assert!(!may_assume(&cloud, &ann, "app"));
    delete_user(&cloud, ACCOUNT, "ann");
    assert!(may_assume(&cloud, &cloud.user("ann", &allow("sts:AssumeRole", "*")), "app"));
}

#[test]
fn only_principals_are_replaced() {
    let ann = "arn:aws:iam::123456789012:user/ann";
    let text = format!(
        "{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Sid\": \"a\", \"Effect\": \"Allow\",\n \
         \"Principal\": {{\"Federated\": \"{ann}\", \"AWS\": [\"{ann}\", \"arn:aws:iam::123456789012:us\\u0065r/ann\"]}},\n \
         \"Action\": \"sts:AssumeRole\", \"Condition\": {{\"ArnEquals\": {{\"aws:PrincipalArn\": \"{ann}\"}}}}}}]}}"
    );
    let replaced =
        substitute(&text, PolicyKind::Trust, |principal| (principal == ann).then_some("a\"b"));
    let expected = text
        .replace(&format!("[\"{ann}\""), "[\"a\\\"b\"")
        .replace("\"arn:aws:iam::123456789012:us\\u0065r/ann\"", "\"a\\\"b\"");
    assert_eq!(replaced, expected);
    assert_eq!(substitute(&text, PolicyKind::Trust, |_| None), text);
    assert_eq!(substitute("no policy", PolicyKind::Trust, |_| Some("x")), "no policy");
}

#[test]
fn rows_are_read_again() {
    let cloud = Cloud::new();
    cloud.user("ann", &allow("s3:*", "*"));
    let view = cloud.view();
    for (principal, ids) in [(arn("user", "ann"), 1), (ACCOUNT.to_owned(), 0)] {
        let text = trusting(json!({"AWS": principal}));
        let policy = TrustPolicy::accept(cloud.sight(&view), root().account(), &text).unwrap();
        let row = serde_json::to_value(&policy).unwrap();
        assert_eq!(row["document"], text);
        let stored = row.get("principals").map_or(0, |ids| ids.as_object().unwrap().len());
        assert_eq!(stored, ids);
        let again: TrustPolicy = serde_json::from_value(row).unwrap();
        assert_eq!(again, policy);
        assert_eq!(again.evaluated().text(), policy.evaluated().text());
        assert_eq!(again.evaluated().text() == text, ids == 0);
    }
    assert_eq!(code(create(&cloud, "app", "{}")), "MalformedPolicyDocument");
}
