//! One line of a batch: decode, decide, answer.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use iam::explain::Explanation;
use iam::policy_set::PolicySet;
use iam::{
    Action, Caller, Context, Decision, Gate, Level, PolicyKind, Request, Resource, Surroundings,
    Trace, Values, evaluate, evaluate_traced, message,
};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::cache::Cache;

/// Decides on lines, one after the other.
#[derive(Debug)]
pub struct Worker {
    cache: Cache,
    trace: Option<Trace>,
}

/// A line as it is documented; unknown fields are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    principal: &'a RawValue,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow)]
    resource: Cow<'a, str>,
    #[serde(borrow)]
    resource_account: Option<Cow<'a, str>>,
    context: Option<LineContext>,
    #[serde(borrow)]
    identity_policies: Option<&'a RawValue>,
    #[serde(borrow)]
    resource_policy: Option<&'a RawValue>,
    #[serde(borrow)]
    permission_boundaries: Option<&'a RawValue>,
    #[serde(borrow)]
    session_policy: Option<&'a RawValue>,
    #[serde(borrow)]
    vpc_endpoint_policies: Option<&'a RawValue>,
    #[serde(borrow)]
    scps: Option<Vec<LineLevel<'a>>>,
    #[serde(borrow)]
    rcps: Option<Vec<LineLevel<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LineLevel<'a> {
    #[serde(borrow)]
    org_identifier: Option<Cow<'a, str>>,
    #[serde(borrow)]
    policies: &'a RawValue,
}

/// A caller that is not written as an ARN.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinePrincipal {
    r#type: String,
    service: Option<String>,
    provider: Option<String>,
}

#[derive(Deserialize)]
struct OnlyId<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    id: Option<&'a RawValue>,
    decision: &'static str,
    blocked_by: Vec<&'static str>,
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<Explanation>,
}

#[derive(Serialize)]
struct ErrorAnswer<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    error: &'a str,
}

impl Worker {
    /// A worker whose answers hold the trace, if asked.
    #[must_use]
    pub fn new(trace: bool) -> Self {
        Self { cache: Cache::default(), trace: trace.then(Trace::new) }
    }

    /// Answers one line into `out`, with a line end. Whether the line was well formed.
    pub fn answer(&mut self, number: u64, text: &[u8], out: &mut Vec<u8>) -> bool {
        let error = match self.decide(text, out) {
            Ok(()) => return true,
            Err(error) => error,
        };
        let id = serde_json::from_slice::<OnlyId<'_>>(text).ok().and_then(|only| only.id);
        write_error(out, number, id, &error);
        false
    }

    fn decide(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        if text.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
            return Err("not a request: a line holds one JSON object".to_owned());
        }
        let mut line: Line<'_> =
            serde_json::from_slice(text).map_err(|error| not_a_request(&error))?;
        let context = line.context.take().map(|context| context.0).unwrap_or_default();
        let action = Action::parse(&line.action).map_err(|error| error.to_string())?;
        let resource = Resource::parse(&line.resource).map_err(|error| error.to_string())?;
        let mut request = Request::new(caller(line.principal)?, action, resource, context);
        if let Some(account) = &line.resource_account {
            request = request
                .in_account(account.parse().map_err(|error| format!("resourceAccount: {error}"))?);
        }
        let around = self.surroundings(&line, &request)?;
        let (decision, explanation) = match &mut self.trace {
            Some(trace) => {
                let decision = evaluate_traced(&request, &around, trace);
                (decision, Explanation::new(trace, &request, &around))
            }
            None => (evaluate(&request, &around), None),
        };
        write_answer(
            out,
            line.id,
            &decision,
            message::denial(&decision, &request, &around),
            explanation,
        )
    }

    fn surroundings(&mut self, line: &Line<'_>, request: &Request) -> Result<Surroundings, String> {
        let trust = request.action().folded().starts_with("sts:assumerole");
        let resource_kind = if trust { PolicyKind::Trust } else { PolicyKind::Resource };
        let cache = &mut self.cache;
        let mut one =
            |raw: Option<&RawValue>, kind| raw.map(|raw| cache.one(raw, kind)).transpose();
        let resource = one(line.resource_policy, resource_kind)?;
        let session = one(line.session_policy, PolicyKind::Session)?;
        let mut list =
            |raw: Option<&RawValue>, kind| raw.map(|raw| cache.list(raw, kind)).transpose();
        let identity = list(line.identity_policies, PolicyKind::Identity)?.unwrap_or_default();
        let boundary = list(line.permission_boundaries, PolicyKind::Boundary)?;
        // An endpoint always has a policy: an empty list means that none was used.
        let endpoint = list(line.vpc_endpoint_policies, PolicyKind::Endpoint)?
            .filter(|set: &Arc<PolicySet>| !set.policies().is_empty());
        let mut levels =
            |levels: &Option<Vec<LineLevel<'_>>>, kind| -> Result<Vec<Level>, String> {
                let levels = levels.iter().flatten().enumerate();
                levels
                    .map(|(index, level)| {
                        let name = match &level.org_identifier {
                            Some(name) => name.as_ref().into(),
                            None => format!("level {}", index + 1).into(),
                        };
                        Ok(Level { name, policies: cache.list(level.policies, kind)? })
                    })
                    .collect()
            };
        let service_control = levels(&line.scps, PolicyKind::ServiceControl)?;
        let resource_control = levels(&line.rcps, PolicyKind::ResourceControl)?;
        Ok(Surroundings {
            identity,
            resource,
            boundary,
            session,
            endpoint,
            service_control,
            resource_control,
        })
    }
}

