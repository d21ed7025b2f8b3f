//! A server that is killed while instances are launched, change their profiles and get new credentials: what
//! it answered is there when it is started again, and nothing is half there.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "support/server.rs"]
mod server;
#[path = "support/run.rs"]
mod support;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use server::{Answer, Key, Server, agent, element, iam};
use support::Folder;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const PROFILES: [&str; 2] = ["one", "two"];
/// How long the server works before it is killed.
const WORK: Duration = Duration::from_millis(1500);
/// Instances of each launch.
const TOGETHER: usize = 2;

/// What was answered before the end.
#[derive(Default)]
struct Answered {
    launched: Mutex<Vec<String>>,
    /// Profiles that the instance was told to wear, and whether that was answered.
    worn: Mutex<Vec<(&'static str, bool)>>,
    /// Access key, secret and token.
    credentials: Mutex<Vec<[String; 3]>>,
}

fn ec2<'a>(action: &'a str, rest: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("Action", action), ("Version", "2016-11-15")][..], rest].concat()
}

/// The texts of all elements called `name`.
fn elements(xml: &str, name: &str) -> Vec<String> {
    let start = format!("<{name}>");
    let parts = xml.split(&start).skip(1);
    parts.filter_map(|part| Some(part.split_once('<')?.0.to_owned())).collect()
}

fn good(answer: Answer) -> String {
    assert_eq!(answer.0, 200, "{}", answer.1);
    answer.1
}

/// A string of a JSON object that is written a field a line.
fn field(json: &str, name: &str) -> Option<String> {
    let after = json.split_once(&format!("\"{name}\""))?.1;
    after.split('"').nth(1).map(str::to_owned)
}

fn image(server: &Server) -> String {
    let filter =
        [("Owner.1", "amazon"), ("Filter.1.Name", "architecture"), ("Filter.1.Value.1", "x86_64")];
    element(&good(server.root("ec2", &ec2("DescribeImages", &filter))), "imageId").to_owned()
}

fn launch(server: &Server, image: &str, count: &str, more: &[(&str, &str)]) -> Option<String> {
    let form = [
        ("ImageId", image),
        ("InstanceType", "t3.micro"),
        ("MinCount", count),
        ("MaxCount", count),
        ("MetadataOptions.HttpTokens", "optional"),
    ];
    let answer = server.try_root("ec2", &ec2("RunInstances", &[&form[..], more].concat()))?;
    Some(good(answer))
}

/// The credentials that the instance's metadata shows; `None` once the server is gone.
fn credentials(endpoint: &str, profile_role: &str) -> Option<[String; 3]> {
    let url = format!("{endpoint}/latest/meta-data/iam/security-credentials/{profile_role}");
    let mut answer = agent().get(url).call().ok()?;
    let text = answer.body_mut().read_to_string().ok()?;
    Some([field(&text, "AccessKeyId")?, field(&text, "SecretAccessKey")?, field(&text, "Token")?])
}

#[test]
fn what_was_answered_survives() {
    let folder = Folder::with(&[]);
    let data = ["--data", folder.path().to_str().unwrap()];
    let server = Server::start(&data);
    let trust = ("AssumeRolePolicyDocument", TRUST);
    good(server.root("iam", &iam("CreateRole", &[("RoleName", "worn"), trust])));
    for profile in PROFILES {
        let name = ("InstanceProfileName", profile);
        good(server.root("iam", &iam("CreateInstanceProfile", &[name])));
        let add = [name, ("RoleName", "worn")];
        good(server.root("iam", &iam("AddRoleToInstanceProfile", &add)));
    }
    let image = image(&server);
    let wearing = [("IamInstanceProfile.Name", "one")];
    let instance =
        element(&launch(&server, &image, "1", &wearing).unwrap(), "instanceId").to_owned();
    let endpoint =
        field(&server.get(&format!("/_rolecall/instances/{instance}")).1, "metadata_endpoint");
    let (answered, over) = (Answered::default(), AtomicBool::new(false));
    answered.launched.lock().unwrap().push(instance.clone());
    answered.worn.lock().unwrap().push(("one", true));
    work(&server, &image, &instance, endpoint.as_deref().unwrap(), &answered, &over);
    // The end is a kill: nothing is closed.
    drop(server);
    let server = Server::start(&data);
    check_launches(&server, &answered.launched.into_inner().unwrap());
    check_worn(&server, &instance, &answered.worn.into_inner().unwrap());
    let credentials = answered.credentials.into_inner().unwrap();
    assert!(!credentials.is_empty());
    for [id, secret, token] in &credentials {
        let key = Key { id, secret, token: Some(token) };
        let form = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
        good(server.call_with("sts", &key, &form));
    }
}

