#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]
//! What reading requests and writing answers costs: `cargo bench -p wire`.
//!
//! Figures are the best of several rounds: the machine's noise only ever adds time.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use wire::{Form, Incoming, PercentEncoded, Service, Timestamp, ec2, json, query, xml};

const ROUNDS: u32 = 15;
const ROUND: Duration = Duration::from_millis(60);

const CREATE_ROLE: &[u8] = b"Action=CreateRole&Version=2010-05-08&RoleName=reader&Path=%2Fteam%2F&\
    AssumeRolePolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect\
    %22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action\
    %22%3A%22sts%3AAssumeRole%22%7D%5D%7D&MaxSessionDuration=3600&\
    Tags.member.1.Key=team&Tags.member.1.Value=data&Tags.member.2.Key=env&Tags.member.2.Value=test";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only decoding is measured")]
struct CreateRole {
    role_name: String,
    assume_role_policy_document: String,
    path: Option<String>,
    description: Option<String>,
    max_session_duration: Option<i32>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only decoding is measured")]
struct DescribeInstances {
    #[serde(default)]
    instance_id: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetRoleOutput {
    role: Role,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Role {
    path: &'static str,
    role_name: &'static str,
    role_id: &'static str,
    arn: &'static str,
    create_date: Timestamp,
    assume_role_policy_document: PercentEncoded,
    description: Option<String>,
    max_session_duration: i32,
    tags: Vec<Tag>,
}

fn role() -> Role {
    let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
    Role {
        path: "/team/",
        role_name: "reader",
        role_id: "AROAQAAAAAAAAAAAAAAAA",
        arn: "arn:aws:iam::000000000000:role/team/reader",
        create_date: Timestamp::from_unix_seconds(1_769_860_800),
        assume_role_policy_document: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\
            \"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\
            \"sts:AssumeRole\"}]}"
            .into(),
        description: None,
        max_session_duration: 3600,
        tags: vec![tag("team", "data"), tag("env", "test")],
    }
}

/// The best time of one call.
fn best(mut call: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut calls = 0;
        while start.elapsed() < ROUND {
            for _ in 0..16 {
                call();
            }
            calls += 16;
        }
        best = best.min(start.elapsed() / calls);
    }
    best
}

fn report(what: &str, time: Duration) {
    println!("{what:<44} {:>9.2} µs", time.as_nanos() as f64 / 1000.0);
}

fn main() {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("host", "localhost")];
    let scope_service = Some("iam");
    let incoming =
        Incoming { method: "POST", query: "", headers: &headers, body: CREATE_ROLE, scope_service };
    report("route a form of 10 parameters", best(|| drop(black_box(wire::route(&incoming)))));
    report(
        "read a form of 10 parameters",
        best(|| {
            let form = Form::parse("", black_box(CREATE_ROLE)).unwrap();
            drop(black_box(query::decode::<CreateRole>(&form).unwrap()));
        }),
    );
    for count in [100, 10_000] {
        let ids: Vec<String> = (1..=count).map(|n| format!("InstanceId.{n}=i-{n:017x}")).collect();
        let body = ids.join("&");
        report(
            &format!("read a form of {count} list members"),
            best(|| {
                let form = Form::parse("", black_box(body.as_bytes())).unwrap();
                drop(black_box(ec2::decode::<DescribeInstances>(&form).unwrap()));
            }),
        );
    }
    let iam = Service::named("iam").unwrap();
    let output = GetRoleOutput { role: role() };
    report(
        "write GetRole as XML",
        best(|| {
            drop(black_box(query::answer(iam, "GetRole", "r", black_box(&output)).unwrap()));
        }),
    );
    report(
        "write GetRole as JSON",
        best(|| {
            drop(black_box(json::answer(black_box(&output)).unwrap()));
        }),
    );
    let answer = query::answer(iam, "GetRole", "r", &output).unwrap();
    report("read GetRole's XML", best(|| drop(black_box(xml::read(black_box(&answer)).unwrap()))));
}
