use cloud::testing::{Answer, Cloud, failure};
use serde_json::{Value, json};

use super::create::MAX_TEXT;
use super::rule::MAX_DESCRIPTION;
use super::{MAX_GROUPS, MAX_RULES, SecurityGroupRow};
use crate::testing::{cloud, text, told, vpc};

fn group(cloud: &Cloud, vpc_id: &str, name: &str) -> String {
    let input = json!({"GroupName": name, "GroupDescription": "d", "VpcId": vpc_id});
    text(&cloud.run("CreateSecurityGroup", input).unwrap(), "/groupId")
}

fn ssh(cidr: &str) -> Value {
    json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": cidr}]}])
}

fn authorize(cloud: &Cloud, id: &str, permissions: Value) -> Answer {
    let input = json!({"GroupId": id, "IpPermissions": permissions});
    cloud.run("AuthorizeSecurityGroupIngress", input)
}

fn shown(cloud: &Cloud, id: &str) -> Value {
    let answer = cloud.run("DescribeSecurityGroups", json!({"GroupId": [id]})).unwrap();
    answer["securityGroupInfo"][0].clone()
}

#[test]
fn a_group_begins_with_everything_out() {
    let cloud = cloud();
    let id = group(&cloud, &vpc(&cloud), "web");
    let group = shown(&cloud, &id);
    assert_eq!(group["ipPermissions"], json!([]));
    let out = &group["ipPermissionsEgress"];
    assert_eq!(out[0]["ipProtocol"], "-1");
    assert_eq!(out[0]["fromPort"], Value::Null);
    assert_eq!(out[0]["ipRanges"], json!([{"cidrIp": "0.0.0.0/0", "description": null}]));
    let input = json!({"GroupId": id, "IpPermissions": [
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ]});
    cloud.run("RevokeSecurityGroupEgress", input.clone()).unwrap();
    assert_eq!(shown(&cloud, &id)["ipPermissionsEgress"], json!([]));
    let text = "The specified rule does not exist in this security group.";
    let again = cloud.run("RevokeSecurityGroupEgress", input.clone());
    assert_eq!(again, failure("InvalidPermission.NotFound", text));
    let made = cloud.run("AuthorizeSecurityGroupEgress", input).unwrap();
    assert_eq!(made["securityGroupRuleSet"][0]["isEgress"], true);
    assert_eq!(shown(&cloud, &id)["ipPermissionsEgress"], *out);
}

