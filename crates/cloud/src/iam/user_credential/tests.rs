use serde_json::{Value, json};

use crate::testing::{Cloud, code, failure};

/// Made with `ssh-keygen -t rsa`, which also told the fingerprint.
const KEY: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCxhhNeDomuIEzJt5F8m3+hontELQ807eZ9G3lE5PrEuKG+sfpHYrvxg9yKoYMr+vS7cyUdw1Z/MMMR82mZD3BVK1VV563CK8E686O5t8THAiTjdah0sivh667qr43oe83f9BTtX6PgL15fITtZJhrILCzAyGyHIuPY3ebFnCw/mfIUbancrz4JwSYhBj2FQMKT3gFXhtbBJLMRxclzabw//DNoTkIYawi7zOMlZHbpl0+b9ivfmRKGEqcI1MA7NPqv/moZZbVVv/qOCZtzGUUZxWi/GmSQRFnm1y/xTWeB4m+oclJ046A5Wsv1uKdemlsJL9BDi/OOfb/Ccv/pvNNf anna";
const FINGERPRINT: &str = "d5:43:7d:c8:91:d7:e2:3e:88:09:4d:a6:4c:e3:9c:a1";
/// Made with `openssl req -x509`.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIICADCCAWmgAwIBAgIUaztfluwCGpjwqD64I/iyfewrrwwwDQYJKoZIhvcNAQEL\n\
BQAwETEPMA0GA1UEAwwGc2lnbmVyMCAXDTI2MTEyNjE4MjU1NVoYDzIxMjYxMTAy\n\
MTgyNTU1WjARMQ8wDQYDVQQDDAZzaWduZXIwgZ8wDQYJKoZIhvcNAQEBBQADgY0A\n\
MIGJAoGBALBJFC7AT0EhDHVa5P1MNLbWdXDxmO1mQs2th2XkKy0vLdN43mjqlfpg\n\
/BW8p2uN1xavWMIVdJxbua9RlM40x4DS4X17PohlmmZ7j9ERswXT+OPOhlubq4Cf\n\
8CVNHidQbNy3FMsPssd3nTFXmZQno20aZio++BrH6psqP0sPQFPVAgMBAAGjUzBR\n\
MB0GA1UdDgQWBBR3d3ysHfFPxU+CgyimR+nRcol1RjAfBgNVHSMEGDAWgBR3d3ys\n\
HfFPxU+CgyimR+nRcol1RjAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUA\n\
A4GBAH3+wJwBbE6648Ar5aGfPYCLQ6yWAAWENTAXZGzc7VD2qemNXnCV0ho/M2nq\n\
4aEV3qVzlGI4QExqF9H7Xt6D4M1GeXv9NvDsQ/8I/3ZvFY/8qxodjbxvwQQAarTx\n\
J0lmjzLOI5PcmS1d6v4Wj6NFknGxcvpl/fPj/ctyN9n602Df\n\
-----END CERTIFICATE-----";

fn cloud() -> Cloud {
    let cloud = Cloud::new();
    cloud.run("CreateUser", json!({"UserName": "anna"})).unwrap();
    cloud
}

fn upload_key(cloud: &Cloud, body: &str) -> Result<Value, (String, String)> {
    cloud.run("UploadSSHPublicKey", json!({"UserName": "anna", "SSHPublicKeyBody": body}))
}

