//! Which operations pass a role to which service, by hand.
//!
//! `iam:PassRole` is no operation: the service that receives a role asks IAM whether its caller may
//! pass it, with the role as the resource and itself as `iam:PassedToService`. Every row says where
//! AWS's documentation asks for `iam:PassRole` ([`Need`]), and what documents the service that the
//! role is passed to, or that nothing does.
//!
//! Left out, although they take an instance profile, because no page was found that says so:
//! `ec2:RunScheduledInstances` and `autoscaling:CreateLaunchConfiguration`.

/// An operation, one of the roles that it takes, and the service that gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassRole {
    /// The operation as an action's full name: `ec2:RunInstances`.
    pub operation: &'static str,
    /// The operation's parameter that names the role, or the instance profile that holds it. Where it
    /// is optional, nothing is passed without it.
    pub parameter: &'static str,
    /// The value of `iam:PassedToService`: `ec2.amazonaws.com`.
    pub service: &'static str,
    /// Why the caller needs `iam:PassRole`.
    pub need: Need,
    /// An AWS managed policy that passes roles to this service for such work, by its name in the AWS
    /// Managed Policy Reference. `None` if none was found: then the service is unverified, a conclusion
    /// from who assumes the role.
    pub service_stated_by: Option<&'static str>,
}

/// Where AWS says that an operation's caller needs `iam:PassRole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The Service Authorization Reference (as of June 2026) lists `iam:PassRole` among the
    /// operation's dependent actions.
    DependentAction,
    /// A guide says so of this operation.
    Guide(&'static str),
    /// The general rule of the IAM User Guide, "Grant a user permissions to pass a role to an AWS
    /// service": whoever names a role's ARN as a parameter of an API that uses the role to assign
    /// permissions to the service needs it. No page says so of this very operation.
    RoleParameter,
}

use Need::{DependentAction, Guide, RoleParameter};

/// The roles that an operation passes, by its full name in any case; none for most.
pub fn passed_by(operation: &str) -> impl Iterator<Item = &'static PassRole> {
    PASS_ROLES.iter().filter(move |pass| pass.operation.eq_ignore_ascii_case(operation))
}

