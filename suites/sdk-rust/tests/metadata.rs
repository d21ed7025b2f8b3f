//! The AWS SDK for Rust takes credentials from an instance's metadata by itself, and new ones when they rotate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_sdk_sts::config::{BehaviorVersion, IdentityCache, Region};
use clients::{Clients, Server};

const EC2: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A role in a profile on an instance, whose id is the answer.
fn launch(clients: &Clients, server: &Server) -> String {
    let aws = |arguments: &[&str]| clients.aws(server, arguments).output().trim().to_owned();
    for role in ["etl", "other"] {
        let create =
            ["iam", "create-role", "--role-name", role, "--assume-role-policy-document", EC2];
        aws(&create);
    }
    let profile = ["--instance-profile-name", "wear"];
    aws(&[&["iam", "create-instance-profile"][..], &profile].concat());
    aws(&[&["iam", "add-role-to-instance-profile", "--role-name", "etl"][..], &profile].concat());
    let images = ["ec2", "describe-images", "--owners", "amazon", "--output", "text", "--filters"];
    let first = ["Name=architecture,Values=x86_64", "--query", "Images[0].ImageId"];
    let image = aws(&[&images[..], &first].concat());
    let run = [
        "ec2",
        "run-instances",
        "--image-id",
        image.as_str(),
        "--instance-type",
        "m5.large",
        "--iam-instance-profile",
        "Name=wear",
        "--output",
        "text",
        "--query",
        "Instances[0].InstanceId",
    ];
    aws(&run)
}

/// A client that takes its credentials from `endpoint`, and new ones whenever those end within the next half
/// of an hour, or somewhat more: the SDK draws how much more.
fn client(server: &Server, endpoint: &str) -> aws_sdk_sts::Client {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let provider = ProviderConfig::without_region().with_http_client(http.clone());
    let imds = aws_config::imds::Client::builder().configure(&provider).endpoint(endpoint).unwrap();
    let provider =
        ImdsCredentialsProvider::builder().configure(&provider).imds_client(imds.build()).build();
    let cache = IdentityCache::lazy().buffer_time(Duration::from_secs(3600)).build();
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(server.aws())
        .credentials_provider(provider)
        .identity_cache(cache)
        .http_client(http)
        .build();
    aws_sdk_sts::Client::from_conf(config)
}

async fn who(client: &aws_sdk_sts::Client) -> String {
    client.get_caller_identity().send().await.unwrap().arn.unwrap()
}

#[tokio::test]
async fn credentials_come_from_the_metadata_and_rotate() {
    let Some(clients) = Clients::of("metadata: the AWS SDK for Rust") else { return };
    let server = Server::start(&["--ephemeral"]);
    let id = launch(&clients, &server);
    let listed =
        server.rolecall(&["instances", "--json", "--aws-port", server.aws_port()]).output();
    let endpoint = listed.split('"').find(|text| text.starts_with("http://")).unwrap().to_owned();
    server.control(&format!("instances/{id}/credentials"), r#"{"lifetime_seconds": 1700}"#);
    let client = client(&server, &endpoint);
    let arn = |role: &str| format!("arn:aws:sts::000000000000:assumed-role/{role}/{id}");
    assert_eq!(who(&client).await, arn("etl"));

    let profile = ["--instance-profile-name", "wear", "--role-name"];
    for (change, role) in [("remove-role-from", "etl"), ("add-role-to", "other")] {
        let command = format!("{change}-instance-profile");
        clients.aws(&server, &[&["iam", &command][..], &profile, &[role]].concat()).succeeds();
    }
    // The client asks at each call; it gets the old role's until EC2 makes new ones, five minutes before
    // the old ones end.
    assert_eq!(who(&client).await, arn("etl"));
    server.control("clock/advance", r#"{"seconds": 1400}"#);
    assert_eq!(who(&client).await, arn("other"));
}