#[test]
fn a_public_key_is_kept_switched_and_deleted() {
    let cloud = cloud();
    let made = upload_key(&cloud, KEY).unwrap();
    let id = made["SSHPublicKey"]["SSHPublicKeyId"].as_str().unwrap();
    assert!(id.starts_with("APKA") && id.len() == 21, "{id}");
    let shown = json!({"SSHPublicKey": {
        "UserName": "anna", "SSHPublicKeyId": id, "Fingerprint": FINGERPRINT, "SSHPublicKeyBody": KEY,
        "Status": "Active", "UploadDate": "2023-11-14T22:13:20Z",
    }});
    assert_eq!(made, shown);
    let named = |more: Value| {
        let mut input = json!({"UserName": "anna", "SSHPublicKeyId": id});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    assert_eq!(cloud.run("GetSSHPublicKey", named(json!({"Encoding": "SSH"}))).unwrap(), shown);
    let pem = cloud.run("GetSSHPublicKey", named(json!({"Encoding": "PEM"})));
    assert_eq!(code(pem), "UnrecognizedPublicKeyEncoding");
    cloud.run("UpdateSSHPublicKey", named(json!({"Status": "Inactive"}))).unwrap();
    let listed = cloud.run("ListSSHPublicKeys", json!({"UserName": "anna"})).unwrap();
    assert_eq!(listed["SSHPublicKeys"][0]["Status"], "Inactive");
    assert_eq!(
        code(cloud.run("UpdateSSHPublicKey", named(json!({"Status": "Expired"})))),
        "InvalidInput"
    );
    cloud.run("DeleteSSHPublicKey", named(json!({}))).unwrap();
    let gone = failure("NoSuchEntity", &format!("The Public Key with id {id} cannot be found."));
    assert_eq!(cloud.run("DeleteSSHPublicKey", named(json!({}))), gone);
}

#[test]
fn keys_that_are_none() {
    let cloud = cloud();
    for (body, expected) in [
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ4", "InvalidPublicKey"),
        ("ssh-rsa", "InvalidPublicKey"),
        ("ssh-rsa AAAA", "InvalidPublicKey"),
        ("ssh-rsa AAAAB3NzaC1yc2E=", "InvalidPublicKey"),
        ("ssh-rsa not!base64", "InvalidPublicKey"),
        ("-----BEGIN PUBLIC KEY-----", "UnrecognizedPublicKeyEncoding"),
        ("", "ValidationError"),
    ] {
        assert_eq!(code(upload_key(&cloud, body)), expected, "{body}");
    }
    upload_key(&cloud, KEY).unwrap();
    assert_eq!(code(upload_key(&cloud, KEY)), "DuplicateSSHPublicKey");
}

#[test]
fn a_certificate_is_kept_switched_and_deleted() {
    let cloud = cloud();
    let upload = |body: &str| {
        cloud.run("UploadSigningCertificate", json!({"UserName": "anna", "CertificateBody": body}))
    };
    let made = upload(CERTIFICATE).unwrap();
    let id = made["Certificate"]["CertificateId"].clone();
    assert_eq!(code(upload(CERTIFICATE)), "DuplicateCertificate");
    for body in ["x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
        assert_eq!(code(upload(body)), "MalformedCertificate", "{body}");
    }
    let named = json!({"UserName": "anna", "CertificateId": id, "Status": "Inactive"});
    cloud.run("UpdateSigningCertificate", named).unwrap();
    let list = || cloud.run("ListSigningCertificates", json!({"UserName": "anna"})).unwrap();
    assert_eq!(list()["Certificates"][0]["Status"], "Inactive");
    assert_eq!(list()["Certificates"][0]["CertificateBody"], CERTIFICATE.trim());
    cloud
        .run("DeleteSigningCertificate", json!({"UserName": "anna", "CertificateId": id}))
        .unwrap();
    assert_eq!(list()["Certificates"], json!([]));
}

#[test]
fn a_service_has_passwords_of_its_own() {
    let cloud = cloud();
    let create = |service: &str| {
        let input = json!({"UserName": "anna", "ServiceName": service});
        cloud.run("CreateServiceSpecificCredential", input)
    };
    let first = create("codecommit.amazonaws.com").unwrap();
    let first = &first["ServiceSpecificCredential"];
    assert_eq!(first["ServiceUserName"], "anna-at-123456789012");
    let second = create("codecommit.amazonaws.com").unwrap();
    assert_eq!(second["ServiceSpecificCredential"]["ServiceUserName"], "anna+1-at-123456789012");
    assert_eq!(code(create("codecommit.amazonaws.com")), "LimitExceeded");
    assert!(create("cassandra.amazonaws.com").is_ok());
    assert_eq!(code(create("s3.amazonaws.com")), "NotSupportedService");
    let id = &first["ServiceSpecificCredentialId"];
    let named = json!({"UserName": "anna", "ServiceSpecificCredentialId": id});
    let reset = cloud.run("ResetServiceSpecificCredential", named.clone()).unwrap();
    let reset = &reset["ServiceSpecificCredential"];
    assert_ne!(reset["ServicePassword"], first["ServicePassword"]);
    let listed = cloud.run("ListServiceSpecificCredentials", json!({"UserName": "anna"})).unwrap();
    assert_eq!(listed["ServiceSpecificCredentials"].as_array().unwrap().len(), 3);
    assert!(!listed.to_string().contains("ServicePassword"));
    cloud.run("DeleteServiceSpecificCredential", named.clone()).unwrap();
    assert_eq!(code(cloud.run("DeleteServiceSpecificCredential", named)), "NoSuchEntity");
}

#[test]
fn a_user_is_deleted_without_any_of_them() {
    let cloud = cloud();
    let delete = || cloud.run("DeleteUser", json!({"UserName": "anna"}));
    let key = upload_key(&cloud, KEY).unwrap();
    let conflict = |what: &str| {
        failure("DeleteConflict", &format!("Cannot delete entity, must {what} first."))
    };
    assert_eq!(delete(), conflict("remove referenced objects"));
    let body = json!({"UserName": "anna", "CertificateBody": CERTIFICATE});
    let certificate = cloud.run("UploadSigningCertificate", body).unwrap();
    assert_eq!(delete(), conflict("delete certificates"));
    // Another name changes nothing of that.
    cloud.run("UpdateUser", json!({"UserName": "anna", "NewUserName": "eve"})).unwrap();
    let id = &certificate["Certificate"]["CertificateId"];
    cloud.run("DeleteSigningCertificate", json!({"UserName": "eve", "CertificateId": id})).unwrap();
    let id = &key["SSHPublicKey"]["SSHPublicKeyId"];
    cloud.run("DeleteSSHPublicKey", json!({"UserName": "eve", "SSHPublicKeyId": id})).unwrap();
    cloud.run("DeleteUser", json!({"UserName": "eve"})).unwrap();
}
