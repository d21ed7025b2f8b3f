//! CloudFormation, asked by boto3 and by `aws cloudformation`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use clients::{Clients, Finished, Folder, Server};

fn script(name: &str) {
    let Some(clients) = Clients::of(&format!("cloudformation: {name}")) else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, &format!("cloudformation/{name}.py"));
}

#[test]
fn stacks_and_change_sets() {
    script("stacks");
}

#[test]
fn broken_templates() {
    script("broken");
}

#[test]
fn instances_and_every_way_to_get_their_profile_wrong() {
    let Some(clients) = Clients::of("cloudformation: instances") else { return };
    let server = Server::start(&["--ephemeral"]);
    let mut script = clients.script("cloudformation/instances.py");
    script.env("EXAMPLES", example(""));
    server.point(&mut script);
    Finished::run(&mut script).succeeds();
}

/// The slips of the reference page on instance profiles, one after the other as they are mended.
#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn the_templates_of_the_reference_page() {
    let Some(clients) = Clients::of("cloudformation: the reference page") else { return };
    let server = Server::start(&["--ephemeral"]);
    let deployer = Deployer { clients: &clients, server: &server };
    let page = clients::pages::read("003_");
    let examples =
        [clients::pages::examples(&page, "yaml"), clients::pages::examples(&page, "yml")].concat();
    assert_eq!(examples.len(), 2, "the page has two templates");
    let folder = Folder::new();
    for (number, example) in examples.iter().enumerate() {
        let stack = format!("page-{number}");
        let mut template = example.clone();
        let mut mend = |from: &str, to: &str, said: &str, named: &str| {
            let path = folder.path().join("template.yaml");
            fs::write(&path, &template).unwrap();
            deployer.create(&stack, &path).fails_with(said);
            let why = server.rolecall(&["why", "last", "--aws-port", server.aws_port()]).output();
            assert!(why.contains(named), "`{named}` is not named:\n{why}");
            assert!(template.contains(from), "`{from}` is not there:\n{template}");
            template = template.replace(from, to);
        };
        let malformed = "Template format error: YAML not well-formed.";
        mend("Version:'2012", "Version: '2012", malformed, "write `Version: …`");
        mend("Effect:Allow", "Effect: Allow", malformed, "write `Effect: …`");
        let (beside, within) = (
            "            Service:\n              - ",
            "              Service:\n                - ",
        );
        mend(beside, within, "'null' values are not allowed in templates", "nothing stands here");
        // A function without code.
        let path = folder.path().join("template.yaml");
        fs::write(&path, &template).unwrap();
        deployer.named(&stack, &path).fails_with("Failed to create/update the stack");
        let told = deployer.failures(&stack);
        assert!(told.contains("#: required key [Code] not found"), "{told}");
        let delete = ["cloudformation", "delete-stack", "--stack-name", &stack];
        clients.aws(&server, &delete).succeeds();
        let code = "      Runtime: python3.13\n      Handler: index.handler\n      Code:\n        ZipFile: \"\"\n";
        let code = code.replace("\"\"", "pass");
        let role = "      Role: !GetAtt IAMRole.Arn\n";
        let whole = template.replace(role, &format!("{role}{code}"));
        fs::write(&path, whole).unwrap();
        deployer.named(&stack, &path).succeeds();
        clients.aws(&server, &delete).succeeds();
    }
}

/// A template among the examples of the repository.
fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cloudformation").join(name)
}

/// `aws cloudformation deploy`, and what follows.
struct Deployer<'c> {
    clients: &'c Clients,
    server: &'c Server,
}

impl Deployer<'_> {
    fn deploy(&self, stack: &str, template: &Path, more: &[&str]) -> Finished {
        clients::next_second();
        let template = template.display().to_string();
        let deploy = ["cloudformation", "deploy", "--stack-name", stack, "--template-file"];
        self.clients.aws(self.server, &[&deploy[..], &[&template], more].concat())
    }

    /// The template as it is: `deploy` reads YAML itself before it sends it.
    fn create(&self, stack: &str, template: &Path) -> Finished {
        let template = format!("file://{}", template.display());
        let create = ["cloudformation", "create-stack", "--stack-name", stack, "--template-body"];
        let named = ["--capabilities", "CAPABILITY_NAMED_IAM"];
        self.clients.aws(self.server, &[&create[..], &[&template], &named].concat())
    }

    fn named(&self, stack: &str, template: &Path) -> Finished {
        self.deploy(stack, template, &["--capabilities", "CAPABILITY_NAMED_IAM"])
    }

    /// The reasons of the resources that failed.
    fn failures(&self, stack: &str) -> String {
        let query = "StackEvents[?ResourceStatus=='CREATE_FAILED'].[LogicalResourceId, ResourceStatusReason]";
        let events = ["cloudformation", "describe-stack-events", "--stack-name", stack];
        let more = ["--query", query, "--output", "text"];
        self.clients.aws(self.server, &[&events[..], &more].concat()).output()
    }
}

