//! The bytes that were exchanged with botocore (`botocore/exchange.py`): what it sends is read, what
//! it was given to read is still written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "botocore/operations.rs"]
mod operations;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::PathBuf;

use operations::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::{Blob, Call, Fault, Incoming, Service, Timestamp, ec2, json, query};

const REQUEST_ID: &str = "c6104cbe-af31-11e0-8154-cbc7ccf896c7";
const TRUST: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"Allow\", \
    \"Principal\": {\"Service\": \"ec2.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}]\n}";

fn file(folder: &str, name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "botocore", folder, name].iter().collect()
}

/// Routes and decodes what botocore sent for `service.Operation`.
fn sent<T: DeserializeOwned>(name: &str) -> T {
    let body = std::fs::read(file("requests", name)).unwrap();
    let (service, operation) = name.split_once('.').unwrap();
    let target = Service::named(service).unwrap().target;
    let target = format!("{target}.{operation}");
    let headers: &[_] = if body.starts_with(b"{") {
        &[("x-amz-target", target.as_str())]
    } else {
        &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
    };
    let (scope_service, body) = (Some(service), body.as_slice());
    let incoming = Incoming { method: "POST", query: "", headers, body, scope_service };
    let route = wire::route(&incoming).unwrap();
    let decoded = match &route.call {
        Call::Form { action, form } if service == "ec2" => {
            assert_eq!(action, operation);
            ec2::decode(form).unwrap()
        }
        Call::Form { action, form } => {
            assert_eq!(action, operation);
            query::decode(form).unwrap()
        }
        Call::Json { operation: asked } => {
            assert_eq!(*asked, operation);
            json::decode(body).unwrap()
        }
        Call::Rest { .. } => panic!("{name}: {route:?}"),
    };
    assert_eq!(decoded.unknown, [], "{name}");
    decoded.input
}

fn check_sent<T: DeserializeOwned + PartialEq + Debug>(name: &str, expected: T) {
    assert_eq!(sent::<T>(name), expected, "{name}");
}

/// Compares with the bytes that botocore has read, or writes them for it to read.
fn check_answer(name: &str, bytes: &[u8]) {
    let path = file("answers", name);
    if std::env::var_os("WIRE_BLESS").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    let expected = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(String::from_utf8(bytes.to_vec()).unwrap(), expected, "{name}");
    let reading = path.with_file_name(format!("{name}.json"));
    let blessing = std::env::var_os("WIRE_BLESS").is_some();
    assert!(blessing || reading.exists(), "botocore has not read {name}: run exchange.py");
}

/// An answer of status 200.
fn check_output(name: &str, output: &impl Serialize) {
    let (service, operation) = name.split_once('.').unwrap();
    let service = Service::named(service).unwrap();
    let bytes = service.answer(operation, REQUEST_ID, output).unwrap();
    check_answer(&format!("{name}.200"), &bytes);
}

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), value: value.to_owned() }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn iam_and_sts_requests() {
    check_sent(
        "iam.CreateRole",
        CreateRole {
            role_name: "reader+1".to_owned(),
            assume_role_policy_document: TRUST.to_owned(),
            path: some("/team/"),
            description: some("Grüße, 世界 & <co> 100%"),
            max_session_duration: Some(7200),
            tags: vec![tag("a=b&c", "x y+z"), tag("empty", "")],
        },
    );
    check_sent("iam.UntagRole", UntagRole { role_name: "reader".to_owned(), tag_keys: vec![] });
    check_sent(
        "iam.CreatePolicyVersion",
        CreatePolicyVersion {
            policy_arn: "arn:aws:iam::000000000000:policy/p".to_owned(),
            policy_document: "{}".to_owned(),
            set_as_default: true,
        },
    );
    check_sent(
        "iam.SimulatePrincipalPolicy",
        SimulatePrincipalPolicy {
            policy_source_arn: "arn:aws:iam::000000000000:user/ann".to_owned(),
            action_names: texts(&["s3:GetObject", "s3:PutObject"]),
            context_entries: vec![
                ContextEntry {
                    context_key_name: some("aws:CurrentTime"),
                    context_key_values: texts(&["2026-01-31T12:00:00Z"]),
                    context_key_type: Some(ContextKeyType::Date),
                },
                ContextEntry {
                    context_key_name: some("s3:prefix"),
                    context_key_values: texts(&["a/", "b/"]),
                    context_key_type: Some(ContextKeyType::StringList),
                },
            ],
        },
    );
    check_sent(
        "sts.AssumeRole",
        AssumeRole {
            role_arn: "arn:aws:iam::000000000000:role/reader".to_owned(),
            role_session_name: "me@example.com".to_owned(),
            duration_seconds: Some(900),
            policy_arns: vec![PolicyDescriptor {
                arn: "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned(),
            }],
            tags: vec![tag("Project", "x")],
            transitive_tag_keys: texts(&["Project"]),
            external_id: some("e-1"),
        },
    );
}

