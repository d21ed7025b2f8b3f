use cloud::testing::failure;
use serde_json::{Value, json};

use super::*;
use crate::testing::cloud;

#[test]
fn every_type_of_the_catalogue_is_read() {
    for name in catalogue::instance_type_names() {
        let kind = find(name).unwrap_or_else(|| panic!("{name} is not read"));
        assert!(kind.vcpus > 0 && kind.memory_mib > 0 && kind.max_interfaces > 0, "{name}");
        assert!(!kind.architectures.is_empty(), "{name}");
    }
}

#[test]
fn facts_that_launches_use() {
    let micro = find("t3.micro").unwrap();
    assert_eq!((micro.vcpus, micro.memory_mib, micro.burstable), (2, 1024, true));
    assert_eq!(micro.unlimited_by_default(), Some(true));
    assert_eq!(find("t2.micro").unwrap().unlimited_by_default(), Some(false));
    let disk = find("m5d.large").unwrap();
    assert_eq!((disk.local_disk_gb, disk.unlimited_by_default()), (75, None));
    assert_eq!(find("m6g.large").unwrap().architectures, ["arm64"]);
    assert_eq!(wanted("t9.nano").unwrap_err().message, "Invalid value 't9.nano' for InstanceType.");
}

#[test]
fn a_zone_that_does_not_offer_a_type() {
    let fault = check_offered("us-east-1", "us-east-1e", "t3.micro").unwrap_err();
    let text = "Your requested instance type (t3.micro) is not supported in your requested \
                Availability Zone (us-east-1e). Please retry your request by not specifying an \
                Availability Zone or choosing us-east-1a, us-east-1b, us-east-1c, us-east-1d, \
                us-east-1f.";
    assert_eq!(fault, Fault::new("Unsupported", text));
    assert_eq!(check_offered("us-east-1", "us-east-1a", "t3.micro"), Ok(()));
    // No zone of the region has it.
    let nowhere = check_offered("ap-southeast-5", "ap-southeast-5a", "m1.small").unwrap_err();
    assert!(nowhere.message.starts_with("The requested configuration"), "{nowhere}");
}

#[test]
fn types_are_described_by_name_by_filter_and_in_pages() {
    let cloud = cloud();
    let ask = |input: Value| {
        let answer = cloud.run("DescribeInstanceTypes", input).unwrap();
        let set = answer["instanceTypeSet"].as_array().unwrap().clone();
        let names = set.iter().map(|one| one["instanceType"].as_str().unwrap().to_owned());
        (names.collect::<Vec<_>>(), set, answer["nextToken"].as_str().map(str::to_owned))
    };
    let (names, set, _) = ask(json!({"InstanceType": ["m5d.large", "g4dn.xlarge"]}));
    assert_eq!(names, ["g4dn.xlarge", "m5d.large"]);
    assert_eq!(set[1]["instanceStorageInfo"]["totalSizeInGB"], 75);
    assert_eq!(set[0]["gpuInfo"]["gpus"][0]["memoryInfo"]["sizeInMiB"], 16384);
    let arm = json!({"Name": "processor-info.supported-architecture", "Value": ["arm64"]});
    let family = json!({"Name": "instance-type", "Value": ["m6*.large"]});
    let (names, ..) = ask(json!({"Filter": [arm, family]}));
    assert_eq!(names, ["m6g.large", "m6gd.large"]);
    let (first, _, token) = ask(json!({"MaxResults": 5}));
    let (second, ..) = ask(json!({"MaxResults": 5, "NextToken": token.unwrap()}));
    assert_eq!((first.len(), second.len()), (5, 5));
    assert!(first.iter().all(|name| name < &second[0]), "{first:?} {second:?}");
    let unknown =
        cloud.run("DescribeInstanceTypes", json!({"InstanceType": ["m5.large", "t9.nano"]}));
    let text = "The following supplied instance types do not exist: [t9.nano]";
    assert_eq!(unknown, failure("InvalidInstanceType", text));
}

#[test]
fn types_are_offered_in_regions_and_zones() {
    let cloud = cloud();
    let ask = |place: &str| {
        let filter = json!({"Name": "instance-type", "Value": ["t3.micro"]});
        let input = json!({"LocationType": place, "Filter": [filter]});
        let answer = cloud.run("DescribeInstanceTypeOfferings", input).unwrap();
        let set = answer["instanceTypeOfferingSet"].as_array().unwrap().clone();
        assert!(set.iter().all(|one| one["locationType"] == place), "{set:?}");
        set.iter().map(|one| one["location"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ask("region"), ["us-east-1"]);
    let zones = ask("availability-zone");
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"]);
    assert_eq!(ask("availability-zone-id")[0], "use1-az1");
    assert_eq!(ask("outpost"), [""; 0]);
    let page = |token: Option<&str>| {
        let input = json!({"MaxResults": 5, "NextToken": token});
        cloud.run("DescribeInstanceTypeOfferings", input).unwrap()
    };
    let first = page(None);
    let second = page(first["nextToken"].as_str());
    assert_ne!(first["instanceTypeOfferingSet"], second["instanceTypeOfferingSet"]);
    let bad = cloud.run("DescribeInstanceTypeOfferings", json!({"LocationType": "moon"}));
    let text = "Value (moon) for parameter locationType is invalid.";
    assert_eq!(bad, failure("InvalidParameterValue", text));
}
