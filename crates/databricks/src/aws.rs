//! What Databricks does in AWS accounts: always as one of its own principals, always by way of authorize.
//!
//! Calls go by service, operation and parameters, as a client's do; a call that AWS refuses answers with AWS's
//! own code and text, and is noted for `why` with all that was decided on the way.

use std::sync::Arc;

use cloud::authorize::{Decided, Facts};
use cloud::caller::ForeignPrincipal;
use cloud::sts::credentials;
use cloud::table::Visitor;
use cloud::tag::Tag;
use cloud::{Caller, Fault, Issue, Read, Service, Write};
use ec2::vpc_endpoint::VpcEndpointRow;
use names::AccountId;
use s3::object::get::GetObject;
use s3::object::put::PutObject;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::operation::Act;

/// Databricks' account in AWS.
const DATABRICKS: &str = "414351767826";
/// The account that serverless compute runs in.
const SERVERLESS: &str = "790110701330";

/// The tag of Databricks' principals that says for which of its accounts they act.
const ACCOUNT_TAG: &str = "DatabricksAccountId";

/// A principal of Databricks' own in AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// The control plane. Customers trust its account as a whole, so which role it uses there is unverified.
    ControlPlane,
    /// Unity Catalog, whose role customers name in trust policies.
    UnityCatalog,
    /// Serverless compute, likewise (Databricks provider's documentation of `databricks_instance_profile`).
    Serverless,
}

impl Principal {
    /// Its ARN.
    #[must_use]
    pub fn arn(self) -> &'static str {
        match self {
            Self::ControlPlane => "arn:aws:iam::414351767826:role/databricks-control-plane",
            Self::UnityCatalog => {
                "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL"
            }
            Self::Serverless => "arn:aws:iam::790110701330:role/serverless-customer-resource-role",
        }
    }

    /// It as a caller that acts for a Databricks account, which its tag tells: the policy that Databricks asks for
    /// root buckets lets in what has this tag alone (guide, "Create an S3 bucket for workspace deployment").
    #[must_use]
    pub fn caller(self, account_id: &str) -> Option<Caller> {
        let account = if self == Self::Serverless { SERVERLESS } else { DATABRICKS };
        let account: AccountId = account.parse().ok()?;
        let arn = self.arn().to_owned();
        let tag = Tag { key: ACCOUNT_TAG.to_owned(), value: account_id.to_owned() };
        Some(Caller::Foreign(Arc::new(ForeignPrincipal { account, arn, tags: vec![tag] })))
    }
}

/// A session in a customer's account, and the region that it works in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub caller: Caller,
    /// Where.
    pub region: String,
}

