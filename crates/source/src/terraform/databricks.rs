//! The policy data sources of the Databricks provider: they call nobody, so they are computed here.
//!
//! Source: terraform-provider-databricks 1.128, data sources `databricks_aws_assume_role_policy`,
//! `_crossaccount_policy`, `_bucket_policy`, `_unity_catalog_policy`, `_unity_catalog_assume_role_policy`.

use std::collections::BTreeMap;

use template::{HoleId, Node, Place, Text, Value};

/// Actions of every type of cross-account policy, on every resource.
pub(crate) const BASE_ACTIONS: &[&str] = &[
    "ec2:AssignPrivateIpAddresses",
    "ec2:CancelSpotInstanceRequests",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeIamInstanceProfileAssociations",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribePrefixLists",
    "ec2:DescribeReservedInstancesOfferings",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotInstanceRequests",
    "ec2:DescribeSpotPriceHistory",
    "ec2:DescribeSubnets",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcs",
    "ec2:CreateTags",
    "ec2:DeleteTags",
    "ec2:GetSpotPlacementScores",
    "ec2:RequestSpotInstances",
    "ec2:DescribeFleetHistory",
    "ec2:ModifyFleet",
    "ec2:DeleteFleets",
    "ec2:DescribeFleetInstances",
    "ec2:DescribeFleets",
    "ec2:CreateFleet",
    "ec2:DeleteLaunchTemplate",
    "ec2:GetLaunchTemplateData",
    "ec2:CreateLaunchTemplate",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:ModifyLaunchTemplate",
    "ec2:DeleteLaunchTemplateVersions",
    "ec2:CreateLaunchTemplateVersion",
];

const MANAGED_AND_CUSTOMER: &[&str] = &[
    "ec2:AssociateIamInstanceProfile",
    "ec2:AttachVolume",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateVolume",
    "ec2:DeleteVolume",
    "ec2:DetachVolume",
    "ec2:DisassociateIamInstanceProfile",
    "ec2:ReplaceIamInstanceProfileAssociation",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
];

const MANAGED_ONLY: &[&str] = &[
    "ec2:AttachInternetGateway",
    "ec2:AllocateAddress",
    "ec2:AssociateDhcpOptions",
    "ec2:AssociateRouteTable",
    "ec2:CreateDhcpOptions",
    "ec2:CreateInternetGateway",
    "ec2:CreateNatGateway",
    "ec2:CreateRoute",
    "ec2:CreateRouteTable",
    "ec2:CreateSecurityGroup",
    "ec2:CreateSubnet",
    "ec2:CreateVpc",
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteDhcpOptions",
    "ec2:DeleteInternetGateway",
    "ec2:DeleteNatGateway",
    "ec2:DeleteRoute",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteSubnet",
    "ec2:DeleteVpc",
    "ec2:DeleteVpcEndpoints",
    "ec2:DetachInternetGateway",
    "ec2:DisassociateRouteTable",
    "ec2:ModifyVpcAttribute",
    "ec2:ReleaseAddress",
];

const BUCKET_ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "s3:GetBucketLocation",
];

const CATALOG_BUCKET_ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "s3:GetBucketLocation",
    "s3:ListBucketMultipartUploads",
    "s3:ListMultipartUploadParts",
    "s3:AbortMultipartUpload",
];

const FILE_EVENT_ACTIONS: &[&str] = &[
    "s3:GetBucketNotification",
    "s3:PutBucketNotification",
    "sns:ListSubscriptionsByTopic",
    "sns:GetTopicAttributes",
    "sns:SetTopicAttributes",
    "sns:CreateTopic",
    "sns:TagResource",
    "sns:Publish",
    "sns:Subscribe",
    "sqs:CreateQueue",
    "sqs:DeleteMessage",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
    "sqs:SetQueueAttributes",
    "sqs:TagQueue",
    "sqs:ChangeMessageVisibility",
    "sqs:PurgeQueue",
];

/// Whether a data source is one of these.
pub(crate) fn is_one(kind: &str) -> bool {
    matches!(
        kind,
        "databricks_aws_assume_role_policy"
            | "databricks_aws_crossaccount_policy"
            | "databricks_aws_bucket_policy"
            | "databricks_aws_unity_catalog_policy"
            | "databricks_aws_unity_catalog_assume_role_policy"
    )
}

