//! A workspace with one of each thing, and how refusals are looked at.

use clients::Server;
use clients::databricks::{ACCOUNT_ID, Host};
use clients::signed::{Answer, Connection};
use serde_json::json;

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) workspace: Host,
    pub(crate) account: Host,
    /// Ids of what is there, by the names that paths and bodies have for them.
    known: Vec<(&'static str, String)>,
}

/// A form of errors.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// `error_code` and `message`.
    Standard,
    /// Of SCIM, with its `scimType`.
    Scim,
}

impl World {
    pub(crate) fn new() -> Self {
        let server = Server::with_workspace(&["--ephemeral"]);
        let (workspace, account) = (Host::first_workspace(&server), Host::account(&server));
        let mut world = Self { server, workspace, account, known: Vec::new() };
        let made = [
            (
                "USER",
                "/api/2.0/preview/scim/v2/Users",
                json!({"userName": "ann@example.com"}),
                "id",
            ),
            ("GROUP", "/api/2.0/preview/scim/v2/Groups", json!({"displayName": "eng"}), "id"),
            (
                "POLICY",
                "/api/2.0/policies/clusters/create",
                json!({"name": "p", "definition": "{}"}),
                "policy_id",
            ),
            (
                "CLUSTER",
                "/api/2.1/clusters/create",
                json!({
                    "cluster_name": "c", "spark_version": "15.4.x-scala2.12",
                    "node_type_id": "m5d.large", "num_workers": 0,
                }),
                "cluster_id",
            ),
            (
                "POOL",
                "/api/2.0/instance-pools/create",
                json!({"instance_pool_name": "p", "node_type_id": "m5.large"}),
                "instance_pool_id",
            ),
            (
                "WAREHOUSE",
                "/api/2.0/sql/warehouses",
                json!({"name": "w", "cluster_size": "2X-Small", "warehouse_type": "PRO"}),
                "id",
            ),
        ];
        for (name, path, input, id) in made {
            let answer = world.workspace.must("POST", path, &input);
            world.known.push((name, answer[id].as_str().unwrap().to_owned()));
        }
        let profile = json!({"instance_profile_arn": PROFILE, "skip_validation": true});
        world.workspace.must("POST", "/api/2.0/instance-profiles/add", &profile);
        world.known.push(("ACCOUNT", ACCOUNT_ID.to_owned()));
        world
    }

    pub(crate) fn export(&self) -> String {
        let request = b"GET /_rolecall/export HTTP/1.1\r\nhost: localhost\r\n\r\n";
        Connection::open(self.server.aws()).unwrap().send(request).unwrap().body
    }

    /// A text with the ids of what is there.
    pub(crate) fn filled(&self, text: &str) -> String {
        let known = self.known.iter();
        known.fold(text.to_owned(), |text, (name, id)| text.replace(&format!("<{name}>"), id))
    }

    /// Sends what nobody should, and holds the answer against the form, the status, the code and a part of the
    /// text.
    pub(crate) fn check(
        &self,
        asked: &str,
        body: &str,
        form: Form,
        status: u16,
        code: &str,
        text: &str,
    ) {
        let (method, path) = asked.split_once(' ').unwrap();
        let (path, body) = (self.filled(path), self.filled(body));
        let of_account = path.starts_with("/api/2.0/accounts/");
        let host = if of_account { &self.account } else { &self.workspace };
        let before = self.export();
        let answer = host.send(&host.request(method, &path, &body));
        let told = format!("{asked} {}: {} {}", shortened(&body), answer.status, answer.body);
        assert_eq!(answer.status, status, "{told}");
        is_error(&answer, form, code, text, &told);
        assert_eq!(self.export(), before, "the state changed: {told}");
    }
}

fn is_error(answer: &Answer, form: Form, code: &str, text: &str, told: &str) {
    let body = answer.json();
    let found = match form {
        Form::Standard => {
            let details = &body["details"][0];
            assert_eq!(details["@type"], "type.googleapis.com/google.rpc.RequestInfo", "{told}");
            assert_eq!(details["request_id"], answer.header("x-request-id"), "{told}");
            (&body["error_code"], &body["message"])
        }
        Form::Scim => {
            let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:Error"]);
            assert_eq!(body["schemas"], schemas, "{told}");
            assert_eq!(body["status"], answer.status.to_string(), "{told}");
            (&body["scimType"], &body["detail"])
        }
    };
    assert_eq!(found.0.as_str().unwrap_or_default(), code, "{told}");
    assert!(found.1.as_str().unwrap_or_default().contains(text), "{told}");
}

fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

pub(crate) const PROFILE: &str = "arn:aws:iam::000000000000:instance-profile/p";
