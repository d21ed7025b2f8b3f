//! What the host that a client addressed says about the request.

use crate::service::Service;

/// Suffixes of AWS's own hosts.
const AWS_SUFFIXES: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];
/// Suffixes that resolve to this machine.
const LOCAL_SUFFIXES: [&str; 2] = [".localhost.localstack.cloud", ".localhost"];

/// What a host names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Endpoint<'a> {
    /// The service, if it is one of those here.
    pub service: Option<&'static Service>,
    /// The first label of one of AWS's own hosts that names no service that is here.
    pub unknown_service: Option<&'a str>,
    /// The labels before S3's, or before the suffix of a local host.
    pub bucket: Option<&'a str>,
    /// The interface endpoint that the host is a name of, such as `vpce-0a1b2c3d`.
    pub vpc_endpoint: Option<&'a str>,
    /// Whether this is one of AWS's own hosts, where the service is beyond doubt. On a local host,
    /// `iam` may as well be a bucket.
    pub is_aws: bool,
}

/// Reads a host, with or without a port: `iam.amazonaws.com`, `sts.us-east-1.amazonaws.com`,
/// `bucket.s3.us-east-1.amazonaws.com`, `bucket.localhost:4566`. An address or any other name says
/// nothing.
#[must_use]
pub fn endpoint(host: &str) -> Endpoint<'_> {
    let host = strip_port(host);
    if let Some(endpoint) = interface_endpoint(host) {
        return endpoint;
    }
    let suffix = |suffixes: &[&str]| {
        suffixes.iter().find_map(|suffix| strip_suffix_ignoring_case(host, suffix))
    };
    if let Some(labels) = suffix(&AWS_SUFFIXES) {
        let unknown = Endpoint { unknown_service: labels.split('.').next(), ..Endpoint::default() };
        return Endpoint { is_aws: true, ..split_at_service(labels).unwrap_or(unknown) };
    }
    match suffix(&LOCAL_SUFFIXES) {
        Some(labels) => split_at_service(labels)
            .unwrap_or(Endpoint { bucket: Some(labels), ..Endpoint::default() }),
        None => Endpoint::default(),
    }
}

/// Reads a name of an interface endpoint: `bucket.vpce-0a1b-x1y2.s3.us-east-1.vpce.amazonaws.com` for buckets in
/// the path, `data.bucket.vpce-….s3.…` for one in the name (AWS PrivateLink for S3, user guide).
fn interface_endpoint(host: &str) -> Option<Endpoint<'_>> {
    let suffixes = [".vpce.amazonaws.com", ".vpce.localhost"];
    let labels = suffixes.iter().find_map(|suffix| strip_suffix_ignoring_case(host, suffix))?;
    // The last one: a bucket may be called alike.
    let at = labels.rfind(".vpce-").map_or(0, |dot| dot + 1);
    let (before, rest) = labels.split_at_checked(at)?;
    let mut rest = rest.split('.');
    let name = rest.next().filter(|name| name.starts_with("vpce-"))?;
    let service = rest.next().and_then(service_of_label)?;
    // Behind the endpoint's id stands what tells its zones' names apart.
    let id_end = name.match_indices('-').nth(1).map_or(name.len(), |(dash, _)| dash);
    let before = before.strip_suffix('.').unwrap_or(before);
    let bucket = before.strip_suffix(".bucket").filter(|bucket| !bucket.is_empty());
    Some(Endpoint {
        service: Some(service),
        bucket: bucket.filter(|_| service.name == "s3"),
        vpc_endpoint: name.get(..id_end),
        is_aws: true,
        ..Endpoint::default()
    })
}

/// Finds the label that names a service, from the right: a bucket may have `s3` in its name, a region
/// may not.
fn split_at_service(labels: &str) -> Option<Endpoint<'_>> {
    let mut end = labels.len();
    loop {
        let before = labels.get(..end)?;
        let start = before.rfind('.').map_or(0, |dot| dot + 1);
        if let Some(service) = before.get(start..).and_then(service_of_label) {
            let bucket = labels.get(..start.saturating_sub(1));
            let bucket = bucket.filter(|bucket| !bucket.is_empty() && service.name == "s3");
            return Some(Endpoint { service: Some(service), bucket, ..Endpoint::default() });
        }
        end = start.checked_sub(1)?;
    }
}

