//! Signatures verify against the certificate, by ring and, where it is at hand, by `openssl`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/instance.rs"]
mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use imds::{Signer, identity, signer};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use support::{Seeded, instance, now};

/// The bytes of base64, its lines joined.
fn decode(text: &str) -> Vec<u8> {
    use base64ct::{Base64, Encoding};
    Base64::decode_vec(&text.lines().filter(|line| !line.starts_with("---")).collect::<String>())
        .unwrap()
}

/// The public key within a certificate: the modulus is the only number of 257 bytes in it.
fn public_key(certificate: &[u8]) -> Vec<u8> {
    let start = certificate.windows(4).position(|four| four == [0x30, 0x82, 0x01, 0x0a]).unwrap();
    certificate[start..start + 4 + 0x10a].to_vec()
}

/// Whether `openssl smime` takes the message; `None` without openssl.
fn openssl_verifies(message: &str, certificate: &str) -> Option<String> {
    let folder = std::env::temp_dir().join(format!("rolecall-imds-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("certificate");
    std::fs::write(&path, certificate).unwrap();
    let openssl = Command::new("openssl")
        .args(["smime", "-verify", "-inform", "PEM", "-noverify", "-certfile"])
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut openssl = openssl.ok()?;
    let pem = format!("-----BEGIN PKCS7-----\n{message}\n-----END PKCS7-----\n");
    openssl.stdin.take().unwrap().write_all(pem.as_bytes()).unwrap();
    let output = openssl.wait_with_output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_document_verifies_against_the_certificate() {
    let private = signer::generate(&mut Seeded(1)).unwrap();
    let signer = Signer::new(&private).unwrap();
    let again = Signer::new(&private).unwrap();
    assert_eq!(signer.certificate(), again.certificate());
    let document = identity::document(&instance());
    let certificate = decode(&signer.certificate());
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key(&certificate));
    let signature = decode(&signer.signature(&document).unwrap());
    public.verify(document.as_bytes(), &signature).unwrap();
    assert!(public.verify(b"another", &signature).is_err());
    let message = signer.message(&document, now()).unwrap();
    assert!(message.lines().all(|line| line.len() <= 64));
    match openssl_verifies(&message, &signer.certificate()) {
        Some(verified) => assert_eq!(verified.replace("\r\n", "\n"), document),
        None => eprintln!("not run: openssl is not there"),
    }
    assert_eq!(format!("{signer:?}"), "Signer(redacted)");
}

#[test]
fn what_is_no_key_signs_nothing() {
    for bytes in [&b""[..], b"key", &[0x30, 0x03, 0x02, 0x01, 0x00]] {
        assert!(Signer::new(bytes).is_err());
    }
}
