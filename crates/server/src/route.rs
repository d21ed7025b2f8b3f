//! Which operation a request is for: what `wire` reads from the request, held against what the cloud has.

use cloud::Service;
use cloud::cloudtrail::parameters;
use wire::Fault;
use wire::form::Form;
use wire::route::{Call, Incoming, Route};
use wire::service::Protocol;

use crate::receive::Received;
use crate::{rest, table};

/// A request whose operation is known by name.
pub(crate) struct Routed<'r> {
    /// How the service speaks.
    pub(crate) speaks: &'static wire::service::Service,
    pub(crate) service: Service,
    pub(crate) operation: String,
    pub(crate) input: Input<'r>,
    /// The status of a good answer.
    pub(crate) status: u16,
}

/// An operation's parameters as they were sent.
pub(crate) enum Input<'r> {
    Form(Form<'r>),
    Json(&'r [u8]),
    /// Put together already.
    Value(serde_json::Value),
}

impl Input<'_> {
    /// What the audit keeps of it.
    pub(crate) fn kept(&self) -> Option<String> {
        match self {
            Self::Form(form) => Some(parameters::of_form(form.pairs())),
            Self::Json(body) => parameters::of_json(body),
            Self::Value(value) => Some(parameters::of_value(value)),
        }
    }
}

/// An error, and whose words it is said in; without a service in awsQuery's.
pub(crate) struct Unrouted {
    pub(crate) speaks: Option<&'static wire::service::Service>,
    pub(crate) fault: Fault,
}

/// How the service speaks that a request seems to be for, by what its head tells.
pub(crate) fn protocol(received: &Received) -> Protocol {
    let service = received.scope_service().and_then(wire::service::Service::named);
    let headers = received.text_headers();
    service.map_or_else(|| received.incoming(&headers).protocol(), |service| service.protocol)
}

/// Finds service and operation.
pub(crate) fn route<'r>(incoming: &Incoming<'r>, path: &str) -> Result<Routed<'r>, Unrouted> {
    let Route { service: speaks, call } = wire::route::route(incoming)
        .map_err(|error| Unrouted { speaks: error.service(), fault: error.fault() })?;
    let mut modelled = Service::ALL.into_iter().filter(|service| table::is_modelled(*service));
    let service = modelled.clone().find(|service| service.prefix() == speaks.name);
    match (service, call) {
        (Some(service), Call::Form { action, form }) => {
            Ok(Routed { speaks, service, operation: action, input: Input::Form(form), status: 200 })
        }
        (Some(service), Call::Json { operation }) => Ok(Routed {
            speaks,
            service,
            operation: operation.to_owned(),
            input: Input::Json(incoming.body),
            status: 200,
        }),
        (Some(service), Call::Rest { .. }) if speaks.protocol == Protocol::RestJson => {
            let (route, input) = rest::route(incoming, path)
                .map_err(|fault| Unrouted { speaks: Some(speaks), fault })?;
            Ok(Routed {
                speaks,
                service,
                operation: route.operation.to_owned(),
                input: Input::Value(input),
                status: route.status,
            })
        }
        _ => {
            let known: Vec<&str> = modelled.by_ref().map(Service::prefix).collect();
            let known = known.join(", ");
            let message = format!("rolecall does not model {} yet; it models {known}", speaks.name);
            let fault = Fault::new(501, "NotImplemented", message);
            Err(Unrouted { speaks: Some(speaks), fault })
        }
    }
}

/// What a service answers to an operation that the table does not have. One of AWS's that is not modelled
/// gets a sentence that says so.
pub(crate) fn unknown_operation(routed: &Routed<'_>) -> Fault {
    let (prefix, name) = (routed.service.prefix(), &routed.operation);
    if iam::catalog::action(&format!("{prefix}:{name}")).is_some() {
        let message = format!("rolecall does not model {prefix}:{name} yet: see docs/fidelity.md");
        return Fault::new(501, "NotImplemented", message);
    }
    let version = match &routed.input {
        Input::Form(form) => form.get("Version"),
        Input::Json(_) | Input::Value(_) => None,
    };
    routed.speaks.unknown_operation(name, version)
}
