//! IAM and STS, asked by boto3 and by `aws`.

use clients::{Clients, Server};

fn script(name: &str) {
    let Some(clients) = Clients::of(name) else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, &format!("iam/{name}.py"));
}

#[test]
fn users_and_keys() {
    script("users");
}
