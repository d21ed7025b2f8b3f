use serde_json::{Value, json};

use crate::image;
use crate::testing::{cloud, text};

fn names(answer: &Value) -> Vec<String> {
    let images = answer["imagesSet"].as_array().unwrap();
    images.iter().map(|image| text(image, "/name")).collect()
}

#[test]
fn amazons_images_have_their_real_ids() {
    let linux = image::get("us-east-1", "ami-0ed094fb1304fd857").unwrap();
    assert_eq!(linux.name, "al2023-ami-2023.11.20260427.1-kernel-6.1-x86_64");
    assert_eq!(linux.created, "2026-04-27T00:00:00.000Z");
    assert!(linux.imds_v2);
    assert_eq!(image::get("us-west-2", "ami-0ed094fb1304fd857"), None);
    assert_eq!(image::all("mars-1"), []);
}

#[test]
fn filters_that_terraforms_data_source_sends() {
    let cloud = cloud();
    let find = |owner: &str, filters: Value| {
        let input = json!({"Owner": [owner], "Filter": filters});
        names(&cloud.run("DescribeImages", input).unwrap())
    };
    let name = |pattern: &str| json!({"Name": "name", "Value": [pattern]});
    let virtualization = json!({"Name": "virtualization-type", "Value": ["hvm"]});
    let jammy = find(
        "099720109477",
        json!([name("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"), virtualization]),
    );
    assert_eq!(jammy, ["ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20260410"]);
    assert_eq!(find("amazon", json!([name("ubuntu*")])), [""; 0]);
    assert_eq!(find("amazon", json!([name("amzn2-ami-hvm-*-x86_64-gp2")])).len(), 1);
    assert_eq!(find("self", json!([])), [""; 0]);
    let windows = json!([{"Name": "platform", "Value": ["windows"]}]);
    assert_eq!(find("amazon", windows).len(), 2);
    assert_eq!(find("601306020600", json!([])).len(), 2);
}

#[test]
fn ids_and_pages() {
    let cloud = cloud();
    let run = |input: Value| cloud.run("DescribeImages", input);
    let all = names(&run(json!({})).unwrap());
    let mut paged = Vec::new();
    let mut token = Value::Null;
    loop {
        let page = run(json!({"MaxResults": 10, "NextToken": token})).unwrap();
        paged.extend(names(&page));
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(paged, all);
    let fault = run(json!({"ImageId": ["ami-00000000"]})).unwrap_err();
    assert_eq!(fault.1, "The image id '[ami-00000000]' does not exist");
    assert_eq!(run(json!({"ImageId": ["ami-x"]})).unwrap_err().0, "InvalidAMIID.Malformed");
    let one = run(json!({"ImageId": ["ami-0ed094fb1304fd857"]})).unwrap();
    let device = &one["imagesSet"][0]["blockDeviceMapping"][0];
    assert_eq!(device["deviceName"], "/dev/xvda");
    assert_eq!(device["ebs"]["volumeSize"], 8);
}
