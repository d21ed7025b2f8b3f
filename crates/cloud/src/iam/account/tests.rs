use serde_json::{Value, json};

use super::*;
use crate::blob::Blob;
use crate::caller::Caller;
use crate::iam::access_key::{AccessKeyUseRow, note_use};
use crate::iam::account::credential_report::CredentialReportRow;
use crate::iam::mfa_device::{Assignment, MfaDeviceRow};
use crate::iam::user::UserRow;
use crate::testing::{ACCOUNT, Cloud, account, allow, code, failure, trust_ec2};

#[test]
fn an_account_has_one_alias() {
    let cloud = Cloud::new();
    let list = |cloud: &Cloud| cloud.run("ListAccountAliases", json!({})).unwrap();
    let create = |alias: &str| cloud.run("CreateAccountAlias", json!({"AccountAlias": alias}));
    let delete = |alias: &str| cloud.run("DeleteAccountAlias", json!({"AccountAlias": alias}));
    assert_eq!(list(&cloud), json!({"AccountAliases": [], "IsTruncated": false}));
    assert_eq!(create("acme"), Ok(json!(null)));
    assert_eq!(list(&cloud)["AccountAliases"], json!(["acme"]));
    let taken = |alias: &str| {
        failure("EntityAlreadyExists", &format!("The account alias {alias} already exists."))
    };
    assert_eq!(create("acme"), taken("acme"));
    // Another one takes its place.
    assert_eq!(create("acme-2"), Ok(json!(null)));
    assert_eq!(list(&cloud)["AccountAliases"], json!(["acme-2"]));
    assert_eq!(code(delete("acme")), "NoSuchEntity");
    // What one account has no other can have, and what one gave up is free.
    let other = Caller::Root("111111111111".parse().unwrap());
    let create_other =
        |alias: &str| cloud.run_as(&other, "CreateAccountAlias", json!({"AccountAlias": alias}));
    assert_eq!(create_other("acme-2"), taken("acme-2"));
    assert_eq!(create_other("acme"), Ok(json!(null)));
    assert_eq!(delete("acme-2"), Ok(json!(null)));
    assert_eq!(list(&cloud)["AccountAliases"], json!([]));
    assert_eq!(code(delete("acme-2")), "NoSuchEntity");
}

#[test]
fn aliases_have_their_form() {
    let cloud = Cloud::new();
    let create = |alias: &str| cloud.run("CreateAccountAlias", json!({"AccountAlias": alias}));
    let longest = "a".repeat(63);
    for good in ["abc", "a-1", "123", longest.as_str()] {
        assert_eq!(create(good), Ok(json!(null)), "{good}");
    }
    let longer = format!("{longest}a");
    for bad in ["ab", "-ab", "ab-", "a--b", "Abc", "a_b", longer.as_str()] {
        assert_eq!(code(create(bad)), "ValidationError", "{bad}");
    }
}

#[test]
fn a_password_policy_comes_and_goes() {
    let cloud = Cloud::new();
    let update = |input: Value| cloud.run("UpdateAccountPasswordPolicy", input);
    let get = || cloud.run("GetAccountPasswordPolicy", json!({}));
    let delete = || cloud.run("DeleteAccountPasswordPolicy", json!({}));
    let missing = failure(
        "NoSuchEntity",
        &format!("The Password Policy with domain name {ACCOUNT} cannot be found."),
    );
    assert_eq!(get(), missing);
    let text = "The account policy with name PasswordPolicy cannot be found.";
    assert_eq!(delete(), failure("NoSuchEntity", text));
    let policy = json!({
        "MinimumPasswordLength": 10, "RequireSymbols": true, "RequireNumbers": true,
        "RequireUppercaseCharacters": true, "RequireLowercaseCharacters": true,
        "AllowUsersToChangePassword": true, "MaxPasswordAge": 60, "PasswordReusePrevention": 3,
        "HardExpiry": true,
    });
    assert_eq!(update(policy.clone()), Ok(json!(null)));
    let mut shown = policy;
    shown["ExpirePasswords"] = json!(true);
    assert_eq!(get(), Ok(json!({"PasswordPolicy": shown})));
    // What is not given goes back to its default.
    update(json!({})).unwrap();
    let defaults = json!({
        "MinimumPasswordLength": 6, "RequireSymbols": false, "RequireNumbers": false,
        "RequireUppercaseCharacters": false, "RequireLowercaseCharacters": false,
        "AllowUsersToChangePassword": false, "ExpirePasswords": false,
    });
    assert_eq!(get(), Ok(json!({"PasswordPolicy": defaults})));
    assert_eq!(delete(), Ok(json!(null)));
    assert_eq!(get(), missing);
}

