//! An account with its first workspace in memory, for unit tests: operations are found in the table, decoded,
//! permitted and run as a server does it, beside a cloud whose operations root calls.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use cloud::Service;
use cloud::testing::{Call, Cloud, Demands, account, own};
use serde_json::{Map, Value};

use crate::aws::Principal;
use crate::caller::Caller;
use crate::fault::Fault;
use crate::first_start::{self, ADMIN_NAME, CLIENT_ID};
use crate::host::Host;
use crate::identity::{self, Kind};
use crate::operation::{Act, Read, Write};
use crate::permit::permit;
use crate::{lenient, table};

/// What an operation answers: JSON, or its code and message.
pub(crate) type Answer = Result<Value, (String, String)>;

/// The account's admin, on the account's host.
pub(crate) const ACCOUNT_ADMIN: Login = Login { name: CLIENT_ID, is_account: true };
/// The same, on the first workspace's host.
pub(crate) const ACCOUNT_ADMIN_INSIDE: Login = Login { name: CLIENT_ID, is_account: false };
/// The first workspace's admin, who does not administer the account.
pub(crate) const WORKSPACE_ADMIN: Login = Login { name: ADMIN_NAME, is_account: false };

/// Who calls which host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login {
    pub(crate) name: &'static str,
    pub(crate) is_account: bool,
}

/// An account and a cloud.
pub(crate) struct World {
    pub(crate) cloud: Cloud,
}

fn service(name: &str) -> Service {
    let has = |part: &[cloud::table::Entry]| part.iter().any(|entry| entry.name == name);
    match own(name) {
        Some(service) => service,
        None if has(s3::table::OPERATIONS) => Service::S3,
        None => Service::Ec2,
    }
}

fn visit<V: cloud::table::Visitor>(name: &str, visitor: V) -> Option<V::Out> {
    match service(name) {
        Service::S3 => s3::table::visit(name, visitor),
        Service::Ec2 => ec2::table::visit(name, visitor),
        own => cloud::table::visit(own, name, visitor),
    }
}

fn host(is_account: bool) -> Host {
    Host {
        account_id: first_start::ACCOUNT_ID.to_owned(),
        workspace_id: (!is_account).then_some(first_start::WORKSPACE_ID),
        aws_account: account(),
    }
}

/// One call.
struct Operate<'a, 'b, 'tx> {
    act: &'a mut Act<'b, 'tx>,
    input: Map<String, Value>,
}

impl table::Visitor for Operate<'_, '_, '_> {
    type Out = Result<Value, Fault>;

    fn read<O: Read>(self) -> Self::Out {
        let operation: O = lenient::decode(self.input)?;
        let output = permit(operation, &self.act.ask())?.read(&self.act.ask())?;
        Ok(serde_json::to_value(output).unwrap())
    }

    fn write<O: Write>(self) -> Self::Out {
        let operation: O = lenient::decode(self.input)?;
        let output = permit(operation, &self.act.ask())?.write(self.act)?;
        Ok(serde_json::to_value(output).unwrap())
    }
}

impl World {
    /// After a first start.
    pub(crate) fn new() -> Self {
        let find = |name: &str, call: Call<'_>| visit(name, call);
        let demands = |name: &str, call: Demands<'_>| visit(name, call);
        let schema = s3::add_rows(ec2::add_rows(cloud::schema::schema()));
        let world = Self { cloud: Cloud::with(crate::add_rows(schema), find, demands) };
        let made = world.act(true, |act| {
            let maker = first_start::maker(act.host);
            let admin = first_start::make_admin(&mut as_caller(act, &maker))?;
            let admin = Caller::of(act.aws.tx, act.host, &admin.id).unwrap();
            first_start::make_workspace(&mut as_caller(act, &admin), "us-east-1")
        });
        made.unwrap();
        world
    }

    /// Calls an operation; what one that fails had changed is taken back.
    pub(crate) fn call(&self, login: Login, name: &'static str, input: Value) -> Answer {
        let answer = self.act(login.is_account, move |act| {
            let account_id = &act.host.account_id;
            let kinds = [Kind::User, Kind::ServicePrincipal];
            let mut found = kinds
                .into_iter()
                .filter_map(|kind| identity::named(act.aws.tx, account_id, kind, login.name));
            let id = found.next().expect("there is somebody of this name").id.clone();
            drop(found);
            let caller = Caller::of(act.aws.tx, act.host, &id).expect("it is known to the host");
            let before = act.aws.tx.savepoint();
            let mut act = as_caller(act, &caller);
            let operate = Operate { act: &mut act, input: input.as_object().unwrap().clone() };
            let answer = table::visit(name, operate).expect("the operation is in the table");
            if answer.is_err() {
                act.aws.tx.undo_to(before);
            }
            Ok(answer)
        });
        let answer = answer.unwrap();
        answer.map_err(|fault| (fault.code.to_owned(), fault.message))
    }

    /// Calls an operation that must not fail.
    pub(crate) fn done(&self, login: Login, name: &'static str, input: Value) -> Value {
        self.call(login, name, input).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    /// Calls an operation of AWS's as root.
    pub(crate) fn aws(&self, name: &str, input: Value) -> Value {
        self.cloud.run(name, input).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    /// Acts within a write, as Databricks' control plane.
    pub(crate) fn act<T: Send + 'static>(
        &self,
        is_account: bool,
        mut run: impl FnMut(&mut Act<'_, '_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, cloud::Fault> {
        let host = host(is_account);
        let control_plane = Principal::ControlPlane.caller(&host.account_id).unwrap();
        self.cloud.act(&control_plane, Service::Ec2, move |aws| {
            let nobody = first_start::maker(&host);
            let mut act = Act { aws: again(aws), caller: &nobody, host: &host, next_address: None };
            run(&mut act).map_err(|fault| cloud::Fault::new("Refused", fault.to_string()))
        })
    }
}

/// The same, of another caller.
fn as_caller<'b, 'tx>(act: &'b mut Act<'_, 'tx>, caller: &'b Caller) -> Act<'b, 'tx> {
    Act { aws: again(&mut act.aws), caller, host: act.host, next_address: act.next_address }
}

fn again<'b, 'tx>(aws: &'b mut cloud::Act<'_, 'tx>) -> cloud::Act<'b, 'tx> {
    cloud::Act {
        tx: &mut *aws.tx,
        caller: aws.caller,
        now: aws.now,
        region: aws.region,
        secrets: aws.secrets,
        entropy: &mut *aws.entropy,
        facts: aws.facts,
        policies: aws.policies,
        made: &mut *aws.made,
        standpoint: aws.standpoint,
    }
}
