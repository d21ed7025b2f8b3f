//! The templates of `examples/cloudformation`, deployed, changed and deleted by `aws cloudformation`.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use clients::{Clients, Finished, Folder, Server};

/// A server, a folder for templates, and stacks in it.
struct Stacks {
    clients: Clients,
    server: Server,
    folder: Folder,
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cloudformation")
}

fn example(name: &str) -> String {
    std::fs::read_to_string(examples().join(name)).expect("an example")
}

impl Stacks {
    fn of(scenario: &str) -> Option<Self> {
        let clients = Clients::of(&format!("templates: {scenario}"))?;
        let server = Server::start(&["--ephemeral"]);
        Some(Self { clients, server, folder: Folder::new() })
    }

    fn aws(&self, arguments: &[&str]) -> Finished {
        self.clients.aws(&self.server, arguments)
    }

    fn text(&self, arguments: &[&str], query: &str) -> String {
        let shown = ["--query", query, "--output", "text"];
        self.aws(&[arguments, &shown].concat()).output().trim().to_owned()
    }

    /// `aws cloudformation deploy` of a template.
    fn deploy(&self, stack: &str, template: &str, more: &[&str]) -> Finished {
        clients::next_second();
        self.folder.write("template.yaml", template);
        let path = self.folder.path().join("template.yaml");
        let path = path.to_str().expect("a path that is text");
        let capabilities = ["--capabilities", "CAPABILITY_IAM"];
        let arguments =
            ["cloudformation", "deploy", "--stack-name", stack, "--template-file", path];
        self.aws(&[&arguments[..], &capabilities, more].concat())
    }

    fn delete(&self, stack: &str) {
        self.aws(&["cloudformation", "delete-stack", "--stack-name", stack]).succeeds();
        let wait = ["cloudformation", "wait", "stack-delete-complete", "--stack-name", stack];
        self.aws(&wait).succeeds();
    }

    fn output(&self, stack: &str, output: &str) -> String {
        let query = format!("Stacks[0].Outputs[?OutputKey=='{output}'].OutputValue");
        self.text(&["cloudformation", "describe-stacks", "--stack-name", stack], &query)
    }

    fn physical(&self, stack: &str, id: &str) -> String {
        let describe = ["cloudformation", "describe-stack-resource", "--stack-name", stack];
        let which = ["--logical-resource-id", id];
        let query = "StackResourceDetail.PhysicalResourceId";
        self.text(&[&describe[..], &which].concat(), query)
    }

    fn image(&self) -> String {
        let newest = "reverse(sort_by(Images,&CreationDate))[0].ImageId";
        let filter = "Name=name,Values=al2023-ami-2023*-x86_64";
        let arguments = ["ec2", "describe-images", "--owners", "amazon", "--filters", filter];
        self.text(&arguments, newest)
    }
}

#[test]
fn a_network_with_instances() {
    let Some(stacks) = Stacks::of("a network with instances") else { return };
    let network = example("network.yaml");
    let image = format!("Image={}", stacks.image());
    let overrides = ["--parameter-overrides", &image];
    stacks.deploy("net", &network, &overrides).succeeds();
    let address = stacks.output("net", "BastionAddress");
    assert!(address.parse::<std::net::Ipv4Addr>().is_ok(), "{address}");
    let worker = stacks.physical("net", "Worker");
    let state = ["ec2", "describe-instances", "--instance-ids", &worker];
    let what =
        "Reservations[0].Instances[0].[State.Name,PrivateIpAddress,MetadataOptions.HttpTokens]";
    let expected = format!("running\t{}\trequired", stacks.output("net", "WorkerAddress"));
    assert_eq!(stacks.text(&state, what), expected);

    // A change set says what would be changed in place, replaced, added and removed.
    let changed = network
        .replace("Description: office", "Description: the office")
        .replace("/etc/motd", "/etc/issue")
        .replace("  Data:\n", "  More:\n    Type: AWS::EC2::InternetGateway\n\n  Data:\n");
    let without_nat = ["--parameter-overrides", &image, "WithNat=false"];
    let only_set = [&without_nat[..], &["--no-execute-changeset"]].concat();
    stacks.deploy("net", &changed, &only_set).succeeds();
    let list = ["cloudformation", "list-change-sets", "--stack-name", "net"];
    let set = stacks.text(&list, "Summaries[?ExecutionStatus=='AVAILABLE'].ChangeSetId");
    let describe = ["cloudformation", "describe-change-set", "--change-set-name", &set];
    let what = "sort_by(Changes[].ResourceChange,&LogicalResourceId)[].[LogicalResourceId,Action,Replacement]";
    assert_eq!(
        stacks.text(&describe, what).lines().collect::<Vec<_>>(),
        [
            "Bastion\tModify\tTrue",
            "BastionGroup\tModify\tFalse",
            "More\tAdd\tNone",
            "Nat\tRemove\tNone",
            "NatAddress\tRemove\tNone",
            "ThroughNat\tRemove\tNone",
        ]
    );
    let bastion = stacks.physical("net", "Bastion");
    stacks.deploy("net", &changed, &without_nat).succeeds();
    assert_ne!(stacks.physical("net", "Bastion"), bastion);
    assert_eq!(stacks.physical("net", "Worker"), worker);
    let old = ["ec2", "describe-instances", "--instance-ids", &bastion];
    assert_eq!(stacks.text(&old, "Reservations[0].Instances[0].State.Name"), "terminated");
    stacks.deploy("net", &changed, &without_nat).fails_with("No changes to deploy");

    stacks.delete("net");
    assert_eq!(stacks.text(&["ec2", "describe-addresses"], "Addresses"), "");
    let own = "Vpcs[?CidrBlock=='10.20.0.0/16']";
    assert_eq!(stacks.text(&["ec2", "describe-vpcs"], own), "");
}