impl<'tx> Act<'_, 'tx> {
    /// Assumes a role.
    ///
    /// # Errors
    /// AWS's own.
    pub fn assume(
        &mut self,
        principal: Principal,
        role_arn: &str,
        external_id: &str,
        region: &str,
    ) -> Result<Session, Fault> {
        let internal = || Fault::new("InternalFailure", "the principal has no account");
        let caller = principal.caller(&self.host.account_id).ok_or_else(internal)?;
        self.assume_as(&caller, role_arn, Some(external_id), region)
    }

    /// Assumes a role as any caller.
    ///
    /// # Errors
    /// AWS's own.
    pub fn assume_as(
        &mut self,
        caller: &Caller,
        role_arn: &str,
        external_id: Option<&str>,
        region: &str,
    ) -> Result<Session, Fault> {
        let mut input = json!({"RoleArn": role_arn, "RoleSessionName": "databricks"});
        if let (Some(id), Some(fields)) = (external_id, input.as_object_mut()) {
            fields.insert("ExternalId".to_owned(), id.into());
        }
        let act = self.in_region(region);
        let answer = Call { act, caller, input }.make(Service::Sts, "AssumeRole")?;
        let token = answer.pointer("/Credentials/SessionToken").and_then(Value::as_str);
        let opened = credentials::open(
            token.unwrap_or_default(),
            &self.aws.secrets.sealing_key,
            self.aws.now,
        );
        let session =
            opened.map_err(|error| Fault::new("InvalidClientTokenId", error.to_string()))?;
        Ok(Session { caller: Caller::Session(Arc::new(session)), region: region.to_owned() })
    }

    /// Calls an operation in a session. What a call that fails had changed is taken back.
    ///
    /// # Errors
    /// AWS's own; `DryRunOperation` for a dry run that would succeed.
    pub fn call(
        &mut self,
        session: &Session,
        service: Service,
        operation: &str,
        input: Value,
    ) -> Result<Value, Fault> {
        let act = self.in_region(&session.region);
        Call { act, caller: &session.caller, input }.make(service, operation)
    }

    /// Calls EC2 in a session.
    ///
    /// # Errors
    /// As [`Act::call`].
    pub fn ec2(
        &mut self,
        session: &Session,
        operation: &str,
        input: Value,
    ) -> Result<Value, Fault> {
        self.call(session, Service::Ec2, operation, input)
    }

    /// Reads in a session as a program in the customer's network does: what is known of the control plane's
    /// own requests, such as its address, is not known of it.
    ///
    /// # Errors
    /// As [`Act::call`].
    pub fn read_in<O: Read>(
        &mut self,
        session: &Session,
        operation: O,
    ) -> Result<O::Output, Fault> {
        self.of_customer(session, &Facts::default()).read_as(&session.caller, operation)
    }

    /// Changes the state in a session, as [`Act::read_in`].
    ///
    /// # Errors
    /// As [`Act::call`].
    pub fn write_in<O: Write>(
        &mut self,
        session: &Session,
        operation: O,
    ) -> Result<O::Output, Fault> {
        self.of_customer(session, &Facts::default()).write_as(&session.caller, operation)
    }

    fn of_customer<'b>(
        &'b mut self,
        session: &'b Session,
        facts: &'b Facts,
    ) -> cloud::Act<'b, 'tx> {
        cloud::Act { facts, ..self.in_region(&session.region) }
    }

    /// Accepts an endpoint that leads to a service of Databricks', as only the service's owner can.
    ///
    /// # Errors
    /// A limit of the store.
    pub fn accept_endpoint(
        &mut self,
        endpoint: &VpcEndpointRow,
    ) -> Result<(), crate::fault::Fault> {
        // Whose endpoint is meant: the caller's, as with everything that EC2 finds.
        let of = Caller::Root(endpoint.account);
        let mut act = cloud::Act { caller: &of, ..self.in_region(&endpoint.region) };
        ec2::vpc_endpoint::accept(&mut act, &endpoint.id)
            .map_err(|fault| crate::fault::Fault::state(fault.to_string()))
    }

    /// Asks whether EC2 would do it.
    ///
    /// # Errors
    /// EC2's reason why not.
    pub fn ec2_would(
        &mut self,
        session: &Session,
        operation: &str,
        mut input: Value,
    ) -> Result<(), Fault> {
        if let Some(fields) = input.as_object_mut() {
            fields.insert("DryRun".to_owned(), true.into());
        }
        match self.ec2(session, operation, input) {
            Ok(_) => Ok(()),
            Err(fault) if fault.code == "DryRunOperation" => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// Calls S3 in a session. Bytes are not among the parameters: see [`Act::put_object`] and
    /// [`Act::get_object`].
    ///
    /// # Errors
    /// As [`Act::call`].
    pub fn s3(&mut self, session: &Session, operation: &str, input: Value) -> Result<Value, Fault> {
        self.call(session, Service::S3, operation, input)
    }

    /// Writes a few bytes under a key.
    ///
    /// # Errors
    /// S3's own; `EntityTooLarge` for more than [`s3::content::MAX_INLINE_BYTES`].
    pub fn put_object(
        &mut self,
        session: &Session,
        bucket: &str,
        key: &str,
        bytes: &[u8],
    ) -> Result<(), Fault> {
        let Some(put) = PutObject::of_bytes(bucket, key, bytes) else {
            let text = "Your proposed upload exceeds the maximum allowed size";
            return Err(Fault::new("EntityTooLarge", text));
        };
        self.in_region(&session.region).write_as(&session.caller, put).map(drop)
    }

    /// Reads the bytes under a key; none if they are more than a row holds, which the server alone can read.
    ///
    /// # Errors
    /// S3's own.
    pub fn get_object(
        &mut self,
        session: &Session,
        bucket: &str,
        key: &str,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let get = GetObject::of(bucket, key);
        let got = self.in_region(&session.region).read_as(&session.caller, get)?;
        Ok(got.inline().map(<[u8]>::to_vec))
    }

    /// Whether EC2 would do it, asked by nobody: it is not among the calls that `why` tells.
    ///
    /// # Errors
    /// What was denied, if it was that.
    pub fn ec2_could(
        &mut self,
        session: &Session,
        operation: &str,
        input: Value,
    ) -> Result<(), Option<Decided>> {
        let told = std::mem::take(self.aws.made);
        let outcome = self.ec2_would(session, operation, input);
        let asked = std::mem::replace(self.aws.made, told);
        outcome.map_err(|_| {
            let decided = asked.last().and_then(|made| made.decided.last());
            decided.filter(|decided| !decided.decision.is_allowed()).cloned()
        })
    }

    fn in_region<'b>(&'b mut self, region: &'b str) -> cloud::Act<'b, 'tx> {
        let cloud::Act { caller, now, secrets, facts, policies, standpoint, .. } = self.aws;
        cloud::Act {
            tx: &mut *self.aws.tx,
            caller,
            now,
            region,
            secrets,
            entropy: &mut *self.aws.entropy,
            facts,
            policies,
            made: &mut *self.aws.made,
            standpoint,
        }
    }
}