/// The document of a data source. `Err` has the hole that decides what it says, or nothing if there is no such
/// data source.
pub(crate) fn document(kind: &str, body: &Node, place: Place) -> Result<Node, Option<HoleId>> {
    let write = Writer { body, place, partition: Partition::of(body)? };
    let statements = match kind {
        "databricks_aws_assume_role_policy" => write.assume_role(),
        "databricks_aws_crossaccount_policy" => write.cross_account()?,
        "databricks_aws_bucket_policy" => write.bucket(),
        "databricks_aws_unity_catalog_policy" => write.catalog(),
        "databricks_aws_unity_catalog_assume_role_policy" => write.catalog_trust(),
        _ => return Err(None),
    };
    Ok(write.map(&[
        ("Version", write.text("2012-10-17")),
        ("Statement", Node::list(statements, place)),
    ]))
}

struct Partition {
    namespace: &'static str,
    account: &'static str,
    log_role: &'static str,
    catalog_role: &'static str,
}

impl Partition {
    fn of(body: &Node) -> Result<Self, Option<HoleId>> {
        let named = body.get("aws_partition");
        if let Some(id) = named.and_then(Node::as_hole) {
            return Err(Some(id));
        }
        Ok(match named.and_then(Node::as_str).unwrap_or("aws") {
            "aws-us-gov" => Self {
                namespace: "aws-us-gov",
                account: "044793339203",
                log_role: "SaasUsageDeliveryRole-prod-aws-gov-IAMRole-L4QM0RCHYQ1G",
                catalog_role: "unity-catalog-prod-UCMasterRole-1QRFA8SGY15OJ",
            },
            "aws-us-gov-dod" => Self {
                namespace: "aws-us-gov",
                account: "170661010020",
                log_role: "SaasUsageDeliveryRole-prod-aws-gov-dod-IAMRole-1DMEHBYR8VC5P",
                catalog_role: "unity-catalog-prod-UCMasterRole-1DI6DL6ZP26AS",
            },
            _ => Self {
                namespace: "aws",
                account: "414351767826",
                log_role: "SaasUsageDeliveryRole-prod-IAMRole-3PLHICCRR1TK",
                catalog_role: "unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL",
            },
        })
    }
}

struct Writer<'n> {
    body: &'n Node,
    place: Place,
    partition: Partition,
}

