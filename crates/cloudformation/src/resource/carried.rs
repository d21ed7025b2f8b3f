//! Every property that a type's schema lists makes a difference to the calls that make or change the resource, or is
//! refused by name: none is passed over.
//!
//! Each property, down to the members of its structures, is given two values; the inputs of all calls are recorded, and
//! must differ. That an operation reads what it is given is [`super::provision`]'s to see: it refuses members that an
//! operation does not have.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64ct::{Base64, Encoding};
use cloud::testing::{root, statement, trust_ec2};
use cloud::{Act, Fault, Service};
use serde_json::{Value, json};

use super::provision::{Provision, take_recorded};
use super::schema::Schema;
use super::{Kind, Physical, Progress};
use crate::stack::StackRow;
use crate::testing::Stacks;

const AMI: &str = "ami-0ed094fb1304fd857";

/// Properties that make no difference, and why.
const WITHOUT_EFFECT: &[(&str, &str, &str)] = &[
    ("AWS::EC2::Instance", "BlockDeviceMappings.NoDevice", "an object that is there or not"),
    ("AWS::EC2::Instance", "PropagateTagsToVolumeOnCreation", "its name says when it counts"),
    ("AWS::EC2::Subnet", "PrivateDnsNameOptionsOnLaunch", "the schema does not tell its members"),
];
/// What structures need beside what their schema requires, for the rest to make sense.
const NEEDED: &[(&str, &str, &str)] = &[
    ("Egress", "CidrIp", "10.0.0.0/8"),
    ("Ingress", "CidrIp", "10.0.0.0/8"),
    ("Ingress", "SourceSecurityGroupId", "sg-0123456789abcdef0"),
];
/// A zip file of one empty file.
const ZIP: &str = "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIUAwoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABhUEsFBgAAAAABAAEALwAAAB8AAAAAAA==";

/// The same bytes for every case, so that names and ids are the same.
struct Fixed(u8);

impl names::Entropy for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(113);
            *byte = self.0;
        }
    }
}

/// What a handler did.
#[derive(Debug, Clone, Default)]
struct Case {
    calls: Vec<String>,
    failure: Option<String>,
}

impl Case {
    /// Whether it failed since rolecall does not model something on this path.
    fn refuses(&self, path: &[String]) -> bool {
        let Some(failure) = &self.failure else { return false };
        let is_named = path.iter().any(|name| failure.contains(name.trim_end_matches('s')));
        // CloudFormation itself says of some types that they cannot be changed so.
        failure.contains("model") && is_named || failure.starts_with("NotUpdatable")
    }
}

/// Two values of one property, as all properties of a resource.
struct Pair {
    path: Vec<String>,
    values: [Value; 2],
}

/// Values of a type, two for every part of it; none for a structure without parts, or within itself.
fn pairs(schema: &Schema, kind: &str, within: &[&str]) -> Vec<Pair> {
    let one = |a: Value, b: Value| vec![Pair { path: Vec::new(), values: [a, b] }];
    let wrapped = |of: &str, wrap: fn(Value) -> Value| {
        let inner = pairs(schema, of, within).into_iter();
        inner.map(|pair| Pair { values: pair.values.map(wrap), ..pair }).collect()
    };
    if let Some(of) = inner(kind, "List<") {
        return wrapped(of, |value| json!([value]));
    }
    if let Some(of) = inner(kind, "Map<") {
        return wrapped(of, |value| json!({"key": value}));
    }
    match kind.split('|').next().unwrap() {
        "Boolean" => one(json!(true), json!(false)),
        "Integer" | "Number" => one(json!(7), json!(9)),
        "Object" => one(json!({"alpha": "one"}), json!({"alpha": "two"})),
        "String" | "Any" => one(json!("alpha"), json!("beta")),
        shape if within.contains(&shape) => Vec::new(),
        shape => {
            let Some((properties, required)) = schema.shape(shape) else { return Vec::new() };
            let mut base = least(schema, properties, required);
            for (_, name, value) in NEEDED.iter().filter(|(of, ..)| *of == shape) {
                base[*name] = json!(value);
            }
            members(schema, properties, &base, &[within, &[shape]].concat())
        }
    }
}

/// What is within `List<…>` and the like.
fn inner<'k>(kind: &'k str, of: &str) -> Option<&'k str> {
    kind.strip_prefix(of)?.strip_suffix('>')
}

