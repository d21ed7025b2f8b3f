//! The second reader's sentences.

use super::*;

fn trust(document: &str, expected: &str) {
    let result = check(document.as_bytes(), PolicyKind::Trust);
    assert_eq!(verdict(&result), expected, "{document}\n{result:?}");
}

fn trust_statement(members: &str, expected: &str) {
    trust(&format!(r#"{{"Version":"2012-10-17","Statement":[{{{members}}}]}}"#), expected);
}

#[test]
fn trust_policies_that_are_refused() {
    use trust::*;
    for (document, message) in [
        ("", INVALID_JSON),
        ("{", INVALID_JSON),
        ("[]", INVALID_JSON),
        (r#"{"a":1,"a":2}"#, INVALID_JSON),
        (r#"{"probe":"x"}"#, "Unknown field probe"),
        (r#"{"version":"2012-10-17","statement":[]}"#, "Unknown field version"),
        (r#"{"Version":"2012-10-18","Statement":[]}"#, BAD_VERSION),
        (r#"{"Version":"2012-10-17"}"#, "Missing required field Statement"),
        (r#"{"Version":"2012-10-17","Statement":[]}"#, NO_STATEMENT),
        (r#"{"Version":"2012-10-17","Statement":["x"]}"#, SYNTAX_ERRORS),
    ] {
        trust(document, message);
    }
    let assume = r#""Action":"sts:AssumeRole""#;
    let ec2 = r#""Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"}"#;
    for (members, message) in [
        (format!("{ec2},{assume},\"Comment\":\"\""), "Unknown field Comment"),
        (format!("{ec2},{assume},\"Resource\":\"*\""), RESOURCE),
        (r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#.to_owned(), RESOURCE),
        (format!("{ec2},{assume},\"NotResource\":\"*\""), NOT_RESOURCE),
        (format!("\"Principal\":\"*\",{assume}"), "Missing required field Effect"),
        (format!("\"Effect\":\"allow\",\"Principal\":\"*\",{assume}"), "Invalid effect: allow"),
        (format!("\"Effect\":true,\"Principal\":\"*\",{assume}"), LEGACY_PARSING),
        (format!("\"Effect\":\"Allow\",{assume}"), "Missing required field Principal"),
        (
            format!("\"Effect\":\"Allow\",\"Principal\":{{}},{assume}"),
            "Missing required field Principal cannot be empty!",
        ),
        (
            format!("\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":[]}},{assume}"),
            "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed \
             in policy has a statement with no principals!",
        ),
        (
            format!("\"Effect\":\"Allow\",\"Principal\":\"ec2.amazonaws.com\",{assume}"),
            SYNTAX_ERRORS,
        ),
        (format!("\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":[1]}},{assume}"), SYNTAX_ERRORS),
        (format!("\"Effect\":\"Allow\",\"NotPrincipal\":\"*\",{assume}"), ALLOW_NOT_PRINCIPAL),
        (format!("\"Effect\":\"Deny\",\"NotPrincipal\":\"*\",{assume}"), NOT_PRINCIPAL),
        (ec2.to_owned(), "Missing required field Action"),
        (format!("{ec2},\"Action\":[]"), "Missing required field Action"),
        (format!("{ec2},\"Action\":[1]"), SYNTAX_ERRORS),
        (format!("{ec2},{assume},\"NotAction\":\"sts:TagSession\""), SYNTAX_ERRORS),
        (format!("{ec2},\"Action\":\"*\""), OTHER_ACTIONS),
        (format!("{ec2},\"Action\":[\"sts:AssumeRole\",\"s3:GetObject\"]"), OTHER_ACTIONS),
        (format!("{ec2},{assume},\"Condition\":{{\"Equals\":{{\"a\":\"b\"}}}}"), SYNTAX_ERRORS),
        (
            format!(
                "{ec2},{assume},\"Condition\":{{\"DateLessThan\":{{\"aws:CurrentTime\":\"x\"}}}}"
            ),
            LEGACY_PARSING,
        ),
    ] {
        trust_statement(&members, message);
    }
    let twice = format!("{ec2},{assume},\"Sid\":\"a\"}},{{{ec2},{assume},\"Sid\":\"a\"");
    trust_statement(&twice, trust::SIDS_NOT_UNIQUE);
}

#[test]
fn principals_of_trust_policies() {
    for (kind, value, possible) in [
        ("AWS", "*", true),
        ("AWS", "123456789012", true),
        ("AWS", "arn:aws:iam::123456789012:root", true),
        ("AWS", "arn:aws:iam::123456789012:user/path/ann", true),
        ("AWS", "arn:aws-cn:iam::123456789012:role/a", true),
        ("AWS", "arn:aws:sts::123456789012:assumed-role/a/s", true),
        ("AWS", "arn:aws:sts::123456789012:federated-user/ann", true),
        ("AWS", "AROAJQABLZS4A3QDU576Q", true),
        ("AWS", "x", false),
        ("AWS", "", false),
        ("AWS", "12345678901", false),
        ("AWS", "1234-5678-9012", false),
        ("AWS", "ACCOUNTID", false),
        ("AWS", "ec2.amazonaws.com", false),
        ("AWS", "arn:aws:iam::123456789012:role/*", false),
        ("AWS", "arn:aws:iam::*:root", false),
        ("AWS", "arn:aws:iam::123456789012:group/g", false),
        ("AWS", "arn:aws:iam::123456789012:role/", false),
        ("AWS", "arn:aws:iam::123456789012:instance-profile/p", false),
        ("AWS", "arn:aws:iam::123:root", false),
        ("AWS", "arn:aws:sts::123456789012:assumed-role/a", false),
        ("AWS", "arn:aws:s3:::b", false),
        ("Service", "ec2.amazonaws.com", true),
        ("Service", "ec2.amazonaws.com.cn", true),
        ("Service", "delivery.logs.amazonaws.com", true),
        ("Service", "ec2", false),
        ("Service", "amazonaws.com", false),
        ("Service", "*", false),
        ("Service", "*.amazonaws.com", false),
        ("Federated", "cognito-identity.amazonaws.com", true),
        ("Federated", "arn:aws:iam::123456789012:saml-provider/idp", true),
        ("Federated", "arn:aws:iam::123456789012:oidc-provider/token.example.com/x", true),
        ("Federated", "token.example.com", false),
        ("Federated", "arn:aws:iam::123456789012:role/a", false),
        (
            "CanonicalUser",
            "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
            false,
        ),
        ("Everyone", "*", false),
    ] {
        let members = format!(
            r#""Effect":"Allow","Principal":{{"{kind}":"{value}"}},"Action":"sts:AssumeRole""#
        );
        let upper = kind.to_uppercase();
        let refused = format!("Invalid principal in policy: \"{upper}\":\"{value}\"");
        trust_statement(&members, if possible { "stored" } else { &refused });
    }
}

#[test]
fn trust_policies_that_are_stored() {
    for members in [
        r#""Effect":"Allow","Principal":"*","Action":"sts:AssumeRole""#,
        r#""Effect":"Allow","Principal":{"AWS":"414351767826"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"an id"}}"#,
        r#""Effect":"Allow","Principal":{"AWS":["123456789012","*"],"Service":"ec2.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity","sts:SetContext"]"#,
        r#""Effect":"Deny","Principal":{"AWS":"*"},"NotAction":"sts:TagSession""#,
        r#""Sid":"an id with spaces","Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity""#,
        r#""Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]},"Action":"STS:assumerole","Condition":{}"#,
    ] {
        trust_statement(members, "stored");
        let old = format!(r#"{{"Version":"2008-10-17","Statement":{{{members}}}}}"#);
        trust(&old, "stored");
        trust(&old.replace(r#""Version":"2008-10-17","#, ""), "stored");
    }
}