/// The image comes from a parameter of Systems Manager: another parameter takes another instance.
#[test]
fn a_web_server_of_the_latest_image() {
    let Some(stacks) = Stacks::of("a web server of the latest image") else { return };
    let web = example("web-server.yaml");
    stacks.deploy("web", &web, &[]).succeeds();
    let image_of = |stacks: &Stacks| {
        let instance = stacks.output("web", "Instance");
        let describe = ["ec2", "describe-instances", "--instance-ids", &instance];
        stacks.text(&describe, "Reservations[0].Instances[0].[ImageId,SecurityGroups[0].GroupName]")
    };
    let parameter = |name: &str| {
        let name = format!("/aws/service/ami-amazon-linux-latest/{name}");
        let get = ["ssm", "get-parameter", "--name", &name];
        (stacks.text(&get, "Parameter.Value"), format!("LatestAmiId={name}"))
    };
    let (latest, _) = parameter("al2023-ami-kernel-default-x86_64");
    let group = stacks.physical("web", "WebAccess");
    let describe = ["ec2", "describe-security-groups", "--group-ids", &group];
    let group = stacks.text(&describe, "SecurityGroups[0].GroupName");
    assert_eq!(image_of(&stacks), format!("{latest}\t{group}"));
    assert_eq!(stacks.output("web", "Image"), latest);
    let resolved = "Stacks[0].Parameters[?ParameterKey=='LatestAmiId'].ResolvedValue";
    let describe = ["cloudformation", "describe-stacks", "--stack-name", "web"];
    assert_eq!(stacks.text(&describe, resolved), latest);
    stacks.deploy("web", &web, &[]).fails_with("No changes to deploy");
    let (other, given) = parameter("amzn2-ami-hvm-x86_64-gp2");
    stacks.deploy("web", &web, &["--parameter-overrides", &given]).succeeds();
    assert_eq!(image_of(&stacks), format!("{other}\t{group}"));
    let none = ["--parameter-overrides", "LatestAmiId=/none"];
    let text = "Unable to fetch parameters [/none] from parameter store for this account.";
    stacks.deploy("web", &web, &none).fails_with(text);
    stacks.delete("web");
}

#[test]
fn a_role_and_a_network_for_databricks() {
    let Some(stacks) = Stacks::of("a role and a network for Databricks") else { return };
    let network = example("databricks-network.yaml");
    stacks.deploy("net", &network, &[]).succeeds();
    let endpoints = ["ec2", "describe-vpc-endpoints"];
    let own = "sort_by(VpcEndpoints,&ServiceName)[].[ServiceName,VpcEndpointType]";
    let expected = "com.amazonaws.us-east-1.s3\tGateway\ncom.amazonaws.us-east-1.sts\tInterface";
    assert_eq!(stacks.text(&endpoints, own), expected);
    let gateways = ["ec2", "describe-nat-gateways", "--filter", "Name=state,Values=available"];
    let number = |stacks: &Stacks| stacks.text(&gateways, "length(NatGateways)");
    let before = number(&stacks);
    let changed = ["--parameter-overrides", "NatPerZone=true", "WithEndpoints=false"];
    stacks.deploy("net", &network, &changed).succeeds();
    assert_ne!(number(&stacks), before);
    assert_eq!(stacks.text(&endpoints, own), "");

    let role = example("databricks-role.yaml");
    let account = "DatabricksAccountId=11111111-2222-4333-8444-555555555555";
    stacks.deploy("role", &role, &["--parameter-overrides", "DatabricksAccountId=none"]).fails_with(
        "Parameter DatabricksAccountId failed to satisfy constraint: must be the id of a Databricks account",
    );
    stacks.deploy("role", &role, &["--parameter-overrides", account]).succeeds();
    let vpc = format!("VpcId={}", stacks.output("net", "VpcId"));
    stacks.deploy("role", &role, &["--parameter-overrides", account, &vpc]).succeeds();
    let name = stacks.physical("role", "CrossAccountRole");
    let policy = ["--role-name", &name, "--policy-name", "launch-clusters"];
    let get = [&["iam", "get-role-policy"][..], &policy].concat();
    let condition = "PolicyDocument.Statement[1].Condition.StringEquals.\"ec2:Vpc\"";
    let arn = format!("arn:aws:ec2:us-east-1:000000000000:vpc/{}", stacks.output("net", "VpcId"));
    assert_eq!(stacks.text(&get, condition), arn);
    stacks.delete("role");
    stacks.delete("net");
}

