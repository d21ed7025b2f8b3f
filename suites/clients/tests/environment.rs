//! What points clients at a running server.

use clients::Server;

#[test]
fn the_environment_of_both_clouds_is_printed() {
    let environment =
        |server: &Server| server.rolecall(&["env", "--aws-port", server.aws_port()]).output();
    let server = Server::with_workspace(&["--ephemeral"]);
    let told = environment(&server);
    assert!(told.contains(&format!("AWS_ENDPOINT_URL={}\n", server.aws())), "{told}");
    let workspace = format!(
        "DATABRICKS_HOST={} DATABRICKS_TOKEN=dapi-rolecall-admin\n",
        server.address("workspace")
    );
    assert!(told.contains(&workspace), "{told}");
    let told = environment(&Server::start(&["--ephemeral"]));
    assert!(!told.contains("DATABRICKS"), "{told}");
}
