//! A server with what a customer brings: a VPC, the cross-account role, a role for instances.

use clients::Server;
use clients::databricks::{ACCOUNT_ID, Host};
use clients::signed::{Answer, Connection, Form, Key, ec2, iam};
use serde_json::{Value, json};

use crate::policy::Kind;

pub(crate) const ACCOUNT: &str = "000000000000";
pub(crate) const REGION: &str = "us-east-1";
/// The cross-account role.
const CROSS: &str = "cross";
/// The role of the instances, and the profile that they wear.
const DATA: &str = "data";

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) kind: Kind,
    pub(crate) server: Server,
    pub(crate) account: Host,
    pub(crate) storage_id: String,
    pub(crate) vpc_id: String,
    pub(crate) subnet_ids: [String; 2],
    pub(crate) group_id: String,
    pub(crate) other_group_id: String,
    /// The state before anything is deployed.
    begun: String,
}

pub(crate) fn account_path(rest: &str) -> String {
    format!("/api/2.0/accounts/{ACCOUNT_ID}/{rest}")
}

impl World {
    pub(crate) fn new(kind: Kind) -> Self {
        // What a first start makes gives its bucket, with the policy that it needs; the rest is taken away.
        let server = Server::with_workspace(&["--ephemeral"]);
        let account = Host::account(&server);
        let first = account_path("workspaces/1234567890123456");
        account.must("DELETE", &first, &Value::Null);
        let storage = account.must("GET", &account_path("storage-configurations"), &Value::Null);
        let storage_id = storage[0]["storage_configuration_id"].as_str().unwrap().to_owned();
        let none = || String::new();
        let mut world = Self {
            kind,
            server,
            account,
            storage_id,
            vpc_id: none(),
            subnet_ids: [none(), none()],
            group_id: none(),
            other_group_id: none(),
            begun: none(),
        };
        world.make_network();
        world.make_roles();
        world.begun = world.get("/_rolecall/export").body;
        world
    }

    /// Puts everything back as it was.
    pub(crate) fn begin_again(&self) {
        self.server.control("import", &self.begun);
    }

    fn make_network(&mut self) {
        let vpc = self.aws("ec2", &ec2("CreateVpc", &[("CidrBlock", "10.9.0.0/16")]));
        self.vpc_id = vpc.element("vpcId").to_owned();
        let names = [("VpcId", self.vpc_id.as_str()), ("EnableDnsHostnames.Value", "true")];
        self.aws("ec2", &ec2("ModifyVpcAttribute", &names));
        self.subnet_ids =
            [("10.9.0.0/20", "us-east-1a"), ("10.9.16.0/20", "us-east-1b")].map(|(cidr, zone)| {
                let place = [
                    ("VpcId", self.vpc_id.as_str()),
                    ("CidrBlock", cidr),
                    ("AvailabilityZone", zone),
                ];
                self.aws("ec2", &ec2("CreateSubnet", &place)).element("subnetId").to_owned()
            });
        [self.group_id, self.other_group_id] = ["one", "two"].map(|name| {
            let place =
                [("VpcId", self.vpc_id.as_str()), ("GroupName", name), ("GroupDescription", name)];
            self.aws("ec2", &ec2("CreateSecurityGroup", &place)).element("groupId").to_owned()
        });
    }

    /// The cross-account role may pass the instances' role, as the guide on instance profiles has it.
    fn make_roles(&self) {
        let databricks = json!({
            "Effect": "Allow", "Principal": {"AWS": "414351767826"}, "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": ACCOUNT_ID}},
        });
        let instances = json!({
            "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole",
        });
        for (name, trust) in [(CROSS, databricks), (DATA, instances)] {
            let trust = json!({"Version": "2012-10-17", "Statement": trust}).to_string();
            let input = [("RoleName", name), ("AssumeRolePolicyDocument", trust.as_str())];
            self.aws("iam", &iam("CreateRole", &input));
        }
        let profile = ("InstanceProfileName", DATA);
        self.aws("iam", &iam("CreateInstanceProfile", &[profile]));
        self.aws("iam", &iam("AddRoleToInstanceProfile", &[profile, ("RoleName", DATA)]));
        let pass = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "iam:PassRole", "Resource": self.role_arn(DATA),
        }});
        self.put_policy("pass-role", &pass);
    }

    /// Gives the cross-account role its deployment policy.
    pub(crate) fn allow(&self, policy: &Value) {
        self.put_policy("deployment", policy);
    }

    fn put_policy(&self, name: &str, policy: &Value) {
        let text = policy.to_string();
        let input = [("RoleName", CROSS), ("PolicyName", name), ("PolicyDocument", text.as_str())];
        self.aws("iam", &iam("PutRolePolicy", &input));
    }

    pub(crate) fn role_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:role/{name}")
    }

    pub(crate) fn cross_account_role_arn(&self) -> String {
        self.role_arn(CROSS)
    }

    pub(crate) fn profile_arn(&self) -> String {
        format!("arn:aws:iam::{ACCOUNT}:instance-profile/{DATA}")
    }

    /// Asks AWS as the account's root user.
    pub(crate) fn aws(&self, service: &str, form: &Form) -> Answer {
        let mut connection = Connection::open(self.server.aws()).unwrap();
        connection.must(&Key::root(ACCOUNT), service, form)
    }

    /// Asks the control API.
    pub(crate) fn get(&self, path: &str) -> Answer {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let mut connection = Connection::open(self.server.aws()).unwrap();
        let answer = connection.send(request.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }
}
