//! Functions that are attached to a VPC.

use super::*;

struct Network {
    cloud: Cloud,
    subnet: Value,
    group: Value,
    /// A group of another VPC.
    other: Value,
}

fn network() -> Network {
    let cloud = cloud();
    let mut made = Vec::new();
    for range in ["10.0.0.0/16", "10.1.0.0/16"] {
        let vpc = cloud.run("CreateVpc", json!({"CidrBlock": range})).unwrap();
        let vpc = vpc["vpc"]["vpcId"].clone();
        let range = range.replace("/16", "/24");
        let subnet = cloud.run("CreateSubnet", json!({"VpcId": vpc, "CidrBlock": range})).unwrap();
        let group = json!({"VpcId": vpc, "GroupName": "g", "GroupDescription": "g"});
        let group = cloud.run("CreateSecurityGroup", group).unwrap();
        made.push((subnet["subnet"]["subnetId"].clone(), group["groupId"].clone()));
    }
    let (subnet, group) = made[0].clone();
    Network { cloud, subnet, group, other: made[1].1.clone() }
}

impl Network {
    fn allow_role(&self, actions: &Value) {
        let policy = statement(json!({"Effect": "Allow", "Action": actions, "Resource": "*"}));
        let input = json!({"RoleName": "f", "PolicyName": "vpc", "PolicyDocument": policy});
        self.cloud.run("PutRolePolicy", input).unwrap();
    }

    fn create(&self, subnet: &Value, group: &Value) -> Answer {
        self.cloud.run("CreateFunction", function(json!({"VpcConfig": self.config(subnet, group)})))
    }

    fn config(&self, subnet: &Value, group: &Value) -> Value {
        json!({"SubnetIds": [subnet], "SecurityGroupIds": [group]})
    }
}

#[test]
fn a_function_is_attached_and_detached() {
    let net = network();
    net.allow_role(&json!([
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DeleteNetworkInterface",
    ]));
    let made = net.create(&net.subnet, &net.group).unwrap();
    assert_eq!(made["VpcConfig"]["SubnetIds"], json!([net.subnet]));
    assert!(made["VpcConfig"]["VpcId"].as_str().unwrap().starts_with("vpc-"));
    let update = |changes: Value| net.cloud.run("UpdateFunctionConfiguration", changes).unwrap();
    let kept = update(json!({"FunctionName": "f", "Timeout": 9}));
    assert_eq!(kept["VpcConfig"], made["VpcConfig"]);
    let none = json!({"SubnetIds": [], "SecurityGroupIds": []});
    let detached = update(json!({"FunctionName": "f", "VpcConfig": none}));
    assert!(detached.get("VpcConfig").is_none());
}

#[test]
fn the_role_must_be_able_to_make_network_interfaces() {
    let net = network();
    let mut allowed = Vec::new();
    for action in ["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"]
    {
        let text = format!(
            "The provided execution role does not have permissions to call {action} on EC2"
        );
        assert_eq!(message(net.create(&net.subnet, &net.group)), text);
        allowed.push(format!("ec2:{action}"));
        net.allow_role(&json!(allowed));
    }
    net.create(&net.subnet, &net.group).unwrap();
    // A role that may not is no better later.
    let trust = json!({"Service": "lambda.amazonaws.com"});
    let trust =
        statement(json!({"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"}));
    let role = json!({"RoleName": "weak", "AssumeRolePolicyDocument": trust});
    let role = net.cloud.run("CreateRole", role).unwrap();
    let input = json!({"FunctionName": "f", "Role": role["Role"]["Arn"]});
    let text = message(net.cloud.run("UpdateFunctionConfiguration", input));
    assert!(text.ends_with("to call CreateNetworkInterface on EC2"), "{text}");
}

#[test]
fn what_a_vpc_does_not_have_is_refused_with_what_ec2_says() {
    let net = network();
    net.allow_role(&json!("ec2:*"));
    let group = json!("sg-0123456789abcdef0");
    let text = "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error \
                Message: The security group 'sg-0123456789abcdef0' does not exist";
    assert_eq!(message(net.create(&net.subnet, &group)), text);
    let subnet = json!("subnet-0123456789abcdef0");
    let text = "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: \
                The subnet ID 'subnet-0123456789abcdef0' does not exist";
    assert_eq!(message(net.create(&subnet, &net.group)), text);
    net.create(&net.subnet, &net.other).unwrap_err();
    let half = json!({"VpcConfig": {"SubnetIds": [net.subnet]}});
    let text = "Subnet IDs and Security Group IDs must coexist or be both empty list.";
    assert_eq!(message(net.cloud.run("CreateFunction", function(half))), text);
    let pass = statement(json!([
        {"Effect": "Allow", "Action": ["lambda:*", "iam:PassRole"], "Resource": "*"},
    ]));
    let maker = net.cloud.user("maker", &pass);
    let input = function(json!({"VpcConfig": net.config(&net.subnet, &net.group)}));
    let (code, text) = net.cloud.run_as(&maker, "CreateFunction", input).unwrap_err();
    assert_eq!(code, "AccessDeniedException");
    let starts = format!(
        "Your access has been denied by EC2, please make sure your request credentials have permission to \
         DescribeSecurityGroups for {}. EC2 Error Code: UnauthorizedOperation. EC2 Error Message: You are not \
         authorized to perform this operation.",
        net.group.as_str().unwrap()
    );
    assert!(text.starts_with(&starts), "{text}");
}

#[test]
fn only_so_much_can_be_reserved() {
    let cloud = cloud();
    cloud.run("CreateFunction", function(json!({}))).unwrap();
    cloud.run("CreateFunction", function(json!({"FunctionName": "g"}))).unwrap();
    let put = |name: &str, number: i64| {
        let input = json!({"FunctionName": name, "ReservedConcurrentExecutions": number});
        cloud.run("PutFunctionConcurrency", input)
    };
    assert_eq!(put("f", 800).unwrap(), json!({"ReservedConcurrentExecutions": 800}));
    let text = "Specified ReservedConcurrentExecutions for function decreases account's \
                UnreservedConcurrentExecution below its minimum value of [100].";
    assert_eq!(message(put("g", 101)), text);
    put("g", 100).unwrap();
    let got = cloud.run("GetFunction", json!({"FunctionName": "g"})).unwrap();
    assert_eq!(got["Concurrency"], json!({"ReservedConcurrentExecutions": 100}));
    cloud.run("DeleteFunctionConcurrency", json!({"FunctionName": "g"})).unwrap();
    let got = cloud.run("GetFunctionConcurrency", json!({"FunctionName": "g"})).unwrap();
    assert_eq!(got, json!({}));
}
