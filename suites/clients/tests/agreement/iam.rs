//! IAM's resources, as the AWS provider and CloudFormation make them.

use source::Resource;

use crate::apply::{Apply, Made};
use crate::cloud::Refused;

impl Apply<'_> {
    pub(crate) fn role(&self, resource: &Resource) -> Result<Made, Refused> {
        let name = self.name(resource);
        let trust = ["assume_role_policy", "AssumeRolePolicyDocument"];
        let trust = trust.iter().find_map(|argument| self.get(resource, argument)).unwrap();
        let path = self.get(resource, "path").or_else(|| self.get(resource, "Path"));
        let form = [
            ("RoleName", name.as_str()),
            ("AssumeRolePolicyDocument", &trust),
            ("Path", path.as_deref().unwrap_or("/")),
        ];
        let answer = self.aws.iam("CreateRole", &form)?;
        let blocks = resource.blocks("inline_policy").iter().chain(resource.blocks("Policies"));
        // In plans what nobody wrote is unknown.
        for block in blocks.filter(|block| block.as_hole().is_none()) {
            let document = block.get("policy").or_else(|| block.get("PolicyDocument")).unwrap();
            self.put(&name, &self.text(document))?;
        }
        for argument in ["managed_policy_arns", "ManagedPolicyArns"] {
            for policy in resource.blocks(argument).iter().filter(|it| it.as_hole().is_none()) {
                let arn = self.text(policy);
                let form = [("RoleName", name.as_str()), ("PolicyArn", &arn)];
                self.aws.iam("AttachRolePolicy", &form)?;
            }
        }
        Ok(Made { arn: answer.element("Arn").to_owned(), id: name.clone(), name })
    }

    pub(crate) fn managed_policy(&self, resource: &Resource) -> Result<Made, Refused> {
        let name = self.name(resource);
        let documents = ["policy", "PolicyDocument"];
        let document = documents.iter().find_map(|it| self.get(resource, it)).unwrap();
        let form = [("PolicyName", name.as_str()), ("PolicyDocument", &document)];
        let answer = self.aws.iam("CreatePolicy", &form)?;
        let arn = answer.element("Arn").to_owned();
        Ok(Made { id: arn.clone(), arn, name })
    }

    pub(crate) fn inline_policy(&self, resource: &Resource) -> Result<Made, Refused> {
        let documents = ["policy", "PolicyDocument"];
        let document = documents.iter().find_map(|it| self.get(resource, it)).unwrap();
        let roles = ["role", "Roles"].iter().flat_map(|argument| resource.blocks(argument));
        for role in roles {
            self.put(&self.text(role), &document)?;
        }
        Ok(Made::default())
    }

    fn put(&self, role: &str, document: &str) -> Result<(), Refused> {
        let form = [("RoleName", role), ("PolicyName", "inline"), ("PolicyDocument", document)];
        self.aws.iam("PutRolePolicy", &form).map(drop)
    }

    pub(crate) fn attachment(&self, resource: &Resource) -> Result<Made, Refused> {
        let (role, policy) =
            (self.get(resource, "role").unwrap(), self.get(resource, "policy_arn"));
        let form = [("RoleName", role.as_str()), ("PolicyArn", policy.as_deref().unwrap())];
        self.aws.iam("AttachRolePolicy", &form)?;
        Ok(Made::default())
    }

    pub(crate) fn instance_profile(&self, resource: &Resource) -> Result<Made, Refused> {
        let name = self.name(resource);
        let path = self.get(resource, "path").or_else(|| self.get(resource, "Path"));
        let path = path.as_deref().unwrap_or("/");
        let form = [("InstanceProfileName", name.as_str()), ("Path", path)];
        let answer = self.aws.iam("CreateInstanceProfile", &form)?;
        for role in resource.blocks("role").iter().chain(resource.blocks("Roles")) {
            let role = self.text(role);
            let form = [("InstanceProfileName", name.as_str()), ("RoleName", &role)];
            self.aws.iam("AddRoleToInstanceProfile", &form)?;
        }
        Ok(Made { arn: answer.element("Arn").to_owned(), id: name.clone(), name })
    }
}