/// A value of a type, no more than it must have.
fn value(schema: &Schema, kind: &str) -> Value {
    if let Some(of) = inner(kind, "List<") {
        return json!([value(schema, of)]);
    }
    if let Some(of) = inner(kind, "Map<") {
        return json!({"key": value(schema, of)});
    }
    match kind.split('|').next().unwrap() {
        "Boolean" => json!(true),
        "Integer" | "Number" => json!(7),
        "Object" => json!({"alpha": "one"}),
        "String" | "Any" => json!("alpha"),
        shape => match schema.shape(shape) {
            Some((properties, required)) => least(schema, properties, required),
            None => json!({}),
        },
    }
}

/// What a structure must have.
fn least(schema: &Schema, properties: &BTreeMap<String, String>, required: &[String]) -> Value {
    let each = required.iter().map(|name| (name.clone(), value(schema, &properties[name])));
    Value::Object(each.collect())
}

/// `base` with two values of every property.
fn members(
    schema: &Schema,
    properties: &BTreeMap<String, String>,
    base: &Value,
    within: &[&str],
) -> Vec<Pair> {
    let with = |name: &String, value: Value| {
        let mut whole = base.clone();
        whole[name] = value;
        whole
    };
    let mut all = Vec::new();
    for (name, kind) in properties {
        let pairs = pairs(schema, kind, within);
        if pairs.is_empty() {
            // It is there or not.
            let values = [base.clone(), with(name, value(schema, kind))];
            all.push(Pair { path: vec![name.clone()], values });
        }
        for pair in pairs {
            let path = [vec![name.clone()], pair.path].concat();
            all.push(Pair { path, values: pair.values.map(|value| with(name, value)) });
        }
    }
    all
}

/// What the resources of the tests refer to.
struct World {
    stacks: Stacks,
    stack: StackRow,
    ids: BTreeMap<&'static str, String>,
}

