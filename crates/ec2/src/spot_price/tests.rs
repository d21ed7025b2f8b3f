use names::Timestamp;
use serde_json::{Value, json};

use crate::instance_type;
use crate::spot_price::{PRODUCTS, changed, dollars, on_demand, price};
use crate::testing::{cloud, text};

#[test]
fn prices_are_of_the_right_size() {
    for (name, least, most) in [
        ("m5.large", 90_000, 100_000),
        ("c5.large", 78_000, 90_000),
        ("r5.large", 120_000, 130_000),
    ] {
        let kind = instance_type::find(name).unwrap();
        assert!((least..most).contains(&on_demand(kind)), "{name}: {}", on_demand(kind));
        let spot = price(kind, "us-east-1a", PRODUCTS[0], Timestamp::from_unix_seconds(0));
        assert!(spot * 2 < on_demand(kind) && spot * 4 > on_demand(kind));
    }
    assert_eq!(dollars(1_234_567), "1.234567");
    assert_eq!(dollars(95), "0.000095");
}

#[test]
fn a_price_holds_for_a_day() {
    let kind = instance_type::find("m5.large").unwrap();
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    let since = changed(kind, "us-east-1a", now);
    assert!(since <= now && now < since.plus_seconds(86_400));
    assert_eq!(changed(kind, "us-east-1a", since), since);
    assert_eq!(changed(kind, "us-east-1a", since.plus_seconds(-1)), since.plus_seconds(-86_400));
    assert_ne!(since, changed(kind, "us-east-1b", now));
}

fn prices(answer: &Value) -> Vec<Value> {
    answer["spotPriceHistorySet"].as_array().unwrap().clone()
}

#[test]
fn the_history_follows_what_is_asked() {
    let cloud = cloud();
    let run = |input: Value| cloud.run("DescribeSpotPriceHistory", input);
    let now = cloud.now.to_string();
    let of_now = json!({
        "InstanceType": ["m5.large"], "ProductDescription": ["Linux/UNIX"], "StartTime": now,
    });
    // The price that holds now, in each of the five zones that offer the type and one more.
    let answer = run(of_now.clone()).unwrap();
    let zones: Vec<String> =
        prices(&answer).iter().map(|price| text(price, "/availabilityZone")).collect();
    let letters: String = zones.iter().filter_map(|zone| zone.chars().last()).collect();
    assert_eq!(letters, "abcdf");
    assert_eq!(answer["nextToken"], "");

    let mut of_two_days = of_now;
    of_two_days["StartTime"] = json!(cloud.now.plus_seconds(-2 * 86_400).to_string());
    of_two_days["AvailabilityZone"] = json!("us-east-1a");
    let answer = prices(&run(of_two_days).unwrap());
    let times: Vec<String> = answer.iter().map(|price| text(price, "/timestamp")).collect();
    assert_eq!(times.len(), 3);
    assert!(times.is_sorted_by(|newer, older| newer > older));

    let first = run(json!({"MaxResults": 7})).unwrap();
    let second = run(json!({"MaxResults": 7, "NextToken": first["nextToken"]})).unwrap();
    assert_eq!(prices(&first).len(), 7);
    let both = prices(&run(json!({"MaxResults": 14})).unwrap());
    assert_eq!([prices(&first), prices(&second)].concat(), both);

    let fault = run(json!({"AvailabilityZone": "us-east-1z"})).unwrap_err();
    assert_eq!(fault.1, "Invalid availability zone: [us-east-1z]");
    let fault = run(json!({"InstanceType": ["m5.tiny"]})).unwrap_err();
    assert_eq!(fault.0, "InvalidParameterValue");
}

#[test]
fn scores_fall_with_the_capacity() {
    let cloud = cloud();
    let run = |input: Value| cloud.run("GetSpotPlacementScores", input);
    let score = |types: &[&str], capacity: i32| {
        let input = json!({
            "InstanceType": types, "TargetCapacity": capacity, "RegionName": ["us-east-1"],
        });
        let answer = run(input).unwrap();
        answer["spotPlacementScoreSet"][0]["score"].as_i64().unwrap()
    };
    let types = ["m5.large", "m5a.large", "m6i.large"];
    assert_eq!(score(&types, 1), 10);
    assert!(score(&types, 100_000) < 5);
    assert_eq!(score(&types[..2], 1), 3);
    let zones = json!({
        "InstanceType": types, "TargetCapacity": 1, "RegionName": ["us-east-1"],
        "SingleAvailabilityZone": true,
    });
    let answer = run(zones).unwrap();
    let zones = answer["spotPlacementScoreSet"].as_array().unwrap();
    assert!(zones.len() >= 5 && zones.iter().all(|zone| zone["availabilityZoneId"].is_string()));
    let fault = run(json!({"InstanceType": ["g9.tiny"], "TargetCapacity": 1})).unwrap_err();
    assert!(fault.1.ends_with("and try again: [g9.tiny]."), "{}", fault.1);
    let fault = run(json!({
        "InstanceType": ["m5.large"], "TargetCapacity": 1, "InstanceRequirementsWithMetadata": {},
    }));
    assert_eq!(fault.unwrap_err().0, "NotImplemented");
}
