//! Whose account is an access key of?

use names::access_key_account;
use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Operation, Read, Service};

/// `[\w]*`
const WORD: Check = Check::Pattern("[\\w]*", |text| {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
});

/// `GetAccessKeyInfo`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyInfo {
    access_key_id: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyInfoOutput {
    account: String,
}

impl Operation for GetAccessKeyInfo {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "GetAccessKeyInfo";
    type Output = GetAccessKeyInfoOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let checks = [WORD, Check::MaxLength(128), Check::MinLength(16)];
        constraints.text("accessKeyId", &self.access_key_id, &checks);
        constraints.finish()
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("sts:GetAccessKeyInfo", "*")])
    }
}

impl Read for GetAccessKeyInfo {
    /// The id holds the account; whether there is such a key is not told (STS API reference).
    fn read(self, _: &Ask<'_>) -> Result<GetAccessKeyInfoOutput, Fault> {
        match access_key_account(&self.access_key_id) {
            Some(account) => Ok(GetAccessKeyInfoOutput { account: account.to_string() }),
            // What STS says to ids of another form is unverified.
            None => {
                let text = format!("Invalid Access Key ID: {}", self.access_key_id);
                Err(Fault::new("ValidationError", text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{Cloud, allow, code, failure};

    #[test]
    fn the_id_tells_the_account() {
        let cloud = Cloud::new();
        let anna = cloud.user("anna", &allow("sts:GetAccessKeyInfo", "*"));
        let run = |id: &str| cloud.run_as(&anna, "GetAccessKeyInfo", json!({"AccessKeyId": id}));
        assert_eq!(run("ASIAQNZGKIQY56JQ7WML"), Ok(json!({"Account": "029608264753"})));
        assert_eq!(code(run("AKIAIOSFODNN7EXAMPLE0")), "ValidationError");
        assert_eq!(code(run("AKIA")), "ValidationError");
        assert_eq!(code(run("AKIAIOSFODNN7-EXAMPLE")), "ValidationError");
        let nobody = cloud.user("nobody", &allow("s3:*", "*"));
        let input = json!({"AccessKeyId": "ASIAQNZGKIQY56JQ7WML"});
        assert_eq!(
            cloud.run_as(&nobody, "GetAccessKeyInfo", input),
            failure(
                "AccessDenied",
                "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: \
                 sts:GetAccessKeyInfo because no identity-based policy allows the \
                 sts:GetAccessKeyInfo action"
            )
        );
    }
}
