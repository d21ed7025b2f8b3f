//! What was answered is there: after `kill -9`, and on another server of the same database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../../../crates/store/tests/postgres_server.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the store")]
mod postgres_server;

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clients::signed::{Connection, Key, iam, sign};
use clients::{Folder, Server};

/// Deaths in the quick suite, and with `ROLECALL_FULL=1`.
const ROUNDS: u64 = 20;
const FULL_ROUNDS: u64 = 200;
/// Connections that write at the same time.
const WRITERS: usize = 8;
/// Roles of a writer, fewer than the 1,000 of an account together.
const ROLES_PER_WRITER: usize = 120;
/// The longest that a server is written to before it is killed.
const LONGEST_LIFE_MS: u64 = 120;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;

fn account(round: u64) -> Key {
    Key::root(&format!("{:012}", round + 1))
}

/// The roles that were answered before the connection broke.
fn write(address: &str, key: &Key, writer: usize) -> Vec<String> {
    let mut answered = Vec::new();
    let Ok(mut connection) = Connection::open(address) else { return answered };
    for number in 0..ROLES_PER_WRITER {
        let name = format!("role-{writer}-{number}");
        let form = iam("CreateRole", &[("RoleName", &name), ("AssumeRolePolicyDocument", TRUST)]);
        match connection.send(&sign(key, "iam", &form)) {
            Ok(answer) => assert_eq!(answer.status, 200, "{}", answer.body),
            Err(_) => break,
        }
        answered.push(name);
    }
    answered
}

fn check(address: &str, key: &Key, answered: &[String]) {
    let mut connection = Connection::open(address).unwrap();
    for name in answered {
        let form = iam("GetRole", &[("RoleName", name)]);
        let answer = connection.send(&sign(key, "iam", &form)).unwrap();
        assert_eq!(answer.status, 200, "{name} was answered and is lost: {}", answer.body);
    }
}

#[test]
fn kill_9_under_load_loses_nothing_that_was_answered() {
    let full = std::env::var("ROLECALL_FULL").is_ok_and(|value| value == "1");
    let rounds = if full { FULL_ROUNDS } else { ROUNDS };
    let folder = Folder::new();
    let data = folder.path().join("data").display().to_string();
    let arguments = ["--data", data.as_str()];
    let mut answered: Vec<Vec<String>> = Vec::new();
    for round in 0..rounds {
        let server = Server::start(&arguments);
        if let Some(newest) = answered.last() {
            check(server.aws(), &account(round - 1), newest);
        }
        let (sender, receiver) = mpsc::channel();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (address, sender) = (server.aws().to_owned(), sender.clone());
                thread::spawn(move || {
                    sender.send(write(&address, &account(round), writer)).unwrap()
                })
            })
            .collect();
        // Spread over the whole range, in no order, and the same in each run.
        thread::sleep(Duration::from_micros(round * 7_919 % (LONGEST_LIFE_MS * 1_000)));
        server.kill();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        drop(sender);
        answered.push(receiver.iter().flatten().collect());
    }
    let server = Server::start(&arguments);
    for (round, names) in (0..).zip(&answered) {
        check(server.aws(), &account(round), names);
    }
    let writes: usize = answered.iter().map(Vec::len).sum();
    println!("{rounds} deaths, {writes} writes answered");
    assert!(writes > answered.len(), "{writes} writes in {rounds} rounds");
}

#[test]
fn what_one_server_of_a_database_answered_holds_on_the_other() {
    let Some(postgres) = postgres_server::shared() else { return };
    let url = postgres.new_schema();
    let servers = [(); 2].map(|()| Server::start(&["--database", &url]));
    let root = Key::root("000000000000");
    let mut connections = servers.each_ref().map(|server| Connection::open(server.aws()).unwrap());
    let [one, other] = &mut connections;

    let anna = ("UserName", "anna");
    one.must(&root, "iam", &iam("CreateUser", &[anna]));
    let key = Key::of(&other.must(&root, "iam", &iam("CreateAccessKey", &[anna])));
    let get = iam("GetUser", &[anna]);
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}"#;
    let name = ("PolicyName", "read");
    let put = iam("PutUserPolicy", &[anna, name, ("PolicyDocument", policy)]);
    let delete = iam("DeleteUserPolicy", &[anna, name]);
    let status = |connection: &mut Connection| -> io::Result<u16> {
        Ok(connection.send(&sign(&key, "iam", &get))?.status)
    };
    for round in 0..20 {
        // Written through one, asked through the other, and the other way round.
        let [writer, reader] = if round % 2 == 0 { [&mut *one, other] } else { [&mut *other, one] };
        assert_eq!(status(reader).unwrap(), 403, "round {round}");
        writer.must(&root, "iam", &put);
        assert_eq!(status(reader).unwrap(), 200, "round {round}");
        writer.must(&root, "iam", &delete);
        assert_eq!(status(reader).unwrap(), 403, "round {round}");
    }
    // A key that one of them made inactive, the other does not know any more.
    let inactive = [anna, ("AccessKeyId", key.id.as_str()), ("Status", "Inactive")];
    one.must(&root, "iam", &iam("UpdateAccessKey", &inactive));
    let refused = other.send(&sign(&key, "iam", &get)).unwrap();
    assert_eq!((refused.status, refused.element("Code")), (403, "InvalidClientTokenId"));
}
