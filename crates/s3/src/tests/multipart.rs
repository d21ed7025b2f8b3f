//! Uploads in parts.

use cloud::testing::Cloud;
use serde_json::{Value, json};

use super::{get, outcome, with_bucket};
use crate::checksum::{Algorithm, Checksum, Coverage};
use crate::content::{Body, Piece, Received};
use crate::multipart::MIN_PART_BYTES;

/// A part as the server hands it over, of a content that nobody looks at here.
fn part_of(id: u8, bytes: u64, algorithm: Algorithm) -> Received {
    let mut intake = crate::intake::Intake::of(algorithm);
    intake.update(&[id]);
    let (md5, checksum) = intake.results();
    let piece = Piece { id: store::ContentId::new([id; 16]), bytes };
    Received { body: Body::Stored(vec![piece]), bytes, md5, checksum }
}

struct Upload<'c> {
    cloud: &'c Cloud,
    id: String,
}

impl<'c> Upload<'c> {
    fn begin(cloud: &'c Cloud, more: Value) -> Self {
        let mut input = json!({"Bucket": "data", "Key": "k"});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        let begun = cloud.run("CreateMultipartUpload", input).unwrap();
        Self { cloud, id: begun["UploadId"].as_str().unwrap().to_owned() }
    }

    fn part(&self, number: u32, received: &Received) -> Result<Value, String> {
        outcome(self.cloud.run("UploadPart", json!({
            "Bucket": "data", "Key": "k", "UploadId": self.id, "PartNumber": number, "$received": received,
        })))
    }

