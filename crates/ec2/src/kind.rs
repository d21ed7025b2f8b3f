//! The kinds of resource: how their ids look, what their ARNs are, and what EC2 says to an id that is
//! malformed or unknown.
//!
//! Codes are those of "Error codes for the Amazon EC2 API"; texts are those that people report. Where none
//! could be found the text follows its neighbours: see docs/fidelity/ec2-network.md.

use cloud::Fault;
use names::{AccountId, Entropy};

/// Hexadecimal digits of an id.
const ID_DIGITS: usize = 17;
/// Hexadecimal digits of the ids of the early years, which are still taken.
const SHORT_ID_DIGITS: usize = 8;

/// A kind of resource with an id of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `dopt-`
    DhcpOptions,
    /// `eipalloc-`
    ElasticIp,
    /// `fleet-`
    Fleet,
    /// `ami-`
    Image,
    /// `i-`
    Instance,
    /// `igw-`
    InternetGateway,
    /// `key-`
    KeyPair,
    /// `lt-`
    LaunchTemplate,
    /// `nat-`
    NatGateway,
    /// `acl-`
    NetworkAcl,
    /// `eni-`
    NetworkInterface,
    /// `pl-`
    PrefixList,
    /// `rtb-`
    RouteTable,
    /// `sg-`
    SecurityGroup,
    /// `sgr-`
    SecurityGroupRule,
    /// `snap-`
    Snapshot,
    /// `sir-`
    SpotInstancesRequest,
    /// `subnet-`
    Subnet,
    /// `vol-`
    Volume,
    /// `vpc-`
    Vpc,
    /// `vpce-`
    VpcEndpoint,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::DhcpOptions,
        Self::ElasticIp,
        Self::Fleet,
        Self::Image,
        Self::Instance,
        Self::InternetGateway,
        Self::KeyPair,
        Self::LaunchTemplate,
        Self::NatGateway,
        Self::NetworkAcl,
        Self::NetworkInterface,
        Self::PrefixList,
        Self::RouteTable,
        Self::SecurityGroup,
        Self::SecurityGroupRule,
        Self::Snapshot,
        Self::SpotInstancesRequest,
        Self::Subnet,
        Self::Volume,
        Self::Vpc,
        Self::VpcEndpoint,
    ];

    /// What its ids start with, the dash included.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::DhcpOptions => "dopt-",
            Self::ElasticIp => "eipalloc-",
            Self::Fleet => "fleet-",
            Self::Image => "ami-",
            Self::Instance => "i-",
            Self::InternetGateway => "igw-",
            Self::KeyPair => "key-",
            Self::LaunchTemplate => "lt-",
            Self::NatGateway => "nat-",
            Self::NetworkAcl => "acl-",
            Self::NetworkInterface => "eni-",
            Self::PrefixList => "pl-",
            Self::RouteTable => "rtb-",
            Self::SecurityGroup => "sg-",
            Self::SecurityGroupRule => "sgr-",
            Self::Snapshot => "snap-",
            Self::SpotInstancesRequest => "sir-",
            Self::Subnet => "subnet-",
            Self::Volume => "vol-",
            Self::Vpc => "vpc-",
            Self::VpcEndpoint => "vpce-",
        }
    }

    /// Its name in ARNs, in `ResourceType` and in the service authorization reference.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DhcpOptions => "dhcp-options",
            Self::ElasticIp => "elastic-ip",
            Self::Fleet => "fleet",
            Self::Image => "image",
            Self::Instance => "instance",
            Self::InternetGateway => "internet-gateway",
            Self::KeyPair => "key-pair",
            Self::LaunchTemplate => "launch-template",
            Self::NatGateway => "natgateway",
            Self::NetworkAcl => "network-acl",
            Self::NetworkInterface => "network-interface",
            Self::PrefixList => "prefix-list",
            Self::RouteTable => "route-table",
            Self::SecurityGroup => "security-group",
            Self::SecurityGroupRule => "security-group-rule",
            Self::Snapshot => "snapshot",
            Self::SpotInstancesRequest => "spot-instances-request",
            Self::Subnet => "subnet",
            Self::Volume => "volume",
            Self::Vpc => "vpc",
            Self::VpcEndpoint => "vpc-endpoint",
        }
    }

    /// The kind whose ids look like this one.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.is_id(id))
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether `text` has the form of an id of this kind.
    #[must_use]
    pub fn is_id(self, text: &str) -> bool {
        let Some(digits) = text.strip_prefix(self.prefix()) else { return false };
        if self == Self::Fleet {
            return digits.len() == 36 && digits.bytes().all(|byte| is_hex(byte) || byte == b'-');
        }
        let is_long_enough = match self {
            // Recorded of instances: any number of digits up to the short form, capital letters too
            // (radkawar/stackd, testdata/aws/ec2/instance_status_id_boundaries.json). EC2 takes some of the
            // long ones for malformed, by a rule that nobody has published.
            Self::Instance => matches!(digits.len(), ID_DIGITS | 1..=SHORT_ID_DIGITS),
            _ => matches!(digits.len(), ID_DIGITS | SHORT_ID_DIGITS),
        };
        is_long_enough
            && digits.bytes().all(|byte| match self {
                // `sir-abcd1234`: any letters and digits.
                Self::SpotInstancesRequest => byte.is_ascii_lowercase() || byte.is_ascii_digit(),
                Self::Instance => byte.is_ascii_hexdigit(),
                _ => is_hex(byte),
            })
    }

    /// A new id.
    pub fn new_id(self, entropy: &mut dyn Entropy) -> String {
        let prefix = self.prefix();
        match self {
            Self::Fleet => format!("{prefix}{}", entropy.uuid()),
            _ => format!("{prefix}{}", new_digits(entropy)),
        }
    }

    /// The id of something that `account` finds in `region` without having made it: always the same one.
    #[must_use]
    pub fn given_id(self, account: AccountId, region: &str, which: &str) -> String {
        let digits = given_digits(account, region, &format!("{}/{which}", self.name()));
        format!("{}{digits}", self.prefix())
    }

    /// The ARN; that of images and snapshots names no account (service authorization reference).
    #[must_use]
    pub fn arn(self, region: &str, account: AccountId, id: &str) -> String {
        let name = self.name();
        match self {
            Self::Image | Self::Snapshot => format!("arn:aws:ec2:{region}::{name}/{id}"),
            _ => format!("arn:aws:ec2:{region}:{account}:{name}/{id}"),
        }
    }

    /// Checks the form of an id.
    ///
    /// # Errors
    /// EC2's code and text for a malformed id of this kind.
    pub fn check(self, id: &str) -> Result<(), Fault> {
        if self.is_id(id) { Ok(()) } else { Err(self.malformed(id)) }
    }

    fn malformed(self, id: &str) -> Fault {
        let prefix = self.prefix();
        let plain = format!("Invalid id: \"{id}\"");
        let expecting = format!("Invalid id: \"{id}\" (expecting \"{prefix}...\")");
        let (code, text) = match self {
            Self::Vpc => ("InvalidVpcID.Malformed", plain),
            Self::Subnet => ("InvalidSubnetID.Malformed", plain),
            Self::Instance => ("InvalidInstanceID.Malformed", plain),
            Self::SecurityGroup => ("InvalidGroupId.Malformed", expecting),
            Self::SecurityGroupRule => ("InvalidSecurityGroupRuleId.Malformed", expecting),
            Self::RouteTable => ("InvalidRouteTableId.Malformed", expecting),
            Self::InternetGateway => ("InvalidInternetGatewayId.Malformed", expecting),
            Self::NatGateway => {
                ("NatGatewayMalformed", format!("The Nat Gateway id '{id}' is malformed"))
            }
            Self::ElasticIp => ("InvalidAllocationID.Malformed", plain),
            Self::DhcpOptions => ("InvalidDhcpOptionsId.Malformed", expecting),
            Self::NetworkAcl => ("InvalidNetworkAclId.Malformed", expecting),
            Self::NetworkInterface => ("InvalidNetworkInterfaceId.Malformed", expecting),
            Self::VpcEndpoint => ("InvalidVpcEndpointId.Malformed", expecting),
            Self::PrefixList => ("InvalidPrefixListId.Malformed", expecting),
            Self::Image => ("InvalidAMIID.Malformed", expecting),
            Self::Snapshot => ("InvalidSnapshotID.Malformed", expecting),
            Self::LaunchTemplate => ("InvalidLaunchTemplateId.Malformed", expecting),
            Self::SpotInstancesRequest => ("InvalidSpotInstanceRequestID.Malformed", expecting),
            Self::Volume => (
                "InvalidParameterValue",
                format!("Value ({id}) for parameter volumeId is invalid. Expected: 'vol-...'."),
            ),
            Self::KeyPair => (
                "InvalidParameterValue",
                format!("Value ({id}) for parameter keyPairId is invalid. Expected: 'key-...'."),
            ),
            Self::Fleet => (
                "InvalidParameterValue",
                format!("Value ({id}) for parameter fleetId is invalid. Expected: 'fleet-...'."),
            ),
        };
        Fault::new(code, text)
    }

    /// What EC2 says to an id that is nobody's.
    #[must_use]
    pub fn not_found(self, id: &str) -> Fault {
        self.none_of(&[id])
    }

    /// What EC2 says to ids that are nobody's.
    #[must_use]
    pub fn none_of(self, ids: &[&str]) -> Fault {
        let all = ids.join(", ");
        let ids_of = |noun: &str| match ids {
            [id] => format!("The {noun} ID '{id}' does not exist"),
            _ => format!("The {noun} IDs '{all}' do not exist"),
        };
        let (code, text) = match self {
            Self::Vpc => ("InvalidVpcID.NotFound", ids_of("vpc")),
            Self::Subnet => ("InvalidSubnetID.NotFound", ids_of("subnet")),
            Self::Instance => ("InvalidInstanceID.NotFound", ids_of("instance")),
            Self::SecurityGroup => {
                ("InvalidGroup.NotFound", format!("The security group '{all}' does not exist"))
            }
            Self::SecurityGroupRule => {
                ("InvalidSecurityGroupRuleId.NotFound", ids_of("security group rule"))
            }
            Self::RouteTable => ("InvalidRouteTableID.NotFound", ids_of("routeTable")),
            Self::InternetGateway => {
                ("InvalidInternetGatewayID.NotFound", ids_of("internetGateway"))
            }
            Self::NatGateway => {
                ("NatGatewayNotFound", format!("The Nat Gateway {all} was not found"))
            }
            Self::ElasticIp => ("InvalidAllocationID.NotFound", ids_of("allocation")),
            Self::DhcpOptions => ("InvalidDhcpOptionID.NotFound", ids_of("dhcpOption")),
            Self::NetworkAcl => ("InvalidNetworkAclID.NotFound", ids_of("networkAcl")),
            Self::NetworkInterface => {
                ("InvalidNetworkInterfaceID.NotFound", ids_of("networkInterface"))
            }
            Self::VpcEndpoint => (
                "InvalidVpcEndpointId.NotFound",
                format!("The Vpc Endpoint Id '{all}' does not exist"),
            ),
            Self::PrefixList => ("InvalidPrefixListID.NotFound", ids_of("prefixList")),
            Self::Image => {
                let noun = if ids.len() == 1 { "id" } else { "ids" };
                let verb = if ids.len() == 1 { "does" } else { "do" };
                ("InvalidAMIID.NotFound", format!("The image {noun} '[{all}]' {verb} not exist"))
            }
            Self::Snapshot => {
                ("InvalidSnapshot.NotFound", format!("The snapshot '{all}' does not exist."))
            }
            Self::Volume => {
                ("InvalidVolume.NotFound", format!("The volume '{all}' does not exist."))
            }
            Self::KeyPair => {
                ("InvalidKeyPair.NotFound", format!("The key pair '{all}' does not exist"))
            }
            Self::LaunchTemplate => (
                "InvalidLaunchTemplateId.NotFound",
                format!("The specified launch template, with template ID {all}, does not exist."),
            ),
            Self::SpotInstancesRequest => {
                ("InvalidSpotInstanceRequestID.NotFound", ids_of("spot instance request"))
            }
            Self::Fleet => ("InvalidFleetId.NotFound", ids_of("fleet")),
        };
        Fault::new(code, text)
    }
}

