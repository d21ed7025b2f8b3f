//! What `ec2:RunInstances` asks of IAM.
//!
//! A launch is authorized once for every resource that it uses or creates (EC2 user guide, example
//! policies, "Launch instances (RunInstances)"; service authorization reference, EC2,
//! `RunInstances`), each time with the keys that the reference lists for that resource. With a
//! subnet and an EBS-backed image these are image, instance, volume, network interface, subnet and
//! security group: the policy simulator's scenario `EC2-VPC-EBS-Subnet` (IAM API reference,
//! `SimulateCustomPolicy`). To that come `iam:PassRole` for the role of an instance profile and
//! `ec2:CreateTags` for tags (EC2 user guide, "Grant permission to tag resources during creation").

use super::world::{CUSTOMER, Demand, GROUP, INSTANCE_ROLE, OTHER_GROUP, OTHER_VPC, REGION, VPC};

/// Tags, as key and value.
pub(crate) type Tags = &'static [(&'static str, &'static str)];

/// What Databricks tags everything with, and the restricted policy asks for.
pub(crate) const VENDOR: Tags = &[("Vendor", "Databricks")];
pub(crate) const UNTAGGED: Tags = &[];
/// The account that Databricks' images belong to (Databricks, "Create a cross-account IAM role").
pub(crate) const IMAGE_OWNER: &str = "601306020600";
pub(crate) const SUBNET: &str = "subnet-0a1b2c3d4e5f60718";
pub(crate) const OTHER_SUBNET: &str = "subnet-0ffffffffffffffff";

/// A call of `RunInstances`.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    region: &'static str,
    vpc: &'static str,
    subnet: &'static str,
    group: &'static str,
    image: Image,
    instance_tags: Tags,
    volume_tags: Tags,
    /// The role in the instance profile and the service that it is passed to.
    role: Option<(&'static str, &'static str)>,
    key_pair: Option<&'static str>,
    template: Option<&'static str>,
    snapshot: Option<&'static str>,
    spot: bool,
}

/// An image as the caller's account sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Image {
    pub(crate) id: &'static str,
    pub(crate) owner: &'static str,
    /// Tags that the caller's account gave it: those of other accounts are not visible to it (EC2
    /// user guide, "Share an AMI with specific AWS accounts").
    pub(crate) tags: Tags,
}

/// One of Databricks' images, as it comes.
pub(crate) const DATABRICKS_IMAGE: Image =
    Image { id: "ami-0d0d0d0d0d0d0d0d0", owner: IMAGE_OWNER, tags: UNTAGGED };

/// A launch as Databricks makes it: into the VPC, tagged, no instance profile.
pub(crate) fn launch() -> Launch {
    Launch {
        region: REGION,
        vpc: VPC,
        subnet: SUBNET,
        group: GROUP,
        image: DATABRICKS_IMAGE,
        instance_tags: VENDOR,
        volume_tags: VENDOR,
        role: None,
        key_pair: None,
        template: None,
        snapshot: None,
        spot: false,
    }
}

impl Launch {
    pub(crate) fn tagged(mut self, instance: Tags, volume: Tags) -> Self {
        (self.instance_tags, self.volume_tags) = (instance, volume);
        self
    }

    /// Into a VPC that is not the named one, with a subnet and a security group there.
    pub(crate) fn in_other_vpc(mut self) -> Self {
        (self.vpc, self.subnet, self.group) = (OTHER_VPC, OTHER_SUBNET, OTHER_GROUP);
        self
    }

    pub(crate) fn in_region(mut self, region: &'static str) -> Self {
        self.region = region;
        self
    }

    pub(crate) fn in_group(mut self, group: &'static str) -> Self {
        self.group = group;
        self
    }

    pub(crate) fn with_image(mut self, image: Image) -> Self {
        self.image = image;
        self
    }

    /// With an instance profile that holds the instance role.
    pub(crate) fn with_profile(self) -> Self {
        self.passing(INSTANCE_ROLE, "ec2.amazonaws.com")
    }

    pub(crate) fn passing(mut self, role: &'static str, service: &'static str) -> Self {
        self.role = Some((role, service));
        self
    }

    pub(crate) fn with_key_pair(mut self, name: &'static str) -> Self {
        self.key_pair = Some(name);
        self
    }

    pub(crate) fn with_template(mut self, id: &'static str) -> Self {
        self.template = Some(id);
        self
    }

    pub(crate) fn with_snapshot(mut self, id: &'static str) -> Self {
        self.snapshot = Some(id);
        self
    }

    pub(crate) fn on_spot(mut self) -> Self {
        self.spot = true;
        self
    }

