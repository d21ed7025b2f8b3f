use cloud::testing::{Answer, statement};
use serde_json::{Value, json};

use crate::testing::Stacks;

const LINUX: &str = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
const OLD_LINUX: &str = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2";
const AMI: &str = "ami-0ed094fb1304fd857";

/// A launch template with the image that `image` says.
fn template(parameters: &str, image: &str) -> String {
    format!(
        "Parameters:\n{parameters}Resources:\n  Template:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      \
         LaunchTemplateData: {{ImageId: {image}}}\n"
    )
}

fn latest(default: &str) -> String {
    let declared = format!(
        "  LatestAmiId:\n    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>\n    Default: {default}\n"
    );
    template(&declared, "!Ref LatestAmiId")
}

/// The image of the template that the stack made.
fn image(stacks: &Stacks) -> Value {
    let found =
        stacks.run("DescribeLaunchTemplateVersions", json!({"LaunchTemplateVersion": ["$Latest"]}));
    found.unwrap()["launchTemplateVersionSet"][0]["launchTemplateData"]["imageId"].clone()
}

fn message(answer: Answer) -> String {
    answer.expect_err("must be refused").1
}

#[test]
fn a_parameter_stands_for_what_systems_manager_says() {
    let stacks = Stacks::new();
    stacks.create("s", &latest(LINUX)).unwrap();
    assert_eq!(stacks.status("s"), "CREATE_COMPLETE", "{:#?}", stacks.events("s"));
    assert_eq!(image(&stacks), AMI);
    let told = stacks.run("DescribeStacks", json!({"StackName": "s"})).unwrap();
    assert_eq!(
        told["Stacks"][0]["Parameters"],
        json!([{"ParameterKey": "LatestAmiId", "ParameterValue": LINUX, "ResolvedValue": AMI}])
    );
    // The same again changes nothing; another name does.
    let again = message(stacks.update("s", &latest(LINUX)));
    assert_eq!(again, "No updates are to be performed.");
    let mut input = Stacks::input("s", &latest(LINUX));
    input["Parameters"] = json!([{"ParameterKey": "LatestAmiId", "ParameterValue": OLD_LINUX}]);
    input["ChangeSetName"] = json!("c");
    stacks.run("CreateChangeSet", input).unwrap();
    let of_it = json!({"StackName": "s", "ChangeSetName": "c"});
    let told = stacks.run("DescribeChangeSet", of_it.clone()).unwrap();
    assert_eq!(told["Parameters"][0]["ResolvedValue"], "ami-02b9a589195146a8f");
    let detail = &told["Changes"][0]["ResourceChange"]["Details"][0];
    assert_eq!(detail["CausingEntity"], "LatestAmiId");
    stacks.run("ExecuteChangeSet", of_it).unwrap();
    assert_eq!(image(&stacks), "ami-02b9a589195146a8f");
}

#[test]
fn dynamic_references_stand_for_parameters() {
    for image_id in [
        format!("'{{{{resolve:ssm:{LINUX}}}}}'"),
        "!Sub '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-${Kernel}-x86_64}}'"
            .to_owned(),
        format!("!Join ['', ['{{{{resolve:ssm:', '{LINUX}', '}}}}']]"),
    ] {
        let stacks = Stacks::new();
        let kernel = "  Kernel: {Type: String, Default: default}\n";
        stacks.create("s", &template(kernel, &image_id)).unwrap();
        assert_eq!(stacks.status("s"), "CREATE_COMPLETE", "{:#?}", stacks.events("s"));
        assert_eq!(image(&stacks), AMI, "{image_id}");
    }
}

