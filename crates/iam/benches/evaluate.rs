#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a benchmark stops at the first surprise"
)]
//! How many decisions a second one core makes: `cargo bench -p iam`.
//!
//! The set: a user with 10 policies of 10 statements, each with 2 to 4 actions, 2 resources and, in
//! 30 % of the cases, a condition; 10 requests in turn. Then the same question among 10 to 10,000
//! statements that cannot match. Figures are the best of several rounds: the machine's noise only
//! ever adds time.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use iam::{
    Action, Caller, Context, NamedPolicy, Policy, PolicyKind, PolicySet, Request, Resource,
    Surroundings, Trace, Values, evaluate, evaluate_traced,
};

const ROUNDS: u32 = 15;
const ROUND_MILLISECONDS: u64 = 60;

const SERVICES: [(&str, [&str; 6], &str); 5] = [
    (
        "s3",
        ["GetObject", "PutObject", "DeleteObject", "ListBucket", "GetBucket*", "Put*"],
        "arn:aws:s3:::data-",
    ),
    (
        "ec2",
        [
            "RunInstances",
            "TerminateInstances",
            "Describe*",
            "CreateTags",
            "CreateVolume",
            "AttachVolume",
        ],
        "arn:aws:ec2:us-east-1:123456789012:instance/i-",
    ),
    (
        "sqs",
        ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueue*", "ListQueues", "PurgeQueue"],
        "arn:aws:sqs:us-east-1:123456789012:queue-",
    ),
    (
        "iam",
        ["GetRole", "PassRole", "List*", "CreateRole", "TagRole", "GetPolicy"],
        "arn:aws:iam::123456789012:role/team-",
    ),
    (
        "kms",
        ["Decrypt", "Encrypt", "GenerateDataKey*", "DescribeKey", "CreateGrant", "ReEncrypt*"],
        "arn:aws:kms:us-east-1:123456789012:key/",
    ),
];

/// A small linear congruential generator: the same set on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

fn statement(numbers: &mut Numbers, index: usize) -> String {
    let (service, actions, arn) = SERVICES[index % SERVICES.len()];
    let count = 2 + numbers.below(3);
    let start = numbers.below(actions.len());
    let actions: Vec<String> = (0..count)
        .map(|offset| format!("\"{service}:{}\"", actions[(start + offset) % actions.len()]))
        .collect();
    let resources = format!("\"{arn}{index}\", \"{arn}{index}/*\"");
    let effect = if numbers.below(10) == 0 { "Deny" } else { "Allow" };
    let condition = match numbers.below(10) {
        0 => r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"data"}}"#,
        1 => r#","Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","10.0.0.0/8"]}}"#,
        2 => {
            r#","Condition":{"Bool":{"aws:SecureTransport":"true"},"StringLike":{"aws:RequestedRegion":"us-*"}}"#
        }
        _ => "",
    };
    let actions = actions.join(",");
    format!(r#"{{"Effect":"{effect}","Action":[{actions}],"Resource":[{resources}]{condition}}}"#)
}

fn policy(statements: &[String]) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    Policy::parse(text.as_bytes(), PolicyKind::Identity).expect("a policy")
}

fn surroundings(policies: usize, statements: usize) -> Surroundings {
    let mut numbers = Numbers(42);
    let policies = (0..policies).map(|number| {
        let statements: Vec<String> = (0..statements)
            .map(|index| statement(&mut numbers, number * statements + index))
            .collect();
        NamedPolicy::new(&format!("policy-{number}"), policy(&statements))
    });
    Surroundings {
        identity: Arc::new(PolicySet::new(policies.collect())),
        ..Surroundings::default()
    }
}

fn requests() -> Vec<Request> {
    let mut numbers = Numbers(7);
    (0..10)
        .map(|_| {
            let index = numbers.below(100);
            let (service, actions, arn) = SERVICES[index % SERVICES.len()];
            let action = actions[numbers.below(actions.len())].replace('*', "Location");
            let resource = format!("{arn}{index}");
            let mut context = Context::new();
            for (key, value) in [
                ("aws:PrincipalTag/team", "data"),
                ("aws:SourceIp", "203.0.113.7"),
                ("aws:SecureTransport", "true"),
                ("aws:RequestedRegion", "us-east-1"),
                ("aws:CurrentTime", "2026-01-01T00:00:00Z"),
                ("aws:UserAgent", "bench"),
            ] {
                context.set(key, Values::one(value));
            }
            Request::new(
                Caller::parse("arn:aws:iam::123456789012:user/anna").expect("a caller"),
                Action::parse(&format!("{service}:{action}")).expect("an action"),
                Resource::parse(&resource).expect("a resource"),
                context,
            )
        })
        .collect()
}

/// Decisions a second, best round.
fn rate(mut decide: impl FnMut()) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed() < Duration::from_millis(ROUND_MILLISECONDS) {
            (0..100).for_each(|_| decide());
            count += 100;
        }
        best = best.max(f64::from(count) / start.elapsed().as_secs_f64());
    }
    best
}

fn main() {
    let around = surroundings(10, 10);
    let requests = requests();
    let allowed = requests.iter().filter(|request| evaluate(request, &around).is_allowed()).count();
    println!("10 policies of 10 statements, 10 requests in turn ({allowed} of them allowed)");
    let mut turn = requests.iter().cycle();
    let untraced = rate(|| {
        black_box(evaluate(black_box(turn.next().expect("a request")), &around));
    });
    println!("{untraced:>12.0} decisions a second");
    let mut trace = Trace::new();
    let mut turn = requests.iter().cycle();
    let traced = rate(|| {
        black_box(evaluate_traced(black_box(turn.next().expect("a request")), &around, &mut trace));
    });
    println!("{traced:>12.0} decisions a second with the full trace");
    println!("the same requests among more statements, untraced");
    for statements in [10, 100, 1_000, 10_000] {
        let around = surroundings(statements / 10, 10);
        let mut turn = requests.iter().cycle();
        let rate = rate(|| {
            black_box(evaluate(black_box(turn.next().expect("a request")), &around));
        });
        println!("{rate:>12.0} decisions a second among {statements} statements");
    }
}
