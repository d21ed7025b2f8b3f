use serde_json::{Value, json};

use crate::testing::{cloud, text};

#[test]
fn offerings_by_type_term_and_zone() {
    let cloud = cloud();
    let read = |input| cloud.run("DescribeReservedInstancesOfferings", input);
    let list = |input: Value| {
        let answer = read(input).unwrap();
        answer["reservedInstancesOfferingsSet"].as_array().unwrap().clone()
    };
    let one = json!({
        "InstanceType": "m5.large", "ProductDescription": "Linux/UNIX (Amazon VPC)",
        "OfferingType": "No Upfront", "OfferingClass": "standard"
    });
    let found = list(one.clone());
    assert_eq!(found.len(), 2, "one year and three");
    assert_eq!(found[0]["duration"], 31_536_000);
    assert_eq!(found[0]["fixedPrice"], 0.0);
    assert!(
        found[0]["recurringCharges"][0]["amount"].as_f64()
            > found[1]["recurringCharges"][0]["amount"].as_f64()
    );
    let id = text(&found[1], "/reservedInstancesOfferingId");
    let again = list(json!({"InstanceType": "m5.large", "ReservedInstancesOfferingId": [id]}));
    assert_eq!(again, found[1..]);
    let mut zonal = one;
    zonal["AvailabilityZone"] = json!("us-east-1a");
    assert_eq!(list(zonal)[0]["scope"], "Availability Zone");
    let filter = json!([{"Name": "duration", "Value": ["94608000"]}]);
    assert_eq!(list(json!({"InstanceType": "m5.large", "Filter": filter})).len(), 24);
    assert!(list(json!({"InstanceType": "m5.large", "InstanceTenancy": "dedicated"})).is_empty());
    for (input, code) in [
        (json!({"InstanceType": "m5.tiny"}), "InvalidParameterValue"),
        (json!({"AvailabilityZone": "us-east-1z"}), "InvalidParameterValue"),
        (json!({"MaxResults": 0}), "InvalidParameterValue"),
        (json!({"NextToken": "eA=="}), "InvalidNextToken"),
    ] {
        assert_eq!(read(input.clone()).unwrap_err().0, code, "{input}");
    }
}

#[test]
fn pages() {
    let cloud = cloud();
    let read = |input| cloud.run("DescribeReservedInstancesOfferings", input).unwrap();
    let mut seen = Vec::new();
    let mut token = Value::Null;
    loop {
        let page = read(json!({"InstanceType": "m5.large", "MaxResults": 20, "NextToken": token}));
        let items = page["reservedInstancesOfferingsSet"].as_array().unwrap();
        seen.extend(items.iter().map(|it| text(it, "/reservedInstancesOfferingId")));
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((count, seen.len()), (48, 48));
    let unlimited = read(json!({}));
    assert_eq!(unlimited["reservedInstancesOfferingsSet"].as_array().unwrap().len(), 100);
}
