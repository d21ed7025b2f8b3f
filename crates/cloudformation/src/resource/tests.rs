//! Resource types of EC2, S3 and Lambda, in stacks.

use std::collections::BTreeSet;

use cloud::testing::{Answer, allow, root, statement};
use serde_json::{Value, json};

use crate::testing::Stacks;

const NETWORK: &str = include_str!("../../../../examples/cloudformation/network.yaml");
const BUCKET: &str = include_str!("../../../../examples/cloudformation/bucket.yaml");
const FUNCTION: &str = include_str!("../../../../examples/cloudformation/function.yaml");
const EVERY_TYPE: &str = include_str!("../../../../examples/cloudformation/every-type.yaml");
/// An image of the catalogue.
const AMI: &str = "ami-0ed094fb1304fd857";

impl Stacks {
    fn create_with(&self, name: &str, template: &str, parameters: &Value) {
        self.do_with("CreateStack", name, template, parameters).unwrap();
        self.finish(name);
    }

    fn update_with(&self, name: &str, template: &str, parameters: &Value) {
        self.do_with("UpdateStack", name, template, parameters).unwrap();
        self.finish(name);
    }

    fn do_with(&self, operation: &str, name: &str, template: &str, parameters: &Value) -> Answer {
        let mut input = Self::input(name, template);
        let pairs = parameters.as_object().unwrap().iter();
        input["Parameters"] = pairs
            .map(|(name, value)| json!({"ParameterKey": name, "ParameterValue": value}))
            .collect();
        self.run(operation, input)
    }

    fn delete_it(&self, name: &str) {
        self.run("DeleteStack", json!({"StackName": name})).unwrap();
        self.finish(name);
    }

    fn is(&self, name: &str, status: &str) {
        assert_eq!(self.status(name), status, "{:#?}", self.events(name));
    }

    fn output(&self, name: &str, output: &str) -> String {
        let answer = self.run("DescribeStacks", json!({"StackName": name})).unwrap();
        let outputs = answer["Stacks"][0]["Outputs"].as_array().unwrap();
        let found = outputs.iter().find(|one| one["OutputKey"] == output);
        found.unwrap()["OutputValue"].as_str().unwrap().to_owned()
    }

    fn physical(&self, name: &str, logical_id: &str) -> String {
        let (stack, view) = (self.stack(name), self.cloud.view());
        let mut rows = crate::stack_resource::of_stack(&view, &stack);
        let row = rows.find(|row| row.logical_id == logical_id).unwrap();
        row.now.as_ref().unwrap().physical.id.clone()
    }

    /// How many of a list there are.
    fn count(&self, operation: &str, list: &str) -> usize {
        self.run(operation, json!({})).unwrap()[list].as_array().unwrap().len()
    }

    /// How many of everything that networks are made of.
    fn counts(&self) -> Vec<usize> {
        [
            ("DescribeVpcs", "vpcSet"),
            ("DescribeSubnets", "subnetSet"),
            ("DescribeSecurityGroups", "securityGroupInfo"),
            ("DescribeSecurityGroupRules", "securityGroupRuleSet"),
            ("DescribeRouteTables", "routeTableSet"),
            ("DescribeInternetGateways", "internetGatewaySet"),
            ("DescribeAddresses", "addressesSet"),
            ("DescribeNetworkInterfaces", "networkInterfaceSet"),
            ("DescribeVolumes", "volumeSet"),
            ("DescribeLaunchTemplates", "launchTemplates"),
        ]
        .map(|(operation, list)| self.count(operation, list))
        .to_vec()
    }

    /// The reason of a stack's first failure.
    fn failure(&self, name: &str) -> String {
        let events = self.events(name);
        let failed = events.iter().find(|event| event.contains("_FAILED"));
        failed.unwrap_or_else(|| panic!("nothing failed: {events:#?}")).clone()
    }
}

fn image() -> Value {
    json!({"Image": AMI})
}