#[test]
fn a_template_is_deployed_changed_and_deployed_from_a_bucket() {
    let Some(clients) = Clients::of("cloudformation: aws cloudformation deploy") else { return };
    let server = Server::start(&["--ephemeral"]);
    let deployer = Deployer { clients: &clients, server: &server };
    let chain = example("role-chain.yaml");
    deployer.deploy("chain", &chain, &[]).fails_with("Requires capabilities : [CAPABILITY_IAM]");
    let iam = ["--capabilities", "CAPABILITY_IAM"];
    deployer.deploy("chain", &chain, &iam).succeeds();
    // So says version 1 of the command line of AWS, which counts it as a failure.
    let up_to_date = "No changes to deploy. Stack chain is up to date";
    deployer.deploy("chain", &chain, &iam).fails_with(up_to_date);
    let bucket = ["--parameter-overrides", "BucketName=other-data"];
    deployer.deploy("chain", &chain, &[&iam[..], &bucket].concat()).succeeds();
    clients.aws(&server, &["s3", "mb", "s3://templates"]).succeeds();
    let from_s3 = ["--s3-bucket", "templates", "--parameter-overrides", "BucketName=third-data"];
    deployer.deploy("chain", &chain, &[&iam[..], &from_s3].concat()).succeeds();
    let status = ["cloudformation", "describe-stacks", "--stack-name", "chain", "--query"];
    let text = ["Stacks[0].StackStatus", "--output", "text"];
    let status = clients.aws(&server, &[&status[..], &text].concat()).output();
    assert_eq!(status, "UPDATE_COMPLETE\n");
    clients.aws(&server, &["cloudformation", "delete-stack", "--stack-name", "chain"]).succeeds();
    let gone = ["cloudformation", "wait", "stack-delete-complete", "--stack-name", "chain"];
    clients.aws(&server, &gone).succeeds();
}

#[test]
fn what_is_wrong_is_told_where_it_is() {
    let Some(clients) = Clients::of("cloudformation: why a deployment failed") else { return };
    let server = Server::start(&["--ephemeral"]);
    let deployer = Deployer { clients: &clients, server: &server };
    let folder = Folder::new();
    let template = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    // The slips that the page on instance profiles has in its templates.
    let glued = "Resources:\n  IAMRole:\n    Type: 'AWS::IAM::Role'\n    Properties:\n      \
                 AssumeRolePolicyDocument:\n        Version:'2012-10-17'\n        Statement:\n          \
                 - Effect: Allow\n            Principal: {Service: lambda.amazonaws.com}\n            \
                 Action: 'sts:AssumeRole'\n";
    let glued = template("glued.yaml", glued);
    deployer.create("glued", &glued).fails_with("Template format error: YAML not well-formed.");
    let why = server.rolecall(&["why", "last", "--aws-port", server.aws_port()]).output();
    assert!(why.contains("line 6") && why.contains("`Version: …`"), "{why}");
    let beside = "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      \
                  AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          \
                  - Effect: Allow\n            Principal:\n            Service:\n              \
                  - lambda.amazonaws.com\n            Action: ['sts:AssumeRole']\n";
    let beside = template("beside.yaml", beside);
    deployer.named("beside", &beside).fails_with("'null' values are not allowed in templates");
    let why = server.rolecall(&["why", "last", "--aws-port", server.aws_port()]).output();
    assert!(why.contains("line 9"), "{why}");
    // Two roles in one profile.
    let two = "Resources:\n  Profile:\n    Type: AWS::IAM::InstanceProfile\n    Properties:\n      \
               Roles: [one, two]\n";
    let two = template("two.yaml", two);
    deployer.named("two", &two).fails_with("Failed to create/update the stack");
    let told = deployer.failures("two");
    assert!(told.contains("#/Roles: expected maximum item count: 1, found: 2"), "{told}");
}

#[test]
fn kill_9_in_the_middle_leaves_no_orphan() {
    let Some(clients) = Clients::of("cloudformation: kill -9 in the middle of a stack") else {
        return;
    };
    let folder = Folder::new();
    let data = folder.path().join("data").display().to_string();
    // A debug build takes about 100 ms for the stack, and twice that if it fails.
    for (round, pause) in [20, 150, 35, 100, 30, 60, 70, 60, 160, 50].into_iter().enumerate() {
        let script = |server: &Server, what: &str| {
            let mut script = clients.script("cloudformation/crash.py");
            script.args([what, &round.to_string()]).env("AWS_MAX_ATTEMPTS", "1");
            server.point(&mut script);
            script
        };
        let server = Server::start(&["--data", &data]);
        let mut begin = script(&server, "begin");
        let mut begin = begin.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(begin.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "now\n");
        std::thread::sleep(Duration::from_millis(pause));
        server.kill();
        begin.wait().unwrap();
        let server = Server::start(&["--data", &data]);
        Finished::run(&mut script(&server, "check")).succeeds();
        server.kill();
    }
}
