//! `DescribeVpcEndpoints` and `DescribeVpcEndpointServices`

use cloud::{Ask, Demand, Fault, Operation, Read};
use serde::{Deserialize, Serialize};

use super::service::{self, Service, ServiceKind};
use super::{VpcEndpointRow, VpcEndpointShape};
use crate::describe::describe_operation;
use crate::filter::{Field, Filter, Filters};
use crate::{demand, page, region};

describe_operation!(DescribeVpcEndpoints { vpc_endpoint_id } of VpcEndpointRow, FIELDS
    => DescribeVpcEndpointsOutput { vpc_endpoint_set: VpcEndpointShape = show });

fn show(ask: &Ask<'_>, endpoint: &VpcEndpointRow) -> VpcEndpointShape {
    VpcEndpointShape::new(ask, endpoint, endpoint.state())
}

const FIELDS: &[Field<VpcEndpointRow>] = &[
    ("ip-address-type", |_, _| vec!["ipv4".to_owned()]),
    ("service-name", |_, endpoint| vec![endpoint.service_name.clone()]),
    ("service-region", |_, endpoint| vec![endpoint.region.clone()]),
    ("vpc-endpoint-id", |_, endpoint| vec![endpoint.id.clone()]),
    ("vpc-endpoint-state", |_, endpoint| vec![endpoint.state().to_owned()]),
    ("vpc-endpoint-type", |_, endpoint| vec![endpoint.kind.name().to_owned()]),
    ("vpc-id", |_, endpoint| vec![endpoint.vpc_id.clone()]),
];

/// `DescribeVpcEndpointServices`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeVpcEndpointServices {
    #[serde(default)]
    service_name: Vec<String>,
    #[serde(default)]
    filter: Vec<Filter>,
    max_results: Option<i32>,
    next_token: Option<String>,
    #[serde(default)]
    service_region: Vec<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeVpcEndpointServices` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeVpcEndpointServicesOutput {
    service_name_set: Vec<String>,
    service_detail_set: Vec<ServiceDetail>,
    next_token: Option<String>,
}

/// A service as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceDetail {
    service_name: String,
    service_id: String,
    service_type: Vec<ServiceTypeDetail>,
    service_region: String,
    availability_zone_set: Vec<String>,
    owner: &'static str,
    base_endpoint_dns_name_set: Vec<String>,
    private_dns_name: Option<String>,
    private_dns_name_set: Vec<PrivateDnsDetails>,
    vpc_endpoint_policy_supported: bool,
    acceptance_required: bool,
    manages_vpc_endpoints: bool,
    supported_ip_address_type_set: Vec<&'static str>,
}

/// In which way endpoints lead to a service.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceTypeDetail {
    service_type: &'static str,
}

/// A name that an interface endpoint can take over.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateDnsDetails {
    private_dns_name: String,
}

const SERVICE_FIELDS: &[Field<Service>] = &[
    ("owner", |_, service| vec![service.owner.to_owned()]),
    ("service-name", |_, service| vec![service.name.clone()]),
    ("service-region", |ask, _| vec![ask.region.to_owned()]),
    ("service-type", |_, service| {
        service.kinds.iter().map(|kind| kind.name().to_owned()).collect()
    }),
    ("supported-ip-address-types", |_, _| vec!["ipv4".to_owned()]),
];

impl Operation for DescribeVpcEndpointServices {
    const SERVICE: cloud::Service = cloud::Service::Ec2;
    const NAME: &'static str = "DescribeVpcEndpointServices";
    type Output = DescribeVpcEndpointServicesOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeVpcEndpointServices")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeVpcEndpointServices {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeVpcEndpointServicesOutput, Fault> {
        let filters = Filters::new(&self.filter, SERVICE_FIELDS, false)?;
        let from = self.next_token.as_deref().map(page::read_token).transpose()?;
        let names = &self.service_name;
        if let Some(name) = names.iter().find(|name| service::named(ask.region, name).is_none()) {
            let text = format!("The Vpc Endpoint Service '{name}' does not exist");
            return Err(Fault::new("InvalidServiceName", text));
        }
        let here = self.service_region.iter().any(|region| region == ask.region);
        let mut services = service::all(ask.region);
        services.retain(|service| {
            (self.service_region.is_empty() || here)
                && (names.is_empty() || names.contains(&service.name))
                && filters.match_all(ask, service, "")
                && from.as_ref().is_none_or(|from| service.name > *from)
        });
        let page = page::cut(services, self.max_results, |service| service.name.clone());
        // A service that is reached in two ways is two services (`DescribeVpcEndpointServices` lists
        // `com.amazonaws.REGION.s3` once for each), and filters choose among them: Terraform's data source asks for
        // S3 by its name and `service-type`, and wants one.
        let each = |service: &Service| {
            let ways = service.kinds.chunks(1).map(|kinds| Service { kinds, ..service.clone() });
            let wanted = ways.filter(|one| filters.match_all(ask, one, ""));
            let shown = |one: Service| {
                let kind = one.kinds.first().copied();
                kind.map(|kind| ServiceDetail::new(ask.region, &one, kind))
            };
            wanted.filter_map(shown).collect::<Vec<_>>()
        };
        Ok(DescribeVpcEndpointServicesOutput {
            service_name_set: page.items.iter().map(|service| service.name.clone()).collect(),
            service_detail_set: page.items.iter().flat_map(each).collect(),
            next_token: page.next_token,
        })
    }
}

impl ServiceDetail {
    fn new(region: &str, service: &Service, kind: ServiceKind) -> Self {
        let interface = kind == ServiceKind::Interface;
        let last = service.name.rsplit('.').next().unwrap_or_default();
        let private = service.private_name.clone().filter(|_| interface);
        let base = match kind {
            ServiceKind::Gateway => format!("{last}.{region}.amazonaws.com"),
            ServiceKind::Interface => format!("{last}.{region}.vpce.amazonaws.com"),
        };
        let id = service.name.rsplit('.').next().filter(|part| part.starts_with("vpce-svc-"));
        let derived = || {
            let digits = crate::kind::digits_of(&format!("{}/{}", service.name, kind.name()));
            format!("vpce-svc-{digits}")
        };
        Self {
            service_name: service.name.clone(),
            service_id: id.map_or_else(derived, str::to_owned),
            service_type: vec![ServiceTypeDetail { service_type: kind.name() }],
            service_region: region.to_owned(),
            availability_zone_set: region::zones(region).into_iter().map(|it| it.name).collect(),
            owner: service.owner,
            base_endpoint_dns_name_set: vec![base],
            private_dns_name: private.clone(),
            private_dns_name_set: private
                .into_iter()
                .map(|private_dns_name| PrivateDnsDetails { private_dns_name })
                .collect(),
            vpc_endpoint_policy_supported: service.owner == "amazon",
            acceptance_required: service.acceptance,
            manages_vpc_endpoints: false,
            supported_ip_address_type_set: vec!["ipv4"],
        }
    }
}
