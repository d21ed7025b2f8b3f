//! Which operation a request is for.

use cloud::Service;
use cloud::table;
use wire::{Fault, Form};

use crate::receive::Received;

/// A request whose operation is known.
#[derive(Debug)]
pub(crate) struct Routed {
    pub(crate) service: Service,
    pub(crate) operation: String,
}

/// Finds the service by the signature's scope or the host, and the operation by `Action`.
pub(crate) fn route(received: &Received, form: &Form<'_>) -> Result<Routed, Fault> {
    let action = form.get("Action");
    let service = signed_service(received)
        .or_else(|| host_service(received))
        .or_else(|| action.and_then(only_service_with));
    let Some(service) = service else {
        return Err(unknown_service(received));
    };
    let Some(action) = action else {
        let message = "Action or operation requested is not found: name it in the parameter Action";
        return Err(Fault::new(400, "MissingAction", message).before_dispatch());
    };
    Ok(Routed { service, operation: action.to_owned() })
}

/// What a service answers to an operation that the table does not have. One of AWS's that rolecall does
/// not model yet gets the same code and a sentence that says so.
pub(crate) fn unknown_operation(service: Service, name: &str, version: Option<&str>) -> Fault {
    let prefix = service.prefix();
    if iam::catalog::action(&format!("{prefix}:{name}")).is_some() {
        let message = format!(
            "rolecall does not model {prefix}:{name} yet; docs/fidelity.md lists what it does"
        );
        return Fault::new(501, "NotImplemented", message);
    }
    wire::query::unknown_action(name, version)
}

/// The service that the signature is for: `…/us-east-1/iam/aws4_request`.
fn signed_service(received: &Received) -> Option<Service> {
    let header = received.header("authorization").unwrap_or_default();
    let credential =
        header.split_once("Credential=").map_or(received.query.as_str(), |(_, rest)| rest);
    let credential =
        credential.split([',', '&', ' ']).find(|part| part.contains("aws4_request"))?;
    let credential = credential.replace("%2F", "/").replace("%2f", "/");
    let name = credential.rsplit('/').nth(1)?;
    Service::ALL.into_iter().find(|service| service.prefix() == name)
}

fn host_service(received: &Received) -> Option<Service> {
    let host = received.header("host")?;
    let first = host.split(['.', ':']).next()?;
    Service::ALL.into_iter().find(|service| service.prefix() == first)
}

/// The one service that has an operation of this name.
fn only_service_with(action: &str) -> Option<Service> {
    table::OPERATIONS.iter().find(|entry| entry.name == action).map(|entry| entry.service)
}

fn unknown_service(received: &Received) -> Fault {
    let host = received.header("host").unwrap_or("this host");
    let message = format!(
        "rolecall cannot tell which service `{} {}` at {host} is for: it models {}",
        received.method,
        received.path,
        Service::ALL.map(Service::prefix).join(", ")
    );
    Fault::new(501, "NotImplemented", message).before_dispatch()
}
