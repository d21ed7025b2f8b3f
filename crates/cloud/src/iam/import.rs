//! What `GetAccountAuthorizationDetails` says of some account, made anew in another: users, groups, roles,
//! managed policies, boundaries, instance profiles.
//!
//! Everything is made by IAM's own operations as the account's root user, in one write: what IAM refuses is told,
//! all of it, and then nothing stays. Ids, dates and versions of policies other than the default are not kept.

use std::fmt;

use names::AccountId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::group::{AddUserToGroup, AttachGroupPolicy, CreateGroup, PutGroupPolicy};
use crate::iam::instance_profile::contents::AddRoleToInstanceProfile;
use crate::iam::instance_profile::create::CreateInstanceProfile;
use crate::iam::policy::CreatePolicy;
use crate::iam::role::attach::AttachRolePolicy;
use crate::iam::role::create::CreateRole;
use crate::iam::role::inline::PutRolePolicy;
use crate::iam::role::service_linked::CreateServiceLinkedRole;
use crate::iam::role::{RESERVED_PATH, SERVICE_LINKED_PATH};
use crate::iam::user::{AttachUserPolicy, CreateUser, PutUserPolicy};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// The members of the answer, of which at least one must be there.
const LISTS: [&str; 4] = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];

/// The import of an account.
#[derive(Debug, Clone, Deserialize)]
pub struct Import {
    users: Vec<Value>,
    groups: Vec<Value>,
    roles: Vec<Value>,
    policies: Vec<Value>,
}

/// What was made.
#[derive(Debug, Default, Serialize)]
pub struct Imported {
    users: usize,
    groups: usize,
    roles: usize,
    policies: usize,
    instance_profiles: usize,
    /// What AWS keeps itself and nobody can make.
    left_out: Vec<String>,
}

impl fmt::Display for Imported {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { users, groups, roles, policies, instance_profiles, left_out } = self;
        writeln!(
            out,
            "imported {users} users, {groups} groups, {roles} roles, {policies} policies and \
             {instance_profiles} instance profiles"
        )?;
        left_out.iter().try_for_each(|name| writeln!(out, "left out, as AWS keeps it: {name}"))
    }
}

impl Import {
    /// Reads an answer of `GetAccountAuthorizationDetails`, as JSON of the AWS command line. Documents may be
    /// objects, text, or percent-encoded text. The account's own ARNs become those of `own`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(mut value: Value, own: AccountId) -> Result<Self, String> {
        if !LISTS.iter().any(|list| value.get(list).is_some_and(Value::is_array)) {
            return Err(format!(
                "it is neither of `rolecall export`, with `tables`, nor of `aws iam \
                 get-account-authorization-details`, with {}",
                LISTS.join(", ")
            ));
        }
        decode_documents(&mut value);
        let entity = |list| value.get(list).and_then(Value::as_array).into_iter().flatten();
        let arns = LISTS.iter().flat_map(entity).filter_map(|it| text(it, "Arn"));
        let account = arns.filter_map(|arn| Some(names::ArnParts::split(arn)?.account.to_owned()));
        let own_too = |account: &String| account != "aws";
        let source = account.into_iter().find(own_too).unwrap_or_else(|| own.to_string());
        let moved = value
            .to_string()
            .replace(&format!(":{source}:"), &format!(":{own}:"))
            .replace(&format!("\\\"{source}\\\""), &format!("\\\"{own}\\\""));
        let value: Value = serde_json::from_str(&moved).map_err(|error| error.to_string())?;
        let list = |name| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(Self {
            users: list("UserDetailList"),
            groups: list("GroupDetailList"),
            roles: list("RoleDetailList"),
            policies: list("Policies"),
        })
    }
}

impl Operation for Import {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ImportAccountAuthorizationDetails";
    type Output = Imported;

    /// Whoever imports reaches the control API; what is made asks for permission itself.
    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(Vec::new())
    }
}

