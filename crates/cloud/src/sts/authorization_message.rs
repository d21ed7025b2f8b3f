//! Encoded authorization messages: why a request was refused, sealed, for whoever may know.
//!
//! The shape of the decoded message is that of AWS's example and of what users show of theirs
//! (STS API reference, `DecodeAuthorizationMessage`; aws/aws-sdk-go issue 1536).

use base64ct::{Base64UrlUnpadded, Encoding};
use iam::policy::{PatternElement, PrincipalElement, Statement};
use iam::{Request, Verdict};
use serde::{Deserialize, Serialize};

use crate::authorize::Decided;
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Operation, Read, Service};
use crate::secrets::{Purpose, SealingKey};

/// Characters of an encoded message.
pub const MAX_ENCODED_CHARACTERS: usize = 10_240;

/// Bytes of a decoded message.
const MAX_DECODED_BYTES: usize = 1024 * 1024;
const COMPRESSION_LEVEL: u8 = 6;

/// The encoded message of a decision: its JSON, sealed. Only the account of the caller can decode it
/// (whether AWS asks for the same account is unverified).
///
/// What does not fit into [`MAX_ENCODED_CHARACTERS`] is left out: first the conditions of the request,
/// then the statement.
#[must_use]
pub fn encode_authorization_message(decided: &Decided, key: &SealingKey) -> String {
    let account = decided.request.caller().account().map(|account| account.to_string());
    let account = account.unwrap_or_default();
    let mut message = Message::new(decided);
    let mut encoded = seal(&message, &account, key);
    if encoded.len() > MAX_ENCODED_CHARACTERS {
        message.context.conditions.items.clear();
        encoded = seal(&message, &account, key);
    }
    if encoded.len() > MAX_ENCODED_CHARACTERS {
        message.matched_statements.items.clear();
        encoded = seal(&message, &account, key);
    }
    encoded
}

/// `DecodeAuthorizationMessage`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DecodeAuthorizationMessage {
    encoded_message: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DecodeAuthorizationMessageOutput {
    decoded_message: String,
}

impl Operation for DecodeAuthorizationMessage {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "DecodeAuthorizationMessage";
    type Output = DecodeAuthorizationMessageOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        for check in [Check::MaxLength(MAX_ENCODED_CHARACTERS), Check::MinLength(1)] {
            constraints.hidden("encodedMessage", &self.encoded_message, check);
        }
        constraints.finish()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("sts:DecodeAuthorizationMessage", "*")])
    }
}

impl Read for DecodeAuthorizationMessage {
    /// The code is documented; the text is unverified.
    fn read(self, ask: &Ask<'_>) -> Result<DecodeAuthorizationMessageOutput, Fault> {
        let account = ask.account().to_string();
        match open(&self.encoded_message, &account, &ask.secrets.sealing_key) {
            Some(decoded_message) => Ok(DecodeAuthorizationMessageOutput { decoded_message }),
            None => {
                let text = "The encoded authorization message is not valid.";
                Err(Fault::new("InvalidAuthorizationMessageException", text))
            }
        }
    }
}

/// `ACCOUNT\0` and the compressed message.
fn seal(message: &Message, account: &str, key: &SealingKey) -> String {
    let json = serde_json::to_vec(message).unwrap_or_default();
    let mut plain = account.as_bytes().to_vec();
    plain.push(0);
    plain.extend(miniz_oxide::deflate::compress_to_vec(&json, COMPRESSION_LEVEL));
    let sealed = key.seal(Purpose::Message, &plain, key.nonce_for(&plain));
    Base64UrlUnpadded::encode_string(&sealed.unwrap_or_default())
}

/// The JSON of an encoded message, whoever it was for: for the owner of the server.
#[must_use]
pub fn decode_authorization_message(encoded: &str, key: &SealingKey) -> Option<String> {
    open_as(encoded, None, key)
}

fn open(encoded: &str, account: &str, key: &SealingKey) -> Option<String> {
    open_as(encoded, Some(account), key)
}

fn open_as(encoded: &str, account: Option<&str>, key: &SealingKey) -> Option<String> {
    let sealed = Base64UrlUnpadded::decode_vec(encoded.trim()).ok()?;
    let plain = key.open(Purpose::Message, &sealed)?;
    let end = plain.iter().position(|byte| *byte == 0)?;
    let (of, compressed) = (plain.get(..end)?, plain.get(end + 1..)?);
    if account.is_some_and(|account| account.as_bytes() != of) {
        return None;
    }
    let json = miniz_oxide::inflate::decompress_to_vec_with_limit(compressed, MAX_DECODED_BYTES);
    String::from_utf8(json.ok()?).ok()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    allowed: bool,
    explicit_deny: bool,
    matched_statements: Items<StatementItem>,
    failures: Items<Value>,
    context: ContextItem,
}

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatementItem {
    statement_id: String,
    effect: &'static str,
    principals: Items<Value>,
    principal_groups: Items<Value>,
    actions: Items<Value>,
    resources: Items<Value>,
    conditions: Items<KeyItem>,
}

