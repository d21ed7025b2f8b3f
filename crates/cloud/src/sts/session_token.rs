//! Temporary credentials for the caller itself.

use names::Entropy;
use serde::{Deserialize, Serialize};

use crate::caller::{Caller, Session, SessionKind};
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Issue, Operation, Service};
use crate::sts::credentials::{self, Credentials};
use crate::sts::mfa;

/// Seconds of a session that does not say how long.
pub const DEFAULT_SECONDS: u32 = 43_200;
/// Seconds that a session lasts at most.
pub const MAX_SECONDS: u32 = 129_600;
/// Seconds that root's sessions last at most: what goes beyond is cut (STS API reference).
pub const MAX_ROOT_SECONDS: u32 = 3600;

/// `GetSessionToken`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSessionToken {
    duration_seconds: Option<u32>,
    serial_number: Option<String>,
    token_code: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSessionTokenOutput {
    credentials: Credentials,
}

impl Operation for GetSessionToken {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "GetSessionToken";
    type Output = GetSessionTokenOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_seconds(self.duration_seconds, &mut constraints);
        mfa::check_form(
            self.serial_number.as_deref(),
            self.token_code.as_deref(),
            &mut constraints,
        );
        constraints.finish()
    }

    /// No permission is needed (STS API reference); the decision is made so that it can be told.
    fn second_factor(&self) -> Option<(&str, &str)> {
        self.serial_number.as_deref().zip(self.token_code.as_deref())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        mfa::check(ask, self.serial_number.as_deref(), self.token_code.as_deref())?;
        Ok(vec![Demand::new("sts:GetSessionToken", "*")])
    }
}

impl Issue for GetSessionToken {
    fn issue(
        self,
        ask: &Ask<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<GetSessionTokenOutput, Fault> {
        let mfa = mfa::check(ask, self.serial_number.as_deref(), self.token_code.as_deref())?;
        let seconds = self.duration_seconds.unwrap_or(DEFAULT_SECONDS);
        let (kind, seconds) = match ask.caller {
            Caller::User(user) => {
                let kind = SessionKind::User {
                    user_name: user.name.clone(),
                    user_id: user.id.clone(),
                    user_arn: user.arn.clone(),
                };
                (kind, seconds)
            }
            Caller::Root(_) => (SessionKind::Root, seconds.min(MAX_ROOT_SECONDS)),
            _ => {
                let text = "Cannot call GetSessionToken with session credentials";
                return Err(Fault::new("AccessDenied", text));
            }
        };
        let session = Session { mfa, ..Session::new(ask.account(), kind, ask.now, seconds) };
        let key = &ask.secrets.sealing_key;
        let credentials = credentials::make(session, key, ask.standpoint.ahead_seconds(), entropy)?;
        Ok(GetSessionTokenOutput { credentials })
    }
}

/// Checks the length of the sessions that users make for themselves and for others.
pub fn check_seconds(seconds: Option<u32>, constraints: &mut Constraints) {
    let range = [Check::AtLeast(900), Check::AtMost(i64::from(MAX_SECONDS))];
    constraints.number("durationSeconds", seconds.map(i64::from), &range);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, Cloud, allow, code, failure, root};

    #[test]
    fn the_session_is_the_user_itself() {
        let mut cloud = Cloud::new();
        let anna = cloud.user("anna", &allow("*", "*"));
        let answer = cloud.run_as(&anna, "GetSessionToken", json!({})).unwrap();
        assert_eq!(answer["Credentials"]["Expiration"], "2023-11-15T10:13:20Z");
        let session = cloud.holder(&answer);
        let identity = |caller| cloud.run_as(caller, "GetCallerIdentity", json!({}));
        assert_eq!(identity(&session), identity(&anna));
        // IAM does not know the token, and STS does nearly nothing for it.
        assert_eq!(
            cloud.run_as(&session, "GetRole", json!({"RoleName": "etl"})),
            failure(
                "InvalidClientTokenId",
                "The security token included in the request is invalid"
            )
        );
        for name in ["GetSessionToken", "GetFederationToken"] {
            assert_eq!(
                cloud.run_as(&session, name, json!({"Name": "bob"})),
                failure("AccessDenied", &format!("Cannot call {name} with session credentials"))
            );
        }
        cloud.now = cloud.now.plus_seconds(43_199);
        cloud.holder(&answer);
    }

    #[test]
    fn no_permission_is_needed() {
        let cloud = Cloud::new();
        let nobody = cloud.user("nobody", &allow("s3:*", "*"));
        assert!(cloud.run_as(&nobody, "GetSessionToken", json!({})).is_ok());
    }

    #[test]
    fn root_gets_an_hour() {
        let cloud = Cloud::new();
        let run = |seconds: u32| {
            cloud.run_as(&root(), "GetSessionToken", json!({"DurationSeconds": seconds}))
        };
        let answer = run(129_600).unwrap();
        assert_eq!(answer["Credentials"]["Expiration"], "2023-11-14T23:13:20Z");
        let who = cloud.run_as(&cloud.holder(&answer), "GetCallerIdentity", json!({})).unwrap();
        let arn = format!("arn:aws:iam::{ACCOUNT}:root");
        assert_eq!(who, json!({"UserId": ACCOUNT, "Account": ACCOUNT, "Arn": arn}));
        assert_eq!(run(900).unwrap()["Credentials"]["Expiration"], "2023-11-14T22:28:20Z");
        assert_eq!(code(run(129_601)), "ValidationError");
        assert_eq!(code(run(899)), "ValidationError");
    }

    #[test]
    fn a_user_who_is_made_anew_does_not_get_the_old_session_back() {
        let cloud = Cloud::new();
        let anna = cloud.user("anna", &allow("sts:*", "*"));
        let answer = cloud.run_as(&anna, "GetSessionToken", json!({})).unwrap();
        let session = cloud.holder(&answer);
        let trust = crate::testing::statement(json!({
            "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"
        }));
        let role = json!({"RoleName": "etl", "AssumeRolePolicyDocument": trust});
        cloud.run("CreateRole", role).unwrap();
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/etl");
        let input = json!({"RoleArn": arn, "RoleSessionName": "run"});
        assert!(cloud.run_as(&session, "AssumeRole", input.clone()).is_ok());
        cloud.user("anna", &allow("sts:*", "*"));
        assert_eq!(code(cloud.run_as(&session, "AssumeRole", input)), "AccessDenied");
    }
}
