//! The metadata of instances whose rows are put there by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::time::Duration;

use cloud::authorize::Facts;
use cloud::iam::instance_profile::contents::{
    AddRoleToInstanceProfile, RemoveRoleFromInstanceProfile,
};
use cloud::iam::instance_profile::create::{CreateInstanceProfile, DeleteInstanceProfile};
use cloud::iam::role::create::CreateRole;
use cloud::iam::role::update::UpdateAssumeRolePolicy;
use cloud::sts::credentials as session_tokens;
use cloud::{Caller, Write};
use ec2::instance::life::{Life, Target};
use ec2::instance::{Attributes, MetadataOptions, Placement, ProfileAssociation};
use names::Entropy;
use serde_json::{Value, json};
use store::Place;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::clock::{ClockChange, OsEntropy};
use crate::perform::Job;
use crate::{Config, Running, start};

const ID: &str = "i-0123456789abcdef0";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const TRUST_LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const ROLE: &str = "/latest/meta-data/iam/security-credentials/etl";

/// A server with one instance.
struct World {
    running: Running,
    shared: Arc<Shared>,
}

/// An answer.
#[derive(Debug)]
struct Got {
    status: u16,
    head: String,
    body: String,
}

fn account() -> AccountId {
    "000000000000".parse().unwrap()
}

impl World {
    async fn new() -> Self {
        let local = || SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config {
            place: Place::Memory,
            aws: local(),
            console: local(),
            databricks_account: local(),
            workspace: local(),
            empty: true,
            account: account(),
            region: "us-east-1".to_owned(),
            propagation: None,
            latency: cloud::latency::Latency::None,
        };
        let running = start(config).await.unwrap();
        let shared = Arc::clone(&running.shared);
        let world = Self { running, shared };
        world.put(instance()).await;
        world
    }

    /// One with a role in a profile that the instance wears.
    async fn with_role(trust: &str) -> Self {
        let world = Self::new().await;
        world.make_role("etl", trust).await;
        world.call::<CreateInstanceProfile>(json!({"InstanceProfileName": "wear"})).await;
        world.add_role("etl").await;
        world.wear("iip-assoc-1").await;
        world
    }

    async fn call<O: Write>(&self, input: Value) -> O::Output {
        let operation: O = serde_json::from_value(input).unwrap();
        let job = Job {
            facts: Facts::default(),
            moment: self.shared.moment("us-east-1".to_owned()),
            caller: Caller::Root(account()),
            shared: Arc::clone(&self.shared),
            request_id: OsEntropy::new().uuid(),
            snapshot: self.shared.store.snapshot(),
            before: Vec::new(),
        };
        job.write(operation).await.unwrap()
    }

    async fn make_role(&self, name: &str, trust: &str) {
        self.call::<CreateRole>(json!({"RoleName": name, "AssumeRolePolicyDocument": trust})).await;
    }

    async fn add_role(&self, role: &str) {
        let input = json!({"InstanceProfileName": "wear", "RoleName": role});
        self.call::<AddRoleToInstanceProfile>(input).await;
    }

    async fn remove_role(&self, role: &str) {
        let input = json!({"InstanceProfileName": "wear", "RoleName": role});
        self.call::<RemoveRoleFromInstanceProfile>(input).await;
    }

    async fn wear(&self, association: &str) {
        let snapshot = self.shared.store.snapshot();
        let profile = cloud::iam::instance_profile::find(&snapshot, account(), "wear").unwrap();
        let now = self.shared.clock.now();
        let association = ProfileAssociation {
            id: association.to_owned(),
            profile_arn: profile.arn.as_str().into(),
            profile_id: profile.id.as_str().into(),
            since: now,
            settles: now,
        };
        self.put(InstanceRow { profile: Some(association), ..self.row() }).await;
    }

    async fn put(&self, row: InstanceRow) {
        let account = account();
        let written = self.shared.store.write(account.as_str(), move |tx| tx.put(row.clone()));
        written.await.unwrap();
    }

    fn row(&self) -> InstanceRow {
        let snapshot = self.shared.store.snapshot();
        InstanceRow::clone(find_row(&snapshot, ID).unwrap())
    }

    async fn advance(&self, seconds: i64) {
        self.shared.change_clock(ClockChange::Advance(seconds * 1000)).await.unwrap();
    }

    async fn open(&self) -> Arc<Open> {
        self.shared.metadata.open(&self.shared, ID).await.unwrap()
    }

