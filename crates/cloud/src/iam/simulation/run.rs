//! One simulation: every action on every resource.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam::policy::Effect;
use iam::surroundings::Level;
use iam::{
    Action, Caller, Context, Decision, Gate, NamedPolicy, PolicyKind, PolicySet, Request, Resource,
    Surroundings, Trace, Values, Verdict, evaluate_traced,
};
use names::{AccountId, ArnParts};

use crate::fault::Fault;
use crate::iam::page;
use crate::iam::simulation::referenced::{Keys, has_variable_resource};
use crate::iam::simulation::result::{
    BoundaryDetail, EvaluationResult, MatchedStatement, OrganizationsDetail,
    ResourceSpecificResult, SimulationOutput, decision,
};
use crate::iam::simulation::{Parameters, invalid, position, read_document, read_documents};

/// The name of the simulated caller where none is given.
const NOBODY: &str = "simulated";
/// What the engine derives from a caller, which is not known if the caller is not.
const CALLER_KEYS: [&str; 5] = [
    "aws:username",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:PrincipalIsAWSService",
];

/// The scenarios of EC2, and the types of resource that each needs (API reference).
const SCENARIOS: [(&str, &[&str]); 4] = [
    ("EC2-VPC-InstanceStore", &["instance", "image", "security-group", "network-interface"]),
    (
        "EC2-VPC-InstanceStore-Subnet",
        &["instance", "image", "security-group", "network-interface", "subnet"],
    ),
    ("EC2-VPC-EBS", &["instance", "image", "security-group", "network-interface", "volume"]),
    (
        "EC2-VPC-EBS-Subnet",
        &["instance", "image", "security-group", "network-interface", "subnet", "volume"],
    ),
];

/// Everything that the requests of a simulation have in common.
pub(super) struct Simulation<'a> {
    parameters: Parameters<'a>,
    caller: Caller,
    caller_is_known: bool,
    owner: AccountId,
    context: Context,
    around: Surroundings,
    has_resource_policy: bool,
}

/// The policies of a simulation.
pub(super) struct Policies {
    pub(super) identity: Vec<NamedPolicy>,
    pub(super) boundary: Option<Vec<NamedPolicy>>,
}

/// One decision.
struct Outcome {
    verdict: Verdict,
    matched: Vec<MatchedStatement>,
    missing: Vec<String>,
    boundary: Option<BoundaryDetail>,
    organizations: Option<OrganizationsDetail>,
    /// Across accounts: what each side said.
    details: Option<BTreeMap<&'static str, &'static str>>,
}

impl<'a> Simulation<'a> {
    /// Reads the parameters. Without a caller the simulation is of somebody in `account`.
    pub(super) fn new(
        parameters: Parameters<'a>,
        account: AccountId,
        caller: Option<Caller>,
        policies: Policies,
    ) -> Result<Self, Fault> {
        let Parameters { boundary_input_list, resource_policy, .. } = parameters;
        if boundary_input_list.len() > 1 {
            // Unverified.
            return Err(invalid("Only one permissions boundary policy can be specified."));
        }
        let given = read_documents(
            boundary_input_list,
            "PermissionsBoundaryPolicyInputList",
            PolicyKind::Boundary,
        )?;
        let boundary = if given.is_empty() { policies.boundary } else { Some(given) };
        let caller_is_known = caller.is_some();
        if resource_policy.is_some() && !caller_is_known {
            // Unverified.
            return Err(invalid("CallerArn is required when ResourcePolicy is specified."));
        }
        let resource = resource_policy.map(|text| {
            let policy = read_document(text, PolicyKind::Resource)?;
            Ok::<_, Fault>(set(vec![NamedPolicy { name: "ResourcePolicy".into(), policy }]))
        });
        let caller = caller.map_or_else(|| nobody(account), Ok)?;
        let owner = match parameters.resource_owner {
            Some(owner) => read_owner(owner)?,
            None => caller.account().unwrap_or(account),
        };
        check_scenario(&parameters)?;
        Ok(Self {
            parameters,
            caller,
            caller_is_known,
            owner,
            context: read_context(&parameters),
            around: Surroundings {
                identity: set(policies.identity),
                resource: resource.transpose()?,
                boundary: boundary.map(set),
                ..Surroundings::default()
            },
            has_resource_policy: resource_policy.is_some(),
        })
    }

