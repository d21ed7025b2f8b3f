//! What there is to read, as paths: every item of an instance is listed once, and listings follow from that.

use std::borrow::Cow;

use crate::instance::{Instance, Interface};

/// What is under a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A text.
    Text(String),
    /// The names under it, one a line.
    List(String),
    /// `iam/info`
    ProfileInfo,
    /// The credentials of the instance's role.
    Credentials,
    /// What it was given to start with.
    UserData,
    /// The instance identity document.
    Document,
    /// Its signature.
    Signature,
    /// Document and signature in one.
    Pkcs7,
    /// The same by the key of 2048 bits.
    Rsa2048,
}

impl Item {
    /// What is under `path`, the parts after the version; `None` if there is nothing.
    #[must_use]
    pub fn find(instance: &Instance, path: &[Cow<'_, str>]) -> Option<Self> {
        // By far the most requests ask for these; everything else is listed first.
        if let ["meta-data", "iam", "security-credentials", role] = parts(path).as_slice() {
            let own = instance.profile.as_ref().and_then(|profile| profile.role.as_deref());
            return (own == Some(*role)).then_some(Self::Credentials);
        }
        let wanted = path.join("/");
        let items = Items::of(instance).0;
        if let Some((_, item)) = items.iter().find(|(path, _)| *path == wanted) {
            return Some(item.clone());
        }
        let prefix = if wanted.is_empty() { wanted } else { format!("{wanted}/") };
        list(&items, &prefix, instance)
    }

    /// The versions, which are listed above all else.
    #[must_use]
    pub fn versions() -> Self {
        let mut names = crate::request::VERSIONS.to_vec();
        names.push("latest");
        Self::List(names.join("\n"))
    }
}

fn parts<'p>(path: &'p [Cow<'_, str>]) -> Vec<&'p str> {
    path.iter().map(|part| &**part).collect()
}

/// The names under `prefix`, those of further lists with a slash.
fn list(items: &[(String, Item)], prefix: &str, instance: &Instance) -> Option<Item> {
    let mut names: Vec<&str> = Vec::new();
    for (path, _) in items {
        let Some(rest) = path.strip_prefix(prefix) else { continue };
        let name = match rest.find('/') {
            Some(slash) => rest.get(..=slash).unwrap_or(rest),
            None => rest,
        };
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    if prefix == "meta-data/public-keys/"
        && let Some((name, _)) = &instance.key
    {
        return Some(Item::List(format!("0={name}")));
    }
    (!names.is_empty()).then(|| Item::List(names.join("\n")))
}

/// All items, in the order of their paths.
struct Items(Vec<(String, Item)>);

impl Items {
    fn of(instance: &Instance) -> Self {
        let mut items = Self(Vec::with_capacity(64));
        items.add_identity();
        items.add_metadata(instance);
        if instance.has_user_data {
            items.0.push(("user-data".to_owned(), Item::UserData));
        }
        items
    }

    fn text(&mut self, path: &str, value: impl Into<String>) {
        self.0.push((format!("meta-data/{path}"), Item::Text(value.into())));
    }

    fn some(&mut self, path: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(path, value);
        }
    }

    fn add_identity(&mut self) {
        let items = [
            ("document", Item::Document),
            ("pkcs7", Item::Pkcs7),
            ("rsa2048", Item::Rsa2048),
            ("signature", Item::Signature),
        ];
        for (name, item) in items {
            self.0.push((format!("dynamic/instance-identity/{name}"), item));
        }
    }

    /// In the order of the alphabet, as lists are.
    fn add_metadata(&mut self, instance: &Instance) {
        self.text("ami-id", &*instance.image_id);
        self.text("ami-launch-index", instance.launch_index.to_string());
        self.text("ami-manifest-path", "(unknown)");
        self.add_devices(instance);
        self.text("hostname", &*instance.private_dns_name);
        self.add_profile(instance);
        self.text("instance-action", "none");
        self.text("instance-id", &*instance.id);
        self.text("instance-life-cycle", instance.life_cycle);
        self.text("instance-type", &*instance.instance_type);
        self.text("local-hostname", &*instance.private_dns_name);
        self.text("local-ipv4", &*instance.private_ip);
        self.some("mac", instance.interfaces.first().map(|first| first.mac.as_str()));
        let mut interfaces: Vec<&Interface> = instance.interfaces.iter().collect();
        interfaces.sort_by(|one, other| one.mac.cmp(&other.mac));
        for interface in interfaces {
            self.add_interface(interface);
        }
        self.add_placement(instance);
        self.text("profile", "default-hvm");
        self.some("public-hostname", instance.public_dns_name.as_deref());
        self.some("public-ipv4", instance.public_ip.as_deref());
        if let Some((_, Some(text))) = &instance.key {
            self.text("public-keys/0/openssh-key", &**text);
        }
        self.text("reservation-id", &*instance.reservation_id);
        self.text("security-groups", instance.security_groups.join("\n"));
        self.text("services/domain", "amazonaws.com");
        self.text("services/partition", "aws");
        self.text("system", "nitro");
        let mut tags = instance.tags.clone().unwrap_or_default();
        tags.sort();
        for (key, value) in tags {
            self.text(&format!("tags/instance/{key}"), value);
        }
    }

    fn add_devices(&mut self, instance: &Instance) {
        let root = instance.devices.iter().find(|device| device.root);
        self.some(
            "block-device-mapping/ami",
            root.map(|root| root.name.trim_start_matches("/dev/")),
        );
        let others = instance.devices.iter().filter(|device| !device.root);
        for (number, device) in (1..).zip(others) {
            let name = device.name.trim_start_matches("/dev/");
            self.text(&format!("block-device-mapping/ebs{number}"), name);
        }
        self.some("block-device-mapping/root", root.map(|root| root.name.as_str()));
    }

    fn add_profile(&mut self, instance: &Instance) {
        let Some(profile) = &instance.profile else { return };
        self.0.push(("meta-data/iam/info".to_owned(), Item::ProfileInfo));
        if let Some(role) = &profile.role {
            let path = format!("meta-data/iam/security-credentials/{role}");
            self.0.push((path, Item::Credentials));
        }
    }

    fn add_interface(&mut self, interface: &Interface) {
        let base = format!("network/interfaces/macs/{}", interface.mac);
        let mut text = |name: &str, value: String| self.text(&format!("{base}/{name}"), value);
        text("device-number", interface.device_number.to_string());
        text("interface-id", interface.id.clone());
        if let Some((public, private)) = &interface.public_ip {
            text(&format!("ipv4-associations/{public}"), private.clone());
        }
        text("local-hostname", interface.private_dns_name.clone());
        text("local-ipv4s", interface.private_ips.join("\n"));
        text("mac", interface.mac.clone());
        text("owner-id", interface.owner.clone());
        if let Some(name) = &interface.public_dns_name {
            text("public-hostname", name.clone());
        }
        if let Some((public, _)) = &interface.public_ip {
            text("public-ipv4s", public.clone());
        }
        text("security-group-ids", interface.security_group_ids.join("\n"));
        text("security-groups", interface.security_groups.join("\n"));
        text("subnet-id", interface.subnet_id.clone());
        text("subnet-ipv4-cidr-block", interface.subnet_cidr.clone());
        text("vpc-id", interface.vpc_id.clone());
        if let Some(first) = interface.vpc_cidrs.first() {
            text("vpc-ipv4-cidr-block", first.clone());
        }
        text("vpc-ipv4-cidr-blocks", interface.vpc_cidrs.join("\n"));
    }

    fn add_placement(&mut self, instance: &Instance) {
        self.text("placement/availability-zone", &*instance.zone);
        self.some("placement/availability-zone-id", instance.zone_id.as_deref());
        self.some("placement/group-name", instance.placement_group.as_deref());
        let partition = instance.partition_number.map(|number| number.to_string());
        self.some("placement/partition-number", partition.as_deref());
        self.text("placement/region", &*instance.region);
    }
}
