//! The accounts, names and documents of the example deployment, and how requests in it are decided.

use std::path::PathBuf;
use std::sync::Arc;

use iam::{
    Action, Caller, Context, Decision, Gate, Level, NamedPolicy, Policy, PolicyKind, PolicySet,
    Request, Resource, Surroundings, Trace, Values, Verdict, evaluate, evaluate_traced, message,
};

/// The account that the workspace runs in.
pub(crate) const CUSTOMER: &str = "111122223333";
pub(crate) const REGION: &str = "us-west-2";
/// A region that no example names.
pub(crate) const OTHER_REGION: &str = "eu-central-1";
/// The VPC and the security group that the restricted policy names, and others.
pub(crate) const VPC: &str = "vpc-0a1b2c3d4e5f60718";
pub(crate) const OTHER_VPC: &str = "vpc-0ffffffffffffffff";
pub(crate) const GROUP: &str = "sg-0a1b2c3d4e5f60718";
pub(crate) const OTHER_GROUP: &str = "sg-0ffffffffffffffff";
/// The cross-account role, and its session as Databricks holds it.
pub(crate) const CROSS_ACCOUNT_ROLE: &str =
    "arn:aws:iam::111122223333:role/databricks-cross-account";
pub(crate) const LAUNCHER: &str =
    "arn:aws:sts::111122223333:assumed-role/databricks-cross-account/databricks";
/// The role of the cluster's instances, with its path, and a session of it on an instance.
pub(crate) const INSTANCE_ROLE: &str = "arn:aws:iam::111122223333:role/databricks/lakehouse-reader";
pub(crate) const INSTANCE: &str =
    "arn:aws:sts::111122223333:assumed-role/lakehouse-reader/i-0c0ffee0c0ffee001";
/// Whoever in Databricks' account assumes customers' roles. The name is made up.
pub(crate) const CONTROL_PLANE: &str =
    "arn:aws:sts::414351767826:assumed-role/control-plane/launcher";
/// What the trust policy expects as `sts:ExternalId`: the Databricks account.
pub(crate) const EXTERNAL_ID: &str = "11111111-2222-4333-8444-555555555555";
/// The gate of most denials here.
pub(crate) const IDENTITY: Gate = Gate::Identity;

/// Policies that one identity holds.
pub(crate) type NamedPolicies = Vec<NamedPolicy>;

/// One (action, resource, context) that IAM must allow.
#[derive(Debug, Clone)]
pub(crate) struct Demand {
    pub(crate) action: &'static str,
    pub(crate) resource: String,
    pub(crate) context: Vec<(String, Vec<String>)>,
    /// The account of a resource whose ARN does not name it.
    pub(crate) resource_account: Option<&'static str>,
}

/// A denial: its kind, the gates in the way and AWS's sentence.
#[derive(Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) verdict: Verdict,
    pub(crate) gates: Vec<Gate>,
    pub(crate) sentence: String,
}

impl Demand {
    /// A demand; `resource` as [`arn`] expands it.
    pub(crate) fn new(action: &'static str, resource: &str) -> Self {
        let demand =
            Self { action, resource: arn(resource), context: Vec::new(), resource_account: None };
        // Both keys come with every EC2 action (service authorization reference, EC2).
        if action.starts_with("ec2:") {
            return demand.with("ec2:Region", REGION).with("aws:RequestedRegion", REGION);
        }
        demand
    }

    /// The same with one more key, or another value of one that is there.
    pub(crate) fn with(self, key: &str, value: &str) -> Self {
        self.with_all(key, &[value])
    }

    /// The same with a key of several values.
    pub(crate) fn with_all(mut self, key: &str, values: &[&str]) -> Self {
        self.context.retain(|(name, _)| name != key);
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.context.push((key.to_owned(), values));
        self
    }

