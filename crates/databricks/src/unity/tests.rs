//! Unity Catalog: its operations and who may call them, and what it reaches in S3 with each part of the
//! permission missing in turn.

mod access;
mod holders;
mod reach;
mod root_bucket;

use databricks_policy::{Partition, UnityCatalog, unity_catalog, unity_catalog_assume_role};
use serde_json::{Value, json};

use crate::testing::{Answer, Login, WORKSPACE_ADMIN, World};

/// A bucket with an object in it, a role that reaches it, and a storage credential with the role.
pub(super) struct Reachable {
    pub(super) world: World,
    pub(super) external_id: String,
}

pub(super) const ROLE: &str = "lakehouse-uc";
pub(super) const BUCKET: &str = "lakehouse-data";
pub(super) const CREDENTIAL: &str = "lakehouse";

pub(super) fn role_arn() -> String {
    format!("arn:aws:iam::{}:role/{ROLE}", cloud::testing::ACCOUNT)
}

/// The role's policy as Databricks asks for it.
pub(super) fn policy() -> String {
    unity_catalog(&UnityCatalog {
        partition: Partition::Aws,
        bucket_name: BUCKET.to_owned(),
        role_name: ROLE.to_owned(),
        aws_account_id: cloud::testing::ACCOUNT.to_owned(),
        kms_name: None,
    })
}

/// The role's trust policy as Databricks asks for it.
pub(super) fn trust(external_id: &str) -> String {
    unity_catalog_assume_role(Partition::Aws, ROLE, cloud::testing::ACCOUNT, external_id, None)
}

impl Reachable {
    pub(super) fn new() -> Self {
        let world = World::new();
        let made = world.done(
            WORKSPACE_ADMIN,
            "CreateStorageCredential",
            json!({"name": CREDENTIAL, "aws_iam_role": {"role_arn": role_arn()}}),
        );
        let external_id = made["aws_iam_role"]["external_id"].as_str().unwrap().to_owned();
        let trust = trust(&external_id);
        let role = json!({"RoleName": ROLE, "AssumeRolePolicyDocument": trust});
        world.aws("CreateRole", role);
        world.aws("CreateBucket", json!({"Bucket": BUCKET}));
        let received = s3::content::Received::inline(b"1").unwrap();
        let object = json!({"Bucket": BUCKET, "Key": "there/part-0", "$received": received});
        world.aws("PutObject", object);
        let reachable = Self { world, external_id };
        reachable.allow(&policy());
        reachable
    }

    /// Gives the role another policy.
    pub(super) fn allow(&self, policy: &str) {
        let input = json!({"RoleName": ROLE, "PolicyName": "reach", "PolicyDocument": policy});
        self.world.aws("PutRolePolicy", input);
    }

    /// Gives the role another trust policy.
    pub(super) fn trust(&self, trust: &str) {
        let input = json!({"RoleName": ROLE, "PolicyDocument": trust});
        self.world.aws("UpdateAssumeRolePolicy", input);
    }

    /// Makes a location.
    pub(super) fn locate(
        &self,
        login: Login,
        url: &str,
        more: Value,
    ) -> Result<Value, (String, String)> {
        let mut input = json!({"name": "place", "url": url, "credential_name": CREDENTIAL});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        self.world.call(login, "CreateExternalLocation", input)
    }

    /// What `validate-storage-credentials` says: operation, result and message each.
    pub(super) fn validate(&self, input: Value) -> Vec<(String, String, String)> {
        let answer = self.world.done(WORKSPACE_ADMIN, "ValidateStorageCredential", input);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let results = answer["results"].as_array().unwrap().iter();
        results
            .map(|it| (text(&it["operation"]), text(&it["result"]), text(&it["message"])))
            .collect()
    }
}

/// Code and text of a refusal.
pub(super) fn refusal(answer: Answer) -> (String, String) {
    answer.expect_err("it is refused")
}
