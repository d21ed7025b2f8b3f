use serde_json::{Value, json};

use super::*;
use crate::caller::Caller;
use crate::testing::{ACCOUNT, Answer, Cloud, account, allow, code, failure};

fn cloud() -> Cloud {
    let cloud = Cloud::new();
    cloud.run("CreateUser", json!({"UserName": "ann"})).unwrap();
    cloud
}

fn create(cloud: &Cloud, name: &str) -> String {
    let input = json!({"VirtualMFADeviceName": name});
    let made = cloud.run("CreateVirtualMFADevice", input).unwrap();
    made["VirtualMFADevice"]["SerialNumber"].as_str().unwrap().to_owned()
}

/// What an authenticator that was fed the device's seed shows so many steps from now.
fn shown(cloud: &Cloud, serial: &str, steps: i64) -> String {
    let state = cloud.view();
    let seed = find(&state, account(), serial).unwrap().seed.expose().to_owned();
    totp::code(&totp::decode_base32(&seed).unwrap(), totp::step(cloud.time()) + steps)
}

fn enable(cloud: &Cloud, user: &str, serial: &str, steps: (i64, i64)) -> Answer {
    let (first, second) = (shown(cloud, serial, steps.0), shown(cloud, serial, steps.1));
    cloud.run(
        "EnableMFADevice",
        json!({
            "UserName": user, "SerialNumber": serial,
            "AuthenticationCode1": first, "AuthenticationCode2": second,
        }),
    )
}

fn unbase64(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |letter: u8| alphabet.iter().position(|known| *known == letter);
    let bits: Vec<bool> = text
        .bytes()
        .filter_map(digit)
        .flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1 == 1))
        .collect();
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    bits.chunks_exact(8).map(byte).collect()
}