    /// The same with the keys that EC2 supplies for the tags of a resource that exists.
    pub(crate) fn tagged(self, tags: &[(&str, &str)]) -> Self {
        tags.iter().fold(self, |demand, (key, value)| {
            demand
                .with(&format!("aws:ResourceTag/{key}"), value)
                .with(&format!("ec2:ResourceTag/{key}"), value)
        })
    }

    /// The same with the keys that a service supplies for the tags that a request asks for.
    pub(crate) fn asks_for_tags(self, tags: &[(&str, &str)]) -> Self {
        if tags.is_empty() {
            return self;
        }
        let keys: Vec<&str> = tags.iter().map(|(key, _)| *key).collect();
        tags.iter().fold(self.with_all("aws:TagKeys", &keys), |demand, (key, value)| {
            demand.with(&format!("aws:RequestTag/{key}"), value)
        })
    }

    /// The same on a resource of another account, where the ARN does not say so.
    pub(crate) fn owned_by(mut self, account: &'static str) -> Self {
        self.resource_account = Some(account);
        self
    }

    pub(crate) fn request(&self, caller: &Caller) -> Request {
        let mut context = Context::new();
        for (key, values) in &self.context {
            context.set(key, Values::many(values.iter().map(String::as_str)));
        }
        let action = Action::parse(self.action).unwrap();
        let resource = Resource::parse(&self.resource).unwrap();
        let request = Request::new(caller.clone(), action, resource, context);
        match self.resource_account {
            Some(account) => request.in_account(account.parse().unwrap()),
            None => request,
        }
    }
}

impl Refusal {
    /// No policy behind `gate` allows the action.
    pub(crate) fn lacks(gate: Gate, caller: &str, action: &str, resource: &str) -> Self {
        let because = format!(" because no {} allows the {action} action", policy_type(gate));
        let sentence = bare_sentence(caller, action, resource) + &because;
        Self { verdict: Verdict::ImplicitlyDenied, gates: vec![gate], sentence }
    }

    /// A statement behind `gate` denies the action; `policy` is the ARN of its policy, or empty.
    pub(crate) fn denies(
        gate: Gate,
        caller: &str,
        action: &str,
        resource: &str,
        policy: &str,
    ) -> Self {
        let kind = policy_type(gate);
        let article = if gate == Gate::Identity { "an" } else { "a" };
        let mut sentence = bare_sentence(caller, action, resource);
        sentence += &format!(" with an explicit deny in {article} {kind}");
        if !policy.is_empty() {
            sentence += &format!(": {policy}");
        }
        Self { verdict: Verdict::ExplicitlyDenied, gates: vec![gate], sentence }
    }

    /// A refused `sts:AssumeRole`, which AWS does not explain.
    pub(crate) fn unexplained(verdict: Verdict, gates: &[Gate], caller: &str, role: &str) -> Self {
        let sentence = bare_sentence(caller, "sts:AssumeRole", role);
        Self { verdict, gates: gates.to_vec(), sentence }
    }
}

/// AWS's wording (user guide, "Troubleshoot access denied error messages"), written out here a
/// second time so that the engine's is held against something.
fn bare_sentence(caller: &str, action: &str, resource: &str) -> String {
    let on = match arn(resource).as_str() {
        "*" => String::new(),
        full => format!(" on resource: {full}"),
    };
    format!("User: {caller} is not authorized to perform: {action}{on}")
}

fn policy_type(gate: Gate) -> &'static str {
    match gate {
        Gate::Identity => "identity-based policy",
        Gate::Resource => "resource-based policy",
        Gate::Boundary => "permissions boundary",
        Gate::Session => "session policy",
        Gate::ServiceControl => "service control policy",
        Gate::ResourceControl => "resource control policy",
        Gate::Trust => "role trust policy",
        Gate::Endpoint => "VPC endpoint policy",
    }
}