#[test]
fn a_network_lives() {
    let stacks = Stacks::new();
    let before = stacks.counts();
    stacks.create_with("net", NETWORK, &image());
    stacks.is("net", "CREATE_COMPLETE");
    assert!(stacks.output("net", "BastionAddress").parse::<std::net::Ipv4Addr>().is_ok());
    let nat = stacks.physical("net", "NatAddress");
    assert_eq!(stacks.output("net", "NatAddress"), nat);
    assert!(nat.parse::<std::net::Ipv4Addr>().is_ok(), "{nat}");
    let worker = stacks.physical("net", "Worker");
    let seen = stacks.run("DescribeInstances", json!({"InstanceId": [worker]})).unwrap();
    let seen = &seen["reservationSet"][0]["instancesSet"][0];
    assert_eq!(seen["instanceState"]["name"], "running");
    let profile = stacks.physical("net", "Profile");
    let arn = format!("arn:aws:iam::123456789012:instance-profile/{profile}");
    assert_eq!(seen["iamInstanceProfile"]["arn"], arn);
    assert_eq!(seen["privateIpAddress"], stacks.output("net", "WorkerAddress"));
    // The default rule that lets all out is gone from a group that says what it lets out.
    let group = json!({"GroupId": [stacks.physical("net", "WorkerGroup")]});
    let group = stacks.run("DescribeSecurityGroups", group).unwrap();
    let group = &group["securityGroupInfo"][0];
    assert_eq!(group["ipPermissionsEgress"].as_array().unwrap().len(), 1);
    assert_eq!(group["ipPermissionsEgress"][0]["fromPort"], 443);

    // Without the gateway, its address and its route go; nothing else is made anew.
    stacks.update_with("net", NETWORK, &json!({"Image": AMI, "WithNat": "false"}));
    stacks.is("net", "UPDATE_COMPLETE");
    assert_eq!(stacks.physical("net", "Worker"), worker);
    assert_eq!(stacks.count("DescribeAddresses", "addressesSet"), 0);

    stacks.delete_it("net");
    stacks.is("net", "DELETE_COMPLETE");
    assert_eq!(stacks.counts(), before);
}

#[test]
fn updates_change_or_replace() {
    let stacks = Stacks::new();
    stacks.create_with("net", NETWORK, &image());
    let ids = |stacks: &Stacks| {
        ["Vpc", "BastionGroup", "Bastion", "Worker", "Template", "Data"]
            .map(|id| stacks.physical("net", id))
    };
    let first = ids(&stacks);
    // In place: rules, a profile, the size of a volume, a version of a template.
    let changed = NETWORK
        .replace("CidrIp: !Ref Office, Description: office", "CidrIp: 192.0.2.0/24")
        .replace("      IamInstanceProfile: !Ref Profile\n", "")
        .replace("Size: 10", "Size: 20")
        .replace("EnableDnsHostnames: true", "EnableDnsHostnames: false")
        .replace("VolumeSize: 30", "VolumeSize: 40")
        .replace("Version: !GetAtt Template.LatestVersionNumber", "Version: '1'");
    stacks.update_with("net", &changed, &image());
    stacks.is("net", "UPDATE_COMPLETE");
    assert_eq!(ids(&stacks), first);
    let seen = |id: &str| {
        let seen = stacks.run("DescribeInstances", json!({"InstanceId": [id]})).unwrap();
        seen["reservationSet"][0]["instancesSet"][0].clone()
    };
    assert!(seen(&first[2])["iamInstanceProfile"].is_null());
    let groups = json!({"GroupId": [first[1]]});
    let groups = stacks.run("DescribeSecurityGroups", groups).unwrap();
    let rule = &groups["securityGroupInfo"][0]["ipPermissions"][0]["ipRanges"];
    assert_eq!(rule[0]["cidrIp"], "192.0.2.0/24");
    let template = json!({"LaunchTemplateId": [first[4]]});
    let template = stacks.run("DescribeLaunchTemplates", template).unwrap();
    assert_eq!(template["launchTemplates"][0]["latestVersionNumber"], 2);
    assert_eq!(template["launchTemplates"][0]["defaultVersionNumber"], 1);

    // Another user data takes another instance; the old one is terminated.
    stacks.update_with("net", &changed.replace("/etc/motd", "/etc/issue"), &image());
    stacks.is("net", "UPDATE_COMPLETE");
    let second = ids(&stacks);
    assert_ne!(second[2], first[2]);
    assert_eq!(seen(&first[2])["instanceState"]["name"], "terminated");
    assert_eq!([&second[..2], &second[3..]], [&first[..2], &first[3..]]);

    // What a volume cannot become it does not, and the update goes back.
    let zone = "AvailabilityZone: !GetAtt Worker.AvailabilityZone";
    let moved = changed.replace("/etc/motd", "/etc/issue").replace(
        &format!("{zone}\n      Size: 20"),
        "AvailabilityZone: us-east-1c\n      Size: 20",
    );
    stacks.update_with("net", &moved, &image());
    stacks.is("net", "UPDATE_ROLLBACK_COMPLETE");
    assert!(stacks.failure("net").contains("Update to resource type AWS::EC2::Volume"));
    assert_eq!(ids(&stacks), second);
}

