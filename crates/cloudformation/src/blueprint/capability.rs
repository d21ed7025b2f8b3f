//! Capabilities: what whoever makes a stack must acknowledge (API reference, `CreateStack`, `Capabilities`).

use cloud::Fault;

use crate::blueprint::Blueprint;

/// The types that need it, and the property that is a name of one's own.
const TYPES: &[(&str, Option<&str>)] = &[
    ("AWS::IAM::AccessKey", None),
    ("AWS::IAM::Group", Some("GroupName")),
    ("AWS::IAM::InstanceProfile", Some("InstanceProfileName")),
    ("AWS::IAM::ManagedPolicy", Some("ManagedPolicyName")),
    ("AWS::IAM::Policy", None),
    ("AWS::IAM::Role", Some("RoleName")),
    ("AWS::IAM::User", Some("UserName")),
    ("AWS::IAM::UserToGroupAddition", None),
];

/// What a template needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// The capabilities.
    pub capabilities: Vec<&'static str>,
    /// The types that they are needed for.
    pub types: Vec<String>,
}

/// What `blueprint` needs.
#[must_use]
pub fn needed(blueprint: &Blueprint) -> Needed {
    let mut needed = Needed::default();
    let (mut iam, mut named) = (false, false);
    for resource in &blueprint.document.resources {
        let Some((kind, name)) = TYPES.iter().find(|(kind, _)| **kind == *resource.kind) else {
            continue;
        };
        iam = true;
        let own = name.and_then(|name| resource.properties.as_ref()?.get(name));
        named |= own.is_some();
        if !needed.types.iter().any(|known| known == kind) {
            needed.types.push((*kind).to_owned());
        }
    }
    if named {
        needed.capabilities.push("CAPABILITY_NAMED_IAM");
    } else if iam {
        needed.capabilities.push("CAPABILITY_IAM");
    }
    needed
}

/// Checks that what is needed is acknowledged. Whether a nested stack needs `CAPABILITY_IAM` is its own template's
/// matter, which is asked when it is made.
///
/// # Errors
/// `InsufficientCapabilitiesException`
pub fn check(blueprint: &Blueprint, given: &[String]) -> Result<(), Fault> {
    let has = |name: &str| given.iter().any(|given| given == name);
    let missing: Vec<&str> = needed(blueprint)
        .capabilities
        .into_iter()
        .filter(|name| !(has(name) || *name == "CAPABILITY_IAM" && has("CAPABILITY_NAMED_IAM")))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let text = format!("Requires capabilities : [{}]", missing.join(", "));
    Err(Fault::new("InsufficientCapabilitiesException", text))
}

impl Needed {
    /// Why, in CloudFormation's words.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        (!self.types.is_empty()).then(|| {
            format!("The following resource(s) require capabilities: [{}]", self.types.join(", "))
        })
    }
}
