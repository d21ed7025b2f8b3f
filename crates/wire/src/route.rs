//! Which service and operation a request is for.
//!
//! The credential scope decides, as AWS's endpoints do by their host; where there is none, the target,
//! the host, or the API version of a form. A request that says nothing is for S3, whose anonymous
//! requests are plain paths.

use std::fmt;

use crate::fault::Fault;
use crate::form::{Form, FormError};
use crate::host::{Endpoint, endpoint};
use crate::service::{Protocol, Service};

const FORM_MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// A request as it came in.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// `GET`, `POST` and so on.
    pub method: &'a str,
    /// The raw query string, without `?`.
    pub query: &'a str,
    /// Names and values; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
    /// The service in the credential scope of the signature, if there is one.
    pub scope_service: Option<&'a str>,
}

/// Where a request goes.
#[derive(Debug)]
pub struct Route<'a> {
    /// The service.
    pub service: &'static Service,
    /// What it is asked.
    pub call: Call<'a>,
}

/// What a service is asked.
#[derive(Debug)]
pub enum Call<'a> {
    /// An operation of awsQuery or ec2 with its parameters, `Action` and `Version` among them.
    Form {
        /// The operation, which the service may not have.
        action: String,
        /// All parameters.
        form: Form<'a>,
    },
    /// An operation of awsJson; its input is the body.
    Json {
        /// The operation, which the service may not have.
        operation: &'a str,
    },
    /// Whatever method, path and query string say.
    Rest {
        /// The bucket, if the host names it; otherwise it is the path's first segment.
        bucket: Option<&'a str>,
    },
}

/// The request is for nothing that this server has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// A service that is not here.
    #[error("the service `{name}` is not emulated: point its clients elsewhere")]
    UnknownService {
        /// Its name in the credential scope or host.
        name: String,
    },
    /// An `X-Amz-Target` of a service that is not here.
    #[error("the target `{target}` is of no service that is emulated: point its clients elsewhere")]
    UnknownTarget {
        /// The header's value.
        target: String,
    },
    /// Signed for another service than the one that is addressed.
    #[error("the request is signed for `{scope}` and addressed to `{service}`: sign it for that")]
    WrongScope {
        /// The service in the credential scope.
        scope: String,
        /// The service addressed.
        service: &'static str,
    },
    /// A form service is asked without `Action`, or with a body that is no form.
    #[error("the request names no `Action`: send a form with `Action` and `Version`")]
    NoAction {
        /// The service addressed.
        service: &'static str,
    },
    /// A form service is asked for a version that it does not have.
    #[error("`{service}` has no operation `{action}` in version `{}`", version.as_deref().unwrap_or(""))]
    UnknownVersion {
        /// The service addressed.
        service: &'static str,
        /// The operation.
        action: String,
        /// The version, if the request names one.
        version: Option<String>,
    },
    /// The parameters cannot be read.
    #[error("{error}")]
    BadForm {
        /// The service addressed, as far as it is known.
        service: Option<&'static str>,
        /// Why.
        error: FormError,
    },
}

/// Leaves out what may be secret: parameters, header values and body.
impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        formatter
            .debug_struct("Incoming")
            .field("method", &self.method)
            .field("headers", &headers)
            .field("body_bytes", &self.body.len())
            .field("scope_service", &self.scope_service)
            .finish_non_exhaustive()
    }
}

/// Tells what a request is for.
///
/// # Errors
/// What is missing, unknown or contradictory; [`RouteError::fault`] turns it into what AWS answers.
pub fn route<'a>(incoming: &Incoming<'a>) -> Result<Route<'a>, RouteError> {
    let endpoint = incoming.header("host").map(endpoint).unwrap_or_default();
    if let Some(target) = incoming.header("x-amz-target") {
        return route_target(incoming, endpoint, target);
    }
    let Some(service) = addressed(incoming, endpoint)? else {
        return route_by_version(incoming, endpoint);
    };
    match service.protocol {
        Protocol::Query | Protocol::Ec2 => route_form(incoming, service),
        Protocol::RestXml => Ok(Route { service, call: Call::Rest { bucket: endpoint.bucket } }),
        Protocol::RestJson => Ok(Route { service, call: Call::Rest { bucket: None } }),
        Protocol::Json => Err(RouteError::UnknownTarget { target: String::new() }),
    }
}

impl<'a> Incoming<'a> {
    /// The first value of this header, named in lower case.
    fn header(&self, name: &str) -> Option<&'a str> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    fn is_form(&self) -> bool {
        let media_type = self.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case(FORM_MEDIA_TYPE)
    }

    /// The protocol that the sender seems to speak, for answers where the service is unknown.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        if self.header("x-amz-target").is_some() {
            Protocol::Json
        } else if self.is_form() || self.query.contains("Action=") {
            Protocol::Query
        } else {
            Protocol::RestXml
        }
    }

    /// The parameters in the query string and, if the body is a form, there.
    fn form(&self, service: Option<&'static str>) -> Result<Form<'a>, RouteError> {
        let body = if self.is_form() { self.body } else { b"" };
        Form::parse(self.query, body).map_err(|error| RouteError::BadForm { service, error })
    }
}