#[test]
fn cloudformation_and_json_requests() {
    check_sent(
        "cloudformation.CreateStack",
        CreateStack {
            stack_name: "s".to_owned(),
            template_body: some("Resources:\r\n  R:\r\n    Type: AWS::IAM::Role\r\n"),
            parameters: vec![
                StackParameter {
                    parameter_key: "A".to_owned(),
                    parameter_value: some("1"),
                    use_previous_value: None,
                },
                StackParameter {
                    parameter_key: "B".to_owned(),
                    parameter_value: None,
                    use_previous_value: Some(true),
                },
            ],
            capabilities: texts(&["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]),
            disable_rollback: Some(false),
            rollback_configuration: Some(RollbackConfiguration {
                monitoring_time_in_minutes: Some(0),
            }),
        },
    );
    check_sent(
        "cloudtrail.LookupEvents",
        LookupEvents {
            lookup_attributes: vec![LookupAttribute {
                attribute_key: "EventName".to_owned(),
                attribute_value: "CreateRole".to_owned(),
            }],
            start_time: Some(time("2026-01-31T12:00:00Z")),
            end_time: None,
            max_results: Some(50),
        },
    );
    check_sent(
        "organizations.CreatePolicy",
        CreateOrganizationsPolicy {
            content: "{\"Version\":\"2012-10-17\"}".to_owned(),
            description: "Grüße".to_owned(),
            name: "deny".to_owned(),
            kind: "SERVICE_CONTROL_POLICY".to_owned(),
            tags: vec![],
        },
    );
}

#[test]
fn ec2_requests() {
    let block_device =
        |name: &str, ebs, no_device| BlockDevice { device_name: name.to_owned(), ebs, no_device };
    let specification = |kind: &str, name: &str| TagSpecification {
        resource_type: kind.to_owned(),
        tag: vec![tag("Name", name)],
    };
    check_sent(
        "ec2.RunInstances",
        RunInstances {
            image_id: some("ami-1"),
            instance_type: some("m5.large"),
            min_count: 1,
            max_count: 2,
            user_data: some("IyEvYmluL3NoCg=="),
            security_group_id: texts(&["sg-1", "sg-2"]),
            iam_instance_profile: Some(ProfileName { name: "reader".to_owned() }),
            block_device_mapping: vec![
                block_device("/dev/sda1", Some(Ebs { volume_size: 8, encrypted: true }), None),
                block_device("/dev/sdb", None, some("")),
            ],
            network_interface: vec![NetworkInterface {
                device_index: 0,
                subnet_id: "subnet-1".to_owned(),
                security_group_id: texts(&["sg-3"]),
            }],
            metadata_options: Some(MetadataOptions {
                http_tokens: "required".to_owned(),
                http_put_response_hop_limit: 2,
            }),
            tag_specification: vec![specification("instance", "a b"), specification("volume", "")],
            client_token: some("terraform-1"),
        },
    );
    check_sent(
        "ec2.DescribeVpcs",
        DescribeVpcs {
            filter: vec![
                Filter {
                    name: "vpc-id".to_owned(),
                    value: (1..12).map(|number| format!("vpc-{number}")).collect(),
                },
                Filter { name: "is-default".to_owned(), value: texts(&["true"]) },
            ],
            max_results: Some(5),
            dry_run: Some(false),
        },
    );
    check_sent(
        "ec2.ModifyVpcAttribute",
        ModifyVpcAttribute {
            vpc_id: "vpc-1".to_owned(),
            enable_dns_support: Some(BooleanValue { value: false }),
        },
    );
}

fn role(tags: Option<Vec<Tag>>, role_last_used: Option<RoleLastUsed>) -> Role {
    Role {
        path: "/team/".to_owned(),
        role_name: "reader+1".to_owned(),
        role_id: "AROAQAAAAAAAAAAAAAAAA".to_owned(),
        arn: "arn:aws:iam::000000000000:role/team/reader+1".to_owned(),
        create_date: time("2026-01-31T12:00:00.987Z"),
        assume_role_policy_document: TRUST.into(),
        description: some("Grüße,\r\n\t世界 & <co> \"100%\" 'x' ]]> \u{1}"),
        max_session_duration: Some(3600),
        tags,
        role_last_used,
    }
}

fn instance_profile(roles: Vec<Role>) -> InstanceProfile {
    InstanceProfile {
        path: "/".to_owned(),
        instance_profile_name: "p".to_owned(),
        instance_profile_id: "AIPAQAAAAAAAAAAAAAAAA".to_owned(),
        arn: "arn:aws:iam::000000000000:instance-profile/p".to_owned(),
        create_date: time("2026-01-31T12:00:00Z"),
        roles,
        tags: vec![],
    }
}

#[test]
fn iam_answers() {
    let never_used = RoleLastUsed { last_used_date: None, region: None };
    let tags = vec![tag("a=b&c", "x y+z"), tag("empty", "")];
    check_output("iam.GetRole", &RoleOutput { role: role(Some(tags), Some(never_used)) });
    let profile = instance_profile(vec![role(None, None)]);
    check_output("iam.GetInstanceProfile", &InstanceProfileOutput { instance_profile: profile });
    check_output(
        "iam.ListInstanceProfiles",
        &InstanceProfilesOutput {
            instance_profiles: vec![instance_profile(vec![]), instance_profile(vec![])],
            is_truncated: true,
            marker: some("AAIA=="),
        },
    );
    check_output(
        "iam.GetAccountSummary",
        &AccountSummaryOutput {
            summary_map: BTreeMap::from([("Roles".to_owned(), 3), ("RolesQuota".to_owned(), 1000)]),
        },
    );
    check_output(
        "iam.GetCredentialReport",
        &CredentialReportOutput {
            content: Blob(b"user,arn\n<root_account>,\xff\n".to_vec()),
            report_format: "text/csv".to_owned(),
            generated_time: time("2026-01-31T12:00:00Z"),
        },
    );
    check_output(
        "iam.SimulatePrincipalPolicy",
        &SimulationOutput {
            evaluation_results: vec![EvaluationResult {
                eval_action_name: "s3:GetObject".to_owned(),
                eval_resource_name: "*".to_owned(),
                eval_decision: EvalDecision::ImplicitDeny,
                matched_statements: vec![MatchedStatement {
                    source_policy_id: "p".to_owned(),
                    start_position: Position { line: 1, column: 40 },
                }],
                missing_context_values: vec![],
            }],
            is_truncated: false,
        },
    );
    check_output("iam.DeleteRole", &());
}

#[test]
fn sts_and_cloudformation_answers() {
    check_output(
        "sts.AssumeRole",
        &AssumeRoleOutput {
            assumed_role_user: AssumedRoleUser {
                assumed_role_id: "AROAQAAAAAAAAAAAAAAAA:me".to_owned(),
                arn: "arn:aws:sts::000000000000:assumed-role/reader/me".to_owned(),
            },
            credentials: Credentials {
                access_key_id: "ASIAQAAAAAAAAAAAAAAA".to_owned(),
                secret_access_key: "not/a+secret".to_owned(),
                session_token: "not-a-token==".to_owned(),
                expiration: time("2026-01-31T13:00:00Z"),
            },
            packed_policy_size: None,
        },
    );
    check_output(
        "cloudformation.GetTemplate",
        &TemplateOutput {
            template_body: "Resources:\r\n  R: {}\r\n".to_owned(),
            stages_available: texts(&["Original", "Processed"]),
        },
    );
}

#[test]
fn ec2_answers() {
    check_output(
        "ec2.DescribeInstances",
        &DescribeInstancesOutput {
            reservation_set: vec![Reservation {
                reservation_id: "r-1".to_owned(),
                owner_id: "000000000000".to_owned(),
                group_set: vec![],
                instances_set: vec![Instance {
                    instance_id: "i-1".to_owned(),
                    instance_state: InstanceState { code: 16, name: "running".to_owned() },
                    private_dns_name: String::new(),
                    launch_time: time("2026-01-31T12:00:00.120Z"),
                    iam_instance_profile: Some(ProfileOfInstance {
                        arn: "arn:aws:iam::000000000000:instance-profile/p".to_owned(),
                        id: "AIPAQAAAAAAAAAAAAAAAA".to_owned(),
                    }),
                    ebs_optimized: false,
                    tag_set: vec![
                        InstanceTag { key: "Name".to_owned(), value: "<a> & b".to_owned() },
                        InstanceTag { key: "empty".to_owned(), value: String::new() },
                    ],
                }],
            }],
            next_token: None,
        },
    );
    check_output("ec2.DeleteVpc", &());
}

#[test]
fn json_answers() {
    check_output(
        "cloudtrail.LookupEvents",
        &LookupEventsOutput {
            events: vec![Event {
                event_id: "e-\"1\"".to_owned(),
                event_time: time("2026-01-31T12:00:00.250Z"),
                resources: vec![],
                username: None,
            }],
            next_token: None,
        },
    );
    check_output("organizations.AttachPolicy", &());
}

#[test]
fn errors() {
    for (name, fault) in [
        (
            "iam.GetRole",
            Fault::new(404, "NoSuchEntity", "The role with name <x> & \"y\" cannot be found."),
        ),
        ("sts.AssumeRole", Fault::without_message(400, "MalformedInput")),
        ("iam.CreateRole", Fault::new(500, "ServiceFailure", "a'b")),
        ("cloudformation.GetTemplate", query::unknown_action("GetTemplates", None)),
        ("ec2.DescribeVpcs", Fault::new(400, "InvalidVpcID.NotFound", "The vpc ID '<x>' is not")),
        (
            "organizations.CreatePolicy",
            Fault::new(409, "ConcurrentModificationException", "a \"b\"")
                .with_detail("Reason", "R"),
        ),
    ] {
        let service = Service::named(name.split_once('.').unwrap().0).unwrap();
        let bytes = service.error(&fault, REQUEST_ID);
        check_answer(&format!("{name}.{}", fault.status), &bytes);
    }
}

/// The envelope itself, letter for letter as STS sends it.
#[test]
fn layout() {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        arn: &'static str,
    }
    let service = Service::named("sts").unwrap();
    let bytes = service.answer("GetCallerIdentity", "R", &Output { arn: "a" }).unwrap();
    let expected = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
        <GetCallerIdentityResult>\n    <Arn>a</Arn>\n  </GetCallerIdentityResult>\n  \
        <ResponseMetadata>\n    <RequestId>R</RequestId>\n  </ResponseMetadata>\n\
        </GetCallerIdentityResponse>\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}