#[test]
fn a_bucket_that_is_not_empty() {
    let Some(stacks) = Stacks::of("a bucket that is not empty") else { return };
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = ["iam", "create-role", "--role-name", "r", "--assume-role-policy-document", trust];
    stacks.aws(&role).succeeds();
    let reader = ["--parameter-overrides", "Reader=arn:aws:iam::000000000000:role/r"];
    stacks.deploy("data", &example("bucket.yaml"), &reader).succeeds();
    let bucket = stacks.output("data", "Name");
    let there = format!("s3://{bucket}/key");
    stacks.folder.write("object", "bytes");
    let object = stacks.folder.path().join("object");
    let object = object.to_str().expect("a path that is text");
    stacks.aws(&["s3", "cp", object, &there, "--no-progress"]).succeeds();
    stacks.aws(&["cloudformation", "delete-stack", "--stack-name", "data"]).succeeds();
    let wait = ["cloudformation", "wait", "stack-delete-complete", "--stack-name", "data"];
    stacks.aws(&wait).fails_with("DELETE_FAILED");
    let events = ["cloudformation", "describe-stack-events", "--stack-name", "data"];
    let failed = "StackEvents[?ResourceStatus=='DELETE_FAILED' && LogicalResourceId=='Lake'].ResourceStatusReason";
    let reason = stacks.text(&events, failed);
    assert!(reason.contains("The bucket you tried to delete is not empty"), "{reason}");
    let versions = ["s3api", "list-object-versions", "--bucket", &bucket];
    let version = stacks.text(&versions, "Versions[0].VersionId");
    let delete = ["s3api", "delete-object", "--bucket", &bucket, "--key", "key"];
    stacks.aws(&[&delete[..], &["--version-id", &version]].concat()).succeeds();
    stacks.delete("data");
    stacks.aws(&["s3", "ls", &there]).fails_with("NoSuchBucket");
}