/// The service that a label names: `sts`, `sts-fips`, `s3-us-west-2`.
fn service_of_label(label: &str) -> Option<&'static Service> {
    let label = label.to_ascii_lowercase();
    let name = label.strip_suffix("-fips").unwrap_or(&label);
    // The old regional hosts of S3 end in the region's digit; `s3-control` and its kind do not.
    let is_s3_of_region =
        name.starts_with("s3-") && name.ends_with(|last: char| last.is_ascii_digit());
    Service::named(if is_s3_of_region { "s3" } else { name })
}

fn strip_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn strip_suffix_ignoring_case<'a>(host: &'a str, suffix: &str) -> Option<&'a str> {
    let (name, end) = host.split_at_checked(host.len().checked_sub(suffix.len())?)?;
    (end.eq_ignore_ascii_case(suffix) && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interface_endpoints() {
        for (host, service, bucket, id) in [
            ("bucket.vpce-0a1b-x1.s3.us-east-1.vpce.amazonaws.com", "s3", None, "vpce-0a1b"),
            (
                "data.bucket.vpce-0a1b-x1.s3.us-east-1.vpce.amazonaws.com",
                "s3",
                Some("data"),
                "vpce-0a1b",
            ),
            ("vpce-0a1b.s3.us-east-1.vpce.localhost:4566", "s3", None, "vpce-0a1b"),
            (
                "a.vpce-b.bucket.vpce-0a1b.s3.us-east-1.vpce.localhost",
                "s3",
                Some("a.vpce-b"),
                "vpce-0a1b",
            ),
            ("vpce-0a1b-x1.sts.us-east-1.vpce.amazonaws.com", "sts", None, "vpce-0a1b"),
        ] {
            let found = endpoint(host);
            let service_name = found.service.map(|service| service.name);
            assert_eq!(
                (service_name, found.bucket, found.vpc_endpoint),
                (Some(service), bucket, Some(id)),
                "{host}"
            );
        }
        assert_eq!(endpoint("data.s3.amazonaws.com").vpc_endpoint, None);
    }

    #[test]
    fn hosts() {
        for (host, is_aws, service, bucket) in [
            ("iam.amazonaws.com", true, Some("iam"), None),
            ("sts.us-east-1.amazonaws.com:443", true, Some("sts"), None),
            ("STS.US-EAST-1.AMAZONAWS.COM", true, Some("sts"), None),
            ("sts-fips.us-east-1.amazonaws.com", true, Some("sts"), None),
            ("us-east-1.ec2.amazonaws.com", true, Some("ec2"), None),
            ("ec2.cn-north-1.amazonaws.com.cn", true, Some("ec2"), None),
            ("organizations.us-east-1.amazonaws.com", true, Some("organizations"), None),
            ("ec2.us-east-1.api.aws", true, Some("ec2"), None),
            ("s3.amazonaws.com", true, Some("s3"), None),
            ("s3-us-west-2.amazonaws.com", true, Some("s3"), None),
            ("data.s3.amazonaws.com", true, Some("s3"), Some("data")),
            ("a.s3.b.s3.dualstack.eu-west-1.amazonaws.com", true, Some("s3"), Some("a.s3.b")),
            ("data.s3-us-west-2.amazonaws.com", true, Some("s3"), Some("data")),
            ("data.localhost:4566", false, None, Some("data")),
            ("data.with.dots.localhost:4566", false, None, Some("data.with.dots")),
            ("data.s3.localhost:4566", false, Some("s3"), Some("data")),
            ("data.s3.us-east-1.localhost.localstack.cloud", false, Some("s3"), Some("data")),
            ("iam.localhost", false, Some("iam"), None),
            ("localhost:4566", false, None, None),
            (".localhost", false, None, None),
            ("127.0.0.1:4566", false, None, None),
            ("[::1]:4566", false, None, None),
            ("::1", false, None, None),
            ("example.com", false, None, None),
            ("", false, None, None),
        ] {
            let service = service.and_then(Service::named);
            let expected = Endpoint { service, bucket, is_aws, ..Endpoint::default() };
            assert_eq!(endpoint(host), expected, "{host}");
        }
        for (host, name) in [
            ("sqs.us-east-1.amazonaws.com", "sqs"),
            ("1234.s3-control.us-east-1.amazonaws.com", "1234"),
        ] {
            let found = endpoint(host);
            assert_eq!((found.service, found.unknown_service), (None, Some(name)), "{host}");
        }
    }
}