    /// Completes with these parts: number and entity tag.
    fn complete(&self, parts: &[(u32, &str)], more: Value) -> Result<Value, String> {
        let parts: Vec<Value> = parts
            .iter()
            .map(|(number, etag)| json!({"PartNumber": number, "ETag": etag}))
            .collect();
        let mut input = json!({
            "Bucket": "data", "Key": "k", "UploadId": self.id, "MultipartUpload": {"Part": parts},
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        outcome(self.cloud.run("CompleteMultipartUpload", input))
    }
}

#[test]
fn parts_become_one_object() {
    let cloud = with_bucket();
    let upload = Upload::begin(&cloud, json!({"Metadata": {"a": "b"}, "Tagging": "t=1"}));
    let (one, two) =
        (part_of(1, MIN_PART_BYTES, Algorithm::Crc32), part_of(2, 7, Algorithm::Crc32));
    let second = upload.part(2, &two).unwrap()["ETag"].as_str().unwrap().to_owned();
    let first = upload.part(1, &one).unwrap()["ETag"].as_str().unwrap().to_owned();
    let unused = part_of(3, MIN_PART_BYTES, Algorithm::Crc32);
    upload.part(9, &unused).unwrap();
    let listed =
        cloud.run("ListParts", json!({"Bucket": "data", "Key": "k", "UploadId": upload.id}));
    let listed = listed.unwrap();
    let numbers: Vec<&Value> =
        listed["Part"].as_array().unwrap().iter().map(|part| &part["PartNumber"]).collect();
    assert_eq!(numbers, [1, 2, 9]);
    let done = upload.complete(&[(1, &first), (2, &second)], json!({})).unwrap();
    let etag = done["ETag"].as_str().unwrap();
    assert!(etag.ends_with("-2\""), "{etag}");
    let found = get(&cloud, "k", json!({"PartNumber": 2})).unwrap();
    assert_eq!(
        found["ContentRange"],
        json!(format!("bytes 5242880-5242886/{}", MIN_PART_BYTES + 7))
    );
    assert_eq!((&found["PartsCount"], &found["TagCount"]), (&json!(2), &json!(1)));
    assert_eq!(
        outcome(get(&cloud, "k", json!({"PartNumber": 3}))),
        Err("InvalidPartNumber".to_owned())
    );
    // The upload is over, and what it did not need is noted as such.
    assert_eq!(upload.complete(&[(1, &first)], json!({})), Err("NoSuchUpload".to_owned()));
    assert_eq!(upload.part(1, &one), Err("NoSuchUpload".to_owned()));
    let view = cloud.view();
    let discarded: Vec<_> =
        view.everywhere::<crate::discard::DiscardedRow>().flat_map(|row| row.ids()).collect();
    assert_eq!(discarded, [store::ContentId::new([3; 16])]);
    assert_eq!(crate::contents(&view).len(), 2);
}

#[test]
fn what_cannot_be_completed() {
    let cloud = with_bucket();
    let upload = Upload::begin(&cloud, json!({}));
    let tag = |number: u32, bytes: u64| {
        let part = part_of(u8::try_from(number).unwrap(), bytes, Algorithm::Crc64nvme);
        upload.part(number, &part).unwrap()["ETag"].as_str().unwrap().to_owned()
    };
    let (one, two, three) = (tag(1, MIN_PART_BYTES), tag(2, MIN_PART_BYTES - 1), tag(3, 0));
    let check = |parts: &[(u32, &str)], more: Value, code: &str| {
        assert_eq!(upload.complete(parts, more), Err(code.to_owned()), "{parts:?}");
    };
    check(&[], json!({}), "MalformedXML");
    check(&[(2, &two), (1, &one)], json!({}), "InvalidPartOrder");
    check(&[(1, &one), (1, &one)], json!({}), "InvalidPartOrder");
    check(&[(1, &one), (4, &one)], json!({}), "InvalidPart");
    check(&[(1, &two)], json!({}), "InvalidPart");
    check(&[(1, &one), (2, &two), (3, &three)], json!({}), "EntityTooSmall");
    check(&[(1, &one)], json!({"MpuObjectSize": 1}), "InvalidRequest");
    check(&[(1, &one)], json!({"ChecksumCRC64NVME": "AAAAAAAAAAA="}), "BadDigest");
    check(&[(1, &one)], json!({"IfMatch": "\"x\""}), "NoSuchKey");
    let other = json!({"Bucket": "data", "Key": "other", "UploadId": upload.id});
    assert_eq!(outcome(cloud.run("ListParts", other)), Err("NoSuchUpload".to_owned()));
    let abort = || {
        cloud.run(
            "AbortMultipartUpload",
            json!({"Bucket": "data", "Key": "k", "UploadId": upload.id}),
        )
    };
    abort().unwrap();
    assert_eq!(outcome(abort()), Err("NoSuchUpload".to_owned()));
    assert!(crate::contents(&cloud.view()).is_empty());
}

#[test]
fn checksums_of_uploads() {
    let cloud = with_bucket();
    let checksum = |more: Value, algorithm: Algorithm| {
        let upload = Upload::begin(&cloud, more);
        let etag = upload.part(1, &part_of(1, 1, algorithm))?["ETag"].as_str().unwrap().to_owned();
        upload.complete(&[(1, &etag)], json!({})).map(|done| done["ChecksumType"].clone())
    };
    let full = Ok(json!("FULL_OBJECT"));
    let composite = Ok(json!("COMPOSITE"));
    assert_eq!(checksum(json!({}), Algorithm::Crc64nvme), full);
    assert_eq!(checksum(json!({"ChecksumAlgorithm": "CRC32"}), Algorithm::Crc32), composite);
    let whole = json!({"ChecksumAlgorithm": "CRC32C", "ChecksumType": "FULL_OBJECT"});
    assert_eq!(checksum(whole, Algorithm::Crc32c), full);
    assert_eq!(checksum(json!({"ChecksumAlgorithm": "SHA256"}), Algorithm::Sha256), composite);
    let wrong = Err("InvalidRequest".to_owned());
    assert_eq!(checksum(json!({"ChecksumAlgorithm": "SHA256"}), Algorithm::Crc32), wrong);
    for (algorithm, coverage) in [("SHA1", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE")] {
        let input = json!({
            "Bucket": "data", "Key": "k", "ChecksumAlgorithm": algorithm, "ChecksumType": coverage,
        });
        assert_eq!(
            outcome(cloud.run("CreateMultipartUpload", input)).map(drop),
            Err("InvalidRequest".to_owned())
        );
    }
    let unknown = Checksum {
        algorithm: Algorithm::Crc32,
        value: "?".to_owned(),
        coverage: Coverage::FullObject,
    };
    assert!(!unknown.algorithm.is_value(&unknown.value));
}

#[test]
fn an_upload_has_ten_thousand_parts_at_most() {
    let cloud = with_bucket();
    let upload = Upload::begin(&cloud, json!({}));
    let part = part_of(1, 1, Algorithm::Crc64nvme);
    assert!(upload.part(10_000, &part).is_ok());
    for number in [0, 10_001] {
        assert_eq!(upload.part(number, &part), Err("InvalidArgument".to_owned()));
    }
}
