//! Temporary credentials for somebody whom AWS does not know.

use names::{AccountId, Entropy};
use serde::{Deserialize, Serialize};

use crate::caller::{Caller, Session, SessionKind};
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Issue, Operation, Service};
use crate::sts::credentials::{self, Credentials};
use crate::sts::session_policy::{self, PolicyDescriptor};
use crate::sts::session_tag;
use crate::sts::session_token::{self, MAX_ROOT_SECONDS};
use crate::tag::Tag;

/// `[\w+=,.@-]*`
const NAME: Check = Check::Pattern("[\\w+=,.@-]*", |text| {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
});

/// `GetFederationToken`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFederationToken {
    name: String,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    duration_seconds: Option<u32>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFederationTokenOutput {
    credentials: Credentials,
    federated_user: FederatedUser,
    packed_policy_size: u32,
}

/// Who the credentials are for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FederatedUser {
    federated_user_id: String,
    arn: String,
}

impl GetFederationToken {
    fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:sts::{account}:federated-user/{}", self.name)
    }
}

impl Operation for GetFederationToken {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "GetFederationToken";
    type Output = GetFederationTokenOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let checks = [NAME, Check::MaxLength(32), Check::MinLength(2)];
        constraints.text("name", &self.name, &checks);
        session_policy::check_form(self.policy.as_deref(), &self.policy_arns, &mut constraints);
        session_token::check_seconds(self.duration_seconds, &mut constraints);
        constraints.finish()?;
        session_tag::check(&self.tags, &[])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let demand =
            |action| Demand::new(action, self.arn(ask.account())).with_request_tags(&self.tags);
        let mut demands = vec![demand("sts:GetFederationToken")];
        if !self.tags.is_empty() {
            demands.push(demand("sts:TagSession"));
        }
        Ok(demands)
    }
}

