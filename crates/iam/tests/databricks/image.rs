//! Which images and regions the restricted policy really restricts.
//!
//! It grants `ec2:RunInstances` on `arn:aws:ec2:us-west-2:111122223333:image/*` where the image is
//! tagged, and by `NotResource` on everything but a list in which that pattern occurs again. But an
//! image's ARN has no account: `arn:${Partition}:ec2:${Region}::image/${ImageId}` (service
//! authorization reference, EC2, "resource types"; so in every example of the EC2 user guide, "Launch
//! instances (RunInstances)"). Wildcards aside, the parts of an ARN match literally, each on its own
//! (user guide, "Resource"), and `111122223333` is not the empty account. So the statement on tagged
//! images never applies, and the `NotResource` statement, which covers every resource that it does not
//! list (user guide, "NotResource"), applies to every image, whoever owns it, tagged or not.

use iam::{PolicyKind, Surroundings};

use super::launch::{DATABRICKS_IMAGE, IMAGE_OWNER, Image, Tags, UNTAGGED, VENDOR, launch};
use super::world::{
    CUSTOMER, Demand, IDENTITY, LAUNCHER, OTHER_REGION, Refusal, holding, matching_sids, named,
    refusals, set, shipped, shipped_text,
};

const RESTRICTED: &str = "customer-managed-vpc-restricted";
const WITH_ACCOUNT: &str = "arn:aws:ec2:us-west-2:111122223333:image/*";
const WITHOUT_ACCOUNT: &str = "arn:aws:ec2:us-west-2::image/*";

fn restricted() -> Surroundings {
    holding([shipped(RESTRICTED, PolicyKind::Identity)])
}

/// The restricted policy with another text; it must differ.
fn changed(change: impl Fn(&str) -> String) -> Surroundings {
    let text = shipped_text(RESTRICTED);
    let changed = change(&text);
    assert_ne!(text, changed);
    holding([named(RESTRICTED, &changed, PolicyKind::Identity)])
}

fn image_demand(owner: &'static str, tags: Tags) -> Demand {
    let demands = launch().with_image(Image { owner, tags, ..DATABRICKS_IMAGE }).demands();
    let image = demands.into_iter().find(|demand| demand.resource.contains("image/"));
    image.expect("a launch uses an image")
}

/// What is refused of a launch that is in order but for its image.
fn refused(around: &Surroundings, tags: Tags) -> Vec<Refusal> {
    refusals(LAUNCHER, &launch().with_image(Image { tags, ..DATABRICKS_IMAGE }).demands(), around)
}

fn no_image() -> Vec<Refusal> {
    vec![Refusal::lacks(IDENTITY, LAUNCHER, "ec2:RunInstances", "image/ami-0d0d0d0d0d0d0d0d0")]
}

#[test]
fn any_image_is_granted_by_the_statement_on_everything_else() {
    let stranger = "999900001111";
    for owner in [CUSTOMER, IMAGE_OWNER, stranger] {
        for tags in [VENDOR, UNTAGGED] {
            let sids = matching_sids(LAUNCHER, &image_demand(owner, tags), &restricted());
            assert_eq!(sids, ["LaunchWithAnythingElse"], "{owner} {tags:?}");
            assert_eq!(refused(&restricted(), tags), []);
        }
    }
}

#[test]
fn without_the_statement_on_everything_else_no_image_is_granted() {
    let without = changed(|text| {
        let statement = "\"Action\": \"ec2:RunInstances\",\n      \"NotResource\"";
        text.replace(statement, "\"Action\": \"ec2:StopInstances\",\n      \"NotResource\"")
    });
    assert_eq!(refused(&without, VENDOR), no_image());
    assert_eq!(refused(&without, UNTAGGED), no_image());
}

#[test]
fn patterns_without_an_account_do_what_the_policy_seems_to_say() {
    let both = changed(|text| text.replace(WITH_ACCOUNT, WITHOUT_ACCOUNT));
    assert_eq!(refused(&both, VENDOR), []);
    assert_eq!(refused(&both, UNTAGGED), no_image());

    // Only in `Resource`, which stands first: `NotResource` still lets every image pass.
    let resource_only = changed(|text| text.replacen(WITH_ACCOUNT, WITHOUT_ACCOUNT, 1));
    assert_eq!(refused(&resource_only, UNTAGGED), []);
    let sids = matching_sids(LAUNCHER, &image_demand(IMAGE_OWNER, VENDOR), &resource_only);
    assert_eq!(sids, ["LaunchFromTaggedImages", "LaunchWithAnythingElse"]);

    // Only in `NotResource`: nothing grants an image any more.
    let not_resource_only = changed(|text| {
        let at = text.rfind(WITH_ACCOUNT).expect("the pattern");
        let (before, rest) = text.split_at(at);
        before.to_owned() + &rest.replacen(WITH_ACCOUNT, WITHOUT_ACCOUNT, 1)
    });
    assert_eq!(refused(&not_resource_only, VENDOR), no_image());
}

/// The account that the page names for Databricks' images can be asked for by `ec2:Owner`, the key
/// that is there for it (service authorization reference, EC2; EC2 user guide, "AMIs").
#[test]
fn images_are_restricted_by_their_owner() {
    let by_owner = |text: &str| {
        text.replace(WITH_ACCOUNT, WITHOUT_ACCOUNT).replace(
            "\"aws:ResourceTag/Vendor\": \"Databricks\"",
            "\"ec2:Owner\": \"601306020600\"",
        )
    };
    let around = changed(by_owner);
    for (owner, granted) in [(IMAGE_OWNER, true), (CUSTOMER, false), ("999900001111", false)] {
        let image = Image { owner, ..DATABRICKS_IMAGE };
        let found = refusals(LAUNCHER, &launch().with_image(image).demands(), &around);
        assert_eq!(found, if granted { Vec::new() } else { no_image() }, "{owner}");
    }
}

/// The patterns in `NotResource` name one region, so that in any other region nothing is listed and
/// everything granted: instance and volume without a tag, and any VPC.
#[test]
fn no_launch_in_another_region_is_restricted() {
    let demands =
        launch().in_region(OTHER_REGION).in_other_vpc().tagged(UNTAGGED, UNTAGGED).demands();
    assert_eq!(refusals(LAUNCHER, &demands, &restricted()), []);
    for demand in &demands {
        let sids = matching_sids(LAUNCHER, demand, &restricted());
        assert_eq!(sids, ["LaunchWithAnythingElse"], "{}", demand.resource);
    }
}

/// The shipped boundary asks for the region.
#[test]
fn a_boundary_on_the_region_closes_that_gap() {
    let boundary = set([shipped("permissions-boundary", PolicyKind::Boundary)]);
    let around = Surroundings { boundary: Some(boundary), ..restricted() };
    let demands = launch().in_region(OTHER_REGION).tagged(UNTAGGED, UNTAGGED).demands();
    let expected: Vec<Refusal> = demands
        .iter()
        .map(|demand| {
            Refusal::lacks(iam::Gate::Boundary, LAUNCHER, demand.action, &demand.resource)
        })
        .collect();
    assert_eq!(expected.len(), 6);
    assert_eq!(refusals(LAUNCHER, &demands, &around), expected);
    assert_eq!(refusals(LAUNCHER, &launch().demands(), &around), []);
}