#[test]
fn password_policies_have_bounds() {
    let cloud = Cloud::new();
    let update = |input: Value| cloud.run("UpdateAccountPasswordPolicy", input);
    // Recorded by LocalStack.
    let text = "3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy \
                constraint: Member must have value less than or equal to 128; Value at \
                'passwordReusePrevention' failed to satisfy constraint: Member must have value less \
                than or equal to 24; Value at 'maxPasswordAge' failed to satisfy constraint: Member \
                must have value less than or equal to 1095";
    let over = json!({
        "MinimumPasswordLength": 129, "PasswordReusePrevention": 25, "MaxPasswordAge": 1096,
    });
    assert_eq!(update(over), failure("ValidationError", text));
    for (name, least, most) in [
        ("MinimumPasswordLength", 6, 128),
        ("PasswordReusePrevention", 1, 24),
        ("MaxPasswordAge", 1, 1095),
    ] {
        for (value, good) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
            assert_eq!(update(json!({name: value})).is_ok(), good, "{name} {value}");
        }
    }
}

#[test]
fn the_summary_counts() {
    let cloud = Cloud::new();
    let summary =
        |cloud: &Cloud| cloud.run("GetAccountSummary", json!({})).unwrap()["SummaryMap"].clone();
    let empty = summary(&cloud);
    assert_eq!(empty.as_object().unwrap().len(), 34);
    for (name, expected) in [
        ("Users", 0),
        ("AccountAccessKeysPresent", 0),
        ("UsersQuota", 5000),
        ("GroupsQuota", 300),
        ("RolesQuota", 1000),
        ("PoliciesQuota", 1500),
        ("AccessKeysPerUserQuota", 2),
        ("VersionsPerPolicyQuota", 5),
        ("RolePolicySizeQuota", 10240),
        ("GlobalEndpointTokenVersion", 1),
    ] {
        assert_eq!(empty[name], expected, "{name}");
    }
    cloud.policy("/", "p", &allow("*", "*"));
    cloud.run("CreateUser", json!({"UserName": "ann"})).unwrap();
    cloud.run("CreateGroup", json!({"GroupName": "g"})).unwrap();
    let role = json!({"RoleName": "r", "AssumeRolePolicyDocument": trust_ec2()});
    cloud.run("CreateRole", role).unwrap();
    cloud.run("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "m"})).unwrap();
    cloud.run("CreateAccessKey", json!({})).unwrap();
    let full = summary(&cloud);
    let names = full.as_object().unwrap().keys();
    let changed: Vec<(&String, i64)> = names
        .map(|name| (name, full[name].as_i64().unwrap() - empty[name].as_i64().unwrap()))
        .filter(|(_, more)| *more != 0)
        .collect();
    let changed: Vec<(&str, i64)> =
        changed.iter().map(|(name, more)| (name.as_str(), *more)).collect();
    let expected = [
        ("AccountAccessKeysPresent", 1),
        ("Groups", 1),
        ("MFADevices", 1),
        ("Policies", 1),
        ("PolicyVersionsInUse", 1),
        ("Roles", 1),
        ("Users", 1),
    ];
    assert_eq!(changed, expected);
    let serial = format!("arn:aws:iam::{ACCOUNT}:mfa/m");
    cloud.write(move |tx| {
        let device = tx.get::<MfaDeviceRow>(ACCOUNT, &serial).unwrap();
        let mut device = MfaDeviceRow::clone(device);
        device.assignment =
            Some(Assignment { user_name: "ann".to_owned(), enabled: Timestamp::default() });
        tx.update(device)
    });
    assert_eq!(summary(&cloud)["MFADevicesInUse"], 1);
}

/// The report's lines.
fn report(cloud: &Cloud) -> Vec<String> {
    cloud.run("GetCredentialReport", json!({})).unwrap();
    let state = cloud.view();
    let parts = state.range::<CredentialReportRow>(ACCOUNT, ..);
    let text: String = parts.map(|part| part.text.as_str()).collect();
    let answer = cloud.run("GetCredentialReport", json!({})).unwrap();
    assert_eq!(answer["Content"], Blob::new(text.as_str()).base64());
    assert_eq!(answer["ReportFormat"], "text/csv");
    assert!(!text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_credential_report_tells_all() {
    let cloud = Cloud::new();
    cloud.run("UpdateAccountPasswordPolicy", json!({"MaxPasswordAge": 90})).unwrap();
    for (name, path) in [("plain", "/"), ("Full", "/x/"), ("com,ma", "/")] {
        cloud.run("CreateUser", json!({"UserName": name, "Path": path})).unwrap();
    }
    let password = json!({"UserName": "full", "Password": "Correct-Horse-1"});
    cloud.run("CreateLoginProfile", password).unwrap();
    cloud.sleep(3600);
    let mut keys: Vec<String> = (0..2)
        .map(|_| {
            let made = cloud.run("CreateAccessKey", json!({"UserName": "full"})).unwrap();
            made["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned()
        })
        .collect();
    keys.sort();
    let off = json!({"UserName": "full", "AccessKeyId": keys[0], "Status": "Inactive"});
    cloud.run("UpdateAccessKey", off).unwrap();
    let (id, used) = (keys[1].clone(), cloud.time());
    cloud.write(move |tx| {
        let (service, region) = ("s3".to_owned(), "N/A".to_owned());
        note_use(tx, AccessKeyUseRow { account: account(), id: id.clone(), used, service, region })
    });
    cloud.write(|tx| {
        let mut user = UserRow::clone(tx.get::<UserRow>(ACCOUNT, "full").unwrap());
        user.mfa_devices.push("m".to_owned());
        tx.update(user)
    });
    cloud.run("GenerateCredentialReport", json!({})).unwrap();

    let lines = report(&cloud);
    let columns = lines[0].split(',').count();
    assert_eq!((columns, lines.len()), (22, 5));
    assert!(
        lines[0].starts_with("user,arn,user_creation_time,password_enabled,password_last_used,")
    );
    assert!(
        lines[0].ends_with(",cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated")
    );
    let no_key = "false,N/A,N/A,N/A,N/A";
    let no_certificates = "false,N/A,false,N/A";
    let start = "2023-11-14T22:13:20Z";
    assert_eq!(
        lines[1],
        format!(
            "<root_account>,arn:aws:iam::{ACCOUNT}:root,1970-01-01T00:00:00Z,false,N/A,N/A,\
             not_supported,false,{no_key},{no_key},{no_certificates}"
        )
    );
    assert_eq!(
        lines[2],
        format!(
            "\"com,ma\",\"arn:aws:iam::{ACCOUNT}:user/com,ma\",{start},false,N/A,N/A,N/A,false,\
             {no_key},{no_key},{no_certificates}"
        )
    );
    assert_eq!(
        lines[3],
        format!(
            "Full,arn:aws:iam::{ACCOUNT}:user/x/Full,{start},true,no_information,{start},\
             2024-02-12T22:13:20Z,true,false,2023-11-14T23:13:20Z,N/A,N/A,N/A,\
             true,2023-11-14T23:13:20Z,2023-11-14T23:13:20Z,N/A,s3,{no_certificates}"
        )
    );
    assert!(lines[4].starts_with("plain,"));
    assert_eq!(lines[4].split(',').count(), columns);
}

#[test]
fn a_credential_report_lasts_four_hours() {
    let cloud = Cloud::new();
    cloud.run("CreateUser", json!({"UserName": "ann"})).unwrap();
    let generate = || cloud.run("GenerateCredentialReport", json!({})).unwrap();
    let get = || cloud.run("GetCredentialReport", json!({}));
    assert_eq!(get(), failure("ReportNotPresent", ""));
    let started = json!({
        "State": "STARTED", "Description": "No report exists. Starting a new report generation task",
    });
    assert_eq!(generate(), started);
    assert_eq!(generate(), json!({"State": "COMPLETE"}));
    assert_eq!(get().unwrap()["GeneratedTime"], "2023-11-14T22:13:20Z");
    // It stays as it is.
    cloud.run("DeleteUser", json!({"UserName": "ann"})).unwrap();
    cloud.sleep(4 * 3600);
    assert_eq!(generate(), json!({"State": "COMPLETE"}));
    assert_eq!(report(&cloud).len(), 3);
    cloud.sleep(1);
    assert_eq!(get(), failure("ReportExpired", ""));
    assert_eq!(generate(), json!({"State": "STARTED"}));
    assert_eq!(report(&cloud).len(), 2);
}

#[test]
fn a_large_credential_report_is_kept_in_parts() {
    let cloud = Cloud::new();
    let path = format!("/{}/", "p".repeat(510));
    cloud.write(move |tx| {
        (0..1500).try_for_each(|number| {
            let (name, id) = (format!("user{number:04}"), format!("AIDA{number}"));
            tx.insert(UserRow::new(account(), &name, &path, id, Timestamp::default()))
        })
    });
    cloud.run("GenerateCredentialReport", json!({})).unwrap();
    assert!(cloud.view().count::<CredentialReportRow>(ACCOUNT) > 1);
    let lines = report(&cloud);
    assert_eq!(lines.len(), 1502);
    assert!(lines[1501].starts_with("user1499,") && lines[2].starts_with("user0000,"));
    assert!(lines.iter().all(|line| line.split(',').count() == 22));
    // A shorter one leaves nothing behind.
    cloud.write(|tx| {
        (0..1500).try_for_each(|number| {
            tx.delete::<UserRow>(ACCOUNT, &format!("user{number:04}")).map(drop)
        })
    });
    cloud.sleep(4 * 3600 + 1);
    cloud.run("GenerateCredentialReport", json!({})).unwrap();
    assert_eq!(report(&cloud).len(), 2);
}

#[test]
fn authorization_details_hold_everything_page_by_page() {
    let cloud = Cloud::new();
    cloud.run("CreateGroup", json!({"GroupName": "admins"})).unwrap();
    cloud.run("CreateUser", json!({"UserName": "anna"})).unwrap();
    cloud.run("AddUserToGroup", json!({"GroupName": "admins", "UserName": "anna"})).unwrap();
    let document = crate::testing::allow("s3:*", "*");
    let inline = json!({"UserName": "anna", "PolicyName": "in", "PolicyDocument": document});
    cloud.run("PutUserPolicy", inline).unwrap();
    let trust = crate::testing::trust_ec2();
    cloud.run("CreateRole", json!({"RoleName": "etl", "AssumeRolePolicyDocument": trust})).unwrap();
    cloud.run("CreateInstanceProfile", json!({"InstanceProfileName": "ip"})).unwrap();
    let into = json!({"InstanceProfileName": "ip", "RoleName": "etl"});
    cloud.run("AddRoleToInstanceProfile", into).unwrap();
    let own = cloud.policy("/", "own", &document);
    cloud.run("AttachRolePolicy", json!({"RoleName": "etl", "PolicyArn": own})).unwrap();
    let aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    cloud.run("AttachRolePolicy", json!({"RoleName": "etl", "PolicyArn": aws})).unwrap();

    let all = cloud.run("GetAccountAuthorizationDetails", json!({})).unwrap();
    assert_eq!(all["UserDetailList"][0]["GroupList"], json!(["admins"]));
    let inline = &all["UserDetailList"][0]["UserPolicyList"][0];
    assert_eq!(inline["PolicyDocument"], crate::iam::role::percent_encode(&document));
    assert_eq!(all["GroupDetailList"][0]["GroupName"], "admins");
    let role = &all["RoleDetailList"][0];
    assert_eq!(role["InstanceProfileList"][0]["InstanceProfileName"], "ip");
    assert_eq!(role["AttachedManagedPolicies"][1]["PolicyName"], "ReadOnlyAccess");
    let names: Vec<&str> = all["Policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|policy| policy["PolicyName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["own", "ReadOnlyAccess"]);
    assert_eq!(all["Policies"][0]["PolicyVersionList"][0]["VersionId"], "v1");
    assert_eq!(all["Policies"][0]["AttachmentCount"], 1);

    let roles = cloud.run("GetAccountAuthorizationDetails", json!({"Filter": ["Role"]})).unwrap();
    assert_eq!(roles["UserDetailList"], json!([]));
    assert_eq!(roles["RoleDetailList"].as_array().unwrap().len(), 1);
    let (mut marker, mut seen) = (json!(null), 0);
    loop {
        let page = json!({"MaxItems": 2, "Marker": marker});
        let page = cloud.run("GetAccountAuthorizationDetails", page).unwrap();
        for list in ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"] {
            seen += page[list].as_array().unwrap().len();
        }
        if page["IsTruncated"] == false {
            break;
        }
        marker = page["Marker"].clone();
    }
    assert_eq!(seen, 5);
    let wrong = cloud.run("GetAccountAuthorizationDetails", json!({"Filter": ["Policy"]}));
    assert_eq!(crate::testing::code(wrong), "ValidationError");
}