#[derive(Serialize)]
struct ContextItem {
    principal: Principal,
    action: String,
    resource: String,
    conditions: Items<KeyItem>,
}

#[derive(Serialize)]
struct Principal {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    arn: String,
}

#[derive(Serialize)]
struct KeyItem {
    key: String,
    values: Items<Value>,
}

#[derive(Serialize)]
struct Value {
    value: String,
}

impl Message {
    fn new(decided: &Decided) -> Self {
        let Decided { request, around, decision, .. } = decided;
        let place = decision.by.filter(|_| decision.verdict == Verdict::ExplicitlyDenied);
        let statement = place.and_then(|place| {
            let policy = around.policy(place)?;
            policy.policy.statements().get(usize::from(place.statement.statement))
        });
        let context = request.context();
        let id = context.get_named("aws:userid").and_then(|values| values.single());
        Self {
            allowed: decision.is_allowed(),
            explicit_deny: decision.verdict == Verdict::ExplicitlyDenied,
            matched_statements: items(statement.map(|statement| told(statement, id))),
            failures: items([]),
            context: ContextItem {
                principal: principal(request, id),
                action: request.action().as_str().to_owned(),
                resource: request.resource().as_str().to_owned(),
                conditions: items(context.iter().map(|(key, values)| KeyItem {
                    key: key.name().to_owned(),
                    values: self::values(values.iter()),
                })),
            },
        }
    }
}

fn principal(request: &Request, id: Option<&str>) -> Principal {
    let caller = request.caller();
    // A role session is shown by id and ARN alone.
    let name = caller.entity_name().filter(|_| id.is_none_or(|id| !id.contains(':')));
    Principal {
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        arn: caller.name().to_owned(),
    }
}

/// A statement of the caller's own policies names no principal: AWS shows the caller's id there.
fn told(statement: &Statement, id: Option<&str>) -> StatementItem {
    let conditions = statement.conditions.iter().map(|line| KeyItem {
        key: line.key.value.to_string(),
        values: values(line.values.iter().map(|value| &*value.value)),
    });
    StatementItem {
        statement_id: statement.sid().unwrap_or_default().to_owned(),
        effect: match statement.effect.value {
            iam::policy::Effect::Allow => "ALLOW",
            iam::policy::Effect::Deny => "DENY",
        },
        principals: match &statement.principal {
            Some(element) => values(named(element)),
            None => values(id),
        },
        principal_groups: items([]),
        actions: values(listed(&statement.action)),
        resources: match &statement.resource {
            Some(element) => values(listed(element)),
            None => items([]),
        },
        conditions: items(conditions),
    }
}

fn listed(element: &PatternElement) -> impl Iterator<Item = &str> {
    element.patterns.iter().map(|pattern| &*pattern.value)
}

fn named(element: &PrincipalElement) -> impl Iterator<Item = &str> {
    let everyone = element.everyone.iter().map(|_| "*");
    let entries = element.entries.iter().flat_map(|entry| &entry.values);
    everyone.chain(entries.map(|value| &*value.value))
}

fn values<'v>(values: impl IntoIterator<Item = &'v str>) -> Items<Value> {
    items(values.into_iter().map(|value| Value { value: value.to_owned() }))
}