    /// With a condition key that follows from the caller.
    pub(super) fn with_caller_key(mut self, name: &str, value: &str) -> Self {
        self.context.set_default(name, || Values::one(value));
        self
    }

    /// With the guardrails of the caller's account.
    pub(super) fn with_service_control(mut self, levels: &[Level]) -> Self {
        self.around.service_control = levels.to_vec();
        self
    }

    /// Decides, a page of actions at a time.
    pub(super) fn run(&self) -> Result<SimulationOutput, Fault> {
        let Parameters { action_names, marker, max_items, .. } = self.parameters;
        let page = page::cut_list(action_names, marker, max_items)?;
        let is_truncated = page.is_truncated();
        let results = page.items.into_iter().map(|action| self.evaluate_action(action));
        let evaluation_results = results.collect::<Result<_, _>>()?;
        Ok(SimulationOutput { evaluation_results, is_truncated, marker: page.marker })
    }

    /// One resource is shown as such. Several are shown each for themselves, below a result that is
    /// allowed only if they all are and that names none of them (measured on AWS by a public project).
    fn evaluate_action(&self, action_name: &str) -> Result<EvaluationResult, Fault> {
        let action = Action::parse(action_name)
            .map_err(|_| invalid(format!("Invalid action name: {action_name}")))?;
        let arns = self.parameters.resource_arns;
        if arns.iter().all(|arn| arn == "*") {
            let outcome = self.evaluate(&action, "*")?;
            return Ok(EvaluationResult {
                eval_action_name: action_name.to_owned(),
                eval_resource_name: "*".to_owned(),
                eval_decision: decision(outcome.verdict),
                matched_statements: outcome.matched,
                missing_context_values: outcome.missing,
                permissions_boundary_decision_detail: outcome.boundary,
                organizations_decision_detail: outcome.organizations,
                eval_decision_details: None,
                resource_specific_results: Vec::new(),
            });
        }
        let outcomes: Vec<(&String, Outcome)> = arns
            .iter()
            .map(|arn| Ok((arn, self.evaluate(&action, arn)?)))
            .collect::<Result<_, Fault>>()?;
        let verdicts = outcomes.iter().map(|(_, outcome)| outcome.verdict);
        let verdict = verdicts.max_by_key(|verdict| strictness(*verdict));
        let mut result = EvaluationResult {
            eval_action_name: action_name.to_owned(),
            eval_resource_name: any_resource(action.service()),
            eval_decision: decision(verdict.unwrap_or(Verdict::ImplicitlyDenied)),
            matched_statements: Vec::new(),
            missing_context_values: Vec::new(),
            permissions_boundary_decision_detail: None,
            organizations_decision_detail: None,
            eval_decision_details: Some(BTreeMap::new()),
            resource_specific_results: Vec::new(),
        };
        // Over all resources, as each result below has no such detail.
        result.organizations_decision_detail = outcomes
            .iter()
            .filter_map(|(_, outcome)| outcome.organizations)
            .min_by_key(|detail| detail.allowed_by_organizations);
        if let [(arn, outcome)] = outcomes.as_slice() {
            result.eval_resource_name = (*arn).clone();
            result.matched_statements = outcome.matched.clone();
            result.permissions_boundary_decision_detail = outcome.boundary;
            result.eval_decision_details = Some(outcome.details.clone().unwrap_or_default());
        }
        let specific = outcomes.into_iter().map(|(arn, outcome)| ResourceSpecificResult {
            eval_resource_name: arn.clone(),
            eval_resource_decision: decision(outcome.verdict),
            matched_statements: outcome.matched,
            missing_context_values: outcome.missing,
            eval_decision_details: outcome.details,
            permissions_boundary_decision_detail: outcome.boundary,
        });
        result.resource_specific_results = specific.collect();
        Ok(result)
    }

