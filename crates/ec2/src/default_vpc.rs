//! What every account finds in a region without having made it: the default VPC, and the DHCP options that
//! VPCs begin with ("Default VPC components", VPC user guide).

use cloud::Fault;
use names::AccountId;
use store::Tx;

use crate::cidr::Cidr;
use crate::kind::Kind;
use crate::regional::Regional;
use crate::vpc::VpcRow;

/// The addresses of a default VPC.
const CIDR: &str = "172.31.0.0/16";
/// Which of the given resources of their kind these are.
const DEFAULT: &str = "default";

/// The default VPC.
#[must_use]
pub fn vpc(account: AccountId, region: &str) -> Vec<VpcRow> {
    let Some(cidr) = Cidr::parse(CIDR) else { return Vec::new() };
    let id = Kind::Vpc.given_id(account, region, DEFAULT);
    let digits = id.strip_prefix(Kind::Vpc.prefix()).unwrap_or_default();
    vec![VpcRow {
        account,
        region: region.to_owned(),
        cidr,
        cidr_association_id: format!("vpc-cidr-assoc-{digits}"),
        tenancy: "default".to_owned(),
        is_default: true,
        dhcp_options_id: dhcp_options_id(account, region),
        dns_support: true,
        dns_hostnames: true,
        address_metrics: false,
        id,
    }]
}

/// The id of the DHCP options that VPCs begin with.
#[must_use]
pub fn dhcp_options_id(account: AccountId, region: &str) -> String {
    Kind::DhcpOptions.given_id(account, region, DEFAULT)
}

/// Stores everything that is given.
///
/// # Errors
/// A limit of the store.
pub(crate) fn store(tx: &mut Tx<'_>, account: AccountId, region: &str) -> Result<(), Fault> {
    store_kind::<VpcRow>(tx, account, region)
}

fn store_kind<R: Regional>(tx: &mut Tx<'_>, account: AccountId, region: &str) -> Result<(), Fault> {
    for row in R::given(account, region) {
        tx.insert(row)?;
    }
    Ok(())
}