/// `instance/i-1` → the ARN of that instance in the customer's account; full ARNs and `*` stay.
///
/// Images and snapshots have no account in their ARNs (service authorization reference, EC2,
/// "resource types"): what is tested in `image.rs` hangs on that.
pub(crate) fn arn(short: &str) -> String {
    match short.split('/').next() {
        Some("image" | "snapshot") => format!("arn:aws:ec2:{REGION}::{short}"),
        Some("role") => format!("arn:aws:iam::{CUSTOMER}:{short}"),
        // IAM's denials call some of what it keeps by its name.
        _ if short == "*" || short.starts_with("arn:") || short.starts_with("role ") => {
            short.to_owned()
        }
        _ => format!("arn:aws:ec2:{REGION}:{CUSTOMER}:{short}"),
    }
}

/// A file below `examples`.
pub(crate) fn example(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples")).join(path)
}

/// The text of one of the shipped policies.
pub(crate) fn shipped_text(name: &str) -> String {
    let path = example("policies").join(format!("{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One of the shipped policies.
pub(crate) fn shipped(name: &str, kind: PolicyKind) -> NamedPolicy {
    named(name, &shipped_text(name), kind)
}

/// A policy from its text.
pub(crate) fn named(name: &str, text: &str, kind: PolicyKind) -> NamedPolicy {
    let policy = Policy::parse(text.as_bytes(), kind);
    NamedPolicy::new(name, policy.unwrap_or_else(|found| panic!("{name}: {found:?}")))
}

pub(crate) fn set(policies: impl IntoIterator<Item = NamedPolicy>) -> Arc<PolicySet> {
    Arc::new(PolicySet::new(policies.into_iter().collect()))
}

/// A level of an organization with these policies.
pub(crate) fn level(name: &str, policies: impl IntoIterator<Item = NamedPolicy>) -> Level {
    Level { name: name.into(), policies: set(policies) }
}

/// Only identity policies.
pub(crate) fn holding(policies: impl IntoIterator<Item = NamedPolicy>) -> Surroundings {
    Surroundings { identity: set(policies), ..Surroundings::default() }
}

pub(crate) fn caller(text: &str) -> Caller {
    Caller::parse(text).unwrap()
}

/// Decides, traced and untraced.
pub(crate) fn decide(request: &Request, around: &Surroundings) -> Decision {
    let decision = evaluate(request, around);
    let mut trace = Trace::new();
    assert_eq!(evaluate_traced(request, around, &mut trace), decision, "the trace disagrees");
    decision
}

/// How `demand` is refused to `who`; `None` if it is allowed.
pub(crate) fn refusal(who: &str, demand: &Demand, around: &Surroundings) -> Option<Refusal> {
    let request = demand.request(&caller(who));
    let decision = decide(&request, around);
    let sentence = message::denial(&decision, &request, around);
    assert_eq!(sentence.is_none(), decision.is_allowed());
    Some(Refusal {
        verdict: decision.verdict,
        gates: decision.blocked_by.iter().collect(),
        sentence: sentence?,
    })
}

/// Every refusal among the demands of one operation, which needs all of them.
pub(crate) fn refusals(who: &str, demands: &[Demand], around: &Surroundings) -> Vec<Refusal> {
    demands.iter().filter_map(|demand| refusal(who, demand, around)).collect()
}

/// The `Sid`s of the statements that match a request, policy by policy.
pub(crate) fn matching_sids(who: &str, demand: &Demand, around: &Surroundings) -> Vec<String> {
    let mut trace = Trace::new();
    evaluate_traced(&demand.request(&caller(who)), around, &mut trace);
    let mut sids = Vec::new();
    for gate in trace.gates() {
        for statement in trace.statements(gate).iter().filter(|statement| statement.matches) {
            let policy =
                around.set(gate.gate, gate.level).and_then(|set| set.policy(statement.place));
            let statements = policy.unwrap().policy.statements();
            let sid = statements[usize::from(statement.place.statement)].sid();
            sids.push(sid.unwrap_or_default().to_owned());
        }
    }
    sids
}
