//! Where a bucket's events go. It is kept as a record: no event is ever sent.

use cloud::{Act, Ask, Fault, Read, Write};
use serde::{Deserialize, Serialize};

use crate::bucket;
use crate::setting::bucket_operation;

/// A bucket's notification configuration, in the service's own shape.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Notifications {
    topic_configuration: Vec<ToTopic>,
    queue_configuration: Vec<ToQueue>,
    cloud_function_configuration: Vec<ToFunction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_bridge_configuration: Option<EventBridge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ToTopic {
    #[serde(rename = "Id", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "Topic")]
    target: String,
    #[serde(rename = "Event")]
    events: Vec<String>,
    #[serde(rename = "Filter", skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ToQueue {
    #[serde(rename = "Id", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "Queue")]
    target: String,
    #[serde(rename = "Event")]
    events: Vec<String>,
    #[serde(rename = "Filter", skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ToFunction {
    #[serde(rename = "Id", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "CloudFunction")]
    target: String,
    #[serde(rename = "Event")]
    events: Vec<String>,
    #[serde(rename = "Filter", skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct EventBridge {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    s3_key: KeyFilter,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyFilter {
    #[serde(default)]
    filter_rule: Vec<FilterRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterRule {
    name: String,
    value: String,
}

bucket_operation! {
    /// Shows where events go.
    GetBucketNotificationConfiguration, "s3:GetBucketNotification", Notifications
}

impl Read for GetBucketNotificationConfiguration {
    fn read(self, ask: &Ask<'_>) -> Result<Notifications, Fault> {
        Ok(bucket::find(ask.view, &self.bucket)?.notifications.clone())
    }
}

bucket_operation! {
    /// Says where events go.
    PutBucketNotificationConfiguration, "s3:PutBucketNotification", (), {
        notification_configuration: Notifications,
    }
}

impl Write for PutBucketNotificationConfiguration {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let new = &self.notification_configuration;
        let events = (new.topic_configuration.iter().map(|it| &it.events))
            .chain(new.queue_configuration.iter().map(|it| &it.events))
            .chain(new.cloud_function_configuration.iter().map(|it| &it.events));
        for event in events.flatten() {
            if !event.starts_with("s3:") {
                let text = "The event is not supported for notifications";
                return Err(Fault::new("InvalidArgument", text)
                    .with_detail("ArgumentName", "Event")
                    .with_detail("ArgumentValue", event.as_str()));
            }
        }
        bucket::change(act, &self.bucket, |bucket| {
            bucket.notifications = new.clone();
            Ok(())
        })
    }
}