fn route_target<'a>(
    incoming: &Incoming<'a>,
    endpoint: Endpoint<'a>,
    target: &'a str,
) -> Result<Route<'a>, RouteError> {
    let (service, operation) = Service::of_target(target)
        .ok_or_else(|| RouteError::UnknownTarget { target: target.to_owned() })?;
    match addressed(incoming, endpoint)? {
        Some(other) if other != service => {
            Err(RouteError::WrongScope { scope: other.name.to_owned(), service: service.name })
        }
        _ => Ok(Route { service, call: Call::Json { operation } }),
    }
}

/// The service that the credential scope names and, on AWS's own hosts, the host; none if neither
/// says anything.
fn addressed(
    incoming: &Incoming<'_>,
    endpoint: Endpoint<'_>,
) -> Result<Option<&'static Service>, RouteError> {
    let unknown = |name: &str| RouteError::UnknownService { name: name.to_owned() };
    let scope = incoming.scope_service;
    let scope = scope.map(|name| Service::named(name).ok_or_else(|| unknown(name))).transpose()?;
    if let Some(name) = endpoint.unknown_service {
        return Err(unknown(name));
    }
    match (scope, endpoint.service) {
        (Some(scope), Some(host)) if endpoint.is_aws && scope != host => {
            Err(RouteError::WrongScope { scope: scope.name.to_owned(), service: host.name })
        }
        (Some(service), _) | (None, Some(service)) => Ok(Some(service)),
        (None, None) => Ok(None),
    }
}

fn route_form<'a>(
    incoming: &Incoming<'a>,
    service: &'static Service,
) -> Result<Route<'a>, RouteError> {
    let form = incoming.form(Some(service.name))?;
    let Some(action) = form.get("Action").map(str::to_owned) else {
        return Err(RouteError::NoAction { service: service.name });
    };
    let version = form.get("Version");
    // EC2 answers requests of older versions too, which some clients still send.
    if service.protocol == Protocol::Query && version != Some(service.version) {
        let version = version.map(str::to_owned);
        return Err(RouteError::UnknownVersion { service: service.name, action, version });
    }
    Ok(Route { service, call: Call::Form { action, form } })
}

/// An unsigned request to a host that says nothing: a form is for the service whose version it names
/// (`AssumeRoleWithWebIdentity` is sent so), anything else for S3.
fn route_by_version<'a>(
    incoming: &Incoming<'a>,
    endpoint: Endpoint<'a>,
) -> Result<Route<'a>, RouteError> {
    if incoming.protocol() == Protocol::Query {
        let form = incoming.form(None)?;
        if let Some(action) = form.get("Action").map(str::to_owned) {
            let version = form.get("Version").unwrap_or_default();
            return match Service::of_version(version) {
                Some(service) if matches!(service.protocol, Protocol::Query | Protocol::Ec2) => {
                    Ok(Route { service, call: Call::Form { action, form } })
                }
                _ => {
                    let name = format!("{action} of version {version}");
                    Err(RouteError::UnknownService { name })
                }
            };
        }
    }
    match Service::named("s3") {
        Some(service) => Ok(Route { service, call: Call::Rest { bucket: endpoint.bucket } }),
        None => Err(RouteError::UnknownService { name: "s3".to_owned() }),
    }
}

impl RouteError {
    /// The service whose protocol the answer is written in, if it is known.
    #[must_use]
    pub fn service(&self) -> Option<&'static Service> {
        let name = match self {
            Self::WrongScope { service, .. }
            | Self::NoAction { service }
            | Self::UnknownVersion { service, .. }
            | Self::BadForm { service: Some(service), .. } => service,
            Self::UnknownService { .. }
            | Self::UnknownTarget { .. }
            | Self::BadForm { service: None, .. } => return None,
        };
        Service::named(name)
    }

    /// What AWS answers. STS's answers to a wrong scope, a wrong version and a body over the limit
    /// were probed live (github.com/justincormack/argmin); to a request without an action it answers
    /// a redirect to its web page, for which `MissingAction` stands here, and to a body over the limit
    /// no text at all. `MalformedQueryString` is from IAM's list of common errors; when exactly it is
    /// answered is unverified. Services that are not here get a message of our own.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::UnknownService { .. } | Self::UnknownTarget { .. } => {
                Fault::new(501, "NotImplemented", self.to_string())
            }
            Self::WrongScope { service, .. } => {
                let text = format!("Credential should be scoped to correct service: '{service}'. ");
                Fault::new(403, "SignatureDoesNotMatch", text)
            }
            Self::NoAction { .. } => {
                Fault::new(400, "MissingAction", self.to_string()).before_dispatch()
            }
            Self::UnknownVersion { action, version, .. } => {
                crate::query::unknown_action(action, version.as_deref())
            }
            Self::BadForm { error: FormError::TooLarge { .. }, .. } => {
                Fault::new(413, "RequestEntityTooLarge", self.to_string()).before_dispatch()
            }
            Self::BadForm { .. } => {
                Fault::new(404, "MalformedQueryString", self.to_string()).before_dispatch()
            }
        }
    }
}