#[test]
fn lists_are_parted() {
    let stacks = Stacks::new();
    let declared = format!(
        "  Images: {{Type: 'AWS::SSM::Parameter::Value<List<AWS::EC2::Image::Id>>', Default: {LINUX}}}\n  Name: {{Type: \
         'AWS::SSM::Parameter::Name', Default: {LINUX}}}\n"
    );
    let template = template(&declared, "!Select [0, !Ref Images]");
    stacks.create("s", &format!("{template}Outputs:\n  Name: {{Value: !Ref Name}}\n")).unwrap();
    assert_eq!(image(&stacks), AMI);
    let told = stacks.run("DescribeStacks", json!({"StackName": "s"})).unwrap();
    assert_eq!(told["Stacks"][0]["Outputs"][0]["OutputValue"], LINUX);
}

#[test]
fn what_there_is_not_is_refused() {
    let check = |template: &str, text: &str| {
        let stacks = Stacks::new();
        let found = message(stacks.create("s", template));
        assert!(found.contains(text), "{found}\nand not\n{text}");
        let view = stacks.cloud.view();
        assert_eq!(view.everywhere::<crate::stack::StackRow>().count(), 0);
    };
    check(
        &latest("/mine/ami"),
        "Unable to fetch parameters [/mine/ami] from parameter store for this account.",
    );
    let reference = |reference: &str| template("", &format!("'{{{{resolve:{reference}}}}}'"));
    let reference = |of: &str| reference(of).replace("Parameters:\n", "");
    check(&reference("ssm:/mine/ami"), "Parameters: [ssm:/mine/ami] cannot be found.");
    check(&reference("ssm:/mine/ami:3"), "rolecall models no versions");
    check(&reference("secretsmanager:s"), "`{{resolve:secretsmanager:s}}`");
    check(&reference("ssm-secure:s:1"), "`{{resolve:ssm-secure:s:1}}`");
    let put_together = "!Join ['', ['{{resolve:', 'secretsmanager:s}}']]";
    check(
        &template("", put_together).replace("Parameters:\n", ""),
        "`{{resolve:secretsmanager:s}}`",
    );
    let number = latest(LINUX).replace("AWS::EC2::Image::Id", "Number");
    check(&number, "Unrecognized parameter type: AWS::SSM::Parameter::Value<Number>");
}

/// They are looked up as whoever acts for the stack.
#[test]
fn whoever_acts_must_be_allowed_to_read_parameters() {
    let stacks = Stacks::new();
    let rest = json!({"Effect": "Allow", "Action": ["cloudformation:*", "ec2:*", "iam:*"], "Resource": "*"});
    let deployer = stacks.cloud.user("deployer", &statement(rest.clone()));
    let refused = stacks.run_as(&deployer, "CreateStack", Stacks::input("s", &latest(LINUX)));
    let text = message(refused);
    let expected = format!(
        "User: arn:aws:iam::123456789012:user/deployer is not authorized to perform: ssm:GetParameters on resource: \
         arn:aws:ssm:us-east-1::parameter{LINUX} because no identity-based policy allows the ssm:GetParameters action \
         (Service: AWSSimpleSystemsManagement; Status Code: 400; Error Code: AccessDeniedException; Request ID: "
    );
    assert!(text.starts_with(&expected), "{text}");
    // The stack's role reads for it.
    let trust = statement(json!({
        "Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole",
    }));
    let role = json!({"RoleName": "cfn", "AssumeRolePolicyDocument": trust});
    stacks.run("CreateRole", role).unwrap();
    let via = json!({"StringEquals": {"aws:CalledViaFirst": "cloudformation.amazonaws.com"}});
    let may = statement(json!([
        {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "*", "Condition": via},
    ]));
    let policy = json!({"RoleName": "cfn", "PolicyName": "p", "PolicyDocument": may});
    stacks.run("PutRolePolicy", policy).unwrap();
    let mut input = Stacks::input("s", &latest(LINUX));
    input["RoleARN"] = json!("arn:aws:iam::123456789012:role/cfn");
    stacks.run_as(&deployer, "CreateStack", input).unwrap();
    assert_eq!(stacks.status("s"), "CREATE_COMPLETE", "{:#?}", stacks.events("s"));
}
