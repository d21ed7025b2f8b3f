//! The options of an instance's metadata service.

use serde::{Deserialize, Serialize};

/// The options. Those of a new account's instances are the defaults: the reference lists `HttpTokens` as
/// optional where neither image, account nor request say otherwise (API reference,
/// `InstanceMetadataOptionsRequest`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataOptions {
    /// Whether only IMDSv2 is answered: `HttpTokens`.
    pub tokens_required: bool,
    /// `HttpPutResponseHopLimit`: 1 to 64.
    pub hop_limit: u8,
    /// `HttpEndpoint`
    pub enabled: bool,
    /// `HttpProtocolIpv6`
    pub ipv6: bool,
    /// `InstanceMetadataTags`
    pub tags: bool,
}

impl Default for MetadataOptions {
    fn default() -> Self {
        Self { tokens_required: false, hop_limit: 1, enabled: true, ipv6: false, tags: false }
    }
}

impl MetadataOptions {
    /// `required` or `optional`.
    #[must_use]
    pub fn http_tokens(&self) -> &'static str {
        if self.tokens_required { "required" } else { "optional" }
    }

    /// `enabled` or `disabled`.
    #[must_use]
    pub fn http_endpoint(&self) -> &'static str {
        switch(self.enabled)
    }

    /// `enabled` or `disabled`.
    #[must_use]
    pub fn http_protocol_ipv6(&self) -> &'static str {
        switch(self.ipv6)
    }

    /// `enabled` or `disabled`.
    #[must_use]
    pub fn instance_metadata_tags(&self) -> &'static str {
        switch(self.tags)
    }

    /// The condition keys.
    #[must_use]
    pub fn keys(&self) -> [(&'static str, String); 4] {
        [
            ("ec2:MetadataHttpTokens", self.http_tokens().to_owned()),
            ("ec2:MetadataHttpEndpoint", self.http_endpoint().to_owned()),
            ("ec2:MetadataHttpPutResponseHopLimit", self.hop_limit.to_string()),
            ("ec2:InstanceMetadataTags", self.instance_metadata_tags().to_owned()),
        ]
    }
}

/// `enabled` or `disabled`.
pub(crate) fn switch(on: bool) -> &'static str {
    if on { "enabled" } else { "disabled" }
}