/// The whole table, in the order of the operations' services.
pub static PASS_ROLES: [PassRole; 61] = [
    // The IAM API Reference says so too ("must be granted the PassRole permission on the IAM role"),
    // and that iam:AssociatedResourceArn is arn:aws:ec2:*:CallerAccountId:instance/* on this call.
    row("iam:AddRoleToInstanceProfile", "RoleName", EC2, DependentAction, None),
    row("ec2:RunInstances", "IamInstanceProfile", EC2, DependentAction, AUTO_SCALING),
    row("ec2:AssociateIamInstanceProfile", "IamInstanceProfile", EC2, DependentAction, RDS_CUSTOM),
    row(
        "ec2:ReplaceIamInstanceProfileAssociation",
        "IamInstanceProfile",
        EC2,
        DependentAction,
        RDS_CUSTOM,
    ),
    row(
        "ec2:RequestSpotInstances",
        "LaunchSpecification.IamInstanceProfile",
        EC2,
        DependentAction,
        EC2_FLEET,
    ),
    row("ec2:CreateFleet", "LaunchTemplateConfigs", EC2, EC2_FLEET_GUIDE, AUTO_SCALING),
    row(
        "ec2:RequestSpotFleet",
        "SpotFleetRequestConfig.IamFleetRole",
        SPOT_FLEET,
        SPOT_GUIDE,
        PORTAL,
    ),
    row(
        "ec2:CreateFlowLogs",
        "DeliverLogsPermissionArn",
        "vpc-flow-logs.amazonaws.com",
        DependentAction,
        None,
    ),
    // The instance profile of the launch template or launch configuration.
    row("autoscaling:CreateAutoScalingGroup", "LaunchTemplate", EC2, DependentAction, BATCH),
    row("autoscaling:UpdateAutoScalingGroup", "LaunchTemplate", EC2, DependentAction, BATCH),
    row("lambda:CreateFunction", "Role", LAMBDA, DependentAction, LAMBDA_POLICY),
    row("lambda:UpdateFunctionConfiguration", "Role", LAMBDA, RoleParameter, LAMBDA_POLICY),
    row("cloudformation:CreateStack", "RoleARN", STACKS, STACK_GUIDE, BEANSTALK),
    row("cloudformation:UpdateStack", "RoleARN", STACKS, STACK_GUIDE, BEANSTALK),
    row("cloudformation:DeleteStack", "RoleARN", STACKS, STACK_GUIDE, BEANSTALK),
    row("cloudformation:CreateChangeSet", "RoleARN", STACKS, RoleParameter, BEANSTALK),
    row("cloudformation:ContinueUpdateRollback", "RoleARN", STACKS, RoleParameter, BEANSTALK),
    row("cloudformation:RollbackStack", "RoleARN", STACKS, RoleParameter, BEANSTALK),
    // The roles of the task definition, unless the call overrides them.
    row("ecs:RunTask", "taskRoleArn", TASKS, DependentAction, ECS_POLICY),
    row("ecs:RunTask", "executionRoleArn", TASKS, DependentAction, ECS_POLICY),
    row("ecs:StartTask", "taskRoleArn", TASKS, DependentAction, ECS_POLICY),
    row("ecs:StartTask", "executionRoleArn", TASKS, DependentAction, ECS_POLICY),
    row("ecs:RegisterTaskDefinition", "taskRoleArn", TASKS, RoleParameter, ECS_POLICY),
    row("ecs:RegisterTaskDefinition", "executionRoleArn", TASKS, RoleParameter, ECS_POLICY),
    row("glue:CreateJob", "Role", GLUE, RoleParameter, GLUE_POLICY),
    row("glue:UpdateJob", "JobUpdate.Role", GLUE, RoleParameter, GLUE_POLICY),
    row("glue:CreateCrawler", "Role", GLUE, RoleParameter, GLUE_POLICY),
    row("glue:UpdateCrawler", "Role", GLUE, RoleParameter, GLUE_POLICY),
    row("glue:CreateDevEndpoint", "RoleArn", GLUE, RoleParameter, GLUE_POLICY),
    row("glue:CreateSession", "Role", GLUE, RoleParameter, GLUE_POLICY),
    row("sagemaker:CreateAutoMLJob", "RoleArn", SAGEMAKER, DependentAction, SAGEMAKER_POLICY),
    row(
        "sagemaker:CreateCluster",
        "InstanceGroups.ExecutionRole",
        SAGEMAKER,
        DependentAction,
        SAGEMAKER_POLICY,
    ),
    row(
        "sagemaker:CreateDomain",
        "DefaultUserSettings.ExecutionRole",
        SAGEMAKER,
        DependentAction,
        SAGEMAKER_POLICY,
    ),
    row("sagemaker:CreateFeatureGroup", "RoleArn", SAGEMAKER, DependentAction, SAGEMAKER_POLICY),
    row(
        "sagemaker:CreateHyperParameterTuningJob",
        "TrainingJobDefinition.RoleArn",
        SAGEMAKER,
        DependentAction,
        SAGEMAKER_POLICY,
    ),
    row("sagemaker:CreateModel", "ExecutionRoleArn", SAGEMAKER, DependentAction, SAGEMAKER_POLICY),
    row(
        "sagemaker:CreateNotebookInstance",
        "RoleArn",
        SAGEMAKER,
        DependentAction,
        SAGEMAKER_POLICY,
    ),
    row("sagemaker:CreatePipeline", "RoleArn", SAGEMAKER, DependentAction, SAGEMAKER_POLICY),
    row("sagemaker:UpdatePipeline", "RoleArn", SAGEMAKER, DependentAction, SAGEMAKER_POLICY),
    row("sagemaker:CreateProcessingJob", "RoleArn", SAGEMAKER, DependentAction, SAGEMAKER_POLICY),
    row("sagemaker:CreateTrainingJob", "RoleArn", SAGEMAKER, DependentAction, SAGEMAKER_POLICY),
    row(
        "sagemaker:CreateUserProfile",
        "UserSettings.ExecutionRole",
        SAGEMAKER,
        DependentAction,
        SAGEMAKER_POLICY,
    ),
    row("states:CreateStateMachine", "roleArn", STATES, DependentAction, SAGEMAKER_POLICY),
    row("states:UpdateStateMachine", "roleArn", STATES, DependentAction, SAGEMAKER_POLICY),
    row(
        "codepipeline:CreatePipeline",
        "pipeline.roleArn",
        PIPELINE,
        RoleParameter,
        PIPELINE_POLICY,
    ),
    row(
        "codepipeline:UpdatePipeline",
        "pipeline.roleArn",
        PIPELINE,
        RoleParameter,
        PIPELINE_POLICY,
    ),
    row("elasticmapreduce:RunJobFlow", "ServiceRole", EMR, DependentAction, EMR_POLICY),
    row("elasticmapreduce:RunJobFlow", "JobFlowRole", EC2, DependentAction, EMR_POLICY),
    row(
        "elasticmapreduce:RunJobFlow",
        "AutoScalingRole",
        "application-autoscaling.amazonaws.com",
        DependentAction,
        EMR_POLICY,
    ),
    row(
        "events:PutTargets",
        "Targets.RoleArn",
        "events.amazonaws.com",
        RoleParameter,
        EVENTS_POLICY,
    ),
    row("scheduler:CreateSchedule", "Target.RoleArn", SCHEDULER, DependentAction, EVENTS_POLICY),
    row("scheduler:UpdateSchedule", "Target.RoleArn", SCHEDULER, DependentAction, EVENTS_POLICY),
    row("pipes:CreatePipe", "RoleArn", "pipes.amazonaws.com", DependentAction, EVENTS_POLICY),
    row("pipes:UpdatePipe", "RoleArn", "pipes.amazonaws.com", DependentAction, EVENTS_POLICY),
    row("logs:PutSubscriptionFilter", "roleArn", "logs.amazonaws.com", DependentAction, None),
    row(
        "backup:CreateBackupSelection",
        "BackupSelection.IamRoleArn",
        BACKUP,
        DependentAction,
        BACKUP_POLICY,
    ),
    row("backup:StartBackupJob", "IamRoleArn", BACKUP, DependentAction, BACKUP_POLICY),
    row("backup:StartRestoreJob", "IamRoleArn", BACKUP, DependentAction, BACKUP_POLICY),
    row("transfer:CreateServer", "LoggingRole", TRANSFER, DependentAction, TRANSFER_POLICY),
    row("transfer:CreateUser", "Role", TRANSFER, DependentAction, TRANSFER_POLICY),
    row("transfer:UpdateUser", "Role", TRANSFER, DependentAction, TRANSFER_POLICY),
];

