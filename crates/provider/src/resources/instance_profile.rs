//! `databricks_instance_profile`: an instance profile, registered with a workspace.
//!
//! Databricks registers a profile after a dry run of a launch with it, as the cross-account role, and says
//! what EC2 said if that is refused. The same words can mean that AWS has not spread a change yet, so a
//! registration that may succeed a little later is tried again for a while; what is left is explained.

use std::time::{Duration, Instant};

use serde_json::{Map, Value as Json, json};

use crate::client::{ApiError, Client};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::Plan;
use crate::refusal::{self, Tried};
use crate::resource::{Failure, Resource, flag, some_text, text};
use crate::resources::{arn, timeouts};
use crate::schema::{Attribute, Block, Type};
use crate::stop;
use crate::value::{Members, Value};

/// How long a registration that may be too early is tried again.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);
/// How long what IAM itself does not have may still be on its way: from another block of the same run.
const GRACE: Duration = Duration::from_secs(20);
/// The pauses between attempts, in seconds; the last one repeats.
const PAUSES_SECONDS: [u64; 5] = [1, 2, 3, 5, 10];
const API: &str = "/api/2.0/instance-profiles";
const NAME: &str = "databricks_instance_profile";

/// The resource.
pub(super) struct InstanceProfile;

impl Resource for InstanceProfile {
    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Block {
        let timeout = Attribute::optional(
            "create",
            Type::Text,
            "How long a registration is tried again that AWS may refuse only because a role, profile or policy \
             is too new, such as `2m` (the default) or `0s`.",
        );
        Block::new(
            "An EC2 instance profile that clusters of the workspace may launch with.",
            vec![
                Attribute::computed("id", Type::Text, "The instance profile's ARN."),
                // Databricks' own examples use it.
                Attribute::computed("arn", Type::Text, "The same."),
                Attribute::required(
                    "instance_profile_arn",
                    Type::Text,
                    "The ARN of the instance profile: `aws_iam_instance_profile.NAME.arn`, not its role's.",
                )
                .force_new(),
                Attribute::optional(
                    "iam_role_arn",
                    Type::Text,
                    "The ARN of the role in it. Needed for SQL serverless if role and instance profile have \
                     different names.",
                ),
                Attribute::optional(
                    "is_meta_instance_profile",
                    Type::Bool,
                    "Whether it only hands on to other roles, for credential passthrough.",
                )
                .default(false),
                Attribute::optional(
                    "skip_validation",
                    Type::Bool,
                    "Register it without the dry run of a launch.",
                )
                .default(false),
            ],
        )
        .with(timeouts::with(vec![timeout]))
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        arn::check_profile(config, "instance_profile_arn", found);
        arn::check_role(config, "iam_role_arn", found);
        timeouts::check(config, found);
    }

