//! The simulator's answer.

use std::collections::BTreeMap;

use iam::Verdict;
use serde::Serialize;

use crate::iam::simulation::position::Place;

/// The answer of both operations.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SimulationOutput {
    pub(super) evaluation_results: Vec<EvaluationResult>,
    pub(super) is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) marker: Option<String>,
}

/// What is decided on an action.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EvaluationResult {
    pub(super) eval_action_name: String,
    pub(super) eval_resource_name: String,
    pub(super) eval_decision: &'static str,
    pub(super) matched_statements: Vec<MatchedStatement>,
    pub(super) missing_context_values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) permissions_boundary_decision_detail: Option<BoundaryDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) organizations_decision_detail: Option<OrganizationsDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) eval_decision_details: Option<BTreeMap<&'static str, &'static str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) resource_specific_results: Vec<ResourceSpecificResult>,
}

/// What is decided on an action on one resource.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ResourceSpecificResult {
    pub(super) eval_resource_name: String,
    pub(super) eval_resource_decision: &'static str,
    pub(super) matched_statements: Vec<MatchedStatement>,
    pub(super) missing_context_values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) eval_decision_details: Option<BTreeMap<&'static str, &'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) permissions_boundary_decision_detail: Option<BoundaryDetail>,
}

/// A statement that made the decision.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MatchedStatement {
    pub(super) source_policy_id: String,
    pub(super) source_policy_type: &'static str,
    pub(super) start_position: Place,
    pub(super) end_position: Place,
}

/// What the boundary said.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BoundaryDetail {
    pub(super) allowed_by_permissions_boundary: bool,
}

/// What the service control policies said.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OrganizationsDetail {
    pub(super) allowed_by_organizations: bool,
}

/// The simulator's word for a verdict.
pub(super) fn decision(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ImplicitlyDenied => "implicitDeny",
        Verdict::ExplicitlyDenied => "explicitDeny",
    }
}