#[test]
fn rules_with_the_same_traffic_are_shown_together() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let (id, other) = (group(&cloud, &vpc_id, "web"), group(&cloud, &vpc_id, "other"));
    let answer = authorize(&cloud, &id, ssh("10.0.0.1/8")).unwrap();
    assert_eq!(text(&answer, "/securityGroupRuleSet/0/cidrIpv4"), "10.0.0.0/8");
    let more = json!([
        {"IpProtocol": "6", "FromPort": 22, "ToPort": 22,
         "Groups": [{"GroupId": other}, {"GroupId": id, "Description": "itself"}],
         "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
        {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ]);
    authorize(&cloud, &id, more).unwrap();
    let permissions = &shown(&cloud, &id)["ipPermissions"];
    assert_eq!(permissions.as_array().unwrap().len(), 2, "{permissions}");
    assert_eq!(permissions[0]["groups"].as_array().unwrap().len(), 2);
    assert_eq!(permissions[0]["groups"][0]["groupId"], json!(other));
    assert_eq!(permissions[0]["ipv6Ranges"][0]["cidrIpv6"], "::/0");
    // A group that another one's rule names stays.
    let refused = cloud.run("DeleteSecurityGroup", json!({"GroupId": other}));
    let text = format!("resource {other} has a dependent object");
    assert_eq!(refused, failure("DependencyViolation", &text));
    cloud.run("DeleteSecurityGroup", json!({"GroupId": id})).unwrap();
    cloud.run("DeleteSecurityGroup", json!({"GroupId": other})).unwrap();
    let gone = cloud.run("DescribeSecurityGroups", json!({"GroupId": [id]}));
    let text = format!("The security group '{id}' does not exist");
    assert_eq!(gone, failure("InvalidGroup.NotFound", &text));
}

#[test]
fn duplicates_are_refused_in_ec2s_words() {
    let cloud = cloud();
    let id = group(&cloud, &vpc(&cloud), "web");
    authorize(&cloud, &id, ssh("0.0.0.0/0")).unwrap();
    assert_eq!(
        authorize(&cloud, &id, ssh("0.0.0.0/0")),
        failure(
            "InvalidPermission.Duplicate",
            "the specified rule \"peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW\" already \
             exists"
        )
    );
    let twice = json!([ssh("1.0.0.0/8")[0], ssh("1.0.0.0/8")[0]]);
    assert_eq!(
        authorize(&cloud, &id, twice),
        failure("InvalidParameterValue", "The same permission must not appear multiple times")
    );
}

#[test]
fn rules_by_their_ids() {
    let cloud = cloud();
    let id = group(&cloud, &vpc(&cloud), "web");
    let tags =
        json!([{"ResourceType": "security-group-rule", "Tag": [{"Key": "a", "Value": "b"}]}]);
    let input = json!({
        "GroupId": id, "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0",
        "TagSpecification": tags
    });
    let made = cloud.run("AuthorizeSecurityGroupIngress", input).unwrap();
    let rule = text(&made, "/securityGroupRuleSet/0/securityGroupRuleId");
    let read = |input| cloud.run("DescribeSecurityGroupRules", input);
    let one = read(json!({"SecurityGroupRuleId": [rule]})).unwrap();
    assert_eq!(text(&one, "/securityGroupRuleSet/0/tagSet/0/value"), "b");
    let filter = json!([{"Name": "group-id", "Value": [id]}]);
    let all = read(json!({"Filter": filter})).unwrap();
    assert_eq!(all["securityGroupRuleSet"].as_array().unwrap().len(), 2);
    let update = json!({"GroupId": id, "SecurityGroupRule": [{
        "SecurityGroupRuleId": rule,
        "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "10.0.0.0/8"}
    }]});
    cloud.run("ModifySecurityGroupRules", update).unwrap();
    let one = read(json!({"SecurityGroupRuleId": [rule]})).unwrap();
    assert_eq!(one["securityGroupRuleSet"][0]["fromPort"], 443);
    assert_eq!(text(&one, "/securityGroupRuleSet/0/cidrIpv4"), "10.0.0.0/8");
    let revoke = json!({"GroupId": id, "SecurityGroupRuleId": [rule]});
    let revoked = cloud.run("RevokeSecurityGroupIngress", revoke.clone()).unwrap();
    assert_eq!(text(&revoked, "/revokedSecurityGroupRuleSet/0/securityGroupRuleId"), rule);
    let gone = cloud.run("RevokeSecurityGroupIngress", revoke).unwrap_err();
    assert_eq!(gone.0, "InvalidSecurityGroupRuleId.NotFound");
}

#[test]
fn the_default_groups_revocations_pass_what_they_do_not_know() {
    let cloud = cloud();
    let answer = cloud.run("DescribeSecurityGroups", json!({"GroupName": ["default"]})).unwrap();
    let id = text(&answer, "/securityGroupInfo/0/groupId");
    let input = json!({"GroupId": id, "IpPermissions": ssh("1.2.3.4/32")});
    let answer = cloud.run("RevokeSecurityGroupIngress", input).unwrap();
    assert_eq!(answer["unknownIpPermissionSet"][0]["ipRanges"][0]["cidrIp"], "1.2.3.4/32");
    let text =
        format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user");
    let refused = cloud.run("DeleteSecurityGroup", json!({"GroupName": "default"}));
    assert_eq!(refused, failure("CannotDelete", &text));
}

#[test]
fn malformed_input_is_refused() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let id = group(&cloud, &vpc_id, "web");
    for (permission, message) in [
        (
            json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "x"}]}),
            "CIDR block x is malformed",
        ),
        (
            json!({"IpProtocol": "tcp", "FromPort": 80, "ToPort": 22, "IpRanges": []}),
            "Invalid TCP port range (80:22)",
        ),
        (
            json!({"IpProtocol": "tcp", "IpRanges": []}),
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
        ),
        (
            json!({"IpProtocol": "carrier pigeon"}),
            "Invalid value 'carrier pigeon' for IP protocol. Unknown protocol.",
        ),
        (
            json!({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65536}),
            "Invalid TCP port range (0:65536)",
        ),
    ] {
        let answer = authorize(&cloud, &id, json!([permission]));
        assert_eq!(answer, failure("InvalidParameterValue", message), "{permission}");
    }
    let create = |name: &str, description: &str| {
        let input = json!({"GroupName": name, "GroupDescription": description, "VpcId": vpc_id});
        cloud.run("CreateSecurityGroup", input).map_err(|fault| fault.0)
    };
    let invalid = Err("InvalidParameterValue".to_owned());
    assert_eq!(create("sg-x", "d"), invalid);
    assert_eq!(create("Default", "d"), invalid);
    assert_eq!(create("é", "d"), invalid);
    assert_eq!(create("n", ""), invalid);
    assert_eq!(create(&"n".repeat(MAX_TEXT + 1), "d"), invalid);
    assert!(create(&"n".repeat(MAX_TEXT), "d").is_ok());
    assert_eq!(create("web", "d"), Err("InvalidGroup.Duplicate".to_owned()));
    let both = json!({"GroupId": id, "IpPermissions": ssh("1.0.0.0/8"), "CidrIp": "2.0.0.0/8"});
    let answer = cloud.run("AuthorizeSecurityGroupIngress", both);
    let text = "The parameter 'cidrIp' may not be used in combination with 'ipPermissions'";
    assert_eq!(answer, failure("InvalidParameterCombination", text));
}