    fn evaluate(&self, action: &Action, arn: &str) -> Result<Outcome, Fault> {
        // Reported in aws-containers/amazon-ecs-exec-checker issue 35.
        let resource = Resource::parse(arn)
            .map_err(|_| invalid(format!("ResourceNames are not in a valid ARN format: {arn}.")))?;
        let request = self.request(action, resource);
        let delegated = self.delegates(action);
        let around = match delegated {
            Some(resource) => Surroundings { resource: Some(resource), ..self.around.clone() },
            None => self.around.clone(),
        };
        let mut trace = Trace::new();
        let decision = evaluate_traced(&request, &around, &mut trace);
        let told = Told { trace: &trace, around: &around, request: &request, decision: &decision };
        let boundary = around.boundary.as_ref().map(|_| BoundaryDetail {
            allowed_by_permissions_boundary: told.gate_allows(Gate::Boundary),
        });
        let organizations = (!around.service_control.is_empty()).then(|| OrganizationsDetail {
            allowed_by_organizations: !decision.blocked_by.contains(Gate::ServiceControl),
        });
        let details = request.crosses_accounts().then(|| told.sides());
        let (matched, missing) = (told.matched(), told.missing());
        Ok(Outcome {
            verdict: decision.verdict,
            matched,
            missing,
            boundary,
            organizations,
            details,
        })
    }

    fn request(&self, action: &Action, resource: Resource) -> Request {
        let has_owner = resource.arn_parts().is_some_and(|arn| !arn.account.is_empty());
        let context = self.context.clone();
        let mut request = Request::new(self.caller.clone(), action.clone(), resource, context);
        if !has_owner {
            request = request.in_account(self.owner);
        }
        if !self.caller_is_known {
            for key in CALLER_KEYS {
                if self.context.get_named(key).is_none() {
                    request = request.without(key);
                }
            }
        }
        request
    }

    /// Where the policy of a role or of a key would have to allow, and none is given or none can be, the
    /// resource is taken to leave the matter to the caller's account, as AWS's simulator takes it.
    fn delegates(&self, action: &Action) -> Option<Arc<PolicySet>> {
        let of_role = action.service() == "sts";
        if !of_role && (action.service() != "kms" || self.has_resource_policy) {
            return None;
        }
        let account = self.caller.account()?;
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":"*","Resource":"*"}}}}"#
        );
        let policy = read_document(&text, PolicyKind::Resource).ok()?;
        Some(set(vec![NamedPolicy { name: DELEGATION.into(), policy }]))
    }
}

/// The name of a policy that nobody gave, and that is not told of.
const DELEGATION: &str = "";

/// A decision with everything that led to it.
struct Told<'t> {
    trace: &'t Trace,
    around: &'t Surroundings,
    request: &'t Request,
    decision: &'t Decision,
}