    async fn ask(&self, method: &str, path: &str, headers: &str) -> Got {
        let address = self.open().await.address;
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: 169.254.169.254\r\nconnection: close\r\n{headers}\r\n"
        );
        raw(address, &text).await.unwrap()
    }

    async fn get(&self, path: &str) -> Got {
        self.ask("GET", path, "").await
    }

    async fn token(&self, seconds: u32) -> String {
        let header = format!("X-aws-ec2-metadata-token-ttl-seconds: {seconds}\r\n");
        let got = self.ask("PUT", "/latest/api/token", &header).await;
        assert_eq!(got.status, 200, "{got:?}");
        got.body
    }

    /// What is under the role's name, as JSON.
    async fn credentials(&self) -> Value {
        let got = self.get(ROLE).await;
        serde_json::from_str(&got.body).unwrap_or_else(|_| panic!("{got:?}"))
    }
}

/// Sends bytes, and reads the answer to the end.
async fn raw(address: SocketAddr, text: &str) -> std::io::Result<Got> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(text.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let answer = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Got { status, head: head.to_ascii_lowercase(), body: body.to_owned() })
}

fn instance() -> InstanceRow {
    let now = names::Timestamp::from_unix_seconds(1_700_000_000);
    InstanceRow {
        account: account(),
        region: "us-east-1".into(),
        id: ID.to_owned(),
        reservation_id: "r-1".into(),
        launch_index: 0,
        image_id: "ami-1".into(),
        instance_type: "m5.large".into(),
        placement: Placement {
            zone: "us-east-1a".into(),
            tenancy: "default".into(),
            group_name: None,
            partition_number: None,
        },
        launched: now,
        life: Life::towards(Target::Running, now, 0, None),
        vpc_id: "vpc-1".into(),
        subnet_id: "subnet-1".into(),
        private_ip: "172.31.0.7".parse().unwrap(),
        public_address: false,
        network_interface_ids: Vec::new(),
        devices: Vec::new(),
        profile: None,
        metadata: MetadataOptions::default(),
        key_name: Some("mine".into()),
        public_key: Some("ssh-ed25519 AAAA mine".into()),
        user_data: Some("IyEvYmluL3NoCg==".into()),
        client_token: None,
        spot_request_id: None,
        attributes: Attributes::default(),
    }
}

fn field<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[tokio::test]
async fn an_instance_nobody_asked_about_has_no_listener() {
    let world = World::new().await;
    assert!(world.shared.metadata.find(ID).is_none());
    let first = world.open().await.address;
    assert!(first.ip().is_loopback());
    assert_eq!(world.open().await.address, first);
    let unknown = world.shared.metadata.open(&world.shared, "i-1").await;
    assert!(matches!(unknown, Err(Closed::Unknown(_))));
    world.running.stop().await;
    assert!(TcpStream::connect(first).await.is_err());
}

#[tokio::test]
async fn tokens_open_the_door_of_one_instance() {
    let world = World::new().await;
    let strict = MetadataOptions { tokens_required: true, ..MetadataOptions::default() };
    world.put(InstanceRow { metadata: strict, ..world.row() }).await;
    let path = "/latest/meta-data/instance-id";
    assert_eq!(world.get(path).await.status, 401);
    let token = world.token(60).await;
    let header = format!("X-aws-ec2-metadata-token: {token}\r\n");
    let got = world.ask("GET", path, &header).await;
    assert_eq!((got.status, got.body.as_str()), (200, ID));
    assert!(got.head.contains("x-aws-ec2-metadata-token-ttl-seconds: 60"), "{got:?}");
    assert!(got.head.contains("server: ec2ws"), "{got:?}");
    assert_eq!(world.ask("GET", path, "X-aws-ec2-metadata-token: nonsense\r\n").await.status, 401);
    let other = InstanceRow { id: "i-0fedcba9876543210".to_owned(), ..world.row() };
    world.put(other).await;
    let open = world.shared.metadata.open(&world.shared, "i-0fedcba9876543210").await.unwrap();
    let text =
        format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{header}\r\n");
    assert_eq!(raw(open.address, &text).await.unwrap().status, 401);
    // A token ends with the cloud's clock.
    world.advance(60).await;
    assert_eq!(world.ask("GET", path, &header).await.status, 401);
}

