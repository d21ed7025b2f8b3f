//! What code is for, asked for once it is applied.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use source::Resource;

use crate::apply::Apply;
use crate::cloud::Refused;
use crate::databricks::Host;

impl Apply<'_> {
    /// What is refused, by the rule whose oracle it is.
    pub(crate) fn purposes(&mut self) -> Vec<(&'static str, Refused)> {
        let mut refused = Vec::new();
        for instance in self.instances.clone() {
            refused.extend(self.has_credentials(&instance).err().map(|it| ("IP004", it)));
        }
        let configured = self.graph.of_kind("databricks_sql_global_config").next();
        let is_serverless = |it: &Resource| {
            it.get("enable_serverless_compute").and_then(template::Node::as_bool) == Some(true)
        };
        if configured.is_some_and(is_serverless) {
            refused.extend(self.warehouse().err().map(|it| ("IP005", it)));
        }
        if !self.credentials.is_empty() {
            refused.extend(self.launches().err().map(|it| ("IP010", it)));
        }
        for credential in self.graph.of_kind("databricks_storage_credential") {
            refused.extend(self.validated(credential).err().map(|it| ("IP007", it)));
        }
        refused
    }

    /// A workspace is made with the code's credentials, and a cluster in it.
    pub(crate) fn launches(&mut self) -> Result<(), Refused> {
        let host = self.workspace()?;
        let cluster = json!({
            "cluster_name": "probe", "spark_version": "15.4.x-scala2.12",
            "node_type_id": "m5d.large", "num_workers": 1,
            "aws_attributes": {"availability": "ON_DEMAND"},
        });
        run_cluster(&host, &cluster).map(drop)
    }

    /// A program on the instance asks for its role's credentials.
    fn has_credentials(&self, instance: &str) -> Result<(), Refused> {
        let shown = get(self.server.aws(), &format!("/_rolecall/instances/{instance}"), "GET", "");
        let shown: Value = serde_json::from_str(&shown.1).unwrap();
        let endpoint = shown["metadata_endpoint"].as_str().unwrap();
        let ttl = "x-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
        let (_, token) = get(endpoint, "/latest/api/token", "PUT", ttl);
        let token = format!("x-aws-ec2-metadata-token: {token}\r\n");
        let path = "/latest/meta-data/iam/security-credentials/";
        let (status, role) = get(endpoint, path, "GET", &token);
        if status != 200 {
            return Err(format!("{path}: {status}"));
        }
        let (status, body) = get(endpoint, &format!("{path}{role}"), "GET", &token);
        if status == 200 && body.contains("\"AccessKeyId\"") { Ok(()) } else { Err(body) }
    }

    fn warehouse(&mut self) -> Result<(), Refused> {
        let host = self.workspace()?;
        let body = json!({
            "name": "serverless", "cluster_size": "2X-Small", "warehouse_type": "PRO",
            "enable_serverless_compute": true,
        });
        let made = host.ask("POST", "/api/2.0/sql/warehouses", &body)?;
        let path = format!("/api/2.0/sql/warehouses/{}", made["id"].as_str().unwrap());
        let shown = host.ask("GET", &path, &Value::Null)?;
        if shown["state"] == "RUNNING" { Ok(()) } else { Err(shown["health"].to_string()) }
    }
}

/// Makes a cluster, which has to run; its id.
pub(crate) fn run_cluster(host: &Host, cluster: &Value) -> Result<String, Refused> {
    let made = host.ask("POST", "/api/2.1/clusters/create", cluster)?;
    let id = made["cluster_id"].as_str().unwrap().to_owned();
    let shown = host.ask("GET", &format!("/api/2.1/clusters/get?cluster_id={id}"), &Value::Null)?;
    if shown["state"] == "TERMINATED" {
        return Err(format!("cluster: {}", shown["termination_reason"]));
    }
    Ok(id)
}

/// Status and body of a request that nobody signs.
fn get(address: &str, path: &str, method: &str, headers: &str) -> (u16, String) {
    let host = address.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: 0\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
