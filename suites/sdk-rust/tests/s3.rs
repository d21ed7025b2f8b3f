//! S3, asked by the AWS SDK for Rust: typed errors, streams, checksums, paginators, presigned requests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketVersioningStatus, ChecksumAlgorithm, ChecksumMode, CompletedMultipartUpload,
    CompletedPart, VersioningConfiguration,
};
use clients::Server;

fn s3(server: &Server) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(server.aws())
        .credentials_provider(Credentials::new("test", "test", None, None, "root"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .force_path_style(true)
        .build();
    Client::from_conf(config)
}

#[tokio::test]
async fn objects_in_their_types() {
    let server = Server::start(&["--ephemeral"]);
    let s3 = s3(&server);
    s3.create_bucket().bucket("data").send().await.unwrap();
    let kinds = [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ];
    for (at, kind) in kinds.into_iter().enumerate() {
        let bytes = vec![7; 100_000 * at];
        let put = s3.put_object().bucket("data").key(format!("k{at}")).checksum_algorithm(kind);
        put.body(ByteStream::from(bytes.clone())).send().await.unwrap();
        let get = s3.get_object().bucket("data").key(format!("k{at}"));
        let got = get.checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
        assert_eq!(got.content_length(), Some(i64::try_from(bytes.len()).unwrap()));
        // The SDK holds what comes against the checksum.
        assert!(got.body.collect().await.unwrap().to_vec() == bytes);
    }
    let none = s3.get_object().bucket("data").key("none").send().await.unwrap_err();
    assert!(matches!(none.into_service_error(), GetObjectError::NoSuchKey(_)));
    let none = s3.head_object().bucket("data").key("none").send().await.unwrap_err();
    assert!(none.into_service_error().is_not_found());

    let mut keys = Vec::new();
    let mut pages = s3.list_objects_v2().bucket("data").max_keys(2).into_paginator().send();
    while let Some(page) = pages.next().await {
        keys.extend(page.unwrap().contents.unwrap().into_iter().map(|object| object.key.unwrap()));
    }
    assert_eq!(keys, ["k0", "k1", "k2", "k3", "k4"]);

    let soon = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
    let url = s3.get_object().bucket("data").key("k1").presigned(soon).await.unwrap();
    assert!(url.uri().contains("X-Amz-Signature="));

    let enabled =
        VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    let set = s3.put_bucket_versioning().bucket("data").versioning_configuration(enabled);
    set.send().await.unwrap();
    let put = s3.put_object().bucket("data").key("k1").body(ByteStream::from_static(b"new"));
    let version = put.send().await.unwrap().version_id.unwrap();
    let got = s3.get_object().bucket("data").key("k1").version_id(&version).send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"new");
    let deleted = s3.delete_object().bucket("data").key("k1").send().await.unwrap();
    assert_eq!(deleted.delete_marker, Some(true));
}

#[tokio::test]
async fn uploads_in_parts() {
    let server = Server::start(&["--ephemeral"]);
    let s3 = s3(&server);
    s3.create_bucket().bucket("data").send().await.unwrap();
    let begun = s3.create_multipart_upload().bucket("data").key("k").send().await.unwrap();
    let id = begun.upload_id.unwrap();
    let parts = [vec![1_u8; 5 << 20], vec![2_u8; 3]];
    let mut completed = CompletedMultipartUpload::builder();
    for (number, bytes) in (1..).zip(&parts) {
        let part = s3.upload_part().bucket("data").key("k").upload_id(&id).part_number(number);
        let written = part.body(ByteStream::from(bytes.clone())).send().await.unwrap();
        let part = CompletedPart::builder().part_number(number).set_e_tag(written.e_tag);
        completed = completed.parts(part.set_checksum_crc32(written.checksum_crc32).build());
    }
    let done = s3.complete_multipart_upload().bucket("data").key("k").upload_id(&id);
    let done = done.multipart_upload(completed.build()).send().await.unwrap();
    assert!(done.e_tag.unwrap().ends_with("-2\""));
    let got = s3.get_object().bucket("data").key("k").send().await.unwrap();
    assert!(got.body.collect().await.unwrap().to_vec() == parts.concat());
}
