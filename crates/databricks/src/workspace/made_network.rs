//! The VPC that Databricks makes for a workspace whose customer brings none: private subnets in up to three
//! zones behind a NAT gateway ("Default deployment", Databricks guide, "Databricks-managed VPC").

use cloud::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::{Session, list, text};
use crate::operation::Act;
use crate::workspace::{Placement, Subnet};

/// The addresses of the VPC.
pub const VPC_CIDR: &str = "10.0.0.0/16";
/// Private subnets, which need two zones at least.
const SUBNETS: [&str; 2] = ["10.0.0.0/18", "10.0.64.0/18"];
/// The NAT gateway's subnet.
const PUBLIC_SUBNET: &str = "10.0.128.0/26";

/// What was made, in order: to be taken away in the opposite one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeNetwork(Vec<Made>);

/// One thing that was made: EC2's operation and parameters that take it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    undo: String,
    with: Value,
}

struct Maker<'m, 'a, 'tx> {
    act: &'m mut Act<'a, 'tx>,
    session: &'m Session,
    made: &'m mut MadeNetwork,
    name: &'m str,
}

/// Makes a network. What was made before a failure stays in `made`.
///
/// # Errors
/// EC2's own.
pub fn make(
    act: &mut Act<'_, '_>,
    session: &Session,
    name: &str,
    made: &mut MadeNetwork,
) -> Result<Placement, Fault> {
    let mut maker = Maker { act, session, made, name };
    let dhcp_options_id = maker.dhcp_options()?;
    let vpc_id = maker.vpc()?;
    let input = json!({"DhcpOptionsId": dhcp_options_id, "VpcId": vpc_id});
    maker.call("AssociateDhcpOptions", input)?;
    let gateway_id = maker.internet_gateway(&vpc_id)?;
    let zones = maker.zones()?;
    let public = maker.subnet(&vpc_id, PUBLIC_SUBNET, zones.first().map_or("", String::as_str))?;
    let public_routes = maker.route_table(&vpc_id)?;
    maker.route(&public_routes, json!({"GatewayId": gateway_id}))?;
    maker.associate(&public_routes, &public)?;
    let nat_gateway_id = maker.nat_gateway(&public)?;
    let private_routes = maker.route_table(&vpc_id)?;
    maker.route(&private_routes, json!({"NatGatewayId": nat_gateway_id}))?;
    let mut subnets = Vec::new();
    for (cidr, zone) in SUBNETS.iter().zip(&zones) {
        let id = maker.subnet(&vpc_id, cidr, zone)?;
        maker.associate(&private_routes, &id)?;
        subnets.push(Subnet { id, zone: zone.clone() });
    }
    maker.s3_endpoint(&vpc_id, &private_routes)?;
    let security_group_ids = vec![maker.security_group(&vpc_id)?];
    Ok(Placement { vpc_id, subnets, security_group_ids })
}

/// Takes away what can be. What EC2 refuses, and what that holds, stays; `why` tells it.
pub fn unmake(act: &mut Act<'_, '_>, session: &Session, made: &MadeNetwork) {
    for one in made.0.iter().rev() {
        let _ = act.ec2(session, &one.undo, one.with.clone());
    }
}