impl Write for Import {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Imported, Fault> {
        let mut work = Work { root: Caller::Root(act.account()), problems: Vec::new() };
        let mut imported = Imported::default();
        self.make_policies(act, &mut work, &mut imported);
        for group in &self.groups {
            let input = fields(group, &["GroupName", "Path"]);
            imported.groups += work.run::<CreateGroup>(act, &name(group, "Group"), input);
        }
        for user in &self.users {
            let mut input = fields(user, &["UserName", "Path", "Tags"]);
            add_boundary(user, &mut input);
            imported.users += work.run::<CreateUser>(act, &name(user, "User"), input);
        }
        self.make_roles(act, &mut work, &mut imported);
        self.fill(act, &mut work);
        self.make_profiles(act, &mut work, &mut imported);
        if work.problems.is_empty() {
            return Ok(imported);
        }
        Err(Fault::new("ImportRefused", work.problems.join("\n")))
    }
}

impl Import {
    /// The account's own policies; AWS's are here anyway.
    fn make_policies(&self, act: &mut Act<'_, '_>, work: &mut Work, imported: &mut Imported) {
        let is_aws = |policy: &&Value| {
            text(policy, "Arn").is_some_and(|arn| arn.starts_with("arn:aws:iam::aws:"))
        };
        for policy in self.policies.iter().filter(|policy| !is_aws(policy)) {
            let default = items(policy, "PolicyVersionList")
                .find(|version| version.get("IsDefaultVersion") == Some(&Value::Bool(true)));
            let mut input = fields(policy, &["PolicyName", "Path", "Description"]);
            let document = default.and_then(|version| version.get("Document"));
            set(&mut input, "PolicyDocument", document);
            imported.policies += work.run::<CreatePolicy>(act, &name(policy, "Policy"), input);
        }
    }

    /// Roles trust each other, so those that trust one that is still to come wait for it.
    fn make_roles(&self, act: &mut Act<'_, '_>, work: &mut Work, imported: &mut Imported) {
        let mut waiting: Vec<&Value> = Vec::new();
        for role in &self.roles {
            let path = text(role, "Path").unwrap_or("/");
            if let Some(rest) = path.strip_prefix(SERVICE_LINKED_PATH) {
                let input = json!({"AWSServiceName": rest.trim_end_matches('/')});
                let what = name(role, "Role");
                imported.roles += work.run::<CreateServiceLinkedRole>(act, &what, input);
            } else if path.starts_with(RESERVED_PATH) {
                imported.left_out.push(name(role, "Role"));
            } else {
                waiting.push(role);
            }
        }
        loop {
            let before = waiting.len();
            let mut last = Vec::new();
            waiting.retain(|role| match work.try_run::<CreateRole>(act, role_input(role)) {
                Ok(()) => {
                    imported.roles += 1;
                    false
                }
                Err(fault) => {
                    last.push(format!("{}: {fault}", name(role, "Role")));
                    true
                }
            });
            if waiting.is_empty() || waiting.len() == before {
                work.problems.extend(last);
                return;
            }
        }
    }

    /// Puts policies into everybody, and users into groups.
    fn fill(&self, act: &mut Act<'_, '_>, work: &mut Work) {
        for group in &self.groups {
            work.fill::<PutGroupPolicy, AttachGroupPolicy>(act, group, "Group");
        }
        for user in &self.users {
            work.fill::<PutUserPolicy, AttachUserPolicy>(act, user, "User");
            for group in items(user, "GroupList") {
                let input = json!({"UserName": user.get("UserName"), "GroupName": group});
                work.run::<AddUserToGroup>(act, &name(user, "User"), input);
            }
        }
        for role in self.roles.iter().filter(|role| is_own(role)) {
            work.fill::<PutRolePolicy, AttachRolePolicy>(act, role, "Role");
        }
    }

    fn make_profiles(&self, act: &mut Act<'_, '_>, work: &mut Work, imported: &mut Imported) {
        for role in self.roles.iter().filter(|role| is_own(role)) {
            for profile in items(role, "InstanceProfileList") {
                let what = name(profile, "InstanceProfile");
                let input = fields(profile, &["InstanceProfileName", "Path", "Tags"]);
                if work.run::<CreateInstanceProfile>(act, &what, input) == 0 {
                    continue;
                }
                imported.instance_profiles += 1;
                let input = json!({
                    "InstanceProfileName": profile.get("InstanceProfileName"),
                    "RoleName": role.get("RoleName"),
                });
                work.run::<AddRoleToInstanceProfile>(act, &what, input);
            }
        }
    }
}

