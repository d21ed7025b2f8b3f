//! Terraform with the real AWS provider: what instances, their networks and launch templates can be given beside
//! the least of it.

use clients::{Server, Terraform};

/// One of everything, and what changes in a second step.
const EXAMPLE: &str = include_str!("instances/full.tf");

#[test]
fn instances_with_all_that_they_can_be_given() {
    let Some(terraform) = Terraform::of("instances with all that they can be given") else {
        return;
    };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", EXAMPLE);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.write("terraform.tfvars", "later = true\n");
    terraform.plan_is_not_empty(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}
