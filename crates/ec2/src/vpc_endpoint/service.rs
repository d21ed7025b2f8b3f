//! The services that endpoints lead to: a fixed catalogue of AWS's and Databricks' own.

use serde::{Deserialize, Serialize};

/// In which way an endpoint leads to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceKind {
    /// By a route.
    Gateway,
    /// By network interfaces.
    Interface,
}

impl ServiceKind {
    /// As the API names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "Gateway",
            Self::Interface => "Interface",
        }
    }
}

/// A service that endpoints can lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Such as `com.amazonaws.us-east-1.s3`.
    pub name: String,
    /// In which ways.
    pub kinds: &'static [ServiceKind],
    /// The name that an interface endpoint can take over.
    pub private_name: Option<String>,
    /// Whose it is.
    pub owner: &'static str,
    /// Whether each endpoint must be accepted.
    pub acceptance: bool,
}

const INTERFACE: &[ServiceKind] = &[ServiceKind::Interface];
const GATEWAY: &[ServiceKind] = &[ServiceKind::Gateway];
const BOTH: &[ServiceKind] = &[ServiceKind::Gateway, ServiceKind::Interface];

/// AWS's services by the last part of their names, with the start of their private name ("AWS services that
/// integrate with AWS PrivateLink", PrivateLink guide).
const AWS: &[(&str, &[ServiceKind], &str)] = &[
    ("athena", INTERFACE, "athena"),
    ("autoscaling", INTERFACE, "autoscaling"),
    ("cloudformation", INTERFACE, "cloudformation"),
    ("cloudtrail", INTERFACE, "cloudtrail"),
    ("config", INTERFACE, "config"),
    ("dynamodb", GATEWAY, "dynamodb"),
    ("ec2", INTERFACE, "ec2"),
    ("ec2messages", INTERFACE, "ec2messages"),
    ("ecr.api", INTERFACE, "api.ecr"),
    ("ecr.dkr", INTERFACE, "*.dkr.ecr"),
    ("elasticloadbalancing", INTERFACE, "elasticloadbalancing"),
    ("events", INTERFACE, "events"),
    ("execute-api", INTERFACE, "*.execute-api"),
    ("glue", INTERFACE, "glue"),
    ("kinesis-firehose", INTERFACE, "firehose"),
    ("kinesis-streams", INTERFACE, "kinesis"),
    ("kms", INTERFACE, "kms"),
    ("lambda", INTERFACE, "lambda"),
    ("logs", INTERFACE, "logs"),
    ("monitoring", INTERFACE, "monitoring"),
    ("rds", INTERFACE, "rds"),
    ("s3", BOTH, "*.s3"),
    ("sagemaker.api", INTERFACE, "api.sagemaker"),
    ("sagemaker.runtime", INTERFACE, "runtime.sagemaker"),
    ("secretsmanager", INTERFACE, "secretsmanager"),
    ("sns", INTERFACE, "sns"),
    ("sqs", INTERFACE, "sqs"),
    ("ssm", INTERFACE, "ssm"),
    ("ssmmessages", INTERFACE, "ssmmessages"),
    ("states", INTERFACE, "states"),
    ("sts", INTERFACE, "sts"),
];

/// Databricks' account, which owns the services of its control plane.
const DATABRICKS: &str = "414351767826";

/// Databricks' services by region: the workspaces, the relay of secure cluster connectivity ("PrivateLink VPC
/// endpoint services", Databricks documentation, as quoted in many Terraform modules).
const DATABRICKS_SERVICES: &[(&str, &str, &str)] = &[
    ("ap-northeast-1", "vpce-svc-02691fd610d24fd64", "vpce-svc-02aa633bda3edbec0"),
    ("ap-northeast-2", "vpce-svc-0babb9bde64f34d7e", "vpce-svc-0dc0e98a5800db5c4"),
    ("ap-south-1", "vpce-svc-0dbfe5d9ee18d6411", "vpce-svc-03fd4d9b61414f3de"),
    ("ap-southeast-1", "vpce-svc-02535b257fc253ff4", "vpce-svc-0557367c6fc1a0c5c"),
    ("ap-southeast-2", "vpce-svc-0b87155ddd6954974", "vpce-svc-0b4a72e8f825495f6"),
    ("ca-central-1", "vpce-svc-0205f197ec0e28d65", "vpce-svc-0c4e25bdbcbfbb684"),
    ("eu-central-1", "vpce-svc-081f78503812597f7", "vpce-svc-08e5dfca9572c85c4"),
    ("eu-west-1", "vpce-svc-0da6ebf1461278016", "vpce-svc-09b4eb2bc775f4e8c"),
    ("eu-west-2", "vpce-svc-01148c7cdc1d1326c", "vpce-svc-05279412bf5353a45"),
    ("sa-east-1", "vpce-svc-0bafcea8cdfe11b66", "vpce-svc-0e61564963be1b43f"),
    ("us-east-1", "vpce-svc-09143d1e626de2f04", "vpce-svc-00018a8c3ff62ffdf"),
    ("us-east-2", "vpce-svc-041dc2b4d7796b8d3", "vpce-svc-090a8fab0d73e39a6"),
    ("us-west-2", "vpce-svc-0129f463fcfbc46c5", "vpce-svc-0158114c0c730c3bb"),
];

/// The services of a region, in the order of their names.
#[must_use]
pub fn all(region: &str) -> Vec<Service> {
    let aws = AWS.iter().map(|(name, kinds, host)| Service {
        name: format!("com.amazonaws.{region}.{name}"),
        kinds,
        private_name: Some(format!("{host}.{region}.amazonaws.com")),
        owner: "amazon",
        acceptance: false,
    });
    let databricks = DATABRICKS_SERVICES.iter().filter(|(of, ..)| *of == region);
    let databricks = databricks.flat_map(|(_, workspace, relay)| {
        [(workspace, "*.cloud.databricks.com"), (relay, "tunnel.privatelink.cloud.databricks.com")]
    });
    let databricks = databricks.map(|(id, host)| Service {
        name: format!("com.amazonaws.vpce.{region}.{id}"),
        kinds: INTERFACE,
        private_name: Some(host.to_owned()),
        owner: DATABRICKS,
        acceptance: true,
    });
    let mut all: Vec<Service> = aws.chain(databricks).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// What a service of Databricks' is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To reach workspaces.
    Workspace,
    /// For secure cluster connectivity.
    Relay,
}

/// What a service is there for, if it is one of Databricks'.
#[must_use]
pub fn purpose(region: &str, name: &str) -> Option<Purpose> {
    let (_, workspace, relay) = DATABRICKS_SERVICES.iter().find(|(of, ..)| *of == region)?;
    let id = name.strip_prefix("com.amazonaws.vpce.")?.strip_prefix(region)?.strip_prefix('.')?;
    match id {
        _ if id == *workspace => Some(Purpose::Workspace),
        _ if id == *relay => Some(Purpose::Relay),
        _ => None,
    }
}

/// The service of this name.
#[must_use]
pub fn named(region: &str, name: &str) -> Option<Service> {
    all(region).into_iter().find(|service| service.name == name)
}