const BACKUP: &str = "backup.amazonaws.com";
const EC2: &str = "ec2.amazonaws.com";
const EMR: &str = "elasticmapreduce.amazonaws.com";
const GLUE: &str = "glue.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";
const PIPELINE: &str = "codepipeline.amazonaws.com";
const SAGEMAKER: &str = "sagemaker.amazonaws.com";
const SCHEDULER: &str = "scheduler.amazonaws.com";
const SPOT_FLEET: &str = "spotfleet.amazonaws.com";
const STACKS: &str = "cloudformation.amazonaws.com";
const STATES: &str = "states.amazonaws.com";
const TASKS: &str = "ecs-tasks.amazonaws.com";
const TRANSFER: &str = "transfer.amazonaws.com";

const AUTO_SCALING: Option<&str> = Some("AutoScalingServiceRolePolicy");
const BACKUP_POLICY: Option<&str> = Some("AWSBackupFullAccess");
const BATCH: Option<&str> = Some("BatchServiceRolePolicy");
const BEANSTALK: Option<&str> = Some("AdministratorAccess-AWSElasticBeanstalk");
const EC2_FLEET: Option<&str> = Some("AWSEC2FleetServiceRolePolicy");
const ECS_POLICY: Option<&str> = Some("AmazonECS_FullAccess");
const EMR_POLICY: Option<&str> = Some("AmazonEMRFullAccessPolicy_v2");
const EVENTS_POLICY: Option<&str> = Some("AmazonEventBridgeFullAccess");
const GLUE_POLICY: Option<&str> = Some("AWSGlueConsoleFullAccess");
const LAMBDA_POLICY: Option<&str> = Some("AWSLambda_FullAccess");
const PIPELINE_POLICY: Option<&str> = Some("AWSCodePipeline_FullAccess");
const PORTAL: Option<&str> = Some("AWSThinkboxAWSPortalAdminPolicy");
const RDS_CUSTOM: Option<&str> = Some("AmazonRDSCustomServiceRolePolicy");
const SAGEMAKER_POLICY: Option<&str> = Some("AmazonSageMakerFullAccess");
const TRANSFER_POLICY: Option<&str> = Some("AWSTransferFullAccess");

