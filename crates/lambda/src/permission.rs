//! Resource policies of functions, statement by statement: `AddPermission`, `RemovePermission`, `GetPolicy`

use cloud::constraint::{Check, Constraints};
use cloud::{Act, Ask, Demand, Fault, Operation, Read, Service, Write};
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::code::{invalid, not_modelled};
use crate::function::update::found;
use crate::function::{self, FunctionRow};
use crate::name::{LATEST, Named, finish};

/// Bytes of one policy (Lambda's quotas).
pub const MAX_POLICY_BYTES: usize = 20 * 1024;

const STATEMENT_ID: Check = Check::Pattern("([a-zA-Z0-9-_]+)", |id| {
    !id.is_empty() && id.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it))
});
const ACTION: Check = Check::Pattern("(lambda:[*]|lambda:[a-zA-Z]+|[*])", |action| {
    let name = action.strip_prefix("lambda:");
    let word = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_alphabetic());
    action == "*" || name.is_some_and(|it| it == "*" || word(it))
});
const PRINCIPAL: Check =
    Check::Pattern("[^\\s]+", |it| !it.is_empty() && !it.contains(char::is_whitespace));

/// A statement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grant {
    /// The version or alias whose policy it belongs to; none for the function's own.
    pub qualifier: Option<String>,
    /// Its id.
    pub sid: String,
    /// Its JSON.
    pub text: String,
}

/// A statement in the order in which Lambda writes it (answers quoted in public reports).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement<'a> {
    sid: &'a str,
    effect: &'static str,
    principal: Principal,
    action: &'a str,
    resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Principal {
    Everybody(&'static str),
    Service {
        #[serde(rename = "Service")]
        service: String,
    },
    Aws {
        #[serde(rename = "AWS")]
        aws: String,
    },
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Condition<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    string_equals: Option<Equals<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn_like: Option<Like<'a>>,
}

#[derive(Serialize)]
struct Equals<'a> {
    #[serde(rename = "AWS:SourceAccount", skip_serializing_if = "Option::is_none")]
    source_account: Option<&'a str>,
    #[serde(rename = "aws:PrincipalOrgID", skip_serializing_if = "Option::is_none")]
    organization: Option<&'a str>,
}

#[derive(Serialize)]
struct Like<'a> {
    #[serde(rename = "AWS:SourceArn")]
    source_arn: &'a str,
}

/// `AddPermission`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddPermission {
    function_name: String,
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
    event_source_token: Option<String>,
    qualifier: Option<String>,
    revision_id: Option<String>,
    #[serde(rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
    function_url_auth_type: Option<String>,
    invoked_via_function_url: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddPermissionOutput {
    statement: String,
}

impl AddPermission {
    fn statement(&self, resource: String) -> String {
        let (account, organization) =
            (self.source_account.as_deref(), self.principal_org_id.as_deref());
        let equals = (account.is_some() || organization.is_some())
            .then_some(Equals { source_account: account, organization });
        let like = self.source_arn.as_deref().map(|source_arn| Like { source_arn });
        let statement = Statement {
            sid: &self.statement_id,
            effect: "Allow",
            principal: principal(&self.principal),
            action: &self.action,
            resource,
            condition: (equals.is_some() || like.is_some())
                .then_some(Condition { string_equals: equals, arn_like: like }),
        };
        // Texts can always be written.
        serde_json::to_string(&statement).unwrap_or_default()
    }
}

/// A service by its name, an account by its number or an ARN, or everybody.
fn principal(text: &str) -> Principal {
    if text == "*" {
        Principal::Everybody("*")
    } else if let Ok(account) = text.parse::<AccountId>() {
        Principal::Aws { aws: format!("arn:aws:iam::{account}:root") }
    } else if text.starts_with("arn:") {
        Principal::Aws { aws: text.to_owned() }
    } else {
        Principal::Service { service: text.to_owned() }
    }
}

impl Operation for AddPermission {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "AddPermission";
    type Output = AddPermissionOutput;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, self.qualifier.as_deref())?;
        let mut constraints = Constraints::new();
        let lengths = [Check::MaxLength(100), Check::MinLength(1), STATEMENT_ID];
        constraints.text("statementId", &self.statement_id, &lengths);
        constraints.text("action", &self.action, &[ACTION]);
        constraints.text("principal", &self.principal, &[PRINCIPAL]);
        finish(&constraints)?;
        let unmodelled = [
            ("EventSourceToken", self.event_source_token.is_some()),
            ("FunctionUrlAuthType", self.function_url_auth_type.is_some()),
            ("InvokedViaFunctionUrl", self.invoked_via_function_url.is_some()),
        ];
        if let Some((name, _)) = unmodelled.iter().find(|(_, given)| *given) {
            return Err(not_modelled(&format!("`{name}` of Lambda permissions")));
        }
        let known = ["*"].contains(&self.principal.as_str())
            || self.principal.starts_with("arn:")
            || self.principal.contains('.')
            || self.principal.parse::<AccountId>().is_ok();
        if known {
            Ok(())
        } else {
            Err(invalid(
                "The provided principal was invalid. Please check the principal and try again.",
            ))
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        let demand = function::demand(ask, "lambda:AddPermission", &named);
        Ok(vec![demand.with("lambda:Principal", self.principal.as_str())])
    }
}

