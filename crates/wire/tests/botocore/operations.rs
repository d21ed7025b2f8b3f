//! Operations as the crate `cloud` writes them, for the exchange with botocore.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wire::{Blob, PercentEncoded, Timestamp};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateRole {
    pub(crate) role_name: String,
    pub(crate) assume_role_policy_document: String,
    pub(crate) path: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) max_session_duration: Option<i32>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagRole {
    pub(crate) role_name: String,
    pub(crate) tag_keys: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreatePolicyVersion {
    pub(crate) policy_arn: String,
    pub(crate) policy_document: String,
    #[serde(default)]
    pub(crate) set_as_default: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SimulatePrincipalPolicy {
    pub(crate) policy_source_arn: String,
    pub(crate) action_names: Vec<String>,
    #[serde(default)]
    pub(crate) context_entries: Vec<ContextEntry>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ContextEntry {
    pub(crate) context_key_name: Option<String>,
    #[serde(default)]
    pub(crate) context_key_values: Vec<String>,
    pub(crate) context_key_type: Option<ContextKeyType>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ContextKeyType {
    String,
    StringList,
    Date,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AssumeRole {
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) duration_seconds: Option<i32>,
    #[serde(default)]
    pub(crate) policy_arns: Vec<PolicyDescriptor>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    #[serde(default)]
    pub(crate) transitive_tag_keys: Vec<String>,
    pub(crate) external_id: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct PolicyDescriptor {
    pub(crate) arn: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateStack {
    pub(crate) stack_name: String,
    pub(crate) template_body: Option<String>,
    #[serde(default)]
    pub(crate) parameters: Vec<StackParameter>,
    #[serde(default)]
    pub(crate) capabilities: Vec<String>,
    pub(crate) disable_rollback: Option<bool>,
    pub(crate) rollback_configuration: Option<RollbackConfiguration>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StackParameter {
    pub(crate) parameter_key: String,
    pub(crate) parameter_value: Option<String>,
    pub(crate) use_previous_value: Option<bool>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RollbackConfiguration {
    pub(crate) monitoring_time_in_minutes: Option<i32>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RunInstances {
    pub(crate) image_id: Option<String>,
    pub(crate) instance_type: Option<String>,
    pub(crate) min_count: i32,
    pub(crate) max_count: i32,
    pub(crate) user_data: Option<String>,
    #[serde(default)]
    pub(crate) security_group_id: Vec<String>,
    pub(crate) iam_instance_profile: Option<ProfileName>,
    #[serde(default)]
    pub(crate) block_device_mapping: Vec<BlockDevice>,
    #[serde(default)]
    pub(crate) network_interface: Vec<NetworkInterface>,
    pub(crate) metadata_options: Option<MetadataOptions>,
    #[serde(default)]
    pub(crate) tag_specification: Vec<TagSpecification>,
    pub(crate) client_token: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ProfileName {
    pub(crate) name: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BlockDevice {
    pub(crate) device_name: String,
    pub(crate) ebs: Option<Ebs>,
    pub(crate) no_device: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Ebs {
    pub(crate) volume_size: i32,
    pub(crate) encrypted: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NetworkInterface {
    pub(crate) device_index: i32,
    pub(crate) subnet_id: String,
    pub(crate) security_group_id: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MetadataOptions {
    pub(crate) http_tokens: String,
    pub(crate) http_put_response_hop_limit: i32,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagSpecification {
    pub(crate) resource_type: String,
    pub(crate) tag: Vec<Tag>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeVpcs {
    #[serde(default)]
    pub(crate) filter: Vec<Filter>,
    pub(crate) max_results: Option<i32>,
    pub(crate) dry_run: Option<bool>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Filter {
    pub(crate) name: String,
    pub(crate) value: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ModifyVpcAttribute {
    pub(crate) vpc_id: String,
    pub(crate) enable_dns_support: Option<BooleanValue>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BooleanValue {
    pub(crate) value: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LookupEvents {
    #[serde(default)]
    pub(crate) lookup_attributes: Vec<LookupAttribute>,
    pub(crate) start_time: Option<Timestamp>,
    pub(crate) end_time: Option<Timestamp>,
    pub(crate) max_results: Option<i32>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LookupAttribute {
    pub(crate) attribute_key: String,
    pub(crate) attribute_value: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateOrganizationsPolicy {
    pub(crate) content: String,
    pub(crate) description: String,
    pub(crate) name: String,
    #[serde(rename = "Type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Role {
    pub(crate) path: String,
    pub(crate) role_name: String,
    pub(crate) role_id: String,
    pub(crate) arn: String,
    pub(crate) create_date: Timestamp,
    pub(crate) assume_role_policy_document: PercentEncoded,
    pub(crate) description: Option<String>,
    pub(crate) max_session_duration: Option<i32>,
    pub(crate) tags: Option<Vec<Tag>>,
    pub(crate) role_last_used: Option<RoleLastUsed>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RoleLastUsed {
    pub(crate) last_used_date: Option<Timestamp>,
    pub(crate) region: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RoleOutput {
    pub(crate) role: Role,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstanceProfileOutput {
    pub(crate) instance_profile: InstanceProfile,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstanceProfile {
    pub(crate) path: String,
    pub(crate) instance_profile_name: String,
    pub(crate) instance_profile_id: String,
    pub(crate) arn: String,
    pub(crate) create_date: Timestamp,
    pub(crate) roles: Vec<Role>,
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstanceProfilesOutput {
    pub(crate) instance_profiles: Vec<InstanceProfile>,
    pub(crate) is_truncated: bool,
    pub(crate) marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AccountSummaryOutput {
    pub(crate) summary_map: BTreeMap<String, i32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CredentialReportOutput {
    pub(crate) content: Blob,
    pub(crate) report_format: String,
    pub(crate) generated_time: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SimulationOutput {
    pub(crate) evaluation_results: Vec<EvaluationResult>,
    pub(crate) is_truncated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EvaluationResult {
    pub(crate) eval_action_name: String,
    pub(crate) eval_resource_name: String,
    pub(crate) eval_decision: EvalDecision,
    pub(crate) matched_statements: Vec<MatchedStatement>,
    pub(crate) missing_context_values: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum EvalDecision {
    ImplicitDeny,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MatchedStatement {
    pub(crate) source_policy_id: String,
    pub(crate) start_position: Position,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Position {
    pub(crate) line: i32,
    pub(crate) column: i32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AssumeRoleOutput {
    pub(crate) assumed_role_user: AssumedRoleUser,
    pub(crate) credentials: Credentials,
    pub(crate) packed_policy_size: Option<i32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AssumedRoleUser {
    pub(crate) assumed_role_id: String,
    pub(crate) arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    pub(crate) expiration: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TemplateOutput {
    pub(crate) template_body: String,
    pub(crate) stages_available: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeInstancesOutput {
    pub(crate) reservation_set: Vec<Reservation>,
    pub(crate) next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reservation {
    pub(crate) reservation_id: String,
    pub(crate) owner_id: String,
    pub(crate) group_set: Vec<()>,
    pub(crate) instances_set: Vec<Instance>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Instance {
    pub(crate) instance_id: String,
    pub(crate) instance_state: InstanceState,
    pub(crate) private_dns_name: String,
    pub(crate) launch_time: Timestamp,
    pub(crate) iam_instance_profile: Option<ProfileOfInstance>,
    pub(crate) ebs_optimized: bool,
    pub(crate) tag_set: Vec<InstanceTag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstanceState {
    pub(crate) code: i32,
    pub(crate) name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileOfInstance {
    pub(crate) arn: String,
    pub(crate) id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstanceTag {
    pub(crate) key: String,
    pub(crate) value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LookupEventsOutput {
    pub(crate) events: Vec<Event>,
    pub(crate) next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Event {
    pub(crate) event_id: String,
    pub(crate) event_time: Timestamp,
    pub(crate) resources: Vec<()>,
    pub(crate) username: Option<String>,
}