fn items<T>(items: impl IntoIterator<Item = T>) -> Items<T> {
    Items { items: items.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, Cloud, allow, code, statement};

    fn decoded(cloud: &Cloud, encoded: &str) -> serde_json::Value {
        let anna = cloud.user("decoder", &allow("sts:DecodeAuthorizationMessage", "*"));
        let input = json!({"EncodedMessage": encoded});
        let answer = cloud.run_as(&anna, "DecodeAuthorizationMessage", input).unwrap();
        serde_json::from_str(answer["DecodedMessage"].as_str().unwrap()).unwrap()
    }

    #[test]
    fn an_implicit_denial() {
        let cloud = Cloud::new();
        let bob = cloud.user("bob", &allow("s3:*", "*"));
        let instance = "arn:aws:ec2:us-east-1:123456789012:instance/i-1";
        let decided = cloud.decided(&bob, "ec2:StopInstances", instance);
        let key = &cloud.secrets.sealing_key;
        let encoded = encode_authorization_message(&decided, key);
        assert!(encoded.len() < 2000, "{}", encoded.len());
        let message = decoded(&cloud, &encoded);
        assert_eq!(message["allowed"], false);
        assert_eq!(message["explicitDeny"], false);
        assert_eq!(message["matchedStatements"], json!({"items": []}));
        assert_eq!(message["failures"], json!({"items": []}));
        let context = &message["context"];
        let arn = "arn:aws:iam::123456789012:user/bob";
        let principal = json!({"id": bob.user_id().unwrap(), "name": "bob", "arn": arn});
        assert_eq!(context["principal"], principal);
        assert_eq!(context["action"], "ec2:StopInstances");
        assert_eq!(context["resource"], instance);
        let region = json!({
            "key": "aws:RequestedRegion", "values": {"items": [{"value": "us-east-1"}]}
        });
        let conditions = context["conditions"]["items"].as_array().unwrap();
        assert!(conditions.contains(&region), "{conditions:?}");
    }

    #[test]
    fn an_explicit_denial_shows_its_statement() {
        let cloud = Cloud::new();
        let bob = cloud.user("bob", &statement(json!({
            "Sid": "No", "Effect": "Deny", "Action": ["ec2:Stop*", "ec2:Start*"], "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
        })));
        let decided = cloud.decided(&bob, "ec2:StopInstances", "*");
        let message =
            decoded(&cloud, &encode_authorization_message(&decided, &cloud.secrets.sealing_key));
        assert_eq!(message["explicitDeny"], true);
        let values = |values: &[&str]| {
            let items: Vec<_> = values.iter().map(|value| json!({"value": value})).collect();
            json!({"items": items})
        };
        assert_eq!(
            message["matchedStatements"]["items"],
            json!([{
                "statementId": "No",
                "effect": "DENY",
                "principals": values(&[&bob.user_id().unwrap()]),
                "principalGroups": {"items": []},
                "actions": values(&["ec2:Stop*", "ec2:Start*"]),
                "resources": values(&["*"]),
                "conditions": {"items": [
                    {"key": "aws:RequestedRegion", "values": values(&["us-east-1"])}
                ]},
            }])
        );
    }

    #[test]
    fn messages_stay_within_the_limit() {
        let cloud = Cloud::new();
        let noise = |index: u64| {
            let mut text = String::new();
            for step in 0..12_u64 {
                let mixed = (index * 31 + step).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                text.push_str(&format!("{:016x}", mixed ^ (mixed >> 29)));
            }
            text
        };
        let actions: Vec<String> =
            (0..100).map(|index| format!("ec2:{}", noise(index))).chain(["*".to_owned()]).collect();
        let bob = cloud.user(
            "bob",
            &statement(json!({
                "Effect": "Deny", "Action": actions, "Resource": "*"
            })),
        );
        let decided = cloud.decided(&bob, "ec2:StopInstances", "*");
        let encoded = encode_authorization_message(&decided, &cloud.secrets.sealing_key);
        assert!(encoded.len() <= MAX_ENCODED_CHARACTERS, "{}", encoded.len());
        assert_eq!(decoded(&cloud, &encoded)["explicitDeny"], true);
    }

    #[test]
    fn only_the_account_decodes_only_what_was_encoded() {
        let cloud = Cloud::new();
        let bob = cloud.user("bob", &allow("s3:*", "*"));
        let decided = cloud.decided(&bob, "ec2:StopInstances", "*");
        let encoded = encode_authorization_message(&decided, &cloud.secrets.sealing_key);
        let root = |account: &str| crate::Caller::Root(account.parse().unwrap());
        let run = |caller: &crate::Caller, message: &str| {
            let input = json!({"EncodedMessage": message});
            cloud.run_as(caller, "DecodeAuthorizationMessage", input)
        };
        assert!(run(&root(ACCOUNT), &encoded).is_ok());
        let bad = "InvalidAuthorizationMessageException";
        assert_eq!(code(run(&root("210987654321"), &encoded)), bad);
        assert_eq!(code(run(&root(ACCOUNT), &encoded[1..])), bad);
        assert_eq!(code(run(&root(ACCOUNT), "kein base64")), bad);
        assert_eq!(code(run(&root(ACCOUNT), "")), "ValidationError");
        assert_eq!(code(run(&root(ACCOUNT), &"A".repeat(10_241))), "ValidationError");
        assert_eq!(code(run(&bob, &encoded)), "AccessDenied");
    }
}