const EC2_FLEET_GUIDE: Need =
    Guide("Amazon EC2 User Guide, \"EC2 Fleet prerequisites\", permissions for EC2 Fleet users");
const SPOT_GUIDE: Need =
    Guide("Amazon EC2 User Guide, \"Spot Fleet permissions\", required EC2 and IAM APIs");
const STACK_GUIDE: Need =
    Guide("AWS CloudFormation User Guide, \"AWS CloudFormation service role\"");

const fn row(
    operation: &'static str,
    parameter: &'static str,
    service: &'static str,
    need: Need,
    service_stated_by: Option<&'static str>,
) -> PassRole {
    PassRole { operation, parameter, service, need, service_stated_by }
}

#[cfg(test)]
mod tests {
    use super::super::action;
    use super::*;

    #[test]
    fn operations_pass_their_roles() {
        let check = |operation: &str, expected: &[&str]| {
            let found: Vec<String> = passed_by(operation)
                .map(|pass| format!("{} to {}", pass.parameter, pass.service))
                .collect();
            assert_eq!(found, expected, "{operation}");
        };
        check("ec2:RunInstances", &["IamInstanceProfile to ec2.amazonaws.com"]);
        check("EC2:runinstances", &["IamInstanceProfile to ec2.amazonaws.com"]);
        check("iam:AddRoleToInstanceProfile", &["RoleName to ec2.amazonaws.com"]);
        check("lambda:CreateFunction", &["Role to lambda.amazonaws.com"]);
        check(
            "elasticmapreduce:RunJobFlow",
            &[
                "ServiceRole to elasticmapreduce.amazonaws.com",
                "JobFlowRole to ec2.amazonaws.com",
                "AutoScalingRole to application-autoscaling.amazonaws.com",
            ],
        );
        for none in
            ["ec2:TerminateInstances", "ec2:DisassociateIamInstanceProfile", "iam:PassRole", ""]
        {
            check(none, &[]);
        }
    }

    #[test]
    fn rows_are_of_real_actions_and_stand_once() {
        for (at, row) in PASS_ROLES.iter().enumerate() {
            assert_eq!(action(row.operation).unwrap().to_string(), row.operation);
            assert!(row.service.ends_with(".amazonaws.com"), "{row:?}");
            let same = |other: &PassRole| {
                (other.operation, other.parameter) == (row.operation, row.parameter)
            };
            assert_eq!(PASS_ROLES.iter().position(same), Some(at), "{row:?}");
        }
    }

    /// What is not documented stays marked until it is.
    #[test]
    fn unverified_services_are_marked() {
        let unverified: Vec<&str> = PASS_ROLES
            .iter()
            .filter(|row| row.service_stated_by.is_none())
            .map(|row| row.operation)
            .collect();
        let expected =
            ["iam:AddRoleToInstanceProfile", "ec2:CreateFlowLogs", "logs:PutSubscriptionFilter"];
        assert_eq!(unverified, expected);
    }
}