/// What is being made, as whom, and what went wrong.
struct Work {
    root: Caller,
    problems: Vec<String>,
}

impl Work {
    fn try_run<O: Write>(&self, act: &mut Act<'_, '_>, input: Value) -> Result<(), Fault> {
        let operation: O = operation(input)?;
        act.write_as(&self.root, operation).map(drop)
    }

    /// How many were made: one, or none and a problem.
    fn run<O: Write>(&mut self, act: &mut Act<'_, '_>, what: &str, input: Value) -> usize {
        match self.try_run::<O>(act, input) {
            Ok(()) => 1,
            Err(fault) => {
                self.problems.push(format!("{what}: {fault}"));
                0
            }
        }
    }

    /// Inline and attached policies of a user, group or role.
    fn fill<P: Write, A: Write>(&mut self, act: &mut Act<'_, '_>, entity: &Value, kind: &str) {
        let (what, key) = (name(entity, kind), format!("{kind}Name"));
        for policy in items(entity, &format!("{kind}PolicyList")) {
            let mut input = fields(policy, &["PolicyName", "PolicyDocument"]);
            set(&mut input, &key, entity.get(&key));
            self.run::<P>(act, &what, input);
        }
        for policy in items(entity, "AttachedManagedPolicies") {
            let mut input = fields(policy, &["PolicyArn"]);
            set(&mut input, &key, entity.get(&key));
            self.run::<A>(act, &what, input);
        }
    }
}

fn role_input(role: &Value) -> Value {
    let mut input = fields(
        role,
        &[
            "RoleName",
            "Path",
            "Description",
            "MaxSessionDuration",
            "AssumeRolePolicyDocument",
            "Tags",
        ],
    );
    add_boundary(role, &mut input);
    input
}

fn add_boundary(entity: &Value, input: &mut Value) {
    let boundary = entity.pointer("/PermissionsBoundary/PermissionsBoundaryArn");
    set(input, "PermissionsBoundary", boundary);
}

/// Sets a member of an object, if there is a value.
fn set(input: &mut Value, name: &str, value: Option<&Value>) {
    if let (Some(members), Some(value)) = (input.as_object_mut(), value) {
        members.insert(name.to_owned(), value.clone());
    }
}

/// Whether a role is the account's to fill, not AWS's.
fn is_own(role: &Value) -> bool {
    let path = text(role, "Path").unwrap_or("/");
    !path.starts_with(SERVICE_LINKED_PATH) && !path.starts_with(RESERVED_PATH)
}

/// What an entity is called in problems.
fn name(entity: &Value, kind: &str) -> String {
    let name = text(entity, &format!("{kind}Name")).unwrap_or("without a name");
    let kind = if kind == "InstanceProfile" { "instance profile" } else { &kind.to_lowercase() };
    format!("{kind} `{name}`")
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}

fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Some members of an object, as far as they are there.
fn fields(value: &Value, names: &[&str]) -> Value {
    let known =
        names.iter().filter_map(|name| Some(((*name).to_owned(), value.get(name)?.clone())));
    Value::Object(known.collect())
}

fn operation<O: DeserializeOwned>(input: Value) -> Result<O, Fault> {
    serde_json::from_value(input).map_err(|error| Fault::new("ValidationError", error.to_string()))
}

