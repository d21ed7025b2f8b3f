//! The embedded policies: all of them are there, parse, and mean what AWS says.

use std::collections::{BTreeMap, BTreeSet};

use iam::policy::Effect;
use iam::{Action, Caller, Context, Request, Resource};

use super::archive::FILE;
use super::*;

/// Bytes that the policies may take in the binary.
const FILE_BYTES_MAX: usize = 700_000;

#[test]
fn the_file_is_small_enough() {
    assert!(FILE.len() <= FILE_BYTES_MAX, "{} bytes", FILE.len());
}

/// The numbers of the package itself, counted in its JSON: a change here is a change of facts.
#[test]
fn there_are_as_many_as_in_the_package() {
    assert_eq!(source().version, "5.2.1");
    assert_eq!(all().count(), 1_485);
    let mut paths = BTreeMap::new();
    all().for_each(|listing| *paths.entry(listing.path).or_insert(0) += 1);
    let paths: Vec<String> = paths.iter().map(|(path, count)| format!("{path} {count}")).collect();
    assert_eq!(
        paths.join(", "),
        "/ 915, /aws-service-role/ 339, /job-function/ 8, /root-task/ 5, /service-role/ 218"
    );
    let documents = all().map(|listing| listing.open().unwrap().document().len());
    assert_eq!(documents.sum::<usize>(), 2_756_983);
    assert_eq!(all().map(|listing| listing.updated).max(), Some("2026-05-01T03:12:13Z"));
    assert_eq!(all().map(|listing| listing.created).min(), Some("2015-02-06T18:39:46Z"));
}

#[test]
fn every_document_is_a_policy() {
    let mut statements = 0;
    for listing in all() {
        let archived = archive().document(listing.block, &listing.range).unwrap();
        let parsed = Policy::parse(archived.as_bytes(), PolicyKind::Identity);
        let parsed = parsed.unwrap_or_else(|found| panic!("{}: {found:?}", listing.arn));
        let opened = listing.open().unwrap();
        assert_eq!(opened.document(), archived);
        assert_eq!(opened.policy().text(), archived);
        assert!(opened.policy().says_the_same(&parsed));
        statements += parsed.statements().len();
    }
    assert_eq!(statements, 7_860);
}

#[test]
fn every_listing_is_well_formed_and_found() {
    let mut ids = BTreeSet::new();
    for listing in all() {
        assert_eq!(listing.arn, format!("{ARN_PREFIX}{}{}", listing.path, listing.name));
        assert!(std::ptr::eq(find(listing.arn).unwrap().listing, listing), "{}", listing.arn);
        assert!(ids.insert(&listing.id), "{}", listing.arn);
        assert!(listing.default_version_id.strip_prefix('v').is_some_and(is_number));
        assert!(listing.created <= listing.updated, "{}", listing.arn);
        assert_eq!((listing.created.len(), listing.updated.len()), (20, 20));
    }
    assert!(all().map(|listing| listing.name).is_sorted_by(|one, next| one < next));
}

fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok()
}

#[test]
fn ids_have_the_shape_of_aws_and_stay() {
    let check = |arn: &str, expected: &str| assert_eq!(&*id::of(arn), expected, "{arn}");
    check("arn:aws:iam::aws:policy/AdministratorAccess", "ANPAZKAPJZG4PJUCLMPMF");
    check("arn:aws:iam::aws:policy/ReadOnlyAccess", "ANPAZKAPJZG4KBLCFBWMQ");
    for listing in all() {
        let alphabet = |letter: char| matches!(letter, 'A'..='Z' | '2'..='7');
        assert!(listing.id.len() == 21 && listing.id.chars().all(alphabet), "{}", listing.id);
    }
}

