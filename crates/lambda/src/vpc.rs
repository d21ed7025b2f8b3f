//! The VPC that a function is attached to: its subnets and security groups, looked for as the caller, and the
//! network interfaces that Lambda makes in them as the function's role.

use std::sync::Arc;

use cloud::constraint::{Check, Constraints};
use cloud::sts::assume_role::AssumeRole;
use cloud::sts::credentials;
use cloud::{Act, Caller, Fault, Operation, Read, Write};
use ec2::network_interface::create::CreateNetworkInterface;
use ec2::network_interface::delete::DeleteNetworkInterface;
use ec2::network_interface::describe::DescribeNetworkInterfaces;
use ec2::security_group::describe::DescribeSecurityGroups;
use ec2::subnet::describe::DescribeSubnets;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::code::{invalid, not_modelled};
use crate::role;

/// Subnets and security groups of a function, at most (API model, botocore 1.44).
pub const MAX_SUBNETS: usize = 16;
/// See [`MAX_SUBNETS`].
pub const MAX_SECURITY_GROUPS: usize = 5;

/// `VpcConfig`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcConfig {
    subnet_ids: Option<Vec<String>>,
    security_group_ids: Option<Vec<String>>,
    ipv6_allowed_for_dual_stack: Option<bool>,
}

/// What a function is attached to; as answers show it, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
    vpc_id: String,
    ipv6_allowed_for_dual_stack: bool,
}

impl VpcConfig {
    fn subnets(&self) -> &[String] {
        self.subnet_ids.as_deref().unwrap_or_default()
    }

    fn groups(&self) -> &[String] {
        self.security_group_ids.as_deref().unwrap_or_default()
    }

    /// Adds what is wrong with its form to `constraints`.
    pub fn check_form(&self, constraints: &mut Constraints) {
        let lists = [
            ("vpcConfig.subnetIds", self.subnets(), MAX_SUBNETS),
            ("vpcConfig.securityGroupIds", self.groups(), MAX_SECURITY_GROUPS),
        ];
        for (name, ids, most) in lists {
            if ids.len() > most {
                constraints.fail_unshown(name, Check::MaxLength(most));
            }
        }
    }

    /// Checks that both lists say something or none does.
    ///
    /// # Errors
    /// `InvalidParameterValueException` (the text: appleboy/lambda-action issue 81), or `NotImplemented`.
    pub fn check(&self) -> Result<(), Fault> {
        if self.ipv6_allowed_for_dual_stack == Some(true) {
            return Err(not_modelled("IPv6 traffic of functions"));
        }
        if self.subnets().is_empty() == self.groups().is_empty() {
            return Ok(());
        }
        Err(invalid("Subnet IDs and Security Group IDs must coexist or be both empty list."))
    }

    /// Finds what it names, as the caller, and asks whether the role may do there what Lambda does as it. Empty
    /// lists detach a function.
    ///
    /// # Errors
    /// `InvalidParameterValueException` with what EC2 said; `AccessDeniedException`.
    pub fn attach(&self, act: &mut Act<'_, '_>, role_arn: &str) -> Result<Option<Vpc>, Fault> {
        if self.subnets().is_empty() {
            return Ok(None);
        }
        let groups = describe::<DescribeSecurityGroups>(act, "GroupId", self.groups())?;
        let subnets = describe::<DescribeSubnets>(act, "SubnetId", self.subnets())?;
        let of = |answer: &Value, list: &str| -> Vec<String> {
            let items = answer.get(list).and_then(Value::as_array);
            let ids = items.into_iter().flatten().filter_map(|item| item.get("vpcId")?.as_str());
            ids.map(str::to_owned).collect()
        };
        let mut vpcs = of(&subnets, "subnetSet");
        vpcs.extend(of(&groups, "securityGroupInfo"));
        vpcs.dedup();
        let [vpc_id] = vpcs.as_slice() else {
            // unverified
            return Err(invalid("Subnets and security groups must be in the same VPC."));
        };
        check_role(act, role_arn, self)?;
        Ok(Some(Vpc {
            subnet_ids: self.subnets().to_vec(),
            security_group_ids: self.groups().to_vec(),
            vpc_id: vpc_id.clone(),
            ipv6_allowed_for_dual_stack: false,
        }))
    }
}