/// Launches, changes and rotates side by side until the server is killed in the middle of it.
fn work(
    server: &Server,
    image: &str,
    instance: &str,
    endpoint: &str,
    answered: &Answered,
    over: &AtomicBool,
) {
    let going = || !over.load(Ordering::Relaxed);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while going() {
                let Some(made) = launch(server, image, &TOGETHER.to_string(), &[]) else { return };
                answered.launched.lock().unwrap().extend(elements(&made, "instanceId"));
            }
        });
        scope.spawn(|| {
            for profile in PROFILES.into_iter().cycle().skip(1) {
                let Some(shown) =
                    server.try_root("ec2", &ec2("DescribeIamInstanceProfileAssociations", &[]))
                else {
                    return;
                };
                let association = element(&shown.1, "associationId").to_owned();
                answered.worn.lock().unwrap().push((profile, false));
                let form = [("AssociationId", &*association), ("IamInstanceProfile.Name", profile)];
                let replace = ec2("ReplaceIamInstanceProfileAssociation", &form);
                let Some(answer) = server.try_root("ec2", &replace) else { return };
                good(answer);
                answered.worn.lock().unwrap().last_mut().unwrap().1 = true;
            }
        });
        scope.spawn(|| {
            while going() {
                let rotate = format!("/_rolecall/instances/{instance}/credentials");
                if server.try_post(&rotate, "{}").is_none() {
                    return;
                }
                let Some(made) = credentials(endpoint, "worn") else { return };
                answered.credentials.lock().unwrap().push(made);
            }
        });
        std::thread::sleep(WORK);
        server.kill();
        over.store(true, Ordering::Relaxed);
    });
}

fn check_launches(server: &Server, launched: &[String]) {
    let shown = good(server.root("ec2", &ec2("DescribeInstances", &[])));
    let there: BTreeSet<String> = elements(&shown, "instanceId").into_iter().collect();
    assert!(launched.len() > TOGETHER, "it launched nothing");
    for id in launched {
        assert!(there.contains(id), "{id} was answered and is gone");
    }
    // A launch is there as a whole: its instances, each with its interface and its volume.
    for reservation in shown.split("<reservationId>").skip(1) {
        let count = elements(reservation, "instanceState").len();
        assert!(
            count == TOGETHER || reservation.contains("/one<") || reservation.contains("/two<")
        );
    }
    let volumes = good(server.root("ec2", &ec2("DescribeVolumes", &[])));
    let volumes: BTreeSet<String> = elements(&volumes, "instanceId").into_iter().collect();
    assert_eq!(volumes, there);
    let interfaces = good(server.root("ec2", &ec2("DescribeNetworkInterfaces", &[])));
    let interfaces: BTreeSet<String> = elements(&interfaces, "instanceId").into_iter().collect();
    assert_eq!(interfaces, there);
}

/// The last profile that was answered, or the one that was on its way.
fn check_worn(server: &Server, instance: &str, worn: &[(&'static str, bool)]) {
    let shown = good(server.root("ec2", &ec2("DescribeInstances", &[("InstanceId.1", instance)])));
    let arn = element(&shown, "arn").to_owned();
    let last = worn.iter().rposition(|(_, answered)| *answered).unwrap();
    let may: Vec<&str> = worn.iter().skip(last).map(|(profile, _)| *profile).collect();
    assert!(may.iter().any(|profile| arn.ends_with(&format!("/{profile}"))), "{arn}: {may:?}");
    let shown = good(server.root("ec2", &ec2("DescribeIamInstanceProfileAssociations", &[])));
    assert_eq!(elements(&shown, "associationId").len(), 1);
    assert_eq!(element(&shown, "arn"), arn);
}