    /// Everything that IAM must allow.
    pub(crate) fn demands(&self) -> Vec<Demand> {
        let mut demands = vec![
            self.image(),
            self.instance(),
            self.volume(),
            self.network_interface(),
            self.subnet(),
            self.security_group(),
        ];
        let optional = [
            self.key_pair.map(|name| {
                self.on(&self.arn(&format!("key-pair/{name}"))).with("ec2:KeyPairName", name)
            }),
            self.template.map(|id| self.on(&self.arn(&format!("launch-template/{id}")))),
            self.snapshot.map(|id| self.on(&format!("arn:aws:ec2:{}::snapshot/{id}", self.region))),
            self.spot.then(|| self.on(&self.arn("spot-instances-request/*"))),
        ];
        demands.extend(optional.into_iter().flatten());
        demands.extend(self.role.map(|(role, service)| self.pass_role(role, service)));
        demands.extend(self.create_tags("instance/*", self.instance_tags));
        demands.extend(self.create_tags("volume/*", self.volume_tags));
        demands
    }

    /// The account of an image's owner governs who may launch it (launch permissions, which EC2
    /// checks), not whose policies decide: the launching account's own policies are enough. So the
    /// owner comes in as keys and not as the account of the resource.
    fn image(&self) -> Demand {
        let Image { id, owner, tags } = self.image;
        self.on(&format!("arn:aws:ec2:{}::image/{id}", self.region))
            .with("ec2:ImageID", id)
            .with("ec2:ImageType", "machine")
            .with("ec2:Owner", owner)
            .with("ec2:Public", "false")
            .with("ec2:RootDeviceType", "ebs")
            .with("aws:ResourceAccount", owner)
            .tagged(tags)
    }

    fn instance(&self) -> Demand {
        let demand = self
            .on(&self.arn("instance/*"))
            .with("ec2:InstanceType", "i3.xlarge")
            .with("ec2:InstanceMarketType", if self.spot { "spot" } else { "on-demand" })
            .with("ec2:AvailabilityZone", &format!("{}a", self.region))
            .with("ec2:Tenancy", "default")
            .with("ec2:RootDeviceType", "ebs")
            .with("ec2:EbsOptimized", "false")
            .with("ec2:MetadataHttpTokens", "required")
            .asks_for_tags(self.instance_tags);
        match self.role {
            Some((role, _)) => {
                demand.with("ec2:InstanceProfile", &role.replace(":role/", ":instance-profile/"))
            }
            None => demand,
        }
    }

    fn volume(&self) -> Demand {
        self.on(&self.arn("volume/*"))
            .with("ec2:AvailabilityZone", &format!("{}a", self.region))
            .with("ec2:VolumeSize", "100")
            .with("ec2:VolumeType", "gp3")
            .with("ec2:Encrypted", "true")
            .asks_for_tags(self.volume_tags)
    }

    fn network_interface(&self) -> Demand {
        self.on(&self.arn("network-interface/*"))
            .with("ec2:Vpc", &self.vpc_arn())
            .with("ec2:Subnet", &self.arn(&format!("subnet/{}", self.subnet)))
            .with("ec2:AvailabilityZone", &format!("{}a", self.region))
            .with("ec2:AssociatePublicIpAddress", "false")
    }

    fn subnet(&self) -> Demand {
        self.on(&self.arn(&format!("subnet/{}", self.subnet)))
            .with("ec2:Vpc", &self.vpc_arn())
            .with("ec2:SubnetID", self.subnet)
            .with("ec2:AvailabilityZone", &format!("{}a", self.region))
    }

    fn security_group(&self) -> Demand {
        self.on(&self.arn(&format!("security-group/{}", self.group)))
            .with("ec2:Vpc", &self.vpc_arn())
            .with("ec2:SecurityGroupID", self.group)
    }

    fn pass_role(&self, role: &str, service: &str) -> Demand {
        pass_role(role, service, &self.arn("instance/*"))
    }

    /// Only where there are tags: without them the action is not evaluated.
    fn create_tags(&self, resource: &str, tags: Tags) -> Option<Demand> {
        (!tags.is_empty()).then(|| {
            Demand::new("ec2:CreateTags", &self.arn(resource))
                .with("ec2:Region", self.region)
                .with("aws:RequestedRegion", self.region)
                .with("ec2:CreateAction", "RunInstances")
                .asks_for_tags(tags)
        })
    }

    fn on(&self, resource: &str) -> Demand {
        let demand = Demand::new("ec2:RunInstances", resource)
            .with("ec2:Region", self.region)
            .with("aws:RequestedRegion", self.region)
            .with("ec2:IsLaunchTemplateResource", "false");
        match self.template {
            Some(id) => {
                demand.with("ec2:LaunchTemplate", &self.arn(&format!("launch-template/{id}")))
            }
            None => demand,
        }
    }

    fn arn(&self, resource: &str) -> String {
        format!("arn:aws:ec2:{}:{CUSTOMER}:{resource}", self.region)
    }

    fn vpc_arn(&self) -> String {
        self.arn(&format!("vpc/{}", self.vpc))
    }
}

/// `iam:PassRole` as EC2 asks for it (user guide, "Grant a user permissions to pass a role to an AWS
/// service"; the two keys are those of the service authorization reference, IAM, `PassRole`).
pub(crate) fn pass_role(role: &str, service: &str, instance: &str) -> Demand {
    Demand::new("iam:PassRole", role)
        .with("iam:PassedToService", service)
        .with("iam:AssociatedResourceArn", instance)
}
