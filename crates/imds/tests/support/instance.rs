//! What the tests share.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use imds::instance::{Device, Interface, Profile};
use imds::{Instance, Item};
use names::{Entropy, Timestamp};

/// SplitMix64: the same in every run.
pub struct Seeded(pub u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = mixed.to_be_bytes()[0];
        }
    }
}

/// 2023-11-14T22:13:20Z
pub fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_700_000_000)
}

pub fn instance() -> Instance {
    let interface = Interface {
        mac: "0a:1b:2c:3d:4e:5f".to_owned(),
        id: "eni-1".to_owned(),
        private_ips: vec!["10.0.0.7".to_owned(), "10.0.0.8".to_owned()],
        subnet_cidr: "10.0.0.0/24".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        vpc_cidrs: vec!["10.0.0.0/16".to_owned()],
        ..Interface::default()
    };
    Instance {
        id: "i-0123456789abcdef0".to_owned(),
        account: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        zone: "us-east-1a".to_owned(),
        image_id: "ami-1".to_owned(),
        instance_type: "m5.large".to_owned(),
        architecture: "x86_64".to_owned(),
        started: now(),
        life_cycle: "on-demand",
        private_ip: "10.0.0.7".to_owned(),
        interfaces: vec![interface],
        devices: vec![Device { name: "/dev/xvda".to_owned(), root: true }],
        profile: Some(Profile { role: Some("etl".to_owned()) }),
        ..Instance::default()
    }
}

/// What is under a path after the version.
pub fn find(instance: &Instance, path: &str) -> Option<Item> {
    let parts: Vec<_> =
        path.split('/').filter(|part| !part.is_empty()).map(std::borrow::Cow::from).collect();
    Item::find(instance, &parts)
}
