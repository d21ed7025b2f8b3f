//! What there is in both clouds, as their APIs tell it: to see that nothing is left behind.

use crate::server::Server;
use crate::signed::{self, Connection, Form, Key};

/// A question to AWS, and the elements of the answer that name what there is.
struct Question {
    service: &'static str,
    action: &'static str,
    parameters: &'static [(&'static str, &'static str)],
    element: &'static str,
}

const AWS: [Question; 7] = [
    iam("ListRoles", &[], "Arn"),
    iam("ListInstanceProfiles", &[], "Arn"),
    iam("ListPolicies", &[("Scope", "Local")], "Arn"),
    iam("ListUsers", &[], "Arn"),
    iam("ListAttachedRolePolicies", &[("RoleName", CROSS_ACCOUNT)], "PolicyArn"),
    iam("ListRolePolicies", &[("RoleName", CROSS_ACCOUNT)], "member"),
    Question {
        service: "ec2",
        action: "DescribeInstances",
        parameters: &[("Filter.1.Name", "instance-state-name"), ("Filter.1.Value.1", "running")],
        element: "instanceId",
    },
];

const fn iam(
    action: &'static str,
    parameters: &'static [(&'static str, &'static str)],
    element: &'static str,
) -> Question {
    Question { service: "iam", action, parameters, element }
}

/// What is asked of the workspace.
const WORKSPACE: [&str; 6] = [
    "/api/2.0/instance-profiles/list",
    "/api/2.0/clusters/list",
    "/api/2.0/policies/clusters/list",
    "/api/2.0/instance-pools/list",
    "/api/2.0/sql/warehouses",
    "/api/2.0/preview/scim/v2/Groups",
];
/// The role that the first workspace is made with.
const CROSS_ACCOUNT: &str = "databricks-cross-account";

/// A line for each thing that there is.
#[must_use]
pub fn inventory(server: &Server) -> Vec<String> {
    let mut aws = Connection::open(server.aws()).expect("the server listens");
    let root = Key::root("000000000000");
    let mut lines = Vec::new();
    for Question { service, action, parameters, element } in AWS {
        let form: Form = match service {
            "ec2" => signed::ec2(action, parameters),
            _ => signed::iam(action, parameters),
        };
        let answer = aws.must(&root, service, &form);
        // AWS makes roles of its own for services, and nobody removes them.
        let found = answer.elements(element).filter(|it| !it.contains(":role/aws-service-role/"));
        lines.extend(found.map(|it| format!("{action}: {it}")));
    }
    let host = server.address("workspace").trim_start_matches("http://");
    for path in WORKSPACE {
        let mut workspace = Connection::open(host).expect("the workspace listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer dapi-rolecall-admin\r\n\
             connection: close\r\n\r\n"
        );
        let answer = workspace.send(request.as_bytes()).expect("an answer");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        lines.push(format!("{path}: {}", answer.body));
    }
    lines
}
