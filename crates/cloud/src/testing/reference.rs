//! What AWS's reference says of actions, held against what operations demand.

use super::account;

/// IAM's lists, which are asked on a path, though the reference knows of no resource.
const LISTS: [(&str, &str); 5] = [
    ("iam:ListGroups", "group/"),
    ("iam:ListInstanceProfiles", "instance-profile/"),
    ("iam:ListRoles", "role/"),
    ("iam:ListUsers", "user/"),
    ("iam:ListVirtualMFADevices", "mfa/"),
];

/// Holds a demand against AWS's reference: its action, its keys, its kind of resource.
pub fn check_demand(demand: &crate::Demand) {
    let name = demand.action;
    let action = iam::catalog::action(name).unwrap_or_else(|| panic!("{name} does not exist"));
    assert_eq!(action.to_string(), name, "spelling");
    let keys = iam::catalog::keys_of(action);
    // What comes along with assuming a role sees all that the assuming does, though the reference lists
    // less: trust policies of AWS's own guides have one condition for all of it.
    let assume = iam::catalog::action("sts:AssumeRole").map(iam::catalog::keys_of);
    let along = matches!(name, "sts:TagSession" | "sts:SetSourceIdentity");
    let provider = demand.caller.is_some();
    for (key, _) in &demand.context {
        let known = keys.contains(key)
            || along && assume.as_ref().is_some_and(|keys| keys.contains(key))
            || provider && iam::catalog::condition_key(key).is_some();
        assert!(known, "{name} supplies no {key}");
    }
    if action.is_wildcard_only() {
        let listed = LISTS.iter().find(|(list, _)| *list == name);
        let fits = match listed {
            Some((_, kind)) => {
                let parts = names::ArnParts::split(&demand.resource);
                parts.is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with(kind))
            }
            None => demand.resource == "*",
        };
        assert!(fits, "{name} is not asked on {}", demand.resource);
        return;
    }
    // What root asks about itself has no type in the reference.
    if demand.resource == crate::iam::account::root_arn(account()) {
        return;
    }
    // What a client wants to assume may be anything, and the reference knows of no tags of federated users.
    if along || name.starts_with("sts:AssumeRole") {
        return;
    }
    // What AWS publishes is a parameter in no account.
    let owned = format!(":{}:parameter/aws/service/", account());
    let resource = demand.resource.replacen("::parameter/aws/service/", &owned, 1);
    let types = iam::catalog::resource_types_for(&resource);
    let fits = types.iter().any(|kind| action.resource(kind.name).is_some());
    assert!(fits, "{name} is not asked on {}", demand.resource);
}
