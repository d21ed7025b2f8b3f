//! Which service and operation a request is for.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use wire::{Call, Incoming, Protocol, RouteError, route};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");

/// `service operation` for a form or target, `service rest bucket` otherwise, or the error's start.
fn outcome(incoming: &Incoming<'_>) -> String {
    match route(incoming) {
        Ok(found) => match found.call {
            Call::Form { action, .. } => format!("{} {action}", found.service.name),
            Call::Json { operation } => format!("{} {operation}", found.service.name),
            Call::Rest { bucket } => {
                format!("{} rest {}", found.service.name, bucket.unwrap_or("-"))
            }
        },
        Err(error) => {
            let fault = error.fault();
            format!("{} {} {}", fault.status, fault.code, fault.message.unwrap_or_default())
        }
    }
}

fn check(
    method: &str,
    query: &str,
    headers: &[(&str, &str)],
    body: &str,
    scope: &str,
    expected: &str,
) {
    let scope_service = Some(scope).filter(|scope| !scope.is_empty());
    let body = body.as_bytes();
    let incoming = Incoming { method, query, headers, body, scope_service };
    let outcome = outcome(&incoming);
    assert!(outcome.starts_with(expected), "{method} ?{query} {headers:?}: {outcome}");
}

#[test]
fn signed_requests() {
    let local = ("Host", "127.0.0.1:4566");
    let iam = "Action=ListRoles&Version=2010-05-08";
    for (scope, body, expected) in [
        ("iam", iam, "iam ListRoles"),
        ("sts", "Action=AssumeRole&Version=2011-06-15", "sts AssumeRole"),
        ("ec2", "Action=RunInstances&Version=2016-11-15", "ec2 RunInstances"),
        ("ec2", "Action=RunInstances&Version=2014-10-01", "ec2 RunInstances"),
        ("cloudformation", "Action=CreateStack&Version=2010-05-15", "cloudformation CreateStack"),
        (
            "iam",
            "Action=AssumeRole&Version=2011-06-15",
            "400 InvalidAction Could not find operation AssumeRole for version 2011-06-15",
        ),
        (
            "sts",
            "Action=GetCallerIdentity",
            "400 InvalidAction Could not find operation GetCallerIdentity for version \
             NO_VERSION_SPECIFIED",
        ),
        (
            "sts",
            "Action=NoSuchAction&Action=GetCallerIdentity&Version=",
            "400 InvalidAction Could not find operation NoSuchAction for version ",
        ),
        ("iam", "Version=2010-05-08", "400 MissingAction"),
        ("iam", "Action=%", "404 MalformedQueryString"),
        ("sqs", "Action=SendMessage", "501 NotImplemented the service `sqs` is not emulated"),
        ("", iam, "iam ListRoles"),
        ("", "Action=A&Version=2012-11-05", "501 NotImplemented the service `A of version 2012"),
        ("", "key=value", "s3 rest -"),
    ] {
        check("POST", "", &[local, FORM], body, scope, expected);
    }
    check("GET", iam, &[local], "", "iam", "iam ListRoles");
    check("GET", iam, &[local], "", "", "iam ListRoles");
    check("POST", "", &[local], iam, "iam", "400 MissingAction");
    check("POST", "", &[("CONTENT-TYPE", FORM.1)], iam, "iam", "iam ListRoles");
    check("GET", "list-type=2", &[local], "", "s3", "s3 rest -");
    check("GET", "", &[], "", "", "s3 rest -");
}

#[test]
fn targets() {
    let organizations = ("X-Amz-Target", "AWSOrganizationsV20161128.ListAccounts");
    let other = ("x-amz-target", "DynamoDB_20120810.ListTables");
    for (headers, scope, expected) in [
        (&[organizations][..], "organizations", "organizations ListAccounts"),
        (&[organizations], "", "organizations ListAccounts"),
        (&[organizations], "iam", "403 SignatureDoesNotMatch Credential should be scoped"),
        (&[other], "dynamodb", "501 NotImplemented the target `DynamoDB_20120810.ListTables`"),
        (&[], "organizations", "501 NotImplemented the target ``"),
    ] {
        check("POST", "", headers, "{}", scope, expected);
    }
}

#[test]
fn hosts() {
    let sts = "Action=GetCallerIdentity&Version=2011-06-15";
    for (host, scope, expected) in [
        ("sts.us-east-1.amazonaws.com", "sts", "sts GetCallerIdentity"),
        ("sts.us-east-1.amazonaws.com", "", "sts GetCallerIdentity"),
        (
            "sts.amazonaws.com",
            "s3",
            "403 SignatureDoesNotMatch Credential should be scoped to correct service: 'sts'. ",
        ),
        ("sqs.us-east-1.amazonaws.com", "sqs", "501 NotImplemented the service `sqs`"),
        ("sqs.us-east-1.amazonaws.com", "", "501 NotImplemented the service `sqs`"),
        ("data.s3.us-east-1.amazonaws.com", "s3", "s3 rest data"),
        ("data.localhost:4566", "s3", "s3 rest data"),
        ("data.localhost:4566", "", "sts GetCallerIdentity"),
        // A bucket may be called like a service, and the scope knows.
        ("iam.localhost:4566", "sts", "sts GetCallerIdentity"),
        ("iam.localhost:4566", "s3", "s3 rest -"),
    ] {
        check("POST", "", &[("host", host), FORM], sts, scope, expected);
    }
    check("GET", "", &[("host", "data.localhost:4566")], "", "", "s3 rest data");
}

#[test]
fn answers_to_unknown_services_speak_the_senders_protocol() {
    let incoming = |headers| Incoming {
        method: "POST",
        query: "",
        headers,
        body: b"",
        scope_service: Some("sqs"),
    };
    for (headers, protocol) in [
        (&[("x-amz-target", "AmazonSQS.SendMessage")][..], Protocol::Json),
        (&[FORM], Protocol::Query),
        (&[], Protocol::RestXml),
    ] {
        assert_eq!(incoming(headers).protocol(), protocol);
    }
    let shown = format!("{:?}", incoming(&[("Authorization", "AWS4 secret")]));
    assert!(shown.contains("Authorization") && !shown.contains("secret"), "{shown}");
    let error = RouteError::NoAction { service: "iam" };
    assert_eq!(error.service().map(|service| service.name), Some("iam"));
    assert_eq!(RouteError::UnknownService { name: "x".to_owned() }.service(), None);
}
