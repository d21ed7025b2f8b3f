use cloud::testing::failure;
use serde_json::json;

use crate::testing::{cloud, text};

#[test]
fn lists_by_id_and_name() {
    let cloud = cloud();
    let all = cloud.run("DescribePrefixLists", json!({})).unwrap();
    assert_eq!(all["prefixListSet"].as_array().unwrap().len(), 2);
    let filter = json!([{"Name": "prefix-list-name", "Value": ["com.amazonaws.us-east-1.s3"]}]);
    for name in ["DescribePrefixLists", "DescribeManagedPrefixLists"] {
        let one = cloud.run(name, json!({"Filter": filter})).unwrap();
        assert_eq!(text(&one, "/prefixListSet/0/prefixListId"), "pl-63a5400a", "{name}");
        let unknown = cloud.run(name, json!({"PrefixListId": ["pl-12345678"]}));
        let message = "The prefixList ID 'pl-12345678' does not exist";
        assert_eq!(unknown, failure("InvalidPrefixListID.NotFound", message), "{name}");
    }
    let first = cloud.run("DescribePrefixLists", json!({"MaxResults": 1})).unwrap();
    let token = text(&first, "/nextToken");
    let second = cloud.run("DescribePrefixLists", json!({"NextToken": token})).unwrap();
    assert_ne!(first["prefixListSet"], second["prefixListSet"]);
}

#[test]
fn entries() {
    let cloud = cloud();
    let read = |input| cloud.run("GetManagedPrefixListEntries", input);
    let first = read(json!({"PrefixListId": "pl-63a5400a", "MaxResults": 1})).unwrap();
    assert_eq!(first["entrySet"], json!([{"cidr": "18.34.0.0/19"}]));
    let token = text(&first, "/nextToken");
    let rest = read(json!({"PrefixListId": "pl-63a5400a", "NextToken": token})).unwrap();
    assert_eq!(rest["entrySet"].as_array().unwrap().len(), 3);
    let other = read(json!({"PrefixListId": "pl-02cd2c6b"})).unwrap();
    assert_eq!(other["entrySet"].as_array().unwrap().len(), 3);
    assert_eq!(read(json!({"PrefixListId": "x"})).unwrap_err().0, "InvalidPrefixListId.Malformed");
}