/// A template of one instance.
fn instance(properties: &str) -> String {
    format!(
        "Resources:\n  Instance:\n    Type: AWS::EC2::Instance\n    Properties:\n      ImageId: {AMI}\n      \
         InstanceType: t3.micro\n{properties}"
    )
}

fn failed_create(template: &str) -> String {
    let stacks = Stacks::new();
    stacks.visit_region();
    let before = stacks.others();
    stacks.create_with("s", template, &json!({}));
    stacks.is("s", "ROLLBACK_COMPLETE");
    assert_eq!(stacks.others(), before, "something stayed");
    stacks.failure("s")
}

#[test]
fn a_create_fails_with_the_services_text() {
    let role = "      IamInstanceProfile: !Ref Role\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: \
                etl\n      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: \
                'sts:AssumeRole', Principal: {Service: ec2.amazonaws.com}}]}\n";
    let two_subnets = "Resources:\n  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}\n  A: {Type: \
                       'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}\n  B: {Type: \
                       'AWS::EC2::Subnet', DependsOn: A, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/25}}\n";
    for (template, text) in [
        (
            instance(role),
            "Value (etl) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
        ),
        (
            instance("      SecurityGroupIds: [sg-0123456789abcdef0]\n"),
            "The security group 'sg-0123456789abcdef0' does not exist",
        ),
        (two_subnets.to_owned(), "The CIDR '10.0.1.0/25' conflicts with another subnet"),
        (
            "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: 'No_Name'}}}".to_owned(),
            "The specified bucket is not valid.",
        ),
        (
            "Resources: {P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: f, Action: \
             'lambda:InvokeFunction', Principal: s3.amazonaws.com}}}"
                .to_owned(),
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f",
        ),
        (
            FUNCTION.replace("lambda.amazonaws.com", "ec2.amazonaws.com"),
            "The role defined for the function cannot be assumed by Lambda.",
        ),
    ] {
        let failure = failed_create(&template);
        assert!(failure.contains(text), "{failure}\nand not\n{text}");
    }
}

#[test]
fn what_is_not_modelled_is_refused_by_name() {
    for (template, property) in [
        (instance("      Ipv6AddressCount: 1\n"), "Ipv6AddressCount"),
        (instance("      SsmAssociations: [{DocumentName: d}]\n"), "SsmAssociations"),
        (
            "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {AccessControl: PublicRead}}}"
                .to_owned(),
            "AccessControl",
        ),
        (
            "Resources: {V: {Type: 'AWS::EC2::VPC', Properties: {Ipv4IpamPoolId: p}}}".to_owned(),
            "Ipv4IpamPoolId",
        ),
        (
            "Resources: {T: {Type: 'AWS::EC2::LaunchTemplate', Properties: {LaunchTemplateData: \
             {LicenseSpecifications: [{LicenseConfigurationArn: a}]}}}}"
                .to_owned(),
            "LicenseSpecification",
        ),
    ] {
        let failure = failed_create(&template);
        assert!(
            failure.contains(&format!("`{property}`")) || failure.contains(property),
            "{failure}"
        );
        assert!(failure.contains("model"), "{failure}");
    }
}

#[test]
fn a_bucket_and_its_policy_live() {
    let stacks = Stacks::new();
    let trust = cloud::testing::trust_ec2();
    let role = json!({"RoleName": "reader", "AssumeRolePolicyDocument": trust});
    stacks.run("CreateRole", role).unwrap();
    let before = stacks.others();
    let parameters = |versioning: &str| json!({"Reader": "arn:aws:iam::123456789012:role/reader", "Versioning": versioning});
    stacks.create_with("data", BUCKET, &parameters("Enabled"));
    stacks.is("data", "CREATE_COMPLETE");
    let bucket = stacks.physical("data", "Lake");
    assert!(bucket.starts_with("data-lake-"), "{bucket}");
    assert_eq!(stacks.output("data", "Domain"), format!("{bucket}.s3.us-east-1.amazonaws.com"));
    let of_it = json!({"Bucket": bucket});
    let tags = stacks.run("GetBucketTagging", of_it.clone()).unwrap();
    assert!(tags.to_string().contains("team"), "{tags}");
    let policy = stacks.run("GetBucketPolicy", of_it.clone()).unwrap().to_string();
    assert!(policy.contains("role/reader"), "{policy}");
    stacks.update_with("data", BUCKET, &parameters("Suspended"));
    stacks.is("data", "UPDATE_COMPLETE");
    let versioning = stacks.run("GetBucketVersioning", of_it).unwrap();
    assert_eq!(versioning["Status"], "Suspended");
    stacks.delete_it("data");
    stacks.is("data", "DELETE_COMPLETE");
    assert_eq!(stacks.others(), before);
}

