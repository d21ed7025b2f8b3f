//! The table against itself, against the managed policies, and against what AWS's own policies say of
//! service-linked roles.

use std::collections::{BTreeMap, BTreeSet};

use iam::{Policy, PolicyKind};

use super::*;

#[test]
fn rows_are_well_formed_and_stand_once() {
    let mut seen = BTreeSet::new();
    for role in all() {
        assert!(seen.insert(role.service), "{role:?}");
        assert!(role.service.ends_with(".amazonaws.com"), "{role:?}");
        assert!(role.role_name.starts_with("AWSServiceRoleFor"), "{role:?}");
        // A role's name has up to 64 characters (IAM quotas).
        assert!(role.role_name.len() <= 64, "{role:?}");
        assert_eq!(find(role.service), Some(role));
    }
    for table in [RECORDED.as_slice(), PUBLISHED.as_slice()] {
        assert!(table.is_sorted_by(|one, next| one.service < next.service));
    }
    assert_eq!((RECORDED.len(), PUBLISHED.len()), (71, 29));
    for none in ["", "spot", "SPOT.amazonaws.com", "ec2.amazonaws.com", "spot.amazonaws.com.cn"] {
        assert_eq!(find(none), None, "{none}");
    }
}

#[test]
fn roles_of_the_chain() {
    let check = |service: &str, role_name: &str, policy_name: &str| {
        let role = find(service).unwrap();
        assert_eq!((role.role_name, role.policy_name), (role_name, policy_name), "{service}");
    };
    check("spot.amazonaws.com", "AWSServiceRoleForEC2Spot", "AWSEC2SpotServiceRolePolicy");
    check(
        "spotfleet.amazonaws.com",
        "AWSServiceRoleForEC2SpotFleet",
        "AWSEC2SpotFleetServiceRolePolicy",
    );
    check("ec2fleet.amazonaws.com", "AWSServiceRoleForEC2Fleet", "AWSEC2FleetServiceRolePolicy");
    check(
        "autoscaling.amazonaws.com",
        "AWSServiceRoleForAutoScaling",
        "AutoScalingServiceRolePolicy",
    );
    check(
        "organizations.amazonaws.com",
        "AWSServiceRoleForOrganizations",
        "AWSOrganizationsServiceTrustPolicy",
    );
}

#[test]
fn the_policies_are_known() {
    let missing: Vec<&str> =
        all().filter(|role| role.policy().is_none()).map(|role| role.policy_name).collect();
    assert_eq!(missing, ["AmazonLexBotPolicy"]);
    for policy in all().filter_map(ServiceLinkedRole::policy) {
        assert!(policy.is_service_linked(), "{}", policy.arn);
    }
}

#[test]
fn suffixes_are_taken_where_they_were_seen() {
    let taken: Vec<&str> =
        all().filter(|role| role.custom_suffix).map(|role| role.service).collect();
    assert_eq!(
        taken,
        ["autoscaling.amazonaws.com", "connect.amazonaws.com", "lexv2.amazonaws.com"]
    );
    let role = find("autoscaling.amazonaws.com").unwrap();
    assert_eq!(role.suffixed_name("team"), "AWSServiceRoleForAutoScaling_team");
}

#[test]
fn only_the_service_is_trusted() {
    let role = find("spot.amazonaws.com").unwrap();
    assert_eq!(
        role.trust_policy(),
        concat!(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","#,
            r#""Principal":{"Service":"spot.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
        )
    );
    for role in all() {
        let trust = Policy::parse(role.trust_policy().as_bytes(), PolicyKind::Trust);
        assert_eq!(trust.unwrap().text(), role.trust_policy());
    }
}

/// What is not established stays marked until it is.
#[test]
fn the_evidence_is_counted() {
    let mut evidence = BTreeMap::new();
    for role in all() {
        let kind = match role.evidence {
            Evidence::Recorded => "recorded",
            Evidence::Observed => "observed",
            Evidence::Documented(_) => "documented",
        };
        *evidence.entry(kind).or_insert(0) += 1;
    }
    assert_eq!(evidence, BTreeMap::from([("documented", 3), ("observed", 26), ("recorded", 71)]));
}

/// Managed policies of AWS that speak of service-linked roles by their ARN name the same ones.
#[test]
fn the_names_are_those_of_policies_of_aws() {
    let mut stated: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for listing in aws_managed::all() {
        let policy = listing.open().unwrap().policy();
        let resources = policy.statements().iter().filter_map(|one| one.resource.as_ref());
        for pattern in resources.flat_map(|resource| &resource.patterns) {
            let role = pattern.value.split_once(":role/aws-service-role/").map(|(_, role)| role);
            if let Some((service, name)) = role.and_then(|role| role.split_once('/'))
                && name.starts_with("AWSServiceRoleFor")
            {
                stated.entry(service.to_owned()).or_default().push(name.to_owned());
            }
        }
    }
    let fits = |role: &ServiceLinkedRole, pattern: &String| match pattern.strip_suffix('*') {
        Some(start) => role.role_name.starts_with(start),
        None => role.role_name == pattern,
    };
    let mut confirmed = 0;
    for role in all() {
        if let Some(patterns) = stated.get(role.service) {
            assert!(patterns.iter().any(|pattern| fits(role, pattern)), "{role:?}: {patterns:?}");
            confirmed += 1;
        }
    }
    assert_eq!(confirmed, 45);
}