impl Write for AddPermission {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AddPermissionOutput, Fault> {
        let (mut row, qualifier) = qualified(act, &self.function_name, self.qualifier.as_deref())?;
        function::check_revision(&row.latest.revision_id, self.revision_id.as_deref())?;
        let mut same = row.grants.iter().filter(|grant| grant.qualifier == qualifier);
        if same.any(|grant| grant.sid == self.statement_id) {
            let text = format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the \
                 existing statement.",
                self.statement_id
            );
            return Err(Fault::new("ResourceConflictException", text));
        }
        let resource = match &qualifier {
            Some(qualifier) => format!("{}:{qualifier}", row.arn()),
            None => row.arn(),
        };
        let statement = self.statement(resource);
        row.grants.push(Grant {
            qualifier,
            sid: self.statement_id.clone(),
            text: statement.clone(),
        });
        let bytes: usize = row.grants.iter().map(|grant| grant.text.len()).sum();
        if bytes > MAX_POLICY_BYTES {
            let text = format!(
                "The final policy size ({bytes}) is bigger than the limit ({MAX_POLICY_BYTES})."
            );
            return Err(Fault::new("PolicyLengthExceededException", text));
        }
        act.tx.update(row)?;
        Ok(AddPermissionOutput { statement })
    }
}

/// The function and the version or alias whose policy is meant.
fn qualified(
    act: &Act<'_, '_>,
    function_name: &str,
    qualifier: Option<&str>,
) -> Result<(FunctionRow, Option<String>), Fault> {
    let named = Named::read(function_name, qualifier)?;
    let row = found(act, function_name)?;
    if named.qualifier.as_deref() == Some(LATEST) {
        return Err(invalid("We currently do not support adding policies for $LATEST."));
    }
    if let Some(qualifier) = &named.qualifier
        && row.state(Some(qualifier)).is_none()
    {
        return Err(function::missing(&format!("{}:{qualifier}", row.arn())));
    }
    Ok((row, named.qualifier))
}

fn no_policy() -> Fault {
    Fault::new("ResourceNotFoundException", "The resource you requested does not exist.")
}

/// `RemovePermission`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemovePermission {
    function_name: String,
    statement_id: String,
    qualifier: Option<String>,
    revision_id: Option<String>,
}

impl Operation for RemovePermission {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "RemovePermission";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, self.qualifier.as_deref()).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        Ok(vec![function::demand(ask, "lambda:RemovePermission", &named)])
    }
}

impl Write for RemovePermission {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let (mut row, qualifier) = qualified(act, &self.function_name, self.qualifier.as_deref())?;
        function::check_revision(&row.latest.revision_id, self.revision_id.as_deref())?;
        let before = row.grants.len();
        row.grants.retain(|grant| grant.qualifier != qualifier || grant.sid != self.statement_id);
        if row.grants.len() == before {
            let text = format!("Statement {} is not found in resource policy.", self.statement_id);
            return Err(Fault::new("ResourceNotFoundException", text));
        }
        act.tx.update(row)?;
        Ok(())
    }
}

/// `GetPolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPolicy {
    function_name: String,
    qualifier: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPolicyOutput {
    policy: String,
    revision_id: String,
}

impl Operation for GetPolicy {
    const SERVICE: Service = Service::Lambda;
    const NAME: &'static str = "GetPolicy";
    type Output = GetPolicyOutput;

    fn check(&self) -> Result<(), Fault> {
        Named::read(&self.function_name, self.qualifier.as_deref()).map(drop)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        Ok(vec![function::demand(ask, "lambda:GetPolicy", &named)])
    }
}

impl Read for GetPolicy {
    fn read(self, ask: &Ask<'_>) -> Result<GetPolicyOutput, Fault> {
        let named = Named::read(&self.function_name, self.qualifier.as_deref())?;
        let row = function::find(ask.view, ask.account(), ask.region, &named)?;
        let own = row.grants.iter().filter(|grant| grant.qualifier == named.qualifier);
        let statements: Vec<&str> = own.map(|grant| grant.text.as_str()).collect();
        if statements.is_empty() {
            return Err(no_policy());
        }
        let statements = statements.join(",");
        Ok(GetPolicyOutput {
            policy: format!(
                "{{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[{statements}]}}"
            ),
            revision_id: row.latest.revision_id.clone(),
        })
    }
}
