//! What it means that a cross-account role does not pass Databricks' checks, which are told by names of their own.

use crate::resource::Failure;

/// Before the names of the checks that failed, when a workspace is made (the official provider's guide
/// `aws-workspace`).
const SOME: &str = "Failed credentials validation checks: ";
/// When credentials are made (terraform-provider-databricks issue 1363).
const NONE_SAID: &str = "Failed credential validation checks";
/// The names that users report, and the action that each tries.
const CHECKS: [(&str, &str); 18] = [
    ("Allocate Address", "ec2:AllocateAddress"),
    ("Create Internet Gateway", "ec2:CreateInternetGateway"),
    ("Create Placement Group", "ec2:CreatePlacementGroup"),
    ("Create VPC", "ec2:CreateVpc"),
    ("Delete Tags", "ec2:DeleteTags"),
    ("Describe Availability Zones", "ec2:DescribeAvailabilityZones"),
    ("Describe Instance Status", "ec2:DescribeInstanceStatus"),
    ("Describe Placement Group", "ec2:DescribePlacementGroups"),
    ("Describe Route Tables", "ec2:DescribeRouteTables"),
    ("Describe Security Groups", "ec2:DescribeSecurityGroups"),
    ("Describe Spot Instances", "ec2:DescribeSpotInstanceRequests"),
    ("Describe Spot Price History", "ec2:DescribeSpotPriceHistory"),
    ("Describe Subnets", "ec2:DescribeSubnets"),
    ("Describe Volumes", "ec2:DescribeVolumes"),
    ("Describe Vpcs", "ec2:DescribeVpcs"),
    ("Describe instances", "ec2:DescribeInstances"),
    ("Request Spot Instances", "ec2:RequestSpotInstances"),
    ("Spot Cancellation", "ec2:CancelSpotInstanceRequests"),
];
/// What every kind of deployment tries: where that fails, it is not about single actions.
const FIRST: &str = "ec2:DescribeAvailabilityZones";
const WHOLE_ROLE: &str = "Databricks cannot work with the cross-account role at all. Its trust policy must let \
                          Databricks assume it with your account's external id (`data \
                          \"databricks_aws_assume_role_policy\"`), and its policy must be attached (`data \
                          \"databricks_aws_crossaccount_policy\"`). If both are there, they may be too new: let this \
                          resource wait for the policy with `depends_on`, and apply again in some seconds.";

/// A failure with what to do about it, if it is about the checks.
pub(super) fn advised(mut failure: Failure) -> Failure {
    let detail = &failure.diagnostic.detail;
    let advice = match detail.split_once(SOME) {
        Some((_, names)) => of_names(names),
        None if detail.contains(NONE_SAID) => WHOLE_ROLE.to_owned(),
        None => return failure,
    };
    failure.diagnostic.detail.push_str("\n\n");
    failure.diagnostic.detail.push_str(&advice);
    failure
}

fn of_names(names: &str) -> String {
    // The code stands behind them.
    let names = names.split(" (").next().unwrap_or(names);
    let action = |name: &str| {
        let known = CHECKS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or_else(|| format!("\"{name}\""), |(_, action)| (*action).to_owned())
    };
    let actions: Vec<String> = names.split(',').map(|name| action(name.trim())).collect();
    if actions.iter().any(|action| action == FIRST) {
        return WHOLE_ROLE.to_owned();
    }
    format!(
        "Each name is a call that Databricks tried with the cross-account role and that was refused. The role is not \
         allowed, or is denied by a boundary or an SCP:\n\n  {}\n\nThe whole policy is `data \
         \"databricks_aws_crossaccount_policy\"`, of the `policy_type` of the deployment: attach it, and let the \
         credentials wait for it with `depends_on`.",
        actions.join("\n  ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn names_become_actions() {
        let check = |detail: &str, expected: &[&str]| {
            let failure = advised(Diagnostic::error("Cannot create it", detail).into());
            let told = failure.diagnostic.detail;
            assert!(told.starts_with(detail), "{told}");
            for part in expected {
                assert!(told.contains(part), "{part}: {told}");
            }
            assert_eq!(told == detail, expected.is_empty(), "{told}");
        };
        check(
            "Failed credentials validation checks: Allocate Address,Spot Cancellation, Fly (MALFORMED_REQUEST)",
            &["\n  ec2:AllocateAddress\n  ec2:CancelSpotInstanceRequests\n  \"Fly\"\n"],
        );
        let all = "Failed credentials validation checks: Spot Cancellation, Describe Availability Zones (X)";
        check(all, &["cannot work with the cross-account role at all", "external id"]);
        let one = "Failed credential validation checks: please use a valid cross account IAM role";
        check(one, &["databricks_aws_assume_role_policy"]);
        check("no", &[]);
    }
}
