//! A customer's own VPC, looked at when a workspace is to be put in it. What is wrong is told by kind, as the
//! network's `error_messages`; the texts are unverified.

use std::collections::BTreeSet;

use cloud::Fault;
use ec2::vpc_endpoint::service::Purpose;
use serde_json::json;

use crate::aws::{Session, list, text};
use crate::network::{NetworkProblem, NetworkRow};
use crate::operation::Act;
use crate::vpc_endpoint;
use crate::workspace::{Placement, Subnet};

/// Where the nodes of a workspace in `network` go, or what is wrong with it.
///
/// # Errors
/// Everything that is wrong.
pub fn check(
    act: &mut Act<'_, '_>,
    session: &Session,
    network: &NetworkRow,
) -> Result<Placement, Vec<NetworkProblem>> {
    let mut problems = Vec::new();
    let input = json!({"VpcId": [network.vpc_id]});
    let vpc = act.ec2(session, "DescribeVpcs", input);
    note(&mut problems, "vpc", vpc.as_ref().err());
    if vpc.is_ok() {
        names(act, session, network, &mut problems);
    }
    let subnets = subnets(act, session, network, &mut problems);
    security_groups(act, session, network, &mut problems);
    endpoints(act, network, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Placement {
        vpc_id: network.vpc_id.clone(),
        subnets,
        security_group_ids: network.security_group_ids.clone(),
    })
}

/// Nodes are found by name: "The VPC must have DNS hostnames and DNS resolution enabled" ("Configure a
/// customer-managed VPC", Databricks guide). That a workspace is not made without them is unverified.
fn names(
    act: &mut Act<'_, '_>,
    session: &Session,
    network: &NetworkRow,
    problems: &mut Vec<NetworkProblem>,
) {
    for (attribute, name) in
        [("enableDnsSupport", "DNS resolution"), ("enableDnsHostnames", "DNS hostnames")]
    {
        let input = json!({"VpcId": network.vpc_id, "Attribute": attribute});
        match act.ec2(session, "DescribeVpcAttribute", input) {
            Ok(answer) if answer.pointer(&format!("/{attribute}/value")) != Some(&true.into()) => {
                let message = format!("{name} must be enabled in VPC {}", network.vpc_id);
                problem(problems, "vpc", message);
            }
            Ok(_) => {}
            // Once is enough.
            Err(fault) => return note(problems, "vpc", Some(&fault)),
        }
    }
}

fn note(problems: &mut Vec<NetworkProblem>, kind: &str, fault: Option<&Fault>) {
    if let Some(fault) = fault {
        let denied = fault.code == "UnauthorizedOperation";
        problem(problems, if denied { "credentials" } else { kind }, fault.to_string());
    }
}

fn problem(problems: &mut Vec<NetworkProblem>, kind: &str, message: String) {
    problems.push(NetworkProblem { error_type: kind.to_owned(), error_message: message });
}

fn subnets(
    act: &mut Act<'_, '_>,
    session: &Session,
    network: &NetworkRow,
    problems: &mut Vec<NetworkProblem>,
) -> Vec<Subnet> {
    let input = json!({"SubnetId": network.subnet_ids});
    let answer = act.ec2(session, "DescribeSubnets", input);
    note(problems, "subnet", answer.as_ref().err());
    let Ok(answer) = answer else { return Vec::new() };
    let mut found = Vec::new();
    for subnet in list(&answer, "/subnetSet") {
        let id = text(subnet, "/subnetId");
        if text(subnet, "/vpcId") != network.vpc_id {
            let message = format!("Subnet {id} is not in VPC {}", network.vpc_id);
            problem(problems, "subnet", message);
        }
        found.push(Subnet { id, zone: text(subnet, "/availabilityZone") });
    }
    // In the network's order, as the first is where registrations are tried.
    found.sort_by_key(|subnet| network.subnet_ids.iter().position(|id| *id == subnet.id));
    // Databricks looks at their rules (terraform-provider-databricks issue 1326); what it refuses is unverified, and
    // nothing is refused here.
    let input = json!({"Filter": [{"Name": "association.subnet-id", "Value": network.subnet_ids}]});
    let rules = act.ec2(session, "DescribeNetworkAcls", input);
    note(problems, "networkAcl", rules.err().as_ref());
    let zones: BTreeSet<&str> = found.iter().map(|subnet| subnet.zone.as_str()).collect();
    if zones.len() < 2 {
        problem(
            problems,
            "subnet",
            "Subnets must be in two availability zones at least".to_owned(),
        );
    }
    found
}

/// Endpoints must be registered, each for what it leads to.
fn endpoints(act: &Act<'_, '_>, network: &NetworkRow, problems: &mut Vec<NetworkProblem>) {
    let Some(endpoints) = &network.vpc_endpoints else { return };
    for (ids, purpose) in
        [(&endpoints.rest_api, Purpose::Workspace), (&endpoints.dataplane_relay, Purpose::Relay)]
    {
        for id in ids {
            match vpc_endpoint::find(act.aws.tx, &network.account_id, id) {
                Err(fault) => problem(problems, "vpc", fault.message),
                Ok(row) if row.purpose() != Some(purpose) => {
                    let message = format!("VPC endpoint {id} leads to {}", row.service_name);
                    problem(problems, "vpc", message);
                }
                Ok(_) => {}
            }
        }
    }
}

/// The groups must be there, and Databricks must be able to open them to each other: a policy that names
/// another group fails here. It is a dry run; the customer's rules stay as they are.
fn security_groups(
    act: &mut Act<'_, '_>,
    session: &Session,
    network: &NetworkRow,
    problems: &mut Vec<NetworkProblem>,
) {
    let input = json!({"GroupId": network.security_group_ids});
    let answer = act.ec2(session, "DescribeSecurityGroups", input);
    note(problems, "securityGroup", answer.as_ref().err());
    let Ok(answer) = answer else { return };
    for group in list(&answer, "/securityGroupInfo") {
        let id = text(group, "/groupId");
        if text(group, "/vpcId") != network.vpc_id {
            let message = format!("Security group {id} is not in VPC {}", network.vpc_id);
            problem(problems, "securityGroup", message);
        }
        let within = json!([{"IpProtocol": "-1", "Groups": [{"GroupId": id}]}]);
        for operation in ["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"] {
            let input = json!({"GroupId": id, "IpPermissions": within});
            let outcome = act.ec2_would(session, operation, input);
            match outcome {
                Err(fault) if fault.code == "InvalidPermission.Duplicate" => {}
                other => note(problems, "securityGroup", other.err().as_ref()),
            }
        }
    }
}