impl Writer<'_> {
    fn assume_role(&self) -> Vec<Node> {
        let for_logs = self.body.get("for_log_delivery").and_then(Node::as_bool) == Some(true);
        let Partition { namespace, account, log_role, .. } = &self.partition;
        let principal = match for_logs {
            true => format!("arn:{namespace}:iam::{account}:role/{log_role}"),
            false => format!("arn:{namespace}:iam::{account}:root"),
        };
        vec![self.map(&[
            ("Effect", self.text("Allow")),
            ("Action", self.text("sts:AssumeRole")),
            ("Principal", self.map(&[("AWS", self.text(&principal))])),
            ("Condition", self.equals("sts:ExternalId", self.argument("external_id"))),
        ])]
    }

    fn cross_account(&self) -> Result<Vec<Node>, Option<HoleId>> {
        let kind = self.body.get("policy_type");
        if let Some(id) = kind.and_then(Node::as_hole) {
            return Err(Some(id));
        }
        let kind = kind.and_then(Node::as_str).unwrap_or("managed");
        let mut actions: Vec<&str> = BASE_ACTIONS.to_vec();
        if matches!(kind, "managed" | "customer") {
            actions.extend(MANAGED_AND_CUSTOMER);
        }
        if kind == "managed" {
            actions.extend(MANAGED_ONLY);
        }
        let namespace = self.partition.namespace;
        let spot = format!(
            "arn:{namespace}:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
        );
        let like = self.map(&[("iam:AWSServiceName", self.text("spot.amazonaws.com"))]);
        let mut statements = vec![
            self.allow(self.texts(&actions), self.text("*"), None),
            self.allow(
                self.texts(&["iam:CreateServiceLinkedRole", "iam:PutRolePolicy"]),
                self.text(&spot),
                Some(self.map(&[("StringLike", like)])),
            ),
        ];
        if let Some(roles) = self
            .body
            .get("pass_roles")
            .filter(|roles| !matches!(&roles.value, Value::List(nodes) if nodes.is_empty()))
        {
            statements.push(self.allow(self.text("iam:PassRole"), roles.clone(), None));
        }
        if kind == "restricted" {
            statements.extend(self.restricted());
        }
        Ok(statements)
    }

    fn restricted(&self) -> Vec<Node> {
        let arn = |what: &str| {
            let region = self.marked("region");
            let account = self.marked("aws_account_id");
            let namespace = self.partition.namespace;
            self.raw(format!("arn:{namespace}:ec2:{region}:{account}:{what}"))
        };
        let vendor = |key: &str| Some(self.equals(key, self.text("Databricks")));
        let vpc = || {
            let vpc = arn(&format!("vpc/{}", self.marked("vpc_id")));
            Some(self.equals("ec2:vpc", vpc))
        };
        let list =
            |whats: &[&str]| Node::list(whats.iter().map(|what| arn(what)).collect(), self.place);
        let others = [
            "image/*",
            "network-interface/*",
            "subnet/*",
            "security-group/*",
            "volume/*",
            "instance/*",
        ];
        let run = || self.text("ec2:RunInstances");
        let group = format!("security-group/{}", self.marked("security_group_id"));
        let not_resource = self.map(&[
            ("Sid", self.text("AllowEc2RunInstanceOtherResources")),
            ("Effect", self.text("Allow")),
            ("Action", run()),
            ("NotResource", list(&others)),
        ]);
        let pools = [
            "ec2:AssociateIamInstanceProfile",
            "ec2:DisassociateIamInstanceProfile",
            "ec2:ReplaceIamInstanceProfileAssociation",
        ];
        let groups = [
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:RevokeSecurityGroupIngress",
        ];
        let instance_and_volume = || list(&["instance/*", "volume/*"]);
        vec![
            self.allow(self.texts(&pools), arn("instance/*"), vendor("ec2:ResourceTag/Vendor")),
            self.allow(run(), list(&["volume/*", "instance/*"]), vendor("aws:RequestTag/Vendor")),
            self.allow(run(), list(&["image/*"]), vendor("aws:ResourceTag/Vendor")),
            self.allow(
                run(),
                list(&["network-interface/*", "subnet/*", "security-group/*"]),
                vpc(),
            ),
            not_resource,
            self.allow(
                self.text("ec2:TerminateInstances"),
                arn("instance/*"),
                vendor("ec2:ResourceTag/Vendor"),
            ),
            self.allow(
                self.texts(&["ec2:AttachVolume", "ec2:DetachVolume"]),
                instance_and_volume(),
                vendor("ec2:ResourceTag/Vendor"),
            ),
            self.allow(
                self.text("ec2:CreateVolume"),
                arn("volume/*"),
                vendor("aws:RequestTag/Vendor"),
            ),
            self.allow(
                self.text("ec2:DeleteVolume"),
                arn("volume/*"),
                vendor("ec2:ResourceTag/Vendor"),
            ),
            self.allow(self.texts(&groups), arn(&group), vpc()),
        ]
    }

    fn bucket(&self) -> Vec<Node> {
        let namespace = self.partition.namespace;
        let root = format!("arn:{namespace}:iam::{}:root", self.partition.account);
        let principal =
            self.body.get("full_access_role").cloned().unwrap_or_else(|| self.text(&root));
        let mut entries = vec![
            ("Effect", self.text("Allow")),
            ("Action", self.texts(BUCKET_ACTIONS)),
            ("Resource", self.bucket_and_objects("bucket")),
            ("Principal", self.map(&[("AWS", principal)])),
        ];
        if let Some(account) = self.body.get("databricks_e2_account_id") {
            let equals = self.equals("aws:PrincipalTag/DatabricksAccountId", account.clone());
            entries.push(("Condition", equals));
        }
        vec![self.map(&entries)]
    }

    fn catalog(&self) -> Vec<Node> {
        let namespace = self.partition.namespace;
        let (account, role) = (self.marked("aws_account_id"), self.marked("role_name"));
        let own = self.raw(format!("arn:{namespace}:iam::{account}:role/{role}"));
        let mut statements = vec![
            self.allow(
                self.texts(CATALOG_BUCKET_ACTIONS),
                self.bucket_and_objects("bucket_name"),
                None,
            ),
            self.allow(self.text("sts:AssumeRole"), own, None),
        ];
        if let Some(key) = self.body.get("kms_name").and_then(Node::as_text) {
            let key = match key.marked().starts_with("arn:") {
                true => key.marked().to_owned(),
                false => format!("arn:{namespace}:kms:{}", key.marked()),
            };
            let actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"];
            statements.push(self.allow(self.texts(&actions), self.raw(key), None));
        }
        let events = vec![
            self.raw(format!("arn:{namespace}:s3:::{}", self.marked("bucket_name"))),
            self.raw(format!("arn:{namespace}:sqs:*:{account}:csms-*")),
            self.raw(format!("arn:{namespace}:sns:*:{account}:csms-*")),
        ];
        let lists = ["sqs:ListQueues", "sqs:ListQueueTags", "sns:ListTopics"];
        let teardown = ["sns:Unsubscribe", "sns:DeleteTopic", "sqs:DeleteQueue"];
        let teardown_of = vec![
            self.raw(format!("arn:{namespace}:sqs:*:{account}:csms-*")),
            self.raw(format!("arn:{namespace}:sns:*:{account}:csms-*")),
        ];
        statements.extend([
            self.allow(self.texts(FILE_EVENT_ACTIONS), Node::list(events, self.place), None),
            self.allow(self.texts(&lists), self.text("*"), None),
            self.allow(self.texts(&teardown), Node::list(teardown_of, self.place), None),
        ]);
        statements
    }

    fn catalog_trust(&self) -> Vec<Node> {
        let Partition { namespace, account: theirs, catalog_role, .. } = &self.partition;
        let (account, role) = (self.marked("aws_account_id"), self.marked("role_name"));
        let master = format!("arn:{namespace}:iam::{theirs}:role/{catalog_role}");
        let master =
            self.body.get("unity_catalog_iam_arn").cloned().unwrap_or_else(|| self.text(&master));
        let root = self.raw(format!("arn:{namespace}:iam::{account}:root"));
        let own = self.raw(format!("arn:{namespace}:iam::{account}:role/{role}"));
        let id = self.map(&[("sts:ExternalId", self.argument("external_id"))]);
        let trust = |sid: &str, principal: Node, condition: Node| {
            self.map(&[
                ("Sid", self.text(sid)),
                ("Effect", self.text("Allow")),
                ("Action", self.text("sts:AssumeRole")),
                ("Principal", self.map(&[("AWS", principal)])),
                ("Condition", condition),
            ])
        };
        let own_only = self.map(&[
            ("ArnLike", self.map(&[("aws:PrincipalArn", own)])),
            ("StringEquals", id.clone()),
        ]);
        vec![
            trust("UnityCatalogAssumeRole", master, self.map(&[("StringEquals", id)])),
            trust("ExplicitSelfRoleAssumption", root, own_only),
        ]
    }

    fn bucket_and_objects(&self, argument: &str) -> Node {
        let (namespace, bucket) = (self.partition.namespace, self.marked(argument));
        let objects = self.raw(format!("arn:{namespace}:s3:::{bucket}/*"));
        let itself = self.raw(format!("arn:{namespace}:s3:::{bucket}"));
        Node::list(vec![objects, itself], self.place)
    }

    fn allow(&self, action: Node, resource: Node, condition: Option<Node>) -> Node {
        let mut entries =
            vec![("Effect", self.text("Allow")), ("Action", action), ("Resource", resource)];
        entries.extend(condition.map(|condition| ("Condition", condition)));
        self.map(&entries)
    }

    fn equals(&self, key: &str, value: Node) -> Node {
        self.map(&[("StringEquals", self.map(&[(key, value)]))])
    }

    fn argument(&self, name: &str) -> Node {
        self.body.get(name).cloned().unwrap_or_else(|| self.text(""))
    }

    fn marked(&self, name: &str) -> String {
        self.argument(name).as_text().map(|text| text.marked().to_owned()).unwrap_or_default()
    }

    fn raw(&self, marked: String) -> Node {
        Node::new(Value::Text(Text::from_marked(marked)), self.place)
    }

    fn text(&self, text: &str) -> Node {
        Node::text(text, self.place)
    }

    fn texts(&self, texts: &[&str]) -> Node {
        Node::list(texts.iter().map(|text| self.text(text)).collect(), self.place)
    }

    fn map(&self, entries: &[(&str, Node)]) -> Node {
        let entries = entries.iter().map(|(key, node)| (Text::literal(key), node.clone()));
        Node::map(entries.collect::<BTreeMap<_, _>>(), self.place)
    }
}