#[tokio::test]
async fn who_is_not_answered() {
    let world = World::new().await;
    let ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
    let check = async |method: &str, path: &str, headers: &str, expected: u16| {
        let got = world.ask(method, path, headers).await;
        assert_eq!(got.status, expected, "{method} {path} {headers}: {got:?}");
    };
    let forwarded = format!("{ttl}X-Forwarded-For: 10.0.0.1\r\n");
    check("PUT", "/latest/api/token", &forwarded, 403).await;
    check("PUT", "/latest/api/token", "", 400).await;
    check("PUT", "/latest/meta-data", ttl, 403).await;
    check("GET", "/latest/api/token", "", 405).await;
    check("POST", "/latest/meta-data", "", 405).await;
    check("GET", "/latest/meta-data/none", "", 404).await;
    check("GET", "/latest/meta-data/iam/", "", 404).await;
    check("GET", "/latest/meta-data/", "origin: https://evil.example\r\n", 403).await;
    let address = world.open().await.address;
    let rebound =
        "GET /latest/meta-data/ HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert_eq!(raw(address, rebound).await.unwrap().status, 403);
    let disabled = MetadataOptions { enabled: false, ..MetadataOptions::default() };
    world.put(InstanceRow { metadata: disabled, ..world.row() }).await;
    check("GET", "/latest/meta-data/", "", 403).await;
    check("PUT", "/latest/api/token", ttl, 403).await;
}

#[tokio::test]
async fn headers_are_bounded() {
    let world = World::new().await;
    let header = |bytes: usize| format!("x-large: {}\r\n", "a".repeat(bytes));
    let fits = world.ask("GET", "/latest/meta-data/", &header(7 * 1024)).await;
    assert_eq!(fits.status, 200);
    let large = world.ask("GET", "/latest/meta-data/", &header(9 * 1024)).await;
    assert_eq!(large.status, 431, "{large:?}");
    let text = "GET /latest/meta-data/ HTTP/1.1\r\nhost: localhost\r\nbroken\r\n\r\n";
    assert_eq!(raw(world.open().await.address, text).await.unwrap().status, 400);
}

#[tokio::test]
async fn an_instance_reads_who_it_is() {
    let world = World::new().await;
    for (path, expected) in [
        ("/latest/meta-data/local-ipv4", "172.31.0.7"),
        ("/2019-10-01/meta-data/ami-id", "ami-1"),
        ("/latest/user-data", "#!/bin/sh\n"),
        ("/latest/meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA mine"),
        ("/latest/meta-data/placement/availability-zone-id", "use1-az1"),
    ] {
        let got = world.get(path).await;
        assert_eq!((got.status, got.body.as_str()), (200, expected), "{path}");
    }
    assert!(world.get("/").await.body.ends_with("latest"));
    let document = world.get("/latest/dynamic/instance-identity/document").await.body;
    let parsed: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(field(&parsed, "instanceId"), ID);
    assert_eq!(field(&parsed, "architecture"), "x86_64");
    let signature = world.get("/latest/dynamic/instance-identity/signature").await;
    let signer = world.shared.metadata.signer(&world.shared.store).await.unwrap();
    assert_eq!(signature.body, signer.signature(&document).unwrap());
    assert_eq!(world.get("/latest/dynamic/instance-identity/rsa2048").await.status, 200);
}

#[tokio::test]
async fn credentials_are_a_session_of_the_role() {
    let world = World::with_role(TRUST).await;
    assert_eq!(world.get("/latest/meta-data/iam/").await.body, "info\nsecurity-credentials/");
    assert_eq!(world.get("/latest/meta-data/iam/security-credentials/").await.body, "etl");
    let extended = "/latest/meta-data/iam/security-credentials-extended/";
    assert_eq!(world.get(extended).await.status, 404);
    let shown = world.credentials().await;
    assert_eq!((field(&shown, "Code"), field(&shown, "Type")), ("Success", "AWS-HMAC"));
    let key = &world.shared.secrets.sealing_key;
    let opened = |shown: &Value| {
        session_tokens::open(field(shown, "Token"), key, world.shared.clock.now()).unwrap()
    };
    let session = opened(&shown);
    let arn = Caller::Session(Arc::new(session.clone())).arn();
    assert_eq!(arn, format!("arn:aws:sts::000000000000:assumed-role/etl/{ID}"));
    let delivery = |session: &cloud::Session| {
        session.context.iter().find(|(key, _)| key == "ec2:RoleDelivery").unwrap().1.clone()
    };
    assert_eq!(delivery(&session), "1.0");
    let token = world.token(60).await;
    let got = world.ask("GET", ROLE, &format!("X-aws-ec2-metadata-token: {token}\r\n")).await;
    assert_eq!(delivery(&opened(&serde_json::from_str(&got.body).unwrap())), "2.0");
    // They stay the same until it is time.
    assert_eq!(world.credentials().await, shown);
    let info: Value =
        serde_json::from_str(&world.get("/latest/meta-data/iam/info").await.body).unwrap();
    assert!(field(&info, "InstanceProfileArn").ends_with(":instance-profile/wear"), "{info}");
}

