//! Assuming a role for an EC2 instance. Nobody can call this: EC2 does it as `ec2.amazonaws.com`, which the
//! role's trust policy must allow like any other caller.

use names::Entropy;
use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Issue, Operation, Service};
use crate::sts::assumed_role::{NewSession, RoleArn};
use crate::sts::credentials::Credentials;
use crate::sts::session_policy::SessionPolicies;
use crate::sts::session_tag::SessionTags;

/// `AssumeRole`, as EC2 does it.
#[derive(Debug, Clone, Deserialize)]
pub struct AssumeInstanceRole {
    /// The role's ARN.
    pub role_arn: String,
    /// The instance's id: the session's name.
    pub instance_id: String,
    /// How long the session lasts, whatever the role's limit is: credentials of instances last about six
    /// hours where roles allow one (contract of the metadata service; user guide, "instance profiles").
    pub seconds: u32,
    /// The condition keys of everything that the session asks for.
    pub context: Vec<(String, String)>,
}

/// Its answer.
#[derive(Debug, Serialize)]
pub struct InstanceCredentials {
    /// The credentials, whose `expiration` is by the client's clock.
    pub credentials: Credentials,
}

impl Operation for AssumeInstanceRole {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "AssumeRole";
    type Output = InstanceCredentials;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let role = RoleArn::parse(&self.role_arn)?;
        let demand = role.demand(ask, "sts:AssumeRole");
        Ok(vec![demand.with("sts:RoleSessionName", self.instance_id.as_str())])
    }
}

impl Issue for AssumeInstanceRole {
    fn issue(self, ask: &Ask<'_>, entropy: &mut dyn Entropy) -> Result<InstanceCredentials, Fault> {
        let Some(role) = RoleArn::parse(&self.role_arn)?.find(ask) else {
            let text = format!("{} cannot be found", self.role_arn);
            return Err(Fault::new("NoSuchEntity", text));
        };
        let session = NewSession {
            role,
            name: self.instance_id,
            seconds: self.seconds,
            policies: SessionPolicies::default(),
            tags: SessionTags::default(),
            source_identity: None,
            context: self.context,
        };
        Ok(InstanceCredentials { credentials: session.issue(ask, entropy)?.credentials })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Caller;
    use crate::testing::{ACCOUNT, Cloud, account, code, statement, trust_ec2};

    fn deliver(cloud: &Cloud, role: &str) -> crate::testing::Answer {
        let ec2 = Caller::Service { name: "ec2.amazonaws.com", account: account() };
        let input = json!({
            "role_arn": format!("arn:aws:iam::{ACCOUNT}:role/{role}"),
            "instance_id": "i-0123456789abcdef0",
            "seconds": 21_600,
            "context": [["aws:Ec2InstanceSourceVpc", "vpc-1"]],
        });
        cloud.issue::<AssumeInstanceRole>(&ec2, input)
    }

    fn make_role(cloud: &Cloud, name: &str, trust: &str) {
        let role = json!({"RoleName": name, "AssumeRolePolicyDocument": trust});
        cloud.run("CreateRole", role).unwrap();
    }

    fn in_vpc(vpc: &str) -> String {
        statement(json!({
            "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*",
            "Condition": {"StringEquals": {"aws:Ec2InstanceSourceVpc": vpc}},
        }))
    }

    fn answer_as(credentials: Value) -> Value {
        json!({"Credentials": credentials})
    }

    #[test]
    fn a_role_must_trust_ec2() {
        let cloud = Cloud::new();
        assert_eq!(code(deliver(&cloud, "etl")), "AccessDenied");
        let lambda = json!({"Service": "lambda.amazonaws.com"});
        let statement_of = json!({
            "Effect": "Allow", "Principal": lambda, "Action": "sts:AssumeRole",
        });
        make_role(&cloud, "other", &statement(statement_of));
        assert_eq!(code(deliver(&cloud, "other")), "AccessDenied");
        make_role(&cloud, "etl", &trust_ec2());
        let answer = deliver(&cloud, "etl").unwrap();
        let holder = cloud.holder(&answer_as(answer["credentials"].clone()));
        let expected = format!("arn:aws:sts::{ACCOUNT}:assumed-role/etl/i-0123456789abcdef0");
        assert_eq!(holder.arn(), expected);
        // Six hours, though the role's own sessions last one at most.
        let session = holder.session().unwrap();
        assert_eq!(session.expires, session.issued.plus_seconds(21_600));
    }

    #[test]
    fn what_is_known_of_the_instance_goes_with_every_request() {
        let cloud = Cloud::new();
        make_role(&cloud, "etl", &trust_ec2());
        let answer = deliver(&cloud, "etl").unwrap();
        let holder = cloud.holder(&answer_as(answer["credentials"].clone()));
        let put = |policy: &str| {
            let input = json!({"RoleName": "etl", "PolicyName": "own", "PolicyDocument": policy});
            cloud.run("PutRolePolicy", input).unwrap();
        };
        put(&in_vpc("vpc-1"));
        assert!(cloud.decide(&holder, "iam:ListRoles", "*"));
        put(&in_vpc("vpc-2"));
        assert!(!cloud.decide(&holder, "iam:ListRoles", "*"));
    }
}