#[test]
fn arns_are_taken_by_the_letter() {
    let check = |arn: &str, expected: Option<&str>| {
        assert_eq!(find(arn).map(|policy| policy.arn), expected, "{arn}");
    };
    let admin = Some("arn:aws:iam::aws:policy/AdministratorAccess");
    check("arn:aws:iam::aws:policy/AdministratorAccess", admin);
    check("arn:aws-cn:iam::aws:policy/AdministratorAccess", admin);
    check("arn:aws-us-gov:iam::aws:policy/AdministratorAccess", admin);
    check(
        "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
        Some("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"),
    );
    for none in [
        "",
        "AdministratorAccess",
        "arn:aws:iam::aws:policy",
        "arn:aws:iam::aws:policy/",
        "arn:aws:iam::aws:policy/NoSuchPolicy",
        "arn:aws:iam::aws:policy/administratoraccess",
        "arn:aws:iam::aws:policy/ViewOnlyAccess",
        "arn:aws:iam::aws:policy/service-role/AdministratorAccess",
        "arn:aws:iam::aws:policy//AdministratorAccess",
        "arn:aws:iam::aws:policyAdministratorAccess",
        "arn:aws:iam::aws:role/AdministratorAccess",
        "arn:aws:iam::123456789012:policy/AdministratorAccess",
        "arn:aws:iam:us-east-1:aws:policy/AdministratorAccess",
        "arn:aws:sts::aws:policy/AdministratorAccess",
        "arn:aws-iso:iam::aws:policy/AdministratorAccess",
    ] {
        check(none, None);
    }
}

/// Against the AWS Managed Policy Reference.
#[test]
fn policies_of_the_chain() {
    let check = |arn: &str, version: &str, created: &str, updated: &str, document: &str| {
        let policy = find(&format!("arn:aws:iam::aws:policy{arn}")).unwrap();
        assert_eq!(policy.document(), document, "{arn}");
        let found = (policy.default_version_id, policy.created, policy.updated);
        assert_eq!(found, (version, created, updated), "{arn}");
    };
    check(
        "/AdministratorAccess",
        "v1",
        "2015-02-06T18:39:46Z",
        "2015-02-06T18:39:46Z",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    );
    check(
        "/AmazonS3ReadOnlyAccess",
        "v3",
        "2015-02-06T18:40:59Z",
        "2023-08-10T21:31:39Z",
        concat!(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","#,
            r#""s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]}"#
        ),
    );
    check(
        "/aws-service-role/AWSEC2SpotServiceRolePolicy",
        "v4",
        "2017-09-18T18:51:54Z",
        "2018-12-12T00:13:51Z",
        concat!(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["#,
            r#""ec2:DescribeInstances","ec2:StartInstances","ec2:StopInstances","ec2:RunInstances"],"#,
            r#""Resource":["*"]},{"Effect":"Deny","Action":["ec2:RunInstances"],"#,
            r#""Resource":["arn:aws:ec2:*:*:instance/*"],"Condition":{"StringNotEquals":"#,
            r#"{"ec2:InstanceMarketType":"spot"}}},{"Effect":"Allow","Action":["iam:PassRole"],"#,
            r#""Resource":["*"],"Condition":{"StringEquals":{"iam:PassedToService":"#,
            r#"["ec2.amazonaws.com","ec2.amazonaws.com.cn"]}}},{"Effect":"Allow","#,
            r#""Action":["ec2:CreateTags"],"Resource":"*","Condition":{"StringEquals":"#,
            r#"{"ec2:CreateAction":"RunInstances"}}}]}"#
        ),
    );
}

#[test]
fn what_users_attach_is_there() {
    for name in [
        "/AmazonEC2FullAccess",
        "/AmazonEC2ReadOnlyAccess",
        "/AmazonS3FullAccess",
        "/AmazonSSMManagedInstanceCore",
        "/CloudWatchAgentAdminPolicy",
        "/CloudWatchAgentServerPolicy",
        "/IAMFullAccess",
        "/IAMReadOnlyAccess",
        "/PowerUserAccess",
        "/ReadOnlyAccess",
        "/SecurityAudit",
        "/job-function/ViewOnlyAccess",
        "/service-role/AWSLambdaBasicExecutionRole",
    ] {
        let policy = find(&format!("{ARN_PREFIX}{name}")).unwrap_or_else(|| panic!("{name}"));
        assert!(!policy.is_service_linked(), "{name}");
    }
    let service_linked = all().filter(|listing| listing.is_service_linked());
    assert_eq!(service_linked.count(), 339);
}

#[test]
fn ec2_full_access_is_what_aws_says() {
    let policy = find("arn:aws:iam::aws:policy/AmazonEC2FullAccess").unwrap().policy();
    let allowed: Vec<&str> = policy
        .statements()
        .iter()
        .inspect(|statement| assert_eq!(statement.effect.value, Effect::Allow))
        .flat_map(|statement| &statement.action.patterns)
        .map(|pattern| &*pattern.value)
        .collect();
    assert_eq!(
        allowed,
        [
            "ec2:*",
            "elasticloadbalancing:*",
            "cloudwatch:*",
            "autoscaling:*",
            "iam:CreateServiceLinkedRole"
        ]
    );
}

#[test]
fn a_policy_is_read_once_and_named_by_its_arn() {
    let asked = || find("arn:aws-cn:iam::aws:policy/SecurityAudit").unwrap();
    let seen = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| asked().policy())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(seen.iter().all(|policy| Arc::ptr_eq(policy, &asked().policy())));
    assert!(Arc::ptr_eq(&asked().set(), &asked().set()));
    let set = asked().set();
    let [named] = set.policies() else { panic!("one policy") };
    assert_eq!(&*named.name, "arn:aws:iam::aws:policy/SecurityAudit");
    assert!(Arc::ptr_eq(&named.policy, &asked().policy()));
}

