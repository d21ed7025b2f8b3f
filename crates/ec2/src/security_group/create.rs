//! `CreateSecurityGroup`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::rule::{ALL, Peer, Rule, Traffic};
use super::{DEFAULT, MAX_GROUPS, SecurityGroupRow, named};
use crate::cidr::Cidr;
use crate::kind::Kind;
use crate::tag::{TagShape, TagSpecification};
use crate::vpc::VpcRow;
use crate::{demand, regional, tag};

/// The longest name and description, in characters.
pub const MAX_TEXT: usize = 255;

/// `CreateSecurityGroup`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateSecurityGroup {
    group_name: String,
    group_description: String,
    vpc_id: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

/// What `CreateSecurityGroup` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSecurityGroupOutput {
    group_id: String,
    tag_set: Vec<TagShape>,
    security_group_arn: String,
}

impl Operation for CreateSecurityGroup {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateSecurityGroup";
    type Output = CreateSecurityGroupOutput;

    fn check(&self) -> Result<(), Fault> {
        let invalid = |text: String| Err(Fault::new("InvalidParameterValue", text));
        let name = self.group_name.as_str();
        if name.starts_with("sg-") {
            return invalid(format!(
                "Invalid security group name. Group names cannot start with 'sg-': {name}"
            ));
        }
        if name.eq_ignore_ascii_case(DEFAULT) {
            return invalid(format!("Cannot use reserved security group name: {name}"));
        }
        for (what, plural, text) in
            [("name", "names", name), ("description", "descriptions", &self.group_description)]
        {
            let length = text.chars().count();
            if length == 0 || length > MAX_TEXT || !has_group_characters(text) {
                return invalid(format!(
                    "Invalid security group {what}. Valid {plural} are strings less than 256 characters \
                     from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*"
                ));
            }
        }
        if let Some(vpc_id) = &self.vpc_id {
            Kind::Vpc.check(vpc_id)?;
        }
        tag::check_specifications(&self.tag_specification, &[Kind::SecurityGroup])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, kind) = ("ec2:CreateSecurityGroup", Kind::SecurityGroup);
        let tags = tag::specified(&self.tag_specification, kind);
        let mut demands = demand::create(ask, action, kind, Vec::new(), &tags);
        let vpc_id = self.vpc_id.clone().or_else(|| default_vpc(ask).map(|vpc| vpc.id.clone()));
        demands.extend(vpc_id.map(|id| demand::on(ask, action, Kind::Vpc, &id)));
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateSecurityGroup {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateSecurityGroupOutput, Fault> {
        let vpc = match &self.vpc_id {
            Some(id) => regional::find::<VpcRow>(&act.ask(), id)?,
            None => default_vpc(&act.ask()).ok_or_else(no_default_vpc)?,
        };
        if named(&act.ask(), &vpc.id, &self.group_name).is_some() {
            let (name, vpc) = (&self.group_name, &vpc.id);
            let text = format!("The security group '{name}' already exists for VPC '{vpc}'");
            return Err(Fault::new("InvalidGroup.Duplicate", text));
        }
        if regional::all::<SecurityGroupRow>(&act.ask()).len() >= MAX_GROUPS {
            let text = "The maximum number of security groups has been reached.";
            return Err(Fault::new("SecurityGroupLimitExceeded", text));
        }
        let rule_id = Kind::SecurityGroupRule.new_id(act.entropy);
        let group = SecurityGroupRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::SecurityGroup.new_id(act.entropy),
            vpc_id: vpc.id.clone(),
            name: self.group_name.clone(),
            description: self.group_description.clone(),
            rules: everything_out(rule_id).into_iter().collect(),
        };
        regional::put(act, group.clone())?;
        tag::set(act, &group.id, &tag::specified(&self.tag_specification, Kind::SecurityGroup))?;
        Ok(CreateSecurityGroupOutput {
            tag_set: tag::shown(&act.ask(), &group.id),
            security_group_arn: group.arn(),
            group_id: group.id,
        })
    }
}

/// The rule that every group begins with: everything may go out ("Security group rules", VPC user guide).
#[must_use]
pub fn everything_out(id: String) -> Option<Rule> {
    let all = Peer::Ipv4(Cidr::parse("0.0.0.0/0")?);
    let traffic = Traffic { protocol: ALL.to_owned(), from: None, to: None };
    Some(Rule { id, egress: true, traffic, peer: all, description: None })
}

fn default_vpc(ask: &Ask<'_>) -> Option<std::sync::Arc<VpcRow>> {
    regional::all::<VpcRow>(ask).into_iter().find(|vpc| vpc.is_default)
}

/// What EC2 says to whoever means the default VPC and has deleted it.
#[must_use]
pub fn no_default_vpc() -> Fault {
    Fault::new("VPCIdNotSpecified", "No default VPC for this user")
}

/// The characters of names and descriptions.
pub(super) fn has_group_characters(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "._-:/()#,@[]+=&;{}!$* ".contains(letter))
}
