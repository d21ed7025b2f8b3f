//! When objects expire or go to other storage. It is kept as a record: no object ever does.

use std::collections::HashSet;

use cloud::tag::Tag;
use cloud::{Act, Ask, Fault, Read, Write};
use serde::{Deserialize, Serialize};

use crate::bucket;
use crate::setting::bucket_operation;

/// Rules of a bucket (S3 API reference, `PutBucketLifecycleConfiguration`).
pub const MAX_RULES: usize = 1000;
/// Characters of a rule's id.
pub const MAX_ID: usize = 255;
/// Days after which an object can go to the storage classes for what is seldom read.
const MIN_DAYS_TO_IA: i64 = 30;
/// What objects must have for a transition, if nothing is said (the same place).
const DEFAULT_MINIMUM: &str = "all_storage_classes_128K";

/// A bucket's lifecycle configuration, in the service's own shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lifecycle {
    #[serde(rename = "Rule", default)]
    rules: Vec<Rule>,
}

/// What is kept: the rules, and from which size on transitions count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Kept {
    #[serde(rename = "Rule")]
    rules: Vec<Rule>,
    transition_default_minimum_object_size: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    #[serde(rename = "ID", default)]
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiration: Option<Expiration>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    transition: Vec<Transition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    noncurrent_version_expiration: Option<NoncurrentExpiration>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    noncurrent_version_transition: Vec<NoncurrentTransition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    abort_incomplete_multipart_upload: Option<Abort>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Status {
    Enabled,
    Disabled,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tag: Option<Tag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object_size_greater_than: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object_size_less_than: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    and: Option<And>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct And {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tag: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object_size_greater_than: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object_size_less_than: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Expiration {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expired_object_delete_marker: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Transition {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
    storage_class: StorageClass,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StorageClass {
    Glacier,
    StandardIa,
    OnezoneIa,
    IntelligentTiering,
    DeepArchive,
    GlacierIr,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NoncurrentExpiration {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    noncurrent_days: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newer_noncurrent_versions: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NoncurrentTransition {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    noncurrent_days: Option<i64>,
    storage_class: StorageClass,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newer_noncurrent_versions: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Abort {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days_after_initiation: Option<i64>,
}

impl StorageClass {
    /// The name of one that objects cannot go to at once.
    fn is_slow(self) -> Option<&'static str> {
        match self {
            Self::StandardIa => Some("STANDARD_IA"),
            Self::OnezoneIa => Some("ONEZONE_IA"),
            _ => None,
        }
    }
}

fn argument(text: impl Into<String>) -> Fault {
    Fault::new("InvalidArgument", text)
}

impl Rule {
    /// The texts are those that users report; which of several mistakes is told first is unverified.
    fn check(&self) -> Result<(), Fault> {
        if self.id.chars().count() > MAX_ID {
            return Err(argument(format!("ID length should not exceed allowed limit of {MAX_ID}")));
        }
        // A rule says with exactly one of them what it is about.
        if self.prefix.is_some() == self.filter.is_some() {
            return Err(crate::malformed_xml());
        }
        let is_idle = self.expiration.is_none()
            && self.transition.is_empty()
            && self.noncurrent_version_expiration.is_none()
            && self.noncurrent_version_transition.is_empty()
            && self.abort_incomplete_multipart_upload.is_none();
        if is_idle {
            let text = "At least one action needs to be specified in a rule";
            return Err(Fault::new("InvalidRequest", text));
        }
        if let Some(expiration) = &self.expiration {
            let given = [
                expiration.date.is_some(),
                expiration.days.is_some(),
                expiration.expired_object_delete_marker.is_some(),
            ];
            if given.into_iter().filter(|it| *it).count() != 1 {
                return Err(crate::malformed_xml());
            }
            if expiration.days.is_some_and(|days| days <= 0) {
                let text = "'Days' for Expiration action must be a positive integer";
                return Err(argument(text));
            }
        }
        self.transition.iter().try_for_each(Transition::check)
    }
}

impl Transition {
    fn check(&self) -> Result<(), Fault> {
        if self.date.is_some() == self.days.is_some() {
            return Err(crate::malformed_xml());
        }
        match (self.days, self.storage_class.is_slow()) {
            (Some(days), _) if days < 0 => {
                let text = "'Days' in Transition action must be nonnegative";
                Err(argument(text))
            }
            (Some(days), Some(class)) if days < MIN_DAYS_TO_IA => Err(argument(format!(
                "'Days' in Transition action must be greater than or equal to {MIN_DAYS_TO_IA} for storageClass \
                 '{class}'"
            ))),
            _ => Ok(()),
        }
    }
}

impl Lifecycle {
    fn check(&self) -> Result<(), Fault> {
        if self.rules.is_empty() {
            return Err(crate::malformed_xml());
        }
        if self.rules.len() > MAX_RULES {
            let text = format!(
                "The number of lifecycle rules must not exceed the allowed limit of {MAX_RULES} rules"
            );
            return Err(Fault::new("InvalidRequest", text));
        }
        self.rules.iter().try_for_each(Rule::check)?;
        let mut ids = HashSet::new();
        let mut named = self.rules.iter().filter(|rule| !rule.id.is_empty());
        if named.all(|rule| ids.insert(&rule.id)) {
            return Ok(());
        }
        Err(argument("Rule ID must be unique. Found same ID for more than one rule"))
    }
}

bucket_operation! {
    /// Shows when objects expire.
    GetBucketLifecycleConfiguration, "s3:GetLifecycleConfiguration", Kept
}

impl Read for GetBucketLifecycleConfiguration {
    fn read(self, ask: &Ask<'_>) -> Result<Kept, Fault> {
        let text = "The lifecycle configuration does not exist";
        let lifecycle = bucket::find(ask.view, &self.bucket)?.lifecycle.clone();
        lifecycle.ok_or_else(|| {
            Fault::new("NoSuchLifecycleConfiguration", text).with_detail("BucketName", self.bucket)
        })
    }
}

bucket_operation! {
    /// Says when objects expire.
    PutBucketLifecycleConfiguration, "s3:PutLifecycleConfiguration", PutOutput, {
        lifecycle_configuration: Lifecycle,
        transition_default_minimum_object_size: Option<String>,
    }
}

/// What `PutBucketLifecycleConfiguration` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutOutput {
    transition_default_minimum_object_size: String,
}

impl Write for PutBucketLifecycleConfiguration {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<PutOutput, Fault> {
        self.lifecycle_configuration.check()?;
        let minimum = self.transition_default_minimum_object_size.as_deref();
        let minimum = minimum.unwrap_or(DEFAULT_MINIMUM);
        if !matches!(minimum, DEFAULT_MINIMUM | "varies_by_storage_class") {
            return Err(argument("Invalid TransitionDefaultMinimumObjectSize found"));
        }
        let mut rules = self.lifecycle_configuration.rules.clone();
        // One without an id is given one.
        for rule in rules.iter_mut().filter(|rule| rule.id.is_empty()) {
            rule.id = act.entropy.uuid();
        }
        let kept = Kept { rules, transition_default_minimum_object_size: minimum.to_owned() };
        bucket::change(act, &self.bucket, |bucket| {
            bucket.lifecycle = Some(kept);
            Ok(())
        })?;
        Ok(PutOutput { transition_default_minimum_object_size: minimum.to_owned() })
    }
}

bucket_operation! {
    /// Lets objects stay.
    DeleteBucketLifecycle, "s3:PutLifecycleConfiguration", ()
}

impl Write for DeleteBucketLifecycle {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        bucket::change(act, &self.bucket, |bucket| {
            bucket.lifecycle = None;
            Ok(())
        })
    }
}
