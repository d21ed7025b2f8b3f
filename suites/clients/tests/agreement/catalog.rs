//! Unity Catalog's resources, made by an administrator of the account; and what Terraform imports.

use serde_json::{Value, json};
use source::{Import, Resource};

use crate::ACCOUNT;
use crate::apply::{Apply, Made};
use crate::cloud::Refused;
use crate::databricks::{ACCOUNT_ID, Host};
use crate::resources::string;

const UNITY: &str = "/api/2.1/unity-catalog";

impl Apply<'_> {
    /// The first workspace, asked by an administrator of the account.
    fn catalog(&self) -> Host {
        Host::at(self.server.address("workspace"))
    }

    pub(crate) fn storage_credential(&self, resource: &Resource) -> Result<Made, Refused> {
        let body = json!({
            "name": self.name(resource),
            "aws_iam_role": {"role_arn": self.get(resource, "aws_iam_role.role_arn")},
            "skip_validation": self.is_set(resource, "skip_validation"),
        });
        let made = self.catalog().ask("POST", &format!("{UNITY}/storage-credentials"), &body)?;
        assert_eq!(made["aws_iam_role"]["external_id"], ACCOUNT_ID);
        let name = string(&made, "name");
        Ok(Made { id: name.clone(), name, ..Made::default() })
    }

    pub(crate) fn external_location(&self, resource: &Resource) -> Result<Made, Refused> {
        let body = json!({
            "name": self.name(resource),
            "url": self.get(resource, "url"),
            "credential_name": self.get(resource, "credential_name"),
            "skip_validation": self.is_set(resource, "skip_validation"),
            "read_only": self.is_set(resource, "read_only"),
        });
        let made = self.catalog().ask("POST", &format!("{UNITY}/external-locations"), &body)?;
        let name = string(&made, "name");
        Ok(Made { id: name.clone(), name, ..Made::default() })
    }

    fn is_set(&self, resource: &Resource, argument: &str) -> bool {
        resource.get(argument).and_then(template::Node::as_bool) == Some(true)
    }

    /// Whether Unity Catalog gets a session of a credential's role: what is reached with it is another matter.
    pub(crate) fn validated(&self, credential: &Resource) -> Result<(), Refused> {
        let name = &self.made.get(&*credential.address).unwrap().name;
        let body = json!({"storage_credential_name": name, "url": "s3://of-the-validation/"});
        let path = format!("{UNITY}/validate-storage-credentials");
        let answer = self.catalog().ask("POST", &path, &body)?;
        let messages = answer["results"].as_array().unwrap().iter();
        let mut messages = messages.filter_map(|it| it["message"].as_str());
        let of_role = ["cannot be assumed by Unity Catalog", "non self-assuming"];
        match messages.find(|message| of_role.iter().any(|words| message.contains(words))) {
            Some(message) => Err(message.to_owned()),
            None => Ok(()),
        }
    }

    /// Takes over what is there already, by the calls with which the providers look for it.
    pub(crate) fn import(&mut self, import: &Import) -> Result<(), Refused> {
        let id = self.text(&import.id);
        let name = id.rsplit('/').next().unwrap_or_default().to_owned();
        let arn = format!("arn:aws:iam::{ACCOUNT}:instance-profile/{name}");
        self.profile_of_others(&arn)?;
        match &*import.kind {
            "aws_iam_instance_profile" => {
                self.aws.iam("GetInstanceProfile", &[("InstanceProfileName", &id)])?;
            }
            "databricks_instance_profile" => {
                let host = self.workspace()?;
                let body = json!({"instance_profile_arn": arn, "skip_validation": true});
                host.ask("POST", "/api/2.0/instance-profiles/add", &body)?;
                let listed = host.ask("GET", "/api/2.0/instance-profiles/list", &Value::Null)?;
                let mut all = listed["instance_profiles"].as_array().unwrap().iter();
                if !all.any(|it| it["instance_profile_arn"] == id.as_str()) {
                    return Err(format!("no instance profile `{id}`: {listed}"));
                }
            }
            other => panic!("{other} is not taken over"),
        }
        self.made.insert(import.address.to_string(), Made { arn, id: name.clone(), name });
        Ok(())
    }
}
