//! An audit row as an event of CloudTrail (user guide, "CloudTrail record contents").

use iam::catalog::{self, Access};
use names::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::AuditRow;

use crate::cloudtrail::entry::Entry;
use crate::cloudtrail::identity::account_of;
use crate::cloudtrail::lookup::LookupAttribute;
use crate::cloudtrail::{parameters, resource};
use crate::operation::Service;
use crate::organizations::time;

/// The version of the form.
const EVENT_VERSION: &str = "1.11";

/// Operations of S3 on objects: data events, which nobody can look up (user guide, "viewing events with
/// CloudTrail event history": management events alone).
const DATA_EVENTS: [&str; 17] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateMultipartUpload",
    "DeleteObject",
    "DeleteObjectTagging",
    "DeleteObjects",
    "GetObject",
    "GetObjectTagging",
    "HeadBucket",
    "HeadObject",
    "ListObjectVersions",
    "ListObjects",
    "ListObjectsV2",
    "PutObject",
    "UploadPart",
    "UploadPartCopy",
];

/// A row that is an event, read.
#[derive(Debug)]
pub struct Event<'r> {
    row: &'r AuditRow,
    service: Service,
    name: &'r str,
    entry: Entry<'r>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceShape {
    resource_type: &'static str,
    resource_name: String,
}

/// An event as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventShape {
    event_id: String,
    event_name: String,
    /// `true` or `false`, as text.
    read_only: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    #[serde(serialize_with = "time::seconds")]
    event_time: Timestamp,
    event_source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    resources: Vec<ResourceShape>,
    cloud_trail_event: String,
}

impl<'r> Event<'r> {
    /// Reads a row; none for what CloudTrail does not show.
    #[must_use]
    pub fn read(row: &'r AuditRow) -> Option<Self> {
        let (prefix, name) = row.action.split_once(':')?;
        let service = Service::ALL.into_iter().find(|service| service.prefix() == prefix)?;
        if service == Service::S3 && DATA_EVENTS.contains(&name) {
            return None;
        }
        // A row of an older form has less to tell.
        let entry = serde_json::from_str(&row.body).unwrap_or_default();
        Some(Self { row, service, name, entry })
    }

    /// Whether it is what an attribute asks for.
    #[must_use]
    pub fn has(&self, attribute: &LookupAttribute) -> bool {
        let value = attribute.attribute_value.as_str();
        match attribute.attribute_key.as_str() {
            "EventId" => self.id() == value,
            "EventName" => self.name == value,
            "ReadOnly" => self.read_only() == value,
            "Username" => self.user_name().as_deref() == Some(value),
            "ResourceType" => self.resources().any(|(kind, ..)| kind == value),
            "ResourceName" => self.resources().any(|(_, name, arn)| name == value || arn == value),
            "EventSource" => self.source() == value,
            "AccessKeyId" => self.entry.access_key.as_deref() == Some(value),
            _ => false,
        }
    }

    /// As `LookupEvents` answers it.
    #[must_use]
    pub fn shape(&self) -> EventShape {
        EventShape {
            event_id: self.id(),
            event_name: self.name.to_owned(),
            read_only: self.read_only(),
            access_key_id: self.entry.access_key.as_deref().map(str::to_owned),
            event_time: self.time(),
            event_source: self.source(),
            username: self.user_name(),
            resources: self
                .resources()
                .map(|(resource_type, resource_name, _)| ResourceShape {
                    resource_type,
                    resource_name,
                })
                .collect(),
            cloud_trail_event: self.json().to_string(),
        }
    }

    /// The event itself.
    #[must_use]
    pub fn json(&self) -> Value {
        let entry = &self.entry;
        let identity =
            entry.identity.shape(&self.row.caller, &self.row.account, entry.access_key.as_deref());
        let resources: Vec<Value> = self
            .resources()
            .map(|(kind, _, arn)| json!({"ARN": arn, "accountId": account_of(arn), "type": kind}))
            .collect();
        let mut event = json!({
            "eventVersion": EVENT_VERSION,
            "userIdentity": identity,
            "eventTime": self.time(),
            "eventSource": self.source(),
            "eventName": self.name,
            "awsRegion": entry.region,
            "sourceIPAddress": entry.source_ip,
            "userAgent": entry.user_agent,
            "requestParameters": entry.parameters.as_deref().map(parameters::shape),
            "responseElements": null,
            "requestID": self.row.id,
            "eventID": self.id(),
            "readOnly": self.read_only() == "true",
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": self.row.account.as_str(),
            "eventCategory": "Management",
        });
        if let Some(object) = event.as_object_mut() {
            if !resources.is_empty() {
                object.insert("resources".to_owned(), resources.into());
            }
            if let Some(code) = &entry.error {
                // EC2's codes are told with whose fault it was.
                let prefix = if self.service == Service::Ec2 { "Client." } else { "" };
                object.insert("errorCode".to_owned(), format!("{prefix}{code}").into());
                object.insert("errorMessage".to_owned(), json!(entry.message));
            }
        }
        event
    }

    fn source(&self) -> String {
        format!("{}.amazonaws.com", self.service.prefix())
    }

    fn time(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.row.time_ms.div_euclid(1000))
    }

    fn user_name(&self) -> Option<String> {
        self.entry.identity.user_name(&self.row.caller)
    }

    /// A UUID that follows from the request's, as the event's own is another.
    fn id(&self) -> String {
        let digest = Sha256::new()
            .chain_update(b"event\0")
            .chain_update(&self.row.id)
            .chain_update(self.row.action.as_bytes())
            .finalize();
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        // Version 8 of RFC 9562: made as its maker likes.
        format!(
            "{}-{}-8{}-a{}-{}",
            part(0, 8),
            part(8, 12),
            part(13, 16),
            part(17, 20),
            part(20, 32)
        )
    }

    /// What an operation does its action tells; those of STS change nothing.
    fn read_only(&self) -> &'static str {
        let verbs = ["Get", "List", "Describe", "Lookup", "Simulate", "Head", "Decode"];
        let action = catalog::action(&self.row.action);
        let reads = self.service == Service::Sts
            || action.is_some_and(|action| matches!(action.access, Access::Read | Access::List))
            || action.is_none() && verbs.iter().any(|verb| self.name.starts_with(verb));
        if reads { "true" } else { "false" }
    }

    /// Type, name and ARN of what was asked about, once each.
    fn resources(&self) -> impl Iterator<Item = (&'static str, String, &str)> {
        let demands = &self.entry.demands;
        demands.iter().enumerate().filter_map(move |(at, demand)| {
            let known = demands.iter().take(at).any(|other| other.resource == demand.resource);
            let (kind, name) = resource::of(&demand.resource).filter(|_| !known)?;
            Some((kind, name, &*demand.resource))
        })
    }
}
