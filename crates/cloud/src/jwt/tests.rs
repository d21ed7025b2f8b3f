use super::*;

/// RFC 7515, appendix A.2.
const RS256: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const RSA_KEY: &str = r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#;
/// RFC 7515, appendix A.3.
const ES256: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const EC_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

fn keys(keys: &[&str]) -> Vec<Jwk> {
    parse_keys(&format!("{{\"keys\":[{}]}}", keys.join(","))).unwrap()
}

#[test]
fn signatures_of_the_standard() {
    let both = keys(&[RSA_KEY, EC_KEY]);
    for token in [RS256, ES256] {
        let token = Token::parse(token).unwrap();
        assert_eq!(token.verify(&both), Ok(()));
        assert_eq!(token.text("iss"), Some("joe"));
        assert_eq!(token.seconds("exp"), Some(1_300_819_380));
    }
    let rs256 = Token::parse(RS256).unwrap();
    assert_eq!(rs256.verify(&keys(&[EC_KEY])), Err(SignatureError::NoKey));
    let es256 = Token::parse(ES256).unwrap();
    assert_eq!(es256.verify(&keys(&[RSA_KEY])), Err(SignatureError::NoKey));
}

#[test]
fn other_texts_and_signatures() {
    let both = keys(&[RSA_KEY, EC_KEY]);
    for token in [RS256, ES256] {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let claims = Base64UrlUnpadded::encode_string(b"{\"iss\":\"eve\"}");
        let forged = format!("{header}.{claims}.{signature}");
        assert_eq!(Token::parse(&forged).unwrap().verify(&both), Err(SignatureError::Wrong));
        let cut = format!("{signed}.{}", &signature[..80]);
        assert_eq!(Token::parse(&cut).unwrap().verify(&both), Err(SignatureError::Wrong));
        let empty = format!("{signed}.");
        assert_eq!(Token::parse(&empty).unwrap().verify(&both), Err(SignatureError::Wrong));
    }
    // No algorithm is none.
    let header = Base64UrlUnpadded::encode_string(b"{\"alg\":\"none\"}");
    let claims = Base64UrlUnpadded::encode_string(b"{}");
    let unsigned = format!("{header}.{claims}.");
    assert_eq!(Token::parse(&unsigned).unwrap().verify(&both), Err(SignatureError::NoKey));
}

#[test]
fn keys_are_found_by_id() {
    let named = |kid: &str| EC_KEY.replacen('{', &format!("{{\"kid\":\"{kid}\","), 1);
    let token = Token::parse(ES256).unwrap();
    assert_eq!(token.verify(&keys(&[&named("a")])), Ok(()), "a token without id tries them all");
    let header = Base64UrlUnpadded::encode_string(b"{\"alg\":\"ES256\",\"kid\":\"b\"}");
    let (_, rest) = ES256.split_once('.').unwrap();
    let other = format!("{header}.{rest}");
    let token = Token::parse(&other).unwrap();
    assert_eq!(token.verify(&keys(&[&named("a")])), Err(SignatureError::NoKey));
    assert_eq!(token.verify(&keys(&[&named("b")])), Err(SignatureError::Wrong));
}

#[test]
fn what_is_no_token() {
    for text in ["", "a", "a.b", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.W10.", "....", "é.é.é"]
    {
        assert!(Token::parse(text).is_none(), "{text}");
    }
}

#[test]
fn claims_have_several_forms() {
    let header = Base64UrlUnpadded::encode_string(b"{\"alg\":\"none\"}");
    let claims = br#"{"aud":["a",1,"b"],"one":"c","exp":1.5,"far":1e300,"text":"x"}"#;
    let text = format!("{header}.{}.", Base64UrlUnpadded::encode_string(claims));
    let token = Token::parse(&text).unwrap();
    assert_eq!(token.texts("aud"), ["a", "b"]);
    assert_eq!(token.texts("one"), ["c"]);
    assert!(token.texts("none").is_empty());
    assert_eq!(token.seconds("exp"), Some(1));
    assert_eq!(token.seconds("far"), Some(i64::MAX));
    assert_eq!(token.seconds("text"), None);
    assert!(!format!("{token:?}").contains("aud"));
}

#[test]
fn key_sets() {
    let encryption = EC_KEY.replacen('{', "{\"use\":\"enc\",", 1);
    assert_eq!(keys(&[RSA_KEY, &encryption]).len(), 1);
    for (text, error) in [
        ("", KeysError::Form),
        ("[]", KeysError::Form),
        ("{}", KeysError::Form),
        (r#"{"keys":[]}"#, KeysError::Count(0)),
        (r#"{"keys":[{"kty":"oct","k":"AA","kid":"s"}]}"#, KeysError::Key("s".to_owned())),
        (r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#, KeysError::Key(String::new())),
        (
            r#"{"keys":[{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}]}"#,
            KeysError::Key(String::new()),
        ),
        (
            r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
            KeysError::Key(String::new()),
        ),
    ] {
        assert_eq!(parse_keys(text), Err(error), "{text}");
    }
    let many = vec![EC_KEY; MAX_KEYS + 1].join(",");
    let error = parse_keys(&format!("{{\"keys\":[{many}]}}")).unwrap_err();
    assert_eq!(error, KeysError::Count(MAX_KEYS + 1));
}

#[test]
fn stored_keys_stay_the_same() {
    let keys = keys(&[RSA_KEY, &EC_KEY.replacen('{', "{\"kid\":\"a\",", 1)]);
    let json = serde_json::to_string(&keys).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Jwk>>(&json).unwrap(), keys);
}
