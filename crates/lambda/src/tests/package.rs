//! Packages from S3.

use super::*;

fn from_s3(key: &str) -> Value {
    function(json!({"Code": {"S3Bucket": "packages", "S3Key": key}}))
}

fn bytes(zip: &str) -> Vec<u8> {
    use base64ct::{Base64, Encoding};
    Base64::decode_vec(zip).unwrap()
}

#[test]
fn a_package_from_s3_is_the_same_as_one_from_the_request() {
    let cloud = cloud();
    cloud.put_object("packages", "a.zip", &bytes(ZIP));
    cloud.put_object("packages", "b.zip", &bytes(OTHER_ZIP));
    let made = cloud.run("CreateFunction", from_s3("a.zip")).unwrap();
    let direct = cloud.run("CreateFunction", function(json!({"FunctionName": "g"}))).unwrap();
    assert_eq!(made["CodeSha256"], direct["CodeSha256"]);
    assert_eq!(made["CodeSize"], 100);
    let update = json!({"FunctionName": "f", "S3Bucket": "packages", "S3Key": "b.zip"});
    let updated = cloud.run("UpdateFunctionCode", update).unwrap();
    assert_ne!(updated["CodeSha256"], made["CodeSha256"]);
}

#[test]
fn what_is_not_there_or_no_package_is_refused() {
    let cloud = cloud();
    cloud.put_object("packages", "text", b"hello");
    let missing = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key \
                   does not exist.";
    let code = "InvalidParameterValueException";
    let failure = cloud::testing::failure;
    assert_eq!(cloud.run("CreateFunction", from_s3("a.zip")), failure(code, missing));
    let no_zip = "Could not unzip uploaded file. Please check your file, then try to upload again.";
    assert_eq!(cloud.run("CreateFunction", from_s3("text")), failure(code, no_zip));
    let bucket = json!({"Code": {"S3Bucket": "s3://packages", "S3Key": "a"}});
    let text = "1 validation error detected: Value 's3://packages' at 'code.s3Bucket' failed to satisfy constraint: \
                Member must satisfy regular expression pattern: ^[0-9A-Za-z\\.\\-_]*(?<!\\.)$";
    let answer = cloud.run("CreateFunction", function(bucket));
    assert_eq!(answer, failure("ValidationException", text));
    for bad in [json!({"S3Bucket": "packages"}), json!({"S3Key": "a.zip"}), json!({})] {
        let answer = cloud.run("CreateFunction", function(json!({"Code": bad})));
        assert_eq!(message(answer), "Please provide a source for function code.");
    }
    let both = json!({"Code": {"S3Bucket": "packages", "S3Key": "a.zip", "ZipFile": ZIP}});
    let answer = cloud.run("CreateFunction", function(both));
    assert_eq!(message(answer), "Please provide exactly one source for function code.");
    assert_eq!(cloud.run("ListFunctions", json!({})).unwrap(), json!({"Functions": []}));
}