/// What follows the dash in a new id.
pub fn new_digits(entropy: &mut dyn Entropy) -> String {
    let letters = entropy.text(b"0123456789abcdef", ID_DIGITS - 1);
    // All ids of AWS of this length start with zero.
    format!("0{letters}")
}

/// What follows the dash in the id of something that `account` finds in `region` without having made it, such
/// as its default VPC: always the same for the same words.
#[must_use]
pub fn given_digits(account: AccountId, region: &str, of: &str) -> String {
    digits_of(&format!("{account}/{region}/{of}"))
}

/// What follows the dash in an id that is derived from a text.
#[must_use]
pub fn digits_of(text: &str) -> String {
    let digits = format!("{:032x}", fnv1a(text.as_bytes()));
    let from = digits.len().saturating_sub(ID_DIGITS - 1);
    format!("0{}", digits.get(from..).unwrap_or_default())
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

/// FNV-1a of 128 bits.
fn fnv1a(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Entropy for Sevens {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn ids_belong_to_one_kind() {
        let account: AccountId = "123456789012".parse().unwrap();
        for kind in Kind::ALL {
            let id = kind.new_id(&mut Sevens);
            assert_eq!(Kind::of_id(&id), Some(kind), "{id}");
            assert_eq!(kind.check(&id), Ok(()));
            assert_eq!(Kind::named(kind.name()), Some(kind));
            if kind != Kind::Fleet {
                let given = |region| given_digits(account, region, "default");
                let id = format!("{}{}", kind.prefix(), given("us-east-1"));
                assert_eq!(Kind::of_id(&id), Some(kind), "{id}");
                assert_ne!(given("us-east-1"), given("us-east-2"));
            }
            for bad in ["", kind.prefix(), "vpc-12345", "vpc-1234567g", "vpc_12345678", "é"] {
                let fault = kind.check(bad).unwrap_err();
                assert!(fault.message.contains(bad), "{fault}");
            }
        }
    }

    #[test]
    fn ids_of_instances() {
        for (digits, is_id) in [
            ("", false),
            ("0", true),
            ("f", true),
            ("12", true),
            ("1234567", true),
            ("00000000", true),
            ("ABCDEF12", true),
            ("000000000", false),
            ("0000000000000001", false),
            ("0Ffffffffffffffff", true),
            ("00000000000000002", true),
            ("000000000000000002", false),
            ("g", false),
        ] {
            assert_eq!(Kind::Instance.is_id(&format!("i-{digits}")), is_id, "{digits}");
        }
        assert!(!Kind::Vpc.is_id("vpc-1234567"));
        assert!(!Kind::Vpc.is_id("vpc-ABCDEF12"));
    }

    #[test]
    fn texts() {
        let malformed = Kind::Vpc.check("vpc-x").unwrap_err();
        assert_eq!(malformed, Fault::new("InvalidVpcID.Malformed", "Invalid id: \"vpc-x\""));
        let unknown = Kind::Instance.none_of(&["i-1", "i-2"]);
        let text = "The instance IDs 'i-1, i-2' do not exist";
        assert_eq!(unknown, Fault::new("InvalidInstanceID.NotFound", text));
    }
}
