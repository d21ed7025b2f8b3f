//! The names that EC2 gives to addresses ("Amazon EC2 instance hostname types", EC2 user guide; "DNS
//! attributes for your VPC", VPC user guide).

use std::net::Ipv4Addr;

/// The region whose names say no region.
const OLDEST_REGION: &str = "us-east-1";

/// The domain of private names in a region.
#[must_use]
pub fn private_domain(region: &str) -> String {
    match region {
        OLDEST_REGION => "ec2.internal".to_owned(),
        _ => format!("{region}.compute.internal"),
    }
}

/// The private name of an address: `ip-10-0-0-1.ec2.internal`.
#[must_use]
pub fn private(region: &str, address: Ipv4Addr) -> String {
    format!("ip-{}.{}", dashed(address), private_domain(region))
}

/// The public name of an address: `ec2-54-0-0-1.compute-1.amazonaws.com`.
#[must_use]
pub fn public(region: &str, address: Ipv4Addr) -> String {
    let domain = match region {
        OLDEST_REGION => "compute-1".to_owned(),
        _ => format!("{region}.compute"),
    };
    format!("ec2-{}.{domain}.amazonaws.com", dashed(address))
}

fn dashed(address: Ipv4Addr) -> String {
    address.to_string().replace('.', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let address = Ipv4Addr::new(10, 0, 1, 2);
        assert_eq!(private("us-east-1", address), "ip-10-0-1-2.ec2.internal");
        assert_eq!(private("eu-west-1", address), "ip-10-0-1-2.eu-west-1.compute.internal");
        assert_eq!(public("us-east-1", address), "ec2-10-0-1-2.compute-1.amazonaws.com");
        assert_eq!(public("eu-west-1", address), "ec2-10-0-1-2.eu-west-1.compute.amazonaws.com");
    }
}