    fn plan(&self, plan: &mut Plan, found: &mut Diagnostics) {
        // The id is the ARN, known as soon as that is.
        for name in ["id", "arn"] {
            let arn = plan.get("instance_profile_arn").clone();
            plan.planned.insert(name.to_owned(), arn);
        }
        let Some(prior) = &plan.prior else { return };
        let before = flag(prior, "is_meta_instance_profile");
        let after = plan.get("is_meta_instance_profile").as_bool();
        if after.is_some_and(|after| after != before) && plan.replace.is_empty() {
            // Databricks does not change it in place ("only iam_role_arn", API reference).
            plan.replace.push("is_meta_instance_profile");
            let text =
                "Databricks cannot change it in place: the registration is removed and made anew.";
            found.add(
                Diagnostic::warning("The instance profile is registered anew", text)
                    .at("is_meta_instance_profile"),
            );
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        found: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(NAME)?;
        let arn = text(planned, "instance_profile_arn");
        if registered(client, arn).map_err(|error| cannot("read", &error))?.is_some() {
            return Err(exists(arn).into());
        }
        let mut body = Map::new();
        body.insert("instance_profile_arn".to_owned(), arn.into());
        if let Some(role) = some_text(planned, "iam_role_arn") {
            body.insert("iam_role_arn".to_owned(), role.into());
        }
        for name in ["is_meta_instance_profile", "skip_validation"] {
            if flag(planned, name) {
                body.insert(name.to_owned(), true.into());
            }
        }
        let timeout = timeouts::of(planned, "create", DEFAULT_TIMEOUT);
        register(client, arn, &body.into(), timeout, found)?;
        Ok(planned.clone())
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_workspace(NAME)?;
        let arn = some_text(state, "id").unwrap_or_else(|| text(state, "instance_profile_arn"));
        let entry = registered(client, arn).map_err(|error| cannot("read", &error))?;
        let Some(entry) = entry else { return Ok(None) };
        let mut state = state.clone();
        let mut set = |name: &str, value: Value| {
            state.insert(name.to_owned(), value);
        };
        for name in ["id", "arn", "instance_profile_arn"] {
            set(name, Value::text(arn));
        }
        let role = entry.get("iam_role_arn").and_then(Json::as_str).filter(|role| !role.is_empty());
        set("iam_role_arn", role.map_or(Value::Null, Value::text));
        let is_meta = entry.get("is_meta_instance_profile").and_then(Json::as_bool);
        set("is_meta_instance_profile", is_meta.unwrap_or_default().into());
        // The API does not tell; a profile that is imported was validated as far as anybody knows.
        if state.get("skip_validation").is_none_or(Value::is_null) {
            state.insert("skip_validation".to_owned(), false.into());
        }
        Ok(Some(state))
    }

    fn update(
        &self,
        client: &Client,
        prior: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(NAME)?;
        if prior.get("iam_role_arn") != planned.get("iam_role_arn") {
            let arn = text(planned, "instance_profile_arn");
            // The profile's own ARN stands for "none" (what the official provider sends).
            let role = some_text(planned, "iam_role_arn").unwrap_or(arn);
            let body = json!({"instance_profile_arn": arn, "iam_role_arn": role});
            let edited = client.post(&format!("{API}/edit"), &body);
            edited.map_err(|error| cannot("update", &error))?;
        }
        Ok(planned.clone())
    }

    fn import(&self, id: &str) -> Result<Members, Failure> {
        check_import(id)?;
        let mut state = self.schema().to_import();
        state.insert("id".to_owned(), Value::text(id));
        Ok(state)
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let body = json!({"instance_profile_arn": text(state, "id")});
        match client.post(&format!("{API}/remove"), &body) {
            Err(error) if !error.is_missing() => Err(cannot("delete", &error)),
            _ => Ok(()),
        }
    }
}

/// Only an instance profile's own ARN can be imported, not its name or its role's.
fn check_import(id: &str) -> Result<(), Diagnostic> {
    let named: Members = [("id".to_owned(), Value::text(id))].into();
    let mut found = Diagnostics::default();
    arn::check_profile(&named, "id", &mut found);
    let wrong = found.all().first().cloned();
    wrong.map_or(Ok(()), |mut wrong| {
        wrong.path.clear();
        Err(wrong)
    })
}

/// The entry of a registered instance profile. There is no call for a single one.
pub(super) fn registered(client: &Client, arn: &str) -> Result<Option<Json>, ApiError> {
    let answer = client.get(&format!("{API}/list"), &[])?;
    let entries = answer.get("instance_profiles").and_then(Json::as_array).into_iter().flatten();
    let is_it =
        |entry: &&Json| entry.get("instance_profile_arn").and_then(Json::as_str) == Some(arn);
    Ok(entries.into_iter().find(is_it).cloned())
}

/// Registers, again and again while it may have been too early.
fn register(
    client: &Client,
    arn: &str,
    body: &Json,
    timeout: Duration,
    found: &mut Diagnostics,
) -> Result<(), Failure> {
    let started = Instant::now();
    let mut attempts = 0;
    loop {
        let outcome = client.post(&format!("{API}/add"), body);
        attempts += 1;
        let error = match outcome {
            Ok(_) => {
                if attempts > 1 {
                    found.add(was_early(attempts, started.elapsed()));
                }
                return Ok(());
            }
            Err(error) => error,
        };
        let pause = PAUSES_SECONDS.get(attempts - 1).or(PAUSES_SECONDS.last()).copied();
        let pause = Duration::from_secs(pause.unwrap_or(1));
        let elapsed = started.elapsed();
        let early = refusal::may_be_early(&error);
        let settled = early && elapsed >= GRACE && refusal::is_settled(&error, arn, client.aws());
        let is_last = !early || settled || elapsed + pause > timeout;
        if is_last || !stop::RUN.pause(pause) {
            if error.code == "RESOURCE_ALREADY_EXISTS" {
                return Err(exists(arn).into());
            }
            let tried = (attempts > 1).then_some(Tried { attempts, elapsed, settled });
            return Err(refusal::explain(&error, arn, client.aws(), tried).into());
        }
    }
}

fn was_early(attempts: usize, elapsed: Duration) -> Diagnostic {
    Diagnostic::warning(
        "The registration came too early at first",
        format!(
            "Databricks registered the instance profile at attempt {attempts}, after {} s: AWS needs some \
             seconds until a new role, profile or policy is known everywhere. If it does not yet, let this resource \
             depend on the policy attachment of the cross-account role (`depends_on`), so that it starts as late as \
             can be.",
            elapsed.as_secs()
        ),
    )
}

fn exists(arn: &str) -> Diagnostic {
    Diagnostic::error(
        "The instance profile is registered already",
        format!(
            "`{arn}` is registered with this workspace, by another block or by hand. If it is another block, \
             leave one of them out. Otherwise take it over:\n\n  terraform import databricks_instance_profile.NAME \
             {arn}"
        ),
    )
    .at("instance_profile_arn")
}

fn cannot(verb: &str, error: &ApiError) -> Failure {
    error.diagnostic(&format!("{verb} the instance profile")).into()
}