impl World {
    fn new() -> Self {
        let stacks = Stacks::new();
        let handle = "Resources: {H: {Type: 'AWS::CloudFormation::WaitConditionHandle'}}";
        stacks.create("s", handle).unwrap();
        let stack = stacks.stack("s");
        let mut ids = BTreeMap::new();
        let mut make = |name: &'static str, operation: &str, input: Value, pointer: &str| {
            let made = stacks.run(operation, input).unwrap();
            let id = made.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            ids.insert(name, id.clone());
            id
        };
        let vpc = make("vpc", "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}), "/vpc/vpcId");
        let subnet = json!({"VpcId": vpc, "CidrBlock": "10.0.1.0/24"});
        let subnet = make("subnet", "CreateSubnet", subnet, "/subnet/subnetId");
        let group = json!({"GroupName": "g", "GroupDescription": "g", "VpcId": vpc});
        make("group", "CreateSecurityGroup", group, "/groupId");
        let gateway = "/internetGateway/internetGatewayId";
        make("gateway", "CreateInternetGateway", json!({}), gateway);
        make("table", "CreateRouteTable", json!({"VpcId": vpc}), "/routeTable/routeTableId");
        make("address", "AllocateAddress", json!({"Domain": "vpc"}), "/allocationId");
        let volume = json!({"AvailabilityZone": "us-east-1a", "Size": 8});
        make("volume", "CreateVolume", volume, "/volumeId");
        let instance = json!({
            "ImageId": AMI, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet,
        });
        make("instance", "RunInstances", instance, "/instancesSet/0/instanceId");
        let interface = json!({"SubnetId": subnet});
        make(
            "interface",
            "CreateNetworkInterface",
            interface,
            "/networkInterface/networkInterfaceId",
        );
        let services = json!({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]});
        let trust = statement(
            json!({"Effect": "Allow", "Principal": services, "Action": "sts:AssumeRole"}),
        );
        let role = json!({"RoleName": "r", "AssumeRolePolicyDocument": trust});
        make("role", "CreateRole", role, "/Role/RoleName");
        make("user", "CreateUser", json!({"UserName": "u"}), "/User/UserName");
        make("team", "CreateGroup", json!({"GroupName": "t"}), "/Group/GroupName");
        make("bucket", "CreateBucket", json!({"Bucket": "bucket-1"}), "/Location");
        Self { stacks, stack, ids }
    }

    fn id(&self, name: &str) -> &str {
        &self.ids[name]
    }

    /// Properties that make a resource of the type, or come as near as it can be.
    fn base(&self, kind: &str) -> Value {
        let tags = json!([{"Key": "k", "Value": "v"}]);
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
        ]});
        match kind.trim_start_matches("AWS::") {
            "CloudFormation::Stack" => json!({"TemplateURL": "https://s3.amazonaws.com/b/k"}),
            "EC2::EIPAssociation" => json!({"AllocationId": self.id("address")}),
            "EC2::Instance" => json!({"ImageId": AMI, "InstanceType": "t3.micro", "Tags": tags}),
            "EC2::LaunchTemplate" => {
                json!({"LaunchTemplateName": "lt", "LaunchTemplateData": {"ImageId": AMI}})
            }
            "EC2::NatGateway" => {
                json!({"SubnetId": self.id("subnet"), "AllocationId": self.id("address")})
            }
            "EC2::Route" => {
                json!({"RouteTableId": self.id("table"), "DestinationCidrBlock": "0.0.0.0/0"})
            }
            "EC2::RouteTable" => json!({"VpcId": self.id("vpc")}),
            "EC2::VPCGatewayAttachment" => {
                json!({"VpcId": self.id("vpc"), "InternetGatewayId": self.id("gateway")})
            }
            "EC2::SecurityGroup" => {
                json!({"GroupName": "sg", "GroupDescription": "d", "VpcId": self.id("vpc")})
            }
            "EC2::SecurityGroupEgress" => {
                json!({"GroupId": self.id("group"), "IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"})
            }
            "EC2::SecurityGroupIngress" => json!({
                "GroupId": self.id("group"), "IpProtocol": "tcp", "SourceSecurityGroupId": self.id("group"),
            }),
            "EC2::Subnet" => json!({"VpcId": self.id("vpc"), "CidrBlock": "10.0.2.0/24"}),
            "EC2::SubnetRouteTableAssociation" => {
                json!({"SubnetId": self.id("subnet"), "RouteTableId": self.id("table")})
            }
            "EC2::VPC" => json!({"CidrBlock": "10.1.0.0/16"}),
            "EC2::VPCEndpoint" => {
                json!({"VpcId": self.id("vpc"), "ServiceName": "com.amazonaws.us-east-1.s3"})
            }
            "EC2::Volume" => json!({"AvailabilityZone": "us-east-1a", "Size": 8}),
            "EC2::VolumeAttachment" => {
                json!({"VolumeId": self.id("volume"), "InstanceId": self.id("instance")})
            }
            "IAM::AccessKey" => json!({"UserName": "u"}),
            "IAM::GroupPolicy" => {
                json!({"GroupName": "t", "PolicyName": "p", "PolicyDocument": policy})
            }
            "IAM::UserPolicy" => {
                json!({"UserName": "u", "PolicyName": "p", "PolicyDocument": policy})
            }
            "IAM::RolePolicy" => {
                json!({"RoleName": "r", "PolicyName": "p", "PolicyDocument": policy})
            }
            "IAM::InstanceProfile" => json!({"Roles": ["r"], "InstanceProfileName": "ip"}),
            "IAM::ManagedPolicy" => json!({"ManagedPolicyName": "mp", "PolicyDocument": policy}),
            "IAM::OIDCProvider" => json!({"Url": "https://example.com"}),
            "IAM::Policy" => {
                json!({"PolicyName": "p", "PolicyDocument": policy, "Roles": ["r"]})
            }
            "IAM::Role" => {
                let trust: Value = serde_json::from_str(&trust_ec2()).unwrap();
                json!({"RoleName": "new", "AssumeRolePolicyDocument": trust})
            }
            "IAM::ServiceLinkedRole" => json!({"AWSServiceName": "spot.amazonaws.com"}),
            "IAM::Group" => json!({"GroupName": "new"}),
            "IAM::User" => json!({"UserName": "new"}),
            "Lambda::Alias" => json!({"FunctionName": "f", "Name": "a", "FunctionVersion": "1"}),
            "Lambda::Function" => json!({
                "FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r",
                "Code": {"S3Bucket": "packages", "S3Key": "k"}, "Runtime": "python3.13", "Handler": "index.h",
            }),
            "Lambda::Permission" => json!({
                "FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com",
            }),
            "Lambda::Version" => json!({"FunctionName": "f"}),
            "S3::Bucket" => json!({"BucketName": "bucket-2"}),
            "S3::BucketPolicy" => json!({"Bucket": "bucket-1", "PolicyDocument": policy}),
            "CloudFormation::WaitConditionHandle" | "EC2::EIP" | "EC2::InternetGateway" => {
                json!({})
            }
            other => panic!("say what makes a resource of the type {other}"),
        }
    }

    /// Makes one of `first` and, if there are, changes it to the second properties; everything is taken back.
    fn case(&self, kind: &'static Kind, first: &Value, second: Option<&Value>) -> Case {
        let fit = |properties: &Value| {
            let mut fitting = properties.clone();
            let fitted = Schema::of(kind.name).unwrap().fit(&mut fitting);
            fitted.map_err(|misfits| format!("{} {properties}: {misfits:?}", kind.name)).unwrap();
            fitting
        };
        let (first, second) = (fit(first), second.map(fit));
        let seen = Arc::new(Mutex::new(Case::default()));
        let (stack, told) = (self.stack.clone(), Arc::clone(&seen));
        let undone = self.stacks.cloud.act(&root(), Service::CloudFormation, move |act| {
            let mut entropy = Fixed(1);
            let mut act = Act {
                tx: &mut *act.tx,
                caller: act.caller,
                now: act.now,
                region: act.region,
                secrets: act.secrets,
                entropy: &mut entropy,
                facts: act.facts,
                policies: act.policies,
                made: &mut *act.made,
                standpoint: act.standpoint,
            };
            let outcome = handle(kind, &first, second.as_ref(), &mut act, &stack);
            let failure = outcome.err().map(|fault| fault.to_string());
            *told.lock().unwrap() = Case { calls: take_recorded(), failure };
            Err::<(), Fault>(Fault::new("Undone", ""))
        });
        assert_eq!(undone.unwrap_err().code, "Undone");
        let seen = seen.lock().unwrap();
        seen.clone()
    }
}

