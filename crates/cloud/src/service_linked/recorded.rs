//! Roles whose creation AWS answered in LocalStack's test suite (see [`Evidence::Recorded`]).

use super::{Evidence, ServiceLinkedRole};

/// In the order of their services.
pub(super) static RECORDED: [ServiceLinkedRole; 71] = [
    recorded(
        "accountdiscovery.ssm.amazonaws.com",
        "AWSServiceRoleForAmazonSSM_AccountDiscovery",
        "AWSSystemsManagerAccountDiscoveryServicePolicy",
    ),
    recorded(
        "acm.amazonaws.com",
        "AWSServiceRoleForCertificateManager",
        "CertificateManagerServiceRolePolicy",
    ),
    recorded("appmesh.amazonaws.com", "AWSServiceRoleForAppMesh", "AWSAppMeshServiceRolePolicy"),
    recorded(
        "autoscaling-plans.amazonaws.com",
        "AWSServiceRoleForAutoScalingPlans_EC2AutoScaling",
        "AWSAutoScalingPlansEC2AutoScalingPolicy",
    ),
    recorded(
        "autoscaling.amazonaws.com",
        "AWSServiceRoleForAutoScaling",
        "AutoScalingServiceRolePolicy",
    )
    .with_suffix()
    .described(
        "Default Service-Linked Role enables access to AWS Services and Resources \
         used or managed by Auto Scaling",
    ),
    recorded(
        "backup.amazonaws.com",
        "AWSServiceRoleForBackup",
        "AWSBackupServiceLinkedRolePolicyForBackup",
    ),
    recorded("batch.amazonaws.com", "AWSServiceRoleForBatch", "BatchServiceRolePolicy"),
    recorded(
        "cassandra.application-autoscaling.amazonaws.com",
        "AWSServiceRoleForApplicationAutoScaling_CassandraTable",
        "AWSApplicationAutoscalingCassandraTablePolicy",
    ),
    recorded(
        "cks.kms.amazonaws.com",
        "AWSServiceRoleForKeyManagementServiceCustomKeyStores",
        "AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy",
    ),
    recorded(
        "cloudtrail.amazonaws.com",
        "AWSServiceRoleForCloudTrail",
        "CloudTrailServiceRolePolicy",
    ),
    recorded(
        "codestar-notifications.amazonaws.com",
        "AWSServiceRoleForCodeStarNotifications",
        "AWSCodeStarNotificationsServiceRolePolicy",
    )
    .described(
        "Allows AWS CodeStar Notifications to access Amazon CloudWatch Events on your \
          behalf",
    ),
    recorded("config.amazonaws.com", "AWSServiceRoleForConfig", "AWSConfigServiceRolePolicy"),
    recorded(
        "connect.amazonaws.com",
        "AWSServiceRoleForAmazonConnect",
        "AmazonConnectServiceLinkedRolePolicy",
    )
    .with_suffix(),
    recorded(
        "dms-fleet-advisor.amazonaws.com",
        "AWSServiceRoleForDMSFleetAdvisor",
        "AWSDMSFleetAdvisorServiceRolePolicy",
    ),
    recorded(
        "dms.amazonaws.com",
        "AWSServiceRoleForDMSServerless",
        "AWSDMSServerlessServiceRolePolicy",
    ),
    recorded(
        "docdb-elastic.amazonaws.com",
        "AWSServiceRoleForDocDB-Elastic",
        "AmazonDocDB-ElasticServiceRolePolicy",
    ),
    recorded(
        "ec2-instance-connect.amazonaws.com",
        "AWSServiceRoleForEc2InstanceConnect",
        "Ec2InstanceConnectEndpoint",
    ),
    recorded(
        "ec2.application-autoscaling.amazonaws.com",
        "AWSServiceRoleForApplicationAutoScaling_EC2SpotFleetRequest",
        "AWSApplicationAutoscalingEC2SpotFleetRequestPolicy",
    ),
    recorded("ecr.amazonaws.com", "AWSServiceRoleForECRTemplate", "ECRTemplateServiceRolePolicy"),
    recorded("ecs.amazonaws.com", "AWSServiceRoleForECS", "AmazonECSServiceRolePolicy")
        .described("Role to enable Amazon ECS to manage your cluster."),
    recorded(
        "eks-connector.amazonaws.com",
        "AWSServiceRoleForAmazonEKSConnector",
        "AmazonEKSConnectorServiceRolePolicy",
    ),
    recorded(
        "eks-fargate.amazonaws.com",
        "AWSServiceRoleForAmazonEKSForFargate",
        "AmazonEKSForFargateServiceRolePolicy",
    ),
    recorded(
        "eks-nodegroup.amazonaws.com",
        "AWSServiceRoleForAmazonEKSNodegroup",
        "AWSServiceRoleForAmazonEKSNodegroup",
    )
    .described("This policy allows Amazon EKS to create and manage Nodegroups"),
    recorded("eks.amazonaws.com", "AWSServiceRoleForAmazonEKS", "AmazonEKSServiceRolePolicy")
        .described("Allows Amazon EKS to call AWS services on your behalf."),
    recorded(
        "elasticache.amazonaws.com",
        "AWSServiceRoleForElastiCache",
        "ElastiCacheServiceRolePolicy",
    )
    .described(
        "This policy allows ElastiCache to manage AWS resources on your behalf as \
         necessary for managing your cache.",
    ),
    recorded(
        "elasticbeanstalk.amazonaws.com",
        "AWSServiceRoleForElasticBeanstalk",
        "AWSElasticBeanstalkServiceRolePolicy",
    )
    .described("Allows Elastic Beanstalk to create and manage AWS resources on your behalf."),
    recorded(
        "elasticfilesystem.amazonaws.com",
        "AWSServiceRoleForAmazonElasticFileSystem",
        "AmazonElasticFileSystemServiceRolePolicy",
    ),
    recorded(
        "elasticloadbalancing.amazonaws.com",
        "AWSServiceRoleForElasticLoadBalancing",
        "AWSElasticLoadBalancingServiceRolePolicy",
    )
    .described("Allows ELB to call AWS services on your behalf."),
    recorded(
        "email.cognito-idp.amazonaws.com",
        "AWSServiceRoleForAmazonCognitoIdpEmailService",
        "AmazonCognitoIdpEmailServiceRolePolicy",
    ),
    recorded(
        "emr-containers.amazonaws.com",
        "AWSServiceRoleForAmazonEMRContainers",
        "AmazonEMRContainersServiceRolePolicy",
    ),
    recorded(
        "emrwal.amazonaws.com",
        "AWSServiceRoleForEMRWAL",
        "EMRDescribeClusterPolicyForEMRWAL",
    ),
    recorded("fis.amazonaws.com", "AWSServiceRoleForFIS", "AmazonFISServiceRolePolicy").described(
        "Role to enable AWS FIS to manage monitoring and resource selection for \
         experiments.",
    ),
    recorded(
        "grafana.amazonaws.com",
        "AWSServiceRoleForAmazonGrafana",
        "AmazonGrafanaServiceLinkedRolePolicy",
    ),
    recorded(
        "imagebuilder.amazonaws.com",
        "AWSServiceRoleForImageBuilder",
        "AWSServiceRoleForImageBuilder",
    ),
    recorded(
        "iotmanagedintegrations.amazonaws.com",
        "AWSServiceRoleForIoTManagedIntegrations",
        "AWSIoTManagedIntegrationsRolePolicy",
    ),
    recorded("kafka.amazonaws.com", "AWSServiceRoleForKafka", "KafkaServiceRolePolicy"),
    recorded(
        "kafkaconnect.amazonaws.com",
        "AWSServiceRoleForKafkaConnect",
        "KafkaConnectServiceRolePolicy",
    ),
    recorded(
        "lakeformation.amazonaws.com",
        "AWSServiceRoleForLakeFormationDataAccess",
        "LakeFormationDataAccessServiceRolePolicy",
    ),
    recorded("lex.amazonaws.com", "AWSServiceRoleForLexBots", "AmazonLexBotPolicy"),
    recorded("lexv2.amazonaws.com", "AWSServiceRoleForLexV2Bots", "AmazonLexV2BotPolicy")
        .with_suffix(),
    recorded("lightsail.amazonaws.com", "AWSServiceRoleForLightsail", "LightsailExportAccess"),
    recorded("m2.amazonaws.com", "AWSServiceRoleForAWSM2", "AWSM2ServicePolicy"),
    recorded("memorydb.amazonaws.com", "AWSServiceRoleForMemoryDB", "MemoryDBServiceRolePolicy"),
    recorded("mq.amazonaws.com", "AWSServiceRoleForAmazonMQ", "AmazonMQServiceRolePolicy")
        .described("Allows Amazon MQ to call AWS services on your behalf"),
    recorded(
        "mrk.kms.amazonaws.com",
        "AWSServiceRoleForKeyManagementServiceMultiRegionKeys",
        "AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy",
    )
    .described(
        "Enables access to AWS services and resources required for AWS KMS \
         Multi-Region Keys",
    ),
    recorded(
        "notifications.amazonaws.com",
        "AWSServiceRoleForAwsUserNotifications",
        "AWSUserNotificationsServiceLinkedRolePolicy",
    ),
    recorded(
        "observability.aoss.amazonaws.com",
        "AWSServiceRoleForAmazonOpenSearchServerless",
        "AmazonOpenSearchServerlessServiceRolePolicy",
    ),
    recorded(
        "opensearchservice.amazonaws.com",
        "AWSServiceRoleForAmazonOpenSearchService",
        "AmazonOpenSearchServiceRolePolicy",
    ),
    recorded(
        "ops.apigateway.amazonaws.com",
        "AWSServiceRoleForAPIGateway",
        "APIGatewayServiceRolePolicy",
    )
    .described("The Service Linked Role is used by Amazon API Gateway."),
    recorded(
        "ops.emr-serverless.amazonaws.com",
        "AWSServiceRoleForAmazonEMRServerless",
        "AmazonEMRServerlessServiceRolePolicy",
    ),
    recorded(
        "opsdatasync.ssm.amazonaws.com",
        "AWSServiceRoleForSystemsManagerOpsDataSync",
        "AWSSystemsManagerOpsDataSyncServiceRolePolicy",
    ),
    recorded(
        "opsinsights.ssm.amazonaws.com",
        "AWSServiceRoleForAmazonSSM_OpsInsights",
        "AWSSSMOpsInsightsServiceRolePolicy",
    ),
    recorded(
        "pullthroughcache.ecr.amazonaws.com",
        "AWSServiceRoleForECRPullThroughCache",
        "AWSECRPullThroughCache_ServiceRolePolicy",
    ),
    recorded(
        "ram.amazonaws.com",
        "AWSServiceRoleForResourceAccessManager",
        "AWSResourceAccessManagerServiceRolePolicy",
    ),
    recorded("rds.amazonaws.com", "AWSServiceRoleForRDS", "AmazonRDSServiceRolePolicy")
        .described("Allows Amazon RDS to manage AWS resources on your behalf"),
    recorded(
        "redshift.amazonaws.com",
        "AWSServiceRoleForRedshift",
        "AmazonRedshiftServiceLinkedRolePolicy",
    )
    .described("Allows Amazon Redshift to call AWS services on your behalf"),
    recorded(
        "replication.cassandra.amazonaws.com",
        "AWSServiceRoleForKeyspacesReplication",
        "KeyspacesReplicationServiceRolePolicy",
    ),
    recorded(
        "replication.ecr.amazonaws.com",
        "AWSServiceRoleForECRReplication",
        "ECRReplicationServiceRolePolicy",
    ),
    recorded(
        "repository.sync.codeconnections.amazonaws.com",
        "AWSServiceRoleForGitSync",
        "AWSGitSyncServiceRolePolicy",
    ),
    recorded(
        "resource-explorer-2.amazonaws.com",
        "AWSServiceRoleForResourceExplorer",
        "AWSResourceExplorerServiceRolePolicy",
    ),
    recorded(
        "rolesanywhere.amazonaws.com",
        "AWSServiceRoleForRolesAnywhere",
        "AWSRolesAnywhereServicePolicy",
    ),
    recorded(
        "s3-outposts.amazonaws.com",
        "AWSServiceRoleForS3OnOutposts",
        "AWSS3OnOutpostsServiceRolePolicy",
    ),
    recorded("ses.amazonaws.com", "AWSServiceRoleForAmazonSES", "AmazonSESServiceRolePolicy"),
    recorded("shield.amazonaws.com", "AWSServiceRoleForAWSShield", "AWSShieldServiceRolePolicy"),
    recorded(
        "ssm-incidents.amazonaws.com",
        "AWSServiceRoleForIncidentManager",
        "AWSIncidentManagerServiceRolePolicy",
    ),
    recorded(
        "ssm-quicksetup.amazonaws.com",
        "AWSServiceRoleForSSMQuickSetup",
        "SSMQuickSetupRolePolicy",
    ),
    recorded("ssm.amazonaws.com", "AWSServiceRoleForAmazonSSM", "AmazonSSMServiceRolePolicy")
        .described("Provides access to AWS Resources managed or used by Amazon SSM."),
    recorded("sso.amazonaws.com", "AWSServiceRoleForSSO", "AWSSSOServiceRolePolicy").described(
        "Service-linked role used by AWS SSO to manage AWS resources, including IAM \
         roles, policies and SAML IdP on your behalf.",
    ),
    recorded(
        "vpcorigin.cloudfront.amazonaws.com",
        "AWSServiceRoleForCloudFrontVPCOrigin",
        "AWSCloudFrontVPCOriginServiceRolePolicy",
    ),
    recorded("waf.amazonaws.com", "AWSServiceRoleForWAFLogging", "WAFLoggingServiceRolePolicy"),
    recorded(
        "wafv2.amazonaws.com",
        "AWSServiceRoleForWAFV2Logging",
        "WAFV2LoggingServiceRolePolicy",
    ),
];

const fn recorded(
    service: &'static str,
    role_name: &'static str,
    policy_name: &'static str,
) -> ServiceLinkedRole {
    ServiceLinkedRole::new(service, role_name, policy_name, Evidence::Recorded)
}