fn serials(answer: &Value, list: &str) -> Vec<String> {
    let devices = answer[list].as_array().unwrap();
    devices.iter().map(|device| device["SerialNumber"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_device_is_made() {
    let cloud = cloud();
    let tags = json!([{"Key": "k", "Value": "v"}]);
    let input = json!({"VirtualMFADeviceName": "phone", "Path": "/a//b/", "Tags": tags});
    let made = cloud.run("CreateVirtualMFADevice", input.clone()).unwrap();
    let device = &made["VirtualMFADevice"];
    assert_eq!(device["SerialNumber"], format!("arn:aws:iam::{ACCOUNT}:mfa/a//b/phone"));
    assert_eq!(device["Tags"], tags);
    // The seed is base32 in base64, and the row's.
    let seed = String::from_utf8(unbase64(device["Base32StringSeed"].as_str().unwrap())).unwrap();
    assert_eq!((seed.len(), totp::decode_base32(&seed).unwrap().len()), (64, 40));
    let state = cloud.view();
    let row = find(&state, account(), device["SerialNumber"].as_str().unwrap()).unwrap();
    assert_eq!(row.seed.expose(), seed);
    assert!(!format!("{row:?}").contains(&seed));
    // The picture is that of the address that authenticators take.
    let uri = format!("otpauth://totp/phone@{ACCOUNT}?secret={seed}");
    assert_eq!(unbase64(device["QRCodePNG"].as_str().unwrap()), qr_code::png(&uri).unwrap());
    cloud.run("CreateAccountAlias", json!({"AccountAlias": "acme"})).unwrap();
    let other = cloud.run("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "x"})).unwrap();
    let seed = unbase64(other["VirtualMFADevice"]["Base32StringSeed"].as_str().unwrap());
    let uri = format!("otpauth://totp/x@acme?secret={}", String::from_utf8(seed).unwrap());
    let picture = unbase64(other["VirtualMFADevice"]["QRCodePNG"].as_str().unwrap());
    assert_eq!(picture, qr_code::png(&uri).unwrap());

    let again = cloud.run("CreateVirtualMFADevice", input);
    assert_eq!(again, failure("EntityAlreadyExists", "MFA device already exists."));
    let tags = |keys: [&str; 2]| {
        let tags = keys.map(|key| json!({"Key": key, "Value": ""}));
        cloud.run("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "t", "Tags": tags}))
    };
    assert_eq!(tags(["k", "k"]), failure("InvalidInput", "Duplicate tag keys found."));
    assert!(tags(["k", "K"]).is_ok());
    // Another path makes another device.
    create(&cloud, "phone");
    let bad = json!({"VirtualMFADeviceName": "phone", "Path": "a/"});
    let text = "The specified value for path is invalid. It must begin and end with / and contain only \
                alphanumeric characters and/or / characters.";
    assert_eq!(cloud.run("CreateVirtualMFADevice", bad), failure("ValidationError", text));
    let long = "n".repeat(226);
    assert_eq!(create(&cloud, &long).len(), MAX_SERIAL_NUMBER);
    let longer = json!({"VirtualMFADeviceName": format!("{long}n")});
    assert_eq!(code(cloud.run("CreateVirtualMFADevice", longer)), "ValidationError");
}

#[test]
fn a_device_is_enabled_listed_and_taken_away() {
    let cloud = cloud();
    let (one, two) = (create(&cloud, "one"), create(&cloud, "two"));
    let of_ann = |input: Value| cloud.run("ListMFADevices", input).unwrap();
    let ann = json!({"UserName": "ann"});
    assert_eq!(of_ann(ann.clone()), json!({"MFADevices": [], "IsTruncated": false}));
    assert_eq!(enable(&cloud, "ANN", &one, (-1, 0)), Ok(json!(null)));
    let shape = json!({
        "UserName": "ann", "SerialNumber": one, "EnableDate": "2023-11-14T22:13:20Z",
    });
    assert_eq!(of_ann(ann.clone())["MFADevices"], json!([shape]));

    let all = |status: Value| {
        cloud.run("ListVirtualMFADevices", json!({"AssignmentStatus": status})).unwrap()
    };
    let listed = |status: Value| serials(&all(status), "VirtualMFADevices");
    assert_eq!(listed(json!(null)), [one.clone(), two.clone()]);
    assert_eq!(listed(json!("Any")), [one.clone(), two.clone()]);
    assert_eq!(listed(json!("Assigned")), std::slice::from_ref(&one));
    assert_eq!(listed(json!("Unassigned")), std::slice::from_ref(&two));
    let assigned = &all(json!("Assigned"))["VirtualMFADevices"][0];
    assert_eq!(assigned["User"]["UserName"], "ann");
    assert_eq!(assigned["EnableDate"], "2023-11-14T22:13:20Z");
    assert_eq!(all(json!("Unassigned"))["VirtualMFADevices"][0], json!({"SerialNumber": two}));
    let bad = cloud.run("ListVirtualMFADevices", json!({"AssignmentStatus": "Some"}));
    assert_eq!(code(bad), "ValidationError");
    let page = cloud.run("ListVirtualMFADevices", json!({"MaxItems": 1})).unwrap();
    assert_eq!(page["IsTruncated"], true);
    let rest = cloud.run("ListVirtualMFADevices", json!({"Marker": page["Marker"]})).unwrap();
    assert_eq!(serials(&rest, "VirtualMFADevices"), std::slice::from_ref(&two));

    enable(&cloud, "ann", &two, (-1, 0)).unwrap();
    let page = of_ann(json!({"UserName": "ann", "MaxItems": 1}));
    let rest = of_ann(json!({"UserName": "ann", "Marker": page["Marker"]}));
    assert_eq!(serials(&page, "MFADevices"), std::slice::from_ref(&one));
    assert_eq!(serials(&rest, "MFADevices"), [two]);
    // A new name of the user is the device's, too.
    cloud.run("UpdateUser", json!({"UserName": "ann", "NewUserName": "eve"})).unwrap();
    assert_eq!(of_ann(json!({"UserName": "eve"}))["MFADevices"][0]["UserName"], "eve");
    let text = "Cannot delete entity, must delete MFA device first.";
    let refused = cloud.run("DeleteUser", json!({"UserName": "eve"}));
    assert_eq!(refused, failure("DeleteConflict", text));

    let deactivate =
        || cloud.run("DeactivateMFADevice", json!({"UserName": "eve", "SerialNumber": one}));
    let delete = || cloud.run("DeleteVirtualMFADevice", json!({"SerialNumber": one}));
    let text = "MFA VirtualDevice in use. Must deactivate first.";
    assert_eq!(delete(), failure("DeleteConflict", text));
    assert_eq!(deactivate(), Ok(json!(null)));
    assert_eq!(serials(&of_ann(json!({"UserName": "eve"})), "MFADevices").len(), 1);
    assert_eq!(deactivate(), failure("NoSuchEntity", "MFA Device invalid for user."));
    assert_eq!(delete(), Ok(json!(null)));
    let text = format!("MFA Device with serial number {one} does not exist.");
    assert_eq!(delete(), failure("NoSuchEntity", &text));
    assert_eq!(deactivate(), failure("NoSuchEntity", &text));
}

#[test]
fn a_device_shows_that_it_is_at_hand() {
    let cloud = cloud();
    let serial = create(&cloud, "phone");
    let invalid =
        failure("InvalidAuthenticationCode", "Authentication code for device is not valid.");
    for steps in [(0, 0), (0, -1), (-1, 1), (0, 11), (10, 11), (-12, -11)] {
        assert_eq!(enable(&cloud, "ann", &serial, steps), invalid, "{steps:?}");
    }
    for bad in ["12345", "1234567", "12345x"] {
        let input = json!({
            "UserName": "ann", "SerialNumber": serial,
            "AuthenticationCode1": bad, "AuthenticationCode2": "000000",
        });
        let (kind, text) = cloud.run("EnableMFADevice", input).unwrap_err();
        assert_eq!(kind, "ValidationError");
        assert!(text.contains("at 'authenticationCode1' failed") && !text.contains(bad), "{text}");
    }
    assert_eq!(enable(&cloud, "ann", &serial, (-11, -10)), Ok(json!(null)));
    let again = enable(&cloud, "ann", &serial, (0, 1));
    assert_eq!(again, failure("EntityAlreadyExists", "MFA Device is already in use."));

    let input = json!({
        "UserName": "bob", "SerialNumber": serial,
        "AuthenticationCode1": "000000", "AuthenticationCode2": "000000",
    });
    let gone = failure("NoSuchEntity", "The user with name bob cannot be found.");
    assert_eq!(cloud.run("EnableMFADevice", input.clone()), gone);
    assert_eq!(cloud.run("DeactivateMFADevice", input.clone()), gone);
    assert_eq!(cloud.run("ListMFADevices", json!({"UserName": "bob"})), gone);
    let unknown = "arn:aws:iam::123456789012:mfa/none";
    let input = json!({
        "UserName": "ann", "SerialNumber": unknown,
        "AuthenticationCode1": "000000", "AuthenticationCode2": "000000",
    });
    let text = format!("MFA Device with serial number {unknown} does not exist.");
    assert_eq!(cloud.run("EnableMFADevice", input), failure("NoSuchEntity", &text));
}

#[test]
fn a_user_has_so_many_devices() {
    let cloud = cloud();
    for number in 0..MAX_MFA_DEVICES {
        let serial = create(&cloud, &format!("m{number}"));
        enable(&cloud, "ann", &serial, (-1, 0)).unwrap();
    }
    let serial = create(&cloud, "more");
    let text = "Cannot exceed quota for MFADevicesPerUser: 8";
    assert_eq!(enable(&cloud, "ann", &serial, (-1, 0)), failure("LimitExceeded", text));
}

#[test]
fn codes_count_once() {
    let cloud = cloud();
    cloud.run("CreateUser", json!({"UserName": "bob"})).unwrap();
    let serial = create(&cloud, "phone");
    let check = |user: &str, code: &str| {
        let view = cloud.view();
        let user = crate::iam::user::find(&view, account(), user).unwrap();
        let answer = check_code(&view, user, &serial, code, cloud.time());
        if let CodeAnswer::Good(step) = answer {
            let serial = serial.clone();
            cloud.write(move |tx| {
                note_code(tx, account(), &serial, step).unwrap();
                Ok(())
            });
        }
        answer
    };
    let good = |answer: CodeAnswer| matches!(answer, CodeAnswer::Good(_));
    // Nobody's device opens nothing.
    assert_eq!(check("ann", &shown(&cloud, &serial, 0)), CodeAnswer::UnknownDevice);
    enable(&cloud, "ann", &serial, (-2, -1)).unwrap();
    assert_eq!(check("bob", &shown(&cloud, &serial, 0)), CodeAnswer::UnknownDevice);
    // The code that enabled it is used up, the next is not yet there.
    assert_eq!(check("ann", &shown(&cloud, &serial, -1)), CodeAnswer::Wrong);
    assert_eq!(check("ann", &shown(&cloud, &serial, 1)), CodeAnswer::Wrong);
    assert_eq!(check("ann", "12345"), CodeAnswer::Wrong);
    assert!(good(check("ann", &shown(&cloud, &serial, 0))));
    assert_eq!(check("ann", &shown(&cloud, &serial, 0)), CodeAnswer::Wrong);
    // The code of one step ago still counts, unless it is older than one that was used.
    cloud.sleep(60);
    assert!(good(check("ann", &shown(&cloud, &serial, -1))));
    assert!(good(check("ann", &shown(&cloud, &serial, 0))));
    assert_eq!(check("ann", &shown(&cloud, &serial, -1)), CodeAnswer::Wrong);
    cloud.sleep(60);
    assert_eq!(check("ann", &shown(&cloud, &serial, -2)), CodeAnswer::Wrong);
}

#[test]
fn without_a_name_the_caller_is_meant() {
    let cloud = Cloud::new();
    let ann = cloud.user("ann", &allow("iam:*", "*"));
    let serial = create(&cloud, "phone");
    enable(&cloud, "ann", &serial, (-1, 0)).unwrap();
    let listed = cloud.run_as(&ann, "ListMFADevices", json!({})).unwrap();
    assert_eq!(serials(&listed, "MFADevices"), [serial.as_str()]);
    let root = cloud.run_as(&Caller::Root(account()), "ListMFADevices", json!({})).unwrap();
    assert_eq!(root["MFADevices"], json!([]));
    let input = json!({"SerialNumber": serial});
    assert_eq!(code(cloud.run("DeactivateMFADevice", input.clone())), "ValidationError");
    assert_eq!(cloud.run_as(&ann, "DeactivateMFADevice", input), Ok(json!(null)));
}

#[test]
fn a_code_is_spent_once() {
    let cloud = Cloud::new();
    cloud.user("ann", &allow("*", "*"));
    let serial = create(&cloud, "phone");
    enable(&cloud, "ann", &serial, (-1, 0)).unwrap();
    cloud.sleep(60);
    let code = shown(&cloud, &serial, 0);
    let Caller::User(user) = cloud.caller("ann") else { panic!("ann is a user") };
    let now = cloud.time();
    cloud.write(move |tx| {
        spend_code(tx, &user, &serial, &code, now).unwrap();
        let again = spend_code(tx, &user, &serial, &code, now).unwrap_err();
        assert_eq!((again.code, again.message.as_str()), ("AccessDenied", mfa::WRONG_CODE));
        Ok(())
    });
}