#[test]
fn a_function_lives() {
    let stacks = Stacks::new();
    let before = stacks.others();
    stacks.create_with("f", FUNCTION, &json!({}));
    stacks.is("f", "CREATE_COMPLETE");
    let name = stacks.physical("f", "Function");
    let get = || stacks.run("GetFunctionConfiguration", json!({"FunctionName": name})).unwrap();
    let first = get();
    assert_eq!(stacks.output("f", "Arn"), first["FunctionArn"].as_str().unwrap());
    assert_eq!(first["Environment"]["Variables"], json!({"STAGE": "test"}));
    let changed = FUNCTION
        .replace("return \"hello\"", "return \"world\"")
        .replace("        Variables: {STAGE: test}\n", "        Variables: {STAGE: 1}\n");
    stacks.update_with("f", &changed, &json!({"Timeout": "9", "Runtime": "python3.12"}));
    stacks.is("f", "UPDATE_COMPLETE");
    let second = get();
    assert_eq!((&second["Timeout"], &second["Runtime"]), (&json!(9), &json!("python3.12")));
    assert_eq!(second["Environment"]["Variables"], json!({"STAGE": "1"}));
    assert_ne!(first["CodeSha256"], second["CodeSha256"]);
    stacks.delete_it("f");
    assert_eq!(stacks.others(), before);
}

/// What others made in a stack's VPC keeps the VPC, with what EC2 says of it.
#[test]
fn what_is_still_needed_is_not_deleted() {
    let stacks = Stacks::new();
    let template =
        "Resources:\n  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}\n";
    stacks.create_with("s", template, &json!({}));
    let vpc = stacks.physical("s", "Vpc");
    let subnet = json!({"VpcId": vpc, "CidrBlock": "10.0.1.0/24"});
    let subnet = stacks.run("CreateSubnet", subnet).unwrap();
    stacks.delete_it("s");
    stacks.is("s", "DELETE_FAILED");
    let text = format!("The vpc '{vpc}' has dependencies and cannot be deleted.");
    assert!(stacks.failure("s").contains(&text), "{}", stacks.failure("s"));
    stacks.run("DeleteSubnet", json!({"SubnetId": subnet["subnet"]["subnetId"]})).unwrap();
    stacks.delete_it("s");
    stacks.is("s", "DELETE_COMPLETE");
}

/// What holders and policies were given beside the stack keeps them, with what IAM says of it.
#[test]
fn policies_from_elsewhere_keep_what_has_them() {
    const ELSEWHERE: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let statement = "[{Effect: Allow, Action: 's3:*', Resource: '*'}]";
    let document = format!("{{Version: '2012-10-17', Statement: {statement}}}");
    let trust = "{Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]}";
    let template = format!(
        "Resources:\n  R: {{Type: 'AWS::IAM::Role', Properties: {{AssumeRolePolicyDocument: {trust}, \
         ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'], \
         Policies: [{{PolicyName: own, PolicyDocument: {document}}}]}}}}\n  \
         P: {{Type: 'AWS::IAM::ManagedPolicy', Properties: {{PolicyDocument: {document}, Roles: [!Ref R]}}}}\n"
    );
    let everything = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    })
    .to_string();
    let stacks = Stacks::new();
    stacks.run("CreateUser", json!({"UserName": "else"})).unwrap();
    for (stack, id, key, give, take, what, text) in [
        (
            "a",
            "P",
            "PolicyArn",
            "AttachUserPolicy",
            "DetachUserPolicy",
            json!({"UserName": "else"}),
            "Cannot delete a policy attached to entities.",
        ),
        (
            "b",
            "R",
            "RoleName",
            "AttachRolePolicy",
            "DetachRolePolicy",
            json!({"PolicyArn": ELSEWHERE}),
            "Cannot delete entity, must detach all policies first.",
        ),
        (
            "c",
            "R",
            "RoleName",
            "PutRolePolicy",
            "DeleteRolePolicy",
            json!({"PolicyName": "more"}),
            "Cannot delete entity, must delete policies first.",
        ),
    ] {
        stacks.create_with(stack, &template, &json!({}));
        stacks.is(stack, "CREATE_COMPLETE");
        let mut taken = what;
        taken[key] = stacks.physical(stack, id).into();
        let mut given = taken.clone();
        if give == "PutRolePolicy" {
            given["PolicyDocument"] = everything.as_str().into();
        }
        stacks.run(give, given).unwrap();
        stacks.delete_it(stack);
        stacks.is(stack, "DELETE_FAILED");
        assert!(stacks.failure(stack).contains(text), "{}", stacks.failure(stack));
        stacks.run(take, taken).unwrap();
        stacks.delete_it(stack);
        stacks.is(stack, "DELETE_COMPLETE");
    }
}