#[tokio::test]
async fn credentials_rotate_and_end_in_the_clients_time() {
    let world = World::with_role(TRUST).await;
    world.shared.change_clock(ClockChange::Freeze).await.unwrap();
    let first = world.credentials().await;
    world.advance(3_599).await;
    let same = world.credentials().await;
    assert_eq!(field(&same, "AccessKeyId"), field(&first, "AccessKeyId"));
    // The clouds are an hour further on their way to the end.
    assert!(field(&same, "Expiration") < field(&first, "Expiration"));
    world.advance(1).await;
    let second = world.credentials().await;
    assert_ne!(field(&second, "AccessKeyId"), field(&first, "AccessKeyId"));
    let opened = session_tokens::open(
        field(&first, "Token"),
        &world.shared.secrets.sealing_key,
        world.shared.clock.now(),
    );
    assert!(opened.is_ok(), "the old ones are good until they end");
    world.open().await.rotate(900);
    let short = world.credentials().await;
    assert!(field(&short, "Expiration") < field(&second, "Expiration"));
    // Five minutes before their end there are new ones.
    world.advance(599).await;
    assert_eq!(field(&world.credentials().await, "AccessKeyId"), field(&short, "AccessKeyId"));
    world.advance(1).await;
    assert_ne!(field(&world.credentials().await, "AccessKeyId"), field(&short, "AccessKeyId"));
}

#[tokio::test]
async fn another_role_in_the_profile_is_heard_of_within_the_hour() {
    let world = World::with_role(TRUST).await;
    let roles = "/latest/meta-data/iam/security-credentials/";
    world.credentials().await;
    world.make_role("other", TRUST).await;
    world.remove_role("etl").await;
    world.add_role("other").await;
    assert_eq!(world.get(roles).await.body, "etl");
    world.advance(3_600).await;
    assert_eq!(world.get(roles).await.body, "other");
    // Another association is heard of at once.
    world.remove_role("other").await;
    world.add_role("etl").await;
    assert_eq!(world.get(roles).await.body, "other");
    world.wear("iip-assoc-2").await;
    assert_eq!(world.get(roles).await.body, "etl");
    world.put(InstanceRow { profile: None, ..world.row() }).await;
    assert_eq!(world.get(roles).await.status, 404);
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_shown_until_its_credentials_end() {
    let world = World::with_role(TRUST).await;
    let first = world.credentials().await;
    world.remove_role("etl").await;
    world.advance(5 * 3600).await;
    assert_eq!(field(&world.credentials().await, "AccessKeyId"), field(&first, "AccessKeyId"));
    world.advance(3600).await;
    assert_eq!(world.get("/latest/meta-data/iam/security-credentials/").await.status, 404);
    assert_eq!(world.get("/latest/meta-data/iam/").await.body, "info");
    world.call::<DeleteInstanceProfile>(json!({"InstanceProfileName": "wear"})).await;
    let info: Value =
        serde_json::from_str(&world.get("/latest/meta-data/iam/info").await.body).unwrap();
    assert_eq!(field(&info, "Code"), "InstanceProfileNotFound");
}

#[tokio::test]
async fn a_role_that_does_not_trust_ec2_is_refused_and_told_of() {
    let world = World::with_role(TRUST_LAMBDA).await;
    assert_eq!(world.get("/latest/meta-data/iam/security-credentials/").await.body, "etl");
    let shown = world.credentials().await;
    assert_eq!(field(&shown, "Code"), "AssumeRoleUnauthorizedAccess");
    assert!(field(&shown, "Message").starts_with("EC2 cannot assume the role etl."), "{shown}");
    let record = world.shared.decisions.find(None).expect("a denial is kept");
    assert_eq!(record.operation, "sts:AssumeRole");
    // Once it does, the next ask finds out.
    let update = json!({"RoleName": "etl", "PolicyDocument": TRUST});
    world.call::<UpdateAssumeRolePolicy>(update).await;
    assert_eq!(field(&world.credentials().await, "Code"), "Success");
}

#[tokio::test]
async fn a_listener_goes_with_its_instance() {
    let world = World::new().await;
    let address = world.open().await.address;
    let now = world.shared.clock.now();
    let life = Life::towards(Target::Stopped, now, 60, None);
    world.put(InstanceRow { life, ..world.row() }).await;
    assert_eq!(world.get("/latest/meta-data/instance-id").await.status, 200);
    world.advance(60).await;
    assert!(world.shared.metadata.find(ID).is_none());
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(TcpStream::connect(address).await.is_err());
    let stopped = world.shared.metadata.open(&world.shared, ID).await;
    let Err(Closed::NotRunning { state, .. }) = stopped else { panic!("it is stopped") };
    assert_eq!(state, "stopped");
    // Started again, it has its port again.
    let life = Life::towards(Target::Running, world.shared.clock.now(), 0, None);
    world.put(InstanceRow { life, ..world.row() }).await;
    assert_eq!(world.open().await.address, address);
}
