//! Roles known from accounts and pages on the web (see [`Evidence::Observed`] and
//! [`Evidence::Documented`]).

use super::{Evidence, ServiceLinkedRole};

/// In the order of their services.
pub(super) static PUBLISHED: [ServiceLinkedRole; 29] = [
    observed(
        "access-analyzer.amazonaws.com",
        "AWSServiceRoleForAccessAnalyzer",
        "AccessAnalyzerServiceRolePolicy",
    ),
    documented(
        "apidestinations.events.amazonaws.com",
        "AWSServiceRoleForAmazonEventBridgeApiDestinations",
        "AmazonEventBridgeApiDestinationsServiceRolePolicy",
        EVENTBRIDGE,
    ),
    observed(
        "clientvpn-connections.amazonaws.com",
        "AWSServiceRoleForClientVPNConnections",
        "ClientVPNServiceConnectionsRolePolicy",
    )
    .described("Service Linked Role for Client VPN connections"),
    observed("clientvpn.amazonaws.com", "AWSServiceRoleForClientVPN", "ClientVPNServiceRolePolicy")
        .described("Service Linked Role for Client VPN"),
    observed("cloud9.amazonaws.com", "AWSServiceRoleForAWSCloud9", "AWSCloud9ServiceRolePolicy")
        .described("Service linked role for AWS Cloud9"),
    observed(
        "compute-optimizer.amazonaws.com",
        "AWSServiceRoleForComputeOptimizer",
        "ComputeOptimizerServiceRolePolicy",
    )
    .described(
        "Allows ComputeOptimizer to call AWS services and collect workload details on \
          your behalf.",
    ),
    observed(
        "controltower.amazonaws.com",
        "AWSServiceRoleForAWSControlTower",
        "AWSControlTowerAccountServiceRolePolicy",
    )
    .described("Provides access to AWS Resources managed or used by AWS Control Tower"),
    observed(
        "cost-optimization-hub.bcm.amazonaws.com",
        "AWSServiceRoleForCostOptimizationHub",
        "CostOptimizationHubServiceRolePolicy",
    )
    .described(
        "Allows Cost Optimization Hub to retrieve organization information and \
         collect optimization-related data and metadata.",
    ),
    observed(
        "dynamodb.application-autoscaling.amazonaws.com",
        "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
        "AWSApplicationAutoscalingDynamoDBTablePolicy",
    ),
    documented(
        "ec2fleet.amazonaws.com",
        "AWSServiceRoleForEC2Fleet",
        "AWSEC2FleetServiceRolePolicy",
        FLEET,
    ),
    observed(
        "ecs.application-autoscaling.amazonaws.com",
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
        "AWSApplicationAutoscalingECSServicePolicy",
    ),
    observed(
        "elasticmapreduce.amazonaws.com",
        "AWSServiceRoleForEMRCleanup",
        "AmazonEMRCleanupPolicy",
    )
    .described(
        "Allows EMR to terminate instances and delete resources from EC2 on your \
         behalf.",
    ),
    observed(
        "es.amazonaws.com",
        "AWSServiceRoleForAmazonElasticsearchService",
        "AmazonElasticsearchServiceRolePolicy",
    ),
    observed(
        "events.amazonaws.com",
        "AWSServiceRoleForCloudWatchEvents",
        "CloudWatchEventsServiceRolePolicy",
    ),
    observed(
        "globalaccelerator.amazonaws.com",
        "AWSServiceRoleForGlobalAccelerator",
        "AWSGlobalAcceleratorSLRPolicy",
    )
    .described("Allows Global Accelerator to call AWS services on customer's behalf"),
    observed(
        "guardduty.amazonaws.com",
        "AWSServiceRoleForAmazonGuardDuty",
        "AmazonGuardDutyServiceRolePolicy",
    )
    .described("A service-linked role required for Amazon GuardDuty to access your resources. "),
    documented(
        "lambda.amazonaws.com",
        "AWSServiceRoleForLambda",
        "AWSLambdaServiceRolePolicy",
        LAMBDA,
    ),
    observed(
        "logger.cloudfront.amazonaws.com",
        "AWSServiceRoleForCloudFrontLogger",
        "AWSCloudFrontLogger",
    ),
    observed(
        "malware-protection.guardduty.amazonaws.com",
        "AWSServiceRoleForAmazonGuardDutyMalwareProtection",
        "AmazonGuardDutyMalwareProtectionServiceRolePolicy",
    )
    .described(
        "A service-linked role required for Amazon GuardDuty Malware Scan to access \
         your resources. ",
    ),
    observed(
        "member.org.stacksets.cloudformation.amazonaws.com",
        "AWSServiceRoleForCloudFormationStackSetsOrgMember",
        "CloudFormationStackSetsOrgMemberServiceRolePolicy",
    )
    .described("Service linked role for CloudFormation StackSets (Organization Member)"),
    observed(
        "organizations.amazonaws.com",
        "AWSServiceRoleForOrganizations",
        "AWSOrganizationsServiceTrustPolicy",
    )
    .described(
        "Service-linked role used by AWS Organizations to enable integration of other \
          AWS services with Organizations.",
    ),
    observed(
        "rds.application-autoscaling.amazonaws.com",
        "AWSServiceRoleForApplicationAutoScaling_RDSCluster",
        "AWSApplicationAutoscalingRDSClusterPolicy",
    ),
    observed(
        "replicator.lambda.amazonaws.com",
        "AWSServiceRoleForLambdaReplicator",
        "AWSLambdaReplicator",
    ),
    observed(
        "securityhub.amazonaws.com",
        "AWSServiceRoleForSecurityHub",
        "AWSSecurityHubServiceRolePolicy",
    )
    .described("A service-linked role required for AWS Security Hub to access your resources."),
    observed(
        "servicequotas.amazonaws.com",
        "AWSServiceRoleForServiceQuotas",
        "ServiceQuotasServiceRolePolicy",
    )
    .described(
        "A service-linked role is required for Service Quotas to access your service \
         limits.",
    ),
    observed("spot.amazonaws.com", "AWSServiceRoleForEC2Spot", "AWSEC2SpotServiceRolePolicy")
        .described("Default EC2 Spot Service Linked Role"),
    observed(
        "spotfleet.amazonaws.com",
        "AWSServiceRoleForEC2SpotFleet",
        "AWSEC2SpotFleetServiceRolePolicy",
    )
    .described("Default EC2 Spot Fleet Service Linked Role"),
    observed("support.amazonaws.com", "AWSServiceRoleForSupport", "AWSSupportServiceRolePolicy")
        .described(
            "Enables resource access for AWS to provide billing, administrative and \
         support services",
        ),
    observed(
        "trustedadvisor.amazonaws.com",
        "AWSServiceRoleForTrustedAdvisor",
        "AWSTrustedAdvisorServiceRolePolicy",
    )
    .described(
        "Access for the AWS Trusted Advisor Service to help reduce cost, increase \
         performance, and improve security of your AWS environment.",
    ),
];

const EVENTBRIDGE: &str = "Amazon EventBridge User Guide, \"API destinations\", service-linked role; \
    AmazonEventBridgeFullAccess for the service";
const FLEET: &str = "Amazon EC2 User Guide, \"EC2 Fleet prerequisites\", service-linked role for \
    EC2 Fleet, and \"AWS managed policies for Amazon EC2\"";
const LAMBDA: &str = "AWS Lambda Developer Guide, \"Using service-linked roles for Lambda\"";

const fn observed(
    service: &'static str,
    role_name: &'static str,
    policy_name: &'static str,
) -> ServiceLinkedRole {
    ServiceLinkedRole::new(service, role_name, policy_name, Evidence::Observed)
}

const fn documented(
    service: &'static str,
    role_name: &'static str,
    policy_name: &'static str,
    page: &'static str,
) -> ServiceLinkedRole {
    ServiceLinkedRole::new(service, role_name, policy_name, Evidence::Documented(page))
}
