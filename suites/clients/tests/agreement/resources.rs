//! All other resources.

use serde_json::{Value, json};
use source::Resource;

use crate::apply::{Apply, Made};
use crate::cloud::Refused;
use crate::databricks::ACCOUNT_ID;
use crate::purpose::run_cluster;

impl Apply<'_> {
    /// Makes a resource by the calls of whoever makes it.
    pub(crate) fn make(&mut self, resource: &Resource) -> Result<Made, Refused> {
        match &*resource.kind {
            "aws_iam_role" | "AWS::IAM::Role" => self.role(resource),
            "aws_iam_policy" | "AWS::IAM::ManagedPolicy" => self.managed_policy(resource),
            "aws_iam_role_policy" | "AWS::IAM::Policy" => self.inline_policy(resource),
            "aws_iam_role_policy_attachment" => self.attachment(resource),
            "aws_iam_instance_profile" | "AWS::IAM::InstanceProfile" => {
                self.instance_profile(resource)
            }
            "aws_instance" | "AWS::EC2::Instance" => self.instance(resource),
            "AWS::EC2::LaunchTemplate" | "aws_launch_template" => self.launch_template(resource),
            "aws_s3_bucket" => {
                let name = self.name(resource);
                self.aws.s3("PUT", &format!("/{name}"), "")?;
                Ok(Made { arn: format!("arn:aws:s3:::{name}"), id: name.clone(), name })
            }
            "time_sleep" | "terraform_data" => {
                let seconds = self.get(resource, "create_duration");
                let seconds = seconds.as_deref().unwrap_or("20s").trim_end_matches('s');
                self.server.control("clock/advance", &format!("{{\"seconds\": {seconds}}}"));
                Ok(Made { id: "1".to_owned(), ..Made::default() })
            }
            "databricks_mws_credentials" => self.mws_credentials(resource),
            "databricks_instance_profile" => self.registration(resource),
            "databricks_cluster" => self.cluster(resource),
            // It is made with the credentials, once all is there.
            "databricks_mws_workspaces" => Ok(Made::default()),
            "databricks_instance_pool" => {
                let host = self.workspace()?;
                let body = self.body(resource);
                let made = host.ask("POST", "/api/2.0/instance-pools/create", &body)?;
                Ok(Made { id: string(&made, "instance_pool_id"), ..Made::default() })
            }
            "databricks_sql_global_config" => {
                let host = self.workspace()?;
                host.ask("PUT", "/api/2.0/sql/config/warehouses", &self.body(resource))?;
                Ok(Made { id: "global".to_owned(), ..Made::default() })
            }
            "aws_s3_bucket_policy" => {
                let bucket = self.get(resource, "bucket").unwrap();
                let policy = self.get(resource, "policy").unwrap();
                self.aws.s3_with("PUT", &format!("/{bucket}"), "policy=", &policy)?;
                Ok(Made { id: bucket, ..Made::default() })
            }
            "databricks_storage_credential" => self.storage_credential(resource),
            "databricks_external_location" => self.external_location(resource),
            other => panic!("{other} is not translated into calls"),
        }
    }

    fn instance(&mut self, resource: &Resource) -> Result<Made, Refused> {
        let profile = ["iam_instance_profile", "IamInstanceProfile"];
        let profile = profile.iter().find_map(|argument| self.get(resource, argument));
        let image = self.image()?;
        let kind = ["instance_type", "InstanceType"].iter().find_map(|it| self.get(resource, it));
        let mut form = vec![("ImageId", image.as_str()), ("MinCount", "1"), ("MaxCount", "1")];
        form.push(("InstanceType", kind.as_deref().unwrap_or("t3.micro")));
        form.extend(profile.as_deref().map(|name| ("IamInstanceProfile.Name", name)));
        let tokens = self.get(resource, "metadata_options.http_tokens");
        form.extend(tokens.as_deref().map(|it| ("MetadataOptions.HttpTokens", it)));
        let hops = self.get(resource, "metadata_options.http_put_response_hop_limit");
        form.extend(hops.as_deref().map(|it| ("MetadataOptions.HttpPutResponseHopLimit", it)));
        let answer = self.aws.ec2("RunInstances", &form)?;
        let id = answer.element("instanceId").to_owned();
        if profile.is_some() {
            self.instances.push(id.clone());
        }
        Ok(Made { id, ..Made::default() })
    }

    fn launch_template(&self, resource: &Resource) -> Result<Made, Refused> {
        let name = self.name(resource);
        let image = self.image()?;
        let hops = self.get(resource, "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit");
        let mut form = vec![
            ("LaunchTemplateName", name.as_str()),
            ("LaunchTemplateData.ImageId", image.as_str()),
        ];
        let hop_limit = "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit";
        form.extend(hops.as_deref().map(|it| (hop_limit, it)));
        let answer = self.aws.ec2("CreateLaunchTemplate", &form)?;
        Ok(Made { id: answer.element("launchTemplateId").to_owned(), name, ..Made::default() })
    }

    /// An image that there is: those of the fixtures are made up.
    fn image(&self) -> Result<String, Refused> {
        let form = [
            ("Owner.1", "amazon"),
            ("Filter.1.Name", "architecture"),
            ("Filter.1.Value.1", "x86_64"),
        ];
        Ok(self.aws.ec2("DescribeImages", &form)?.element("imageId").to_owned())
    }

    fn mws_credentials(&mut self, resource: &Resource) -> Result<Made, Refused> {
        let body = json!({
            "credentials_name": self.get(resource, "credentials_name"),
            "aws_credentials": {"sts_role": {"role_arn": self.get(resource, "role_arn")}},
        });
        let path = format!("/api/2.0/accounts/{ACCOUNT_ID}/credentials");
        let made = self.account.ask("POST", &path, &body)?;
        let id = string(&made, "credentials_id");
        self.credentials.push(id.clone());
        if self.deploys_at_once {
            self.workspace()?;
        }
        Ok(Made { id, ..Made::default() })
    }

    fn registration(&mut self, resource: &Resource) -> Result<Made, Refused> {
        let arn = self.get(resource, "instance_profile_arn").unwrap();
        let provider = resource.provider.as_deref().unwrap_or("databricks");
        let of_account = self.graph.providers.get(provider).is_some_and(|it| {
            it.get("host")
                .and_then(template::Node::as_str)
                .is_some_and(|it| it.contains("accounts."))
        });
        self.profile_of_others(&arn)?;
        let host = if of_account { self.account.clone() } else { self.workspace()? };
        let mut body = self.body(resource);
        body["instance_profile_arn"] = arn.clone().into();
        host.ask("POST", "/api/2.0/instance-profiles/add", &body)?;
        Ok(Made { id: arn.clone(), arn, name: String::new() })
    }

    /// A profile that is only named is another's, and there.
    pub(crate) fn profile_of_others(&self, arn: &str) -> Result<(), Refused> {
        let name = arn.rsplit('/').next().unwrap_or_default();
        if self.aws.iam("GetInstanceProfile", &[("InstanceProfileName", name)]).is_ok() {
            return Ok(());
        }
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
        let role = [("RoleName", name), ("AssumeRolePolicyDocument", trust)];
        self.aws.iam("CreateRole", &role)?;
        self.aws.iam("CreateInstanceProfile", &[("InstanceProfileName", name)])?;
        let add = [("InstanceProfileName", name), ("RoleName", name)];
        self.aws.iam("AddRoleToInstanceProfile", &add).map(drop)
    }

    fn cluster(&mut self, resource: &Resource) -> Result<Made, Refused> {
        let host = self.workspace()?;
        let id = run_cluster(&host, &self.body(resource))?;
        Ok(Made { id, ..Made::default() })
    }
}

pub(crate) fn string(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}