/// Every resource is made as the stack's caller: what that may not do fails there.
#[test]
fn the_deployer_needs_what_direct_calls_need() {
    let stacks = Stacks::new();
    let but = |denied: &str| {
        statement(json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": denied, "Resource": "*"},
        ]))
    };
    for (name, denied, at) in [
        ("pass", "iam:PassRole", "Function"),
        ("make", "lambda:CreateFunction", "Function"),
        ("grant", "lambda:AddPermission", "Permission"),
    ] {
        let deployer = stacks.cloud.user(name, &but(denied));
        let input = Stacks::input(name, FUNCTION);
        stacks.run_as(&deployer, "CreateStack", input).unwrap();
        stacks.finish(name);
        let failure = stacks.failure(name);
        assert!(failure.starts_with(&format!("{at} CREATE_FAILED")), "{failure}");
        assert!(failure.contains(denied), "{failure}");
        stacks.is(name, "ROLLBACK_COMPLETE");
    }
    let nobody = stacks.cloud.user("nobody", &allow("cloudformation:*", "*"));
    stacks.run_as(&nobody, "CreateStack", Stacks::input("v", &instance(""))).unwrap();
    assert!(stacks.failure("v").contains("You are not authorized to perform this operation"));
    stacks.run_as(&root(), "DeleteStack", json!({"StackName": "v"})).unwrap();
}

/// Its volumes are attached once an instance runs, which takes time.
#[test]
fn volumes_wait_for_their_instance() {
    let mut stacks = Stacks::new();
    stacks.take_time();
    let volume = "      AvailabilityZone: us-east-1a\n      Volumes: [{VolumeId: !Ref Data, Device: /dev/sdh}]\n  \
                  Data: {Type: 'AWS::EC2::Volume', Properties: {AvailabilityZone: us-east-1a, Size: 1}}\n";
    stacks.create_with("s", &instance(volume), &json!({}));
    stacks.is("s", "CREATE_COMPLETE");
    let volume = json!({"VolumeId": [stacks.physical("s", "Data")]});
    let volume = stacks.run("DescribeVolumes", volume).unwrap();
    let attached = &volume["volumeSet"][0]["attachmentSet"][0];
    assert_eq!(attached["instanceId"], stacks.physical("s", "Instance"));
    stacks.delete_it("s");
    stacks.is("s", "DELETE_COMPLETE");
}

/// What another resource, or somebody else, has made is not taken over.
#[test]
fn what_there_can_be_one_of_is_not_made_twice() {
    let policy = |after: &str| {
        format!(
            "{{Type: 'AWS::S3::BucketPolicy', DependsOn: [{after}], Properties: {{Bucket: !Ref B, PolicyDocument: \
             {{Version: '2012-10-17', Statement: [{{Effect: Deny, Principal: '*', Action: 's3:GetObject', Resource: \
             !Sub '${{B.Arn}}/*'}}]}}}}}}"
        )
    };
    let bucket = format!(
        "Resources:\n  B: {{Type: 'AWS::S3::Bucket'}}\n  First: {}\n  Second: {}\n",
        policy("B"),
        policy("First")
    );
    let failure = failed_create(&bucket);
    assert!(failure.contains("The bucket policy already exists on bucket s-b-"), "{failure}");
    let version = "{Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref Function}}";
    let function = FUNCTION.replace(
        "Resources:\n",
        &format!(
            "Resources:\n  First: {version}\n  Second: {}\n",
            version.replace(", Prop", ", DependsOn: First, Prop")
        ),
    );
    let failure = failed_create(&function);
    let text = "A version for this Lambda function exists ( 1 ). Modify the function to create a new version.";
    assert!(failure.starts_with("Second") && failure.contains(text), "{failure}");
}

#[test]
fn an_example_has_every_type() {
    let types = EVERY_TYPE.lines().filter_map(|line| line.trim().strip_prefix("Type: AWS::"));
    let types: BTreeSet<&str> = types.filter(|kind| !kind.ends_with("Image::Id")).collect();
    let supported = super::table::KINDS.iter().map(|kind| kind.name.trim_start_matches("AWS::"));
    assert_eq!(types, supported.collect());
}
