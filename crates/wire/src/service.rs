//! The services that requests can be for, each with its protocol and its names on the wire.

use serde::Serialize;

use crate::fault::Fault;
use crate::problem::DecodeError;
use crate::xml::EncodeError;
use crate::{ec2, json, query, rest_json, rest_xml};

/// How a service's requests and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Forms and XML.
    Query,
    /// Forms with flattened lists, and EC2's XML.
    Ec2,
    /// JSON with `X-Amz-Target`, version 1.1.
    Json,
    /// Methods, paths and XML.
    RestXml,
    /// Methods, paths and JSON.
    RestJson,
}

impl Protocol {
    /// The media type of every answer.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Query => query::CONTENT_TYPE,
            Self::Ec2 => ec2::CONTENT_TYPE,
            Self::Json => json::CONTENT_TYPE,
            Self::RestXml => rest_xml::CONTENT_TYPE,
            Self::RestJson => rest_json::CONTENT_TYPE,
        }
    }

    /// The header that carries the request's id.
    #[must_use]
    pub fn request_id_header(self) -> &'static str {
        match self {
            Self::Query | Self::Ec2 | Self::Json | Self::RestJson => "x-amzn-requestid",
            Self::RestXml => "x-amz-request-id",
        }
    }

    /// Writes an error; `namespace` is for awsQuery alone.
    #[must_use]
    pub fn error(self, namespace: &str, fault: &Fault, request_id: &str) -> Vec<u8> {
        match self {
            Self::Query => query::error(namespace, fault, request_id),
            Self::Ec2 => ec2::error(fault, request_id),
            Self::Json => json::error(fault),
            Self::RestXml => rest_xml::error(fault, request_id, request_id),
            Self::RestJson => rest_json::error(fault),
        }
    }
}

/// One service.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name in credential scopes and as the first label of its hosts.
    pub name: &'static str,
    /// How it speaks.
    pub protocol: Protocol,
    /// The version of its API.
    pub version: &'static str,
    /// The namespace of its XML; empty if it has none.
    pub namespace: &'static str,
    /// Whether times in its XML have milliseconds. CloudFormation's and EC2's have, IAM's and STS's
    /// have not (examples in the AWS CLI's reference).
    pub milliseconds: bool,
    /// What stands before the operation in `X-Amz-Target`; empty if it has none. Some clients put a
    /// Java package before it.
    pub target: &'static str,
}

/// Names and versions are those of the services' public models (botocore 1.43).
static SERVICES: [Service; 9] = [
    Service {
        name: "iam",
        protocol: Protocol::Query,
        version: "2010-05-08",
        namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
        milliseconds: false,
        target: "",
    },
    Service {
        name: "sts",
        protocol: Protocol::Query,
        version: "2011-06-15",
        namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        milliseconds: false,
        target: "",
    },
    Service {
        name: "ec2",
        protocol: Protocol::Ec2,
        version: "2016-11-15",
        namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
        milliseconds: true,
        target: "",
    },
    Service {
        name: "cloudformation",
        protocol: Protocol::Query,
        version: "2010-05-15",
        namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
        milliseconds: true,
        target: "",
    },
    Service {
        name: "s3",
        protocol: Protocol::RestXml,
        version: "2006-03-01",
        namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
        milliseconds: true,
        target: "",
    },
    Service {
        name: "organizations",
        protocol: Protocol::Json,
        version: "2016-11-28",
        namespace: "",
        milliseconds: false,
        target: "AWSOrganizationsV20161128",
    },
    Service {
        name: "cloudtrail",
        protocol: Protocol::Json,
        version: "2013-11-01",
        namespace: "",
        milliseconds: false,
        target: "CloudTrail_20131101",
    },
    Service {
        name: "lambda",
        protocol: Protocol::RestJson,
        version: "2015-03-31",
        namespace: "",
        milliseconds: false,
        target: "",
    },
    Service {
        name: "ssm",
        protocol: Protocol::Json,
        version: "2014-11-06",
        namespace: "",
        milliseconds: false,
        target: "AmazonSSM",
    },
];

impl Service {
    /// All services.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &SERVICES
    }

    /// The service of this name in credential scopes.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.name == name)
    }

    /// The service whose API has this version; no two have the same.
    #[must_use]
    pub fn of_version(version: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.version == version)
    }

    /// The service and operation that `X-Amz-Target` names.
    #[must_use]
    pub fn of_target(target: &str) -> Option<(&'static Self, &str)> {
        let (prefix, operation) = target.rsplit_once('.')?;
        let last = prefix.rsplit('.').next().unwrap_or(prefix);
        let service = SERVICES.iter().find(|service| service.target == last && !last.is_empty())?;
        Some((service, operation))
    }

    /// Writes an operation's output.
    ///
    /// # Errors
    /// The output has a shape that the protocol cannot write; restXml has no generic output at all.
    pub fn answer<T: Serialize + ?Sized>(
        &self,
        operation: &str,
        request_id: &str,
        output: &T,
    ) -> Result<Vec<u8>, EncodeError> {
        match self.protocol {
            Protocol::Query => query::answer(self, operation, request_id, output),
            Protocol::Ec2 => ec2::answer(self, operation, request_id, output),
            Protocol::Json | Protocol::RestJson => json::answer(output),
            Protocol::RestXml => Err(EncodeError(format!(
                "`{operation}` of a restXml service writes its own answer"
            ))),
        }
    }

    /// Writes an error.
    #[must_use]
    pub fn error(&self, fault: &Fault, request_id: &str) -> Vec<u8> {
        self.protocol.error(self.namespace, fault, request_id)
    }

    /// What the service answers to input that cannot be decoded.
    #[must_use]
    pub fn decode_fault(&self, error: &DecodeError) -> Fault {
        match self.protocol {
            Protocol::Query => query::fault(error),
            Protocol::Ec2 => ec2::fault(error),
            Protocol::Json | Protocol::RestJson => json::fault(error),
            Protocol::RestXml => rest_xml::fault(error),
        }
    }

    /// What the service answers to an operation that it does not have.
    #[must_use]
    pub fn unknown_operation(&self, operation: &str, version: Option<&str>) -> Fault {
        match self.protocol {
            Protocol::Query => query::unknown_action(operation, version),
            Protocol::Ec2 => ec2::unknown_action(operation),
            Protocol::Json | Protocol::RestJson => json::unknown_operation(),
            Protocol::RestXml => Fault::new(
                405,
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        for (target, expected) in [
            ("AWSOrganizationsV20161128.ListAccounts", Some(("organizations", "ListAccounts"))),
            (
                "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
                Some(("cloudtrail", "LookupEvents")),
            ),
            ("CloudTrail_20131101.LookupEvents", Some(("cloudtrail", "LookupEvents"))),
            ("DynamoDB_20120810.ListTables", None),
            ("LookupEvents", None),
            (".LookupEvents", None),
            ("", None),
        ] {
            let found = Service::of_target(target).map(|(service, name)| (service.name, name));
            assert_eq!(found, expected, "{target}");
        }
    }

    #[test]
    fn names_versions_and_targets_are_unique() {
        for service in Service::all() {
            assert_eq!(Service::named(service.name), Some(service));
            assert_eq!(Service::of_version(service.version), Some(service));
        }
    }
}