/// What the compiled policies answer, alone.
#[test]
fn policies_decide() {
    let check = |name: &str, action: &str, resource: &str, expected: Option<Effect>| {
        let request = Request::new(
            Caller::service("ec2.amazonaws.com"),
            Action::parse(action).unwrap(),
            Resource::parse(resource).unwrap(),
            Context::new(),
        );
        let policy = find(&format!("{ARN_PREFIX}/{name}")).unwrap();
        assert_eq!(policy.set().ask(&request, false).effect, expected, "{name} {action}");
    };
    let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
    let object = "arn:aws:s3:::lake/part-0";
    let role = "arn:aws:iam::123456789012:role/cluster";
    let instance = "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0";
    check("AdministratorAccess", "s3:PutObject", object, allow);
    check("AmazonS3ReadOnlyAccess", "s3:GetObject", object, allow);
    check("AmazonS3ReadOnlyAccess", "s3:PutObject", object, None);
    check("AmazonEC2FullAccess", "ec2:RunInstances", instance, allow);
    check("AmazonEC2FullAccess", "iam:PassRole", role, None);
    check("PowerUserAccess", "ec2:RunInstances", instance, allow);
    check("PowerUserAccess", "iam:CreateRole", role, None);
    check("IAMReadOnlyAccess", "iam:GetRole", role, allow);
    check("IAMReadOnlyAccess", "iam:CreateRole", role, None);
    check("ReadOnlyAccess", "s3:GetObject", object, allow);
    check("job-function/ViewOnlyAccess", "s3:GetObject", object, None);
    check("AWSDenyAll", "s3:GetObject", object, deny);
    // Not a spot instance, because the request does not say that it is one.
    check("aws-service-role/AWSEC2SpotServiceRolePolicy", "ec2:RunInstances", instance, deny);
    check("aws-service-role/AWSEC2SpotServiceRolePolicy", "ec2:StopInstances", instance, allow);
}

#[test]
fn every_policy_compiles() {
    let all = all().map(|listing| listing.open().unwrap().named());
    assert_eq!(PolicySet::new(all.collect()).policies().len(), 1_485);
}
