//! Instances: their credentials from their metadata, and what many of them weigh.

use std::net::SocketAddr;

use crate::connection::Source;
use crate::signed::{self, Key};

/// EC2 may assume the role.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// Instances of one launch.
const PER_LAUNCH: usize = 500;
/// The zones that launches go to in turn: a default subnet has about 4,000 addresses.
const ZONES: [&str; 6] =
    ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"];

/// An instance's metadata, with a token for it.
#[derive(Debug, Clone)]
pub(crate) struct Metadata {
    pub(crate) address: SocketAddr,
    token: String,
}

/// One request again and again.
pub(crate) struct Again(Vec<u8>);

impl Source for Again {
    fn next(&mut self) -> Option<&[u8]> {
        Some(&self.0)
    }
}

impl Metadata {
    /// Launches an instance with a role, and asks for its metadata.
    pub(crate) fn prepare(server: SocketAddr) -> Self {
        let root = signed::root("000000000000");
        let name = |name| ("InstanceProfileName", String::from(name));
        let role = |name| ("RoleName", String::from(name));
        let iam = |action, rest: Vec<(&'static str, String)>| {
            signed::must(server, &root, "iam", &[signed::iam(action), rest].concat());
        };
        let trust = ("AssumeRolePolicyDocument", TRUST.to_owned());
        iam("CreateRole", vec![role("worn"), trust]);
        iam("CreateInstanceProfile", vec![name("wear")]);
        iam("AddRoleToInstanceProfile", vec![name("wear"), role("worn")]);
        let wear = vec![("IamInstanceProfile.Name", "wear".to_owned())];
        let launched = run_instances(server, &root, 1, "us-east-1a", wear);
        let id = text(&launched, "<instanceId>", "<");
        let shown = signed::get(server, &format!("/_rolecall/instances/{id}"), "GET", "");
        let address = text(&shown, "\"metadata_endpoint\":\"http://", "\"").parse().unwrap();
        let ttl = "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n";
        let token = signed::get(address, "/latest/api/token", "PUT", ttl);
        let token = token.rsplit("\r\n\r\n").next().unwrap().to_owned();
        Self { address, token }
    }

    /// The credentials of its role, with a token.
    pub(crate) fn credentials(&self) -> Again {
        let Self { address, token } = self;
        Again(
            format!(
                "GET /latest/meta-data/iam/security-credentials/worn HTTP/1.1\r\nhost: {address}\r\n\
                 x-aws-ec2-metadata-token: {token}\r\n\r\n"
            )
            .into_bytes(),
        )
    }
}

/// Launches `count` instances.
pub(crate) fn launch(server: SocketAddr, count: usize) {
    let root = signed::root("000000000000");
    for number in 0..count.div_ceil(PER_LAUNCH) {
        let many = PER_LAUNCH.min(count - number * PER_LAUNCH);
        run_instances(server, &root, many, ZONES[number % ZONES.len()], Vec::new());
    }
}

fn run_instances(
    server: SocketAddr,
    root: &Key,
    count: usize,
    zone: &str,
    more: Vec<(&'static str, String)>,
) -> String {
    let ec2 =
        |action: &str| vec![("Action", action.to_owned()), ("Version", "2016-11-15".to_owned())];
    let filter = vec![
        ("Owner.1", "amazon".to_owned()),
        ("Filter.1.Name", "architecture".to_owned()),
        ("Filter.1.Value.1", "x86_64".to_owned()),
    ];
    let images = signed::must(server, root, "ec2", &[ec2("DescribeImages"), filter].concat());
    let launch = vec![
        ("ImageId", text(&images, "<imageId>", "<").to_owned()),
        ("InstanceType", "t3.micro".to_owned()),
        ("MinCount", count.to_string()),
        ("MaxCount", count.to_string()),
        ("Placement.AvailabilityZone", zone.to_owned()),
    ];
    signed::must(server, root, "ec2", &[ec2("RunInstances"), launch, more].concat())
}

/// What is between two texts.
fn text<'t>(all: &'t str, start: &str, end: &str) -> &'t str {
    all.split_once(start).unwrap_or_else(|| panic!("{start} in {all}")).1.split_once(end).unwrap().0
}