fn handle(
    kind: &Kind,
    first: &Value,
    second: Option<&Value>,
    act: &mut Act<'_, '_>,
    stack: &StackRow,
) -> Result<Physical, Fault> {
    take_recorded();
    let (caller, object) = (root(), Ok(Arc::from(Base64::decode_vec(ZIP).unwrap())));
    let mut on = Provision::new(act, &caller, stack, "R", Some(&object));
    let mut physical = kind.create(first, &mut on)?;
    if let Progress::Done(attributes) = kind.created(&physical, &mut on)? {
        physical.attributes.extend(attributes);
    }
    let Some(second) = second else { return Ok(physical) };
    take_recorded();
    kind.update(first, second, &physical, &mut on)
}

fn is_excused(kind: &str, path: &[String]) -> bool {
    let path = path.join(".");
    WITHOUT_EFFECT.iter().any(|(of, property, _)| *of == kind && path == *property)
}

#[test]
fn no_property_is_passed_over() {
    let world = World::new();
    let (mut passed_over, mut looked_at, mut refused) = (Vec::new(), 0, 0);
    for kind in super::table::KINDS {
        let schema = Schema::of(kind.name).unwrap();
        let base = world.base(kind.name);
        let (properties, _) = schema.whole();
        let mut refused_whole: Vec<String> = Vec::new();
        for pair in members(schema, properties, &base, &[]) {
            // The parts of what is refused as a whole are not looked at.
            if refused_whole.contains(&pair.path[0]) {
                continue;
            }
            looked_at += 1;
            let [a, b] = pair.values.each_ref().map(|value| world.case(kind, value, None));
            if a.refuses(&pair.path) || b.refuses(&pair.path) {
                refused += 1;
                if a.refuses(&pair.path[..1]) && a.calls.is_empty() {
                    refused_whole.push(pair.path[0].clone());
                }
                continue;
            }
            if a.calls == b.calls && !is_excused(kind.name, &pair.path) {
                passed_over.push(format!("{} {}: {a:?}", kind.name, pair.path.join(".")));
            }
        }
    }
    assert!(passed_over.is_empty(), "{}", passed_over.join("\n"));
    assert!(looked_at > 300 && refused > 30, "{looked_at} {refused}");
}

/// The same of changes in place.
#[test]
fn no_change_is_passed_over() {
    let world = World::new();
    let (mut passed_over, mut looked_at) = (Vec::new(), 0);
    for kind in super::table::KINDS {
        let schema = Schema::of(kind.name).unwrap();
        let base = world.base(kind.name);
        if world.case(kind, &base, None).failure.is_some() {
            continue;
        }
        let (properties, _) = schema.whole();
        for pair in members(schema, properties, &base, &[]) {
            let [a, b] = &pair.values;
            if kind.replaces(&base, a).is_some() || kind.replaces(&base, b).is_some() {
                continue;
            }
            looked_at += 1;
            let [a, b] = pair.values.each_ref().map(|value| world.case(kind, &base, Some(value)));
            let is_refused = a.refuses(&pair.path) || b.refuses(&pair.path);
            if a.calls == b.calls && !is_refused && !is_excused(kind.name, &pair.path) {
                passed_over.push(format!("{} {}: {a:?}", kind.name, pair.path.join(".")));
            }
        }
    }
    assert!(passed_over.is_empty(), "{}", passed_over.join("\n"));
    assert!(looked_at > 80, "{looked_at}");
}