/// One call on its way to its operation.
struct Call<'a, 'tx> {
    act: cloud::Act<'a, 'tx>,
    caller: &'a Caller,
    input: Value,
}

impl Call<'_, '_> {
    fn make(self, service: Service, operation: &str) -> Result<Value, Fault> {
        let found = match service {
            Service::Ec2 => ec2::table::visit(operation, self),
            Service::S3 => s3::table::visit(operation, self),
            _ => cloud::table::visit(service, operation, self),
        };
        found.unwrap_or_else(|| {
            let text = format!("rolecall does not model {}:{operation} yet", service.prefix());
            Err(Fault::new("NotImplemented", text))
        })
    }

    fn decode<O: DeserializeOwned>(input: Value) -> Result<O, Fault> {
        serde_json::from_value(input)
            .map_err(|error| Fault::new("InvalidParameterValue", error.to_string()))
    }
}

fn encode(output: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(output).map_err(|error| Fault::new("InternalFailure", error.to_string()))
}

impl Visitor for Call<'_, '_> {
    type Out = Result<Value, Fault>;

    fn read<O: Read>(mut self) -> Self::Out {
        encode(&self.act.read_as(self.caller, Self::decode::<O>(self.input)?)?)
    }

    fn issue<O: Issue>(mut self) -> Self::Out {
        encode(&self.act.issue_as(self.caller, Self::decode::<O>(self.input)?)?)
    }

    fn write<O: Write>(mut self) -> Self::Out {
        encode(&self.act.write_as(self.caller, Self::decode::<O>(self.input)?)?)
    }
}

/// A list of an answer of EC2's, such as `reservationSet`.
#[must_use]
pub fn list<'v>(answer: &'v Value, pointer: &str) -> &'v [Value] {
    answer.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A text of an answer of EC2's.
#[must_use]
pub fn text(answer: &Value, pointer: &str) -> String {
    answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The image that nodes are launched from: one of Databricks' own, which it need not look for.
#[must_use]
pub fn image_id(region: &str, architecture: &str) -> String {
    let images = ec2::image::all(region).iter();
    let mut fitting = images.filter(|image| {
        image.owner_id == ec2::image::DATABRICKS && image.architecture == architecture
    });
    fitting.next().map(|image| image.id.clone()).unwrap_or_default()
}
