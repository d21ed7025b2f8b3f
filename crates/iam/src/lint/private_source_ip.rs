//! `aws:SourceIp` compared with a private range.
//!
//! The key holds the public address that AWS sees, and is absent when the request came through a VPC
//! endpoint. An address of a private network is never seen; inside a VPC, `aws:VpcSourceIp` holds it.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Private IP address".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::operator::Comparison;
use crate::value::ip::Network;

pub(super) const RULE: Rule = Rule {
    code: "private-source-ip",
    summary: "aws:SourceIp compared with the range of a private network",
    source: "IAM Access Analyzer policy check reference: Private IP address",
    check,
};

/// RFC 1918, RFC 4193.
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let statements = subject.statements.iter().map(|statement| statement.statement);
    for condition in statements.flat_map(|statement| &statement.conditions) {
        if condition.operator.comparison != Comparison::IpAddress
            || !condition.key.value.eq_ignore_ascii_case("aws:SourceIp")
        {
            continue;
        }
        for value in condition.values.iter().filter(|value| is_private(&value.value)) {
            let message = format!(
                "`{}` is a private range, and `aws:SourceIp` holds public addresses only",
                value.value
            );
            found.push(
                Diagnostic::warning(RULE.code, value.span, message)
                    .help("for requests through a VPC endpoint, compare `aws:VpcSourceIp`"),
            );
        }
    }
}

fn is_private(text: &str) -> bool {
    let (address, bits) = text.split_once('/').unwrap_or((text, "128"));
    let (Ok(address), Ok(bits)) = (address.parse(), bits.parse::<u8>()) else { return false };
    PRIVATE.iter().any(|range| {
        let width = range.rsplit('/').next().and_then(|bits| bits.parse().ok());
        width.is_some_and(|width: u8| width <= bits)
            && Network::parse(range).is_some_and(|range| range.contains(address))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn ranges() {
        for (key, value, hit) in [
            ("aws:SourceIp", "10.1.0.0/16", true),
            ("aws:sourceip", "192.168.1.1", true),
            ("aws:SourceIp", "fd00::/8", true),
            ("aws:SourceIp", "203.0.113.0/24", false),
            ("aws:SourceIp", "0.0.0.0/0", false),
            ("aws:SourceIp", "10.0.0.0/7", false),
            ("aws:SourceIp", "nonsense", false),
            ("aws:VpcSourceIp", "10.1.0.0/16", false),
        ] {
            let members = format!(
                r#""Action":"*","Resource":"*","Condition":{{"IpAddress":{{"{key}":"{value}"}}}}"#
            );
            let expected = format!("warning \"{value}\"");
            check_allow(&RULE, &members, &[&*expected][..usize::from(hit)]);
        }
    }
}
