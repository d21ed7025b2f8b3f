//! EC2: launches, credentials from an instance's metadata, and what many instances weigh.

use std::net::SocketAddr;
use std::time::Instant;

use clients::signed::{Connection, Form, Key, ec2, iam};

use crate::connection::Source;
use crate::report::{Report, Row};
use crate::server::Server;
use crate::signed::{self, Requests};
use crate::{CONNECTIONS, Options, connection, flush};

/// Instances of an account that has many.
const MANY_INSTANCES: usize = 10_000;
/// Instances of each launch that makes many.
const PER_LAUNCH: usize = 500;
/// The zones that launches go to in turn: a default subnet has about 4,000 addresses. One zone more has no
/// instances of this type.
const ZONES: [&str; 5] = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"];
/// Launches that an account has addresses for.
const LAUNCHES_PER_ACCOUNT: usize = 20_000;

/// What the user who launches may do: IAM is asked about each resource, and about the role.
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:RunInstances","ec2:CreateTags"],"Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/worn","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}]}"#;

/// All of it, or what is quick.
pub(crate) fn run(options: &Options, report: &mut Report) {
    let server = Server::start(&options.binary, &["--ephemeral"]);
    credentials(&server, options, report);
    launches(&server, "in memory", options, report);
    drop(server);
    many(options);
    if !options.quick {
        let folder = flush::Folder::new();
        let flush = flush::measure(&folder);
        let server = Server::start(&options.binary, &["--data", folder.data()]);
        report.flush(flush);
        launches(&server, "on disk", options, report);
    }
}

/// Reads of the credentials under a role's name, with a token.
fn credentials(server: &Server, options: &Options, report: &mut Report) {
    let (address, request) = metadata(server.address);
    for connections in CONNECTIONS {
        let measured =
            connection::run(address, connections, options.time, |_| Again(request.clone()));
        report.add(Row::new("metadata", "credentials", connections, measured, server.memory()));
    }
}

/// Launches of one instance each with a profile and a tag, by users of accounts of their own.
fn launches(server: &Server, place: &str, options: &Options, report: &mut Report) {
    for connections in CONNECTIONS {
        signed::reset(server.address);
        let launchers: Vec<Launcher> =
            (1..=connections).map(|number| Launcher::of(server.address, number)).collect();
        let measured = connection::run(server.address, connections, options.time, |number| {
            launchers[number].requests()
        });
        let row = Row::new(place, "RunInstances", connections, measured, server.memory());
        report.add(row.writes());
    }
}

/// Many instances that nobody asks for their metadata, each with a profile, a volume and an interface.
fn many(options: &Options) {
    let server = Server::start(&options.binary, &["--ephemeral"]);
    let mut connection = signed::connect(server.address);
    let root = Key::root(signed::ACCOUNT);
    let image = prepare(&mut connection, &root);
    let several = PER_LAUNCH.to_string();
    // What is there once, such as the network, and the buffers of a first large launch, count for none of them.
    connection.must(&root, "ec2", &launch(&image, ZONES[0], &several));
    let (memory, sockets, start) = (server.memory(), server.sockets(), Instant::now());
    for number in 0..MANY_INSTANCES / PER_LAUNCH {
        let form = launch(&image, ZONES[number % ZONES.len()], &several);
        connection.must(&root, "ec2", &form);
    }
    let each = server.memory().saturating_sub(memory) as f64 / MANY_INSTANCES as f64;
    let more = match (sockets, server.sockets()) {
        (Some(before), Some(after)) => format!("{} sockets more", after.saturating_sub(before)),
        _ => "sockets unknown".to_owned(),
    };
    println!(
        "{:13} {MANY_INSTANCES} more running, launched {PER_LAUNCH} at a time in {:.1} s; {:.2} KB each, {more}; \
         {:.1} MB in all",
        "instances",
        start.elapsed().as_secs_f64(),
        each / 1024.0,
        server.memory() as f64 / 1e6,
    );
}

/// A user that may launch instances, and what of.
struct Launcher {
    key: Key,
    image: String,
}

impl Launcher {
    fn of(server: SocketAddr, account: usize) -> Self {
        let mut connection = signed::connect(server);
        let root = Key::root(&format!("{account:012}"));
        let image = prepare(&mut connection, &root);
        let key = signed::user(&mut connection, &root, POLICY);
        Self { key, image }
    }

    fn requests(&self) -> Requests {
        let forms = ZONES.map(|zone| launch(&self.image, zone, "1"));
        Requests::of(&self.key, "ec2", forms.into_iter()).at_most(LAUNCHES_PER_ACCOUNT)
    }
}

/// Makes a profile with a role, and finds an image.
fn prepare(connection: &mut Connection, root: &Key) -> String {
    let profile = ("InstanceProfileName", "wear");
    connection.must(root, "iam", &signed::new_role("worn"));
    connection.must(root, "iam", &iam("CreateInstanceProfile", &[profile]));
    let add = iam("AddRoleToInstanceProfile", &[profile, ("RoleName", "worn")]);
    connection.must(root, "iam", &add);
    let filter =
        [("Owner.1", "amazon"), ("Filter.1.Name", "architecture"), ("Filter.1.Value.1", "x86_64")];
    connection.must(root, "ec2", &ec2("DescribeImages", &filter)).element("imageId").to_owned()
}

fn launch(image: &str, zone: &str, count: &str) -> Form {
    let parameters = [
        ("ImageId", image),
        ("InstanceType", "t3.micro"),
        ("MinCount", count),
        ("MaxCount", count),
        ("Placement.AvailabilityZone", zone),
        ("IamInstanceProfile.Name", "wear"),
        ("TagSpecification.1.ResourceType", "instance"),
        ("TagSpecification.1.Tag.1.Key", "Vendor"),
        ("TagSpecification.1.Tag.1.Value", "Databricks"),
    ];
    ec2("RunInstances", &parameters)
}

/// Launches an instance with a role: where its metadata is, and what asks that for credentials.
fn metadata(server: SocketAddr) -> (SocketAddr, Vec<u8>) {
    let mut connection = signed::connect(server);
    let root = Key::root(signed::ACCOUNT);
    let image = prepare(&mut connection, &root);
    let launched = connection.must(&root, "ec2", &launch(&image, ZONES[0], "1"));
    let id = launched.element("instanceId");
    let ask = format!("GET /_rolecall/instances/{id} HTTP/1.1\r\nhost: {server}\r\n\r\n");
    let shown = connection.send(ask.as_bytes()).unwrap().body;
    let address =
        shown.split('"').find_map(|text| text.strip_prefix("http://")).expect("its metadata");
    let token = format!(
        "PUT /latest/api/token HTTP/1.1\r\nhost: {address}\r\n\
         x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n\r\n"
    );
    let token = Connection::open(address).unwrap().send(token.as_bytes()).unwrap().body;
    let request = format!(
        "GET /latest/meta-data/iam/security-credentials/worn HTTP/1.1\r\nhost: {address}\r\n\
         x-aws-ec2-metadata-token: {token}\r\n\r\n"
    );
    (address.parse().unwrap(), request.into_bytes())
}

/// One request again and again.
struct Again(Vec<u8>);

impl Source for Again {
    fn next(&mut self) -> Option<&[u8]> {
        Some(&self.0)
    }
}
