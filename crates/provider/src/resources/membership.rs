//! What ties two things together: a role or an instance profile to a group, user or service principal, and a
//! member to a group. Each is a pair, `LEFT|RIGHT`, of which nothing can be changed.

use crate::client::{ApiError, Client};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::resource::{Failure, Resource, text};
use crate::resources::{arn, scim};
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

/// A kind of pair.
pub(super) struct Membership {
    name: &'static str,
    description: &'static str,
    /// The attribute of the one that is given something, and where SCIM keeps it.
    left: (&'static str, &'static str),
    /// The attribute of what is given, and the list that it is kept in.
    right: (&'static str, &'static str),
    /// Whether what is given must be an instance profile.
    is_profile: bool,
}

/// All kinds of pairs.
pub(super) fn all() -> impl Iterator<Item = Membership> {
    let profile = ("instance_profile_id", "roles");
    let role = ("role", "roles");
    let group = ("group_id", "Groups");
    let user = ("user_id", "Users");
    let principal = ("service_principal_id", "ServicePrincipals");
    [
        (
            "databricks_group_instance_profile",
            "Lets a group use an instance profile.",
            group,
            profile,
        ),
        ("databricks_user_instance_profile", "Lets a user use an instance profile.", user, profile),
        (
            "databricks_group_role",
            "Gives a group a role, such as an instance profile.",
            group,
            role,
        ),
        ("databricks_user_role", "Gives a user a role, such as an instance profile.", user, role),
        (
            "databricks_service_principal_role",
            "Gives a service principal a role, such as an instance profile.",
            principal,
            role,
        ),
        (
            "databricks_group_member",
            "Puts a user, a service principal or a group into a group.",
            group,
            ("member_id", "members"),
        ),
    ]
    .into_iter()
    .map(|(name, description, left, right)| Membership {
        name,
        description,
        left,
        right,
        is_profile: right.0 == "instance_profile_id",
    })
}

impl Membership {
    fn path(&self, client: &Client, members: &Members) -> Result<String, Diagnostic> {
        let base = scim::base(client)?;
        Ok(format!("{base}/{}/{}", self.left.1, text(members, self.left.0)))
    }

    fn failed<'a>(&'a self, verb: &'a str) -> impl Fn(ApiError) -> Failure + 'a {
        move |error| error.diagnostic(&format!("{verb} the {}", self.name)).into()
    }
}

impl Resource for Membership {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> Block {
        Block::new(
            self.description,
            vec![
                Attribute::computed("id", Type::Text, "Both ids, with `|` between them."),
                Attribute::required(self.left.0, Type::Text, "Who is given it.").force_new(),
                Attribute::required(self.right.0, Type::Text, "What is given.").force_new(),
            ],
        )
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        if self.is_profile {
            arn::check_profile(config, self.right.0, found);
        } else if self.right.0 == "role" {
            arn::warn_of_role(config, found);
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        let (left, right) = (text(planned, self.left.0), text(planned, self.right.0));
        let path = self.path(client, planned)?;
        scim::add(client, &path, self.right.1, right).map_err(self.failed("create"))?;
        let mut state = planned.clone();
        state.insert("id".to_owned(), Value::text(format!("{left}|{right}")));
        Ok(state)
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        let path = self.path(client, state)?;
        let right = text(state, self.right.0);
        let held = scim::holds(client, &path, self.right.1, right).map_err(self.failed("read"))?;
        Ok((held == Some(true)).then(|| state.clone()))
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let path = self.path(client, state)?;
        let right = text(state, self.right.0);
        scim::remove(client, &path, self.right.1, right).map_err(self.failed("delete"))
    }

    fn import(&self, id: &str) -> Result<Members, Failure> {
        let Some((left, right)) =
            id.split_once('|').filter(|(l, r)| !l.is_empty() && !r.is_empty())
        else {
            let detail = format!(
                "`{id}` is not a pair: import a {} as `{}|{}`, in quotes.",
                self.name,
                self.left.0.to_ascii_uppercase(),
                self.right.0.to_ascii_uppercase()
            );
            return Err(Diagnostic::error("The id has not the right form", detail).into());
        };
        let mut state = self.schema().empty();
        for (name, value) in [("id", id), (self.left.0, left), (self.right.0, right)] {
            state.insert(name.to_owned(), Value::text(value));
        }
        Ok(state)
    }
}
