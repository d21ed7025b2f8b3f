//! The chain beyond roles and profiles: who launches, which role a location is read with; and how to write into it.

use source::{Dialect, Resource};
use template::{Node, Place};

use crate::role::Role;
use crate::world::World;

impl<'g> World<'g> {
    /// What to write, in the language of the code.
    pub(crate) fn written_as(&self, hcl: impl Into<String>, yaml: impl Into<String>) -> String {
        let first = self.graph.resources.first();
        let is_template = first.is_some_and(|it| it.dialect == Dialect::CloudFormation);
        if is_template { yaml.into() } else { hcl.into() }
    }

    /// The roles that Databricks launches with, and whether the code says so. Where no credentials are made, a role
    /// that trusts Databricks' account and may run instances is taken for one.
    pub(crate) fn launchers(&self) -> Vec<(&Role<'g>, bool)> {
        let told = self.cross_account();
        if !told.is_empty() {
            return told.into_iter().map(|(role, _)| (role, true)).collect();
        }
        let is_one = |role: &&Role<'g>| {
            let trusts = role.trust.as_ref().is_some_and(|trust| {
                self.principals(trust).iter().any(crate::trust::Named::is_control_plane)
            });
            trusts
                && role.policies.iter().any(|it| self.written(it).text.contains("ec2:RunInstances"))
        };
        self.roles.iter().filter(is_one).map(|role| (role, false)).collect()
    }

    /// The credential that an external location names.
    pub(crate) fn credential_of(&self, location: &Resource) -> Option<&'g Resource> {
        let node = location.get("credential_name")?;
        if let Some((resource, _)) = self.graph.origin(node)
            && matches!(&*resource.kind, "databricks_storage_credential" | "databricks_credential")
        {
            return self.graph.resource(&resource.address);
        }
        let name = node.as_str()?;
        let kinds = ["databricks_storage_credential", "databricks_credential"];
        let found = kinds.iter().flat_map(|kind| self.of_kind(kind));
        found.into_iter().find(|credential| credential.text("name") == Some(name))
    }

    /// The role that a location is read with.
    pub(crate) fn role_of_location(&self, location: &Resource) -> Option<&Role<'g>> {
        self.role_of(self.credential_of(location)?.get("aws_iam_role.role_arn")?)
    }

    /// A resource as it is called within its module.
    pub(crate) fn local_name(&self, resource: &Resource) -> String {
        if resource.dialect == Dialect::CloudFormation {
            return resource.address.to_string();
        }
        let module = resource.module();
        let inner = resource.address.strip_prefix(module).unwrap_or(&resource.address);
        inner.trim_start_matches('.').to_owned()
    }

    /// Where one more line goes into a resource of a `.tf` file, and the line as it is written there.
    pub(crate) fn insert_into(&self, resource: &Resource, line: &str) -> Option<(Place, String)> {
        if resource.dialect != Dialect::Terraform
            || self.graph.sources.name(resource.extent.file).ends_with(".json")
        {
            return None;
        }
        let text = self.graph.sources.at(resource.extent);
        let close = text.rfind('}')?;
        let before = text.get(..close)?;
        let at = resource.extent.start + u32::try_from(before.trim_end().len()).ok()?;
        let place = Place {
            start: at,
            end: resource.extent.start + u32::try_from(close).ok()?,
            ..resource.extent
        };
        let indent: String = text
            .lines()
            .nth(1)
            .map(|line| line.chars().take_while(|c| c.is_whitespace()).collect())
            .filter(|indent: &String| !indent.is_empty() && text.lines().count() > 2)
            .unwrap_or_else(|| "  ".to_owned());
        let margin = self.margin(resource);
        Some((place, format!("\n{indent}{line}\n{margin}")))
    }

    /// The blanks before a resource's first line.
    fn margin(&self, resource: &Resource) -> String {
        let text = self.graph.sources.text(resource.extent.file);
        let before = text.get(..resource.extent.start as usize).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        line.chars().filter(|c| c.is_whitespace()).collect()
    }

    /// Whether a boolean argument is set.
    pub(crate) fn is_set(&self, resource: &Resource, argument: &str) -> bool {
        resource.get(argument).and_then(Node::as_bool) == Some(true)
    }
}
