//! Stacks beside the same calls made directly: `cargo xtask bench cloudformation`.
//!
//! A stack of roles is made and deleted, each time until `DescribeStacks` says that it is done; then the same
//! roles are made and deleted one after the other, over one connection, with the calls that the stack makes: before it
//! deletes a role, CloudFormation looks what the role has.

use std::time::{Duration, Instant};

use clients::signed::{Answer, Connection, Form, Key, cloudformation, iam};

use crate::flush;
use crate::server::Server;

/// Resources of the stacks.
const SIZES: [usize; 2] = [3, 200];
/// Times that each is measured; the best counts, as everything else is the machine's.
const ROUNDS: usize = 5;
/// How long a stack may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two questions whether a stack is done.
const PAUSE: Duration = Duration::from_millis(1);

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// Measures in memory and on disk, and prints a line for each.
pub(crate) fn run(binary: &str) {
    println!("{:10} {:>9} {:>11} {:>11} {:>6}", "", "resources", "stack", "directly", "ratio");
    let server = Server::start(binary, &["--ephemeral"]);
    measure("in memory", &server);
    drop(server);
    let folder = flush::Folder::new();
    let server = Server::start(binary, &["--data", folder.data()]);
    measure("on disk", &server);
}

fn measure(place: &str, server: &Server) {
    let key = Key::root("000000000000");
    let mut connection = Connection::open(&server.address.to_string()).unwrap();
    let mut send = |service: &str, form: &Form| connection.must(&key, service, form);
    for size in SIZES {
        let (mut stack, mut direct) = (Duration::MAX, Duration::MAX);
        for round in 0..ROUNDS {
            stack = stack.min(as_stack(&mut send, size, round));
            direct = direct.min(directly(&mut send, size));
        }
        let ratio = stack.as_secs_f64() / direct.as_secs_f64();
        println!("{place:10} {size:>9} {stack:>11.1?} {direct:>11.1?} {ratio:>6.2}");
    }
}

fn as_stack(send: &mut dyn FnMut(&str, &Form) -> Answer, size: usize, round: usize) -> Duration {
    let role = format!(
        r#"{{"Type":"AWS::IAM::Role","Properties":{{"AssumeRolePolicyDocument":{TRUST}}}}}"#
    );
    let roles: Vec<String> = (0..size).map(|number| format!(r#""Role{number}":{role}"#)).collect();
    let template = format!(r#"{{"Resources":{{{}}}}}"#, roles.join(","));
    let name = format!("s{size}-{round}");
    let began = Instant::now();
    let create = cloudformation(
        "CreateStack",
        &[
            ("StackName", &name),
            ("TemplateBody", &template),
            ("Capabilities.member.1", "CAPABILITY_IAM"),
        ],
    );
    let arn = send("cloudformation", &create).element("StackId").to_owned();
    wait_for(send, &arn, "CREATE_COMPLETE");
    send("cloudformation", &cloudformation("DeleteStack", &[("StackName", &name)]));
    wait_for(send, &arn, "DELETE_COMPLETE");
    began.elapsed()
}

fn wait_for(send: &mut dyn FnMut(&str, &Form) -> Answer, arn: &str, status: &str) {
    let describe = cloudformation("DescribeStacks", &[("StackName", arn)]);
    let until = Instant::now() + PATIENCE;
    while send("cloudformation", &describe).element("StackStatus") != status {
        assert!(Instant::now() < until, "{arn} never became {status}");
        std::thread::sleep(PAUSE);
    }
}

fn directly(send: &mut dyn FnMut(&str, &Form) -> Answer, size: usize) -> Duration {
    let began = Instant::now();
    for number in 0..size {
        let name = format!("direct-{number}");
        let parameters = [("RoleName", name.as_str()), ("AssumeRolePolicyDocument", TRUST)];
        send("iam", &iam("CreateRole", &parameters));
    }
    for number in 0..size {
        let name = format!("direct-{number}");
        for call in ["GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "DeleteRole"] {
            send("iam", &iam(call, &[("RoleName", &name)]));
        }
    }
    began.elapsed()
}