#[test]
fn there_are_at_most_sixty_rules_in_a_direction() {
    let cloud = cloud();
    let id = group(&cloud, &vpc(&cloud), "web");
    let ranges = |count: usize| {
        let ranges = (0..count).map(|number| json!({"CidrIp": format!("10.0.{number}.0/24")}));
        let ranges: Vec<Value> = ranges.collect();
        json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": ranges}])
    };
    let refused = authorize(&cloud, &id, ranges(MAX_RULES + 1)).unwrap_err();
    assert_eq!(refused.0, "RulesPerSecurityGroupLimitExceeded");
    authorize(&cloud, &id, ranges(MAX_RULES)).unwrap();
}

#[test]
fn a_policy_for_one_vpc_and_group() {
    let cloud = cloud();
    let (mine, other) = (vpc(&cloud), vpc(&cloud));
    let (in_mine, in_other) = (group(&cloud, &mine, "web"), group(&cloud, &other, "web"));
    let demands = cloud.demands(
        "AuthorizeSecurityGroupIngress",
        json!({"GroupId": in_mine, "IpPermissions": ssh("1.0.0.0/8")}),
    );
    let arn = |id: &str| format!("arn:aws:ec2:us-east-1:123456789012:{id}");
    let vpc_arn = arn(&format!("vpc/{mine}"));
    assert_eq!(demands.len(), 1);
    assert_eq!(
        told(&demands[0]),
        format!(
            "ec2:AuthorizeSecurityGroupIngress {} ec2:Region=us-east-1 ec2:Vpc={vpc_arn} \
             ec2:SecurityGroupID={in_mine}",
            arn(&format!("security-group/{in_mine}"))
        )
    );
    // As the restricted policy of Databricks has it, in its own letter case.
    let policy = cloud::testing::statement(json!({
        "Effect": "Allow",
        "Action": ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
        "Resource": arn("security-group/*"),
        "Condition": {"StringEquals": {"ec2:vpc": vpc_arn}}
    }));
    let user = cloud.user("databricks", &policy);
    let try_on = |id: &str| {
        let input = json!({"GroupId": id, "IpPermissions": ssh("1.0.0.0/8")});
        let answer = cloud.run_as(&user, "AuthorizeSecurityGroupIngress", input.clone());
        answer.and_then(|_| cloud.run_as(&user, "RevokeSecurityGroupIngress", input))
    };
    try_on(&in_mine).unwrap();
    assert_eq!(try_on(&in_other).unwrap_err().0, "UnauthorizedOperation");
}