/// `aws cloudformation package` puts local code into a bucket, and the function takes it from there.
#[test]
fn a_function_whose_code_is_packaged() {
    let Some(stacks) = Stacks::of("a function whose code is packaged") else { return };
    let code = stacks.folder.path().join("code");
    std::fs::create_dir(&code).expect("a folder");
    std::fs::write(code.join("index.py"), "def handler(event, context): pass").expect("a file");
    let inline = example("function.yaml");
    let from = inline.find("        ZipFile: |").expect("inline code");
    let to = inline.find("      Environment:").expect("what follows");
    let (before, after) = (inline.get(..from), inline.get(to..));
    let local = [before.unwrap_or_default(), after.unwrap_or_default()]
        .concat()
        .replace("Code:\n", "Code: ./code\n");
    stacks.folder.write("local.yaml", &local);
    let path = |name: &str| {
        stacks.folder.path().join(name).to_str().expect("a path that is text").to_owned()
    };
    stacks.aws(&["s3", "mb", "s3://packages"]).succeeds();
    let package = ["cloudformation", "package", "--s3-bucket", "packages"];
    let (local, packaged) = (path("local.yaml"), path("packaged.yaml"));
    let files = ["--template-file", &local, "--output-template-file", &packaged];
    stacks.aws(&[&package[..], &files].concat()).succeeds();
    let template = std::fs::read_to_string(&packaged).expect("a packaged template");
    assert!(template.contains("S3Bucket: packages"), "{template}");
    stacks.deploy("f", &template, &[]).succeeds();
    let function = stacks.physical("f", "Function");
    let get = ["lambda", "get-function-configuration", "--function-name", &function];
    let key =
        stacks.text(&["s3api", "list-objects-v2", "--bucket", "packages"], "Contents[0].Size");
    assert_eq!(stacks.text(&get, "CodeSize"), key);

    // An object that is gone fails at the function, with Lambda's text.
    let gone = template.replace("S3Key: ", "S3Key: gone-");
    stacks.deploy("g", &gone, &[]).fails_with("Failed to create/update the stack");
    let events = ["cloudformation", "describe-stack-events", "--stack-name", "g"];
    let failed = "StackEvents[?ResourceStatus=='CREATE_FAILED' && LogicalResourceId=='Function'].ResourceStatusReason";
    let reason = stacks.text(&events, failed);
    let text = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does \
                not exist. (Service: Lambda, Status Code: 400";
    assert!(reason.contains(text), "{reason}");
    stacks.delete("g");
    stacks.delete("f");
}

/// One resource of every type: made, changed in place, changed in vain, and deleted.
#[test]
fn every_type_at_once() {
    let Some(stacks) = Stacks::of("every type at once") else { return };
    stacks.aws(&["s3", "mb", "s3://packages"]).succeeds();
    let (whole, packaged) = (examples().join("every-type.yaml"), "packaged.yaml");
    let packaged = stacks.folder.path().join(packaged);
    let text = |path: &Path| path.to_str().expect("a path that is text").to_owned();
    let package = ["cloudformation", "package", "--s3-bucket", "packages"];
    let files = ["--template-file", &text(&whole), "--output-template-file", &text(&packaged)];
    stacks.aws(&[&package[..], &files].concat()).succeeds();
    let template = std::fs::read_to_string(&packaged).expect("a packaged template");
    let image = format!("Image={}", stacks.image());
    let deploy = |given: &[&str]| {
        let given = [&["--parameter-overrides"][..], given].concat();
        stacks.deploy("all", &template, &given)
    };
    deploy(&[&image]).succeeds();
    let resources = ["cloudformation", "describe-stack-resources", "--stack-name", "all"];
    let ids = "sort_by(StackResources,&LogicalResourceId)[].[LogicalResourceId,PhysicalResourceId]";
    let count = |what: &str| stacks.text(&resources, &format!("length(StackResources[{what}])"));
    assert_eq!(count("?ResourceStatus=='CREATE_COMPLETE'"), count(""));
    let made = stacks.text(&resources, ids);
    deploy(&["Stage=live"]).succeeds();
    assert_eq!(stacks.text(&resources, ids), made);
    deploy(&["Stage=live", "Generation=two"]).succeeds();
    let second = stacks.text(&resources, ids);
    let changed = made.lines().zip(second.lines()).filter(|(old, new)| old != new);
    let changed: Vec<_> = changed.filter_map(|(old, _)| old.split('\t').next()).collect();
    assert_eq!(changed, ["First", "OwnPolicy"]);
    // The launch template takes any image; no instance is made of it.
    deploy(&["Stage=test", "Image=ami-00000000000000000"])
        .fails_with("Failed to create/update the stack");
    let status = ["cloudformation", "describe-stacks", "--stack-name", "all"];
    assert_eq!(stacks.text(&status, "Stacks[0].StackStatus"), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(stacks.text(&resources, ids), second);
    let group = stacks.output("all", "Operators");
    let policy = ["iam", "get-group-policy", "--policy-name", "operate", "--group-name", &group];
    let policy = stacks.text(&policy, "PolicyDocument.Statement[0].Condition");
    assert!(policy.contains("live"), "{policy}");
    stacks.delete("all");
    for (list, query) in [
        (["ec2", "describe-addresses"], "Addresses"),
        (["ec2", "describe-volumes"], "Volumes"),
        (["iam", "list-users"], "Users"),
        (["iam", "list-groups"], "Groups"),
        (["lambda", "list-functions"], "Functions"),
    ] {
        assert_eq!(stacks.text(&list, &format!("length({query})")), "0", "{query}");
    }
}

/// `cfn-lint` accepts every example.
#[test]
fn cfn_lint_accepts_the_examples() {
    let Some(clients) = Clients::of("templates: cfn-lint") else { return };
    let mut lint = Command::new("cfn-lint");
    clients.add_to_path(&mut lint);
    let mut count = 0;
    for entry in std::fs::read_dir(examples()).expect("the examples") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|it| it == "yaml" || it == "json") {
            lint.arg(path);
            count += 1;
        }
    }
    assert!(count > 0, "there are no examples");
    Finished::run(&mut lint).succeeds();
}