impl Vpc {
    /// The same as a request names it.
    #[must_use]
    pub fn config(&self) -> VpcConfig {
        VpcConfig {
            subnet_ids: Some(self.subnet_ids.clone()),
            security_group_ids: Some(self.security_group_ids.clone()),
            ipv6_allowed_for_dual_stack: None,
        }
    }
}

/// Asks EC2 as the caller (the texts: motdotla/node-lambda issue 162, serverless/serverless issue 8209).
fn describe<O: Read>(act: &mut Act<'_, '_>, member: &str, ids: &[String]) -> Result<Value, Fault> {
    let caller = act.caller;
    let answer = act.read_as::<O>(caller, input(json!({member: ids}))?);
    let output = answer.map_err(|fault| {
        let Fault { code, message, .. } = fault;
        let (name, ec2) = (O::NAME, format!("EC2 Error Code: {code}. EC2 Error Message: {message}"));
        if code == "UnauthorizedOperation" {
            let text = format!(
                "Your access has been denied by EC2, please make sure your request credentials have permission to \
                 {name} for {}. {ec2}",
                ids.join(", ")
            );
            return Fault::new("AccessDeniedException", text);
        }
        invalid(format!("Error occurred while {name}. {ec2}"))
    })?;
    serde_json::to_value(output).map_err(internal)
}

/// Asks whether the role may make, find and delete network interfaces (developer guide, "giving Lambda functions
/// access to resources in an Amazon VPC"; the text: aws/aws-sam-cli issue 617).
fn check_role(act: &mut Act<'_, '_>, role_arn: &str, config: &VpcConfig) -> Result<(), Fault> {
    let assume = json!({"RoleArn": role_arn, "RoleSessionName": "awslambda"});
    let lambda = Caller::Service { name: role::LAMBDA, account: act.account() };
    let assumed = act.issue_as::<AssumeRole>(&lambda, input(assume)?);
    let assumed = assumed.map_err(|_| role::cannot_be_assumed())?;
    let assumed = serde_json::to_value(assumed).map_err(internal)?;
    let token = assumed.pointer("/Credentials/SessionToken").and_then(Value::as_str);
    let opened = credentials::open(token.unwrap_or_default(), &act.secrets.sealing_key, act.now);
    let session = Caller::Session(Arc::new(opened.map_err(internal)?));

    let subnet = config.subnets().first();
    let create = json!({"SubnetId": subnet, "SecurityGroupId": config.groups(), "DryRun": true});
    may(would::<CreateNetworkInterface>(act, &session, create)?, CreateNetworkInterface::NAME)?;
    let find: DescribeNetworkInterfaces = input(json!({"DryRun": true}))?;
    may(act.read_as(&session, find).err(), DescribeNetworkInterfaces::NAME)?;
    // There is none yet: whether the role may is known before that matters.
    let delete = json!({"NetworkInterfaceId": "eni-00000000000000000", "DryRun": true});
    may(would::<DeleteNetworkInterface>(act, &session, delete)?, DeleteNetworkInterface::NAME)
}

fn would<O: Write>(
    act: &mut Act<'_, '_>,
    session: &Caller,
    parameters: Value,
) -> Result<Option<Fault>, Fault> {
    Ok(act.write_as::<O>(session, input(parameters)?).err())
}

fn may(fault: Option<Fault>, operation: &str) -> Result<(), Fault> {
    match fault {
        Some(fault) if fault.code == "UnauthorizedOperation" => Err(invalid(format!(
            "The provided execution role does not have permissions to call {operation} on EC2"
        ))),
        _ => Ok(()),
    }
}

fn input<O: Operation>(parameters: Value) -> Result<O, Fault> {
    serde_json::from_value(parameters).map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> Fault {
    Fault::new("ServiceException", error.to_string())
}