impl Issue for GetFederationToken {
    fn issue(
        self,
        ask: &Ask<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<GetFederationTokenOutput, Fault> {
        let seconds = self.duration_seconds.unwrap_or(session_token::DEFAULT_SECONDS);
        let (user, seconds) = match ask.caller {
            Caller::User(user) => (Some(user), seconds),
            Caller::Root(_) => (None, seconds.min(MAX_ROOT_SECONDS)),
            _ => {
                let text = "Cannot call GetFederationToken with session credentials";
                return Err(Fault::new("AccessDenied", text));
            }
        };
        let account = ask.account();
        let federated_user = FederatedUser {
            federated_user_id: format!("{account}:{}", self.name),
            arn: self.arn(account),
        };
        let tags = session_tag::join(ask.caller, &self.tags, &[])?;
        let policies = session_policy::accept(ask, account, self.policy, &self.policy_arns)?;
        let packed = session_policy::packed_percent(&policies, &tags)?;
        let kind = SessionKind::FederatedUser {
            name: self.name,
            user_name: user.map(|user| user.name.clone()),
            user_id: user.map(|user| user.id.clone()),
        };
        let session = Session {
            policies: policies.documents,
            policy_arns: policies.arns,
            tags: tags.tags,
            ..Session::new(account, kind, ask.now, seconds)
        };
        let key = &ask.secrets.sealing_key;
        let credentials = credentials::make(session, key, ask.standpoint.ahead_seconds(), entropy)?;
        // Recorded by LocalStack: the size is there even if it is 0.
        let packed_policy_size = packed.unwrap_or_default();
        Ok(GetFederationTokenOutput { credentials, federated_user, packed_policy_size })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::caller::Caller;
    use crate::testing::{ACCOUNT, Cloud, allow, code, failure, root};

    /// What the engine says to a read of a queue, which nothing but policies of the caller decides.
    fn may_read(cloud: &Cloud, caller: &Caller) -> bool {
        cloud.decide(caller, "sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:123456789012:q")
    }

    #[test]
    fn the_session_has_what_both_user_and_policy_allow() {
        let cloud = Cloud::new();
        let anna = cloud.user("anna", &allow("s*:*", "*"));
        let run = |input: Value| cloud.run_as(&anna, "GetFederationToken", input).unwrap();
        let plain = run(json!({"Name": "bob"}));
        assert_eq!(plain["PackedPolicySize"], 0);
        let arn = format!("arn:aws:sts::{ACCOUNT}:federated-user/bob");
        let id = format!("{ACCOUNT}:bob");
        assert_eq!(plain["FederatedUser"], json!({"FederatedUserId": id, "Arn": arn}));
        let bob = cloud.holder(&plain);
        let who = cloud.run_as(&bob, "GetCallerIdentity", json!({})).unwrap();
        assert_eq!(who, json!({"UserId": id, "Account": ACCOUNT, "Arn": arn}));
        assert!(!may_read(&cloud, &bob), "without a policy there is nothing");
        let wide = run(json!({"Name": "bob", "Policy": allow("*", "*")}));
        assert!(wide["PackedPolicySize"].as_u64().unwrap() > 0);
        assert!(may_read(&cloud, &cloud.holder(&wide)));
        let narrow = run(json!({"Name": "bob", "Policy": allow("ec2:*", "*")}));
        assert!(!may_read(&cloud, &cloud.holder(&narrow)));
    }

    #[test]
    fn of_root_the_policy_alone_decides() {
        let cloud = Cloud::new();
        let input = json!({"Name": "bob", "Policy": allow("sqs:*", "*"), "DurationSeconds": 7200});
        let answer = cloud.run_as(&root(), "GetFederationToken", input).unwrap();
        assert_eq!(answer["Credentials"]["Expiration"], "2023-11-14T23:13:20Z");
        let bob = cloud.holder(&answer);
        assert!(may_read(&cloud, &bob));
        assert!(!cloud.decide(&bob, "ec2:RunInstances", "*"));
        assert_eq!(
            code(cloud.run_as(&bob, "GetRole", json!({"RoleName": "x"}))),
            "InvalidClientTokenId"
        );
        assert_eq!(
            code(cloud.run_as(
                &bob,
                "AssumeRole",
                json!({
                    "RoleArn": "arn:aws:iam::123456789012:role/x", "RoleSessionName": "run"
                })
            )),
            "AccessDenied"
        );
    }

    #[test]
    fn it_needs_permission_also_for_tags() {
        let cloud = Cloud::new();
        let action = "sts:GetFederationToken";
        let arn = format!("arn:aws:sts::{ACCOUNT}:federated-user/bob");
        let anna = cloud.user("anna", &allow(action, &arn));
        let run = |input| cloud.run_as(&anna, "GetFederationToken", input);
        assert!(run(json!({"Name": "bob"})).is_ok());
        assert_eq!(
            run(json!({"Name": "eve"})),
            failure(
                "AccessDenied",
                "User: arn:aws:iam::123456789012:user/anna is not authorized to perform: \
                 sts:GetFederationToken on resource: \
                 arn:aws:sts::123456789012:federated-user/eve because no identity-based policy \
                 allows the sts:GetFederationToken action"
            )
        );
        let tagged = json!({"Name": "bob", "Tags": [{"Key": "team", "Value": "red"}]});
        assert_eq!(code(run(tagged.clone())), "AccessDenied");
        let tagger = cloud.user("tagger", &allow("sts:*", "*"));
        let answer = cloud.run_as(&tagger, "GetFederationToken", tagged).unwrap();
        let bob = cloud.holder(&answer);
        assert_eq!(bob.session().unwrap().tags[0].value, "red");
    }

    #[test]
    fn malformed_input() {
        let cloud = Cloud::new();
        for input in [
            json!({"Name": "b"}),
            json!({"Name": "b".repeat(33)}),
            json!({"Name": "bob:x"}),
            json!({"Name": "bob", "DurationSeconds": 899}),
            json!({"Name": "bob", "DurationSeconds": 129_601}),
            json!({"Name": "bob", "Policy": "x".repeat(2049)}),
        ] {
            let answer = cloud.run_as(&root(), "GetFederationToken", input.clone());
            assert_eq!(code(answer), "ValidationError", "{input}");
        }
    }
}