impl Maker<'_, '_, '_> {
    fn call(&mut self, operation: &str, input: Value) -> Result<Value, Fault> {
        self.act.ec2(self.session, operation, input)
    }

    fn note(&mut self, undo: &str, with: Value) {
        self.made.0.push(Made { undo: undo.to_owned(), with });
    }

    fn tags(&self, kind: &str) -> Value {
        json!([{"ResourceType": kind, "Tag": [
            {"Key": "Name", "Value": self.name},
            {"Key": "Vendor", "Value": "Databricks"},
        ]}])
    }

    /// As AWS's own have it. That Databricks makes some follows from its list of what it needs permissions for
    /// ("Permissions in cross-account IAM roles"); what is in them is unverified.
    fn dhcp_options(&mut self) -> Result<String, Fault> {
        let domain = match self.session.region.as_str() {
            "us-east-1" => "ec2.internal".to_owned(),
            region => format!("{region}.compute.internal"),
        };
        let input = json!({
            "DhcpConfiguration": [
                {"Key": "domain-name", "Value": [domain]},
                {"Key": "domain-name-servers", "Value": ["AmazonProvidedDNS"]},
            ],
            "TagSpecification": self.tags("dhcp-options"),
        });
        let answer = self.call("CreateDhcpOptions", input)?;
        let id = text(&answer, "/dhcpOptions/dhcpOptionsId");
        self.note("DeleteDhcpOptions", json!({"DhcpOptionsId": id}));
        Ok(id)
    }

    fn vpc(&mut self) -> Result<String, Fault> {
        let input = json!({"CidrBlock": VPC_CIDR, "TagSpecification": self.tags("vpc")});
        let id = text(&self.call("CreateVpc", input)?, "/vpc/vpcId");
        self.note("DeleteVpc", json!({"VpcId": id}));
        let input = json!({"VpcId": id, "EnableDnsHostnames": {"Value": true}});
        self.call("ModifyVpcAttribute", input)?;
        Ok(id)
    }

    fn internet_gateway(&mut self, vpc_id: &str) -> Result<String, Fault> {
        let input = json!({"TagSpecification": self.tags("internet-gateway")});
        let answer = self.call("CreateInternetGateway", input)?;
        let id = text(&answer, "/internetGateway/internetGatewayId");
        self.note("DeleteInternetGateway", json!({"InternetGatewayId": id}));
        let input = json!({"InternetGatewayId": id, "VpcId": vpc_id});
        self.call("AttachInternetGateway", input.clone())?;
        self.note("DetachInternetGateway", input);
        Ok(id)
    }

    fn zones(&mut self) -> Result<Vec<String>, Fault> {
        let answer = self.call("DescribeAvailabilityZones", json!({}))?;
        let zones = list(&answer, "/availabilityZoneInfo").iter();
        let zones = zones.filter(|zone| text(zone, "/zoneType") == "availability-zone");
        let mut zones: Vec<String> = zones.map(|zone| text(zone, "/zoneName")).collect();
        zones.truncate(SUBNETS.len());
        Ok(zones)
    }

    fn subnet(&mut self, vpc_id: &str, cidr: &str, zone: &str) -> Result<String, Fault> {
        let input = json!({
            "VpcId": vpc_id, "CidrBlock": cidr, "AvailabilityZone": zone,
            "TagSpecification": self.tags("subnet"),
        });
        let id = text(&self.call("CreateSubnet", input)?, "/subnet/subnetId");
        self.note("DeleteSubnet", json!({"SubnetId": id}));
        Ok(id)
    }

    fn route_table(&mut self, vpc_id: &str) -> Result<String, Fault> {
        let input = json!({"VpcId": vpc_id, "TagSpecification": self.tags("route-table")});
        let id = text(&self.call("CreateRouteTable", input)?, "/routeTable/routeTableId");
        self.note("DeleteRouteTable", json!({"RouteTableId": id}));
        Ok(id)
    }

    fn route(&mut self, table_id: &str, mut target: Value) -> Result<(), Fault> {
        if let Some(fields) = target.as_object_mut() {
            fields.insert("RouteTableId".to_owned(), table_id.into());
            fields.insert("DestinationCidrBlock".to_owned(), "0.0.0.0/0".into());
        }
        self.call("CreateRoute", target)?;
        let with = json!({"RouteTableId": table_id, "DestinationCidrBlock": "0.0.0.0/0"});
        self.note("DeleteRoute", with);
        Ok(())
    }

    fn associate(&mut self, table_id: &str, subnet_id: &str) -> Result<(), Fault> {
        let input = json!({"RouteTableId": table_id, "SubnetId": subnet_id});
        let id = text(&self.call("AssociateRouteTable", input)?, "/associationId");
        self.note("DisassociateRouteTable", json!({"AssociationId": id}));
        Ok(())
    }

    fn nat_gateway(&mut self, subnet_id: &str) -> Result<String, Fault> {
        let input = json!({"Domain": "vpc", "TagSpecification": self.tags("elastic-ip")});
        let allocation_id = text(&self.call("AllocateAddress", input)?, "/allocationId");
        self.note("ReleaseAddress", json!({"AllocationId": allocation_id}));
        let input = json!({
            "SubnetId": subnet_id, "AllocationId": allocation_id,
            "TagSpecification": self.tags("natgateway"),
        });
        let id = text(&self.call("CreateNatGateway", input)?, "/natGateway/natGatewayId");
        self.note("DeleteNatGateway", json!({"NatGatewayId": id}));
        Ok(id)
    }

    fn s3_endpoint(&mut self, vpc_id: &str, table_id: &str) -> Result<(), Fault> {
        let service = format!("com.amazonaws.{}.s3", self.session.region);
        let input = json!({"VpcId": vpc_id, "ServiceName": service, "RouteTableId": [table_id]});
        let id = text(&self.call("CreateVpcEndpoint", input)?, "/vpcEndpoint/vpcEndpointId");
        self.note("DeleteVpcEndpoints", json!({"VpcEndpointId": [id]}));
        Ok(())
    }

    /// Nodes reach each other and, outwards, everything.
    fn security_group(&mut self, vpc_id: &str) -> Result<String, Fault> {
        let input = json!({
            "GroupName": format!("{}-nodes", self.name),
            "GroupDescription": "Databricks nodes",
            "VpcId": vpc_id,
            "TagSpecification": self.tags("security-group"),
        });
        let id = text(&self.call("CreateSecurityGroup", input)?, "/groupId");
        self.note("DeleteSecurityGroup", json!({"GroupId": id}));
        let within = json!([{"IpProtocol": "-1", "Groups": [{"GroupId": id}]}]);
        let input = json!({"GroupId": id, "IpPermissions": within});
        self.call("AuthorizeSecurityGroupIngress", input.clone())?;
        self.call("AuthorizeSecurityGroupEgress", input)?;
        Ok(id)
    }
}
