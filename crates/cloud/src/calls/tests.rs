//! Chains of calls, made by an operation of these tests only.

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Made;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::user::{self, UserRow};
use crate::operation::{Act, Ask, Operation, Service, Write};
use crate::testing::{ACCOUNT, Cloud, account, allow, code, root};
use crate::{Caller, Read};

/// Makes a user, then makes the calls of `then`; what each came to is the answer.
#[derive(Debug, Clone, Deserialize)]
struct Step {
    create: String,
    #[serde(default)]
    dry_run: bool,
    /// Fails at the end.
    #[serde(default)]
    fail: bool,
    #[serde(default)]
    then: Vec<Next>,
}

/// A call as the user of this name.
#[derive(Debug, Clone, Deserialize)]
struct Next {
    by: String,
    step: Step,
}

#[derive(Debug, Serialize)]
struct Came {
    to: Vec<String>,
}

impl Operation for Step {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "Step";
    type Output = Came;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let arn = user::arn(account(), "/", &self.create);
        Ok(vec![Demand::new("iam:CreateUser", arn)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for Step {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Came, Fault> {
        act.tx.insert(UserRow::new(account(), &self.create, "/", &self.create, act.now))?;
        let mut came = Vec::new();
        for next in &self.then {
            let found = user::find(act.tx, account(), &next.by)?;
            let caller = Caller::User(found.clone());
            came.push(match act.write_as(&caller, next.step.clone()) {
                Ok(_) => "ok".to_owned(),
                Err(fault) => fault.code.to_owned(),
            });
        }
        if self.fail { Err(Fault::new("Failed", "on purpose")) } else { Ok(Came { to: came }) }
    }
}

/// Tells who calls and when, to see what a call is given.
#[derive(Debug, Clone, Deserialize)]
struct Look {}

impl Operation for Look {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "Look";
    type Output = (String, Timestamp);

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:GetUser", ask.caller.arn())])
    }
}

impl Read for Look {
    fn read(self, ask: &Ask<'_>) -> Result<Self::Output, Fault> {
        Ok((ask.caller.arn(), ask.now))
    }
}

fn cloud() -> Cloud {
    let cloud = Cloud::with(
        crate::schema::schema(),
        |name, call| match name {
            "Step" => Some(crate::table::Visitor::write::<Step>(call)),
            _ => None,
        },
        |_, _| None,
    );
    cloud.user("databricks", &allow("iam:CreateUser", "*"));
    cloud.user("nobody", &allow("s3:*", "*"));
    cloud
}

/// The users that a test made.
fn users(cloud: &Cloud) -> Vec<String> {
    let view = cloud.view();
    let own = ["databricks", "nobody"];
    let names = view.everywhere::<UserRow>().map(|user| user.name.clone());
    names.filter(|name| !own.contains(&name.as_str())).collect()
}

/// Caller, code of the fault, and the calls made in turn.
fn told(made: &[Made]) -> Value {
    let one = |made: &Made| {
        let caller = made.caller.rsplit('/').next().unwrap().to_owned();
        let fault = made.fault.as_ref().map_or("ok", |fault| fault.code);
        json!([caller, made.operation, fault, told(&made.made)])
    };
    made.iter().map(one).collect()
}

#[test]
fn a_call_that_succeeds_is_part_of_the_write_and_noted() {
    let cloud = cloud();
    let inner = json!({"create": "inner"});
    let step = json!({"create": "outer", "then": [{"by": "databricks", "step": inner}]});
    assert_eq!(cloud.run("Step", step).unwrap(), json!({"to": ["ok"]}));
    assert_eq!(users(&cloud), ["inner", "outer"]);
    let made = cloud.made();
    assert_eq!(told(&made), json!([["databricks", "Step", "ok", []]]));
    let decided = &made[0].decided;
    assert_eq!(decided.len(), 1);
    assert_eq!(
        decided[0].request.caller().name(),
        format!("arn:aws:iam::{ACCOUNT}:user/databricks")
    );
    assert!(decided[0].decision.is_allowed() && !made[0].is_denied());
    assert_eq!((made[0].service, made[0].time), (Service::Iam, cloud.time()));
}

#[test]
fn a_call_that_is_denied_leaves_nothing_and_the_outer_one_goes_on() {
    let cloud = cloud();
    let inner = json!({"create": "inner"});
    let step = json!({"create": "outer", "then": [
        {"by": "nobody", "step": inner}, {"by": "databricks", "step": inner},
    ]});
    assert_eq!(cloud.run("Step", step).unwrap(), json!({"to": ["AccessDenied", "ok"]}));
    assert_eq!(users(&cloud), ["inner", "outer"]);
    let made = cloud.made();
    assert!(made[0].is_denied() && !made[1].is_denied());
    let fault = made[0].fault.as_ref().unwrap();
    let sentence = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: iam:CreateUser on resource: \
         arn:aws:iam::{ACCOUNT}:user/inner because no identity-based policy allows the iam:CreateUser action"
    );
    assert_eq!(fault.message, sentence);
}

#[test]
fn what_a_call_that_fails_had_changed_and_called_is_taken_back() {
    let cloud = cloud();
    let innermost = json!({"by": "databricks", "step": {"create": "innermost"}});
    let failing = json!({"create": "failing", "fail": true, "then": [innermost]});
    let step = json!({"create": "outer", "then": [
        {"by": "databricks", "step": {"create": "before"}},
        {"by": "databricks", "step": failing},
        {"by": "databricks", "step": {"create": "after"}},
    ]});
    assert_eq!(cloud.run("Step", step).unwrap(), json!({"to": ["ok", "Failed", "ok"]}));
    assert_eq!(users(&cloud), ["after", "before", "outer"]);
    let inner = json!([["databricks", "Step", "ok", []]]);
    let expected = json!([
        ["databricks", "Step", "ok", []],
        ["databricks", "Step", "Failed", inner],
        ["databricks", "Step", "ok", []],
    ]);
    assert_eq!(told(&cloud.made()), expected);
    // Names and ids that were taken back are free.
    let again = json!({"create": "failing", "then": [{"by": "databricks", "step": {"create": "innermost"}}]});
    assert_eq!(cloud.run("Step", again).unwrap(), json!({"to": ["ok"]}));
}

#[test]
fn a_denial_deep_in_the_chain_is_seen_from_its_top() {
    let cloud = cloud();
    let innermost = json!({"by": "nobody", "step": {"create": "innermost"}});
    let middle = json!({"create": "middle", "then": [innermost]});
    let step = json!({"create": "outer", "then": [{"by": "databricks", "step": middle}]});
    assert_eq!(cloud.run("Step", step).unwrap(), json!({"to": ["ok"]}));
    assert_eq!(users(&cloud), ["middle", "outer"]);
    let made = cloud.made();
    assert!(made[0].is_denied() && made[0].fault.is_none());
    let inner = json!([["nobody", "Step", "AccessDenied", []]]);
    assert_eq!(told(&made), json!([["databricks", "Step", "ok", inner]]));
}

#[test]
fn a_dry_run_is_authorized_and_run_and_taken_back() {
    let cloud = cloud();
    let inner = json!({"create": "inner", "dry_run": true});
    let step = json!({"create": "outer", "then": [
        {"by": "databricks", "step": inner}, {"by": "nobody", "step": inner},
    ]});
    let came = json!({"to": ["DryRunOperation", "AccessDenied"]});
    assert_eq!(cloud.run("Step", step).unwrap(), came);
    assert_eq!(users(&cloud), ["outer"]);
    // As its own request, too.
    let step = json!({"create": "dry", "dry_run": true, "then": [
        {"by": "databricks", "step": {"create": "inner"}},
    ]});
    assert_eq!(code(cloud.run("Step", step)), "DryRunOperation");
    assert_eq!(users(&cloud), ["outer"]);
}

#[test]
fn a_write_that_fails_takes_its_calls_along() {
    let cloud = cloud();
    let version = cloud.view().version(ACCOUNT);
    let inner = json!({"by": "databricks", "step": {"create": "inner"}});
    let step = json!({"create": "outer", "fail": true, "then": [inner]});
    assert_eq!(code(cloud.run("Step", step)), "Failed");
    assert_eq!(users(&cloud), Vec::<String>::new());
    assert_eq!(cloud.view().version(ACCOUNT), version);
}

#[test]
fn a_call_reads_as_its_own_caller() {
    let cloud = cloud();
    cloud.user("reader", &allow("iam:GetUser", "*"));
    let reader = cloud.caller("reader");
    let time = cloud.time();
    let looked = cloud.act(&root(), Service::Iam, move |act| {
        let read = act.read_as(&reader, Look {})?;
        let denied =
            act.read_as(&Caller::User(user::find(act.tx, account(), "nobody")?.clone()), Look {});
        Ok((read, denied.unwrap_err().code))
    });
    let ((arn, now), denied) = looked.unwrap();
    assert_eq!((arn, now), (format!("arn:aws:iam::{ACCOUNT}:user/reader"), time));
    assert_eq!(denied, "AccessDenied");
}