impl Told<'_> {
    /// The statements that made the decision: all that allow, or those that deny.
    fn matched(&self) -> Vec<MatchedStatement> {
        let effect = match self.decision.verdict {
            Verdict::Allowed => Effect::Allow,
            Verdict::ExplicitlyDenied => Effect::Deny,
            Verdict::ImplicitlyDenied => return Vec::new(),
        };
        let mut matched = Vec::new();
        for gate in self.trace.gates() {
            // What a boundary or a guardrail allows, it does not grant.
            if matches!(gate.gate, Gate::Boundary | Gate::ServiceControl) && effect == Effect::Allow
            {
                continue;
            }
            let Some(set) = self.around.set(gate.gate, gate.level) else { continue };
            for step in self.trace.statements(gate).iter().filter(|step| step.matches) {
                let Some(named) = set.policy(step.place) else { continue };
                let index = usize::from(step.place.statement);
                let Some(statement) = named.policy.statements().get(index) else { continue };
                if statement.effect.value != effect || &*named.name == DELEGATION {
                    continue;
                }
                let of_resource = matches!(gate.gate, Gate::Resource | Gate::Trust);
                matched.extend(position::of(named, index).map(|(start, end)| MatchedStatement {
                    source_policy_id: named.name.to_string(),
                    // Recorded for the caller's policies; of a resource's policy unverified.
                    source_policy_type: if of_resource { "Resource Policy" } else { "IAM Policy" },
                    start_position: start,
                    end_position: end,
                }));
            }
        }
        matched
    }

    /// The keys that the statements on this action and resource speak of and the request does not have.
    /// That the simulator leaves out other statements is unverified.
    fn missing(&self) -> Vec<String> {
        let mut keys = Keys::default();
        for gate in self.trace.gates() {
            let Some(set) = self.around.set(gate.gate, gate.level) else { continue };
            for step in self.trace.statements(gate).iter().filter(|step| step.action.covers) {
                let Some(named) = set.policy(step.place) else { continue };
                let statements = named.policy.statements();
                if let Some(statement) = statements.get(usize::from(step.place.statement))
                    && (step.resource.covers || has_variable_resource(&named.policy, statement))
                {
                    keys.add_statement(&named.policy, statement);
                }
            }
        }
        let context = self.request.context();
        keys.into_names(|name| context.get_named(name).is_none())
    }

    fn gate_allows(&self, gate: Gate) -> bool {
        self.says(gate) == Some(Effect::Allow)
    }

    fn says(&self, gate: Gate) -> Option<Effect> {
        let mut gates = self.trace.gates().iter();
        gates.find(|step| step.gate == gate).and_then(|step| step.answer.effect)
    }

    /// What each side says to a request across accounts. The names of the sides are unverified.
    fn sides(&self) -> BTreeMap<&'static str, &'static str> {
        let side = |gate| match self.says(gate) {
            Some(Effect::Allow) => decision(Verdict::Allowed),
            Some(Effect::Deny) => decision(Verdict::ExplicitlyDenied),
            None => decision(Verdict::ImplicitlyDenied),
        };
        [("IAM Policy", side(Gate::Identity)), ("Resource Policy", side(Gate::Resource))].into()
    }
}

fn set(policies: Vec<NamedPolicy>) -> Arc<PolicySet> {
    Arc::new(PolicySet::new(policies))
}

fn nobody(account: AccountId) -> Result<Caller, Fault> {
    Caller::parse(&format!("arn:aws:iam::{account}:user/{NOBODY}"))
        .map_err(|error| Fault::new("ServiceFailure", error.to_string()))
}

fn read_context(parameters: &Parameters<'_>) -> Context {
    let mut context = Context::new();
    for entry in parameters.context_entries {
        let Some(name) = &entry.context_key_name else { continue };
        let values = Values::many(entry.context_key_values.iter().map(String::as_str));
        context.set(name, values);
    }
    context
}

/// An account, or the ARN of its root. The text is reported in boto/botocore issue 1346.
fn read_owner(owner: &str) -> Result<AccountId, Fault> {
    let account = ArnParts::split(owner).map_or(owner, |parts| parts.account);
    account.parse().map_err(|_| invalid(format!("'{owner}' is not a valid as a Resource Owner.")))
}

/// The words of both refusals are unverified.
fn check_scenario(parameters: &Parameters<'_>) -> Result<(), Fault> {
    let Some(option) = parameters.resource_handling_option else { return Ok(()) };
    let known = SCENARIOS.iter().find(|(name, _)| *name == option);
    let Some((_, needed)) = known else {
        return Err(invalid(format!("'{option}' is not a valid Resource Handling Option.")));
    };
    for kind in *needed {
        let mut arns = parameters.resource_arns.iter().filter_map(|arn| ArnParts::split(arn));
        if !arns.any(|arn| arn.resource.split('/').next() == Some(kind)) {
            return Err(invalid(format!("{option} requires a resource of type {kind}.")));
        }
    }
    Ok(())
}

fn strictness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allowed => 0,
        Verdict::ImplicitlyDenied => 1,
        Verdict::ExplicitlyDenied => 2,
    }
}

/// What stands for several resources of a service: measured for S3, the policy generator's form of other
/// services (unverified).
fn any_resource(service: &str) -> String {
    match service {
        "s3" => "arn:aws:s3:::${BucketName}/${KeyName}".to_owned(),
        _ => format!("arn:aws:{service}:${{Region}}:${{Account}}:${{RelativeId}}"),
    }
}
