//! Databricks' half: registrations with their dry run, launches, lists of many users.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use clients::databricks::{ADMIN_TOKEN, Host};
use clients::signed::{Key, iam};
use serde_json::{Value, json};

use crate::connection::{self, Measured};
use crate::report::{Report, Row};
use crate::server::Server;
use crate::signed::{self, Requests};
use crate::{CONNECTIONS, Options, fill, flush};

/// Users of a workspace that has many.
const USERS: usize = 10_000;
/// The role that the first workspace is made with.
const CROSS_ACCOUNT: &str = "databricks-cross-account";

/// Everything.
pub(crate) fn run(options: &Options, report: &mut Report) {
    let server = Server::start(&options.binary, &["--ephemeral"]);
    report.start("workspace", &server);
    let host = host(&server);
    prepare(server.address);
    for connections in CONNECTIONS {
        let measured = connection::run(workspace(&server), connections, options.time, |number| {
            registrations(&host, number)
        });
        // A profile can be registered again once it is removed: each figure is of both.
        let name = "profile add+remove";
        report.add(Row::new("workspace", name, connections, measured, server.memory()));
    }
    for (name, workers) in [("launch 1 node", 0), ("launch 50 nodes", 49)] {
        let measured = launches(&host, workers, options.time);
        report.add(Row::new("workspace", name, 1, measured, server.memory()));
    }
    drop(server);
    many_users(options, report);
}

fn workspace(server: &Server) -> SocketAddr {
    server.workspace.expect("it has a workspace")
}

fn host(server: &Server) -> Host {
    Host::with_token(&workspace(server).to_string(), ADMIN_TOKEN)
}

fn profile(number: usize) -> String {
    format!("load-{number}")
}

/// A role in as many instance profiles as there are connections, which Databricks may pass.
fn prepare(server: SocketAddr) {
    let mut connection = signed::connect(server);
    let root = Key::root(signed::ACCOUNT);
    let trust = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole",
    }});
    let pass = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "iam:PassRole",
        "Resource": format!("arn:aws:iam::{}:role/load", signed::ACCOUNT),
    }});
    let (trust, pass) = (trust.to_string(), pass.to_string());
    let role = [("RoleName", "load"), ("AssumeRolePolicyDocument", trust.as_str())];
    let policy =
        [("RoleName", CROSS_ACCOUNT), ("PolicyName", "pass"), ("PolicyDocument", pass.as_str())];
    connection.must(&root, "iam", &iam("CreateRole", &role));
    connection.must(&root, "iam", &iam("PutRolePolicy", &policy));
    for number in 0..CONNECTIONS.into_iter().max().unwrap() {
        let name = profile(number);
        let name = ("InstanceProfileName", name.as_str());
        connection.must(&root, "iam", &iam("CreateInstanceProfile", &[name]));
        connection.must(
            &root,
            "iam",
            &iam("AddRoleToInstanceProfile", &[name, ("RoleName", "load")]),
        );
    }
}

/// A profile, registered and removed.
fn registrations(host: &Host, number: usize) -> Requests {
    let arn = format!("arn:aws:iam::{}:instance-profile/{}", signed::ACCOUNT, profile(number));
    let body = json!({"instance_profile_arn": arn}).to_string();
    let both = ["add", "remove"]
        .map(|verb| host.request("POST", &format!("/api/2.0/instance-profiles/{verb}"), &body));
    Requests::again(vec![both.concat()], both.len())
}

/// Clusters, one after the other; each is gone before the next one comes, which is not measured.
fn launches(host: &Host, workers: usize, time: Duration) -> Measured {
    let cluster = json!({
        "cluster_name": "load", "spark_version": "15.4.x-scala2.12", "node_type_id": "m5d.large",
        "num_workers": workers, "aws_attributes": {"availability": "ON_DEMAND"},
    });
    let (start, mut latencies) = (Instant::now(), Vec::new());
    let mut spent = Duration::ZERO;
    while start.elapsed() < time {
        let begun = Instant::now();
        let made = host.must("POST", "/api/2.1/clusters/create", &cluster);
        let taken = begun.elapsed();
        spent += taken;
        latencies.push(u32::try_from(taken.as_nanos()).unwrap_or(u32::MAX));
        let id = &made["cluster_id"];
        let path = format!("/api/2.1/clusters/get?cluster_id={}", id.as_str().unwrap());
        let shown = host.must("GET", &path, &Value::Null);
        assert_eq!(shown["state"], "RUNNING", "{shown}");
        host.must("POST", "/api/2.1/clusters/permanent-delete", &json!({"cluster_id": id}));
    }
    latencies.sort_unstable();
    Measured { time: spent, latencies }
}

fn many_users(options: &Options, report: &mut Report) {
    let folder = flush::Folder::new();
    fill::users(folder.data(), USERS);
    let server = Server::start(&options.binary, &["--data", folder.data()]);
    let place = "10,000 users";
    report.start(place, &server);
    let host = host(&server);
    for (name, filter) in [("page of 100, co", "co"), ("one user, eq", "eq")] {
        for connections in CONNECTIONS {
            let measured =
                connection::run(workspace(&server), connections, options.time, |number| {
                    lists(&host, filter, number)
                });
            report.add(Row::new(place, name, connections, measured, server.memory()));
        }
    }
}

/// Pages all over the workspace.
fn lists(host: &Host, filter: &str, connection: usize) -> Requests {
    let list = |at: usize| {
        let number = (connection * 7919 + at * 1543) % USERS;
        let (filter, start) = match filter {
            // More than 3,000 of the names have a digit.
            "co" => (format!("userName co \"{}\"", number % 10), 1 + number % 1900),
            _ => (format!("userName eq \"{}\"", fill::user_name(number)), 1),
        };
        let filter = filter.replace(' ', "%20").replace('"', "%22");
        let path =
            format!("/api/2.0/preview/scim/v2/Users?filter={filter}&startIndex={start}&count=100");
        host.request("GET", &path, "")
    };
    Requests::again((0..64).map(list).collect(), 1)
}