#[test]
fn creating_demands_the_group_and_the_vpc() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let input = json!({"GroupName": "g", "GroupDescription": "d", "VpcId": vpc_id});
    let demands = cloud.demands("CreateSecurityGroup", input);
    let demands: Vec<String> = demands.iter().map(told).collect();
    assert_eq!(
        demands,
        [
            "ec2:CreateSecurityGroup arn:aws:ec2:us-east-1:123456789012:security-group/* \
             ec2:Region=us-east-1"
                .to_owned(),
            format!(
                "ec2:CreateSecurityGroup arn:aws:ec2:us-east-1:123456789012:vpc/{vpc_id} \
                 ec2:Region=us-east-1 ec2:VpcID={vpc_id} ec2:Tenancy=default"
            ),
        ]
    );
}

#[test]
fn quotas_of_groups_and_lengths_of_descriptions() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let id = group(&cloud, &vpc_id, "web");
    let view = cloud.view();
    let key = crate::regional::key("us-east-1", &id);
    let row = (**view.get::<SecurityGroupRow>(cloud::testing::ACCOUNT, &key).unwrap()).clone();
    // Two default groups and this one are there.
    for number in 3..MAX_GROUPS - 1 {
        let (id, name) = (format!("sg-{number:017x}"), format!("g{number}"));
        cloud.change(SecurityGroupRow { id, name, rules: Vec::new(), ..row.clone() });
    }
    group(&cloud, &vpc_id, "last");
    let input = json!({"GroupName": "one more", "GroupDescription": "d", "VpcId": vpc_id});
    let refused = cloud.run("CreateSecurityGroup", input).unwrap_err();
    assert_eq!(refused.0, "SecurityGroupLimitExceeded");
    let described = |cidr: &str, length: usize| {
        let range = json!({"CidrIp": cidr, "Description": "d".repeat(length)});
        let all = json!([{"IpProtocol": "-1", "IpRanges": [range]}]);
        authorize(&cloud, &id, all).map_err(|fault| fault.0)
    };
    described("1.0.0.0/8", MAX_DESCRIPTION).unwrap();
    let long = described("2.0.0.0/8", MAX_DESCRIPTION + 1);
    assert_eq!(long, Err("InvalidParameterValue".to_owned()));
}

#[test]
fn rules_get_other_descriptions() {
    let cloud = cloud();
    let id = group(&cloud, &vpc(&cloud), "web");
    let made = authorize(&cloud, &id, ssh("10.0.0.0/8")).unwrap();
    let rule = text(&made, "/securityGroupRuleSet/0/securityGroupRuleId");
    let described = || shown(&cloud, &id)["ipPermissions"][0]["ipRanges"][0]["description"].clone();
    let update = |direction: &str, mut input: Value| {
        input["GroupId"] = json!(id);
        cloud.run(&format!("UpdateSecurityGroupRuleDescriptions{direction}"), input)
    };
    let by_traffic = |words: Value| {
        let range = json!({"CidrIp": "10.0.0.0/8", "Description": words});
        let ports = json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [range]});
        json!({"IpPermissions": [ports]})
    };
    update("Ingress", by_traffic(json!("office"))).unwrap();
    assert_eq!(described(), "office");
    let by_id = json!({"SecurityGroupRuleDescription": [
        {"SecurityGroupRuleId": rule, "Description": "home"}
    ]});
    update("Ingress", by_id.clone()).unwrap();
    assert_eq!(described(), "home");
    // What goes out has other rules.
    let missing = "The specified rule does not exist in this security group.";
    assert_eq!(
        update("Egress", by_traffic(json!("office"))),
        failure("InvalidPermission.NotFound", missing)
    );
    let text = format!("The security group rule ID '{rule}' does not exist");
    assert_eq!(update("Egress", by_id), failure("InvalidSecurityGroupRuleId.NotFound", &text));
    assert_eq!(described(), "home");
    update("Ingress", by_traffic(Value::Null)).unwrap();
    assert_eq!(described(), Value::Null);
    let nothing = cloud.run("UpdateSecurityGroupRuleDescriptionsIngress", json!({"GroupId": id}));
    assert_eq!(
        nothing,
        failure("MissingParameter", "The request must contain the parameter ipPermissions")
    );
}