fn caller(raw: &RawValue) -> Result<Caller, String> {
    if let Ok(text) = serde_json::from_str::<Cow<'_, str>>(raw.get()) {
        return Caller::parse(&text).map_err(|error| error.to_string());
    }
    let principal: LinePrincipal = serde_json::from_str(raw.get()).map_err(|error| {
        format!("`principal` is neither an ARN nor an object with a type: {error}")
    })?;
    match (principal.r#type.as_str(), principal.service, principal.provider) {
        ("Anonymous", ..) => Ok(Caller::anonymous()),
        ("Service", Some(service), _) => Ok(Caller::service(&service)),
        ("Federated", _, Some(provider)) => Ok(Caller::federated(&provider)),
        (other, ..) => Err(format!(
            "a principal of type `{other}` is not one of {{\"type\":\"Anonymous\"}}, \
             {{\"type\":\"Service\",\"service\":…}}, {{\"type\":\"Federated\",\"provider\":…}}"
        )),
    }
}

fn write_answer(
    out: &mut Vec<u8>,
    id: Option<&RawValue>,
    decision: &Decision,
    message: Option<String>,
    trace: Option<Explanation>,
) -> Result<(), String> {
    let answer = Answer {
        id,
        decision: decision.verdict.name(),
        blocked_by: decision.blocked_by.iter().map(Gate::name).collect(),
        message,
        trace,
    };
    serde_json::to_writer(&mut *out, &answer).map_err(|error| error.to_string())?;
    out.push(b'\n');
    Ok(())
}

pub(super) fn write_error(out: &mut Vec<u8>, line: u64, id: Option<&RawValue>, error: &str) {
    // A struct of a number and strings always serializes.
    let _ = serde_json::to_writer(&mut *out, &ErrorAnswer { line, id, error });
    out.push(b'\n');
}

fn not_a_request(error: &serde_json::Error) -> String {
    if error.is_eof() && error.column() == 0 {
        return "the line is empty: write one JSON object a line".to_owned();
    }
    let text = error.to_string();
    // The line number within the line is always 1 and would only mislead.
    let text = text.replace(" at line 1 column ", " at column ");
    format!("not a request: {text}")
}

/// `{key: string or [strings]}`; numbers and booleans count as their text.
struct LineContext(Context);

impl<'de> Deserialize<'de> for LineContext {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ContextVisitor)
    }
}

struct ContextVisitor;

impl<'de> Visitor<'de> for ContextVisitor {
    type Value = LineContext;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of condition keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LineContext, A::Error> {
        let mut context = Context::new();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            // `null` says that the request does not supply the key.
            if let Some(LineValues(values)) = map.next_value::<Option<LineValues>>()? {
                context.set(&*key, values);
            }
        }
        Ok(LineContext(context))
    }
}

struct LineValues(Values);

impl<'de> Deserialize<'de> for LineValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValuesVisitor)
    }
}

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = LineValues;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string or a list of strings")
    }

    fn visit_str<E>(self, value: &str) -> Result<LineValues, E> {
        Ok(LineValues(Values::one(value)))
    }

    fn visit_bool<E>(self, value: bool) -> Result<LineValues, E> {
        Ok(LineValues(Values::one(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<LineValues, E> {
        Ok(LineValues(Values::one(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<LineValues, E> {
        Ok(LineValues(Values::one(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<LineValues, E> {
        Ok(LineValues(Values::one(value.to_string())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<LineValues, A::Error> {
        let mut values: Vec<String> = Vec::new();
        while let Some(value) = list.next_element::<Scalar>()? {
            values.push(value.0);
        }
        Ok(LineValues(Values::many(values)))
    }
}

/// One element of a list of values.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let LineValues(values) = LineValues::deserialize(deserializer)?;
        match values.single() {
            Some(value) => Ok(Self(value.to_owned())),
            None => Err(serde::de::Error::custom("a list of values cannot hold a list")),
        }
    }
}
