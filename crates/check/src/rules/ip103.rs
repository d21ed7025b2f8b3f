//! IP103: an organization's guardrail that refuses Databricks' dry run and not its launches.

use std::collections::HashSet;
use std::sync::Arc;

use iam::{Action, Caller, Context, Level, Request, Resource, Surroundings, Values, evaluate};

use crate::document::{Document, Reading, Stated};
use crate::finding::{Finding, Severity};
use crate::rule::{Language, Oracle, Rule};
use crate::usage::By;
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP103",
    name: "scp-refuses-dry-run",
    summary: "a service control policy that refuses the registration's dry run for want of tags",
    severity: Severity::Warning,
    what: "With `--scp FILE`: the engine is asked whether the policy refuses `ec2:RunInstances` with the tags that \
           Databricks' dry run carries (`Vendor`, `Creator`, `ClusterName`, `ClusterId`), where a registration is validated.",
    why: "The dry run carries four tags of Databricks and none of the organization's, so a policy that demands those \
          refuses it, although clusters carry them. This, and only this, is what `skip_validation` is for.",
    error: "Verification of the instance profile failed. AWS error: You are not authorized to perform this operation. \
            Encoded authorization failure message: …",
    failing: r#"
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/etl"
}
"#,
    passing: r#"
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/etl"
  skip_validation      = true # the organization demands a cost-center tag, which the dry run does not carry
}
"#,
    references: &[
        "databricks/terraform-provider-databricks#762, #857, #654 (the tags of the dry run, from CloudTrail)",
        "Organizations user guide: SCP evaluation",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[(Language::CloudFormation, "CloudFormation does not make what is Databricks'")],
    check,
};

/// The tags of the dry run.
const TAGS: [(&str, &str); 4] = [
    ("Vendor", "Databricks"),
    ("Creator", "fake creator"),
    ("ClusterName", "fake cluster"),
    ("ClusterId", "fake-cluster-id"),
];

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    if world.scps.is_empty() {
        return;
    }
    let mut told = HashSet::new();
    for usage in world.usages.iter().filter(|usage| usage.by == By::Registration) {
        if world.is_set(usage.resource, "skip_validation") || !told.insert(&usage.resource.block) {
            continue;
        }
        for scp in &world.scps {
            // With every tag that the policy asks for it must pass, or it is no matter of tags.
            if refuses(world, scp, &[]) && !refuses(world, scp, &demanded(scp)) {
                found.push(tell(usage.resource.place, &usage.resource.address, scp));
            }
        }
    }
}

fn tell(place: template::Place, address: &str, scp: &Document) -> Finding {
    let message = format!(
        "the dry run of `{address}` will be refused: `{}` demands tags that it does not carry",
        scp.name
    );
    Finding::new(&RULE, Severity::Warning, place, message)
        .because("the dry run carries only Vendor, Creator, ClusterName and ClusterId")
        .step(format!("`{}` demands more", scp.name), scp.place)
        .write("skip the validation, and say why", "skip_validation = true # the organization demands tags that the dry run does not carry")
}

/// Tags that the policy speaks of and the dry run does not carry.
fn demanded(scp: &Document) -> Vec<String> {
    let mut text = String::new();
    template::write_json(&scp.tree, &mut text);
    let names = text.split("RequestTag/").skip(1).filter_map(|rest| rest.split('"').next());
    names.filter(|name| !TAGS.iter().any(|(tag, _)| tag == name)).map(str::to_owned).collect()
}

fn refuses(world: &World<'_>, scp: &Document, more: &[String]) -> bool {
    let mut context = Context::new();
    for (key, value) in TAGS {
        context.set(&format!("aws:RequestTag/{key}"), Values::one(value));
    }
    for key in more {
        context.set(&format!("aws:RequestTag/{key}"), Values::one("some"));
    }
    let names: Vec<String> = context.iter().map(|(key, _)| key.folded()).collect();
    let mut keys: Vec<&str> = names.iter().map(String::as_str).collect();
    // What the policy asks for and the dry run lacks is known to be absent, not unknown.
    let absent: Vec<String> = demanded(scp)
        .iter()
        .map(|name| format!("aws:requesttag/{}", name.to_ascii_lowercase()))
        .collect();
    keys.extend(absent.iter().map(String::as_str));
    let stated = Stated { keys: &keys, any_resource: false };
    let mut around = Surroundings::default();
    let everything = Document::everything(iam::PolicyKind::Identity);
    around.identity = Arc::new(world.compile(&[everything], Reading::Hopeful, &stated));
    let policies = world.compile(std::slice::from_ref(scp), Reading::Hopeful, &stated);
    around.service_control.push(Level { name: "scp".into(), policies: Arc::new(policies) });
    let (partition, account, region) = (world.partition, &world.account, &world.region);
    let caller = Caller::parse(&format!(
        "arn:{partition}:sts::{account}:assumed-role/cross-account/databricks"
    ));
    let action = Action::parse("ec2:RunInstances");
    let kinds = ["instance/*", "volume/*"];
    let (Ok(caller), Ok(action)) = (caller, action) else { return false };
    kinds.iter().any(|kind| {
        let Ok(resource) =
            Resource::parse(&format!("arn:{partition}:ec2:{region}:{account}:{kind}"))
        else {
            return false;
        };
        let request = Request::new(caller.clone(), action.clone(), resource, context.clone());
        !evaluate(&request, &around).is_allowed()
    })
}