/// Makes text of every document.
fn decode_documents(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match name.as_str() {
                    "PolicyDocument" | "AssumeRolePolicyDocument" | "Document" => {
                        let text = match &*value {
                            Value::String(text) => percent_decoded(text),
                            other => other.to_string(),
                        };
                        *value = text.into();
                    }
                    _ => decode_documents(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(decode_documents),
        _ => {}
    }
}

/// A document that starts as JSON is not encoded.
fn percent_decoded(text: &str) -> String {
    if text.trim_start().starts_with('{') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Cloud, account, allow, root, trust_ec2};

    fn import(cloud: &Cloud, value: Value) -> Result<Value, String> {
        let import = Import::read(value, account()).unwrap();
        let imported = cloud.act(&root(), Service::Iam, move |act| import.write(act));
        imported.map(|it| serde_json::to_value(it).unwrap()).map_err(|fault| fault.message)
    }

    /// An account with one of everything, as it shows itself.
    fn shown() -> Value {
        let cloud = Cloud::new();
        let own = cloud.policy("/x/", "own", &allow("s3:*", "*"));
        cloud.run("CreateGroup", json!({"GroupName": "admins"})).unwrap();
        let attach = json!({"GroupName": "admins", "PolicyArn": own});
        cloud.run("AttachGroupPolicy", attach).unwrap();
        let user = json!({"UserName": "anna", "PermissionsBoundary": own});
        cloud.run("CreateUser", user).unwrap();
        cloud.run("AddUserToGroup", json!({"GroupName": "admins", "UserName": "anna"})).unwrap();
        for (name, trust) in [("z", trust_ec2()), ("a", trusts(&format!("{ACCOUNT}:role/z")))] {
            let role = json!({"RoleName": name, "AssumeRolePolicyDocument": trust});
            cloud.run("CreateRole", role).unwrap();
        }
        let inline =
            json!({"RoleName": "z", "PolicyName": "in", "PolicyDocument": allow("*", "*")});
        cloud.run("PutRolePolicy", inline).unwrap();
        cloud.run("CreateInstanceProfile", json!({"InstanceProfileName": "p"})).unwrap();
        let add = json!({"InstanceProfileName": "p", "RoleName": "z"});
        cloud.run("AddRoleToInstanceProfile", add).unwrap();
        cloud
            .run("CreateServiceLinkedRole", json!({"AWSServiceName": "spot.amazonaws.com"}))
            .unwrap();
        cloud.run("GetAccountAuthorizationDetails", json!({})).unwrap()
    }

    fn trusts(arn_end: &str) -> String {
        let principal = json!({"AWS": format!("arn:aws:iam::{arn_end}")});
        crate::testing::statement(
            json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}),
        )
    }

    /// The details without what is new with every entity.
    fn comparable(details: &Value) -> String {
        let mut details = details.clone();
        strip(&mut details);
        details.to_string()
    }

    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| !name.ends_with("Id") && !name.ends_with("Date"));
                members.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }

    #[test]
    fn an_account_comes_back_as_it_was_shown() {
        let shown = shown();
        let cloud = Cloud::new();
        import(&cloud, shown.clone()).unwrap();
        let again = cloud.run("GetAccountAuthorizationDetails", json!({})).unwrap();
        assert_eq!(comparable(&again), comparable(&shown));
        // The AWS command line decodes documents; another account's ARNs become the own.
        let mut decoded = shown.clone();
        decode_documents(&mut decoded);
        let other = decoded.to_string().replace(ACCOUNT, "999999999999");
        let cloud = Cloud::new();
        import(&cloud, serde_json::from_str(&other).unwrap()).unwrap();
        let again = cloud.run("GetAccountAuthorizationDetails", json!({})).unwrap();
        assert_eq!(comparable(&again), comparable(&shown));
    }

    #[test]
    fn conflicts_are_all_told_and_nothing_is_half_imported() {
        let cloud = Cloud::new();
        cloud.run("CreateUser", json!({"UserName": "Anna"})).unwrap();
        cloud.run("CreateGroup", json!({"GroupName": "admins"})).unwrap();
        let told = import(&cloud, shown()).unwrap_err();
        assert!(told.contains("user `anna`: EntityAlreadyExists"), "{told}");
        assert!(told.contains("group `admins`: EntityAlreadyExists"), "{told}");
        let roles = cloud.run("ListRoles", json!({})).unwrap();
        assert_eq!(roles["Roles"], json!([]));
    }

    #[test]
    fn other_files_are_refused() {
        assert!(
            Import::read(json!({"Users": []}), account()).unwrap_err().contains("UserDetailList")
        );
    }
}
